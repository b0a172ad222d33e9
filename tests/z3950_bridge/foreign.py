"""Targets that say exactly what a test tells them to, and others that are there in plenty: what the origin talks to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from marc import iso2709
from marc.record import Record
from z3950_bridge.apdu import read, write
from z3950_bridge.apdu_parts import External, NamedRecord
from z3950_bridge.apdu_search import PresentRequest, PresentResponse, SearchRequest, SearchResponse
from z3950_bridge.apdu_session import InitRequest, InitResponse
from z3950_bridge.ber import Framer
from z3950_bridge.peer import Peer, peer
from z3950_bridge.records import MARC21

Script = Callable[[socket.socket, object], bytes | None]
"""The connection and one request → the answer; None hangs up."""


@contextmanager
def foreign(script: Script) -> Iterator[int]:
    """The port of a target that answers by `script`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(line: socket.socket) -> None:
        framer = Framer(1 << 20, "test")
        with line, suppress(OSError):
            while data := line.recv(65536):
                framer.feed(data)
                while (pdu := framer.next()) is not None:
                    said = script(line, read(pdu))
                    if said is None:
                        return
                    line.sendall(said)

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def at(port: int, name: str = "there", **settings: object) -> Peer:
    """The peer at a port of this machine."""
    return peer(name, "z3950", {"host": "127.0.0.1", "port": port, "allow": ["127.0.0.1"], "timeout": 5, **settings})


def accepted(**changes: object) -> bytes:
    return write(
        InitResponse(None, 0b111, 0b11, 1 << 20, 1 << 20, True, implementation_name="there")._replace(**changes)
    )  # type: ignore[arg-type]


def found(hits: int, **changes: object) -> bytes:
    return write(SearchResponse(None, hits, 0, 1, True)._replace(**changes))  # type: ignore[arg-type]


def marc(data: bytes, syntax: str = MARC21) -> NamedRecord:
    return NamedRecord("Default", ("record", External(syntax, None, None, ("octets", data))))


def presented(*records: NamedRecord, **changes: object) -> bytes:
    said = PresentResponse(None, len(records), 0, 0, ("records", records) if records else None)
    return write(said._replace(**changes))  # type: ignore[arg-type]


def shelf(*data: bytes, hits: int = 0) -> Script:
    """An honest target with these ISO 2709 records."""

    def answer(_: socket.socket, request: object) -> bytes | None:
        if isinstance(request, InitRequest):
            return accepted()
        if isinstance(request, SearchRequest):
            return found(hits or len(data))
        if isinstance(request, PresentRequest):
            return presented(*map(marc, data[request.start - 1 : request.start - 1 + request.number]))
        return None

    return answer


def book(number: int, title: str) -> Record:
    return Record(f"00000nam a2200000 a 4500\x1e001x{number}\x1e003THERE\x1e24510\x1fa{title}")


def books(count: int, title: str = "Sách") -> list[bytes]:
    return [iso2709.write(book(number, f"{title} {number}")) for number in range(1, count + 1)]
