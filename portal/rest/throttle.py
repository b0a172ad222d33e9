"""How many requests a token or an address may still make this minute, and the fields that say so.

Fields `RateLimit-Policy` (its items are Strings with `q`, the quota in requests, and `w`, the window in seconds) and
`RateLimit` (the same names with `r`, what is left, and `t`, the seconds within which no more than that may be used):
draft-ietf-httpapi-ratelimit-headers-11, 3.1 and 4.1. Each server process counts for itself, in memory: a restart
forgives, and nothing is written for a request that only reads.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from foundation.limits import API_CLIENTS

WINDOW: Final = 60
"""Seconds."""
POLICY: Final = "requests"
"""What the one policy is called. Its unit need not be said: without `qu` requests are meant (the draft, 3.1)."""
EXCEEDED: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"
"""Type of the problem that ends a request too many; `violated-policies` names the policies (the draft, 5.1)."""


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

    def fields(self, wait: str = "") -> dict[str, str]:
        """The fields of the answer; none without a bound. `wait`: its Retry-After.

        What is left is not told beside a Retry-After that ends before the window: such a pair would contradict
        itself (the draft, 6), and the answer may go without (6.2).
        """
        if not self.allowed:
            return {}
        told = {"RateLimit-Policy": f'"{POLICY}";q={self.allowed};w={WINDOW}'}
        if not wait or (wait.isdigit() and int(wait) >= self.seconds):
            told["RateLimit"] = f'"{POLICY}";r={max(0, self.left)};t={self.seconds}'
        return told


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
        # Rounded up: who comes back after so many seconds must find the window over.
        return Budget(allowed, allowed - seen - 1, max(1, math.ceil(begun + WINDOW - now)))
