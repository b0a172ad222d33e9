"""The database: one engine, its transactions, its locks and its clock. SQLite and PostgreSQL behind one face.

SQLite runs in WAL mode with every write in BEGIN IMMEDIATE: a transaction that reads first and then writes would fail
at once under a second writer, whatever the time-out (SQLite documentation, "Isolation in SQLite"). `synchronous=FULL`
makes a commit survive a power cut; with batches of a thousand records the price is not measurable.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, text, update
from sqlalchemy.exc import DBAPIError

from catalogue import messages, migrations, tables
from catalogue.bell import Bell
from catalogue.compression import Compression
from catalogue.failures import failures
from catalogue.locks import Locks, hold_file, key_of
from foundation.errors import RefusedError
from foundation.settings import Settings

Clock = Callable[[], int]

BUSY_MILLISECONDS = 600_000
"""How long a writer waits for its turn on SQLite: as long as the largest import may take to publish."""
CACHE_KIB = 16_000
"""Pages of an SQLite database that a connection keeps."""
ROOMY_KIB = 64_000
"""The same while it does what touches pages everywhere (`Store.roomy`)."""
IN_USE = "store"
"""The lock that whoever has a store in SQLite open shares with others, and that a restore holds alone."""
_RESTORE_SECONDS = 5.0
PUBLISHED = "lienthong_published"
"""Noted on a connection by whoever moves the change sequence in its transaction."""


def system_clock() -> int:
    """Whole seconds since 1970-01-01T00:00:00Z."""
    return int(time.time())


class Store:
    """An open store. Safe to share between threads; every transaction takes a connection of its own."""

    def __init__(self, engine: Engine, home: Path, clock: Clock | None = None) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self.locks = Locks(engine, home / "locks")
        self.compression = Compression()
        self.bell = Bell(home / "locks")
        self._clock = clock
        self._open = ExitStack()
        self._second = -1
        self._watching: sqlite3.Connection | None = None
        self._watched = threading.Lock()
        self._here = threading.local()
        self.written = False
        """Whether anything was committed through this store."""

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> Store:
        """The store that `settings` name, created or brought to the newest schema when it is not.

        `clock` is for tests; without it SQLite goes by the machine's clock and PostgreSQL by its own, so that hosts
        need not agree. Raises StoreError when the database cannot be reached or belongs to a newer release,
        RefusedError while a backup is put back.
        """
        settings.home.mkdir(parents=True, exist_ok=True)
        url = make_url(settings.database_url)
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(url, pool_size=settings.threads + 2, max_overflow=8, pool_pre_ping=True)
        store = cls(engine, settings.home, clock)
        try:
            if store.sqlite:
                using = hold_file(settings.home / "locks", IN_USE, _RESTORE_SECONDS, shared=True)
                if not store._open.enter_context(using):
                    raise RefusedError(messages.RESTORE_UNDER_WAY, home=settings.home)
            with store.failures():
                migrations.upgrade(engine, store.locks)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of every connection."""
        with self._watched:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
        self.engine.dispose()
        self._open.close()

    # --- transactions ---------------------------------------------------------------------------------------
    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the store and changes nothing."""
        shared: Connection | None = getattr(self._here, "moment", None)
        if shared is not None:
            yield shared
            return
        with self.failures(), self.engine.connect() as connection:
            if not self.sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def moment(self) -> Iterator[None]:
        """All that this thread reads within is of one moment, and in one transaction: for what is put together from
        several rooms, such as a page. Nothing that is written within is seen before the end."""
        if getattr(self._here, "moment", None) is not None:
            yield
            return
        with self.read() as connection:
            self._here.moment = connection
            try:
                yield
            finally:
                self._here.moment = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that changes the store, wholly or not at all; the bell rings when it has published."""
        with self.failures(), self.engine.connect() as connection:
            connection.execution_options(lienthong_write=True)
            connection.info.pop(PUBLISHED, None)  # left by one that was undone
            with connection.begin():
                yield connection
            published = connection.info.pop(PUBLISHED, False)
        self.written = True
        if published:
            self.bell.ring()

    def turn(self, connection: Connection, name: str) -> None:
        """Wait until nobody else has the turn `name`, and have it until this transaction ends: who looks first whether
        something is there and then adds it sees what others have just added. The writers of SQLite take turns anyway.
        """
        if not self.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key_of(f"turn-{name}")})

    @contextmanager
    def roomy(self) -> Iterator[None]:
        """For long work all over the store by a process's only busy thread: while it lasts, the connection that it
        takes again and again keeps more pages (`ROOMY_KIB`). A page that is read or written at random is most often one
        that was met before, and a transaction that outgrows the room writes its pages twice."""
        self._keep(ROOMY_KIB)
        try:
            yield
        finally:
            self._keep(CACHE_KIB)

    def _keep(self, kib: int) -> None:
        if self.sqlite:
            with self.failures(), self.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute(f"PRAGMA cache_size=-{kib}")
                raw.execute("PRAGMA shrink_memory")

    def attempt(self, action: Callable[[Connection], None]) -> bool:
        """Run `action` in a small transaction if that can be done at once, wholly or not at all; whether it was.

        For what may be left undone: whatever the database has against it is not told.
        """
        with suppress(DBAPIError), self.engine.connect() as connection:
            connection.execution_options(lienthong_write=True)
            raw: Any = connection.connection.driver_connection
            if self.sqlite:
                raw.execute("PRAGMA busy_timeout=0")
            try:
                with connection.begin():
                    action(connection)
                return True
            finally:
                if self.sqlite:
                    raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        return False

    failures = staticmethod(failures)

    def refresh_statistics(self) -> None:
        """Let PostgreSQL's planner know what a large publication brought, before the next harvester asks.

        Without it the first pages are read by scans and sorts, until its own housekeeping comes by. SQLite needs none:
        its planner goes by the indexes alone.
        """
        if not self.sqlite:
            with self.failures(), self.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text("ANALYZE record, version, rendering, followed, feed, effect"))

    def stamp(self) -> Hashable:
        """Something that is equal to what an earlier call gave only when nothing was committed in between, by any
        process. On PostgreSQL it never is: there a question about it costs what a look costs.

        SQLite, "PRAGMA data_version": another value, to the same connection, after every commit of others. Ours is
        used for nothing else. Raises StoreError.
        """
        if not self.sqlite:
            return object()
        with self._watched, self.failures():
            if self._watching is None:
                path = str(self.engine.url.database)
                self._watching = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            return int(self._watching.execute("PRAGMA data_version").fetchone()[0])

    # --- time -----------------------------------------------------------------------------------------------
    def now(self, connection: Connection) -> int:
        """The store's clock, in seconds: what the wall says now, never less than it said to an earlier caller."""
        if self._clock is not None:
            return self._clock()
        if self.sqlite:
            return system_clock()
        return int(connection.execute(text("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint")).scalar_one())

    def second_passed(self) -> bool:
        """Whether this machine's clock shows another second than when it last said True here."""
        second = self._clock() if self._clock is not None else system_clock()
        passed = second != self._second
        self._second = second
        return passed

    # --- numbers and secrets --------------------------------------------------------------------------------
    def reserve(self, name: str, count: int) -> range:
        """`count` numbers of the series `name` that nobody else gets. Unused ones leave gaps, which mean nothing.

        It is a short transaction of its own, so that two imports never wait for one another here: call it outside
        of `write`.
        """
        table = tables.counter
        moved = update(table).where(table.c.name == name).values(next=table.c.next + count).returning(table.c.next)
        with self.write() as connection:
            end: int = connection.execute(moved).scalar_one()
        return range(end - count, end)

    def keys(self, name: str) -> list[bytes]:
        """The signing keys called `name`, newest first; one is made when there is none.

        They live in the store and not beside it, so that every host of one store accepts what another has signed.
        """
        table = tables.secret
        newest_first = select(table.c.value).where(table.c.name == name).order_by(table.c.id.desc())
        with self.read() as connection:
            found = list(connection.scalars(newest_first))
        if not found:
            with self.write() as connection:
                found = list(connection.scalars(newest_first))
                if not found:
                    found = [secrets.token_bytes(32)]
                    connection.execute(table.insert().values(name=name, value=found[0], created=self.now(connection)))
        return found


def iso(seconds: int) -> str:
    """Seconds since 1970 as `2026-11-22T10:00:00Z` (OAI-PMH 2.0, section 3.3: UTCdatetime)."""
    if not 0 <= seconds < 253_402_300_800:
        return "9999-12-31T23:59:59Z" if seconds > 0 else "1970-01-01T00:00:00Z"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# --- SQLite ---------------------------------------------------------------------------------------------------


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite` alone
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"cache_size=-{CACHE_KIB}",
        "temp_store=FILE",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("lienthong_write", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # Past SQLAlchemy: it waits for nobody and cannot fail, and a page of the feed begins two of them.
        raw: Any = connection.connection.driver_connection
        raw.execute("BEGIN")
