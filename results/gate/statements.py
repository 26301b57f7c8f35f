"""Querysets compiled to SQL once per process: the ORM takes longer than PostgreSQL's answer."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from django.db import connections
from django.db.models import QuerySet

from results_portal.postgresql.base import DatabaseWrapper, Rows
from results_portal.routers import PUBLIC

__all__ = ["PUBLIC", "CompiledQuery"]

Question = tuple[str, tuple[Any, ...]]


class CompiledQuery:
    """Compiles what `build` returns, from placeholders: a queryset of values, read as `PUBLIC`.

    Each of the `placeholders` stands for a value that differs from one call to the next, and has
    to be unlike any other value of the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *placeholders: object) -> None:
        self._build, self._placeholders = build, placeholders

    def rows(self, *values: Any) -> Rows:
        """Return the rows for these `values`, in the order of the placeholders."""
        return cast(DatabaseWrapper, connections[PUBLIC]).fetch(*self.question(*values))

    def question(self, *values: Any) -> Question:
        """Return the SQL and its parameters for these `values`."""
        sql, parameters, places = self._compiled
        parameters = list(parameters)
        for place, value in zip(places, values, strict=True):
            parameters[place] = value
        return sql, tuple(parameters)

    @cached_property
    def _compiled(self) -> tuple[str, list[Any], list[int]]:
        query = self._build(*self._placeholders).query
        sql, parameters = query.get_compiler(using=PUBLIC).as_sql()
        places = [parameters.index(placeholder) for placeholder in self._placeholders]
        # Django gives numbers of a column's own kind, which the server of the rush does not batch.
        plain = [int(value) if isinstance(value, int) else value for value in parameters]
        return sql, plain, places
