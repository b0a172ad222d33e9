"""Locks that end with the process that holds them, however it ends.

On SQLite a lock is an exclusive transaction on a small database file of its own (which works the same on Windows and
needs nobody to judge whether a process still lives); on PostgreSQL it is an advisory lock of a session.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from catalogue import messages
from catalogue.failures import failures
from foundation.errors import StoreError


class Locks:
    """The named locks of one store."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    @contextmanager
    def hold(self, name: str, wait: float = 600.0) -> Iterator[bool]:
        """Hold `name`; yields True when it was got within `wait` seconds, False (and holds nothing) when not.

        Raises StoreError when the database does not answer or the folder of locks cannot be written.
        """
        if self._engine.dialect.name == "sqlite":
            with hold_file(self._folder, name, wait) as held:
                yield held
        else:
            with self._hold_session(name, wait) as held:
                yield held

    @contextmanager
    def _hold_session(self, name: str, wait: float) -> Iterator[bool]:
        key = key_of(name)
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        with failures():
            connection = engine.connect()
        try:
            with failures():
                # A connection that holds a lock must never go back to the pool with it.
                connection.detach()
                held = _locked(connection, key, time.monotonic() + wait)
            try:
                yield held
            finally:
                # The server ends a session a moment after it is left, and whoever comes next does not wait.
                if held:
                    with suppress(DBAPIError):
                        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        finally:
            with suppress(DBAPIError):  # of a server that has gone
                connection.close()


def key_of(name: str) -> int:
    """The number by which PostgreSQL knows the lock `name`."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _locked(connection: Connection, key: int, deadline: float) -> bool:
    while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def hold_file(folder: Path, name: str, wait: float, shared: bool = False) -> Iterator[bool]:
    """The lock `name` of this machine alone, whatever the store is; as `Locks.hold`. `shared`: with others who hold
    it so, but nobody who holds it alone (File Locking And Concurrency In SQLite, 3.0). Any thread may let it go."""
    try:
        with failures():
            folder.mkdir(parents=True, exist_ok=True)
            lock = folder / f"{name}.lock"
            connection = sqlite3.connect(lock, timeout=wait, isolation_level=None, check_same_thread=False)
    except (OSError, StoreError) as error:
        reason = error.problem.values["reason"] if isinstance(error, StoreError) else error.strerror
        raise StoreError(messages.LOCK_FAILED, folder=folder, reason=reason) from error
    try:
        with failures():
            held = _begun(connection, shared)
        yield held
    finally:
        connection.close()


def _begun(connection: sqlite3.Connection, shared: bool) -> bool:
    try:
        connection.execute("BEGIN" if shared else "BEGIN EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # who shares, holds it from the first look
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
