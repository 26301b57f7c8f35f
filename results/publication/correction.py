"""Correction of the data behind results, before or after their release, with a reason."""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.freeze import Change, changing
from candidates.history import signed
from candidates.identification.access_codes import credential
from candidates.locks import lock_session
from candidates.models import Candidate, Entry
from results.jury import deliberation
from results.models import NEUTRAL_REASON, PublishedResult, Release
from results.publication import hours, notices, release, rows


@dataclass
class Correcting:
    """The entries whose results follow a correction, and what their revisions say.

    `public_reason`: read by the candidates. `revisions`: their number, once written.
    """

    entry_ids: set[int]
    public_reason: str
    revisions: int = 0


@contextmanager
def correction(entry, *, by, reason, confirmed=""):
    """Change marks, names or suspension of `entry` in the body; the result follows on leaving it.

    As `corrections`, whose errors it raises; it takes the locks. A change of the candidate's
    identity applies to every session they have sat. The reason of an entry that is withheld, before
    or after, is internal: revisions have `NEUTRAL_REASON`.
    """
    with transaction.atomic():
        entries = _entries_of(entry.candidate_id)
        identity, withheld = _identity(entry), _is_withheld(entry)
        with corrections(
            [one.pk for one in entries], by=by, reason=reason, confirmed=confirmed
        ) as correcting:
            yield
            _follow_birth_date(entries)
            if _identity(entry) == identity:
                correcting.entry_ids = {entry.pk}
            if withheld or _is_withheld(entry):
                correcting.public_reason = NEUTRAL_REASON


@contextmanager
def corrections(entry_ids, *, by, reason, confirmed=""):
    """Change marks, names or suspension of entries in the body; their results follow on leaving it.

    Nothing published yet: existing decisions are taken again. Scheduled: the waiting rows are
    replaced. Public: new revisions are added, with `reason` and author (`by`: None for a command).
    One transaction, in as many queries for thousands of entries as for one; the history of each
    changed row keeps the reason and the author. The caller holds the lock of each session.

    Yields a `Correcting`, from which the body may take entries that it has not changed. Raises
    `ValidationError` without a reason, `release.ReleaseRefused` when a published result would be
    left with missing marks, or somebody admitted in two sessions, `candidates.freeze.OpeningSoon`
    within the hour before a result opens, unless `confirmed` is the code of its session.
    """
    reason = stated(reason)
    with transaction.atomic():
        now = timezone.now()
        seen = _seen(entry_ids, now)
        kind = Change.CORRECTION if seen else Change.REFRESH
        correcting = Correcting(set(entry_ids), reason)
        with changing(kind), signed(reason=reason, user=by and by.pk):
            yield correcting
            hours.refuse_soon(correcting.entry_ids, confirmed=confirmed, now=now)
            release.refresh(correcting.entry_ids, at=now)
            public = {"reason": correcting.public_reason, "by": by}
            for one, of_release in seen:
                if changed := sorted(of_release & correcting.entry_ids):
                    correcting.revisions += _revise(one, changed, at=now, **public)


def stated(reason):
    """Return a reason without the spaces around it. Raises `ValidationError` if nothing is left."""
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Indiquez le motif du changement."))
    return reason


def _entries_of(candidate_id):
    """Return every entry of a person, their sessions locked in an order that cannot deadlock."""
    entries = Entry.objects.filter(candidate=candidate_id).select_related("session").order_by("pk")
    for session in sorted({one.session for one in entries}, key=lambda session: session.pk):
        lock_session(session)
    return list(entries)


def _seen(entry_ids, now):
    """Return each release whose rows the public may have seen, with those of the entries it has."""
    entries = defaultdict(set)
    published = PublishedResult.objects.filter(entry__in=entry_ids).order_by()
    for release_id, entry_id in published.values_list("release", "entry").distinct():
        entries[release_id].add(entry_id)
    found = Release.objects.filter(pk__in=entries).select_related("session").order_by("round", "pk")
    return [(one, entries[one.pk]) for one in found if rows.frozen(one, now)]


def _identity(entry):
    """Return the part of a person's identity that the documents of all their entries show."""
    return Candidate.objects.values_list(
        "ine", "birth_name", "usage_name", "given_names", "birth_date", "birth_place"
    ).get(pk=entry.candidate_id)


def _is_withheld(entry):
    return Entry.objects.filter(pk=entry.pk, withheld=True).exists()


def _revise(one, entry_ids, *, at, reason, by):
    """Write a revision for each of the entries whose document has changed; return their number."""
    books = deliberation.rulebooks(one.session, speciality_ids=[one.speciality_id])
    rows.stage(one, books, entry_ids=tuple(entry_ids))
    release.refuse_incomplete(rows.selected(one, entry_ids=tuple(entry_ids)))
    revised = rows.revise(one, at=at, reason=reason, by=by)
    if revised:
        release.refuse_second_admission(one.session, one.speciality_id, revised)
        notices.write_correction_notices(one, revised, at=at)
    return len(revised)


def _follow_birth_date(entries):
    """Update the credentials of entries after a corrected birth date."""
    for one in Entry.objects.filter(pk__in=[one.pk for one in entries]).select_related("candidate"):
        expected = credential(one.number, one.candidate.birth_date, bytes(one.access_code_digest))
        Entry.objects.filter(pk=one.pk).exclude(credential=expected).update(credential=expected)
