"""Files that candidates might send as a proof, good and bad."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def pdf(*, change=None, **saving):
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    if change:
        change(document)
    output = io.BytesIO()
    document.save(output, deterministic_id="encryption" not in saving, **saving)
    return output.getvalue()


def image(kind, size=(40, 30)):
    output = io.BytesIO()
    Image.new("RGB", size, "white").save(output, kind)
    return output.getvalue()


def with_script(document):
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


def with_named_script(document):
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))


def with_attachment(document):
    document.attachments["a.txt"] = b"attached"


def locked():
    return pdf(encryption=pikepdf.Encryption(owner="o", user="u"))


def upload(content, name="piece.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")
