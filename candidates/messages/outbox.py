"""The outbox: e-mails are written with what they tell, then sent until a server takes them.

`write` adds a row in the transaction of the change, so that neither goes without the other; the
row is tried as soon as it is committed, then by the command `send_messages`. A sender takes a row
for `LEASE`: several share the work, and what one of them was holding when it died is due again.

The moment the last byte of a message goes to the mail server, a line goes to the database that
says so (`_noted`): of a sender killed at any moment, it is known what left. See decision 7.
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
from psycopg.pq import ConnStatus, ExecStatus

from candidates.messages import subscriptions
from candidates.models import Circular, Message
from candidates.models.messages import UNSUBSCRIBE
from candidates.signals import messages_due

ATTEMPTS = 14  # in about two days
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
HURRIED, PATIENT = 3, 20  # seconds for a server to answer, while somebody waits and otherwise
LEASE = timedelta(minutes=5)  # longer than all that a patient sender does with one message
OF_ONE_CONNECTION = 100  # messages; servers refuse more
ASK_EVERY = 30  # seconds between two looks at what has come due

# What the programs that write an e-mail raise on an address they cannot read. One such message
# must not keep all the others waiting.
UNWRITABLE = (ValueError, LookupError, AttributeError, TypeError, MessageError)

log = logging.getLogger(__name__)


class Delivery(Enum):
    """The outcome of one attempt to send a message."""

    TAKEN = auto()
    REFUSED = auto()
    UNREACHABLE = auto()


def write(*, key, entry_id, to, subject, template, context, kind=Message.Kind.FILE):
    """Put an e-mail to the address `to` into the outbox, in the language its reader chose.

    Who chose none reads the present language. `entry_id` is None for somebody of whom the portal
    has no entry. `template` names a pair of templates, .txt and .html; `subject` may be lazy. `key`
    says what the message is: a second one under the same key is not written, nor one of a `kind`
    that the candidate does not want. Returns the message, or None.
    """
    choices = subscriptions.choices_of(entry_id)
    if not subscriptions.wants(choices, kind):
        return None
    foot = {"optional": _may_be_declined(kind, entry_id), "chooses": entry_id is not None}
    language = choices.language or get_language()
    written = _texts(language, subject, template, {**context, **foot})
    values = {"entry_id": entry_id, "to": to, "kind": kind, **written}
    message, is_new = Message.objects.get_or_create(key=key, defaults=values)
    if not is_new:
        return None
    transaction.on_commit(partial(send, message.pk), robust=True)
    return message


def write_circular(*, key, language, subject, template, context, kind):
    """The text that many messages of a `kind` share, kept under `key`; written now if it is new."""
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
            "site": f"https://{settings.OFFICE_SITE}",
        }
        return {
            "subject": context["subject"],
            "text": "\n\n".join(
                render_to_string(name, context).strip()
                for name in (f"{template}.txt", "candidates/mail/foot.txt")
            ),
            "html": render_to_string(f"{template}.html", context),
        }


def send(pk, *, at=None, timeout=HURRIED):
    """Try to send one message that is due; returns whether a server took it.

    Not so when it is sent already, given up, or in another sender's hands.
    """
    server = get_connection(timeout=timeout)
    try:
        message = _take(Message.objects.filter(pk=pk).due(at), at)
        return message is not None and _try(message, server, at) is Delivery.TAKEN
    finally:
        _close(server)


def send_due(*, limit=None, at=None):
    """Send the messages that are due, at most `limit`; returns how many were sent and how many not.

    What has come due by the clock alone is written first (`messages_due`). What somebody waits for
    goes before circulars. An unreachable server ends the round.
    """
    answers, server = Counter(), get_connection(timeout=PATIENT)
    asked = pace = None
    try:
        while answers.total() != limit and not answers[Delivery.UNREACHABLE]:
            if asked is None or time.monotonic() - asked > ASK_EVERY:
                messages_due.send_robust(Message, at=at)  # whatever they meet, the rest is sent
                asked = time.monotonic()
            due = Message.objects.due(at)
            message = _take(due.of_its_own(), at) or _take(due.of_circulars(), at)
            if message is None:
                break
            pace = _wait(pace)
            answers[_try(message, server, at)] += 1
            if answers.total() % OF_ONE_CONNECTION == 0:
                _close(server)
    finally:
        _close(server)
    return answers[Delivery.TAKEN], answers.total() - answers[Delivery.TAKEN]


def try_again(messages):
    """Give those of `messages` (a queryset) that were given up another series of attempts.

    Those that a server was handed without a word go again too: they may come twice, under the same
    Message-ID. Returns how many.
    """
    given_up = messages.filter(state=Message.State.FAILED) | messages.unanswered()
    return given_up.update(state=Message.State.WAITING, attempts=0, not_before=Now())


def refuses(candidate):
    """Whether the last e-mail to the present address of a candidate was refused for good."""
    answered = [Message.State.SENT, Message.State.FAILED]
    written = Message.objects.filter(entry__candidate=candidate, to=candidate.email)
    last = written.filter(state__in=answered).order_by("-not_before", "-pk").first()
    return bool(candidate.email) and last is not None and last.state == Message.State.FAILED


def _take(messages, at):
    """The first of `messages`, this sender's for a `LEASE`; None when there is none."""
    free = messages.select_for_update(skip_locked=True, of=("self",))
    with transaction.atomic():
        message = free.select_related("circular", "entry__candidate").first()
        if message:
            message.to = message.to or message.entry.candidate.email
            message.not_before = (at or Now()) + LEASE
            message.save(update_fields=["to", "not_before"])
    return message


def _wait(last):
    """Keep to the rate that the office's mail server bears; returns the moment of this message."""
    if last and settings.MESSAGES_PER_SECOND:
        time.sleep(max(0, last + 1 / settings.MESSAGES_PER_SECOND - time.monotonic()))
    return time.monotonic()


def _try(message, server, at):
    at = at or timezone.now()
    try:
        with _noted(message, server):
            _email(message, server).send()
    except (OSError, *UNWRITABLE) as problem:  # those of smtplib are OSError
        _close(server)
        answer = _put_off(message, problem, at)
        log.warning("message %s not sent: %s", message.pk, message.last_error)
    else:
        answer = Delivery.TAKEN
        message.state, message.sent_at, message.last_error = Message.State.SENT, at, ""
        message.not_before = at
    message.save(update_fields=["attempts", "state", "sent_at", "last_error", "not_before"])
    return answer


@contextmanager
def _noted(message, server):
    """While `server` is sent `message`, tell the database of the moment it is out of hand.

    Only our own backend (`delivery`) tells the moment.
    """
    telling = _Telling(connection.connection.pgconn, message.pk)
    # As plain functions: a backend may copy what it holds, and a connection has no copy.
    server.telling = (lambda: telling.prepare(), lambda: telling.tell())
    try:
        yield
    finally:
        telling.end()


class _Telling:
    """The line to the database is put together beforehand, sent after the last byte of the message,
    and its answer read later: nothing lies between that byte and the line but two calls of the
    system."""

    def __init__(self, database, pk):
        self._database, self._pk = database, pk
        self._is_prepared = self._is_told = False

    def prepare(self):
        self._database.enter_pipeline_mode()
        self._is_prepared = True
        self._database.send_query_params(_HANDED, [str(self._pk).encode()])

    def tell(self):
        self._database.pipeline_sync()
        self._is_told = True

    def end(self):
        """Read the answers. What was prepared and not told is told now: the state that is saved
        next has the last word."""
        database = self._database
        if not self._is_prepared:
            return
        if not self._is_told:
            self.tell()
        database.flush()
        while database.status == ConnStatus.OK:
            answer = database.get_result()
            if answer and answer.status == ExecStatus.PIPELINE_SYNC:
                break
        database.exit_pipeline_mode()


_HANDED = b"UPDATE candidates_message SET state = 'HANDED' WHERE id = $1 AND state = 'WAITING'"


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
    """Wait twice as long as the last time; give up when the address is refused for good.

    A server that cannot be reached, or that refuses us whatever we send, says nothing of the
    message: that is no attempt.
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
    """Leave a server, which may have gone first."""
    try:
        server.close()
    except OSError:
        log.debug("the mail server had closed already")
