"""The score sheet as a mailing that a change of address may concern, until it is mailed."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.address_changes.mailings import Mailing, start_of
from results.models import PublishedResult
from results.rules import WITHOUT_SHEET

SCORE_SHEET = "score_sheet"


def score_sheets(sender, *, entries, at, **kwargs):
    """Return the score sheet to mail of each entry, until it is mailed; receives `mailings_asked`.

    Before the hour every entry has one: only an open result may reveal that it is withheld, or that
    its decision is deferred.
    """
    without = _without_sheet(entries)
    return [_score_sheet(entry) for entry in entries if entry.pk not in without]


def _score_sheet(entry):
    day = entry.session.score_sheets_mailed_on
    return Mailing(
        entry_id=entry.pk,
        kind=SCORE_SHEET,
        label=format_lazy(_("Relevé de notes, {session}"), session=entry.session.label),
        mailed_on=day,
        sealed_at=day and start_of(day),
        detail="" if day else _("Il part environ une semaine après l’ouverture des résultats."),
    )


def _without_sheet(entries):
    results = PublishedResult.objects.for_visitors().current().filter(verdict__in=WITHOUT_SHEET)
    keys = [entry.pk for entry in entries]
    return set(results.filter(entry__in=keys).values_list("entry", flat=True))
