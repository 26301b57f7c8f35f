"""Querysets put into words once for each process: the ORM takes longer than the question."""

from functools import cached_property

from django.db import connections

from results_portal.routers import PUBLIC


class CompiledQuery:
    """What `build` asks, a function from stand-ins to a queryset of values, of `PUBLIC`.

    `placeholders` are values that stand for those of each visit; each has to be unlike any other
    value of the statement.
    """

    def __init__(self, build, *placeholders):
        self._build, self._stand_ins = build, placeholders

    def rows(self, *values):
        """The rows for the `values` of this visit, in the order of the stand-ins."""
        return connections[PUBLIC].fetch(*self.question(*values))

    def question(self, *values):
        """The SQL of this visit, and its values."""
        sql, parameters, places = self._words
        parameters = list(parameters)
        for place, value in zip(places, values, strict=True):
            parameters[place] = value
        return sql, tuple(parameters)

    @cached_property
    def _words(self):
        query = self._build(*self._stand_ins).query
        sql, parameters = query.get_compiler(using=PUBLIC).as_sql()
        return sql, parameters, [parameters.index(value) for value in self._stand_ins]
