"""Page 1,000 costs what page 1 costs: the plans of the feed's queries are range scans, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from catalogue import bulk, membership, tables
from catalogue.feed import Cursor, Selection
from catalogue.snapshot import Feed
from catalogue.store import Store
from tests.catalogue.conftest import NOW, put, record

ROWS = 20_000


@pytest.fixture
def filled(store: Store) -> Store:
    """A feed of 20,000 records, one in ten of them in a library and one in a hundred in a set of maps."""
    put(store, record("1"))
    with store.write() as connection:
        maps = membership.number(connection, {"material:map"})["material:map"]
    numbers = range(1000, 1000 + ROWS)
    with store.write() as connection:
        rows = [(number, f"x{number}", 1, str(number), 1, 1, "") for number in numbers]
        bulk.insert(connection, tables.record, "id identifier source_id local_id status version_id sets", rows)
        feed = [(0, NOW + number // 3, number, 1, 3) for number in numbers]
        feed += [(1, NOW + number // 3, number, 1, 3) for number in numbers[::10]]
        feed += [(maps, NOW + number // 3, number, 1, 3) for number in numbers[::100]]
        feed += [(maps, NOW + number // 3 + ROWS, number, 1, 4) for number in numbers[::100]]
        bulk.insert(connection, tables.feed, "set_id datestamp record_id status formats", feed)
    store.refresh_statistics()
    return store


def plans(store: Store, selection: Selection, after: Cursor | None) -> list[str]:
    """The plan of every statement that reading a page takes."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "feed.datestamp" in statement:
            seen.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    with Feed(store, "library:bk01").snapshot() as snapshot:
        snapshot.page(selection, after, 100, 10**9, metadata=True)
    event.remove(store.engine, "before_cursor_execute", note)
    assert seen
    explain = "EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN "
    with store.read() as connection:
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
            for statement, parameters in seen
        ]


@pytest.mark.parametrize(
    ("selection", "after"),
    [
        (Selection("marcxml"), None),
        (Selection("marcxml", until=NOW + 9000), Cursor(NOW + 5000, 15_000)),
        (Selection("oai_dc", "library:bk01", since=NOW + 3000), None),
        (Selection("oai_dc", "library:bk01"), Cursor(NOW + 5000, 15_000)),
        (Selection("oai_dc", "material:map"), Cursor(NOW + 5000, 15_000)),
        (Selection("mods", "material:map"), Cursor(NOW + 5000, 15_000)),
        (Selection("mods"), None),
    ],
)
def test_a_page_is_a_range_scan_without_sorting(filled: Store, selection: Selection, after: Cursor | None) -> None:
    for plan in plans(filled, selection, after):
        if filled.sqlite:
            assert "SEARCH feed USING PRIMARY KEY" in plan, plan
            assert "TEMP B-TREE" not in plan, plan
        else:
            assert "Index" in plan, plan
            assert "pk_feed" in plan, plan
            # Within one second records are ordered by their number, which the index gives too: at most a step of it.
            assert "Sort" not in plan or "Incremental Sort" in plan, plan
            assert "Seq Scan on feed" not in plan, plan
