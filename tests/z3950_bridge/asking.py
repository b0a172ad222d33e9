"""Requests as tests write them, and a client that sends them: to a Session, or over a socket."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Self

from z3950_bridge import apdu, ber, rpn
from z3950_bridge.apdu_lists import ScanRequest, ScanResponse
from z3950_bridge.apdu_parts import Choice
from z3950_bridge.apdu_search import PresentRequest, PresentResponse, SearchRequest, SearchResponse
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
from z3950_bridge.rpn_ber import write_query, written_operand
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


DIA = b"\xc4\x91\xe1\xbb\x8ba"
"""địa, which 38 titles have."""


def condition(answer: Any) -> int:
    """The diagnostic of a failed answer."""
    if isinstance(answer, SearchResponse | PresentResponse):
        assert answer.records is not None
        assert answer.records[0] == "diagnostic"
        return int(answer.records[1].condition)
    found = answer.entries.diagnostics if isinstance(answer, ScanResponse) else answer.diagnostics
    return int(found[0][1].condition)


def records(answer: Any) -> list[bytes]:
    """The contents of each record of an answer."""
    assert answer.records[0] == "records"
    return [one.record[1].encoding[1] for one in answer.records[1]]


def surrogates(answer: Any) -> list[int]:
    """The diagnostics that stand for records."""
    return [one.record[1][1].condition for one in answer.records[1] if one.record[0] == "diagnostic"]


def deep(levels: int) -> rpn.Structure:
    tree: rpn.Structure = operand(b"a")
    for _ in range(levels):
        tree = rpn.Operation(rpn.Operator.OR, tree, operand(b"b"))
    return tree


def wide(operands: int) -> rpn.Structure:
    """A balanced tree: many operands, few levels."""
    if operands == 1:
        return operand(b"a")
    return rpn.Operation(rpn.Operator.OR, wide(operands // 2), wide(operands - operands // 2))


def scan(term: bytes, number: int = 5, position: int | None = 1, **changes: Any) -> ScanRequest:
    asked = ScanRequest(None, ("Default",), rpn.BIB1, written_operand(operand(term)), 0, number, position)
    return asked._replace(**changes)


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
