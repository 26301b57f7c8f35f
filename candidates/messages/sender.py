"""Sender that stays: woken by each new message, it outlives its mail server and its database."""

import logging
import time
from contextlib import closing

import psycopg
from django.db import InterfaceError, OperationalError, connection

from candidates.locks import TAKE_AS_SENDER
from candidates.messages import outbox

PAUSE = 2  # seconds between two tries to reach the database

log = logging.getLogger(__name__)


def send_for_ever(*, every, begin, told):
    """Send what is due, at each notification and every `every` seconds at least.

    `begin` is called at each connection; `told` gets the numbers sent and not sent of each round.
    While the database is away it is asked again every `PAUSE` seconds; the log gets a line when it
    goes and another when it is back.
    """
    is_away = False
    while True:
        try:
            with closing(_listening()) as listening:
                if is_away:
                    log.warning("the database is back: messages leave again")
                is_away = False
                begin()
                while True:
                    told(*outbox.send_due())
                    _wait(listening, every)
        except (OperationalError, InterfaceError, psycopg.OperationalError) as problem:
            if not is_away:
                log.error("the database is away (%s): messages wait", type(problem).__name__)
            is_away = True
            connection.close()
            time.sleep(PAUSE)


def _listening():
    """Return a connection of its own: on another one, queries would swallow notifications."""
    listening = connection.get_new_connection(connection.get_connection_params())
    try:
        listening.autocommit = True
        listening.execute(TAKE_AS_SENDER)
        listening.execute(f"LISTEN {outbox.CHANNEL}")
    except psycopg.Error:
        listening.close()
        raise
    return listening


def _wait(listening, seconds):
    """Return at the next notification, or after so many seconds."""
    for _notification in listening.notifies(timeout=seconds, stop_after=1):
        pass
