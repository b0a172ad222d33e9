"""When the event loop waits awake, and when it sleeps."""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import Any

import pytest

from z3950_bridge import attention
from z3950_bridge.attention import SECONDS, Attentive

READY: Any = [(None, 1)]


class System:
    """A system whose next events come after so many seconds each; a look takes a microsecond."""

    def __init__(self, comes: list[float]) -> None:
        self.now = 0.0
        self.slept = 0
        self._comes = comes
        self._at = self.now + self._comes.pop(0)

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0:
            self.now += 1e-6
        else:
            self.slept += 1
            until = self._at if timeout is None else self.now + timeout
            self.now = max(self.now, min(self._at, until))
        if self.now < self._at:
            return []
        self._at = self.now + self._comes.pop(0)
        return READY


def take_the_place(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", lambda: system.now)
    monkeypatch.setattr(selectors.DefaultSelector, "select", lambda _, timeout=None: system.select(timeout))


def waited(monkeypatch: pytest.MonkeyPatch, comes: list[float], timeout: float | None = None) -> list[bool]:
    """For each event whether it was slept for."""
    system = System([*comes, 1.0])
    take_the_place(system, monkeypatch)
    with Attentive() as selector:
        found = []
        for _ in comes:
            before = system.slept
            while not selector.select(timeout):
                pass
            found.append(system.slept > before)
    return found


QUICK, SLOW = SECONDS / 2, SECONDS * 10


def test_it_sleeps_until_a_client_was_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, [SLOW, SLOW, QUICK, QUICK, QUICK]) == [True, True, True, False, False]


def test_it_sleeps_again_when_it_waited_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, [QUICK, QUICK, SLOW, SLOW, QUICK]) == [True, False, True, True, True]


def test_a_limit_of_time_that_ends_is_no_quick_client(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, [SLOW, SLOW], timeout=SECONDS / 3) == [True, True]


def test_no_more_than_a_moment_is_spent_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System([QUICK, SLOW, 1.0])
    take_the_place(system, monkeypatch)
    with Attentive() as selector:
        assert selector.select() == READY
        begun = system.now
        assert selector.select(SECONDS * 2) == []
        assert SECONDS <= system.now - begun <= SECONDS * 3 + 3e-6


def test_the_loop_is_an_event_loop_like_any_other() -> None:
    async def main() -> str:
        return await asyncio.wait_for(asyncio.sleep(0.001, "xong"), 5)

    with asyncio.Runner(loop_factory=attention.loop) as runner:
        assert runner.run(main()) == "xong"
