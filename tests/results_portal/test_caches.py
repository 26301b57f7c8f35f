"""The bounded cache: drops the oldest, keeps nothing too large, survives threads."""

from concurrent.futures import ThreadPoolExecutor

from results_portal import caches
from results_portal.caches import BoundedCache


def test_the_oldest_value_makes_room():
    cache = BoundedCache(3)
    for number in range(10):
        cache[number] = str(number)
    assert [cache.get(number) for number in range(10)] == [None] * 7 + ["7", "8", "9"]


def test_a_value_written_again_is_no_longer_the_oldest():
    cache = BoundedCache(2)
    cache["a"], cache["b"] = 1, 2
    cache["a"] = 3
    cache["c"] = 4
    assert dict(cache) == {"a": 3, "c": 4}


def test_sizes_are_bounded_and_what_is_too_large_is_not_kept():
    cache = BoundedCache(10, len)
    cache["a"], cache["b"] = "four", "three"
    cache["c"] = "x" * 11
    assert set(cache) == {"a", "b"}
    cache["d"] = "xx"
    assert set(cache) == {"b", "d"}
    assert cache.currsize == 7


def test_a_value_can_be_forgotten_and_all_of_them():
    cache = BoundedCache(10)
    cache["a"], cache["b"] = 1, 2
    cache.discard("a")
    cache.discard("nothing")
    assert dict(cache) == {"b": 2}
    caches.clear_all()
    assert not cache
    assert cache.currsize == 0


def test_threads_neither_fail_nor_exceed_the_bound():
    cache = BoundedCache(50)

    def use(start):
        for number in range(start, start + 5000):
            cache[number % 200] = number % 200
            assert cache.get((number * 7) % 200) in {None, (number * 7) % 200}
            if number % 10 == 0:
                cache.discard((number * 3) % 200)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(0, 800, 100)))
    assert len(cache) == cache.currsize <= 50
