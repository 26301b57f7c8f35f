"""Files that candidates might send as a proof, good and bad."""

import io
import struct
import zlib

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


def image(kind, size=(40, 30), mode="RGB"):
    output = io.BytesIO()
    Image.new(mode, size, "white").save(output, kind)
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


def heavy_pdf():
    """A PDF of 3 kB whose objects lie behind 1.5 GB of spaces, deflated twice."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>> ",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>> ",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>> ",
    ]
    places = [0, len(objects[0]), len(objects[0] + objects[1])]
    heading = b"".join(b"%d %d " % one for one in enumerate(places, 1))
    whole = _deflated_twice(heading + b"".join(objects), spaces=1500 << 20)
    start = b"%PDF-1.5\n"
    stream = _object(
        4, b"/Type/ObjStm/N 3/First %d/Filter[/FlateDecode/FlateDecode]" % len(heading), whole
    )
    table = len(start + stream)
    rows = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, len(start), 0), (1, table, 0)]
    packed = b"".join(struct.pack(">BIB", *row) for row in rows)
    end = _object(5, b"/Type/XRef/Size 6/W[1 4 1]/Root 1 0 R", packed)
    return start + stream + end + b"startxref\n%d\n%%%%EOF\n" % table


def _object(number, dictionary, stream):
    heading = b"%d 0 obj<<%b/Length %d>>stream\n" % (number, dictionary, len(stream))
    return heading + stream + b"\nendstream endobj\n"


def _deflated_twice(content, *, spaces):
    """Deflate content and so many spaces after it, a little at a time."""
    inner, outer = zlib.compressobj(9), zlib.compressobj(9)
    packed = outer.compress(inner.compress(content))
    megabyte = b" " * (1 << 20)
    for _megabyte in range(spaces >> 20):
        packed += outer.compress(inner.compress(megabyte))
    return packed + outer.compress(inner.flush()) + outer.flush()


def slow_jpeg(scans=2000):
    """A progressive JPEG of many scans, of which each goes over all its points again."""
    output = io.BytesIO()
    Image.new("L", (7744, 7744), 128).save(output, "JPEG", progressive=True, optimize=True)
    usual = output.getvalue().removesuffix(b"\xff\xd9")
    table = b"\xff\xc4\x00\x14\x10" + b"\x01" + b"\x00" * 15 + b"\x00"  # one code: end of band
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00" + b"\x00"
    return usual + (table + scan) * scans + b"\xff\xd9"


def upload(content, name="piece.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")
