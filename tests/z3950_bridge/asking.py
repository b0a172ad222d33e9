"""Requests as tests write them, and a client that sends them: to a Session, or over a socket."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Self

from z3950_bridge import apdu, ber, rpn
from z3950_bridge.apdu_parts import Choice
from z3950_bridge.apdu_search import PresentRequest, SearchRequest
from z3950_bridge.apdu_session import InitRequest
from z3950_bridge.initialisation import (
    CQL_QUERY,
    DELETE,
    NAMED_SETS,
    NEGOTIATION,
    PRESENT,
    RESULT_COUNT,
    SCAN,
    SEARCH,
    SORT,
)
from z3950_bridge.rpn_ber import write_query
from z3950_bridge.target import Answer, Session, Target

OPTIONS = SEARCH | PRESENT | DELETE | SCAN | SORT | NAMED_SETS | RESULT_COUNT | CQL_QUERY
V2, V3 = 0b011, 0b111


def init(**changes: Any) -> InitRequest:
    return InitRequest(None, V3, OPTIONS, 1 << 20, 1 << 20)._replace(**changes)


def negotiating(*infos: Any) -> InitRequest:
    return init(options=OPTIONS | NEGOTIATION, other_info=infos)


def operand(term: bytes | int, use: int = 4) -> rpn.Operand:
    return rpn.Operand((rpn.Attribute(1, use),), term)


def type_1(structure: rpn.Structure) -> Choice:
    return "type_1", write_query(rpn.Query(rpn.BIB1, structure))


def search(query: rpn.Structure | Choice | bytes, **changes: Any) -> SearchRequest:
    """A search of titles; `query` may be words, a tree or a whole query."""
    if isinstance(query, bytes):
        query = operand(query)
    asked = query if isinstance(query, tuple) else type_1(query)
    return SearchRequest(None, 0, 1, 0, True, "default", ("Default",), None, None, None, asked)._replace(**changes)


def present(start: int = 1, number: int = 1, **changes: Any) -> PresentRequest:
    return PresentRequest(None, "default", start, number)._replace(**changes)


class Talk:
    """A session in this process."""

    def __init__(self, target: Target, first: InitRequest | None = None) -> None:
        self.session = Session(target)
        self.begun = self.ask(first or init())

    def raw(self, pdu: bytes) -> Answer:
        return self.session.answer(pdu)

    def asks(self, request: Any) -> list[Any]:
        """Every APDU of the answer."""
        framer = ber.Framer(1 << 30, "test")
        framer.feed(self.raw(apdu.write(request)).data)
        found = []
        while (pdu := framer.next()) is not None:
            found.append(apdu.read(pdu))
        return found

    def ask(self, request: Any) -> Any:
        [found] = self.asks(request)
        return found


class Client:
    """A session over a socket."""

    def __init__(self, port: int, begin: bool = True, timeout: float = 10) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.framer = ber.Framer(1 << 30, "test")
        if begin:
            self.begun = self.ask(init())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> Any:
        """The next APDU; None when the server has closed the connection."""
        while (pdu := self.framer.next()) is None:
            try:
                data = self.socket.recv(1 << 16)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.framer.feed(data)
        return apdu.read(pdu)

    def ask(self, request: Any) -> Any:
        self.send(apdu.write(request))
        return self.receive()
