"""The demo shows a diploma at each place of its way, and writes to nobody."""

import pytest
from django.db.models import Max, Min
from django.utils import timezone

from candidates.models import Message
from diplomas import demo
from diplomas.models import CustodyEvent, Diploma, DiplomaState, DispatchBatch
from results.models import Release
from tests.demo import run_demo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded_demo")]


@pytest.mark.slow
def test_the_demo_shows_diplomas_everywhere_on_their_way_once(loaded_demo):
    table = loaded_demo.printed
    shown = {entry.pk: words for entry, words in demo.tracked()}
    assert len(shown) == len(demo.SEEN)
    states = set(Diploma.objects.filter(entry__in=shown).order_by().values_list("state", flat=True))
    assert states == set(DiplomaState.values) - {"PREPARED", "PRINTED"}
    assert all(f"{entry.number}  {words}" in table for entry, words in demo.tracked())
    assert not Message.objects.filter(key__startswith="diploma ").exists()
    before = CustodyEvent.objects.count(), DispatchBatch.objects.count()
    run_demo()
    assert (CustodyEvent.objects.count(), DispatchBatch.objects.count()) == before


def test_no_day_of_the_demo_is_to_come_or_before_the_results():
    opened = Release.objects.filter(session__code__in=demo.SESSIONS).latest("opens_at").opens_at
    days = CustodyEvent.objects.aggregate(first=Min("day"), last=Max("day"))
    assert timezone.localdate(opened) <= days["first"] <= days["last"] <= timezone.localdate()
