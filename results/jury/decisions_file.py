"""The decisions of a session as a table for other programs (CSV)."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Exists, OuterRef

from candidates.models import Session
from results.models import Decision

HEADER = ("numero", "points", "diviseur", "moyenne", "decision", "tour", "mention")


def rows(session: Session) -> Iterator[tuple[str | int, ...]]:
    """Yield one row per decided entry, by candidate number: the decision of its last round.

    Numbers are truncated, with a decimal comma. Those of a withheld entry are empty.
    """
    later = Decision.objects.filter(entry=OuterRef("entry"), round__gt=OuterRef("round"))
    decisions = (
        Decision.objects.filter(~Exists(later), entry__session=session)
        .select_related("entry")
        .only("points", "divisor", "average", "verdict", "round", "mention", "entry__number")
        .order_by("entry__number")
    )
    for decision in decisions.iterator(chunk_size=5000):
        withheld = decision.verdict == "WITHHELD"
        yield (
            decision.entry.number,
            "" if withheld else _comma(decision.points),
            "" if withheld else _comma(decision.divisor),
            "" if withheld or decision.average is None else str(decision.average).replace(".", ","),
            decision.verdict,
            decision.round,
            decision.mention,
        )


def _comma(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")
