"""What a page has the browser fetch beforehand is what it shows."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The preloaded files that are no source of a typeface that the page has loaded.
_UNUSED = """async () => {
    await document.fonts.ready;
    const loaded = [...document.fonts].filter(face => face.status === "loaded");
    const rules = [...document.styleSheets].flatMap(sheet => [...sheet.cssRules]);
    const named = font => [font.family ?? font.fontFamily, font.weight ?? font.fontWeight].join();
    const plain = text => text.replaceAll('"', "");
    const used = rules.filter(rule => rule instanceof CSSFontFaceRule
        && loaded.some(face => plain(named(face)) === plain(named(rule.style))));
    const links = [...document.querySelectorAll("link[rel=preload]")];
    const names = links.map(link => link.href.split("/").pop());
    return [names.length, names.filter(name => !used.some(rule => rule.cssText.includes(name)))];
}"""


def test_the_typefaces_fetched_beforehand_are_those_of_the_page(arrive):
    visit = arrive(scripts=True)
    visit.go("/")
    preloaded, unused = visit.page.evaluate(_UNUSED)
    assert preloaded
    assert unused == []
