"""Changing what lies behind one result, at any moment of its life, with a reason."""

from contextlib import contextmanager

import pghistory
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidates.access_codes import credential
from candidates.freeze import Change, changing
from candidates.locks import lock_session
from candidates.models import Entry
from results import deliberation, publication, release
from results.models import Release


@contextmanager
def correction(entry, *, by, reason):
    """Let the body change marks, names or suspension of `entry`, then make the result follow.

    Nothing published yet: decisions already taken are taken again. Scheduled: the waiting row is
    replaced. Public: a new revision with `reason` and author stands beside the old ones. One
    transaction; the history of each changed row keeps the reason and the author.

    Raises `ValidationError` without a reason, `release.ReleaseRefused` when a published result
    would be left with missing marks.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Indiquez le motif du changement."))
    with transaction.atomic():
        lock_session(entry.session)
        now = timezone.now()
        seen = [
            one
            for one in Release.objects.filter(results__entry=entry).distinct().order_by("round")
            if publication.frozen(one, now)
        ]
        kind = Change.CORRECTION if seen else Change.REFRESH
        with changing(kind), pghistory.context(reason=reason, user=by.pk):
            yield
            _follow_birth_date(entry)
            release.refresh([entry.pk], at=now)
            for one in seen:
                _revise(one, entry, at=now, reason=reason, by=by)


def _revise(one, entry, *, at, reason, by):
    books = deliberation.rulebooks(entry.session, speciality_ids=[one.speciality_id])
    selection = publication.stage(one, books, entry_ids=(entry.pk,))
    release.refuse_incomplete(selection)
    publication.revise(one, at=at, reason=reason, by=by)


def _follow_birth_date(entry):
    """Keep the identification in step with a corrected birth date."""
    entry = Entry.objects.select_related("candidate").get(pk=entry.pk)
    for sibling in Entry.objects.filter(candidate=entry.candidate_id):
        expected = credential(
            sibling.number, entry.candidate.birth_date, bytes(sibling.access_code_digest)
        )
        Entry.objects.filter(pk=sibling.pk).exclude(credential=expected).update(credential=expected)
