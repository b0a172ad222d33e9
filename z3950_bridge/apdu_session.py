"""APDUs that open, close and govern a session: Init, Close, access and resource control, Extended Services
(Z39.50-2003, 3.2.1, 3.2.5, 3.2.6, 3.2.9 and 3.2.11)."""

from __future__ import annotations

from typing import Final, NamedTuple

from z3950_bridge.apdu_parts import (
    DIAGNOSTIC_RECORD,
    EXTERNAL,
    OTHER_INFO,
    REFERENCE,
    Choice,
    External,
    Info,
)
from z3950_bridge.asn1 import (
    BITS,
    BOOLEAN,
    CONTENTS,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    STRING,
    VISIBLE,
    choice,
    explicit,
    sequence,
    sequence_of,
)


class Password(NamedTuple):
    """`idPass`."""

    group: str | None = None
    user: str | None = None
    password: str | None = None


AUTHENTICATION: Final = choice(
    open=VISIBLE,
    password=sequence(Password, STRING[0], STRING[1], STRING[2]),
    anonymous=NULL,
    other=EXTERNAL,
)


class InitRequest(NamedTuple):
    reference: bytes | None
    version: int
    options: int
    preferred_message_size: int
    exceptional_record_size: int
    authentication: Choice | None = None
    implementation_id: str | None = None
    implementation_name: str | None = None
    implementation_version: str | None = None
    user_information: External | None = None
    other_info: tuple[Info, ...] | None = None


class InitResponse(NamedTuple):
    reference: bytes | None
    version: int
    options: int
    preferred_message_size: int
    exceptional_record_size: int
    result: bool
    implementation_id: str | None = None
    implementation_name: str | None = None
    implementation_version: str | None = None
    user_information: External | None = None
    other_info: tuple[Info, ...] | None = None


class Close(NamedTuple):
    reference: bytes | None
    reason: int
    diagnostic_information: str | None = None
    report_format: str | None = None
    report: External | None = None
    other_info: tuple[Info, ...] | None = None


class AccessControlRequest(NamedTuple):
    reference: bytes | None
    challenge: Choice
    other_info: tuple[Info, ...] | None = None


class AccessControlResponse(NamedTuple):
    reference: bytes | None
    answer: Choice | None = None
    diagnostic: Choice | None = None
    other_info: tuple[Info, ...] | None = None


class ResourceControlRequest(NamedTuple):
    reference: bytes | None
    suspended: bool | None
    report: External | None
    partial_results: int | None
    response_required: bool
    triggered: bool | None = None
    other_info: tuple[Info, ...] | None = None


class ResourceControlResponse(NamedTuple):
    reference: bytes | None
    go_on: bool
    result_set_wanted: bool | None = None
    other_info: tuple[Info, ...] | None = None


class TriggerResourceControlRequest(NamedTuple):
    reference: bytes | None
    action: int
    report_format: str | None = None
    result_set_wanted: bool | None = None
    other_info: tuple[Info, ...] | None = None


class ResourceReportRequest(NamedTuple):
    reference: bytes | None
    operation: bytes | None = None
    report_format: str | None = None
    other_info: tuple[Info, ...] | None = None


class ResourceReportResponse(NamedTuple):
    reference: bytes | None
    status: int
    report: External | None = None
    other_info: tuple[Info, ...] | None = None


class ExtendedServicesRequest(NamedTuple):
    reference: bytes | None
    function: int
    package_type: str
    package_name: str | None = None
    user: str | None = None
    retention_time: bytes | None = None
    permissions: bytes | None = None
    description: str | None = None
    parameters: External | None = None
    wait_action: int | None = None
    elements: str | None = None
    other_info: tuple[Info, ...] | None = None


class ExtendedServicesResponse(NamedTuple):
    reference: bytes | None
    status: int
    """1 done, 2 accepted, 3 failure."""
    diagnostics: tuple[Choice, ...] | None = None
    package: External | None = None
    other_info: tuple[Info, ...] | None = None


_IMPLEMENTATION = (STRING[110], STRING[111], STRING[112])
_SIZES = (INTEGER[5], INTEGER[6])
TABLE: Final = {
    20: sequence(
        InitRequest, REFERENCE, BITS[3], BITS[4], *_SIZES, explicit(7, AUTHENTICATION), *_IMPLEMENTATION,
        explicit(11, EXTERNAL), OTHER_INFO,
    ),
    21: sequence(
        InitResponse, REFERENCE, BITS[3], BITS[4], *_SIZES, BOOLEAN[12], *_IMPLEMENTATION, explicit(11, EXTERNAL),
        OTHER_INFO,
    ),
    28: sequence(
        AccessControlRequest, REFERENCE, choice(simple=OCTETS[37], external=explicit(0, EXTERNAL)), OTHER_INFO
    ),
    29: sequence(
        AccessControlResponse, REFERENCE, choice(simple=OCTETS[38], external=explicit(0, EXTERNAL)),
        explicit(223, DIAGNOSTIC_RECORD), OTHER_INFO,
    ),
    30: sequence(
        ResourceControlRequest, REFERENCE, BOOLEAN[39], explicit(40, EXTERNAL), INTEGER[41], BOOLEAN[42], BOOLEAN[43],
        OTHER_INFO,
    ),
    31: sequence(ResourceControlResponse, REFERENCE, BOOLEAN[44], BOOLEAN[45], OTHER_INFO),
    32: sequence(TriggerResourceControlRequest, REFERENCE, INTEGER[46], OID[47], BOOLEAN[48], OTHER_INFO),
    33: sequence(ResourceReportRequest, REFERENCE, OCTETS[210], OID[49], OTHER_INFO),
    34: sequence(ResourceReportResponse, REFERENCE, INTEGER[50], explicit(51, EXTERNAL), OTHER_INFO),
    46: sequence(
        ExtendedServicesRequest, REFERENCE, INTEGER[3], OID[4], STRING[5], STRING[6], CONTENTS[7], CONTENTS[8],
        STRING[9], EXTERNAL[10], INTEGER[11], STRING[103], OTHER_INFO,
    ),
    47: sequence(
        ExtendedServicesResponse, REFERENCE, INTEGER[3], sequence_of(DIAGNOSTIC_RECORD)[4], EXTERNAL[5], OTHER_INFO
    ),
    48: sequence(Close, REFERENCE, INTEGER[211], STRING[3], OID[4], explicit(5, EXTERNAL), OTHER_INFO),
}  # fmt: skip
"""APDUs by their tag."""
