"""One search in another Z39.50 target, from connecting to closing: the sockets and the clock of `origin`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

from foundation.errors import FormatError, InputError, PeerError
from foundation.limits import PEER_PDU_BYTES
from foundation.network import connect
from search.query import Query
from z3950_bridge import origin_messages as messages
from z3950_bridge.asking import Count, Row, SaidError, Stop
from z3950_bridge.ber import Framer
from z3950_bridge.diagnostics import Bib1
from z3950_bridge.origin import Answer, Closed, Found, Given, Origin, Presented, Rejected, Said
from z3950_bridge.peer import Peer
from z3950_bridge.peer_query import rpn_query

_READ: Final = 64 * 1024
_SYNTAX_REFUSED: Final = frozenset((Bib1.SYNTAX_NOT_AVAILABLE, Bib1.SYNTAX_UNSUPPORTED, 227))
_OTHERS: Final = ("usmarc", "unimarc", "xml")
"""What is asked for when a target has its records in another syntax than its settings say."""


def ask(peer: Peer, query: Query, start: int, number: int, stop: Stop) -> Iterator[Count | list[Row]]:
    """Searches, and takes `number` records from `start` (1 is the first) on, as many as there are.

    The first value is a Count, the others are the Rows of one answer each, in order. Raises PeerError, SaidError where
    the target says why it ends, RefusedError for an address that may not be called, InputError for a query that the
    target does not know and for bytes that are no answer.
    """
    asked = rpn_query(peer, query)
    with closing(connect(peer.host, peer.port, peer.line(), tls=peer.tls)) as line:
        talk = _Talk(peer, line, stop)
        with stop.cutting(talk.cut):
            talk.init()
            found = talk.exchange(talk.origin.search(asked, peer.databases))
            if not isinstance(found, Found):
                raise FormatError(messages.NOT_ASKED, seen=type(found).__name__)
            yield Count(found.hits, found.diagnostics)
            yield from _pages(talk, found.hits, start, number)
            talk.end()


def greet(peer: Peer, stop: Stop) -> str:
    """Opens a session and closes it; what the target calls itself. Raises as `ask` does."""
    with closing(connect(peer.host, peer.port, peer.line(), tls=peer.tls)) as line:
        talk = _Talk(peer, line, stop)
        with stop.cutting(talk.cut):
            talk.init()
            talk.end()
    return talk.origin.accepted.name if talk.origin.accepted is not None else ""


def _pages(talk: _Talk, hits: int, start: int, number: int) -> Iterator[list[Row]]:
    at, last = start, min(hits, start + number - 1)
    while at <= last:
        records = talk.present(at, min(talk.peer.chunk, last - at + 1), hits)
        yield [Row(place, one) for place, one in enumerate(records, at)]
        at += len(records)


class _Talk:
    """A connection with a session on it."""

    def __init__(self, peer: Peer, line: socket.socket, stop: Stop) -> None:
        self.peer = peer
        self.origin = Origin(peer.account, peer.query_charset, negotiate=peer.negotiate)
        self._line, self._stop = line, stop
        self._framer = Framer(PEER_PDU_BYTES, "PEER_PDU_BYTES")
        self._syntax, self._elements = peer.syntax, peer.elements
        self._others = [name for name in _OTHERS if name != peer.syntax.lower()]

    def cut(self) -> None:
        """Wakes whoever waits for this connection."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def init(self) -> None:
        answer = self.exchange(self.origin.init())
        if isinstance(answer, Rejected):
            raise PeerError(messages.REJECTED, name=self.peer.name, reason=answer.reason)

    def end(self) -> None:
        """The other side need not hear it: everything that was wanted is here."""
        with suppress(OSError):
            self._line.settimeout(1)
            self._line.sendall(self.origin.close())

    def present(self, at: int, number: int, hits: int) -> tuple[Given | Said, ...]:
        """The next records, at least one; in another syntax where the target has not the one that was asked for."""
        while True:
            answer = self.exchange(self.origin.present(at, number, self._syntax, self._elements))
            if not isinstance(answer, Presented):
                raise FormatError(messages.NOT_ASKED, seen=type(answer).__name__)
            records = answer.records[:number]
            said = [*answer.diagnostics, *(one for one in records if isinstance(one, Said))]
            if len(said) < len(records) or (said and not self._relent(said[0])):
                if not records:
                    raise SaidError(self.peer.name, said[0])
                return records
            if not said:
                raise PeerError(messages.NO_RECORDS, name=self.peer.name, hits=hits)

    def _relent(self, said: Said) -> bool:
        """Whether to ask once more, in another way."""
        if said.condition == Bib1.ELEMENT_SET_INVALID and self._elements:
            self._elements = ""
            return True
        if said.condition in _SYNTAX_REFUSED and self._others:
            self._syntax = self._others.pop(0)
            return True
        return False

    def exchange(self, request: bytes) -> Answer:
        """The answer to one request."""
        try:
            self._line.settimeout(self._stop.left())
            self._line.sendall(request)
            pdu = self._framer.next()
            while pdu is None:
                self._line.settimeout(self._stop.left())
                data = self._line.recv(_READ)
                if not data:
                    raise ConnectionResetError("EOF")
                self._framer.feed(data)
                pdu = self._framer.next()
        except OSError as error:
            if self._stop.over:
                raise self._stop.reason() from error
            raise PeerError(messages.BROKE_OFF, name=self.peer.name, reason=error) from error
        try:
            answer = self.origin.answer(pdu)
        except InputError as error:
            raise error.at(file=self.peer.name) from error
        if isinstance(answer, Closed):
            raise PeerError(messages.CLOSED, name=self.peer.name, reason=answer.reason, words=answer.words or "–")
        return answer
