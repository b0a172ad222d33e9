"""A store on each database, with a clock that only the test moves, and records to put into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalogue import changesets, libraries, publishing
from catalogue.ingest import Staging
from catalogue.libraries import Library
from catalogue.publishing import Published
from catalogue.store import Store
from foundation.settings import Settings
from marc import iso2709
from marc.reading import Reading
from marc.record import Field, Record
from tests.postgresql_stores import database

NOW = 1_800_000_000
LEADER = "00000nam a2200000 a 4500"


@dataclass
class Time:
    """Whole seconds since 1970, as the test says."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now

    def pass_(self, seconds: int = 1) -> int:
        self.now += seconds
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


# What chance brings about is the same on each database: PostgreSQL, which is dearer, is asked one walk of three.
WALKS = pytest.mark.parametrize(
    ("settings", "seed"), [("sqlite", 0), ("sqlite", 1), ("sqlite", 2), ("postgresql", 1)], indirect=["settings"]
)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty store of its own on each database."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("empty_home"), tmp_path / "home")
        yield Settings(home=tmp_path / "home")
        return
    server, empty = request.getfixturevalue("postgresql_url"), request.getfixturevalue("empty_database")
    with database(server, f"TEMPLATE {empty}") as url:
        yield Settings(home=tmp_path / "home", database=url)


@pytest.fixture
def store(settings: Settings, time: Time) -> Iterator[Store]:
    """A store with two libraries, bk01 and bk02."""
    opened = Store.open(settings, time)
    libraries.add(opened, Library("bk01", "Thư viện Pác Nặm", "Pac Nam Library"))
    libraries.add(opened, Library("bk02", "Thư viện Ba Bể"))
    yield opened
    opened.close()


def record(local_id: str, title: str = "", leader: str = LEADER) -> Record:
    """A small record, of another book than those with other numbers; without a `local_id` it has no field 001."""
    title = title or f"Hồ Ba Bể {local_id}".strip()
    fields = [Field("001", value=local_id)] if local_id else []
    return Record.build(leader, [*fields, Field("245", "00", (("a", title),))])


def readings(*records: Record, file: str = "nhap.mrc") -> list[Reading]:
    """Records as a reader gives them."""
    found = []
    for number, one in enumerate(records, 1):
        found.append(Reading(number, 100 * number, iso2709.write(one), one).placed(file))
    return found


Import = Callable[..., tuple[int, Published]]


def stage(store: Store, found: list[Reading], library: str = "bk01", batch: int = 1000) -> int:
    """Stage readings as a change set of their own; returns its number."""
    with store.write() as connection:
        source = libraries.uploads(connection, library)
        number = changesets.create(connection, store.now(connection), source, "import", "thử")
    Staging(store, number, batch).stage(found, lambda counts: None)
    return number


def put(store: Store, *records: Record, library: str = "bk01") -> tuple[int, Published]:
    """Import records: staged and published."""
    number = stage(store, readings(*records), library)
    return number, publishing.publish(store, number)


def counts(store: Store, number: int) -> dict[str, int]:
    with store.read() as connection:
        return changesets.get(connection, number).counts
