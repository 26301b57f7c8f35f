"""E-mails on the events of a diploma: posted, ready at the school, returned. Each once.

The texts are shared and name nobody; the candidate's page has the details.
"""

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidates.messages import outbox
from candidates.models import Message

POSTED, READY, RETURNED = "posted", "ready", "returned"

_SUBJECTS = {
    POSTED: _("Votre diplôme est posté"),
    READY: _("Votre diplôme vous attend"),
    RETURNED: _("Votre diplôme nous est revenu"),
}
# A line of English below the French text, for those who never chose a language.
_IN_ENGLISH = {
    POSTED: "Your diploma has been posted: the address above shows where it is, in English too.",
    READY: "Your diploma waits at your school: the address above says where, in English too.",
    RETURNED: "Your diploma came back to us: the address above says what to do, in English too.",
}
_LANGUAGES = ["", *(code for code, _name in settings.LANGUAGES)]


def notify(diplomas, what, *, session, day=None):
    """Write to the candidates of `diplomas` (a queryset) what happened to theirs on `day`.

    `what`: `POSTED`, `READY` or `RETURNED`. Only candidates with an e-mail address who want such
    messages, and whose result is not suspended; never twice the same (`RETURNED`: of one day).
    Return the number of messages.
    """
    day = day or timezone.localdate()
    circulars = [_circular(what, session, day, language).pk for language in _LANGUAGES]
    sql, values = diplomas.order_by().values("pk").query.sql_with_params()
    suffix = f" {what} {day.isoformat()}" if what == RETURNED else f" {what}"
    with connection.cursor() as cursor:
        asked = [suffix, Message.Kind.DOCUMENT, *values, _LANGUAGES, circulars]
        cursor.execute(_INSERT.format(diplomas=sql), asked)
        return cursor.rowcount


def _circular(what, session, day, language):
    return outbox.write_circular(
        key=f"diploma {what} {session.pk} {day.isoformat()} {language}",
        language=language or settings.LANGUAGE_CODE,
        subject=_SUBJECTS[what],
        template="diplomas/mail/moved",
        context={
            "what": what,
            "day": day,
            "session": session,
            "in_english": "" if language else _IN_ENGLISH[what],
        },
        kind=Message.Kind.DOCUMENT,
    )


_INSERT = """
INSERT INTO candidates_message
    (entry_id, key, kind, circular_id, "to", subject, text, html, state, attempts, last_error)
SELECT diploma.entry_id, 'diploma ' || diploma.id || %s, %s, shared.circular_id, '', '', '', '',
    'WAITING', 0, ''
FROM ({diplomas}) AS notified (id)
JOIN diplomas_diploma AS diploma ON diploma.id = notified.id
JOIN candidates_entry AS entry ON entry.id = diploma.entry_id
JOIN candidates_candidate AS candidate ON candidate.id = entry.candidate_id
LEFT JOIN candidates_messagechoices AS choices ON choices.candidate_id = candidate.id
JOIN unnest(%s::text[], %s::bigint[]) AS shared (language, circular_id)
    ON shared.language = coalesce(choices.language, '')
WHERE candidate.email <> '' AND coalesce(choices.documents, true) AND NOT entry.withheld
ON CONFLICT (key) DO NOTHING
"""
