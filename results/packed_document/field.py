"""The model field of a published document."""

from typing import Any

from django.db import models

from results.document.contents import completed
from results.packed_document import packing, shared_parts


class PackedDocument(models.JSONField):
    """Document (`results.document.contents`), stored packed and read unpacked."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        document = super().from_db_value(value, expression, connection)
        if not isinstance(document, dict):
            return document
        if packing.SHARED not in document:
            return completed(document)
        keys = packing.shared_keys(document)
        return packing.unpack(document, shared_parts.parts(keys, connection))
