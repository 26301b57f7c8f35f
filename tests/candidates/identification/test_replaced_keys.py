"""A key is replaced while convocations are out: what was made with the former one goes on."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory

from candidates.identification import access_codes, cookie, drafts
from candidates.messages import subscriptions
from candidates.models import Entry
from results_portal.routers import PUBLIC
from tests import factories

pytestmark = pytest.mark.django_db

FORMER, PRESENT = "the former key of this test", "the present key of this test"


@pytest.fixture(params=["ACCESS_CODE_KEY", "SECRET_KEY"])
def replace(request, settings):
    """Begin with a key; return what replaces it, and what then forgets the former one."""
    settings.ACCESS_CODE_KEY = settings.ACCESS_CODE_KEY_OLD = ""
    setattr(settings, request.param, FORMER)

    def replace(*, accepted=True):
        setattr(settings, request.param, PRESENT)
        old = FORMER if accepted else ""
        if request.param == "ACCESS_CODE_KEY":
            settings.ACCESS_CODE_KEY_OLD = old
        else:
            settings.SECRET_KEY_FALLBACKS = [old] if old else []

    return replace


def entry():
    made = factories.entry()
    set_code(made, access_codes.generate(made.session.code, made.number))
    return made


def set_code(entry, code):
    digest = access_codes.digest(entry.number, code)
    entry.access_code_digest = digest
    entry.credential = access_codes.credential(entry.number, factories.BIRTH_DATE, digest)
    entry.save()


def code_of(entry):
    return access_codes.known(entry.session.code, entry.number, bytes(entry.access_code_digest))


def opens(entry, code, born=factories.BIRTH_DATE):
    visit = cookie.identify(number=entry.number, birth_date=born, access_code=code, block="")
    return visit is not None and visit.entry_id == entry.pk


def test_codes_of_both_keys_open_until_the_former_is_given_up(replace):
    before, chosen = entry(), factories.entry()  # a code derived, and one of the office
    printed = code_of(before)
    replace()
    after = entry()
    assert opens(before, printed)
    assert opens(chosen, factories.CODE)
    assert opens(after, code_of(after))
    assert not opens(before, "WRONGWRONG12")
    assert not opens(before, access_codes.generate(before.session.code, before.number))
    replace(accepted=False)
    assert not opens(before, printed)
    assert opens(after, code_of(after))


def test_only_codes_of_the_former_key_cost_further_reads(replace, django_assert_num_queries):
    before = entry()
    printed = code_of(before)
    with django_assert_num_queries(1, using=PUBLIC):
        assert opens(before, printed)
        replace()
    after = entry()
    for reads, one, code in ((1, after, code_of(after)), (2, before, printed)):
        with django_assert_num_queries(reads, using=PUBLIC):
            assert opens(one, code)


def test_a_birth_date_corrected_since_is_the_one_that_opens(replace):
    before = entry()
    printed, right = code_of(before), date(2005, 1, 2)
    replace()
    digest = bytes(before.access_code_digest)
    Entry.objects.update(credential=access_codes.credential(before.number, right, digest))
    assert opens(before, printed, born=right)
    assert not opens(before, printed)


def test_codes_are_exported_as_they_were_printed(replace):
    before = entry()
    printed = access_codes.spell(code_of(before))
    replace()
    after = entry()
    written = io.StringIO()
    call_command("export_access_codes", before.session.code, stdout=written)
    lines = written.getvalue().splitlines()[1:]
    assert [line.split(";")[-1] for line in lines] == [printed, access_codes.spell(code_of(after))]


def test_visits_drafts_and_links_begun_before_go_on(replace):
    visit = cookie.Visit(1, 1, 4102444800, "LD", "BTS")
    response = cookie.remember(HttpResponse(), visit)
    drafts.keep(response, "address", entry_id=1, data={"city": "PARIS"})
    person = factories.entry().candidate_id
    (kind, *_others) = subscriptions.OPTIONAL
    key = subscriptions.link(person, kind).rstrip("/").rpartition("/")[2]
    replace()
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in response.cookies.items()}
    assert cookie.identified(request) == visit
    assert drafts.kept(request, "address", entry_id=1) == {"city": "PARIS"}
    assert subscriptions.follow(key) == (kind, True)
    replace(accepted=False)
    assert cookie.identified(request) is None
    assert drafts.kept(request, "address", entry_id=1) is None
