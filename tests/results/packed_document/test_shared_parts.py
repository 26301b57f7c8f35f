"""What documents share is kept once, and never changes."""

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError

from results.models import DocumentPart
from results.packed_document import shared_parts
from results_portal import caches

pytestmark = pytest.mark.django_db


def test_a_shared_part_never_changes_or_goes():
    (key,) = shared_parts.keep([{"code": "01", "name": "Paris"}])
    assert shared_parts.keep([{"name": "Paris", "code": "01"}]) == [key]
    assert shared_parts.keep([{"name": "Lille", "code": "01"}]) != [key]
    for change in (
        DocumentPart.objects.filter(pk=key).update,
        lambda **_: DocumentPart.objects.filter(pk=key).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(content={})


def test_a_process_that_never_met_a_part_reads_it():
    keys = shared_parts.keep([{"code": "01"}, {"code": "02"}])
    caches.clear_all()
    found = shared_parts.parts([*keys, None], connections["default"])
    assert found == {keys[0]: {"code": "01"}, keys[1]: {"code": "02"}}
