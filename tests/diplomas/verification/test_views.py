"""The page that confirms a document: all that is printed, to who holds the code and no other."""

import re
import secrets
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from candidates.models import FailedIdentification
from diplomas.attestations import issuing
from diplomas.models import Revocation
from diplomas.verification import verification
from results.document import verification_code
from results.jury.deliberation import deliberate
from results.models import PublishedResult
from results.publication import release
from results.score_sheet.sealed import sealed_score_sheet
from results.score_sheet.sheet import front, render_score_sheet
from tests import factories, seals
from tests.diplomas import published
from tests.diplomas.published import code_of, correct, open_page
from tests.results import documents
from tests.results.forgery import with_other_text
from tests.results.pages import texts
from tests.results.screen import plain
from tests.staff import member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

NEUTRAL = "Ce document ne peut pas être confirmé pour le moment"
VALUE = re.compile(r'value="[^"]*"')
NEXT = re.compile(r'name="next" value="[^"]*"')


def words(response):
    return plain(response.content.decode())


def random_code():
    return verification_code.plain(verification_code.UUID(verification_code.generate()))


def test_the_holder_of_a_document_sees_that_it_is_genuine(client, open_people):
    page = words(open_page(client, code_of(open_people["admitted"])))
    assert "Ce document est authentique" in page
    assert "ALBERT" in page
    assert "Moyenne sur 20 13,00" in page


@pytest.mark.parametrize(
    ("who", "decision", "box"),
    [
        ("admitted", "Admis", "fr-alert--success"),
        ("refused", "Ajourné", "fr-alert--info"),
        ("control", "Autorisé à se présenter", "fr-alert--info"),
    ],
)
def test_the_decision_stands_in_the_box_and_only_success_is_green(
    client, open_people, who, decision, box
):
    page = open_page(client, code_of(open_people[who])).content.decode()
    alert = page.split("fr-alert ")[1].split("</div>")[0]
    assert f"Décision : {decision}" in plain(alert)
    assert alert.startswith(box)


SITUATIONS = {
    "admitted": documents.document,
    "admitted after control": documents.second_round_admitted,
    "control": documents.control,
    "refused": documents.refused,
    "eliminated": documents.eliminated,
    "every status": documents.every_status,
    "baccalauréat": documents.baccalaureat,
    "longest": documents.longest,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_fact_that_the_front_prints_is_on_the_page(client, open_people, situation):
    row = PublishedResult.objects.get(entry=open_people["admitted"])
    row.document = SITUATIONS[situation]()
    page = _page_of(client, row)
    shown = front(row.document)
    facts = [
        str(shown["exam"]),
        str(shown["decision"]),
        str(shown["jury"]),
        *(field["value"] for field in shown["identity"]),
        *(total["value"] for total in shown["totals"]),
        *(
            test[key]
            for test in shown["tests"]
            for key in ("code", "label", "remark", "coefficient", "mark", "points")
        ),
        *(test[key] for test in shown["tests"] for key in _second(shown)),
        *(part[key] for test in shown["tests"] for part in test["parts"] for key in _PART),
    ]
    assert [fact for fact in facts if " ".join(fact.split()) not in page] == []


_PART = ("code", "label", "remark", "coefficient", "mark")


def _second(shown):
    return ("second_mark", "counted") if shown["second_round"] else ()


def _page_of(client, row):
    """The page of a row whose document was changed only here."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('results_portal.purge', 'on', true)")
    row.save(update_fields=["document"])
    return words(open_page(client, verification_code.plain(row.verification_code)))


def test_what_stands_on_the_front_of_the_paper_stands_on_the_page(client, open_people):
    """Word by word, but for the address, which proves nothing and concerns only the holder."""
    row = PublishedResult.objects.get(entry=open_people["admitted"])
    row.document = documents.every_status()
    page = _page_of(client, row)
    paper = texts(render_score_sheet(row.document, code=row.verification_code))[0]
    body = paper[paper.index("Nom de naissance") : paper.index("Ce relevé se vérifie")]
    numbers = re.findall(r"\d+(?:,\d+)?", body)
    assert len(numbers) > 40
    assert [number for number in numbers if number not in page] == []


def test_the_address_is_on_the_paper_and_not_on_the_page(client, open_people):
    page = words(open_page(client, code_of(open_people["admitted"])))
    assert "12 RUE DES LILAS" not in page
    assert "L’adresse imprimée sur le relevé n’est pas montrée ici" in page


def test_one_digit_changed_in_a_downloaded_file_is_seen_by_the_seal_and_on_the_page(
    client, open_people
):
    row = PublishedResult.objects.get(entry=open_people["admitted"])
    genuine = sealed_score_sheet(row)
    forged = with_other_text(genuine, old="13,00", new="18,00", incremental=True)
    assert "Moyenne sur 20 18,00" in texts(forged)[0]
    assert not seals.verdict(forged).bottom_line
    typed = texts(forged)[0].partition("avec ce code : ")[2].partition(" Visez")[0]
    page = words(client.post(reverse("diplomas:verify"), {"code": typed}, follow=True))
    assert "Moyenne sur 20 13,00" in page
    assert "18,00" not in page


def test_the_address_in_the_square_is_that_of_the_page(open_people, settings):
    row = PublishedResult.objects.get(entry=open_people["admitted"])
    path = reverse("diplomas:verify", args=[verification_code.plain(row.verification_code)])
    assert (
        verification_code.address(row.verification_code) == f"https://{settings.OFFICE_SITE}{path}"
    )


@pytest.mark.parametrize("change", [str.lower, lambda code: "-".join(re.findall("..?", code))])
def test_the_code_is_read_in_an_address_however_it_is_written(client, open_people, change):
    assert "authentique" in words(open_page(client, change(code_of(open_people["admitted"]))))


def test_a_typed_code_leads_to_the_page_of_the_square(client, open_people):
    code = code_of(open_people["admitted"])
    answer = client.post(reverse("diplomas:verify"), {"code": f" {code[:9]} - {code[9:].lower()}"})
    assert (answer.status_code, answer.url) == (302, reverse("diplomas:verify", args=[code]))


def test_an_empty_form_is_told_what_to_type(client, open_people):
    answer = client.post(reverse("diplomas:verify"), {"code": "  "})
    assert answer.status_code == 200
    assert "Tapez le code du document." in words(answer)
    assert not FailedIdentification.objects.exists()


def test_a_corrected_document_is_said_to_be_replaced_and_shows_no_newer_mark(client, open_people):
    entry = open_people["refused"]
    correct(entry, 1900)
    page = words(open_page(client, code_of(entry)))
    today = timezone.localdate()
    assert "Ce document n’est plus valable" in page
    assert re.search(rf"Remplacé le {today.day}\w* \w+ {today.year} par la révision 2", page)
    assert "Moyenne sur 20 5,50" in page
    assert "12,00" not in page
    assert "19,00" not in page
    newer = words(open_page(client, code_of(entry, revision=2)))
    assert "Ce document est authentique" in newer
    assert "Moyenne sur 20 12,00" in newer


def test_each_revision_says_which_one_replaced_it(client, open_people):
    entry = open_people["refused"]
    correct(entry, 1900)
    correct(entry, 1800)
    assert "par la révision 2" in words(open_page(client, code_of(entry)))
    assert "par la révision 3" in words(open_page(client, code_of(entry, revision=2)))
    assert "authentique" in words(open_page(client, code_of(entry, revision=3)))


def test_the_second_round_replaces_the_sheet_of_the_first(client, open_people):
    entry = open_people["control"]
    factories.give_marks(entry, dict.fromkeys(("U1", "U2"), (None, "16")))
    deliberate(entry.session, round=2)
    release.schedule(entry.session, round=2)
    assert "par le relevé établi après les épreuves de contrôle" in words(
        open_page(client, code_of(entry))
    )
    assert "authentique" in words(open_page(client, code_of(entry, round=2)))


def test_a_second_round_to_come_changes_nothing_yet(client, open_people):
    entry = open_people["control"]
    factories.give_marks(entry, dict.fromkeys(("U1", "U2"), (None, "16")))
    deliberate(entry.session, round=2)
    release.schedule(entry.session, round=2, at=timezone.now() + timedelta(hours=1))
    assert "authentique" in words(open_page(client, code_of(entry)))
    assert NEUTRAL in words(open_page(client, code_of(entry, round=2)))


def revoke(entry):
    Revocation.objects.create(
        published_result=PublishedResult.objects.get(entry=entry),
        reason="Relevé volé.",
        by=member("manager"),
    )


def test_a_revoked_document_says_so_and_nothing_of_what_it_said(client, open_people):
    revoke(open_people["admitted"])
    page = words(open_page(client, code_of(open_people["admitted"])))
    assert "Ce document est révoqué" in page
    for fact in ("ALBERT", "13,00", "Relevé volé", "Admis"):
        assert fact not in page


def test_revoking_one_document_leaves_its_correction_genuine(client, open_people):
    revoke(open_people["refused"])
    correct(open_people["refused"], 1900)
    assert "révoqué" in words(open_page(client, code_of(open_people["refused"])))
    assert "authentique" in words(open_page(client, code_of(open_people["refused"], revision=2)))


def withdrawn(people):
    release.withdraw(release.Release.objects.get(), by=member("superuser"))
    return code_of(people["admitted"])


def withheld_later(people):
    published.withhold(people["admitted"])
    return code_of(people["admitted"])


def attested(change):
    """The code of an attestation, after what has made its result one that nobody sees."""

    def code(people):
        attestation = issuing.issue(factories.visit(people["admitted"]))
        change(people)
        return verification_code.plain(attestation.verification_code)

    return code


MISSES = {
    "unknown": lambda people: random_code(),
    "withheld": lambda people: code_of(people["withheld"]),
    "withheld later": withheld_later,
    "withdrawn": withdrawn,
    "attestation, withheld later": attested(withheld_later),
    "attestation, withdrawn": attested(withdrawn),
}


def seen(response):
    """Return all that a browser can compare, without the visitor's own input."""
    page = NEXT.sub("", VALUE.sub("", response.content.decode()))
    headers = {name: value for name, value in response.headers.items() if name != "Expires"}
    return response.status_code, headers, page


@pytest.mark.parametrize("miss", MISSES)
def test_all_misses_are_alike(client, open_people, miss):
    unknown = seen(open_page(client, random_code()))
    missed = seen(open_page(client, MISSES[miss](open_people)))
    assert missed == unknown
    assert NEUTRAL in plain(missed[2])


def test_before_the_hour_a_code_is_unknown(client):
    people = published.people(at=timezone.now() + timedelta(hours=1))
    unknown = seen(open_page(client, random_code()))
    for entry in people.values():
        assert seen(open_page(client, code_of(entry))) == unknown


@pytest.mark.parametrize("miss", MISSES)
def test_all_misses_cost_the_same_queries(client, open_people, miss, django_assert_num_queries):
    code = MISSES[miss](open_people)
    # 1. the rows of the entry with this code  2. the attestation with this code
    # 3. the failure  4. old failures go
    with django_assert_num_queries(4, using="public"), django_assert_num_queries(0):
        open_page(client, code)


def test_a_genuine_document_costs_two_queries(client, open_people, django_assert_num_queries):
    code = code_of(open_people["admitted"])
    # 1. the rows of the entry with this code  2. the opening
    with django_assert_num_queries(2, using="public"), django_assert_num_queries(0):
        open_page(client, code)


MALFORMED = {
    "short": "ABC",
    "long": "0" * 5000,
    "null": "014D-2PF2\x00DBSQ",
    "emoji": "🙂" * 26,
    "arabic digits": "٠" * 26,
    "cyrillic": "А" * 26,
    "not a code by one letter": "U" * 26,
    "beyond 128 bits": "Z" * 26,
    "markup": "<script>alert(1)</script>",
    "broken surrogate": "\udcff" * 26,
    "right to left": "\u202e" * 26,
    "percent": "%00%ff%",
    "template": "{{ finding.result }}",
}


@pytest.mark.parametrize("typed", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_code_gets_the_neutral_page_or_is_told_its_length(client, open_people, typed):
    sendable = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = client.post(reverse("diplomas:verify"), {"code": sendable})
    assert answer.status_code == 200
    assert (NEUTRAL in words(answer)) is not ("Vous avez tapé" in words(answer))
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "abc",
        "%00",
        "%FF%FE",
        "0" * 5000,
        "%F0%9F%99%82",
        "%2e%2e",
        "%D9%A0" * 26,
        "%20x%20",
        "null",
    ],
)
def test_whatever_stands_in_the_address_gets_one_of_the_same_two_pages(client, open_people, path):
    answer = client.get(f"/verifier/{path}/")
    assert answer.status_code == 200
    assert (NEUTRAL in words(answer)) is not ("Vous avez tapé" in words(answer))


def test_the_address_of_the_page_is_read_where_its_code_is_asked_for(client, open_people, settings):
    code = code_of(open_people["admitted"])
    pasted = {"code": f" https://{settings.OFFICE_SITE}/verifier/{code}/ "}
    answer = client.post(reverse("diplomas:verify"), pasted)
    assert answer.url == reverse("diplomas:verify", args=[code])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("7K3M-Q2PX-AB", "Vous avez tapé 10 caractères : un code en a 26."),
        ("ATT-7K3M-Q2PX", "Ceci est la référence de l’attestation"),
        ("Référence : ATT 7K3M Q2PX", "Ceci est la référence de l’attestation"),
    ],
)
def test_what_is_clearly_no_code_says_so_and_nothing_against_the_document(
    client, open_people, typed, told
):
    page = words(client.post(reverse("diplomas:verify"), {"code": typed}))
    assert told in page
    for never in (NEUTRAL, "ne peut pas être confirmé", "ne vous fiez pas"):
        assert never not in page
    assert "Vous avez tapé" not in words(open_page(client, random_code()))


def test_bytes_that_are_no_text_are_no_failure_of_the_site(client, open_people):
    answer = client.post(
        reverse("diplomas:verify"),
        b"code=%ff%fe%00",
        content_type="application/x-www-form-urlencoded",
    )
    assert "Vous avez tapé" in words(answer)


@pytest.mark.slow
def test_ten_thousand_random_codes_reveal_nothing_and_are_slowed_down(client, open_people):
    codes = [verification_code.UUID(verification_code.generate()) for _ in range(10_000)]
    assert not PublishedResult.objects.filter(verification_code__in=codes).exists()
    answers = [open_page(client, verification_code.plain(code)) for code in codes[:200]]
    allowed = verification.MISSES.failures
    assert {answer.status_code for answer in answers[:allowed]} == {200}
    assert {answer.status_code for answer in answers[allowed:]} == {429}
    assert len({seen(answer)[2] for answer in answers[:allowed]}) == 1
    assert len({seen(answer)[2] for answer in answers[allowed:]}) == 1
    assert answers[-1]["Retry-After"] == "600"


def test_a_genuine_document_is_confirmed_whoever_guessed_from_the_same_network(client, open_people):
    for _ in range(verification.MISSES.failures + 1):
        refused = open_page(client, random_code())
    assert refused.status_code == 429
    assert "ALBERT" in words(open_page(client, code_of(open_people["admitted"])))


@pytest.mark.parametrize("miss", MISSES)
def test_over_the_limit_too_all_misses_are_alike(
    client, open_people, miss, django_assert_num_queries
):
    code = MISSES[miss](open_people)
    for _ in range(verification.MISSES.failures):
        open_page(client, random_code())
    unknown = seen(open_page(client, random_code()))
    with django_assert_num_queries(4, using="public"):
        missed = seen(open_page(client, code))
    assert missed == unknown
    assert missed[0] == 429


def test_malformed_codes_are_slowed_down_too(client, open_people):
    for _ in range(verification.MISSES.failures):
        client.post(reverse("diplomas:verify"), {"code": secrets.token_hex(40)})
    assert client.post(reverse("diplomas:verify"), {"code": "x"}).status_code == 429


def test_guessing_documents_locks_nobody_out_of_their_result(client, open_people):
    for _ in range(verification.MISSES.failures + 1):
        open_page(client, random_code())
    assert published.identify(client, open_people["admitted"]).status_code == 302


def test_an_employer_who_checks_hundreds_is_never_slowed_down(client, open_people):
    code = code_of(open_people["admitted"])
    for _ in range(verification.MISSES.failures * 2):
        assert open_page(client, code).status_code == 200


@pytest.mark.parametrize("found", [True, False])
def test_the_page_is_kept_by_nobody_listed_nowhere_and_leaves_no_trace(client, open_people, found):
    answer = open_page(client, code_of(open_people["admitted"]) if found else random_code())
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert '<meta name="robots" content="noindex' in answer.content.decode()


def test_there_is_no_search_by_name_or_number(client, open_people):
    for typed in ("ALBERT", open_people["admitted"].number):
        page = words(client.post(reverse("diplomas:verify"), {"code": typed}))
        assert "Vous avez tapé" in page
        assert "13,00" not in page


def test_who_reads_english_sees_the_same_facts(client, open_people):
    page = words(open_page(client, code_of(open_people["admitted"]), HTTP_ACCEPT_LANGUAGE="en"))
    assert "This document is genuine" in page
    assert "Average out of 20 13.00" in page
    assert "(Admis)" in page


def test_the_page_is_one_link_away_from_every_other(client, open_people):
    assert f'href="{reverse("diplomas:verify")}"' in client.get("/").content.decode()
