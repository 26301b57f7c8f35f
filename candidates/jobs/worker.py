"""The worker: it takes jobs from the queue, and outlives its database."""

import asyncio
import logging
import signal

import psycopg
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from candidates.jobs import queue, tasks

PAUSE = 2  # seconds between two tries to reach the database
GRACE = 5.0  # seconds that a job may still take when the worker is told to end

log = logging.getLogger(__name__)


def work(*, once: bool) -> None:
    """Do jobs until told to end (SIGTERM, SIGINT); with `once`, those that wait."""
    asyncio.run(_work_once() if once else _work_for_ever())


async def _work_for_ever() -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    ending = asyncio.create_task(told.wait())
    is_away = False
    while not told.is_set():
        working = asyncio.create_task(_work_once(wait=True))
        await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
        if told.is_set():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            return
        problem = working.exception()
        if problem is not None and not isinstance(
            problem, (exceptions.ConnectorException, psycopg.OperationalError)
        ):
            raise problem
        if not is_away:
            log.error("the database is away: jobs wait")
        is_away = problem is not None
        await asyncio.wait({ending}, timeout=PAUSE)


async def _work_once(*, wait: bool = False) -> None:
    connector = DjangoConnector().get_worker_connector()
    with app.replace_connector(connector) as own:
        async with own.open_async():
            if not wait:
                await tasks.retry_stalled(own)
            await own.run_worker_async(
                queues=[queue.NAME],
                wait=wait,
                delete_jobs="always",
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=queue.HEARTBEAT,
                stalled_worker_timeout=queue.DEAD,
            )
