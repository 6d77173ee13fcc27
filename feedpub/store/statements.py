"""Queries that are asked hundreds of times in a build, compiled once.

Building and compiling a query of Core takes ten times as long as SQLite takes to answer it.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa


class _Compiled(NamedTuple):
    """A query for one kind of database.

    Attributes:
        text: As the driver takes it.
        order: Of the parameters, empty where they go by name.
        constants: Parameters that Core made of constants.
    """

    text: str
    order: tuple[str, ...]
    constants: dict[str, Any]


class Statement:
    """A query of Core with bound parameters, ready for the driver."""

    def __init__(self, query: sa.Select[Any]) -> None:
        """Keep it; it is compiled when a connection tells for which database."""
        self._query = query
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, connection: sa.Connection, **values: Any) -> list[Any]:
        """Return the rows for these values of the parameters."""
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = self._compile(dialect)
        text, order, constants = self._compiled[dialect.name]
        given = constants | values
        parameters: Any = tuple([given[name] for name in order]) if order else given
        return list(connection.exec_driver_sql(text, parameters).all())

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled: Any = self._query.compile(dialect=dialect)
        return _Compiled(str(compiled), tuple(compiled.positiontup or ()), compiled.params)
