"""Points that the jury grants, within what is missing to the nearest threshold above."""

from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.models import Entry
from results import rules
from results.document.dossier import Dossier
from results.jury import deliberation, dossiers
from results.models import JuryDecision, verdict_in_words
from results.regulations.rulebook import Rulebook
from results_portal.templatetags.portal import points as in_words


def nearest_raise(entry: Entry, *, round: int) -> rules.Raise | None:
    """Return the nearest threshold above `entry` in `round`, as its marks are now, or None.

    Raises `DeliberationRefused` when its speciality has no regulation.
    """
    session, speciality = entry.session, entry.speciality_id
    books = deliberation.rulebooks(session, speciality_ids=[speciality])
    selection = dossiers.Selection(session.pk, round, speciality, (entry.pk,))
    with transaction.atomic():
        for dossier in dossiers.stream(selection, rulebooks=books):
            return nearest_of(dossier, books[dossier.speciality_id], round)
    return None


def grant(*, entry: Entry, round: int, points: Decimal, reason: str, by: object) -> None:
    """Record the points that the jury grants for `reason`; 0 takes its decision back.

    Raises `ValidationError` for more points than are missing to the nearest threshold above.
    """
    if not points:
        JuryDecision.objects.filter(entry=entry, round=round).delete()
        return
    if problem := excess(points, nearest_raise(entry, round=round)):
        raise ValidationError(problem)
    values = {"points": points, "reason": reason, "author": by, "created_at": timezone.now()}
    JuryDecision.objects.update_or_create(entry=entry, round=round, defaults=values)


def excess(points: Decimal, nearest: rules.Raise | None) -> str:
    """Return why the jury cannot grant so many `points`, as a sentence; "" when it can."""
    if nearest is None:
        return _(
            "Aucun seuil n’est au-dessus de ce candidat : le jury n’a pas de points à ajouter."
        )
    if points <= nearest.most_points:
        return ""
    return _(
        "Il manque %(points)s pour être « %(outcome)s » : le jury n’en ajoute pas davantage."
    ) % {"points": missing(nearest), "outcome": outcome_of(nearest)}


def missing(nearest: rules.Raise) -> str:
    """Return the points to a threshold, with their unit."""
    return in_words(rules.show_points(nearest.most_points))


def outcome_of(nearest: rules.Raise) -> str:
    """Return what a threshold gives, in words: "admis", "admis, mention Bien"."""
    return verdict_in_words(nearest.verdict, nearest.mention)


def overgranted(selection: dossiers.Selection) -> Iterator[tuple[str, str]]:
    """Yield number and problem of each selected entry with more points than are missing to it.

    So it is when marks have changed since the jury. For those decided in `selection.round` whose
    result is not withheld. Raises `DeliberationRefused` when a regulation is missing.
    """
    raised = JuryDecision.objects.filter(entry__session=selection.session_id, round=selection.round)
    if selection.speciality_id is not None:
        raised = raised.filter(entry__speciality=selection.speciality_id)
    if selection.entry_ids is not None:
        raised = raised.filter(entry__in=selection.entry_ids)
    numbers = dict(raised.order_by("entry").values_list("entry", "entry__number"))
    if not numbers:
        return
    session = Entry.objects.select_related("session").get(pk=next(iter(numbers))).session
    speciality_ids = [selection.speciality_id] if selection.speciality_id is not None else None
    books = deliberation.rulebooks(session, speciality_ids=speciality_ids)
    some = dossiers.Selection(
        selection.session_id, selection.round, selection.speciality_id, tuple(numbers)
    )
    with transaction.atomic():
        for dossier in dossiers.stream(some, rulebooks=books):
            if dossier.jury_points is None or dossier.withheld:
                continue
            if selection.round == 2 and not dossier.called:
                continue
            nearest = nearest_of(dossier, books[dossier.speciality_id], selection.round)
            if problem := excess(dossier.jury_points, nearest):
                yield numbers[int(dossier.entry_id)], problem


def nearest_of(dossier: Dossier, book: Rulebook, round: int) -> rules.Raise | None:
    """Return the nearest threshold above a dossier in `round`, without points of the jury."""
    called = dossier.called if round == 2 else None
    return rules.nearest_raise(
        book.regulation, dossier.marks, round=round, called=called, enrolment=dossier.enrolment
    )
