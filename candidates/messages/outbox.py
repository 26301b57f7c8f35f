"""Transactional outbox of e-mails.

`write` adds a row in the transaction of the change, so that neither exists without the other, and
its commit wakes the command `send_messages` (`sender`): no request waits for a mail server. A
sender takes a row for `LEASE`: several share the work, and the row of one that died is due again.

As the last bytes of a message go to the mail server, its row is marked as handed over
(`_handover`): of a sender killed at any moment, it is known what left. See decision 7.
"""

import hashlib
import logging
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from email.errors import MessageError
from email.utils import parseaddr
from enum import Enum, auto
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override

from candidates.identification.entry import call
from candidates.messages import subscriptions
from candidates.models import Circular, Message
from candidates.models.messages import UNSUBSCRIBE
from candidates.signals import messages_due
from results_portal import links
from results_portal.deployment_checks import MAIL_SERVERS

ATTEMPTS = 14  # in about two days
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
OF_ACCOUNTS = "account:"  # begins the key of an e-mail whose text opens an account
CHANNEL = "candidates_message"  # of the notification that wakes senders
PATIENCE = 20  # seconds for a server to answer
LEASE = timedelta(minutes=5)  # longer than an attempt
OF_ONE_CONNECTION = 100  # messages; servers refuse more
ASK_EVERY = 30  # seconds between two signals `messages_due`

# Raised by the libraries that write an e-mail on an address that they cannot read. One such message
# must not keep all the others waiting.
UNWRITABLE = (ValueError, LookupError, AttributeError, TypeError, MessageError)

log = logging.getLogger(__name__)


class Delivery(Enum):
    """The outcome of one attempt to send a message."""

    TAKEN = auto()
    REFUSED = auto()
    UNREACHABLE = auto()


def has_server():
    """Whether e-mails go to a mail server, and not to a terminal or a folder."""
    return settings.EMAIL_BACKEND in MAIL_SERVERS


def write(*, key, entry_id, to, subject, template, context, kind=Message.Kind.FILE):
    """Put an e-mail to the address `to` into the outbox, in the language its reader chose.

    The default is the present language. `entry_id` is None for a person without an entry.
    `template` names a pair of templates, .txt and .html; `subject` may be lazy. `key` identifies
    the message: a second one under the same key is not written, nor one of a `kind` that the
    candidate does not want. Return the message, or None.
    """
    choices = subscriptions.choices_of(entry_id)
    if not subscriptions.wants(choices, kind):
        return None
    foot = {"optional": _may_be_declined(kind, entry_id), "chooses": entry_id is not None}
    values = written(
        key=key,
        to=to,
        subject=subject,
        template=template,
        context={**context, **foot},
        language=choices.language,
    )
    return keep(entry_id=entry_id, kind=kind, **values)


def written(*, key, to, subject, template, context, language=""):
    """Return the fields of an e-mail in a language, the present one by default: see `write`.

    It is one about the reader's file, to who has an entry, unless `context` says otherwise.
    """
    context = {"optional": False, "chooses": True, **context}
    texts = _texts(language or get_language(), subject, template, context)
    return {"key": key, "to": to, **texts}


def keep(*, key, **values):
    """Put an e-mail with these fields into the outbox, once for each key; return it, or None."""
    message, is_new = Message.objects.get_or_create(key=key, defaults=values)
    if not is_new:
        return None
    _wake_senders()
    return message


def write_circular(*, key, language, subject, template, context, kind):
    """Return the text shared by many messages of a `kind`, stored under `key`; create it if new."""
    known = Circular.objects.filter(key=key).first()
    if known:
        return known
    foot = {"optional": kind in subscriptions.OPTIONAL, "chooses": True}
    written = _texts(language, subject, template, {**context, **foot})
    return Circular.objects.create(key=key, language=language, **written)


def _may_be_declined(kind, entry_id):
    return kind in subscriptions.OPTIONAL and entry_id is not None


def _texts(language, subject, template, context):
    with override(language):
        context = {
            **context,
            "subject": str(subject),
            "language": language,
            "unsubscribe": UNSUBSCRIBE,
            "office_name": settings.OFFICE_NAME,
            "office_email": settings.OFFICE_EMAIL,
            "site": links.site(),
        }
        return {
            "subject": context["subject"],
            "text": "\n\n".join(
                render_to_string(name, context).strip()
                for name in (f"{template}.txt", "candidates/mail/foot.txt")
            ),
            "html": render_to_string(f"{template}.html", context),
        }


def send_due(*, limit=None, at=None):
    """Send the messages that are due, at most `limit`; return the numbers sent and not sent.

    Messages due by the clock alone are written first (`messages_due`). Individual messages go
    before circulars. An unreachable server ends the round.
    """
    results: Counter[Delivery] = Counter()
    server = get_connection(timeout=PATIENCE)
    asked = pace = None
    try:
        while results.total() != limit and not results[Delivery.UNREACHABLE]:
            if asked is None or time.monotonic() - asked > ASK_EVERY:
                messages_due.send_robust(Message, at=at)  # their errors do not stop the rest
                asked = time.monotonic()
            due = Message.objects.due(at)
            message = _take(due.of_its_own(), at) or _take(due.of_circulars(), at)
            if message is None:
                break
            pace = _wait(pace)
            results[_try(message, server, at)] += 1
            if results.total() % OF_ONE_CONNECTION == 0:
                _close(server)
    finally:
        _close(server)
    return results[Delivery.TAKEN], results.total() - results[Delivery.TAKEN]


def try_again(messages):
    """Start a new series of attempts for those of `messages` (a queryset) that were given up.

    Those handed to a server without an answer go again too: they may arrive twice, under the same
    Message-ID. Return the number.
    """
    given_up = messages.filter(state=Message.State.FAILED) | messages.unanswered()
    again = given_up.update(state=Message.State.WAITING, attempts=0, not_before=Now())
    _wake_senders()
    return again


def refuses(visit):
    """Whether the last e-mail to the present address of a visit's candidate failed for good."""
    return call("visitors_mail_is_refused", *visit.proof)[0]


def _wake_senders():
    """Wake senders, when the present transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def _take(messages, at):
    """Take the first of `messages` for a `LEASE` and return it, or None."""
    free = messages.select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        message = free.select_related("circular", "entry__candidate").first()
        if message:
            message.to = message.to or message.entry.candidate.email
            message.not_before = (at or Now()) + LEASE
            message.save(update_fields=["to", "not_before"])
    return message


def _wait(last):
    """Sleep to keep to `MESSAGES_PER_SECOND`; return the time of this message."""
    if last and settings.MESSAGES_PER_SECOND:
        time.sleep(max(0, last + 1 / settings.MESSAGES_PER_SECOND - time.monotonic()))
    return time.monotonic()


def _try(message, server, at):
    at = at or timezone.now()
    try:
        server.handover = partial(_handover, message.pk)  # read by our SMTP backend alone
        _email(message, server).send()
    except (OSError, *UNWRITABLE) as problem:  # those of smtplib are OSError
        _close(server)
        result = _put_off(message, problem, at)
        log.warning("message %s not sent: %s", message.pk, message.last_error)
    else:
        result = Delivery.TAKEN
        message.state, message.sent_at, message.last_error = Message.State.SENT, at, ""
        message.not_before = at
    message.save(update_fields=["attempts", "state", "sent_at", "last_error", "not_before"])
    return result


@contextmanager
def _handover(pk):
    """Mark message `pk` as handed over; its last bytes are written inside the context.

    The database gets the statement before those bytes, and right after them the sync that ends the
    pipeline and commits it, so that a kill hardly ever falls between. When writing them fails it is
    committed as well, and the state that is saved next replaces this one.
    """
    database = connection.connection
    with database.pipeline():
        database.execute(_HANDED, [pk])
        yield


_HANDED = "UPDATE candidates_message SET state = 'HANDED' WHERE id = %s AND state = 'WAITING'"


def _email(message, server):
    if not message.to:
        raise ValueError("this candidate has no e-mail address any more")
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    identity = hashlib.sha256(f"{message.pk} {message.key}".encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{identity}@{domain}>", "Auto-Submitted": "auto-generated"}
    content, link = message.content, ""
    if _may_be_declined(message.kind, message.entry_id):
        link = subscriptions.link(message.entry.candidate_id, message.kind)
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    email = EmailMultiAlternatives(
        content.subject,
        content.text.replace(UNSUBSCRIBE, link),
        to=[message.to],
        connection=server,
        headers=headers,
    )
    email.attach_alternative(content.html.replace(UNSUBSCRIBE, link), "text/html")
    return email


def _put_off(message, problem, at):
    """Double the wait; give up when the address is refused for good or after `ATTEMPTS`.

    An unreachable server, or one that refuses before it knows the message, counts as no attempt.
    """
    message.state = Message.State.WAITING
    if not isinstance(problem, (SMTPRecipientsRefused, SMTPDataError, *UNWRITABLE)):
        message.last_error = type(problem).__name__
        message.not_before = at + SHORTEST_WAIT
        return Delivery.UNREACHABLE
    codes = [code for code, _text in getattr(problem, "recipients", {}).values()]
    message.attempts += 1
    message.last_error = " ".join([type(problem).__name__, *map(str, codes)])[:200]
    message.not_before = at + min(SHORTEST_WAIT * 2**message.attempts, LONGEST_WAIT)
    for_good = isinstance(problem, UNWRITABLE) or (codes and min(codes) >= 500)
    if for_good or message.attempts >= ATTEMPTS:
        message.state, message.not_before = Message.State.FAILED, at
    return Delivery.REFUSED


def _close(server):
    """Close the connection to a server, which may have closed it first."""
    try:
        server.close()
    except OSError:
        log.debug("the mail server had closed already")
