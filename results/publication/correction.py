"""Correction of the data behind one result, before or after its release, with a reason."""

from contextlib import contextmanager

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.freeze import Change, changing
from candidates.identification.access_codes import credential
from candidates.locks import lock_session
from candidates.models import Candidate, Entry
from results.jury import deliberation
from results.models import NEUTRAL_REASON, Release
from results.publication import notices, release, rows


@contextmanager
def correction(entry, *, by, reason):
    """Change marks, names or suspension of `entry` in the body; the result follows on leaving it.

    Nothing published yet: existing decisions are taken again. Scheduled: the waiting row is
    replaced. Public: a new revision is added, with `reason` and author. One transaction; the
    history of each changed row keeps the reason and the author. A change of the candidate's
    identity applies to every session they have sat. The reason of an entry that is withheld, before
    or after, is internal: revisions have `NEUTRAL_REASON`.

    Raises `ValidationError` without a reason, `release.ReleaseRefused` when a published result
    would be left with missing marks.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Indiquez le motif du changement."))
    with transaction.atomic():
        entries = _entries_of(entry.candidate_id)
        now = timezone.now()
        seen = {one.pk: _seen(one, now) for one in entries}
        kind = Change.CORRECTION if any(seen.values()) else Change.REFRESH
        identity, withheld = _identity(entry), _is_withheld(entry)
        with changing(kind), pghistory.context(reason=reason, user=by.pk):
            yield
            _follow_birth_date(entries)
            touched = [one for one in entries if one.pk == entry.pk or _identity(one) != identity]
            release.refresh([one.pk for one in touched], at=now)
            public_reason = NEUTRAL_REASON if withheld or _is_withheld(entry) else reason
            for one in touched:
                for public in seen[one.pk]:
                    _revise(public, one, at=now, reason=public_reason, by=by)


def _entries_of(candidate_id):
    """Return every entry of a person, their sessions locked in an order that cannot deadlock."""
    entries = Entry.objects.filter(candidate=candidate_id).select_related("session").order_by("pk")
    for session in sorted({one.session for one in entries}, key=lambda session: session.pk):
        lock_session(session)
    return list(entries)


def _seen(entry, now):
    releases = Release.objects.filter(results__entry=entry).distinct().order_by("round")
    return [one for one in releases if rows.frozen(one, now)]


def _identity(entry):
    """Return the part of a person's identity that the documents of all their entries show."""
    return Candidate.objects.values_list(
        "ine", "birth_name", "usage_name", "given_names", "birth_date", "birth_place"
    ).get(pk=entry.candidate_id)


def _is_withheld(entry):
    return Entry.objects.filter(pk=entry.pk, withheld=True).exists()


def _revise(one, entry, *, at, reason, by):
    books = deliberation.rulebooks(entry.session, speciality_ids=[one.speciality_id])
    rows.stage(one, books, entry_ids=(entry.pk,))
    release.refuse_incomplete(rows.selected(one, entry_ids=(entry.pk,)))
    if rows.revise(one, at=at, reason=reason, by=by):
        notices.write_correction_notice(one, entry.pk, at=at)


def _follow_birth_date(entries):
    """Update the credentials of entries after a corrected birth date."""
    for one in Entry.objects.filter(pk__in=[one.pk for one in entries]).select_related("candidate"):
        expected = credential(one.number, one.candidate.birth_date, bytes(one.access_code_digest))
        Entry.objects.filter(pk=one.pk).exclude(credential=expected).update(credential=expected)
