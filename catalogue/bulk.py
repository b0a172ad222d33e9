"""Many rows at once: a prepared statement on SQLite, COPY on PostgreSQL. The ORM is six to ten times slower."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Connection, String, Table, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

_LENGTHS: Final = (1, 8, 50, 500)
_IN: Final = {length: f"IN ({', '.join('?' * length)})" for length in _LENGTHS}


def insert(connection: Connection, table: Table, columns: str, rows: Sequence[Sequence[Any]], known: str = "") -> None:
    """Insert `rows`, whose values stand in the order of `columns` ("id name kind").

    `known` is an ON CONFLICT clause for rows that may be there already; with it PostgreSQL takes pipelined
    statements, because COPY knows no conflicts.
    """
    if not rows:
        return
    names = columns.split()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) {known}"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])
        return
    cursor = cast(Any, connection.connection.cursor())
    try:
        if known:
            marks = ", ".join(["%s"] * len(names))
            statement = f'INSERT INTO "{table.name}" ({", ".join(map(_quote, names))}) VALUES ({marks}) {known}'  # noqa: S608
            cursor.executemany(statement, rows)
        else:
            with cursor.copy(f'COPY "{table.name}" ({", ".join(map(_quote, names))}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def execute(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run `statement`, whose parameters are written `?`, once for each row."""
    values = [tuple(row) for row in rows]
    if not values:
        return
    if connection.dialect.name != "sqlite":
        statement = statement.replace("?", "%s")
    connection.exec_driver_sql(statement, values)


def among(connection: Connection, column: ColumnElement[str], names: Collection[str]) -> ColumnElement[bool]:
    """Whether `column` is one of `names`, which go to the database as one parameter however many they are.

    An IN of five hundred marks, written anew for every page, takes longer than finding the five hundred.
    """
    if connection.dialect.name == "sqlite":
        each = func.json_each(json.dumps(list(names))).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(list(names), ARRAY(String)))


def fetch(connection: Connection, statement: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of `statement`, asked for many values: `{}` stands in it behind a column, for what compares it with
    them.

    A statement that is put together anew costs as much as a hundred of its rows, so its text is one of few. Values are
    asked for in their order, for neighbours stand on one page: at random each costs more than twice as much.
    """
    ahead = iter(sorted(values))
    if connection.dialect.name != "sqlite":
        asked = statement.format("= ANY(%s)")
        while some := list(islice(ahead, _LENGTHS[-1])):
            yield from cast(Any, connection.exec_driver_sql(asked, (some,)))
        return
    ask = cast(Any, connection.connection.driver_connection).execute
    while some := list(islice(ahead, _LENGTHS[-1])):
        # Who is asked for twice is found once; so lists of a few lengths do for all.
        length = next(length for length in _LENGTHS if length >= len(some))
        some += some[-1:] * (length - len(some))
        yield from ask(statement.format(_IN[length]), some).fetchall()


def _quote(name: str) -> str:
    return f'"{name}"'
