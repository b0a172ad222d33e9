"""How many requests a token or an address may still make this minute, and the fields that say so.

Fields `RateLimit-Policy` and `RateLimit`: draft-ietf-httpapi-ratelimit-headers-10, 3 and 4. Each server process counts
for itself, in memory: a restart forgives, and nothing is written for a request that only reads.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from foundation.limits import API_CLIENTS

WINDOW: Final = 60
"""Seconds."""


class Budget(NamedTuple):
    """What is left to one client."""

    allowed: int
    """Requests of one window; 0: no bound."""
    left: int
    """Below 0: this request is one too many."""
    seconds: int
    """Until all are there again."""

    @property
    def exceeded(self) -> bool:
        return bool(self.allowed) and self.left < 0

    def fields(self) -> dict[str, str]:
        """The fields of the answer; none without a bound."""
        if not self.allowed:
            return {}
        return {
            "RateLimit-Policy": f'"requests";q={self.allowed};w={WINDOW}',
            "RateLimit": f'"requests";r={max(0, self.left)};t={self.seconds}',
        }


class Throttle:
    """Counts of the clients that came lately."""

    def __init__(self, now: Callable[[], float] = time.monotonic, clients: int = API_CLIENTS) -> None:
        self._now, self._clients = now, clients
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, client: str, allowed: int) -> Budget:
        """Count one request of `client`, who may make so many in a window that begins with the first of them."""
        if not allowed:
            return Budget(0, 0, 0)
        with self._lock:
            now = self._now()
            begun, seen = self._counts.pop(client, (now, 0))
            if now - begun >= WINDOW:
                begun, seen = now, 0
            self._counts[client] = begun, seen + 1
            while len(self._counts) > self._clients:
                self._counts.popitem(last=False)
        return Budget(allowed, allowed - seen - 1, max(1, round(begun + WINDOW - now)))
