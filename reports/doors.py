"""What the doors say of themselves, as uses.

People are told from robots at the web pages alone: who comes over SRU, Z39.50 and OAI-PMH is a program in any case, and
what it was asked for by a reader of another catalogue is a use (COUNTER: Searches_Federated).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from wsgiref.types import WSGIEnvironment

from catalogue.parts import LIBRARY, Parts
from catalogue.uses import RECORDS, SEARCH, SRU, WEB, Z3950, Use
from oaipmh.flow import Clients
from reports.tally import Tally
from z3950_bridge.sru import Answer

_GATEWAY: Final = "gateway"
"""Detail of what was passed on to other catalogues."""


class Doors:
    """Counts what is done at the doors of one process. `clients` finds readers behind proxies of ours; None: there are
    none, and parsing addresses would cost more than all the rest."""

    def __init__(self, tally: Tally, parts: Parts, clients: Clients | None = None) -> None:
        self._tally, self._parts, self._clients = tally, parts, clients

    def sru(self, environ: WSGIEnvironment, code: str, answer: Answer) -> None:
        """One answer over SRU from the database `code`."""
        self._counted(SRU, code, answer.searched, answer.records)

    def z3950(self, databases: Sequence[str], searched: bool, records: int) -> None:
        """One answer over Z39.50 from the databases with these codes."""
        self._counted(Z3950, databases[0] if len(databases) == 1 else "", searched, records)

    def web(self, kind: str, library: str, detail: str, item: str, environ: WSGIEnvironment) -> None:
        """A page or file that somebody was given. `item`: what tells it from others of its kind."""
        address = environ.get("REMOTE_ADDR", "")
        if self._clients is not None:
            address = self._clients.of(address, environ.get("HTTP_X_FORWARDED_FOR", "")).name
        self._tally.visit(Use(WEB, kind, library, detail), item, address, environ.get("HTTP_USER_AGENT", ""))

    def _counted(self, door: str, code: str, searched: bool, records: int) -> None:
        if not (searched or records):
            return
        part = self._parts.find(code) if code else None
        library = part.code if part is not None and part.kind == LIBRARY else ""
        detail = _GATEWAY if part is None and code.startswith(_GATEWAY) else ""
        if searched:
            self._tally.count(Use(door, SEARCH, library, detail))
        self._tally.count(Use(door, RECORDS, library, detail), records)
