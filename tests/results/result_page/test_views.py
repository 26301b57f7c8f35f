"""What a browser gets: nothing before the hour, one's own result after it, nobody else's ever."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.candidates.visits import anonymous
from tests.results.screen import plain

pytestmark = pytest.mark.django_db

CSRF_TOKEN = re.compile(r"[A-Za-z0-9]{64}")  # masked anew each time it is shown
VALUE = re.compile(r'value="[^"]*"')


def identify(client, entry, **changes):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    return client.post(reverse("results:lookup"), typed | changes)


def mine(client):
    return client.get(reverse("results:mine"))


def words(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    "date",
    [
        "31/12/2004",
        "31122004",
        "2004-12-31",
        "31.12.2004",
        "31 12 2004",
        "31 décembre 04",
        "311204",
    ],
)
def test_the_birth_date_is_read_however_it_is_typed(client, people, open_session, date):
    response = identify(client, people["admitted"], birth_date=date)
    assert response.status_code == 302
    assert response.url == reverse("results:mine")


@pytest.mark.parametrize(
    "code",
    [
        "k3qm-7t2a-9xzb",
        " K3QM 7T2A 9XZB ",
        "K3QM7T2A9XZB",
        "Ｋ３ＱＭ－７Ｔ２Ａ－９ＸＺＢ",
        "«\u202fK3QM\u200b_7T2A\u00ad_9XZB\u202f»",
    ],
)
def test_the_access_code_is_read_with_or_without_hyphens_and_case(
    client, people, open_session, code
):
    assert identify(client, people["admitted"], access_code=code).status_code == 302


def test_the_number_is_read_with_spaces_and_in_any_case(client, people, open_session):
    number = people["admitted"].number
    assert identify(client, people["admitted"], number=f" {number[:4]} {number[4:].lower()} ").url


@pytest.mark.parametrize("around", ["N° {}", "Numéro de candidat : {}", "«\u202f{}\u202f»."])
def test_the_number_is_read_with_what_was_copied_around_it(client, people, open_session, around):
    number = people["admitted"].number
    copied = around.format(f"{number[:2]}-{number[2:4]}.{number[4:]}\u200b")
    assert identify(client, people["admitted"], number=copied).status_code == 302


def test_an_error_leads_to_the_help_which_comes_before_the_hours_to_come(client, scheduled_people):
    page = identify(
        client, scheduled_people["admitted"], access_code="WRONG-WRONG"
    ).content.decode()
    assert 'href="#aide-identification"' in page
    assert page.index('id="aide-identification"') < page.index('id="ouvertures"')


def test_a_candidate_finds_their_verdict_their_marks_and_how_the_average_came(
    client, people, open_session
):
    identify(client, people["admitted"])
    page = words(mine(client))
    assert "13,00" in page
    assert "Pratique professionnelle" in page
    assert "78" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("control", "9,50"), ("refused", "5,50"), ("absent", "absen"), ("discreet", "13,00")],
)
def test_every_situation_has_its_page(client, people, open_session, name, said):
    identify(client, people[name])
    response = mine(client)
    assert response.status_code == 200
    assert said in words(response)


def test_a_withheld_candidate_reads_a_neutral_page_without_a_single_mark(
    client, people, open_session
):
    identify(client, people["withheld"])
    response = mine(client)
    assert response.status_code == 200
    page = words(response)
    assert "13,00" not in page
    assert "Pratique professionnelle" not in page
    assert reverse("results:score_sheet") not in page


def test_a_withheld_candidate_has_no_score_sheet(client, people, open_session):
    identify(client, people["withheld"])
    response = client.get(reverse("results:score_sheet"))
    assert (response.status_code, response.url) == (302, reverse("results:mine"))


def test_the_score_sheet_is_a_pdf_of_ones_own(client, people, open_session):
    identify(client, people["admitted"])
    response = client.get(reverse("results:score_sheet"))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert people["admitted"].number not in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", ["results:mine", "results:score_sheet"])
def test_nobody_reads_a_result_without_identification(client, open_session, page):
    response = client.get(reverse(page), follow=True)
    assert response.redirect_chain[-1][0] == reverse("results:lookup")


def test_a_forged_or_foreign_cookie_opens_nothing(client, people, open_session, settings):
    identify(client, people["admitted"])
    sealed = client.cookies[settings.IDENTIFICATION_COOKIE].value
    client.cookies[settings.IDENTIFICATION_COOKIE] = sealed[:20] + sealed[20:].swapcase()
    assert mine(client).status_code == 302


def test_the_identification_ends_by_itself(client, people, open_session, time_machine):
    identify(client, people["admitted"])
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert mine(client).status_code == 302


def test_signing_out_ends_it_at_once(client, people, open_session):
    identify(client, people["admitted"])
    client.post(reverse("results:sign_out"))
    assert mine(client).status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_names_nobody(
    client, people, open_session, settings
):
    identify(client, people["admitted"])
    cookie = client.cookies[settings.IDENTIFICATION_COOKIE]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert people["admitted"].number not in cookie.value


def failure(client, entry, **changes):
    response = identify(client, entry, **changes)
    page = VALUE.sub("what was typed", words(response))
    return response.status_code, page, sorted(response.headers)


def test_wrong_number_wrong_date_and_wrong_code_get_one_and_the_same_answer(
    client, people, open_session, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    answers = [
        failure(client, people["admitted"], **wrong)
        for wrong in (
            {"number": "99NOBODY99"},
            {"birth_date": "30/12/2004"},
            {"access_code": "ZZZZ-ZZZZ-ZZZZ"},
            {"number": people["refused"].number, "access_code": "ZZZZ-ZZZZ-ZZZZ"},
            {"number": people["withheld"].number, "birth_date": "01/01/2001"},
        )
    ]
    assert answers[0][0] == 200
    for answer in answers[1:]:
        assert answer == answers[0]


def before_the_hour(client, entry):
    """Everything a browser can compare of the pages of one identified candidate."""
    identified = identify(client, entry)
    seen = [(identified.status_code, identified.headers.get("Location"))]
    for name in ("results:mine", "results:score_sheet"):
        response = client.get(reverse(name))
        page = anonymous(CSRF_TOKEN.sub("token", response.content.decode()))
        headers = {k: v for k, v in response.headers.items() if k not in {"Date", "Expires"}}
        headers.pop("Last-Modified", None)
        seen.append((response.status_code, headers, page))
    return seen


def test_before_the_hour_no_answer_differs_with_the_result_to_come(
    client_of, people, scheduled_session, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    seen = {name: before_the_hour(client_of(name), entry) for name, entry in people.items()}
    assert all(answers == seen["admitted"] for answers in seen.values())
    assert "13,00" not in str(seen)


def test_before_the_hour_no_query_count_differs_with_the_result_to_come(
    client_of, people, scheduled_session, django_assert_num_queries
):
    for name, entry in people.items():
        client = client_of(name)
        identify(client, entry)
        # 1. the published row, which row-level security hides  2. the release awaited
        with django_assert_num_queries(2, using="public"):
            mine(client)


@pytest.fixture
def client_of():
    from django.test import Client

    clients = {}
    return lambda name: clients.setdefault(name, Client())


def test_the_result_page_costs_one_query(client, people, open_session, django_assert_num_queries):
    identify(client, people["admitted"])
    # 1. the open published row, with its release and session
    with django_assert_num_queries(1, using="public"):
        mine(client)


def test_identifying_costs_one_query(client, people, open_session, django_assert_num_queries):
    # 1. the brake, and the entry under the credential
    with django_assert_num_queries(1, using="public"):
        identify(client, people["admitted"])


def test_the_waiting_page_gives_the_hour_to_an_identified_candidate(
    client, people, scheduled_session
):
    identify(client, people["refused"])
    hour = timezone.localtime(release.Release.objects.get().opens_at)
    assert f"{hour:%H}" in words(mine(client))


def test_a_candidate_whose_session_has_no_hour_yet_waits_without_an_error(client, people):
    identify(client, people["admitted"])
    assert mine(client).status_code == 200


def test_a_withdrawn_result_gives_way_to_the_message_of_the_office(
    client, people, open_session, django_user_model
):
    boss = django_user_model.objects.create_user("boss")
    identify(client, people["admitted"])
    release.withdraw(
        release.Release.objects.get(), by=boss, message="Une vérification est en cours."
    )
    page = words(mine(client))
    assert "Une vérification est en cours." in page
    assert "13,00" not in page


def test_a_corrected_result_says_so_and_why(client, people, open_session, django_user_model):
    boss = django_user_model.objects.create_user("boss")
    entry = people["refused"]
    with correction(entry, by=boss, reason="Erreur de report de la note U3."):
        entry.marks.filter(test__code="U3").update(value=1900)
    identify(client, entry)
    page = words(mine(client))
    assert "Erreur de report de la note U3." in page
    assert "12,00" in page
    said = plain(page)
    assert "6,00 devient 19,00" in said
    assert "Moyenne : 5,50 devient 12,00" in said
    changed = said[said.index("Résultat corrigé le") : said.index("Cette page remplace")]
    for unchanged in ("U1", "U2"):
        assert unchanged not in changed


def test_a_second_correction_says_what_it_changed_itself(client, people, open_session):
    entry = people["refused"]
    for code, value in (("U3", 1900), ("U1", 700)):
        with correction(entry, by=None, reason="Erreur de report."):
            entry.marks.filter(test__code=code).update(value=value)
    identify(client, entry)
    said = plain(mine(client).content.decode())
    assert "5,00 devient 7,00" in said
    assert "devient 19" not in said


def test_a_corrected_name_changes_no_mark(client, people, open_session):
    entry = people["admitted"]
    with correction(entry, by=None, reason="État civil."):
        entry.candidate.birth_name = "AUTRE"
        entry.candidate.save()
    identify(client, entry)
    said = plain(mine(client).content.decode())
    assert "Résultat corrigé le" in said
    assert "devient" not in said


@pytest.mark.parametrize(
    "typed",
    [
        {"number": "", "birth_date": "", "access_code": ""},
        {"number": "\x00", "birth_date": "31/12/2004", "access_code": "A"},
        {"number": "x" * 5000, "birth_date": "31/12/2004", "access_code": "A"},
        {"number": "1", "birth_date": "31/02/2004", "access_code": "A"},
        {"number": "1", "birth_date": "hier", "access_code": "A"},
        {"number": "١٢٣", "birth_date": "31/12/0004", "access_code": "🙂"},
        {},
    ],
)
def test_nonsense_in_the_form_gets_a_page_never_a_crash(client, open_session, typed):
    assert client.post(reverse("results:lookup"), typed).status_code == 200


@pytest.mark.parametrize("page", ["results:lookup", "results:mine"])
def test_personal_pages_are_never_kept(client, people, open_session, page):
    identify(client, people["admitted"])
    assert "no-store" in client.get(reverse(page))["Cache-Control"]


@pytest.mark.parametrize("page", ["home", "results:lookup", "results:lists"])
def test_every_page_forbids_what_it_does_not_need(client, open_session, page):
    response = client.get(reverse(page))
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    text = response.content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert "onclick" not in text
