"""The search for cycles rests while a batch is worked on, and goes on after it, whatever happens in it."""

from __future__ import annotations

import gc

import pytest

from foundation.collecting import paused


def test_the_collector_rests_and_goes_on() -> None:
    with paused():
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), paused():
        raise KeyError
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
