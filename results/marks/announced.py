"""Results that are scheduled or published, and so limit an import of entries."""

from django.db.models import Q
from django.utils import timezone

from candidates.imports import Announced
from results.models import Mark, PublishedResult, Release, Test


def _specialities(session):
    announced = Release.objects.announced().filter(session=session)
    return set(announced.values_list("speciality_id", flat=True))


def _frozen(entry_ids):
    seen = Q(release__opened_at__isnull=False) | Q(
        release__withdrawn_at=None, release__opens_at__lte=timezone.now()
    )
    published = PublishedResult.objects.filter(seen, entry_id__in=set(entry_ids))
    return set(published.order_by().values_list("entry_id", flat=True))


def _marked(entry_ids):
    marks = Mark.objects.filter(entry_id__in=set(entry_ids))
    return set(marks.order_by().values_list("entry_id", flat=True))


def _tests(speciality_ids):
    offered: dict[int, dict[str, list[str]]] = {pk: {} for pk in speciality_ids}
    of_these = Test.objects.filter(speciality__in=offered).order_by("speciality", "position")
    for speciality_id, code, subjects in of_these.values_list("speciality_id", "code", "subjects"):
        offered[speciality_id][code] = subjects
    return offered


ANNOUNCED = Announced(specialities=_specialities, frozen=_frozen, marked=_marked, tests=_tests)
