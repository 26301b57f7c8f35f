"""Where everything that the jury has marked is public now: asked for the trail of readings."""

from collections.abc import Collection

from django.db.models import Exists, Max, OuterRef

from candidates.models import Session
from results.models import Mark, PublishedResult


def entries(keys: Collection[int]) -> set[int]:
    """Return those of the entries `keys` whose last round with a mark is open. Two queries."""
    results = PublishedResult.objects.open().filter(entry__in=keys).order_by()
    opened = dict(results.values_list("entry").annotate(Max("round")))
    marks = Mark.objects.filter(entry__in=keys).order_by()
    marked = dict(marks.values_list("entry").annotate(Max("round")))
    return {key for key, round in opened.items() if round >= marked.get(key, 0)}


def session(of: Session) -> bool:
    """Whether each mark of a session belongs to a result that is open. One query."""
    opened = PublishedResult.objects.open().filter(
        entry=OuterRef("entry"), round__gte=OuterRef("round")
    )
    return not Mark.objects.filter(~Exists(opened), entry__session=of).exists()
