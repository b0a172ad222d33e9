"""The Init service (Z39.50-2003, 3.2.1): what is granted, who it is, how large messages may be, which letters."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final, NamedTuple

from foundation.limits import Z3950_MESSAGE_BYTES, Z3950_MESSAGE_FLOOR
from z3950_bridge import charsets
from z3950_bridge.apdu_parts import DIAGNOSTIC, OTHER_INFO, Choice, Diagnostic, External, Info
from z3950_bridge.apdu_session import InitRequest, InitResponse, Password
from z3950_bridge.asn1 import explicit, sequence, sequence_of
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS, Bib1

SEARCH, PRESENT, DELETE = 1 << 0, 1 << 1, 1 << 2
SCAN, SORT = 1 << 7, 1 << 8
SEGMENTS_1, SEGMENTS_2 = 1 << 11, 1 << 12
NAMED_SETS, RESULT_COUNT, NEGOTIATION, CQL_QUERY = 1 << 14, 1 << 16, 1 << 17, 1 << 19
"""Bits of `Options`."""
_OLD: Final = SEARCH | PRESENT | DELETE | SCAN | SORT | NAMED_SETS | NEGOTIATION
"""What a session of version 2 may have."""
_NEW: Final = SEGMENTS_1 | SEGMENTS_2 | RESULT_COUNT | CQL_QUERY
_GRANTED: Final = (_OLD | _NEW) & ~NEGOTIATION
_VERSIONS: Final = 0b111
VERSION_3: Final = 0b100

NAME: Final = "Lien Thong"


def _release() -> str:
    try:
        return version("lienthong")
    except PackageNotFoundError:
        return "0"


RELEASE: Final = _release()

_USER_INFORMATION: Final = "1.2.840.10003.10.3"
_DIAGNOSTIC_FORMAT: Final = "1.2.840.10003.4.2"


class _Explained(NamedTuple):
    """One diagnostic of the format diag-1."""

    diagnostic: Diagnostic


_DIAG1: Final = sequence_of(sequence(_Explained, explicit(1, DIAGNOSTIC[1])))


class Terms(NamedTuple):
    """What a session was agreed to be."""

    version: int
    """2 or 3."""
    options: int
    message_size: int
    record_size: int
    charset: str
    in_records: bool
    """Whether MARC records go out in `charset` too."""
    scope: str
    """Whom the catalogue took the client for."""


class Identity(NamedTuple):
    """Who the client says it is; empty where it says nothing."""

    user: str = ""
    group: str = ""
    password: str = ""


def identity(authentication: Choice | None) -> Identity | None:
    """What an Init says of who asks. `open` is taken as user/password, as YAZ clients write it.

    None for an authentication of a kind that is not known here.
    """
    if authentication is None or authentication[0] == "anonymous":
        return Identity()
    kind, value = authentication
    if kind == "open":
        user, _, password = str(value).partition("/")
        return Identity(user, "", password)
    if isinstance(value, Password):
        return Identity(value.user or "", value.group or "", value.password or "")
    return None


def agree(request: InitRequest, scope: str) -> tuple[Terms, InitResponse]:
    """The terms of a session for somebody who may have one, and the answer that says them.

    The answer is a rejection when there is no version in common.
    """
    agreed = charsets.negotiate(request.other_info)
    options = request.options & _GRANTED
    if options & SEGMENTS_2:
        options |= request.options & SEGMENTS_1
    if agreed is not None:
        options |= request.options & NEGOTIATION
    versions = request.version & _VERSIONS
    if not versions & VERSION_3:
        options &= _OLD
    message = _size(request.preferred_message_size)
    terms = Terms(
        version=3 if versions & VERSION_3 else 2,
        options=options,
        message_size=message,
        record_size=max(message, _size(request.exceptional_record_size)),
        charset=agreed.charset if agreed is not None else charsets.UNSAID,
        in_records=agreed is not None and agreed.in_records,
        scope=scope,
    )
    answer = InitResponse(
        request.reference,
        versions,
        options,
        terms.message_size,
        terms.record_size,
        bool(versions),
        implementation_name=NAME,
        implementation_version=RELEASE,
        other_info=None if agreed is None else (agreed.answer,),
    )
    return terms, answer


def _size(asked: int) -> int:
    """A proposed size within our bounds; zero or less is no proposal (Implementor Agreement 2)."""
    return Z3950_MESSAGE_BYTES if asked <= 0 else min(max(asked, Z3950_MESSAGE_FLOOR), Z3950_MESSAGE_BYTES)


def rejection(request: InitRequest, condition: Bib1, words: str) -> InitResponse:
    """The answer to somebody who may have no session, and why (Z39.50-2003, Appendix 8 USR, UserInfoFormat 1)."""
    diagnostic = _DIAG1.write((_Explained(Diagnostic(BIB1_DIAGNOSTICS, condition, ("v3", words))),))
    unit = Info(None, ("external", External(_DIAGNOSTIC_FORMAT, None, None, ("single", diagnostic))))
    return InitResponse(
        request.reference,
        request.version & _VERSIONS,
        0,
        _size(request.preferred_message_size),
        _size(request.exceptional_record_size),
        False,
        implementation_name=NAME,
        implementation_version=RELEASE,
        user_information=External(_USER_INFORMATION, None, None, ("single", OTHER_INFO.write((unit,)))),
    )
