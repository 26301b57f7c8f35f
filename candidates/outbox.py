"""The outbox: e-mails are written with what they tell, then sent until a server takes them.

`write` adds a row in the transaction of the change, so that neither goes without the other; the
row is tried as soon as it is committed, then by the command `send_messages`. A row is locked while
it is sent: several senders share the work, and none sends what another is sending.

A sender killed between the server's answer and its own commit sends once more; the e-mail then has
the same Message-ID, by which mailboxes know it.
"""

import hashlib
import logging
from collections import Counter
from datetime import timedelta
from email.utils import parseaddr
from enum import Enum, auto
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from candidates.models import Message

ATTEMPTS = 14  # in about two days
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
HURRIED, PATIENT = 3, 20  # seconds for a server to answer, while somebody waits and otherwise

log = logging.getLogger(__name__)


class Answer(Enum):
    TAKEN = auto()
    REFUSED = auto()
    UNREACHABLE = auto()


def write(*, key, entry_id, to, subject, template, context):
    """Put an e-mail to the address `to` into the outbox, in the present language.

    `entry_id` is None for somebody of whom the portal has no entry. `template` names a pair of
    templates, .txt and .html. `key` says what the message is: a second
    one under the same key is not written. Returns the message, or None.
    """
    context = {
        **context,
        "subject": subject,
        "language": get_language(),
        "office_name": settings.OFFICE_NAME,
        "office_email": settings.OFFICE_EMAIL,
        "site": f"https://{settings.OFFICE_SITE}",
    }
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "entry_id": entry_id,
            "to": to,
            "subject": subject,
            "text": render_to_string(f"{template}.txt", context),
            "html": render_to_string(f"{template}.html", context),
        },
    )
    if not is_new:
        return None
    transaction.on_commit(partial(send, message.pk), robust=True)
    return message


def send(pk, *, at=None, timeout=HURRIED):
    """Try to send one waiting message; returns whether a server took it.

    Not so when it is sent already, given up, or in another sender's hands.
    """
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True)
        message = waiting.filter(pk=pk, state=Message.State.WAITING).first()
        if message is None:
            return False
        answer = _try(message, get_connection(timeout=timeout), at or timezone.now())
        return answer is Answer.TAKEN


def send_due(*, limit=None, at=None):
    """Send the messages that are due, at most `limit`; returns how many were sent and how many not.

    Each is its own transaction: killed at any moment, the others are as they were. An unreachable
    server ends the round.
    """
    answers = Counter()
    connection = get_connection(timeout=PATIENT)
    try:
        while answers.total() != limit and not answers[Answer.UNREACHABLE]:
            with transaction.atomic():
                message = Message.objects.select_for_update(skip_locked=True).due(at).first()
                if message is None:
                    break
                answers[_try(message, connection, at or timezone.now())] += 1
    finally:
        _close(connection)
    return answers[Answer.TAKEN], answers.total() - answers[Answer.TAKEN]


def try_again(messages):
    """Give those of `messages` (a queryset) that were given up another series of attempts.

    Returns how many.
    """
    return messages.filter(state=Message.State.FAILED).update(
        state=Message.State.WAITING, attempts=0, not_before=Now()
    )


def _try(message, connection, at):
    try:
        _email(message, connection).send()
    except (OSError, ValueError) as problem:  # those of smtplib are OSError
        _close(connection)
        answer = _put_off(message, problem, at)
        log.warning("message %s not sent: %s", message.pk, message.last_error)
    else:
        answer = Answer.TAKEN
        message.state, message.sent_at, message.last_error = Message.State.SENT, at, ""
    message.save(update_fields=["attempts", "state", "sent_at", "last_error", "not_before"])
    return answer


def _email(message, connection):
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    identity = hashlib.sha256(f"{message.pk} {message.key}".encode()).hexdigest()[:32]
    email = EmailMultiAlternatives(
        message.subject,
        message.text,
        to=[message.to],
        connection=connection,
        headers={"Message-ID": f"<{identity}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    email.attach_alternative(message.html, "text/html")
    return email


def _put_off(message, problem, at):
    """Wait twice as long as the last time; give up when the address is refused for good.

    A server that cannot be reached says nothing of the message: that is no attempt.
    """
    refusals = (SMTPRecipientsRefused, SMTPResponseException, ValueError)
    if not isinstance(problem, refusals):
        message.last_error = type(problem).__name__
        message.not_before = at + SHORTEST_WAIT
        return Answer.UNREACHABLE
    codes = [code for code, _text in getattr(problem, "recipients", {}).values()]
    message.attempts += 1
    message.last_error = " ".join([type(problem).__name__, *map(str, codes)])[:200]
    message.not_before = at + min(SHORTEST_WAIT * 2**message.attempts, LONGEST_WAIT)
    for_good = isinstance(problem, ValueError) or (codes and min(codes) >= 500)
    if for_good or message.attempts >= ATTEMPTS:
        message.state = Message.State.FAILED
    return Answer.REFUSED


def _close(connection):
    """Leave a server, which may have gone first."""
    try:
        connection.close()
    except OSError:
        log.debug("the mail server had closed already")
