"""The server asked by itself, over the wire: what a library's software would see of Z39.50 and SRU.

Both are asked for the same words, so that the numbers can be compared. Only our own address is called.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from foundation import xml
from foundation.addresses import networks
from foundation.errors import FormatError, PeerError
from foundation.limits import MIB
from foundation.network import Budget, Client, Line, connect
from marc import iso2709
from z3950_bridge import apdu, target_messages
from z3950_bridge.apdu_search import PresentRequest, PresentResponse, SearchRequest, SearchResponse
from z3950_bridge.apdu_session import Close, InitRequest, InitResponse
from z3950_bridge.ber import Framer
from z3950_bridge.initialisation import PRESENT, SEARCH
from z3950_bridge.records import MARC21
from z3950_bridge.rpn import BIB1, Attribute, Operand, Query
from z3950_bridge.rpn_ber import write_query

_SECONDS: Final = 10
_LINE: Final = Line(
    # What is called is the address that the settings tell this server to listen on, whatever network it is in.
    allowed=networks(("0.0.0.0/0", "::/0")),
    budget=Budget(connect_seconds=3, idle_seconds=_SECONDS, total_seconds=_SECONDS),
)
_MESSAGE: Final = 1 * MIB


class Seen(NamedTuple):
    """What a client sees."""

    hits: int
    title: str
    """245 $a of the first record; empty when there is none."""
    milliseconds: int


def z3950(host: str, port: int, words: str, database: str = "lienthong") -> Seen:
    """Init, a search of all fields for `words`, and a present of the first record as MARC 21.

    Raises PeerError when nobody answers, FormatError for what is no answer, LimitError.
    """
    start = time.perf_counter()
    with closing(connect(host, port, _LINE)) as line:
        line.settimeout(_SECONDS)
        talk = _Talk(line)
        begun = talk.ask(InitRequest(None, 0b111, SEARCH | PRESENT, _MESSAGE, _MESSAGE), InitResponse)
        if not begun.result:
            raise FormatError(target_messages.SELF_TEST_ANSWER, seen="Init")
        asked = ("type_1", write_query(Query(BIB1, Operand((Attribute(1, 1016),), words.encode()))))
        search = SearchRequest(None, 0, 1, 0, True, "default", (database,), None, None, None, asked)
        found = talk.ask(search, SearchResponse)
        if not found.status:
            raise FormatError(target_messages.SELF_TEST_ANSWER, seen=f"Search {found.records}"[:200])
        title = ""
        if found.hits:
            shown = talk.ask(PresentRequest(None, "default", 1, 1, None, None, MARC21), PresentResponse)
            title = _title(shown)
        line.sendall(apdu.write(Close(None, 0)))
    return Seen(found.hits, title, int((time.perf_counter() - start) * 1000))


def sru(address: str, words: str) -> Seen:
    """A searchRetrieve of SRU 1.1 for `words` with the first record as MARCXML. `address`: of the database.

    Raises PeerError, FormatError, LimitError.
    """
    start = time.perf_counter()
    said = {"version": "1.1", "operation": "searchRetrieve", "query": f'cql.anywhere all "{_quoted(words)}"'}
    said |= {"maximumRecords": "1", "recordSchema": "marcxml"}
    with Client(_LINE) as client, client.request(f"{address}?{urlencode(said)}") as answer:
        body, status = answer.body(), answer.status
    if status != 200:
        raise FormatError(target_messages.SELF_TEST_ANSWER, seen=f"HTTP {status}")
    tree = xml.parse(body)
    hits = tree.findtext("{*}numberOfRecords") or ""
    if not hits.isdecimal() or tree.find("{*}diagnostics") is not None:
        raise FormatError(target_messages.SELF_TEST_ANSWER, seen=" ".join(map(str, tree.itertext()))[:200])
    title = tree.find(".//{*}datafield[@tag='245']/{*}subfield[@code='a']")
    shown = "" if title is None else title.text or ""
    return Seen(int(hits), shown.strip(), int((time.perf_counter() - start) * 1000))


class _Talk:
    """Requests and their answers, one after the other."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._framer = Framer(2 * _MESSAGE, "Z3950_MESSAGE_BYTES")

    def ask(self, request: Any, wanted: type) -> Any:
        try:
            self._line.sendall(apdu.write(request))
            while (pdu := self._framer.next()) is None:
                data = self._line.recv(65_536)
                if not data:
                    raise PeerError(target_messages.SELF_TEST_CLOSED)
                self._framer.feed(data)
        except OSError as error:
            raise PeerError(target_messages.SELF_TEST_CLOSED) from error
        answer = apdu.read(pdu)
        if not isinstance(answer, wanted):
            raise FormatError(target_messages.SELF_TEST_ANSWER, seen=type(answer).__name__)
        return answer


def _title(shown: PresentResponse) -> str:
    kind, records = shown.records or ("", ())
    if kind != "records" or not records or records[0].record is None or records[0].record[0] != "record":
        raise FormatError(target_messages.SELF_TEST_ANSWER, seen=f"Present {shown.records}"[:200])
    record, _problems = iso2709.read(records[0].record[1].encoding[1])
    if record is None:
        raise FormatError(target_messages.SELF_TEST_ANSWER, seen="MARC 21")
    return next((field.get("a").rstrip(" /:;=.") for field in record.select("245")), "")


def _quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')
