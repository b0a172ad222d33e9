"""Who follows a store knows without asking any table that nothing was committed since they had nothing to do."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from catalogue.pulse import Pulse
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.conftest import put, record
from tests.catalogue.embedded import settings, store

__all__ = ["settings", "store"]


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pulse(store: Store, seconds: Seconds) -> Pulse:
    """One that rests."""
    made = Pulse(store, 30, seconds)
    assert not made.still(), "before the first look there may be anything to do"
    made.rest()
    assert made.still()
    return made


def test_a_commit_of_this_process_ends_the_rest_until_it_was_looked_at(store: Store, pulse: Pulse) -> None:
    put(store, record("1"))
    assert not pulse.still()
    assert not pulse.still(), "as long as nobody says that it was looked at"
    pulse.rest()
    assert pulse.still()


def test_so_does_one_of_another(settings: Settings, pulse: Pulse) -> None:
    other = Store.open(settings)
    put(other, record("1"))
    other.close()
    assert not pulse.still()


def test_reading_and_writing_nothing_do_not(store: Store, pulse: Pulse) -> None:
    with store.read() as connection:
        connection.execute(text("SELECT count(*) FROM change"))
    with store.write() as connection:
        connection.execute(text("SELECT count(*) FROM change"))
    assert pulse.still()


def test_what_is_committed_during_a_look_is_looked_at(store: Store, pulse: Pulse) -> None:
    put(store, record("1"))
    assert not pulse.still()
    put(store, record("2"))
    pulse.rest()
    assert not pulse.still()


def test_now_and_then_it_is_looked_all_the_same(pulse: Pulse, seconds: Seconds) -> None:
    seconds.now = 29
    assert pulse.still()
    seconds.now = 30
    assert not pulse.still()


def test_on_postgresql_every_look_is_made(store: Store, pulse: Pulse) -> None:
    store.sqlite = False
    assert not pulse.still()
    pulse.rest()
    assert not pulse.still()
