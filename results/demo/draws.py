"""Weighted tables that are drawn from by one multiplication, for six million draws in seconds."""

import random
import tomllib
from pathlib import Path

TABLE_SIZE = 2048


def data(name):
    """The content of a data file of this package (`names`, `places`)."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def words(text):
    """The items of a comma-separated list, as the data files write them."""
    return [item for line in text.split(",") if (item := " ".join(line.split()))]


def seeded(seed):
    """A source of draws that are the same for the same text."""
    return random.Random(seed)  # noqa: S311 - nothing secret is drawn


def table(weights):
    """A tuple in which each key of `weights` takes a share of places equal to its weight."""
    total = sum(weights.values())
    return tuple(
        item
        for item, weight in weights.items()
        for _ in range(max(1, round(TABLE_SIZE * weight / total)))
    )


def by_rank(items):
    """A table that favours the first items, as the ranks of names in a population do."""
    return table({item: 1 / (rank + 8) for rank, item in enumerate(items)})


def pick(rng, items):
    """One of `items`, three times faster than `rng.choice`."""
    return items[int(rng.random() * len(items))]
