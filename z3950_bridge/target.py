"""One Z39.50 session as a pure machine: a PDU in, PDUs out (Z39.50-2003, 3.2 and 4).

Nothing here reads a socket or a clock. `Session.answer` never raises: what a client gets wrong is answered with the
diagnostic of the standard or a Close, and a failure of our own with diagnostic 2.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

import structlog

from foundation.errors import InputError, Message
from foundation.limits import Z3950_RANGES, Z3950_SCAN_TERMS
from z3950_bridge import ber, initialisation, presenting, searching
from z3950_bridge import target_messages as messages
from z3950_bridge.apdu import read, write
from z3950_bridge.apdu_lists import ListEntries, ScanRequest, ScanResponse, SortRequest, SortResponse, TermInfo
from z3950_bridge.apdu_parts import Choice
from z3950_bridge.apdu_search import (
    Composition,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    DeleteStatus,
    PresentRequest,
    PresentResponse,
    Range,
    SearchRequest,
    SearchResponse,
    Segment,
)
from z3950_bridge.apdu_session import (
    Close,
    ExtendedServicesRequest,
    ExtendedServicesResponse,
    InitRequest,
    ResourceReportRequest,
    ResourceReportResponse,
    TriggerResourceControlRequest,
)
from z3950_bridge.charsets import encoded, native
from z3950_bridge.diagnostics import Bib1, Refusal, Refused
from z3950_bridge.initialisation import SEGMENTS_1, SEGMENTS_2, Terms
from z3950_bridge.port import Browsed, Catalogue, Entry, Languages, Waits
from z3950_bridge.presenting import Shown
from z3950_bridge.records import Form, Kept, form
from z3950_bridge.result_sets import Budget, ResultSet, ResultSets
from z3950_bridge.wording import diagnostic, diagnostic_record

log = structlog.get_logger()


class Reason(IntEnum):
    """`CloseReason`."""

    FINISHED = 0
    SHUTDOWN = 1
    SYSTEM_PROBLEM = 2
    RESOURCES = 4
    PROTOCOL_ERROR = 6
    LACK_OF_ACTIVITY = 7


class Answer(NamedTuple):
    """What goes back."""

    data: bytes = b""
    """Whole PDUs."""
    close: bool = False
    """Whether the connection is closed behind them."""
    refused: bool = False
    """Whether somebody with a wrong password was turned away."""


Observe = Callable[[Sequence[str], bool, int], object]
"""Hears of every search that was answered (True) and of the records that were given, and from which databases."""


class Target(NamedTuple):
    """What all sessions of a process share."""

    catalogue: Catalogue
    languages: Languages
    kept: Kept
    budget: Budget
    explain: str = ""
    """Where the databases are described: the address of the SRU explain record."""
    observe: Observe = lambda databases, searched, records: None


_HEAVY: Final = frozenset((20, 35, 43))
"""Init (a password is checked), Scan, Sort: what asks the catalogue, and has no answer that was given before."""
_SMALL_PDU: Final = 4096
_SHORT_PDU: Final = 512
_REPEATED: Final = (b"\xb6", b"\xb8")
"""Search and Present: the same words and the same first ten records are asked for again and again."""
_read_lately: Final = lru_cache(maxsize=4096)(read)
_PAGE: Final = 50
"""Records of a response that is kept whole."""


@lru_cache(maxsize=4096)
def _told_lately(response: SearchResponse) -> bytes:
    """A response that says no more than a number."""
    return write(response)


class Session:
    """The state of one session. One PDU at a time."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._sets = ResultSets(target.budget)
        self._terms: Terms | None = None
        self._at_once = False

    @property
    def terms(self) -> Terms | None:
        """What was agreed on; None before Init."""
        return self._terms

    def end(self) -> None:
        """Gives back what the session held; it is not used afterwards."""
        for name in self._sets.names():
            self._sets.delete(name)

    def answer_at_once(self, pdu: bytes) -> Answer | None:
        """The answer if it takes no time, as most do when many copy the same books; None: `answer`, in a thread."""
        if len(pdu) > _SMALL_PDU or ber.pdu_tag(pdu) in _HEAVY:
            return None
        self._at_once = True
        try:
            return self.answer(pdu)
        except Waits:
            return None
        finally:
            self._at_once = False

    def close(self, reason: Reason, message: Message, /, **values: object) -> Answer:
        """Our own end of the session. Version 2 has no Close (3.2.11.1), nor has a session that did not begin."""
        if self._terms is None or self._terms.version < 3:
            return Answer(close=True)
        return self._closed(None, reason, message, **values)

    def _closed(self, reference: bytes | None, reason: Reason, message: Message, /, **values: object) -> Answer:
        charset = self._terms.charset if self._terms else ""
        words = f"{message.text('vi', **values)} / {message.text('en', **values)}"
        return Answer(write(Close(reference, int(reason), native(words, charset))), close=True)

    def answer(self, pdu: bytes) -> Answer:
        """The answer to one whole PDU. Raises nothing, but Waits in `answer_at_once`."""
        try:
            request = _read_lately(pdu) if len(pdu) <= _SHORT_PDU and pdu.startswith(_REPEATED) else read(pdu)
        except InputError as error:
            log.info("z3950.malformed", reason=error.problem.code, **_plain(error.problem.values))
            return self.close(Reason.PROTOCOL_ERROR, error.problem.message, **error.problem.values)
        try:
            return self._answer(request, ber.pdu_tag(pdu))
        except Waits:
            raise
        except Exception:
            log.exception("z3950.failed", request=type(request).__name__)
            return self._failed(request)

    def _answer(self, request: Any, tag: int) -> Answer:
        if isinstance(request, InitRequest):
            return self._init(request)
        if isinstance(request, Close):
            return Answer(write(Close(request.reference, Reason.FINISHED)), close=True)
        if self._terms is None:
            return self._closed(getattr(request, "reference", None), Reason.PROTOCOL_ERROR, messages.NOT_INITIALISED)
        service = _SERVICES.get(type(request))
        if service is None:
            return self.close(Reason.PROTOCOL_ERROR, messages.NOT_EXPECTED, tag=tag)
        return Answer(service(self, request, self._terms))

    def _failed(self, request: Any) -> Answer:
        refusal = Refusal(Bib1.TEMPORARY_ERROR, messages.FAILED.en)
        refuse = _REFUSALS.get(type(request))
        if refuse is None or self._terms is None:
            return self.close(Reason.SYSTEM_PROBLEM, messages.FAILED)
        return Answer(write(refuse(request, refusal, self._terms)))

    # --- Init

    def _init(self, request: InitRequest) -> Answer:
        if self._terms is not None:
            return self.close(Reason.PROTOCOL_ERROR, messages.INITIALISED_TWICE)
        who = initialisation.identity(request.authentication)
        scope = self._target.catalogue.authenticate(*who) if who is not None else None
        if scope is None:
            words = f"{messages.WRONG_PASSWORD.vi} / {messages.WRONG_PASSWORD.en}"
            rejection = initialisation.rejection(request, Bib1.BAD_PASSWORD, words)
            return Answer(write(rejection), close=True, refused=True)
        terms, answer = initialisation.agree(request, scope)
        if not answer.result:
            return Answer(write(answer), close=True)
        self._terms = terms
        return Answer(write(answer))

    # --- Search

    def _search(self, request: SearchRequest, terms: Terms) -> bytes:
        name = request.result_set
        try:
            self._sets.check(name)
            if name in self._sets and not request.replace:
                raise Refused(Bib1.SET_EXISTS, name)
            found = searching.search(
                request,
                self._sets,
                self._target.catalogue,
                self._target.languages,
                terms,
                self._target.explain,
                self._at_once,
            )
            response = self._found(request, found, terms)
            self._sets.put(name, found)  # after the last that may raise Waits
            self._target.observe(found.databases, True, response.returned)
        except Refused as refused:
            if refused.refusal.condition != Bib1.SET_EXISTS:
                self._sets.delete(name)  # 3.2.2.1.4: what a search replaces is gone, also when the search fails
            return write(_search_refused(request, refused.refusal, terms))
        return write(response) if response.records or response.reference else _told_lately(response)

    def _found(self, request: SearchRequest, found: ResultSet, terms: Terms) -> SearchResponse:
        """The response, with records in it where the bounds of small and medium sets ask for them (3.2.2.1.6)."""
        count = found.hits.count
        wanted, elements = 0, request.medium_elements
        if count <= request.small_set_upper_bound:
            wanted, elements = count, request.small_elements
        elif count < request.large_set_lower_bound:
            wanted = max(0, min(count, request.medium_set_present_number))
        if not wanted:
            return SearchResponse(request.reference, count, 0, 1 if count else 0, True)
        try:
            asked = form(request.syntax, _element_set(elements, found.shown), None, terms.charset, terms.in_records)
        except Refused as refused:
            failed = ("diagnostic", diagnostic(refused.refusal, terms))
            return SearchResponse(request.reference, count, 0, 1, True, None, presenting.FAILURE, failed)
        try:
            shown = self._show(found, [range(min(wanted, found.hits.reach))], asked, terms)
        except Refused as refused:  # what is behind a gateway may fail
            failed = ("diagnostic", diagnostic(refused.refusal, terms))
            return SearchResponse(request.reference, count, 0, 1, True, None, presenting.FAILURE, failed)
        returned = len(shown.records)
        following = returned + 1 if returned < count else 0
        return SearchResponse(
            request.reference, count, returned, following, True, None, shown.status, ("records", shown.records)
        )

    def _show(self, found: ResultSet, places: list[range], asked: Form, terms: Terms, **how: bool) -> Shown:
        return presenting.show(
            self._target.catalogue, self._target.kept, terms, found, places, asked, at_once=self._at_once, **how
        )

    # --- Present

    def _present(self, request: PresentRequest, terms: Terms) -> bytes:
        try:
            found = self._sets.get(request.result_set)
            places = _places(request, found.hits.count, found.hits.reach, terms)
            position, key = self._target.catalogue.position(), _page(request, found, places, terms)
            page = self._target.kept.page(key, position) if key is not None else None
            if page is not None:
                self._target.observe(found.databases, False, len(places[0]))
                return page
            asked = _composed(request, found.shown, terms)
            data, known = self._presented(request, found, places, asked, terms)
            if known and key is not None:
                self._target.kept.put_page(key, position, data)
            return data
        except Refused as refused:
            return write(_present_refused(request, refused.refusal, terms))

    def _presented(
        self, request: PresentRequest, found: ResultSet, places: list[range], asked: Form, terms: Terms
    ) -> tuple[bytes, bool]:
        """The response, and whether it holds all that was asked for as it was rendered before."""
        level_2 = bool(terms.options & SEGMENTS_2) and request.max_segment_count != 1
        segmented = level_2 or (bool(terms.options & SEGMENTS_1) and request.max_segment_count != 1)
        shown = self._show(found, places, asked, terms, bounded=not segmented, divisible=level_2)
        returned = len(shown.records)
        last = places[-1].stop
        complete = returned == sum(map(len, places))
        following = _following(places, returned) if not complete else last + 1 if last < found.hits.count else 0
        parts = [shown.records]
        if segmented:
            size = terms.message_size
            if level_2:
                asked_size = request.max_segment_size
                size = min(asked_size, size) if asked_size else size
                shown = presenting.fragments(shown, size, request.max_record_size, terms)
            parts = list(presenting.segments(shown, size, request.max_segment_count))
        sent = [write(Segment(request.reference, len(part), part)) for part in parts[:-1]]
        self._target.observe(found.databases, False, returned)
        records: Choice = ("records", parts[-1])
        response = PresentResponse(request.reference, returned, following, shown.status, records if returned else None)
        return b"".join([*sent, write(response)]), shown.known

    # --- Delete, Sort, Scan and what is refused

    def _delete(self, request: DeleteResultSetRequest, terms: Terms) -> bytes:
        """3.2.4: 0 deleted, 1 did not exist, 9 not all of a list."""
        if request.function == 1:
            for name in self._sets.names():
                self._sets.delete(name)
            return write(DeleteResultSetResponse(request.reference, 0))
        names = request.result_sets or ()
        statuses = tuple(DeleteStatus(name, 0 if self._sets.delete(name) else 1) for name in names)
        failed = sum(one.status != 0 for one in statuses)
        status = 0 if not failed else 9 if failed < len(statuses) or len(statuses) > 1 else 1
        return write(DeleteResultSetResponse(request.reference, status, statuses or None))

    def _sort(self, request: SortRequest, terms: Terms) -> bytes:
        try:
            self._sets.check(request.output)
            found = searching.sort(request, self._sets, self._target.catalogue, self._target.languages)
            self._sets.put(request.output, found)
        except Refused as refused:
            return write(_sort_refused(request, refused.refusal, terms))
        counted = found.hits.count if terms.options & initialisation.RESULT_COUNT else None
        return write(SortResponse(request.reference, 0, hits=counted))

    def _scan(self, request: ScanRequest, terms: Terms) -> bytes:
        try:
            found = searching.scan(request, self._target.catalogue, self._target.languages, terms, self._target.explain)
        except Refused as refused:
            return write(_scan_refused(request, refused.refusal, terms))
        return write(_listed(request, found, terms))

    def _extend(self, request: ExtendedServicesRequest, terms: Terms) -> bytes:
        return write(_es_refused(request, Refusal(Bib1.ES_TYPE, request.package_type), terms))

    def _trigger(self, request: TriggerResourceControlRequest, terms: Terms) -> bytes:
        """3.2.6.2: the target may ignore it, and there is no answer to it."""
        return b""

    def _report(self, request: ResourceReportRequest, terms: Terms) -> bytes:
        """3.2.6.3: failure-1, no report can be supplied."""
        return write(ResourceReportResponse(request.reference, 2))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "reason"}


# --- what a request says --------------------------------------------------------------------------------------


def _element_set(names: Choice | None, database: str) -> str | None:
    """The element set name for a database."""
    if names is None:
        return None
    kind, value = names
    if kind == "generic":
        return str(value)
    return next((one.name for one in value if one.database.lower() == database.lower()), None)


def _places(request: PresentRequest, count: int, reach: int, terms: Terms) -> list[range]:
    """The places of the records that a Present asks for. Raises Refused: 13 out of range, 243 too many ranges."""
    ranges = [Range(request.start, request.number), *(request.additional_ranges or ())]
    if len(ranges) > 1 and (terms.version < 3 or len(ranges) > Z3950_RANGES):
        raise Refused(Bib1.TOO_MANY_RANGES, str(Z3950_RANGES))
    places = []
    for start, number in ranges:
        if start < 1 or number < 0 or start - 1 + number > min(count, reach):
            raise Refused(Bib1.PRESENT_OUT_OF_RANGE, f"{start}+{number} / {min(count, reach)}")
        places.append(range(start - 1, start - 1 + number))
    return places


def _page(request: PresentRequest, found: ResultSet, places: list[range], terms: Terms) -> Hashable:
    """All that a response depends on besides the records; None where it is not worth being kept, or where the numbers
    of its records are not here."""
    wanted = places[0]
    if request.reference or len(places) > 1 or len(wanted) > _PAGE or wanted.stop > found.hits.at_hand:
        return None
    return request, terms, found.shown, found.hits.count, tuple(found.hits.page(wanted.start, wanted.stop))


def _following(places: list[range], returned: int) -> int:
    """The position (1 is the first) of the record behind the last that was returned."""
    for stretch in places:
        if returned < len(stretch):
            return stretch.start + returned + 1
        returned -= len(stretch)
    return 0


def _composed(request: PresentRequest, database: str, terms: Terms) -> Form:
    """The form that a Present asks for."""
    simple: Choice = ("simple", None)
    kind, value = request.composition or simple
    if kind == "simple":
        return form(request.syntax, _element_set(value, database), None, terms.charset, terms.in_records)
    return _complex(value, request.syntax, database, terms)


def _complex(asked: Composition, syntax: str | None, database: str, terms: Terms) -> Form:
    """3.6: a specification for this database or for all, and the first syntax of the list that there is."""
    wanted = asked.generic
    for one in asked.specific or ():
        if one.database.lower() == database.lower():
            wanted = one.specification
    elements = schema = None
    if wanted is not None:
        if wanted.elements is not None and wanted.elements[0] != "name":
            raise Refused(Bib1.COMPOSITION, "externalEspec")
        elements = wanted.elements[1] if wanted.elements is not None else None
        schema = wanted.schema[1] if wanted.schema is not None else None
    choices: list[str | None] = [*(asked.syntaxes or ())] or [syntax]
    for place, one_syntax in enumerate(choices):
        try:
            return form(one_syntax, elements, schema, terms.charset, terms.in_records)
        except Refused as refused:
            unavailable = refused.refusal.condition in (Bib1.SYNTAX_UNSUPPORTED, Bib1.SYNTAX_NOT_AVAILABLE)
            if not unavailable or (place == len(choices) - 1 and not asked.alternative_syntax):
                raise
    return form(None, None, None, terms.charset, terms.in_records)


def _listed(request: ScanRequest, found: Browsed, terms: Terms) -> ScanResponse:
    """3.2.8.1.6: partial-5 where the list ended, partial-4 where we did not want to send more."""
    entries = tuple(("term", _term(entry, terms)) for entry in found.entries)
    status = 0
    if len(entries) < request.number:
        status = 5 if len(entries) < Z3950_SCAN_TERMS else 4
    return ScanResponse(
        request.reference, 0, status, len(entries), found.position, ListEntries(entries) if entries else None
    )


def _term(entry: Entry, terms: Terms) -> TermInfo:
    display = native(entry.display, terms.charset) if entry.display and entry.display != entry.term else None
    return TermInfo(("general", encoded(entry.term, terms.charset)), display, occurrences=entry.records)


# --- how each service says no ---------------------------------------------------------------------------------


def _search_refused(request: SearchRequest, refusal: Refusal, terms: Terms) -> SearchResponse:
    return SearchResponse(request.reference, 0, 0, 0, False, 3, None, ("diagnostic", diagnostic(refusal, terms)))


def _present_refused(request: PresentRequest, refusal: Refusal, terms: Terms) -> PresentResponse:
    failed = ("diagnostic", diagnostic(refusal, terms))
    return PresentResponse(request.reference, 0, 0, presenting.FAILURE, failed)


def _sort_refused(request: SortRequest, refusal: Refusal, terms: Terms) -> SortResponse:
    return SortResponse(request.reference, 2, 3, (diagnostic_record(refusal, terms),))


def _scan_refused(request: ScanRequest, refusal: Refusal, terms: Terms) -> ScanResponse:
    entries = ListEntries(None, (diagnostic_record(refusal, terms),))
    return ScanResponse(request.reference, None, 6, 0, None, entries)


def _es_refused(request: ExtendedServicesRequest, refusal: Refusal, terms: Terms) -> ExtendedServicesResponse:
    return ExtendedServicesResponse(request.reference, 3, (diagnostic_record(refusal, terms),))


_REFUSALS: Final[dict[type, Callable[[Any, Refusal, Terms], Any]]] = {
    SearchRequest: _search_refused,
    PresentRequest: _present_refused,
    SortRequest: _sort_refused,
    ScanRequest: _scan_refused,
    ExtendedServicesRequest: _es_refused,
}
_SERVICES: Final[dict[type, Callable[[Session, Any, Terms], bytes]]] = {
    SearchRequest: Session._search,
    PresentRequest: Session._present,
    DeleteResultSetRequest: Session._delete,
    SortRequest: Session._sort,
    ScanRequest: Session._scan,
    ExtendedServicesRequest: Session._extend,
    TriggerResourceControlRequest: Session._trigger,
    ResourceReportRequest: Session._report,
}
