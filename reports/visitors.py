"""What makes a request no use: a robot sent it, or the same reader clicked twice. Nobody is known, nothing is stored.

COUNTER, Code of Practice, Release 5, section 7: "Internet Robots and Crawlers" are left out; "Double-Click Filtering"
(7.2): clicks of one user on one link within 30 seconds are one action, and each starts the 30 seconds anew. The user is
address and User-Agent together, the first of the ways that 7.2 allows.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from foundation.errors import InputError
from foundation.limits import AGENT_CHARACTERS, CLICKS, ROBOT_PATTERNS
from reports import messages

SECONDS: Final = 30.0
"""Clicks of one reader on one item within so many seconds are one use (7.2)."""
_OWN: Final = Path(__file__).with_name("robots.txt")


class Robots:
    """Tells robots by their User-Agent."""

    def __init__(self, path: str = "") -> None:
        """`path`: a file of patterns, one to the line, `#` before what is no pattern; empty: our own list.

        Raises InputError for a file that cannot be read and for a pattern that is none.
        """
        self.patterns = _patterns(Path(path) if path else _OWN)
        found = re.compile("|".join(f"(?:{one})" for one in self.patterns), re.IGNORECASE)
        self._search = lru_cache(maxsize=4096)(found.search)

    def __contains__(self, agent: str) -> bool:
        return self._search(agent[:AGENT_CHARACTERS]) is not None


def _patterns(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(messages.ROBOTS_UNREADABLE, path=path, reason=error) from error
    found = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            re.compile(text)
        except re.error as error:
            raise InputError(messages.ROBOTS_PATTERN, path=path, line=number, seen=text, reason=error) from error
        found.append(text)
    if not found or len(found) > ROBOT_PATTERNS:
        raise InputError(messages.ROBOTS_COUNT, path=path, seen=len(found), allowed=ROBOT_PATTERNS)
    return tuple(found)


class Clicks:
    """Remembers for half a minute that somebody clicked on something, as a salted hash that leads back to nobody.

    The salt is made when the process starts and is never written anywhere. `now`: seconds of a clock that never goes
    back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._turned = now()
        self._lately: dict[bytes, float] = {}
        self._before: dict[bytes, float] = {}

    def again(self, address: str, agent: str, what: str) -> bool:
        """Whether this reader did the same less than 30 seconds ago. Of a crowd too large to remember: no."""
        seen = f"{address}\0{agent[:AGENT_CHARACTERS]}\0{what}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(seen, digest_size=12, key=self._salt).digest()
        now = self._now()
        with self._lock:
            if now - self._turned >= SECONDS:
                # What neither of two half minutes has seen is forgotten.
                self._before = self._lately if now - self._turned < 2 * SECONDS else {}
                self._lately, self._turned = {}, now
            last = self._lately.get(key)
            if last is None:
                last = self._before.get(key)
            if key in self._lately or len(self._lately) < CLICKS:
                self._lately[key] = now
        return last is not None and now - last <= SECONDS
