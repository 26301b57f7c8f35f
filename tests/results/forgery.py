"""How a forger edits a PDF: one figure replaced by another that the font already draws."""

import io
import re

import pikepdf

_MAPPED = re.compile(r"^<([0-9a-f]+)> <([0-9a-f]+)>$", re.MULTILINE | re.IGNORECASE)


def with_other_text(pdf, *, old, new, incremental):
    """`pdf` with its last text `old` on the first page saying `new`, which is as long.

    `incremental` appends the change to the file as editors do; otherwise the file is written anew.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        instructions = pikepdf.parse_content_stream(page)
        _replace_last(instructions, _glyphs(page), old, new)
        stream = pikepdf.unparse_content_stream(instructions)
        if incremental:
            return _appended(pdf, page.Contents.objgen[0], stream)
        page.Contents = document.make_stream(stream)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


def _glyphs(page):
    """The characters of each font by the bytes that draw them."""
    fonts = {}
    for name, font in page.Resources.Font.items():
        cmap = font.ToUnicode.read_bytes().decode()
        fonts[name] = {
            bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be")
            for code, text in _MAPPED.findall(cmap)
        }
    return fonts


def _replace_last(instructions, fonts, old, new):
    font, found = {}, None
    for place, (operands, operator) in enumerate(instructions):
        if str(operator) == "Tf":
            font = fonts[str(operands[0])]
        elif str(operator) == "TJ" and _text(operands[0], font) == old:
            found = place, font
    place, font = found
    code_of = {character: code for code, character in font.items()}
    drawn = pikepdf.String(b"".join(code_of[character] for character in new))
    instructions[place] = ([pikepdf.Array([drawn])], pikepdf.Operator("TJ"))


def _text(pieces, font):
    width = len(next(iter(font), b"\0"))
    return "".join(
        font.get(bytes(piece)[start : start + width], "?")
        for piece in pieces
        if isinstance(piece, pikepdf.String)
        for start in range(0, len(bytes(piece)), width)
    )


def _appended(pdf, number, stream):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = writer.get_object(generic.Reference(number, 0, writer.prev))
    contents._data, contents._encoded_data = stream, None
    writer.update_container(contents)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
