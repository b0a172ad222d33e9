"""Which letters a session speaks: the record Character Set and Language Negotiation-3 in Init, and text in the set that
was agreed on (Z39.50-2003, Appendix 17; ASN.1 module NegotiationRecordDefinition-charSetandLanguageNegotiation-3)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from foundation.errors import InputError
from marc import charset as marc8
from z3950_bridge.apdu_parts import EXTERNAL, Choice, External, Info
from z3950_bridge.asn1 import BOOLEAN, CONTENTS, NULL, OID, STRING, choice, decode, explicit, sequence, sequence_of

NEGOTIATION: Final = "1.2.840.10003.15.3"
UTF8, LATIN1, MARC8, UNSAID = "utf-8", "iso-8859-1", "marc-8", ""
"""UNSAID: nothing was agreed. We write UTF-8, and read a term that is no UTF-8 as Latin-1."""

_LEVELS: Final = {"1.0.10646.1.0.8": UTF8}
"""Encoding levels of ISO 10646 that are spoken here."""
_NAMED: Final = "1.2.840.10003.15.1000.81.1"
"""What YAZ wraps the name of a set in that is not ISO 10646."""
_NAMES: Final = {
    "utf-8": UTF8, "utf8": UTF8, "iso-8859-1": LATIN1, "iso8859-1": LATIN1, "latin-1": LATIN1, "latin1": LATIN1,
    "marc-8": MARC8, "marc8": MARC8,
}  # fmt: skip


class _Iso10646(NamedTuple):
    collections: str | None
    level: str


class _Proposal(NamedTuple):
    sets: tuple[Choice, ...] | None = None
    languages: tuple[str, ...] | None = None
    in_records: bool | None = None


class _Response(NamedTuple):
    chosen: Choice | None = None
    language: str | None = None
    in_records: bool | None = None


_ISO10646: Final = sequence(_Iso10646, OID[1], OID[2])[2]
_PRIVATE: Final = choice(oids=sequence_of(OID)[1], external=EXTERNAL[2], agreed=NULL[3])
_SETS: Final = {"iso2022": explicit(1, choice(proposal=CONTENTS[1], response=CONTENTS[2])), "iso10646": _ISO10646}
_RECORD: Final = choice(
    proposal=sequence(
        _Proposal,
        sequence_of(choice(**_SETS, private=explicit(3, _PRIVATE)))[1],
        sequence_of(STRING)[2],
        BOOLEAN[3],
    )[1],
    response=sequence(
        _Response, explicit(1, choice(**_SETS, private=explicit(3, _PRIVATE), none=NULL[4])), STRING[2], BOOLEAN[3]
    )[2],
)


class Agreed(NamedTuple):
    """What came of a negotiation."""

    charset: str
    in_records: bool
    answer: Info
    """For the Init response."""


def negotiate(infos: tuple[Info, ...] | None) -> Agreed | None:
    """The first proposed set that is spoken here, or none of them; None where nothing was proposed.

    Records are sent in the chosen set too where MARC 21 knows it: UTF-8 and MARC-8, but not Latin-1.
    """
    for info in infos or ():
        kind, value = info.information or ("", None)
        if kind != "external" or not value or value.direct_reference != NEGOTIATION or value.encoding is None:
            continue
        try:
            name, proposal = decode(_RECORD, value.encoding[1])
        except InputError:
            continue  # something that is not what it says it is settles nothing
        if name == "proposal":
            return _choose(proposal)
    return None


def _choose(proposal: _Proposal) -> Agreed:
    for one in proposal.sets or ():
        chosen = _known(one)
        if chosen:
            in_records = bool(proposal.in_records) and chosen != LATIN1
            return Agreed(chosen, in_records, _answer(_Response(one, None, in_records)))
    return Agreed(UNSAID, False, _answer(_Response(("none", True), None, False)))


def _known(one: Choice) -> str:
    kind, value = one
    if kind == "iso10646":
        return _LEVELS.get(value.level, "")
    if kind == "private" and value[0] == "external" and value[1].direct_reference == _NAMED:
        return _NAMES.get(_name(value[1]).lower(), "")
    return ""


def _name(external: External) -> str:
    encoding, data = external.encoding or ("", b"")
    if encoding == "single":
        try:
            name: str = decode(STRING, data)
        except InputError:
            return ""
        return name
    return str(data, "latin-1")


def _answer(response: _Response) -> Info:
    record = _RECORD.write(("response", response))
    return Info(None, ("external", External(NEGOTIATION, None, None, ("single", record))))


def proposal(charset: str, in_records: bool) -> Info:
    """What an origin proposes: one set."""
    if charset == UTF8:
        one: Choice = ("iso10646", _Iso10646(None, next(iter(_LEVELS))))
    else:
        one = ("private", ("external", External(_NAMED, None, None, ("octets", charset.encode()))))
    record = _RECORD.write(("proposal", _Proposal((one,), None, in_records)))
    return Info(None, ("external", External(NEGOTIATION, None, None, ("single", record))))


# --- text in the agreed set -----------------------------------------------------------------------------------


def encoded(text: str, charset: str) -> bytes:
    """`text` as the session writes it. What Latin-1 does not have loses its tone first, then its other marks."""
    if charset == MARC8:
        return marc8.encode(text).data
    if charset == LATIN1:
        return "".join(map(_latin, unicodedata.normalize("NFC", text))).encode("latin-1")
    return text.encode("utf-8", "surrogateescape")


def native(text: str, charset: str) -> str:
    """`text` so that a STRING of an APDU comes out in the session's set."""
    return text if charset in (UTF8, UNSAID) else encoded(text, charset).decode("utf-8", "surrogateescape")


def spoken(term: bytes | int, charset: str) -> bytes | int:
    """A term that came in the session's set, in UTF-8. Where nothing was agreed, what is no UTF-8 is Latin-1."""
    if isinstance(term, int) or (term.isascii() and b"\x1b" not in term):
        return term
    if charset == MARC8:
        return marc8.decode(term).text.encode()
    if charset == UNSAID:
        try:
            term.decode()
        except UnicodeDecodeError:
            charset = LATIN1
    return term.decode("latin-1").encode() if charset == LATIN1 else term


@lru_cache(maxsize=4096)
def _latin(letter: str) -> str:
    if letter <= "\xff":
        return letter
    letters = unicodedata.normalize("NFD", letter)
    base = letters[0]
    for mark in letters[1:]:  # ấ: â before a
        whole = unicodedata.normalize("NFC", base + mark)
        if whole <= "\xff":
            return whole
    base = {"đ": "d", "Đ": "D"}.get(base, base)
    return base if base <= "\xff" else "?"
