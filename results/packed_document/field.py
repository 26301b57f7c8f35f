"""The column in which a published document is stored."""

from typing import Any

from django.db import models

from results.packed_document import packing, shared_parts


class PackedDocument(models.JSONField):
    """A document, read whole (`results.document.contents`) though stored without what it shares."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        document = super().from_db_value(value, expression, connection)
        if isinstance(document, dict) and packing.SHARED in document:
            keys = packing.shared_keys(document)
            return packing.unpack(document, shared_parts.parts(keys, connection))
        return document
