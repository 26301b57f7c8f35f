"""Each right says in its docstring which groups have it, and exactly these have it."""

import re

import pytest
from django.contrib.auth.models import Group

from candidates.admin import rights
from diplomas import rights as of_papers
from results import rights as of_results
from tests.staff import GROUPS, member

pytestmark = pytest.mark.django_db

FUNCTIONS = {
    name: right
    for module in (rights, of_results, of_papers)
    for name, right in vars(module).items()
    if name.startswith("may_")
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_exactly_the_groups_that_a_docstring_names_have_the_right(name):
    right = FUNCTIONS[name]
    said = re.search(r"Who may: (.*?)\.", " ".join(right.__doc__.split()))[1].split(", ")
    assert {*said} <= {*Group.objects.values_list("name", flat=True)}
    others = [member("stranger")] if right.__code__.co_argcount == 2 else []
    have = {group for role, group in GROUPS.items() if right(member(role), *others)}
    assert have == {*said}
    assert right(member("superuser"), *others)
    assert not right(member("stranger"), *others)


def test_nobody_but_a_superuser_touches_a_superuser_and_nobody_their_own_access():
    administrator, superuser = member("administrator"), member("superuser")
    for right in (rights.may_change_account, rights.may_give_access):
        assert not right(administrator, superuser)
    assert rights.may_change_account(administrator, administrator)
    assert not rights.may_give_access(administrator, administrator)
    assert not rights.may_give_access(superuser, superuser)
