"""What a reader with a screen reader gets of a PDF, for tests."""

import io

import pikepdf


def tree(pdf):
    """The tags of a file as nested lists: name, attributes, alternative, what is below."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        names = {}
        (document,) = opened.Root.StructTreeRoot.K
        return _element(document, names)


def outline(pdf):
    """The table of contents: level, title, page and height of each line."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = {page.objgen: n for n, page in enumerate(opened.pages)}
        return list(_lines(opened.Root.Outlines, 0, pages))


def links(pdf):
    """The address of each link, and where it is."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            (n, str(link.A.URI), [round(float(side), 2) for side in link.Rect])
            for n, page in enumerate(opened.pages)
            for link in page.get("/Annots", [])
        ]


def _element(element, names):
    attributes = {
        str(key): _value(value, names) for key, value in sorted(element.get("/A", {}).items())
    }
    if "/ID" in element:
        attributes["ID"] = _value(element.ID, names)
    kids = [_kid(kid, names) for kid in element.get("/K", [])]
    return [str(element.S), attributes, str(element.get("/Alt", "")), kids]


def _kid(kid, names):
    if not isinstance(kid, pikepdf.Dictionary):
        return "content"
    return "link" if kid.Type == "/OBJR" else _element(kid, names)


def _value(value, names):
    if isinstance(value, pikepdf.Array):
        return [_value(one, names) for one in value]
    if isinstance(value, pikepdf.String):  # a name that means nothing but itself
        return names.setdefault(str(value), len(names))
    return str(value) if isinstance(value, pikepdf.Name) else round(float(value), 2)


def _lines(parent, level, pages):
    line = parent.get("/First")
    while line is not None:
        page, _kind, _x, y, _zoom = line.Dest
        yield level, str(line.Title), pages[page.objgen], round(float(y), 2)
        yield from _lines(line, level + 1, pages)
        line = line.get("/Next")
