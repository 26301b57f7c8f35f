"""The attestation of the units that a candidate without the diploma has acquired."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pikepdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from candidates.identification.entry import as_json, call
from diplomas import attestation_document
from diplomas.attestations import issuing
from diplomas.models import Attestation, Revocation
from results.document import verification_code
from results.models import PublishedResult, Regulation
from tests import factories, seals
from tests.candidates.visits import words
from tests.diplomas.published import correct, entered, identify, open_page, opened, withhold
from tests.results import documents
from tests.results.pages import texts
from tests.results.sheets import SHIPPED
from tests.staff import client_of, member

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PAGE = "/attestation/"
TITLE = "Attestation de blocs de compétences"
NEUTRAL = "Pas d’attestation pour le moment"
NO_UNIT = "Pas d’attestation pour ce résultat"
LEADS_THERE = "Demander l’attestation de blocs de compétences"
BUTTON = "Établir mon attestation"

# Marks of a candidate without the diploma: the units acquired, with their sessions, and others.
BTS = "U1:12 U2:9.99 U3:BEN14/2024 U4:8 U5:10 U6:3 U7:3"
CAP = "UP1:9.5 UP2:9.5 UG1:16 UG2:16 UG3:8 UG4:16 UF:18"
BP = "E1:5 E2:5 E3:12 U41:11 U42:9 U51:4 U52:13 E6:ABS"
SITUATIONS = {
    "BTS refused": ("SIO-SISR", BTS, {}, [("U1", 2026), ("U3", 2024), ("U5", 2026)]),
    "CAP refused for its professional units": (
        "BOULANGER",
        CAP,
        {},
        [("UG1", 2026), ("UG2", 2026), ("UG4", 2026)],
    ),
    "BP eliminated, with parts and a subject": (
        "BP-COIFFURE-2013",
        BP,
        {"subjects": "E3=Coiffure événementielle"},
        [("E3", 2026), ("U41", 2026), ("U52", 2026)],
    ),
    "BTS without final decision": ("SIO-SISR", "U1:12 U2:4", {"units": "U1 U2"}, [("U1", 2026)]),
}


@pytest.fixture
def refused(db):
    """A refused candidate of a BTS who has acquired three units; the result is open."""
    return opened(entered("SIO-SISR", BTS))


def issued(entry):
    return issuing.issue(factories.visit(entry))


def mine(client, entry):
    identify(client, entry)
    return words(client.get(PAGE))


def ask(client, entry):
    identify(client, entry)
    return words(client.post(PAGE, follow=True))


def file_of(client, attestation):
    return client.get(reverse("diplomas:attestation_file", args=[attestation.reference]))


def page_of(client, attestation):
    return words(open_page(client, verification_code.plain(attestation.verification_code)))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_who_has_not_the_diploma_has_the_units_at_ten_attested(client, situation):
    code, marks, values, units = SITUATIONS[situation]
    entry = opened(entered(code, marks, **values))
    page = mine(client, entry)
    assert BUTTON in page
    assert not Attestation.objects.exists()
    assert TITLE in ask(client, entry)
    attestation = Attestation.objects.get()
    assert attestation.kind == "BLOCKS"
    printed = attestation.document["units"]
    assert [(unit["code"], unit["session"]) for unit in printed] == units
    (paper,) = texts(file_of(client, attestation).content)
    for unit in printed:
        assert unit["until"] == unit["session"] + 5
        assert unit["code"] in paper
        assert unit["label"][:30] in paper
        assert unit["label"].replace("\xa0", " ") in page
    assert "Léa DUPONT" in paper
    assert "n’est pas le diplôme" in paper
    assert SHIPPED[code].kept.blocks in paper


def test_the_subject_that_a_test_has_for_the_candidate_is_named():
    code, marks, values, _units = SITUATIONS["BP eliminated, with parts and a subject"]
    attestation = issued(opened(entered(code, marks, **values)))
    labels = {unit["code"]: unit["label"] for unit in attestation.document["units"]}
    assert labels["E3"].endswith("Coiffure événementielle")
    assert labels["U52"] == "Arts appliqués à la profession"


def test_the_mark_that_acquires_a_unit_is_that_of_the_regulation(client, monkeypatch):
    rules = SHIPPED["SIO-SISR"]
    monkeypatch.setitem(
        SHIPPED, "SIO-SISR", replace(rules, kept=replace(rules.kept, from_mark=Decimal("11.5")))
    )
    entry = opened(entered("SIO-SISR", "U1:12 U2:9 U3:10 U4:10 U5:11 U6:3 U7:3"))
    assert "chaque unité où vous avez 11,5 ou plus" in mine(client, entry)
    assert "vos unités à 11,5 ou plus" in words(client.get(reverse("results:mine")))
    attestation = issued(entry)
    assert [unit["code"] for unit in attestation.document["units"]] == ["U1"]
    (paper,) = texts(bytes(attestation.pdf))
    for shown in (paper, page_of(client, attestation)):
        assert "une note de 11,5 sur 20 ou plus" in " ".join(shown.split())


def test_an_attestation_of_before_says_the_mark_that_it_was_made_with(refused):
    document = issued(refused).document
    del document["from_mark"]
    assert attestation_document.front(document)["from_mark"] == "10"


def test_whoever_has_no_unit_reads_which_mark_it_takes(client, monkeypatch):
    rules = SHIPPED["SIO-SISR"]
    monkeypatch.setitem(
        SHIPPED, "SIO-SISR", replace(rules, kept=replace(rules.kept, from_mark=Decimal(12)))
    )
    entry = opened(entered("SIO-SISR", "U1:11 U2:9 U3:10 U4:10 U5:11 U6:3 U7:3"))
    page = mine(client, entry)
    assert NO_UNIT in page
    assert "Il faut une note de 12 ou plus" in page


def test_it_says_no_mark_no_average_and_no_unit_below_ten(refused):
    attestation = issued(refused)
    (paper,) = texts(bytes(attestation.pdf))
    average = PublishedResult.objects.get().document["average"].replace(".", ",")
    for mark in ("12,00", "12.00", "14,00", "9,99", average):
        assert mark not in paper
    assert "U2" not in paper
    assert "U4" not in paper


def test_whoever_has_no_unit_at_ten_reads_why_there_is_none(client):
    entry = opened(entered("SIO-SISR", "U1:9 U2:9.99 U3:8 U4:8 U5:9 U6:3 U7:3"))
    page = ask(client, entry)
    assert NO_UNIT in page
    assert BUTTON not in page
    assert not Attestation.objects.exists()


def test_where_no_text_has_blocks_attested_nothing_is_said_of_them(client, refused):
    Regulation.objects.update(kept_blocks="")
    correct(refused, 900, test="U2")
    page = mine(client, refused)
    assert NEUTRAL in page
    assert "blocs de compétences" not in page


def test_results_that_were_published_before_blocks_were_attested_have_none(client, open_people):
    assert NEUTRAL in ask(client, open_people["absent"])


def test_who_is_admitted_is_offered_success_and_no_blocks(client):
    entry = opened(entered("SIO-SISR", "U1:12 U2:12 U3:12 U4:12 U5:12 U6:12 U7:12"))
    page = ask(client, entry)
    assert "Attestation de réussite" in page
    assert "blocs de compétences" not in page
    assert Attestation.objects.get().kind == "SUCCESS"


@pytest.mark.parametrize(
    ("code", "marks", "values"),
    [
        ("SIO-SISR", BTS, {"withheld": True}),
        ("BOULANGER", CAP.replace("UP2:9.5", "UP2:FM"), {}),
    ],
    ids=["withheld", "deferred"],
)
def test_nothing_is_attested_while_nothing_is_decided(client, code, marks, values):
    page = ask(client, opened(entered(code, marks, **values)))
    assert NEUTRAL in page
    assert "blocs de compétences" not in page
    assert not Attestation.objects.exists()


def test_before_the_hour_a_refused_candidate_reads_what_everybody_does(client):
    entry = opened(entered("SIO-SISR", BTS), at=timezone.now() + timedelta(hours=1))
    assert NEUTRAL in ask(client, entry)
    assert not Attestation.objects.exists()


def test_a_candidate_of_another_academy_is_told_its_rectorat(client):
    academy = factories.academy("09")
    entry = opened(entered("SIO-SISR", BTS, academy=academy, status="INDIVIDUEL"))
    page = ask(client, entry)
    assert TITLE in page
    assert academy.rectorat in page
    assert BUTTON not in page
    assert not Attestation.objects.exists()


def test_nobody_downloads_the_attestation_of_somebody_else(client, refused):
    other = entered("BOULANGER", CAP)
    opened(other)
    theirs = issued(other)
    assert file_of(client, theirs).url.startswith(reverse("results:lookup"))
    identify(client, refused)
    assert file_of(client, theirs).url == PAGE
    assert theirs.reference not in mine(client, refused)


def test_the_page_of_its_code_shows_all_that_is_printed_and_that_it_is_no_diploma(client, refused):
    attestation = issued(refused)
    page = page_of(client, attestation)
    assert "Ce document est authentique" in page
    assert "Ce n’est pas le diplôme." in page
    assert TITLE in page
    assert "Attestation de réussite" not in page
    front = attestation_document.front(attestation.document)
    for part in ("person", "diploma", "issued"):
        for field in front[part]:
            assert " ".join(field["value"].split()) in page
    for unit in front["units"]:
        assert f"{unit['code']} {unit['label']} {unit['session']} {unit['until']}" in page
    for mark in ("12,00", "14,00", "U2"):
        assert mark not in page


@pytest.mark.parametrize("mark", [2000, 500], ids=["now admitted", "a unit less"])
@pytest.mark.slow
def test_a_corrected_result_takes_the_attestation_out_of_use(client, mark):
    entry = opened(entered("SIO-SISR", "U1:12 U2:9 U3:10 U4:10 U5:10 U6:10 U7:8"))
    first = issued(entry)
    correct(entry, mark, test="U6")
    assert "Ce document n’est plus valable" in page_of(client, first)
    identify(client, entry)
    assert file_of(client, first).status_code == 302
    second = issued(entry)
    assert second.reference != first.reference
    assert second.kind == ("SUCCESS" if mark == 2000 else "BLOCKS")
    assert f"{first.reference}, établie le" in mine(client, entry)
    assert "Ce document est authentique" in page_of(client, second)


def test_a_success_that_was_a_mistake_leaves_the_units_to_attest(client):
    entry = opened(entered("SIO-SISR", "U1:12 U2:12 U3:12 U4:12 U5:12 U6:12 U7:12"))
    success = issued(entry)
    correct(entry, 0, test="U7")
    assert success.reference in mine(client, entry)
    assert "Ce document n’est plus valable" in page_of(client, success)


def test_once_withheld_it_is_neither_given_nor_confirmed(client, refused):
    attestation = issued(refused)
    withhold(refused)
    assert NEUTRAL in mine(client, refused)
    assert file_of(client, attestation).status_code == 302
    assert "ne peut pas être confirmé" in page_of(client, attestation)


def test_the_office_revokes_it_with_a_reason(client, refused):
    attestation, manager = issued(refused), client_of("manager")
    add = reverse("admin:diplomas_revocation_add")
    data = {"document": attestation.reference, "reason": "Attestation volée."}
    assert manager.post(add, data).status_code == 302
    assert Revocation.objects.get().attestation == attestation
    page = page_of(client, attestation)
    assert "Ce document est révoqué" in page
    assert "DUPONT" not in page
    assert "a été révoquée" in mine(client, refused)


def test_the_office_sees_the_kind_and_keeps_to_one_of_them(refused):
    blocks = issued(refused)
    passed = entered("BOULANGER", "UP1:12 UP2:12 UG1:12 UG2:12 UG3:12 UG4:12")
    success = issued(opened(passed))
    listed = reverse("admin:diplomas_attestation_changelist")
    operator = client_of("operator")
    page = words(operator.get(listed))
    assert page.count("blocs de compétences") >= 1
    for kind, row in (("BLOCKS", blocks), ("SUCCESS", success)):
        answer = operator.get(listed, {"kind__exact": kind})
        assert list(answer.context["cl"].result_list) == [row]
    shown = operator.get(reverse("admin:diplomas_attestation_change", args=[blocks.pk]))
    assert "U3 Mathématiques pour l’informatique, 2024" in words(shown)


def test_who_has_no_right_to_them_sees_none(client, refused):
    attestation = issued(refused)
    pages = [
        reverse("admin:diplomas_attestation_changelist"),
        reverse("admin:diplomas_attestation_file", args=[attestation.pk]),
    ]
    for address in pages:
        assert client.get(address).url.startswith(reverse("admin:login"))
    stranger = client_of("stranger")
    for address in pages:
        assert stranger.get(address).status_code in {302, 403}


def test_its_holder_sees_when_it_was_verified(client, refused):
    attestation = issued(refused)
    page_of(client, attestation)
    identify(client, refused)
    page = words(client.get(reverse("diplomas:openings")))
    assert f"{TITLE} {attestation.reference}" in page
    assert "Vérifié 1 fois" in page


def test_the_file_is_sealed_tagged_and_its_table_has_headers(refused):
    attestation = issued(refused)
    file = bytes(attestation.pdf)
    assert seals.verdict(file).bottom_line
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]
        assert pdf.docinfo["/Title"] == f"{TITLE} {attestation.reference}"
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        elements = [
            str(value.S)
            for value in pdf.objects
            if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem"
        ]
    assert elements.count("/Table") == 1
    assert elements.count("/TH") == 3 + 3
    assert elements.count("/TD") == 2 * 3


def test_the_longest_one_keeps_to_its_page():
    long = documents.longest()
    units = [
        {"code": each["code"], "session": 2026, "until": 2031}
        for test in long["tests"]
        for each in test["parts"][:2]
    ]
    law = {"blocks": "code de l’éducation, article D. 643-15"}
    rules = long["rules"] | {"kept": long["rules"]["kept"] | law}
    long |= {"blocks": units, "verdict": "REFUSED", "rules": rules}
    made = attestation_document.of_blocks(
        long, reference="ATT-7K3M-Q2PX", issued_at="2026-11-23T10:00:00+01:00"
    )
    code = verification_code.UUID(verification_code.generate())
    (paper,) = texts(attestation_document.render(made, code=code))
    assert [unit for unit in units if unit["code"] not in paper] == []


def attest(entry, document, *, kind="BLOCKS"):
    """Call the function of the database as a page would, with the content `document`."""
    visit, result = factories.visit(entry), PublishedResult.objects.order_by("-pk").first()
    content = {"kind": kind, "reference": "ATT-7K3M-Q2PX", "candidate": {}} | document
    code = verification_code.UUID(verification_code.generate())
    arguments = (result.pk, content["reference"], code, timezone.now(), as_json(content), b"%PDF")
    with transaction.atomic(), transaction.atomic(using="public"):
        return call("visitors_attest", *visit.proof, *arguments)[0]


def _units(*units):
    return {"units": [dict(zip(("code", "session", "until"), unit, strict=True)) for unit in units]}


ALL = ("U1", 2026, 2031), ("U3", 2024, 2029), ("U5", 2026, 2031)


@pytest.mark.parametrize(
    "content",
    [
        _units(*ALL, ("U2", 2026, 2031)),
        _units(*ALL[1:]),
        _units(("U1", 2026, 2041), *ALL[1:]),
        _units(),
        {},
    ],
    ids=["one more", "one less", "for longer", "no unit", "nothing"],
)
def test_the_database_attests_the_units_of_the_result_and_no_other(refused, content):
    with pytest.raises(DatabaseError, match="is not of result"):
        attest(refused, content)
    assert not Attestation.objects.exists()


def test_the_database_gives_no_other_kind_than_the_verdict_gives_a_right_to(refused):
    assert attest(refused, {"mention": None}, kind="SUCCESS") == "NO_RIGHT"
    assert attest(refused, _units(*ALL), kind="OTHER") == "NO_RIGHT"
    assert not Attestation.objects.exists()
    assert attest(refused, _units(*ALL)) is None
    assert Attestation.objects.get().kind == "BLOCKS"


def _row(**values):
    code = verification_code.UUID(verification_code.generate())
    fields = {"reference": "ATT-7K3M-Q2PX", "verification_code": code, "pdf": b"%PDF"}
    return Attestation(**fields | {"document": {"kind": values.get("kind", "SUCCESS")}} | values)


def test_no_row_has_a_kind_that_its_verdict_or_its_content_contradicts(refused):
    result = PublishedResult.objects.get()
    rows = {
        "gives no right": _row(published_result=result),
        "rests_on_a_result": _row(kind="BLOCKS", issued_by=member("operator")),
        "has_the_kind": _row(kind="BLOCKS", published_result=result, document={}),
        "": _row(kind="BLOCKS", published_result=result),
    }
    for refusal, row in rows.items():
        if refusal:
            with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
                row.save()
        else:
            row.save()


def test_no_row_attests_blocks_where_none_was_acquired():
    opened(entered("SIO-SISR", "U1:9 U2:9.99 U3:8 U4:8 U5:9 U6:3 U7:3"))
    row = _row(kind="BLOCKS", published_result=PublishedResult.objects.get())
    with pytest.raises(IntegrityError, match="gives no right"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("fast_path", ["off", "prepared"])
def test_the_result_page_of_a_refused_candidate_leads_there(client, settings, refused, fast_path):
    settings.FAST_PATH = fast_path
    identify(client, refused)
    for _ in range(2):
        assert LEADS_THERE in words(client.get(reverse("results:mine")))


@pytest.mark.parametrize("fast_path", ["off", "prepared"])
def test_the_result_page_offers_none_to_whoever_has_none(client, settings, fast_path):
    settings.FAST_PATH = fast_path
    entry = opened(entered("SIO-SISR", "U1:9 U2:9.99 U3:8 U4:8 U5:9 U6:3 U7:3"))
    identify(client, entry)
    assert LEADS_THERE not in words(client.get(reverse("results:mine")))


def test_a_part_at_ten_leads_there_though_its_test_is_not_kept(client):
    entry = opened(entered("MCO-2020", "E1:5 E21:12 E22:4 E3:5 E41:5 E42:5 E5:5 E6:5"))
    identify(client, entry)
    assert LEADS_THERE in words(client.get(reverse("results:mine")))
    assert [unit["code"] for unit in issued(entry).document["units"]] == ["E21"]


def test_the_help_for_the_refused_leads_there(client, refused):
    page = client.get("/aide/non-admis/bts/").content.decode()
    assert f'<a href="{PAGE}">Demander cette attestation</a>' in page


def test_the_page_costs_the_same_as_for_a_success(client, refused, django_assert_num_queries):
    identify(client, refused)
    for _ in range(2):
        with django_assert_num_queries(2, using="public"), django_assert_num_queries(0):
            client.get(PAGE)
        client.post(PAGE)


def test_an_english_reader_reads_it_in_english(client, refused):
    identify(client, refused)
    page = words(client.get(PAGE, headers={"accept-language": "en"}))
    assert "Certificate of skills blocks" in page
    assert "Établir" not in page
