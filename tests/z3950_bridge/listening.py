"""A target that listens on a port of this machine, in a thread, while a test needs it."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from foundation.limits import MIB
from foundation.settings import Settings
from tests.z3950_bridge.memory import MemoryCatalogue, MemoryLanguages
from z3950_bridge import listener
from z3950_bridge.records import Kept
from z3950_bridge.result_sets import Budget
from z3950_bridge.target import Target

SETTINGS = replace(Settings(), host="127.0.0.1", z3950_port=0)


def target(catalogue: MemoryCatalogue | None = None) -> Target:
    return Target(
        catalogue or MemoryCatalogue(),
        MemoryLanguages(),
        Kept(16 * MIB),
        Budget(64 * MIB),
        "http://lienthong.example.vn/sru",
    )


@contextmanager
def listening(chosen: Target, settings: Settings = SETTINGS) -> Iterator[int]:
    """The port."""
    ports: queue.Queue[int] = queue.Queue()
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        event = asyncio.Event()
        stop.append((asyncio.get_running_loop(), event))
        await listener.serve(chosen, settings, ports.put, event)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        yield ports.get(timeout=10)
    finally:
        loop, event = stop[0]
        loop.call_soon_threadsafe(event.set)
        thread.join(timeout=20)
        assert not thread.is_alive()
