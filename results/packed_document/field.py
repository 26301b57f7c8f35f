"""The column in which a published document is stored."""

import re
from datetime import datetime
from functools import lru_cache

from django.db import models
from django.utils import timezone

from results.packed_document import packing, shared_parts

_OPENING = "opening"  # beside the document as it is read, and no more
_COLUMN = re.compile(r'("\w+"|\w+)\."document"')


@lru_cache(maxsize=256)
def in_words(opening: datetime) -> str:
    """The hour of an opening, as documents tell when they were issued."""
    return timezone.localtime(opening).isoformat(timespec="seconds")


class PackedDocument(models.JSONField):
    """A document (`results.document.contents`), read whole although stored without what it shares.

    The first revision of a result is issued when its release first opens: so that a release can be
    given another hour without its rows being written anew, the hour is read where it is kept.
    """

    def select_format(self, compiler, sql, params):
        column = _COLUMN.fullmatch(sql)
        if column is None:  # something within the document
            return super().select_format(compiler, sql, params)
        hour = (
            "SELECT coalesce(opened_at, opens_at) FROM results_release "
            f"WHERE results_release.id = {column[1]}.release_id"
        )
        return f"({sql} || jsonb_build_object('{_OPENING}', ({hour})))", params

    def from_db_value(self, value, expression, connection):
        document = super().from_db_value(value, expression, connection)
        if not isinstance(document, dict):
            return document
        opening = document.pop(_OPENING, None)
        if opening and "issued_at" not in document:
            document["issued_at"] = in_words(datetime.fromisoformat(opening))
        if packing.SHARED in document:
            parts = shared_parts.parts(document[packing.SHARED], connection)
            return packing.unpack(document, parts)
        return document
