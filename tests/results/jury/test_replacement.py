"""The September session of those whose decision is deferred in July."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from candidates.identification import access_codes
from candidates.models import Entry, Session, Speciality
from results.jury.deliberation import deliberate
from results.jury.replacement import ReplacementRefused, open_replacement
from results.models import Decision, Mark, PublishedResult, Regulation, Test
from results.publication import release
from results.publication.correction import correction
from tests import factories
from tests.office_files import MARK, plain, run, write_csv

pytestmark = pytest.mark.django_db

MENTION = [("Assez bien", 12), ("Bien", 14)]
DEFERRED = {"U1": "15", "U2": "FM", "U3": "13"}


@pytest.fixture
def july():
    """An office where force majeure is replaced: somebody admitted, and somebody deferred."""
    speciality = factories.regulation(exam="BAC", mentions=MENTION)
    Regulation.objects.filter(speciality=speciality).update(force_majeure="replacement")
    session = factories.session("BAC-2026", exam="BAC")
    factories.entry("26A", session=session, marks=factories.ADMITTED, birth_name="ALBERT")
    factories.entry(
        "26D",
        session=session,
        marks=DEFERRED | {"F1": "14"},
        birth_name="DENIS",
        web_consent=True,
        units="U1 U2 U3 F1",
        subjects="U2=Anglais",
        form="P",
        school=factories.school(),
        centre="Salle 1",
        office_code=b"o" * 32,
    )
    return session


@pytest.fixture
def released(july):
    deliberate(july)
    release.schedule(july)
    return july


@pytest.fixture
def september(july):
    return factories.session("BAC-2026-S", exam="BAC", replaces=july)


def entry_in(session, number="26D"):
    return Entry.objects.get(session=session, number=number)


def marks_of(entry):
    marks = Mark.objects.filter(entry=entry).order_by("test__position")
    return {mark.test.code: (mark.value, mark.status, mark.origin) for mark in marks}


def command(session):
    out, err = io.StringIO(), io.StringIO()
    call_command("open_replacement", session.code, stdout=out, stderr=err)
    return plain(out.getvalue()).strip(), plain(err.getvalue()).strip()


def test_the_deferred_are_copied_with_all_that_the_office_has_of_them(released, september):
    assert command(september) == (
        "BAC-2026-S, reprise de BAC-2026. "
        "Inscriptions reprises : 1 ; notes reprises : 3 ; déjà là : 0.",
        "",
    )
    before, copy = entry_in(released), entry_in(september)
    own = {"id", "session_id", "centre", "visit", "created_at"}
    names = {field.attname for field in Entry._meta.concrete_fields} - own
    assert {n: getattr(copy, n) for n in names} == {n: getattr(before, n) for n in names}
    assert (copy.units, copy.subjects, copy.form) == ("U1 U2 U3 F1", "U2=Anglais", "P")
    assert (before.centre, copy.centre) == ("Salle 1", "")  # where July's tests were sat


def test_marks_keep_their_status_and_the_replaced_test_is_left_to_be_sat(released, september):
    open_replacement(september)
    assert marks_of(entry_in(september)) == {
        "U1": (1500, "", None),
        "U3": (1300, "", None),
        "F1": (1400, "", None),
    }


def test_kept_marks_and_dispensations_stay_what_they_are(july, september):
    marks = {"U1": "BEN15/2024", "U2": "FM", "U3": "DISP", "F1": "FM"}
    factories.entry("26K", session=july, marks=marks)
    deliberate(july)
    release.schedule(july)
    open_replacement(september)
    assert marks_of(entry_in(september, "26K")) == {
        "U1": (1500, "BEN", 2024),
        "U3": (None, "DISP", None),
        "F1": (None, "FM", None),  # an option that only adds is not replaced
    }


def test_a_test_that_is_not_replaced_stays_one_that_they_are_exempt_from(july, september):
    Test.objects.filter(code="U1").update(replaced=False)
    factories.entry("26E", session=july, marks={"U1": "FM", "U2": "FM", "U3": "13"})
    deliberate(july)
    release.schedule(july)
    open_replacement(september)
    copy = entry_in(september, "26E")
    assert marks_of(copy) == {"U1": (None, "DISP", None), "U3": (1300, "", None)}
    assert open_replacement(september).left == []
    factories.give_marks(copy, {"U2": "13"})
    deliberate(september)
    assert str(Decision.objects.get(entry=copy).average) == "13.00"


def test_from_july_to_september_the_mention_is_not_lost(released, september, tmp_path):
    assert Decision.objects.get(entry__number="26D").verdict == "DEFERRED"
    open_replacement(september)
    assert deliberate(september).total == {"INCOMPLETE": 1}
    row = {"numero": "26D", "epreuve": "U2", "note": "13"}
    path = write_csv(tmp_path / "notes.csv", MARK, row)
    assert not run("import_marks", path, "--session", september.code).refused
    assert deliberate(september).total == {"ADMITTED": 1}
    release.schedule(september)
    result = PublishedResult.objects.get(entry=entry_in(september))
    document = result.whole_document
    # (15 × 2 + 13 + 13 × 3 + 4) / 6 = 14.33
    assert (document["average"], document["mention"]) == ("14.33", "Bien")
    assert document["diploma_route"]
    assert PublishedResult.objects.get(entry=entry_in(released)).verdict == "DEFERRED"
    assert PublishedResult.objects.on_the_web().get().entry == entry_in(september)


def test_a_bac_without_its_philosophy_in_july_is_decided_in_september():
    call_command("import_regulation", "results/regulations/bac-general-2026.toml", verbosity=0)
    bac = Speciality.objects.get(code="BAC-G-2026")
    july = factories.session("BAC-2026", exam=bac.exam)
    september = factories.session("BAC-2026-S", exam=bac.exam, replaces=july)
    units = Test.objects.filter(speciality=bac, whole=None, optional=False)
    marks = dict.fromkeys(units.values_list("code", flat=True), "15")
    factories.entry("26P", session=july, speciality=bac, marks=marks | {"PHI": "FM", "EPS": "FM"})
    assert deliberate(july).total == {"DEFERRED": 1}
    release.schedule(july)
    open_replacement(september)
    factories.give_marks(entry_in(september, "26P"), {"PHI": "9"})
    assert deliberate(september).total == {"ADMITTED": 1}
    decision = Decision.objects.get(entry__session=september)
    # (86 × 15 + 8 × 9) / 94, without physical education
    assert (str(decision.average), decision.mention) == ("14.48", "Bien")


def test_the_codes_of_september_s_convocations_are_those_of_july(july, september):
    code = access_codes.generate("BAC-2026", "26G")
    factories.entry("26G", session=july, marks=DEFERRED, code=code)
    deliberate(july)
    release.schedule(july)
    open_replacement(september)
    out = io.StringIO()
    call_command("export_access_codes", september.code, stdout=out, stderr=io.StringIO())
    assert f"26G;DUPONT;Léa;31/12/2004;{access_codes.spell(code)}" in out.getvalue()


def test_a_second_round_in_september_is_as_any(released, september):
    with correction(entry_in(released), by=None, reason="Erreur de saisie."):
        Mark.objects.filter(entry=entry_in(released), test__code="U1").update(value=600)
        Mark.objects.filter(entry=entry_in(released), test__code="F1").update(value=900)
    open_replacement(september)
    copy = entry_in(september)
    factories.give_marks(copy, {"U2": "6"})
    assert deliberate(september).total == {"CONTROL": 1}
    release.schedule(september)
    factories.give_marks(copy, {"U1": (None, "12"), "U2": (None, "12")})
    assert deliberate(september, round=2).total == {"ADMITTED": 1}


def test_force_majeure_again_counts_nothing_and_is_never_deferred_again(released, september):
    open_replacement(september)
    factories.give_marks(entry_in(september), {"U2": "FM"})
    deliberate(september)
    decision = Decision.objects.get(entry=entry_in(september))
    # (15 × 2 + 0 + 13 × 3 + 4) / 6 = 12.16
    assert (decision.verdict, str(decision.average)) == ("ADMITTED", "12.16")
    release.schedule(september)
    tests = PublishedResult.objects.get(entry=entry_in(september)).whole_document["tests"]
    assert [(t["status"], t["counted"]) for t in tests if t["code"] == "U2"] == [("FM", "0.00")]


def test_run_again_it_doubles_nothing_and_adds_who_was_deferred_since(released, september):
    open_replacement(september)
    assert command(september)[0].endswith(
        "Inscriptions reprises : 0 ; notes reprises : 0 ; déjà là : 1."
    )
    with correction(entry_in(released, "26A"), by=None, reason="Certificat reçu."):
        Mark.objects.filter(entry__number="26A", test__code="U2").update(value=None, status="FM")
    assert command(september)[0].endswith(
        "Inscriptions reprises : 1 ; notes reprises : 2 ; déjà là : 1."
    )
    assert Entry.objects.of(september).count() == 2


def test_it_says_what_it_leaves_alone(released, september):
    open_replacement(september)
    with correction(entry_in(released), by=None, reason="Note retrouvée."):
        Mark.objects.filter(entry=entry_in(released), test__code="U1").update(value=1600)
    assert command(september)[1] == ("Notes différentes ici, laissées telles quelles : 26D (U1).")
    with correction(entry_in(released), by=None, reason="Note retrouvée."):
        Mark.objects.filter(entry=entry_in(released), test__code="U2").update(value=900, status="")
    assert command(september)[1] == (
        "Décision prise depuis dans la session remplacée, inscription laissée : 26D."
    )
    assert marks_of(entry_in(september))["U1"] == (1500, "", None)


def test_nobody_is_copied_before_the_hour_of_their_result(july, september):
    deliberate(july)
    untold = "Décision reportée, pas encore publiée ; relancez après son heure : 26D."
    assert command(september)[1] == untold
    release.schedule(july, at=timezone.now() + timedelta(hours=2))
    assert command(september)[1] == untold
    assert not Entry.objects.of(september).exists()


def test_nobody_comes_after_the_announcement_of_september(released, september):
    open_replacement(september)
    factories.give_marks(entry_in(september), {"U2": "13"})
    deliberate(september)
    release.schedule(september, at=timezone.now() + timedelta(days=2))
    with correction(entry_in(released, "26A"), by=None, reason="Certificat reçu."):
        Mark.objects.filter(entry__number="26A", test__code="U2").update(value=None, status="FM")
    with correction(entry_in(released), by=None, reason="Option retrouvée."):
        Mark.objects.filter(entry=entry_in(september), test__code="F1").delete()
    assert command(september)[1].splitlines() == [
        "Spécialité déjà annoncée ici ; retirez sa publication, puis relancez : 26A.",
        "Résultat déjà écrit ici, notes non reprises : 26D.",
    ]


def test_a_number_of_somebody_else_refuses_everything(released, september):
    factories.entry("26D", session=september, birth_name="AUTRE")
    with pytest.raises(ReplacementRefused, match="BAC-2026-S : le numéro 26D est déjà à un autre"):
        open_replacement(september)
    assert Entry.objects.of(september).count() == 1


def test_who_is_entered_already_gets_the_marks_they_sat(released, september):
    entered = entry_in(released)
    entered.pk, entered.session = None, september
    entered.save(force_insert=True)
    assert command(september)[0].endswith(
        "Inscriptions reprises : 0 ; notes reprises : 3 ; déjà là : 1."
    )


def test_where_no_decision_is_deferred_it_is_said():
    """As of an exam whose regulation replaces nothing."""
    july = factories.session()
    factories.entry(session=july, marks=DEFERRED)
    deliberate(july)
    release.schedule(july)
    assert command(factories.session("BTS-2026-S", replaces=july)) == (
        "BTS-2026-S, reprise de BTS-2026. "
        "Inscriptions reprises : 0 ; notes reprises : 0 ; déjà là : 0.",
        "Aucune décision reportée dans BTS-2026.",
    )


def test_a_session_that_replaces_none_is_refused(july):
    with pytest.raises(CommandError, match="BAC-2026 ne remplace aucune session"):
        call_command("open_replacement", july.code)
    with pytest.raises(CommandError, match="session inconnue : « BAC-2030 »"):
        call_command("open_replacement", "BAC-2030")


def test_no_session_replaces_itself(july):
    with pytest.raises(IntegrityError, match="session_does_not_replace_itself"):
        Session.objects.filter(pk=july.pk).update(replaces=july)
