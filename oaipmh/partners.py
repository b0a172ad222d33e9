"""What answers say of who harvests: noted beside the answer, understood and written later, by another thread.

Where a list stands is read from the resumption tokens, which hold all of it; so several server processes and a restart
lose nothing but what had not been written yet.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Final, NamedTuple
from wsgiref.types import WSGIEnvironment

from catalogue import partners, uses
from catalogue.libraries import LIBRARY_SETS
from catalogue.partners import Client, Seen, Walk
from catalogue.store import Store
from oaipmh.compression import Piece
from oaipmh.errors import Refusal
from oaipmh.protocol import Request, Verb
from oaipmh.tokens import position_of

_log = logging.getLogger("lienthong.oaipmh")
WAITING: Final = 20_000
"""Answers that may wait to be written; of a server that cannot write for so long the oldest are forgotten."""
POLL_SECONDS: Final = 5.0
_LISTS: Final = (Verb.LIST_RECORDS, Verb.LIST_IDENTIFIERS)
_CODE: Final = re.compile(rb'<error code="(\w+)"')
_TOKEN: Final = re.compile(rb">([A-Za-z0-9_-]+)</resumptionToken>")
_OWN: Final = "LienThong-feed-check"


class Observation(NamedTuple):
    """One answer, as little of it as will do."""

    at: int
    address: str
    agent: str
    mail: str
    repository: str
    request: Request | Refusal | None
    said: bytes
    """The resumptionToken or error element; empty when there is neither."""
    records: int
    """Of a list of one page; elsewhere the tokens know better."""
    size: int


class Watch:
    """Sees every answer of one process. `now`: seconds since 1970; `zone`: by whose months records are counted."""

    def __init__(self, store: Store, days: int, now: Callable[[], int], zone: tzinfo = UTC) -> None:
        self._store, self._days, self._now, self._zone = store, days, now, zone
        self._waiting: deque[Observation] = deque(maxlen=WAITING)

    def __call__(
        self,
        environ: WSGIEnvironment,
        repository: str,
        request: Request | Refusal | None,
        pieces: Sequence[Piece],
        size: int,
    ) -> None:
        """One answer of `size` bytes; `request` None: none could be given. Does nothing that takes time."""
        said, records = b"", 0
        if isinstance(request, Request) and request.verb in _LISTS:
            said = _element(pieces)
            if not said:
                start = b"<record>" if request.verb is Verb.LIST_RECORDS else b"<header"
                records = sum(_count(piece, start) for piece in pieces)
        elif len(pieces) > 2 and isinstance(pieces[2], bytes) and pieces[2].startswith(b"<error"):
            said = pieces[2]
        get = environ.get
        self._waiting.append(
            Observation(
                self._now(),
                get("REMOTE_ADDR", ""),
                get("HTTP_USER_AGENT", ""),
                get("HTTP_FROM", ""),
                repository,
                request,
                said,
                records,
                size,
            )
        )

    def flush(self) -> int:
        """Write down what was seen; returns the number of answers that are still waiting. Raises StoreError; then all
        of them are."""
        taken = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        seen, noted = summed(taken, self._zone), False
        try:
            noted = not taken or partners.note(self._store, seen, self._days)
        finally:
            if not noted:
                # Of more than may wait the oldest go; what is put back before the others would push the newest out.
                room = max(0, WAITING - len(self._waiting))
                self._waiting.extendleft(reversed(taken[-room:] if room else ()))
        return len(self._waiting)

    def follow(self, stop: threading.Event) -> None:
        """Write in the background until `stop`, and once more then."""
        while True:
            ended = stop.wait(POLL_SECONDS)
            try:
                self.flush()
            except Exception as error:
                _log.warning("it was not noted who harvests: %r", error)
            if ended:
                return


def summed(observations: Sequence[Observation], zone: tzinfo = UTC) -> list[Seen]:
    """Observations by client, those of one list together."""
    found: dict[Client, Seen] = {}
    clients: dict[tuple[str, str, str], Client] = {}  # one client comes a thousand times
    for one in observations:
        if one.agent.startswith(_OWN):
            continue
        shown = (one.address, one.agent, one.mail)
        client = clients.get(shown)
        if client is None:
            agent, mail = _printable(one.agent)[:200], _printable(one.mail)[:200]
            client = clients[shown] = Client(partners.network(one.address), agent, mail)
        seen = found.setdefault(client, Seen(client, one.at, one.at))
        seen.last = one.at
        seen.requests += 1
        seen.bytes += one.size
        if one.request is None:
            seen.errors["HTTP 503"] = seen.errors.get("HTTP 503", 0) + 1
            continue
        code = _CODE.match(one.said)
        nothing_new = code is not None and code[1] == b"noRecordsMatch"
        if code is not None and not nothing_new:
            name = code[1].decode()
            seen.errors[name] = seen.errors.get(name, 0) + 1
        elif isinstance(one.request, Request) and one.request.verb in _LISTS:
            _add_walk(seen, one, one.request, nothing_new)
        if code is None and isinstance(one.request, Request) and (records := _given(one, one.request)):
            key = uses.month_of(one.at, zone), _library(one, one.request)
            seen.given[key] = seen.given.get(key, 0) + records
    return list(found.values())


def _given(one: Observation, request: Request) -> int:
    """How many records the answer held. The tokens of a list say how many were given before it and with it."""
    if request.verb is Verb.GET_RECORD:
        return 1
    if request.verb is not Verb.LIST_RECORDS:
        return 0
    token = _TOKEN.search(one.said)
    after = position_of(token[1].decode()) if token else None
    before = position_of(request.token) if request.token else None
    if after is None and before is None:
        return one.records
    return max(0, (after.delivered if after else before.total if before else 0) - (before.delivered if before else 0))


def _library(one: Observation, request: Request) -> str:
    """The library whose records were asked for, by its own repository or by its set; empty: all."""
    position = position_of(request.token) if request.token else None
    spec = position.selection.set_spec if position else request.set_spec
    kind, _, code = spec.partition(":")
    return one.repository or (code if kind == LIBRARY_SETS else "")


def _add_walk(seen: Seen, one: Observation, request: Request, empty: bool) -> None:
    given = _TOKEN.search(one.said)
    position = position_of(given[1].decode() if given else request.token)
    if position is not None:
        chosen = position.selection
        since = -1 if chosen.since is None else chosen.since
        walk = Walk(one.repository, request.verb, chosen.format, chosen.set_spec, since, position.until, one.at, one.at)
        walk.delivered = position.delivered if given else position.total
        walk.total = position.total
    else:
        since = -1 if request.since is None else request.since
        until = -1 if request.until is None else request.until
        walk = Walk(one.repository, request.verb, request.prefix, request.set_spec, since, until, one.at, one.at)
        walk.delivered = walk.total = one.records
    walk.complete, walk.empty = given is None, empty
    known = seen.walks.setdefault((*walk.key[:4], -2, -2) if empty else walk.key, walk)
    known.last = one.at
    known.requests += 1
    known.bytes += one.size
    known.delivered, known.total = max(known.delivered, walk.delivered), walk.total
    known.complete = known.complete or walk.complete


def _element(pieces: Sequence[Piece]) -> bytes:
    """The resumptionToken of a list, or its error: they stand near the end and near the beginning."""
    for piece in (*pieces[-3:], *pieces[2:4]):
        if isinstance(piece, bytes) and piece.startswith((b"<resumptionToken", b"<error")):
            return piece
    return b""


def _count(piece: Piece, start: bytes) -> int:
    if isinstance(piece, bytes):
        return piece.startswith(start)
    return piece.records


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
