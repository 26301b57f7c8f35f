"""Which hours a release may have, and which openings and changes are asked for twice."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from candidates.freeze import OpeningSoon
from results.models import Mark, Release
from results.publication import hours, release
from results.publication.correction import correction
from tests import factories

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def in_(**length):
    return timezone.now() + timedelta(**length)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2027-07-02T10:00", "2027-07-02T08:00:00+00:00"),
        ("2027-07-02 10", "2027-07-02T08:00:00+00:00"),
        ("2027-07-02T10:00Z", "2027-07-02T10:00:00+00:00"),
        ("2027-03-28T01:59", "2027-03-28T00:59:00+00:00"),
        ("2027-03-28T03:00", "2027-03-28T01:00:00+00:00"),
        ("2027-10-31T03:00", "2027-10-31T02:00:00+00:00"),
        ("2027-10-31T02:30+01:00", "2027-10-31T01:30:00+00:00"),
        ("2028-11-30T10:00", "2028-11-30T09:00:00+00:00"),
    ],
)
def test_an_hour_is_read_in_paris_unless_it_says_another_place(text, instant):
    assert hours.read_hour(text, now=NOW).astimezone(UTC).isoformat() == instant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2027-07-02", "n’a pas d’heure"),
        ("20270702", "n’a pas d’heure"),
        ("2027-W27-5", "n’a pas d’heure"),
        ("demain", "n’est pas une date et une heure"),
        ("2027-07-02T25:00", "n’est pas une date et une heure"),
        ("2027-03-28T02:30", "n’existe pas à Paris"),
        ("2027-03-28T02:00", "n’existe pas à Paris"),
        ("2027-10-31T02:30", "existe deux fois à Paris"),
        ("2127-07-02T10:00", "dans plus de deux ans"),
        ("2028-12-02T10:00", "dans plus de deux ans"),
    ],
)
def test_an_hour_is_whole_exists_once_and_is_near(text, problem):
    with pytest.raises(hours.WrongHour, match=problem):
        hours.read_hour(text, now=NOW)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=20), "20 jours"),
        (timedelta(hours=25), "1 jour"),
        (timedelta(hours=3, minutes=59), "3 heures"),
        (timedelta(minutes=42), "42 minutes"),
        (timedelta(seconds=20), "1 minute"),
    ],
)
def test_a_distance_is_said_in_the_unit_that_matters(length, words):
    assert hours.distance(NOW, NOW + length) == words


def run(*arguments):
    output = io.StringIO()
    call_command("release", "BTS-2026", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [[], ["--now", "--at", "2027-07-02T10:00"]])
def test_the_command_takes_now_or_an_hour(arguments, deliberated_session):
    with pytest.raises(CommandError, match=r"--now .* ou --at"):
        run(*arguments)
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_the_command_opens_at_once_what_has_no_announced_hour(deliberated_session):
    assert "ouverte depuis le" in run("--now")
    assert "ouverte depuis le" in run("--now")
    assert "ouverte depuis le" in run("--at", in_(days=-1).isoformat())


@pytest.mark.django_db
def test_the_command_asks_for_the_code_before_the_announced_hour(deliberated_session):
    run("--at", in_(days=20).isoformat())
    for code in ([], ["--confirm", "BTS-2027"]):
        with pytest.raises(CommandError, match="20 jours avant l’heure annoncée") as refused:
            run("--now", *code)
        assert "--confirm BTS-2026" in str(refused.value)
        assert not Release.objects.open().exists()
    run("--now", "--confirm", "BTS-2026")
    assert Release.objects.open().exists()


@pytest.mark.django_db
def test_the_command_asks_for_the_code_at_a_past_hour(deliberated_session):
    with pytest.raises(CommandError, match="L’heure demandée est passée"):
        run("--at", in_(days=-1).isoformat())
    run("--at", in_(days=-1).isoformat(), "--confirm", "BTS-2026")
    assert Release.objects.open().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("hour", ["2027-07-02", "2127-07-02T10:00"])
def test_the_command_refuses_an_hour_that_is_none(hour, deliberated_session):
    with pytest.raises(CommandError, match="--at : "):
        run("--at", hour, "--confirm", "BTS-2026")
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_the_code_of_another_session_confirms_nothing(deliberated_session):
    with pytest.raises(CommandError, match="ce n’est pas cette session"):
        run("--now", "--confirm", "BTS-2027")


@pytest.mark.django_db
def test_an_hour_given_by_another_meanwhile_is_told_and_stays(deliberated_session, boss):
    specialities = release.specialities_of(deliberated_session)
    of_round = {"specialities": specialities, "round": 1}
    seen = hours.announced(deliberated_session, **of_round)

    def agreed(at):
        objections = hours.objections(seen, deliberated_session, **of_round, at=at)
        return {"at": at, "agreed": lambda found: objections}

    tenth = timezone.localtime(in_(days=3)).replace(hour=10, minute=0)
    release.schedule(deliberated_session, at=tenth, by=boss)
    with pytest.raises(release.ReleaseRefused, match=r"programmée entre-temps .* par boss"):
        release.schedule(deliberated_session, **agreed(in_(days=4)))
    assert Release.objects.get().opens_at == tenth
    release.schedule(deliberated_session, **agreed(tenth))  # the very same hour


@pytest.fixture
def soon_open(people, deliberated_session):
    """The session of `people`, whose results open in forty minutes."""
    release.schedule(deliberated_session, at=in_(minutes=40))
    return deliberated_session


@pytest.mark.django_db
def test_a_correction_within_the_last_hour_takes_the_code(people, soon_open, boss):
    marks = people["refused"].marks.filter(test__code="U1")
    for code in ("", "BTS-2027"):
        change = correction(people["refused"], by=boss, reason="Erreur.", confirmed=code)
        with pytest.raises(OpeningSoon, match="s’ouvrent dans 40 minutes"), change:
            marks.update(value=900)
    assert marks.get().value == 500
    with correction(people["refused"], by=boss, reason="Erreur.", confirmed="BTS-2026"):
        marks.update(value=900)
    assert marks.get().value == 900


@pytest.mark.django_db
def test_before_the_last_hour_and_for_others_no_code_is_asked_for(people, soon_open, boss):
    Release.objects.update(opens_at=in_(minutes=61))
    with correction(people["refused"], by=boss, reason="Erreur."):
        people["refused"].marks.filter(test__code="U1").update(value=900)
    Release.objects.update(opens_at=in_(minutes=40))
    other = factories.entry(session=factories.session("BTS-2027", year=2027))
    with correction(other, by=boss, reason="Erreur."):
        factories.give_marks(other, {"U1": "12"})


@pytest.mark.django_db
def test_an_import_of_marks_within_the_last_hour_takes_the_code(people, soon_open, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text(
        f"numero;epreuve;note;etat;tour;session_origine\n{people['refused'].number};U1;9;;1;\n"
    )
    with pytest.raises(CommandError, match=r"(?s)s’ouvrent dans .*--confirm BTS-2026"):
        call_command("import_marks", str(path), "--session", "BTS-2026", verbosity=0)
    mark = Mark.objects.get(entry=people["refused"], test__code="U1")
    assert mark.value == 500
    arguments = ("import_marks", str(path), "--session", "BTS-2026")
    call_command(*arguments, "--dry-run", verbosity=0)
    call_command(*arguments, "--confirm", "BTS-2026", verbosity=0)
    mark.refresh_from_db()
    assert mark.value == 900
    call_command(*arguments, verbosity=0)  # changes nothing: asks for nothing


@pytest.mark.django_db
def test_a_file_of_corrections_within_the_last_hour_takes_the_code(people, soon_open, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text(
        f"numero;epreuve;note;etat;tour;session_origine\n{people['refused'].number};U1;9;;1;\n"
    )
    arguments = ("correct_marks", str(path), "--session", "BTS-2026", "--reason", "Erreur.")
    call_command(*arguments, "--dry-run", verbosity=0)
    with pytest.raises(CommandError, match="--confirm BTS-2026"):
        call_command(*arguments, verbosity=0)
    call_command(*arguments, "--confirm", "BTS-2026", verbosity=0)
    assert Mark.objects.get(entry=people["refused"], test__code="U1").value == 900


@pytest.mark.django_db
def test_an_import_of_the_session_within_the_last_hour_takes_the_code(soon_open, tmp_path):
    path = tmp_path / "session.toml"
    path.write_text('code = "BTS-2026"\nexam = "BTS"\nyear = 2026\nlabel = "Autre"\n')
    with pytest.raises(CommandError, match="--confirm BTS-2026"):
        call_command("import_session", str(path), verbosity=0)
    call_command("import_session", str(path), "--confirm", "BTS-2026", verbosity=0)
    soon_open.refresh_from_db()
    assert soon_open.label == "Autre"
