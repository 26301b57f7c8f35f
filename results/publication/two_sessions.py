"""One admission for a person who sits two sessions: July's, and September's that replaces it."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from candidates.locks import lock_session
from candidates.models import Entry, Session
from results.jury.incomplete import SHOWN
from results.models import PublishedResult, Verdict

_ROWS = PublishedResult.objects.filter(entry=OuterRef("pk")).newest_first()
_LAST_VERDICT = Subquery(_ROWS.values("verdict")[:1])  # scheduled, open or withdrawn


def second_admissions(
    session: Session, speciality_id: int, entry_ids: Collection[int] | None = None
) -> list[str]:
    """Return a sentence for each admission just written that would be somebody's second result.

    Nobody becomes admitted in July whose copy has a result in September, and nobody in September
    who is admitted in July: the other result is suspended first. The caller holds the lock of
    `session`; July takes September's too, so that of two at once the second sees the first.
    """
    other = session.counterpart()
    if other is None:
        return []
    there = Entry.objects.of(other).standing_for().annotate(last=_LAST_VERDICT)
    if session.replaces_id is None:
        lock_session(other)
        there = there.exclude(last=None).exclude(last=Verdict.WITHHELD)
    else:
        there = there.filter(last=Verdict.ADMITTED)
    entries = Entry.objects.of(session).filter(speciality=speciality_id)
    if entry_ids is not None:
        entries = entries.filter(pk__in=entry_ids)
    twice = entries.annotate(last=_LAST_VERDICT).filter(Exists(there), last=Verdict.ADMITTED)
    sentence = _(
        "Candidat %(number)s : un résultat est déjà publié ou programmé dans %(session)s, et "
        "personne n’est admis deux fois. Suspendez d’abord ce résultat-là."
    )
    numbers = twice.order_by("number").values_list("number", flat=True)[:SHOWN]
    return [sentence % {"number": number, "session": other.code} for number in numbers]
