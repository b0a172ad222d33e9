"""Who follows the change sequence wakes up when something is published, and not before."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from catalogue import changesets, clock
from catalogue.bell import Bell, Ear
from catalogue.store import Store
from tests.catalogue.conftest import put, record


def listening(bell: Bell) -> Ear:
    """An ear that has heard everything until now."""
    ear = Ear(bell)
    ear.wait(threading.Event(), 0)
    return ear


def woken(ear: Ear, seconds: float = 10.0) -> float:
    """Seconds until the ear wakes up."""
    start = time.monotonic()
    ear.wait(threading.Event(), seconds)
    return time.monotonic() - start


def test_a_ring_wakes_who_waits(tmp_path: Path) -> None:
    bell = Bell(tmp_path / "not there yet")
    ear = listening(bell)
    threading.Timer(0.1, bell.ring).start()
    assert woken(ear) < 5


def test_what_rang_while_nobody_waited_is_heard(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    ear, other = listening(bell), listening(bell)
    bell.ring()
    bell.ring()
    assert (woken(ear) < 5, woken(other) < 5) == (True, True)
    assert woken(ear, 0.1) >= 0.1


def test_who_is_to_stop_does_not_wait(tmp_path: Path) -> None:
    ear, stop = listening(Bell(tmp_path)), threading.Event()
    threading.Timer(0.05, stop.set).start()
    start = time.monotonic()
    assert ear.wait(stop, 30)
    assert time.monotonic() - start < 5


def test_a_folder_that_cannot_be_written_breaks_no_publication(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bell = Bell(tmp_path / "file")
    bell.ring()
    assert bell.stamp() == 0


def test_a_publication_rings_and_nothing_else_does(store: Store) -> None:
    before = store.bell.stamp()
    with store.write() as connection:
        changesets.create(connection, store.now(connection), 1, "import", "thử")
    assert store.bell.stamp() == before
    put(store, record("1"))
    assert store.bell.stamp() != before


def test_what_is_undone_before_its_commit_does_not_ring_nor_does_who_comes_next(store: Store) -> None:
    put(store, record("1"))
    before = store.bell.stamp()
    try:
        with store.write() as connection:
            stamp, seq = clock.take(store, connection)
            clock.settle(connection, stamp, seq)
            raise KeyError
    except KeyError:
        pass
    with store.write() as connection:
        assert clock.read(connection).seq >= seq
    assert store.bell.stamp() == before
