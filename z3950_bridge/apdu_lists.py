"""APDUs of the browse and sort facilities (Z39.50-2003, 3.2.7 and 3.2.8)."""

from __future__ import annotations

from typing import Final, NamedTuple

from z3950_bridge.apdu_parts import (
    DATABASE,
    DIAGNOSTIC_RECORD,
    OTHER_INFO,
    REFERENCE,
    SPECIFICATION,
    Choice,
    Info,
)
from z3950_bridge.asn1 import CONTENTS, INTEGER, NULL, OCTETS, OID, STRING, choice, explicit, sequence, sequence_of
from z3950_bridge.rpn_ber import ATTRIBUTES, ATTRIBUTES_PLUS_TERM, TERM, Attribute, AttributesPlusTerm


class ScanRequest(NamedTuple):
    reference: bytes | None
    databases: tuple[str, ...]
    attribute_set: str | None
    term: AttributesPlusTerm
    step_size: int | None
    number: int
    position: int | None = None
    other_info: tuple[Info, ...] | None = None


class TermInfo(NamedTuple):
    term: Choice
    display: str | None = None
    attributes: tuple[Attribute, ...] | None = None
    alternatives: tuple[AttributesPlusTerm, ...] | None = None
    occurrences: int | None = None
    by_attributes: bytes | None = None
    other_info: tuple[Info, ...] | None = None


class ListEntries(NamedTuple):
    entries: tuple[Choice, ...] | None = None
    """`term` (TermInfo) or `diagnostic`."""
    diagnostics: tuple[Choice, ...] | None = None


class ScanResponse(NamedTuple):
    reference: bytes | None
    step_size: int | None
    status: int
    """0 success, 1–5 partial, 6 failure."""
    returned: int
    position: int | None = None
    entries: ListEntries | None = None
    attribute_set: str | None = None
    other_info: tuple[Info, ...] | None = None


class SortAttributes(NamedTuple):
    attribute_set: str
    attributes: tuple[Attribute, ...]


class DatabaseSort(NamedTuple):
    database: str
    key: Choice


class SortKeySpecification(NamedTuple):
    element: Choice
    """`generic` (a key: `field`, `specification` or `attributes`) or `specific` (a tuple of DatabaseSort)."""
    relation: int
    """0 ascending, 1 descending, 3 and 4 by frequency."""
    case: int
    """0 sensitive, 1 insensitive."""
    missing: Choice | None = None
    """`abort`, `null` or `data`."""


class SortRequest(NamedTuple):
    reference: bytes | None
    inputs: tuple[str, ...]
    output: str
    keys: tuple[SortKeySpecification, ...]
    other_info: tuple[Info, ...] | None = None


class SortResponse(NamedTuple):
    reference: bytes | None
    status: int
    """0 success, 1 partial, 2 failure."""
    result_set_status: int | None = None
    """1 empty, 2 interim, 3 unchanged, 4 none."""
    diagnostics: tuple[Choice, ...] | None = None
    hits: int | None = None
    other_info: tuple[Info, ...] | None = None


_ENTRY = choice(
    term=sequence(
        TermInfo, TERM, STRING[0], ATTRIBUTES, sequence_of(ATTRIBUTES_PLUS_TERM)[4], INTEGER[2], CONTENTS[3], OTHER_INFO
    )[1],
    diagnostic=explicit(2, DIAGNOSTIC_RECORD),
)
_ENTRIES = sequence(ListEntries, sequence_of(_ENTRY)[1], sequence_of(DIAGNOSTIC_RECORD)[2])
_KEY = choice(field=STRING[0], specification=SPECIFICATION[1], attributes=sequence(SortAttributes, OID, ATTRIBUTES)[2])
_SORT_KEY = sequence(
    SortKeySpecification,
    choice(generic=explicit(1, _KEY), specific=sequence_of(sequence(DatabaseSort, DATABASE, _KEY))[2]),
    INTEGER[1],
    INTEGER[2],
    explicit(3, choice(abort=NULL[1], null=NULL[2], data=OCTETS[3])),
)
TABLE: Final = {
    35: sequence(
        ScanRequest, REFERENCE, sequence_of(DATABASE)[3], OID, ATTRIBUTES_PLUS_TERM, INTEGER[5], INTEGER[6],
        INTEGER[7], OTHER_INFO,
    ),
    36: sequence(
        ScanResponse, REFERENCE, INTEGER[3], INTEGER[4], INTEGER[5], INTEGER[6], _ENTRIES[7], OID[8], OTHER_INFO
    ),
    43: sequence(SortRequest, REFERENCE, sequence_of(STRING)[3], STRING[4], sequence_of(_SORT_KEY)[5], OTHER_INFO),
    44: sequence(
        SortResponse, REFERENCE, INTEGER[3], INTEGER[4], sequence_of(DIAGNOSTIC_RECORD)[5], INTEGER[6], OTHER_INFO
    ),
}  # fmt: skip
"""APDUs by their tag."""
