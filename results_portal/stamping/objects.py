"""PDF objects that stamped files have in common, as bytes."""

from collections.abc import Iterable, Mapping, Sequence

from results_portal.documents.pdf_writer import references
from results_portal.stamping.pages import PageSize

# Numbers of the objects that each tagged file has once; those of the fonts follow.
CATALOG, PAGES, INFO, METADATA, RESOURCES, OBJECTS, XREF = range(1, 8)
FIRST_FONT = 8


def tagged_catalog(tags: int, outlines: int | None) -> bytes:
    """Return the catalogue of a tagged file, from the roots of its tags and of its outline."""
    return (
        b"<</Type/Catalog/Pages %d 0 R/Lang(fr)/MarkInfo<</Marked true>>/ViewerPreferences"
        b"<</DisplayDocTitle true>>/Metadata %d 0 R/StructTreeRoot %d 0 R%b>>"
    ) % (PAGES, METADATA, tags, b"" if outlines is None else b"/Outlines %d 0 R" % outlines)


def page_tree(pages: Sequence[int]) -> bytes:
    return b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(pages), references(pages))


def page(size: PageSize, contents: bytes, resources: int, fields: bytes = b"") -> bytes:
    """Return a page below `PAGES`, with further fields."""
    return b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %f %f]/Contents%b/Resources %d 0 R%b>>" % (
        *(PAGES, size.width, size.height),
        *(contents, resources, fields),
    )


def tagged_page(size: PageSize, content: int, rank: int, links: Sequence[int] = ()) -> bytes:
    """Return the page of that rank in the file, from its content and links."""
    fields = b"/Tabs/S/StructParents %d" % rank
    if links:
        fields += b"/Annots[%b]" % references(links)
    return page(size, b" %d 0 R" % content, RESOURCES, fields)


def tag_roots(root: int, document: int, parents: int, tops: Iterable[int]) -> dict[int, bytes]:
    """Return the root of the tags and the element of the document, above those of `tops`.

    `parents` is the parent tree.
    """
    return {
        document: b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (root, references(tops)),
        root: b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (document, parents),
    }


def resources(states: Iterable[bytes], fonts: Mapping[str, int]) -> bytes:
    """Return the resources of pages: fonts and graphics states, named as by WeasyPrint."""
    written = b"".join(b"/%b %d 0 R" % (name.encode(), ref) for name, ref in fonts.items())
    named = b"".join(b"/%b%b" % (state, _state(state)) for state in sorted(states))
    return b"<</Font<<%b>>/ExtGState<<%b>>>>" % (written, named)


def _state(name: bytes) -> bytes:
    """Return the graphics state that WeasyPrint names by its opacity: a of fills, A of strokes."""
    return b"<</%b %b>>" % (b"ca" if name[:1] == b"a" else b"CA", name[1:])
