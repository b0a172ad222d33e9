"""Of two who add the same at once, one has it and the other is told that it is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event

from accounts import tokens
from catalogue import libraries, mappings, partners, sets, sources, targets
from catalogue.libraries import Library
from catalogue.sets import DefinedSet
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError

ADDED: dict[str, tuple[str, Callable[[Store, str], object]]] = {
    "library": ("library", lambda store, _: libraries.add(store, Library("bk09", "Thư viện Chợ Đồn"))),
    "source": ("source", lambda store, _: sources.add(store, "bk01", "huyen", "oai", {})),
    "source of two libraries": ("source", lambda store, code: sources.add(store, code, "huyen", "oai", {})),
    "set": ("feed_set", lambda store, _: sets.add(store, DefinedSet("query", "tay", "Người Tày", query="title=tay"))),
    "target": ("target", lambda store, _: targets.add(store, "nlv", "sru", {}, enabled=True)),
    "partner": ("partner", lambda store, _: partners.name(store, "Trung ương", "10.0.0.0/8", "", "")),
    "token": ("token", lambda store, _: tokens.add(store, "bk01", "đồng bộ")),
}


@pytest.mark.parametrize("what", ADDED)
def test_of_two_who_add_the_same_at_once_the_second_is_refused_in_words(store: Store, what: str) -> None:
    assert {type(end) for end in at_once(store, *ADDED[what])} == {type(None), RefusedError}


def test_of_two_who_teach_a_library_the_same_at_once_neither_fails(store: Store) -> None:
    taught = at_once(store, "mapping", lambda store, _: mappings.put(store, "bk01", "isis", {"20": "245"}))
    assert taught == [None, None]


def at_once(store: Store, table: str, add: Callable[[Store, str], object]) -> list[LienThongError | None]:
    """How it ended for two who both come as far as adding to `table` before either has, where they can."""
    both = threading.Barrier(2)

    def meet(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(f"INSERT INTO {table} "):
            with suppress(threading.BrokenBarrierError):  # who comes here alone has had the turn
                both.wait(1.0)

    ends: list[LienThongError | None] = []

    def one(code: str) -> None:
        try:
            add(store, code)
            ends.append(None)
        except LienThongError as error:
            ends.append(error)

    event.listen(store.engine, "before_cursor_execute", meet)
    threads = [threading.Thread(target=one, args=(code,)) for code in ("bk01", "bk02")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
