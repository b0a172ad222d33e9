"""Several catalogues asked the same question at the same time, what they give told as it comes.

Each is asked in a thread of its own with a time of its own, so one that does not answer delays nobody. What waits to be
taken is bounded: when nobody takes it, the targets wait. Whoever stops listening stops them all.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final, NamedTuple

import structlog

from foundation.errors import LienThongError, PeerError, Problem
from foundation.limits import PEER_TARGETS, PEER_WAITING
from search.query import Query
from z3950_bridge import origin_line, origin_messages, sru_client
from z3950_bridge.asking import Count, Row, SaidError, Stop
from z3950_bridge.origin import Said
from z3950_bridge.peer import SRU, Peer
from z3950_bridge.peer_records import Taken, taken

log = structlog.get_logger()
_GRACE: Final = 0.5
"""Seconds beyond its time after which a target is not waited for, whatever its thread still does (DNS may hang)."""


class Counted(NamedTuple):
    """A target has searched."""

    peer: str
    hits: int
    seconds: float


class Ended(NamedTuple):
    """A target is done with: with everything, or with a problem."""

    peer: str
    seconds: float
    problem: Problem | None = None
    said: Said | None = None
    """The diagnostic, where the problem is one."""


Event = Counted | Taken | Ended


def ask(peer: Peer, query: Query, start: int, number: int, stop: Stop) -> Iterator[Count | list[Row]]:
    """One target by its protocol: `origin_line.ask` or `sru_client.ask`."""
    asked = sru_client.ask if peer.protocol == SRU else origin_line.ask
    return asked(peer, query, start, number, stop)


def fetch(peer: Peer, query: Query, start: int, number: int, stop: Stop) -> Iterator[Count | Taken]:
    """One target, its records as ours. Raises as `origin_line.ask` does, SaidError for a search that failed."""
    for one in ask(peer, query, start, min(number, peer.maximum + 1 - start), stop):
        if isinstance(one, Count):
            if one.diagnostics and not one.hits:
                raise SaidError(peer.name, one.diagnostics[0])
            yield one
        else:
            yield from taken(peer, one)


def search(peers: Sequence[Peer], query: Query, limit: int) -> Iterator[Event]:
    """The events of all targets as they happen: for each Counted, Taken (at most `limit`), and at last one Ended.

    Closing the iterator ends every conversation. Never raises for what a target does.
    """
    chosen = list(peers[:PEER_TARGETS])
    waiting: queue.Queue[tuple[str, Event]] = queue.Queue(PEER_WAITING)
    stops = {peer.name: Stop(peer.name, peer.timeout) for peer in chosen}
    begun = monotonic()
    for peer in chosen:
        work = threading.Thread(
            target=_work, args=(peer, query, limit, stops[peer.name], waiting), name=f"peer-{peer.name}", daemon=True
        )
        work.start()
    ends = {peer.name: begun + peer.timeout + _GRACE for peer in chosen}
    try:
        while ends:
            try:
                name, event = waiting.get(timeout=max(0.0, min(ends.values()) - monotonic()))
            except queue.Empty:
                late = [name for name, end in ends.items() if end <= monotonic()]
                for name in late:
                    del ends[name]
                    yield Ended(name, monotonic() - begun, stops[name].reason().problem)
                continue
            if name not in ends:
                continue  # it was given up before
            if isinstance(event, Ended):
                del ends[name]
            yield event
    finally:
        for stop in stops.values():
            stop.stop()


def _work(peer: Peer, query: Query, limit: int, stop: Stop, waiting: queue.Queue[tuple[str, Event]]) -> None:
    """One target, in its thread, until its end."""
    begun = monotonic()
    problem: Problem | None = None
    said: Said | None = None
    try:
        for one in fetch(peer, query, 1, limit, stop):
            event: Event = Counted(peer.name, one.hits, monotonic() - begun) if isinstance(one, Count) else one
            _put(waiting, peer.name, event, stop)
    except LienThongError as error:
        problem = error.problem
        said = error.said if isinstance(error, SaidError) else None
    except Exception:
        log.exception("peer.failed", peer=peer.name)
        problem = Problem(origin_messages.FAILED, values={"name": peer.name})
    with suppress(queue.Full, PeerError):
        waiting.put((peer.name, Ended(peer.name, monotonic() - begun, problem, said)), timeout=_GRACE)


def _put(waiting: queue.Queue[tuple[str, Event]], name: str, event: Event, stop: Stop) -> None:
    """Hands an event over; while nobody takes it, waits. Raises PeerError when time is up."""
    while True:
        try:
            waiting.put((name, event), timeout=min(1.0, stop.left()))
        except queue.Full:
            continue
        return
