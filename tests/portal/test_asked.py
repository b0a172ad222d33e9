"""What a public page asks the database: few questions, in one transaction, none of which grows with the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from portal import app
from search.follower import Follower as Indexer
from search.generations import both
from tests.catalogue.conftest import put, record
from union.follower import Follower

MOST = {"/": 2, "/search?q=hồ": 4, "/search?f=library:bk01": 4, "record": 13}
"""Page → questions, and room for none; the record has another edition."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two libraries with the same two books."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with closing(Store.open(settings)) as made:
        for code in ("bk01", "bk02"):
            libraries.add(made, Library(code, f"Thư viện {code}"))
            put(made, record("1"), record("2"), library=code)
        assert Follower(made).follow()
        for generations in both(settings):
            follower = Indexer(made, generations)
            follower.catch_up()
            follower.close()
        yield made


@pytest.fixture(scope="module")
def client(store: Store) -> FlaskClient:
    home = Path(str(store.engine.url.database)).parent
    return app.create(store, Settings(home=home), "https://lib.example").test_client()


@pytest.fixture(scope="module")
def address(store: Store) -> str:
    """Where a union record is."""
    with store.read() as connection:
        return f"/record/{connection.scalar(text('SELECT identifier FROM union_cluster LIMIT 1'))}"


@contextmanager
def asked(store: Store) -> Iterator[tuple[list[tuple[str, Any]], list[int]]]:
    """The statements and the transactions meanwhile."""
    statements: list[tuple[str, Any]] = []
    begun: list[int] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        statements.append((statement, values))

    def begin(_connection: object) -> None:
        begun.append(1)

    event.listen(store.engine, "before_cursor_execute", note)
    event.listen(store.engine, "begin", begin)
    yield statements, begun
    event.remove(store.engine, "before_cursor_execute", note)
    event.remove(store.engine, "begin", begin)


@pytest.mark.parametrize("page", MOST)
def test_a_page_asks_little_in_one_transaction(store: Store, client: FlaskClient, address: str, page: str) -> None:
    path = address if page == "record" else page
    headers = {"Accept": "text/html"}
    assert client.get(path, headers=headers).status_code == 200  # the first one learns names and dictionaries
    with asked(store) as (statements, begun):
        assert client.get(path, headers=headers).status_code == 200
    assert len(statements) <= MOST[page], statements
    assert len(begun) == 1


def test_nothing_a_record_page_asks_is_looked_for_from_end_to_end(
    store: Store, client: FlaskClient, address: str
) -> None:
    with asked(store) as (statements, _):
        client.get(address, headers={"Accept": "text/html"})
    with store.read() as connection:
        for statement, values in statements:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [str(row[-1]) for row in rows]
            assert not [step for step in plan if step.startswith("SCAN")], (statement, plan)


def test_pages_say_the_same_of_what_is_shared(client: FlaskClient, address: str) -> None:
    """Facets are kept from one search to the next; what is kept is the answer, not the question."""
    first = client.get("/search?q=hồ").text
    assert client.get("/search?q=hồ").text == first
    narrowed = client.get("/search?q=hồ&f=library:bk01").text
    assert narrowed != first
    assert client.get("/search?q=hồ").text == first
    assert address in first
