"""The attestation that a candidate gets at once: one for each result, and only for a success."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pikepdf
import pytest
import zxingcpp
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from diplomas import attestation_document
from diplomas.attestations import issuing
from diplomas.models import Attestation, Revocation, VerificationOpening
from results.document import verification_code
from results.models import PublishedResult
from results.publication import release
from tests import factories, seals
from tests.candidates.visits import anonymous
from tests.databases import purge
from tests.diplomas import published
from tests.diplomas.published import correct, identify, open_page, withhold
from tests.results import documents
from tests.results.forgery import with_other_text
from tests.results.pages import picture, texts
from tests.results.screen import plain
from tests.staff import client_of, member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PAGE = "/attestation/"
NEUTRAL = "Pas d’attestation pour le moment"


def words(answer):
    return plain(answer.content.decode()).replace("\xa0", " ")


def mine(client, entry):
    identify(client, entry)
    return words(client.get(PAGE))


def ask(client, entry):
    """Identify, press the button, come to the page that has the file."""
    identify(client, entry)
    return client.post(PAGE, follow=True)


def file_of(client, attestation):
    return client.get(reverse("diplomas:attestation_file", args=[attestation.reference]))


def page_of(client, attestation):
    code = verification_code.plain(attestation.verification_code)
    return words(open_page(client, code))


def test_who_is_admitted_has_an_attestation_in_one_press(client, open_people):
    assert "tient déjà lieu d’attestation" in mine(client, open_people["admitted"])
    page = ask(client, open_people["admitted"])
    attestation = Attestation.objects.get()
    assert attestation.reference in words(page)
    answer = file_of(client, attestation)
    assert answer["Content-Disposition"].startswith("attachment;")
    text = texts(answer.content)
    assert len(text) == 1
    for fact in ("Léa ALBERT", "Brevet de technicien supérieur", "Session 2026", "Paris"):
        assert fact in text[0]
    assert "31 décembre 2004" in text[0]
    assert attestation.reference in text[0]


def test_an_attestation_says_no_mark_and_no_average(open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    assert "13,00" not in texts(bytes(attestation.pdf))[0]


def test_looking_at_the_page_makes_nothing(client, open_people):
    mine(client, open_people["admitted"])
    assert not Attestation.objects.exists()


def test_it_is_the_same_attestation_however_often_it_is_asked_for(client, open_people):
    ask(client, open_people["admitted"])
    first = file_of(client, Attestation.objects.get()).content
    ask(client, open_people["admitted"])
    assert file_of(client, Attestation.objects.get()).content == first


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_pressed_four_times_at_once_it_is_one(open_people):
    def once(_number):
        try:
            return issuing.issue(factories.visit(open_people["admitted"])).reference
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(once, range(4)))) == 1
    assert Attestation.objects.count() == 1


@pytest.mark.parametrize("situation", ["control", "refused", "absent", "withheld"])
def test_who_is_not_admitted_reads_one_neutral_page_and_gets_nothing(
    client, open_people, situation
):
    page = ask(client, open_people[situation])
    assert NEUTRAL in words(page)
    assert not Attestation.objects.exists()


def test_a_withheld_result_reads_like_a_refused_one(client, open_people):
    pages = {
        anonymous(mine(client, open_people[name])).replace(open_people[name].number, "")
        for name in ("refused", "withheld")
    }
    assert len(pages) == 1


def test_before_the_hour_nobody_gets_one(client):
    people = published.people(at=timezone.now() + timedelta(hours=1))
    assert {NEUTRAL in words(ask(client, entry)) for entry in people.values()} == {True}
    assert not Attestation.objects.exists()


def test_a_candidate_of_another_academy_is_told_its_rectorat(client):
    entry = factories.entry(
        marks=factories.ADMITTED, status="INDIVIDUEL", academy=factories.academy("09")
    )
    published.deliberate(entry.session)
    release.schedule(entry.session)
    page = words(ask(client, entry))
    assert entry.academy.rectorat in page
    assert not Attestation.objects.exists()


def test_who_is_not_identified_is_asked_to_be_and_comes_back(client, open_people):
    asked = client.post(PAGE)
    assert "suite=diplomas%3Aattestation" in asked.url
    entry = open_people["admitted"]
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    assert client.post(asked.url, typed).url == PAGE


def test_a_correction_gives_another_attestation_and_takes_the_first_out_of_use(client, open_people):
    entry = open_people["admitted"]
    first = issuing.issue(factories.visit(entry))
    correct(entry, 1500)
    page = words(ask(client, entry))
    second = issuing.issue(factories.visit(entry))
    assert second.reference != first.reference
    assert f"{first.reference}, établie le" in page
    assert file_of(client, first).status_code == 302
    assert file_of(client, second).status_code == 200
    assert "Ce document n’est plus valable" in page_of(client, first)
    assert "Ce document est authentique" in page_of(client, second)


def test_a_success_that_was_a_mistake_leaves_no_valid_attestation(client, open_people):
    entry = open_people["admitted"]
    first = issuing.issue(factories.visit(entry))
    correct(entry, 100)
    assert NEUTRAL in mine(client, entry)
    assert file_of(client, first).status_code == 302
    assert "Ce document n’est plus valable" in page_of(client, first)


def test_once_withheld_the_attestation_is_neither_given_nor_confirmed(client, open_people):
    entry = open_people["admitted"]
    first = issuing.issue(factories.visit(entry))
    withhold(entry)
    assert NEUTRAL in mine(client, entry)
    assert file_of(client, first).status_code == 302
    assert "ne peut pas être confirmé" in page_of(client, first)


def test_nobody_downloads_the_attestation_of_somebody_else(client, open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    assert file_of(client, attestation).url.startswith(reverse("results:lookup"))
    identify(client, open_people["discreet"])
    assert file_of(client, attestation).url == PAGE


SITUATIONS = {
    "admitted": documents.document,
    "admitted after control": documents.second_round_admitted,
    "baccalauréat": documents.baccalaureat,
    "longest": documents.longest,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_printed_fact_is_on_the_page_that_confirms_it(client, open_people, situation):
    attestation = _attestation(SITUATIONS[situation]())
    (paper,) = texts(bytes(attestation.pdf))
    page = page_of(client, attestation)
    front = attestation_document.front(attestation.document)
    facts = [front["name"]] + [
        field["value"] for part in ("person", "diploma", "issued") for field in front[part]
    ]
    facts = [" ".join(fact.split()) for fact in facts]
    assert [fact for fact in facts if fact not in page] == []
    joined = paper.replace(" ", "").replace("\x02", "-")  # a hyphen that ends a line
    assert [fact for fact in facts if fact.replace(" ", "") not in joined] == []


def test_a_reference_copied_from_the_file_is_whole(open_people):
    attestation = _attestation(documents.document(), reference="ATT-45TP-QJ5J")
    (paper,) = texts(bytes(attestation.pdf))
    assert paper.count("ATT-45TP-QJ5J") == 2


def _attestation(document, reference="ATT-7K3M-Q2PX"):
    """An attestation made of a published document that is written nowhere."""
    code = verification_code.UUID(verification_code.generate())
    made = attestation_document.of_result(
        document, reference=reference, issued_at="2026-11-23T10:00:00+01:00"
    )
    return Attestation.objects.create(
        reference=made["reference"],
        verification_code=code,
        issued_by=member("operator"),
        document=made,
        pdf=attestation_document.sealed(made, code=code),
    )


def test_the_file_is_sealed_and_a_screen_reader_gets_title_headings_and_the_square(open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    file = bytes(attestation.pdf)
    assert seals.verdict(file).bottom_line
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert pdf.Root.Lang == "fr"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.docinfo["/Title"] == f"Attestation de réussite {attestation.reference}"
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        elements = [value for value in pdf.objects if _is_element(value)]
        assert [str(e.S) for e in elements if str(e.S) in {"/H1", "/H2"}] == ["/H1", "/H2"]
        (figure,) = (e for e in elements if e.S == "/Figure")
        assert str(figure.Alt) == "Code QR\u00a0: la page qui confirme cette attestation"


def _is_element(value):
    return isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem"


def test_the_square_opens_the_page_that_confirms_the_attestation(open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    (read,) = zxingcpp.read_barcodes(picture(bytes(attestation.pdf), dots_per_inch=150))
    assert read.text == verification_code.address(attestation.verification_code)


def test_one_digit_changed_in_the_file_is_seen_by_the_seal_and_on_the_page(client, open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    genuine = bytes(attestation.pdf)
    forged = with_other_text(genuine, old="Session 2026", new="Session 2022", incremental=True)
    assert "Session 2022" in texts(forged)[0]
    assert not seals.verdict(forged).bottom_line
    typed = texts(forged)[0].partition("avec ce code : ")[2].partition(" Visez")[0]
    page = words(client.post(reverse("diplomas:verify"), {"code": typed}, follow=True))
    assert "Session 2026" in page
    assert "Session 2022" not in page


def test_its_holder_sees_when_it_was_verified(client, open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    page_of(client, attestation)
    page_of(client, attestation)
    assert VerificationOpening.objects.get().times == 2
    identify(client, open_people["admitted"])
    page = words(client.get(reverse("diplomas:openings")))
    assert f"Attestation de réussite {attestation.reference}" in page
    assert "Vérifié 2 fois" in page


def revoke(client, document):
    data = {"document": document, "reason": "Attestation volée."}
    return client.post(reverse("admin:diplomas_revocation_add"), data)


@pytest.mark.parametrize("by", ["reference", "verification_code"])
def test_the_office_revokes_an_attestation_and_the_score_sheet_stays_good(client, open_people, by):
    attestation, manager = (
        issuing.issue(factories.visit(open_people["admitted"])),
        client_of("manager"),
    )
    assert revoke(manager, str(_typed(attestation, by))).status_code == 302
    assert Revocation.objects.get().attestation == attestation
    page = page_of(client, attestation)
    assert "Ce document est révoqué" in page
    assert "ALBERT" not in page
    sheet = published.code_of(open_people["admitted"])
    assert "authentique" in words(open_page(client, sheet))
    assert "a été révoquée" in mine(client, open_people["admitted"])
    assert file_of(client, attestation).url == PAGE
    listed = manager.get(reverse("admin:diplomas_revocation_changelist")).content.decode()
    assert attestation.reference in listed
    assert open_people["admitted"].number in listed


def _typed(attestation, by):
    if by == "reference":
        return attestation.reference.lower()
    return verification_code.plain(attestation.verification_code)


@pytest.mark.parametrize("role", ["operator", "manager", "superuser"])
def test_the_office_reads_and_prints_what_was_given_and_changes_none_of_it(role, open_people):
    attestation, client = issuing.issue(factories.visit(open_people["admitted"])), client_of(role)
    change = reverse("admin:diplomas_attestation_change", args=[attestation.pk])
    assert "Brevet de technicien supérieur" in words(client.get(change))
    assert attestation.reference in words(
        client.get(reverse("admin:diplomas_attestation_changelist"))
    )
    assert client.post(change, {"reference": "X"}).status_code == 403
    assert client.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 403
    file = client.get(reverse("admin:diplomas_attestation_file", args=[attestation.pk]))
    assert file.content == bytes(attestation.pdf)


def test_the_office_finds_an_attestation_by_its_candidate(open_people):
    issuing.issue(factories.visit(open_people["admitted"]))
    issuing.issue(factories.visit(open_people["discreet"]))
    listed = reverse("admin:diplomas_attestation_changelist")
    answer = client_of("operator").post(listed, {"q": open_people["admitted"].number}, follow=True)
    assert [row.published_result.entry for row in answer.context["cl"].result_list] == [
        open_people["admitted"]
    ]


@pytest.mark.parametrize("change", [{"reference": "X"}, {"document": {}}, {"pdf": b""}])
def test_what_was_given_can_neither_change_nor_go(open_people, change):
    issuing.issue(factories.visit(open_people["admitted"]))
    with pytest.raises(IntegrityError, match="can be revoked, not changed"), transaction.atomic():
        Attestation.objects.update(**change)
    with pytest.raises(IntegrityError, match="can be revoked, not changed"), transaction.atomic():
        Attestation.objects.all().delete()


def test_past_its_retention_an_attestation_goes_with_its_entry(client, open_people):
    attestation = issuing.issue(factories.visit(open_people["admitted"]))
    page_of(client, attestation)
    revoke(client_of("manager"), attestation.reference)
    purge(before=timezone.localdate() + timedelta(days=1))
    for model in (Attestation, VerificationOpening, Revocation, PublishedResult):
        assert not model.objects.exists(), model


def test_a_visitor_sees_no_attestation_of_a_release_that_was_withdrawn(open_people):
    issuing.issue(factories.visit(open_people["admitted"]))
    visible = Attestation.objects.using("public").values_list("reference")
    assert visible.count() == 1
    release.withdraw(release.Release.objects.get(), by=member("superuser"))
    assert visible.count() == 0


def test_the_page_costs_the_same_whatever_was_given(client, open_people, django_assert_num_queries):
    entry = open_people["admitted"]
    identify(client, entry)
    for _ in range(2):
        client.post(PAGE)
        # 1. the open result of the entry  2. its attestations
        with django_assert_num_queries(2, using="public"), django_assert_num_queries(0):
            client.get(PAGE)
        correct(entry, 1500)


def test_the_site_leads_there(client, open_people):
    identify(client, open_people["admitted"])
    for page in ("/", reverse("results:mine"), reverse("guidance:lost_diploma")):
        assert f'href="{PAGE}"' in client.get(page).content.decode(), page
