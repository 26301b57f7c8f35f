"""Effects of a change of address: the score sheet to mail, and the results not yet open."""

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.address_changes.mailings import Mailing, start_of
from candidates.freeze import ReleaseOpened, is_refusal
from results.jury.deliberation import DeliberationRefused
from results.models import PublishedResult, Verdict
from results.publication.release import ReleaseRefused, refresh

SCORE_SHEET = "score_sheet"


def score_sheets(sender, *, entries, at, **kwargs):
    """Return the score sheet to mail of each entry, until it is mailed; receives `mailings_asked`.

    Before the hour every entry has one: only an open result may reveal that it is withheld.
    """
    withheld = _withheld(entries)
    return [_score_sheet(entry) for entry in entries if entry.pk not in withheld]


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


def follow_address(sender, *, entry_ids, **kwargs):
    """Put the new address into results not open yet; receives `address_changed`.

    Where that is refused (the release has just opened, a mark is missing), the result keeps its
    address, and the mailing takes the new one all the same.
    """
    try:
        with transaction.atomic():
            refresh(entry_ids)
    except (ReleaseRefused, DeliberationRefused):
        return
    except (ReleaseOpened, IntegrityError) as problem:
        if not is_refusal(problem):
            raise


def _withheld(entries):
    withheld = PublishedResult.objects.for_visitors().current().filter(verdict=Verdict.WITHHELD)
    keys = [entry.pk for entry in entries]
    return set(withheld.filter(entry__in=keys).values_list("entry", flat=True))
