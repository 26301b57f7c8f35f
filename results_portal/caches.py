"""The cache of this portal: bounded, in the memory of a process, clearable for tests."""

import threading
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakSet

from cachetools import FIFOCache

K = TypeVar("K")
V = TypeVar("V")

_caches: "WeakSet[BoundedCache]" = WeakSet()


class BoundedCache(FIFOCache[K, V]):
    """Mapping of at most `maxsize` values, which drops the oldest for each one that comes.

    Safe for threads. Reading takes no lock and changes no order: pages of the rush read some
    twenty values each. With `getsizeof`, `maxsize` bounds the sum of the sizes; a value larger
    than all that is not kept.
    """

    __hash__ = object.__hash__  # a cache is itself, whatever it holds
    __eq__ = object.__eq__

    def __init__(self, maxsize: float, getsizeof: Callable[[V], float] | None = None) -> None:
        super().__init__(maxsize, getsizeof)
        self._lock = threading.RLock()
        _caches.add(self)

    def get(self, key: K) -> V | None:  # type: ignore[override]  # no other default is needed
        """Return the value of `key`, or None."""
        return self[key]

    def __missing__(self, key: K) -> None:  # type: ignore[override]  # as above
        """Make `get` cheap for what is absent: raising `KeyError` again would double its cost."""

    def __setitem__(self, key: K, value: V) -> None:
        if self.getsizeof(value) <= self.maxsize:
            with self._lock:
                super().__setitem__(key, value)

    def discard(self, key: K) -> None:
        """Forget the value of `key`, if there is one."""
        with self._lock:
            super().pop(key, None)

    def clear(self) -> None:
        with self._lock:
            super().clear()


def all_caches() -> list[BoundedCache]:
    """Return every `BoundedCache` of this process, for tests."""
    return list(_caches)


def clear_all() -> None:
    """Empty every `BoundedCache` of this process, for tests."""
    for cache in all_caches():
        cache.clear()
