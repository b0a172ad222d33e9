"""APDUs of the search, retrieval and result-set-delete facilities (Z39.50-2003, 3.2.2 to 3.2.4)."""

from __future__ import annotations

from typing import Final, NamedTuple

from z3950_bridge.apdu_parts import (
    DATABASE,
    ELEMENT_SETS,
    EXTERNAL,
    NAME_PLUS_RECORD,
    OTHER_INFO,
    RECORDS,
    REFERENCE,
    RESULT_SET,
    SPECIFICATION,
    Choice,
    Info,
    NamedRecord,
    Specification,
)
from z3950_bridge.asn1 import (
    BOOLEAN,
    CONTENTS,
    INTEGER,
    OCTETS,
    OID,
    STRING,
    Encoded,
    choice,
    explicit,
    sequence,
    sequence_of,
)


class SearchRequest(NamedTuple):
    reference: bytes | None
    small_set_upper_bound: int
    large_set_lower_bound: int
    medium_set_present_number: int
    replace: bool
    result_set: str
    databases: tuple[str, ...]
    small_elements: Choice | None
    medium_elements: Choice | None
    syntax: str | None
    query: Choice
    """`type_1` and `type_101` are left as contents: `z3950_bridge.rpn_ber` reads them, and a flaw in a query is the
    query's and not the session's."""
    search_info: tuple[Info, ...] | None = None
    other_info: tuple[Info, ...] | None = None


QUERY: Final = choice(
    type_0=CONTENTS[0],
    type_1=CONTENTS[1],
    # Without IMPLICIT, so the tag stands around the OCTET STRING's own.
    type_2=explicit(2, OCTETS),
    type_100=explicit(100, OCTETS),
    type_101=CONTENTS[101],
    type_102=explicit(102, OCTETS),
    type_104=EXTERNAL[104],
)


class SearchResponse(NamedTuple):
    reference: bytes | None
    hits: int
    returned: int
    next_position: int
    status: bool
    result_set_status: int | None = None
    """1 subset, 2 interim, 3 none."""
    present_status: int | None = None
    records: Choice | None = None
    """`records`, `diagnostic` or `diagnostics`."""
    search_info: tuple[Info, ...] | None = None
    other_info: tuple[Info, ...] | None = None


class Range(NamedTuple):
    start: int
    number: int


class DatabaseSpecification(NamedTuple):
    database: str
    specification: Specification


class Composition(NamedTuple):
    """`CompSpec`."""

    alternative_syntax: bool
    generic: Specification | None = None
    specific: tuple[DatabaseSpecification, ...] | None = None
    syntaxes: tuple[str, ...] | None = None


class PresentRequest(NamedTuple):
    reference: bytes | None
    result_set: str
    start: int
    number: int
    additional_ranges: tuple[Range, ...] | None = None
    composition: Choice | None = None
    """`simple` (ElementSetNames) or `complex` (Composition)."""
    syntax: str | None = None
    max_segment_count: int | None = None
    max_record_size: int | None = None
    max_segment_size: int | None = None
    other_info: tuple[Info, ...] | None = None


class PresentResponse(NamedTuple):
    reference: bytes | None
    returned: int
    next_position: int
    status: int
    """0 success, 1–4 partial, 5 failure."""
    records: Choice | None = None
    other_info: tuple[Info, ...] | None = None


class Segment(NamedTuple):
    reference: bytes | None
    returned: int
    records: tuple[NamedRecord | Encoded, ...]
    other_info: tuple[Info, ...] | None = None


class DeleteResultSetRequest(NamedTuple):
    reference: bytes | None
    function: int
    """0 list, 1 all."""
    result_sets: tuple[str, ...] | None = None
    other_info: tuple[Info, ...] | None = None


class DeleteStatus(NamedTuple):
    """Of one result set."""

    result_set: str
    status: int


class DeleteResultSetResponse(NamedTuple):
    reference: bytes | None
    status: int
    list_statuses: tuple[DeleteStatus, ...] | None = None
    not_deleted: int | None = None
    bulk_statuses: tuple[DeleteStatus, ...] | None = None
    message: str | None = None
    other_info: tuple[Info, ...] | None = None


_COMPOSITION = sequence(
    Composition,
    BOOLEAN[1],
    SPECIFICATION[2],
    sequence_of(sequence(DatabaseSpecification, explicit(1, DATABASE), SPECIFICATION[2]))[3],
    sequence_of(OID)[4],
)
_STATUSES = sequence_of(sequence(DeleteStatus, RESULT_SET, INTEGER[33]))
TABLE: Final = {
    22: sequence(
        SearchRequest, REFERENCE, INTEGER[13], INTEGER[14], INTEGER[15], BOOLEAN[16], STRING[17],
        sequence_of(DATABASE)[18], explicit(100, ELEMENT_SETS), explicit(101, ELEMENT_SETS), OID[104],
        explicit(21, QUERY), OTHER_INFO[203], OTHER_INFO,
    ),
    23: sequence(
        SearchResponse, REFERENCE, INTEGER[23], INTEGER[24], INTEGER[25], BOOLEAN[22], INTEGER[26], INTEGER[27],
        RECORDS, OTHER_INFO[203], OTHER_INFO,
    ),
    24: sequence(
        PresentRequest, REFERENCE, RESULT_SET, INTEGER[30], INTEGER[29],
        sequence_of(sequence(Range, INTEGER[1], INTEGER[2]))[212],
        choice(simple=explicit(19, ELEMENT_SETS), complex=_COMPOSITION[209]), OID[104],
        INTEGER[204], INTEGER[206], INTEGER[207], OTHER_INFO,
    ),
    25: sequence(PresentResponse, REFERENCE, INTEGER[24], INTEGER[25], INTEGER[27], RECORDS, OTHER_INFO),
    26: sequence(DeleteResultSetRequest, REFERENCE, INTEGER[32], sequence_of(RESULT_SET), OTHER_INFO),
    27: sequence(
        DeleteResultSetResponse, REFERENCE, INTEGER[0], _STATUSES[1], INTEGER[34], _STATUSES[35],
        STRING[36], OTHER_INFO,
    ),
    45: sequence(Segment, REFERENCE, INTEGER[24], sequence_of(NAME_PLUS_RECORD)[0], OTHER_INFO),
}  # fmt: skip
"""APDUs by their tag."""
