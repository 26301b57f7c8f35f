"""Without a mouse, nor JavaScript: the focus is always in sight, and goes where it is needed."""

import pytest

from tests import factories

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
        name: element.id || element.textContent.trim(),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        in_sight: box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""
FIELDS = ["id_number", "id_birth_date", "id_access_code"]


@pytest.fixture
def visit(open_people, arrive):
    visit = arrive()
    visit.go("/resultats/")
    return visit


def tab(visit, key="Tab"):
    """Press it, and tell what has the focus now, which must show."""
    visit.page.keyboard.press(key)
    focused = visit.page.evaluate(FOCUSED)
    assert focused["outlined"], focused
    assert focused["in_sight"], focused
    return focused["name"]


def type_all(visit, *texts):
    """Type into the three fields, from the first, and send the form."""
    for text in texts:
        visit.page.keyboard.type(text)
        visit.page.keyboard.press("Tab")
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def test_one_identifies_from_the_first_tab_to_the_result(visit, open_people):
    order = [tab(visit)]
    while order[-1] != FIELDS[0]:
        order.append(tab(visit))
        assert len(order) < 30, order
    assert order[:3] == ["Contenu", "Menu", "Pied de page"]
    assert {"Mon résultat", "Listes des admis", "Aide"} < set(order[3:])
    assert [tab(visit), tab(visit), tab(visit)] == [*FIELDS[1:], "Voir mon résultat"]
    assert [tab(visit, "Shift+Tab") for _field in FIELDS] == FIELDS[::-1]
    type_all(visit, open_people["school"].number, "31122004", factories.CODE)
    assert "vous avez réussi" in visit.words


def test_the_first_link_leads_past_the_menus(visit):
    assert tab(visit) == "Contenu"
    visit.page.keyboard.press("Enter")
    assert tab(visit) in {"Accueil", FIELDS[0]}


def test_what_is_wrong_takes_the_focus_and_leads_to_the_field(visit, open_people):
    visit.page.locator(f"#{FIELDS[0]}").focus()
    type_all(visit, open_people["school"].number, "31/02/2004", factories.CODE)
    assert visit.page.evaluate(FOCUSED)["name"] == "erreurs"
    assert tab(visit) == "Date de naissance"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate(FOCUSED)["name"] == FIELDS[1]
    described = visit.page.locator(f"#{FIELDS[1]}").get_attribute("aria-describedby").split()
    assert "Saisissez une date comme" in visit.page.locator(f"#{described[-1]}").inner_text()
    visit.page.keyboard.press("Control+a")
    type_all(visit, "31/12/2004", "")
    assert "vous avez réussi" in visit.words
