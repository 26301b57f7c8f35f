"""The column in which a published document is stored."""

from django.db import models

from results import packing, shared_parts


class PackedDocument(models.JSONField):
    """A document (`results.document`), read whole although stored without what it shares."""

    def from_db_value(self, value, expression, connection):
        document = super().from_db_value(value, expression, connection)
        if isinstance(document, dict) and packing.SHARED in document:
            parts = shared_parts.parts(document[packing.SHARED], connection)
            return packing.unpack(document, parts)
        return document
