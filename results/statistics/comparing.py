"""A session beside the last one of its exam: which rows correspond, and which rates jump. Pure."""

import re
from collections.abc import Mapping
from math import sqrt

JUMP = 10  # points of percent
SIGMAS = 3
FEWEST = 10  # people present: of fewer, the test of two proportions says nothing

_FIRST_SESSION = re.compile(r"-\d{4}$")


def jumped(now: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether a rate has changed by more than `JUMP` points, and by more than chance explains.

    Each pair: the admitted, and those present. Chance: the test of two proportions, the difference
    against `SIGMAS` standard errors of the rate of both sessions together.
    """
    (admitted, present), (admitted_before, present_before) = now, before
    if min(present, present_before) < FEWEST:
        return False
    change = admitted / present - admitted_before / present_before
    both = (admitted + admitted_before) / (present + present_before)
    error = sqrt(both * (1 - both) * (1 / present + 1 / present_before))
    return abs(change) * 100 > JUMP and abs(change) > SIGMAS * error


def predecessors(now: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the speciality of the last session that each one follows, where there is one.

    Both by code, with their labels. In order: the same code; the same code but for the year of its
    first session, with which the codes of regulations end; the same label, where the code changed.
    """
    found = {code: code for code in now if code in before}
    by_family = {_FIRST_SESSION.sub("", code): code for code in before}
    by_label = {label: code for code, label in before.items()}
    for code, label in now.items():
        follows = by_family.get(_FIRST_SESSION.sub("", code)) or by_label.get(label)
        if follows and follows not in found.values():
            found.setdefault(code, follows)
    return found
