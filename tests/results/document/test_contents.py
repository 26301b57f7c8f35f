"""How an admitted candidate gets the diploma: by the school, unless the office says otherwise."""

import pytest

from results.document.contents import diploma_route, named

PUBLIC, OTHER, NONE = True, False, None  # whether the school hands out diplomas, None without one


@pytest.mark.parametrize(
    ("status", "school", "usual", "set_otherwise"),
    [
        ("SCOLAIRE", PUBLIC, "SCHOOL", "SCHOOL"),
        ("SCOLAIRE", OTHER, "HOME", "HOME"),
        ("APPRENTI", OTHER, "HOME", "SCHOOL"),
        ("APPRENTI", NONE, "HOME", "HOME"),
        ("FORMATION_CONTINUE", PUBLIC, "SCHOOL", "HOME"),
        ("DISTANCE", PUBLIC, "HOME", "HOME"),
        ("INDIVIDUEL", NONE, "HOME", "HOME"),
    ],
)
def test_the_route_follows_the_school_or_what_is_set_for_the_status(
    status, school, usual, set_otherwise, settings
):
    def route(**values):
        return diploma_route(school_hands_out=school, status=status, **values)

    assert route(academy_managed=True) == usual
    settings.DIPLOMA_ROUTES = {"APPRENTI": "SCHOOL", "FORMATION_CONTINUE": "HOME"}
    assert route(academy_managed=True) == set_otherwise
    assert route(academy_managed=False) == "OTHER_ACADEMY"


@pytest.mark.parametrize(
    ("label", "subject", "name"),
    [
        ("Langue vivante", "Anglais", "Langue vivante\u00a0: Anglais"),
        ("Langue vivante", "", "Langue vivante"),
        ("Anglais", "Anglais", "Anglais"),
        ("Au choix : coiffure, ou coupe homme", "Coupe homme", "Coupe homme"),
    ],
)
def test_a_subject_stands_alone_where_the_label_lists_it(label, subject, name):
    assert named(label, subject) == name
