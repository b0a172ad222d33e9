"""A search in other libraries' catalogues for somebody who looks at a page: all targets at once, in the background.

What comes is kept in the store (`catalogue.lookups`) every moment, so the page is complete as far as the targets have
answered, whoever answers it and whenever it is loaded again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import structlog

from catalogue import lookups
from catalogue.lookups import Hit
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError
from foundation.limits import LOOKUP_BYTES, LOOKUP_HITS, LOOKUPS
from harvesting import messages
from harvesting.copying import Line, Merged
from search.finder import Finder
from search.query import Query
from z3950_bridge import together
from z3950_bridge.peer import Peer
from z3950_bridge.peer_records import Taken
from z3950_bridge.together import Counted, Ended

log = structlog.get_logger()
_EACH: Final = 0.5
"""Seconds between two writings of what came."""
_GRACE: Final = 5
"""Seconds beyond the targets' own after which nobody believes that a search still runs."""


def begin(
    store: Store, person: str, peers: Sequence[Peer], asked: Query, words: tuple[str, str], limit: int,
    finder: Finder | None = None,
) -> int:  # fmt: skip
    """Start asking; returns the number of the search at once. `words`: the query and its field as they were typed.

    `finder`: of our own catalogue, in which duplicates are looked for. Raises RefusedError when too many run.
    """
    with store.read() as connection:
        now = store.now(connection)
    if lookups.running(store, now) >= LOOKUPS:
        raise RefusedError(messages.LOOKUPS_BUSY, limit="LOOKUPS", allowed=LOOKUPS)
    targets: dict[str, dict[str, Any]] = {one.name: {"title": one.title or one.name} for one in peers}
    seconds = max((one.timeout for one in peers), default=0) + _GRACE
    number = lookups.begin(store, person, words[0], words[1], targets, seconds)
    made = _Search(store, number, targets, finder)
    threading.Thread(target=made.run, args=(peers, asked, limit), name=f"lookup-{number}", daemon=True).start()
    return number


class _Search:
    """One search in its thread."""

    def __init__(self, store: Store, number: int, targets: dict[str, dict[str, Any]], finder: Finder | None) -> None:
        self._store, self._number, self._targets = store, number, targets
        self._finder = finder
        self._came: list[Hit] = []
        self._kept = self._size = 0
        self._written = time.monotonic()

    def run(self, peers: Sequence[Peer], asked: Query, limit: int) -> None:
        """Until the last target has ended; whatever happens, it ends as finished."""
        try:
            self._ask(peers, asked, limit, Merged(self._finder))
            self._write(finished=True)
        except LienThongError as error:
            log.warning("lookup.failed", lookup=self._number, reason=str(error))
        except Exception:
            log.exception("lookup.failed", lookup=self._number)

    def _ask(self, peers: Sequence[Peer], asked: Query, limit: int, merged: Merged) -> None:
        for event in together.search(peers, asked, limit):
            target = self._targets[event.peer]
            if isinstance(event, Counted):
                target |= {"hits": event.hits, "seconds": round(event.seconds, 1)}
            elif isinstance(event, Ended):
                target |= {"ended": True, "seconds": round(event.seconds, 1)}
                if event.problem is not None:
                    target |= {"vi": event.problem.text("vi"), "en": event.problem.text("en")}
            else:
                target["taken"] = target.get("taken", 0) + 1
                self._take(event, merged)
            if isinstance(event, Ended) or time.monotonic() - self._written > _EACH:
                self._write()

    def _take(self, taken: Taken, merged: Merged) -> None:
        """A record that came, as long as there is room."""
        self._size += len(taken.original) + (len(taken.record.text.encode()) if taken.record else 0)
        if self._kept >= LOOKUP_HITS or self._size > LOOKUP_BYTES:
            self._targets[taken.peer]["full"] = True
            return
        self._kept += 1
        self._came.append(kept(merged.add(taken)))

    def _write(self, *, finished: bool = False) -> None:
        lookups.note(self._store, self._number, self._targets, self._came, finished=finished)
        self._came = []
        self._written = time.monotonic()


def kept(line: Line) -> Hit:
    """A line of the list as it is kept."""
    taken = line.taken
    problems = tuple((one.text("vi"), one.text("en")) for one in taken.problems)
    held = line.held._asdict() if line.held is not None else {}
    text = taken.record.text if taken.record is not None else None
    return Hit(line.number, taken.peer, taken.position, text, taken.original, problems, line.same_as, held)
