"""Notices (avis): « your result is available », to every candidate of an open release.

A notice never states the result, nor anything that depends on it: all notices of a release are the
same bytes, those of withheld candidates too. The clock opens a release without any process, so the
process that sends messages writes the notices first; a correction writes its own.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from candidates.messages import outbox
from candidates.models import Circular, Message
from results.models import PublishedResult, Release

WINDOW = timedelta(days=2)  # a release open for longer is no news: it gets no notices

_LANGUAGES = ["", *(code for code, _name in settings.LANGUAGES)]  # "" for those who never chose


def write_opening_notices(sender, *, at=None, **kwargs):
    """Write a notice for each entry of each newly opened release; receives `messages_due`.

    Notices of a release withdrawn meanwhile, and not sent yet, are deleted.
    """
    waiting = Message.objects.filter(state=Message.State.WAITING)
    waiting.filter(circular__stopped_at__isnull=False).delete()
    opened = Release.objects.open(at).filter(announced_at=None)
    since = (at or Now()) - WINDOW
    for pk in opened.filter(opens_at__gt=since).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            free = Release.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            rows = free.select_related("session", "speciality").open(at)
            if release := rows.filter(pk=pk, announced_at=None).first():
                _write(release)
                Release.objects.filter(pk=pk).update(announced_at=at or Now())


def write_correction_notices(release, entry_ids, *, at=None):
    """Write a notice of the new revision of each of the entries, when `release` is open."""
    if release.is_open(at):
        _write(release, entry_ids)


def stop(release):
    """Stop every notice of `release` that was not sent yet."""
    Circular.objects.filter(key__startswith=f"release {release.pk} ", stopped_at=None).update(
        stopped_at=Now()
    )


def counts(release):
    """Return the number of notices of `release`, by `Message.State`."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [f"release {release.pk} %"])
        return dict(cursor.fetchall())


def _write(release, entry_ids=None):
    shown = PublishedResult.objects.filter(release=release)
    if entry_ids:
        shown = shown.filter(entry__in=entry_ids)
    corrected = shown.filter(revision__gt=1).exists()
    for is_correction in (False, True) if corrected else (False,):
        circulars = [_circular(release, language, is_correction).pk for language in _LANGUAGES]
        with connection.cursor() as cursor:
            values = {
                "release": release.pk,
                "entries": entry_ids,
                "is_correction": is_correction,
                "languages": _LANGUAGES,
                "circulars": circulars,
            }
            cursor.execute(_INSERT, values)


def _circular(release, language, is_correction):
    subject = _("Un de vos résultats a été mis à jour") if is_correction else _SUBJECT
    return outbox.write_circular(
        # with the hour: a release opened again after a withdrawal needs texts that are not stopped
        key=f"release {release.pk} {release.opens_at.isoformat()} {is_correction:d} {language}",
        language=language or settings.LANGUAGE_CODE,
        subject=subject,
        template="results/mail/notice",
        context={
            "release": release,
            "is_correction": is_correction,
            "in_english": "" if language else _IN_ENGLISH[is_correction],
        },
        kind=Message.Kind.RELEASE,
    )


_IN_ENGLISH = {
    False: "One of your exam results is available: the address above leads to it, in English too.",
    True: "One of your exam results has been updated: the address above leads to it.",
}
_SUBJECT = _("Un de vos résultats d’examen est disponible")

_INSERT = """
INSERT INTO candidates_message
    (entry_id, key, kind, circular_id, "to", subject, text, html, state, attempts, last_error)
SELECT result.entry_id, 'result ' || result.entry_id || ' ' || result.round || ' '
    || result.revision, 'RELEASE', shared.circular_id, '', '', '', '', 'WAITING', 0, ''
FROM (
    SELECT DISTINCT ON (entry_id) entry_id, round, revision
    FROM results_publishedresult
    WHERE release_id = %(release)s
        AND (%(entries)s::bigint[] IS NULL OR entry_id = ANY(%(entries)s))
    ORDER BY entry_id, revision DESC
) AS result
JOIN candidates_entry AS entry ON entry.id = result.entry_id
JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
LEFT JOIN candidates_messagechoices AS choices ON choices.candidate_id = candidate.id
JOIN unnest(%(languages)s::text[], %(circulars)s::bigint[]) AS shared (language, circular_id)
    ON shared.language = coalesce(choices.language, '')
WHERE candidate.email <> '' AND coalesce(choices.releases, true)
    AND (result.revision > 1) = %(is_correction)s
ON CONFLICT (key) DO NOTHING
"""

_COUNTS = """
SELECT message.state, count(*)
FROM candidates_message AS message
JOIN candidates_circular AS circular ON circular.id = message.circular_id
WHERE circular.key LIKE %s
GROUP BY message.state
"""
