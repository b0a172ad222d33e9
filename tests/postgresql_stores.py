"""Databases of a test's own in the PostgreSQL that the tests have."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text


@contextmanager
def database(server: str, made: str = "") -> Iterator[str]:
    """The URL of a database of its own, gone afterwards; `made` ends the statement that makes it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _of_server(server, f"CREATE DATABASE {name} {made}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _of_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _of_server(url: str, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()
