"""How the store is followed: one process at a time, batch by batch, with a rest after each for those who write."""

from __future__ import annotations

import time
from collections.abc import Callable

from catalogue.store import Store

Progress = Callable[[int], None]
"""Told how much was looked at until now."""
Rest = Callable[[float], object]
"""Called after each batch with the seconds it took; True ends the work there."""


def follow(
    store: Store, lock: str, step: Callable[[], int], progress: Progress, rest: Rest, begin: Callable[[], object] = int
) -> int | None:
    """Do `step`, a batch whose size it returns, until it says 0; returns how much was looked at.

    None when another process holds the `lock`. `begin` is done once, before the first batch. Raises StoreError and
    whatever a step does; what was done until then stands.
    """
    with store.locks.hold(lock, wait=0) as held:
        if not held:
            return None
        begin()
        done = 0
        while True:
            start = time.perf_counter()
            looked = step()
            if not looked:
                return done
            done += looked
            progress(done)
            if rest(time.perf_counter() - start):
                return done
