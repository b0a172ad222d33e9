"""Many rows at once: a prepared statement on SQLite, COPY on PostgreSQL. The ORM is six to ten times slower."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, String, Table, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


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


def _quote(name: str) -> str:
    return f'"{name}"'
