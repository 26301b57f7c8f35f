"""What a change of address does to results: the score sheet to mail, and the results that wait."""

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from candidates.address_changes.mailings import Mailing, start_of
from candidates.freeze import ReleaseOpened, is_refusal
from results.jury.deliberation import DeliberationRefused
from results.models import PublishedResult, Verdict
from results.publication.release import ReleaseRefused, refresh
from results_portal.routers import PUBLIC

SCORE_SHEET = "score_sheet"


def score_sheets(sender, *, entries, at, **kwargs):
    """Receiver of `mailings_asked`: the score sheet of each entry, until the day of its mailing.

    Before the hour every entry has one: whether a result is withheld shows only once it is open.
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
    """Receiver of `address_changed`: results not open yet take the new address.

    What stands in the way (the hour has just struck, a mark is missing) does not concern the
    address: the result keeps the one it has, and the mailing takes the new one anyway.
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
    withheld = PublishedResult.objects.using(PUBLIC).current().filter(verdict=Verdict.WITHHELD)
    keys = [entry.pk for entry in entries]
    return set(withheld.filter(entry__in=keys).values_list("entry", flat=True))
