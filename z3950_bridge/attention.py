"""How the event loop waits for the next request: for a moment awake, while that pays.

To put a process to sleep and to wake it costs as much as a whole request that was answered before. A client on the same
machine or in the same room, such as a library system that copies book after book, sends its next request within some
ten microseconds of an answer; one behind a line of the province never does.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import Final

SECONDS: Final = 60e-6
"""How long is waited awake. In vain once, it is not tried again until a client was as quick as that."""


class Attentive(selectors.DefaultSelector):
    """The selector of the system, which looks again for a moment before it sleeps."""

    _pays = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """`BaseSelector.select`: what is ready, after `timeout` seconds at most; None: whenever that is."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        begun = time.perf_counter()
        if self._pays:
            while time.perf_counter() - begun < SECONDS:
                if ready := super().select(0):
                    return ready
            self._pays = False
            return super().select(timeout)
        ready = super().select(timeout)
        self._pays = bool(ready) and time.perf_counter() - begun < SECONDS
        return ready


def loop() -> asyncio.AbstractEventLoop:
    """A new event loop that waits like that; the system's own where it has no selector (Windows)."""
    made = asyncio.new_event_loop()
    if not isinstance(made, asyncio.SelectorEventLoop):
        return made
    made.close()
    return asyncio.SelectorEventLoop(Attentive())
