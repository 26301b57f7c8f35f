"""Admitted people of a released session, and their diplomas at any stage, for tests."""

import datetime

from candidates.models import Candidate
from diplomas.dispatch import dispatch, preparation, printing
from diplomas.models import Diploma, DispatchBatch, Route
from results.jury.deliberation import deliberate
from results.publication import release
from tests import factories

SENT_ON = datetime.date(2026, 9, 3)


def at_school(name="ALBERT", **values):
    """An admitted pupil, who collects the diploma at school."""
    values.setdefault("school", factories.school())
    return factories.entry(marks=factories.ADMITTED, birth_name=name, **values)


def at_home(name="BRUN", **values):
    """An admitted individual candidate, who gets it by post."""
    return factories.entry(marks=factories.ADMITTED, birth_name=name, status="INDIVIDUEL", **values)


def released(session=None, **schedule):
    session = session or factories.session()
    deliberate(session)
    release.schedule(session, **schedule)
    return session


def batches(session=None):
    """Every batch that can be prepared, the one of the homes first."""
    found, _made = preparation.prepare(session or factories.session())
    return found


def batch(route=Route.SCHOOL, *, stage="SEALED", session=None):
    """The one batch of a route, brought to a stage."""
    batches(session)
    found = DispatchBatch.objects.get(route=route, sealed_at=None)
    for step in ("SEALED", "PRINTED", "SENT", "ARRIVED"):
        if found.stage == stage or stage == "DRAFT":
            return found
        found = advance(found, step)
    return found


def advance(batch, step):
    """One more step of a batch."""
    if step == "SEALED":
        return dispatch.seal(batch)
    if step == "PRINTED":
        return dispatch.mark_printed(batch)
    if step == "SENT":
        return dispatch.mark_sent(batch, on=SENT_ON, tracking="RR123456789FR")
    dispatch.mark_arrived(batch, on=SENT_ON)
    return batch


def letters_of(batch, directory):
    """The letters of a batch, as they are printed."""
    only = DispatchBatch.objects.filter(pk=batch.pk)
    printing.print_dispatch(batch.session, directory, batches=only, processes=1)
    return (directory / "lettres/lettres-0001.pdf").read_bytes()


def diploma_of(entry):
    return Diploma.objects.get(entry=entry)


def move(entry, **address):
    """The candidate of an entry lives elsewhere."""
    Candidate.objects.filter(entries=entry).update(**address)
