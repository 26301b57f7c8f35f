"""Worker processes of a print run: the first one learns, the others are forked from it.

So what all need is learned once, and memory that none writes to is shared. The first is a fresh
interpreter with one thread, and prints like the others: a fork of the parent would share its
database connection.
"""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from results_portal.printing.files import PrintDocument, PrintFile, PrintLayout, Unprintable

# System libraries of other platforms do not survive a fork: there each process learns by itself.
_METHOD = "fork" if sys.platform == "linux" else "spawn"
_SPAWN = get_context("spawn")


class WorkerLost(Exception):
    """Raised when a process ended before its work was done."""


class PrintWorkers:
    """`count` processes that write files, for as many threads."""

    def __init__(self, count: int, layout: PrintLayout) -> None:
        pipes = [_SPAWN.Pipe() for _ in range(count)]
        theirs = [pipe for _, pipe in pipes]
        self._pipes = [pipe for pipe, _ in pipes]
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        for pipe in self._pipes:
            self._idle.put(pipe)
        self._examples, examples = _SPAWN.Pipe()
        self._leader = _SPAWN.Process(target=_lead, args=(layout, examples, theirs))
        self._leader.start()
        for pipe in (examples, *theirs):
            pipe.close()

    def learn(self, examples: Sequence[PrintDocument]) -> None:
        """Have the processes learn from these documents. To be called before `write`."""
        with _all_alive():
            self._examples.send(examples)

    def write(self, file: PrintFile, path: Path) -> int:
        """Call `PrintLayout.write` in an idle process. Raises what it raises, or `WorkerLost`."""
        pipe = self._idle.get()
        try:
            with _all_alive():
                pipe.send((file, path))
                answer = pipe.recv()
        finally:
            self._idle.put(pipe)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End each process after the file that it is writing."""
        for pipe in (self._examples, *self._pipes):
            pipe.close()
        self._leader.join()


@contextmanager
def _all_alive() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError):
        raise WorkerLost("a worker process ended before its work was done") from None


def _lead(layout: PrintLayout, examples: Connection, pipes: Sequence[Connection]) -> None:
    gc.disable()
    layout.prepare()
    try:
        layout.learn(examples.recv())
    except EOFError:  # the run was closed without a document
        return
    gc.collect()
    gc.freeze()  # or each collection would write to, and so copy, the shared memory
    context: Any = get_context(_METHOD)
    others = [context.Process(target=_work, args=(layout, pipe, pipes)) for pipe in pipes[1:]]
    for process in others:
        process.start()
    _work(layout, pipes[0], pipes)
    for process in others:
        process.join()


def _work(layout: PrintLayout, pipe: Connection, pipes: Sequence[Connection]) -> None:
    for other in pipes:
        if other is not pipe:  # so that a pipe is closed when its process ends
            other.close()
    gc.disable()
    layout.prepare()
    with suppress(EOFError):  # no more files
        while True:
            pipe.send(_written(layout, *pipe.recv()))


def _written(layout: PrintLayout, file: PrintFile, path: Path) -> int | Exception:
    try:
        return layout.write(file, path)
    except (Unprintable, OSError) as problem:
        return problem
