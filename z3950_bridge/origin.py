"""The origin: one Z39.50 session from the client's side, as a pure machine (Z39.50-2003, 3.2.1 to 3.2.3 and 3.2.11).

Requests are made as bytes and answers read from bytes; sockets and clocks are `z3950_bridge.origin_line`'s. What a
target says, its diagnostics included, is a value. What is no answer to what was asked is FormatError.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from foundation.errors import FormatError, InputError
from foundation.limits import MIB, PEER_PDU_BYTES
from z3950_bridge import charsets, initialisation, origin_messages, rpn, rpn_ber
from z3950_bridge.apdu import read, write
from z3950_bridge.apdu_parts import Choice, External, NamedRecord
from z3950_bridge.apdu_search import PresentRequest, PresentResponse, SearchRequest, SearchResponse
from z3950_bridge.apdu_session import Close, InitRequest, InitResponse, Password
from z3950_bridge.asn1 import OCTETS, STRING, decode
from z3950_bridge.initialisation import RELEASE
from z3950_bridge.opac import OPAC_RECORD
from z3950_bridge.records import GRS1, MARC21, OPAC, SUTRS, UNIMARC, XML

RESULT_SET: Final = "1"
SYNTAXES: Final = {
    "usmarc": MARC21,
    "marc21": MARC21,
    "unimarc": UNIMARC,
    "xml": XML,
    "opac": OPAC,
    "sutrs": SUTRS,
    "grs1": GRS1,
}
"""Record syntaxes by the names that a target's settings use."""
_MARC: Final = frozenset(f"1.2.840.10003.5.{number}" for number in range(1, 32))
"""National forms of MARC, all of them ISO 2709 (Z39.50-2003, Appendix 5 REC)."""
_MESSAGE: Final = 1 * MIB
_OPTIONS: Final = initialisation.SEARCH | initialisation.PRESENT
_VERSIONS: Final = 0b111


class Account(NamedTuple):
    """Who asks."""

    user: str = ""
    password: str = ""
    group: str = ""
    open: bool = False
    """Send `user/password` as one string, for targets that know no other form."""

    def authentication(self) -> Choice | None:
        if not self.user:
            return None
        if self.open:
            return "open", f"{self.user}/{self.password}"
        return "password", Password(self.group or None, self.user, self.password or None)


class Accepted(NamedTuple):
    """The target has opened the session."""

    version: int
    options: int
    charset: str
    """Agreed on, else empty."""
    name: str
    """What the target calls itself."""


class Rejected(NamedTuple):
    """The target will have no session: a wrong password, as a rule."""

    reason: str


class Said(NamedTuple):
    """One diagnostic of the target."""

    condition: int
    """Of `diagnostic_set`; 0 where the target gave a form of diagnostic that is not known here."""
    addinfo: str
    diagnostic_set: str


class Given(NamedTuple):
    """One record as the target gave it."""

    kind: str
    """`marc` (ISO 2709 of any country), `xml`, `sutrs`, `grs1` or the OID of its syntax."""
    data: bytes
    database: str = ""


class Found(NamedTuple):
    """What a search found."""

    hits: int
    records: tuple[Given | Said, ...]
    """Records that came with it."""
    diagnostics: tuple[Said, ...]
    """Why it failed, or what is wrong with what came."""


class Presented(NamedTuple):
    """Records, each of which may be a diagnostic in its place; or the diagnostics of a Present that failed."""

    records: tuple[Given | Said, ...]
    diagnostics: tuple[Said, ...]


class Closed(NamedTuple):
    """The target has ended the session."""

    reason: int
    words: str


Answer = Accepted | Rejected | Found | Presented | Closed


class Origin:
    """The state of one session: one request at a time, each answered before the next."""

    def __init__(self, account: Account, charset: str = "", *, negotiate: bool = False) -> None:
        """`charset`: the letters of queries. UTF-8 terms are told over for `iso-8859-1` and `marc-8`; of any other
        charset they come as they shall be sent. With `negotiate` it is proposed to the target, which may agree to it
        or not."""
        self._account = account
        self._charset = charset
        self._negotiate = negotiate
        self.accepted: Accepted | None = None

    def init(self) -> bytes:
        """The Init that opens the session."""
        options, infos = _OPTIONS, None
        if self._negotiate:
            options |= initialisation.NEGOTIATION
            infos = (charsets.proposal(self._charset or charsets.UTF8, True),)
        return write(
            InitRequest(
                None,
                _VERSIONS,
                options,
                _MESSAGE,
                PEER_PDU_BYTES,
                self._account.authentication(),
                None,
                initialisation.NAME,
                RELEASE,
                None,
                infos,
            )
        )

    def search(self, query: rpn.Query, databases: Sequence[str]) -> bytes:
        """A search that makes the one result set of the session. No records are asked for with it: targets differ in
        what syntax and elements they would send, and all know Present."""
        asked = ("type_1", rpn_ber.write_query(rpn.Query(query.attribute_set, self._recoded(query.structure))))
        names = tuple(databases) or ("Default",)
        return write(SearchRequest(None, 0, 1, 0, True, RESULT_SET, names, None, None, None, asked))

    def present(self, start: int, number: int, syntax: str, elements: str) -> bytes:
        """Records from `start` (1 is the first) on; `syntax`: a name of SYNTAXES or an OID; `elements` may be empty."""
        composition: Choice | None = ("simple", ("generic", elements)) if elements else None
        return write(
            PresentRequest(None, RESULT_SET, start, number, None, composition, SYNTAXES.get(syntax.lower(), syntax))
        )

    def close(self) -> bytes:
        """A polite end; nothing where version 2 was agreed on, which has no Close (3.2.11.1)."""
        return write(Close(None, 0)) if self.accepted is not None and self.accepted.version >= 3 else b""

    def answer(self, pdu: bytes) -> Answer:
        """What a PDU of the target says. Raises FormatError or LimitError, and nothing else."""
        value: Any = read(pdu)
        if isinstance(value, InitResponse):
            return self._opened(value)
        if isinstance(value, SearchResponse):
            records, said = self._records(value.records)
            return Found(max(0, value.hits), records, said if said or value.status else (Said(0, "", ""),))
        if isinstance(value, PresentResponse):
            return Presented(*self._records(value.records))
        if isinstance(value, Close):
            return Closed(value.reason, self._text(value.diagnostic_information or ""))
        raise FormatError(origin_messages.NOT_ASKED, seen=type(value).__name__)

    # --- what an answer says

    def _opened(self, value: InitResponse) -> Accepted | Rejected:
        name = self._text(f"{value.implementation_name or ''} {value.implementation_version or ''}".strip())
        if not value.result:
            return Rejected(self._reason(value) or name)
        agreed = self._charset if self._negotiate and value.options & initialisation.NEGOTIATION else ""
        self.accepted = Accepted(3 if value.version & initialisation.VERSION_3 else 2, value.options, agreed, name)
        return self.accepted

    def _reason(self, value: InitResponse) -> str:
        """Words of a rejection (`userInformationField`, Appendix 8 USR): the printable strings in it."""
        if value.user_information is None or value.user_information.encoding is None:
            return ""
        data = value.user_information.encoding[1]
        words = bytes(data).decode("utf-8", "replace") if isinstance(data, bytes) else ""
        runs = "".join(letter if letter.isprintable() and letter != "\ufffd" else "\n" for letter in words).split("\n")
        return " ".join(run for run in runs if len(run) > 3)[:300]

    def _records(self, found: Choice | None) -> tuple[tuple[Given | Said, ...], tuple[Said, ...]]:
        if found is None:
            return (), ()
        kind, value = found
        if kind == "records":
            return tuple(self._record(one) for one in value), ()
        if kind == "diagnostic":
            return (), (self._said(("default", value)),)
        return (), tuple(map(self._said, value))

    def _record(self, one: NamedRecord) -> Given | Said:
        nothing: Choice = ("", None)
        kind, value = one.record or nothing
        if kind == "record":
            return given(value, one.database or "")
        if kind == "diagnostic":
            return self._said(value)
        raise FormatError(origin_messages.NOT_ASKED, seen=kind or "NamePlusRecord")

    def _said(self, one: Choice) -> Said:
        kind, value = one
        if kind != "default":
            return Said(0, value.direct_reference or "", "")
        return Said(value.condition, self._text(value.addinfo[1])[:300], value.diagnostic_set)

    def _text(self, text: str) -> str:
        told = charsets.spoken(text.encode("utf-8", "surrogateescape"), self._charset)
        shown = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        return "".join(letter if letter.isprintable() else " " for letter in shown).strip()

    def _recoded(self, structure: rpn.Structure) -> rpn.Structure:
        """The same with its terms in the letters of the target."""
        if isinstance(structure, rpn.Operation):
            left, right = self._recoded(structure.left), self._recoded(structure.right)
            return rpn.Operation(structure.operator, left, right, structure.proximity)
        recodes = self._charset in (charsets.LATIN1, charsets.MARC8)
        if recodes and isinstance(structure, rpn.Operand) and isinstance(structure.term, bytes):
            text = structure.term.decode("utf-8", "replace")
            return rpn.Operand(structure.attributes, charsets.encoded(text, self._charset))
        return structure


def given(external: External, database: str) -> Given:
    """The record inside an EXTERNAL. Of an OPAC record, what it describes: the holdings are the other library's own.

    Raises FormatError where there is none.
    """
    syntax = external.direct_reference or ""
    form, data = external.encoding or ("", b"")
    if syntax == OPAC and form == "single":
        inner = decode(OPAC_RECORD, data).bibliographic
        if inner is None or inner.direct_reference == OPAC:
            raise FormatError(origin_messages.NOT_ASKED, seen="OPAC")
        return given(inner, database)
    if form == "single" and syntax != GRS1:
        data = _unwrapped(data, syntax)
    if syntax in _MARC:
        return Given("marc", data, database)
    return Given({XML: "xml", SUTRS: "sutrs", GRS1: "grs1"}.get(syntax, syntax), data, database)


def _unwrapped(data: bytes, syntax: str) -> bytes:
    """The octets of a record that was sent as a whole BER string, as SUTRS is and some targets send MARC."""
    try:
        if syntax == SUTRS:
            text: str = decode(STRING, data)
            return text.encode("utf-8", "surrogateescape")
        octets: bytes = decode(OCTETS, data)
        return octets
    except InputError:
        return data
