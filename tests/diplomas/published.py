"""A released session and what its documents carry, for tests of their verification."""

from django.urls import reverse

from candidates.models import Speciality
from results.document import verification_code
from results.jury.deliberation import deliberate
from results.models import PublishedResult
from results.publication import release
from results.publication.correction import correction
from results.regulations import rulebook
from tests import factories
from tests.results.sheets import SHIPPED
from tests.staff import member


def people(**schedule):
    """One entry of each situation, deliberated and released: now, or at `at`."""
    people = factories.cast()
    session = people["admitted"].session
    deliberate(session)
    release.schedule(session, **schedule)
    return people


def entered(code, marks, **values):
    """An entry under a shipped regulation; `marks` as "U1:12 U2:BEN14/2024"."""
    rulebook.store(SHIPPED[code])
    exam = SHIPPED[code].exam
    session = factories.session(f"{exam}-2026", exam=exam)
    speciality = Speciality.objects.get(code=code)
    given = dict(mark.split(":") for mark in marks.split())
    return factories.entry(marks=given, session=session, speciality=speciality, **values)


def opened(entry, **schedule):
    """Deliberate the session of an entry and release it: now, or at `at`; return the entry."""
    deliberate(entry.session)
    release.schedule(entry.session, **schedule)
    return entry


def code_of(entry, *, revision=1, round=1):
    """The code of a document, as its address carries it."""
    row = PublishedResult.objects.get(entry=entry, revision=revision, round=round)
    return verification_code.plain(row.verification_code)


def open_page(client, code, **headers):
    return client.get(reverse("diplomas:verify", args=[code]), **headers)


def correct(entry, mark, *, test="U3", reason="Erreur de report de la note U3."):
    with correction(entry, by=member("superuser"), reason=reason):
        entry.marks.filter(test__code=test).update(value=mark)


def withhold(entry):
    with correction(entry, by=member("superuser"), reason="Procédure en cours."):
        type(entry).objects.filter(pk=entry.pk).update(withheld=True)


def identify(client, entry):
    typed = {"number": entry.number, "birth_date": "31/12/2004", "access_code": factories.CODE}
    return client.post(reverse("results:lookup"), typed)
