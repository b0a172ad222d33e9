"""The demonstration province in an index of each engine, and the oracle that knows what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import fixtures
from marc import readers
from marc.record import Record
from search.document import Document, Standing, document
from search.index import Index
from search.tantivy_index import TantivyIndex
from tests.catalogue.conftest import settings, store, time
from tests.search.oracle import Shelf

__all__ = ["settings", "store", "time"]

ENGINES = ("tantivy", "whoosh")
DAY = 86_400
FIRST_DAY = 1_767_225_600
"""2026-01-01T00:00:00Z."""


def province() -> list[tuple[Record, str]]:
    """Every record of the province with its library, as the server would read it."""
    found = []
    for code, path in fixtures.province_files():
        with path.open("rb") as stream:
            found += [(one.record, code) for one in readers.read(stream, path.name) if one.record is not None]
    return found


def standing(number: int, library: str) -> Standing:
    """The record `number` came `number // 10` days after the first of January, and changed 30 days later."""
    added = FIRST_DAY + number // 10 * DAY
    return Standing(number, number + 1, f"b{number:05}", (library,), added, added + 30 * DAY)


def day(seconds: int) -> int:
    from datetime import UTC, datetime  # noqa: PLC0415

    return int(datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d"))


def make(engine: str, folder: Path, writable: bool = True) -> Index:
    if engine == "tantivy":
        return TantivyIndex(folder, writable)
    whoosh_index = pytest.importorskip("search.whoosh_index")
    opened: Index = whoosh_index.WhooshIndex(folder, writable)
    return opened


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    return [document(record, standing(number, code)) for number, (record, code) in enumerate(province())]


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    rows = []
    for number, (record, code) in enumerate(province()):
        at = standing(number, code)
        rows.append((record, at.identifier, code, day(at.added), day(at.modified)))
    return Shelf(rows)


@pytest.fixture(scope="session", params=ENGINES)
def index(
    request: pytest.FixtureRequest, documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    """The whole province in one commit, and a quarter of it once more in a second, as an update."""
    opened = make(request.param, tmp_path_factory.mktemp(request.param))
    opened.apply(documents, (), 10)
    opened.apply(documents[::4], (), 20)
    yield opened
    opened.close()
