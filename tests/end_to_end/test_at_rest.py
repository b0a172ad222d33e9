"""A server in which nothing happens does nothing: all that works behind the doors asks the database no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from time import monotonic, sleep

import pytest
from sqlalchemy import event

import server
from catalogue import background
from catalogue.store import Store
from foundation.settings import Settings
from harvesting import staging, worker
from oaipmh import segments
from reports import follower as figures
from search import follower as index
from search.finder import Finder
from search.query import Everything
from serving import work as feed
from tests.catalogue.conftest import put, record
from tests.catalogue.embedded import settings, store  # SQLite: PostgreSQL is asked at every look
from union import running

__all__ = ["settings", "store"]
QUICK = 0.01
LOOKS = 40


@pytest.fixture
def statements(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What all that works behind the doors asks the database from now on; each looks a hundred times a second."""
    for module in (index, figures, running, feed, worker, staging, segments):
        monkeypatch.setattr(module, "POLL_SECONDS", QUICK)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(f"{threading.current_thread().name}: {statement}")

    event.listen(store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(store.engine, "before_cursor_execute", note)


@contextmanager
def at_work(store: Store, settings: Settings) -> Iterator[None]:
    """Every work of a server with all its parts."""
    stop = threading.Event()
    works = [background.named(one) for one in chain.from_iterable(server.behind(server.PARTS).values())]
    threads = [threading.Thread(target=one, args=(store, settings, stop), name=one.__module__) for one in works]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in threads:
            one.join(20)


def settled(asked: list[str], seconds: float = 30.0) -> bool:
    """Whether nothing is asked any more, within so many seconds."""
    end, seen = monotonic() + seconds, -1
    while monotonic() < end:
        if len(asked) == seen:
            return True
        seen = len(asked)
        sleep(LOOKS * QUICK)
    return False


def test_at_rest_nobody_asks_the_database(store: Store, settings: Settings, statements: list[str]) -> None:
    with at_work(store, settings):
        put(store, record("1"), record("2"))
        assert settled(statements), statements[-20:]
        assert Finder(store, settings).search(Everything()).count == 2, "all was done before"
        before = len(statements)
        put(store, record("3"))
        assert settled(statements), statements[-20:]
        assert len(statements) > before
        assert Finder(store, settings).search(Everything()).count == 3, "what comes is done all the same"
