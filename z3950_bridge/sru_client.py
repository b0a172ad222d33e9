"""One search in another SRU server (1.1, 1.2 and 2.0), page by page; and what the server says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

from foundation.errors import FormatError, InputError, LimitError, PeerError
from foundation.network import Client
from search.query import Field, Query
from z3950_bridge import origin_messages as messages
from z3950_bridge import peer_query, sru_answers
from z3950_bridge.asking import Count, Row, SaidError, Stop
from z3950_bridge.peer import Peer
from z3950_bridge.peer_query import cql_query
from z3950_bridge.sru_answers import Explained, Retrieved

_ACCEPT: Final = {"Accept": "text/xml, application/xml;q=0.9, */*;q=0.1"}


def ask(peer: Peer, query: Query, start: int, number: int, stop: Stop) -> Iterator[Count | list[Row]]:
    """Searches, and takes `number` records from `start` (1 is the first) on, as many as there are.

    The first value is a Count, the others are the Rows of one answer each, in order. Raises as `origin_line.ask` does.
    """
    cql = cql_query(peer, query)
    at, last = start, start + number - 1
    with Client(peer.line()) as client:
        while True:
            wanted = max(1, min(peer.chunk, last - at + 1))
            found = _retrieve(client, peer, cql, at, wanted, stop)
            if at == start:
                yield Count(found.hits, found.diagnostics)
                if found.diagnostics and not found.records:
                    return
            last = min(last, found.hits)
            records = found.records[: max(0, last - at + 1)]
            if at <= last and not records:
                if found.diagnostics:
                    raise SaidError(peer.name, found.diagnostics[0])
                raise PeerError(messages.NO_RECORDS, name=peer.name, hits=found.hits)
            if records:
                yield [Row(place, one) for place, one in enumerate(records, at)]
            at += len(records)
            if at > last:
                return


def facets(
    peer: Peer, query: Query, wanted: Sequence[tuple[Field, int]], stop: Stop
) -> list[tuple[tuple[str, int], ...]]:
    """The most frequent values of each field among what the query finds, so many of each: a server of 2.0 counts them.

    Raises as `ask` does; FormatError for a server that counted something else.
    """
    arguments = {"version": "2.0", "query": cql_query(peer, query), "maximumRecords": "0"}
    arguments["facetLimit"] = peer_query.facets(peer, wanted)
    with Client(peer.line()) as client:
        data = _get(client, peer, arguments, stop)
    said = sru_answers.retrieved(data).diagnostics
    found = sru_answers.faceted(data)
    if said and not found:
        raise SaidError(peer.name, said[0])
    if found and len(found) != len(wanted):
        raise FormatError(messages.NOT_ASKED, seen=f"{len(found)} facets")
    return found or [()] * len(wanted)


def explain(peer: Peer, stop: Stop) -> Explained:
    """What the server says of its version, indexes and schemas. Raises PeerError, FormatError, LimitError."""
    with Client(peer.line()) as client:
        return sru_answers.explained(_get(client, peer, _versioned(peer, "explain"), stop))


def _retrieve(client: Client, peer: Peer, cql: str, start: int, number: int, stop: Stop) -> Retrieved:
    arguments = _versioned(peer, "searchRetrieve") | {"query": cql, "startRecord": str(start)}
    arguments["maximumRecords"] = str(number)
    if peer.schema:
        arguments["recordSchema"] = peer.schema
    return sru_answers.retrieved(_get(client, peer, arguments, stop))


def _versioned(peer: Peer, operation: str) -> dict[str, str]:
    """2.0 has no `operation` (Part 3, 2.1); older servers answer nothing without it."""
    if peer.sru_version == "2.0":
        return {"version": "2.0"}
    return {"version": peer.sru_version, "operation": operation}


def _get(client: Client, peer: Peer, arguments: Mapping[str, str], stop: Stop) -> bytes:
    joint = "&" if urlsplit(peer.url).query else "?"
    address = peer.url.rstrip("?&") + joint + urlencode({**arguments, **peer.parameters})
    stop.left()
    try:
        with client.request(address, headers=_ACCEPT) as answer:
            parts = []
            for part in answer.chunks():
                stop.left()
                parts.append(part)
    except (PeerError, LimitError) as error:
        if stop.over:
            raise stop.reason() from error
        raise
    data = b"".join(parts)
    if answer.status != 200:
        try:  # a diagnostic says more than the number
            sru_answers.retrieved(data)
        except InputError as error:
            raise PeerError(messages.STATUS, name=peer.name, status=answer.status, url=peer.url) from error
    return data
