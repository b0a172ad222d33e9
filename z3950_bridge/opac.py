"""The OPAC record syntax: a bibliographic record and where its copies stand (Z39.50-2003, Appendix 5 REC,
RecordSyntax-opac)."""

from __future__ import annotations

from typing import Final, NamedTuple

from dublin_core.punctuation import collapse
from marc.record import Field, Record
from z3950_bridge.apdu_parts import EXTERNAL, Choice, External
from z3950_bridge.asn1 import BOOLEAN, STRING, Encoded, choice, sequence, sequence_of
from z3950_bridge.charsets import native


class Volume(NamedTuple):
    enumeration: str | None = None
    chronology: str | None = None
    enum_and_chron: str | None = None


class Circulation(NamedTuple):
    """`CircRecord`."""

    available_now: bool
    available_from: str | None = None
    available_until: str | None = None
    restrictions: str | None = None
    item: str | None = None
    renewable: bool = False
    on_hold: bool = False
    enum_and_chron: str | None = None
    midspine: str | None = None
    temporary_location: str | None = None


class Holding(NamedTuple):
    """`HoldingsAndCircData`."""

    type_of_record: str | None = None
    encoding_level: str | None = None
    format: str | None = None
    receipt_status: str | None = None
    retention: str | None = None
    completeness: str | None = None
    date_of_report: str | None = None
    nuc_code: str | None = None
    local_location: str | None = None
    shelving_location: str | None = None
    call_number: str | None = None
    shelving_data: str | None = None
    copy_number: str | None = None
    public_note: str | None = None
    reproduction_note: str | None = None
    terms_of_use: str | None = None
    enum_and_chron: str | None = None
    volumes: tuple[Volume, ...] | None = None
    circulation: tuple[Circulation, ...] | None = None


class OpacRecord(NamedTuple):
    bibliographic: External | None = None
    holdings: tuple[Choice | Encoded, ...] | None = None
    """`marc` (External) or `data` (Holding)."""


_CIRCULATION: Final = sequence(
    Circulation, BOOLEAN[1], STRING[2], STRING[3], STRING[4], STRING[5], BOOLEAN[6], BOOLEAN[7], STRING[8], STRING[9],
    STRING[10],
)  # fmt: skip
_HOLDING: Final = sequence(
    Holding,
    *(STRING[number] for number in range(1, 18)),
    sequence_of(sequence(Volume, STRING[1], STRING[2], STRING[3]))[18],
    sequence_of(_CIRCULATION)[19],
)
OPAC_RECORD: Final = sequence(OpacRecord, EXTERNAL[1], sequence_of(choice(marc=EXTERNAL[1], data=_HOLDING[2]))[2])


def opac_record(record: Record, bibliographic: External, charset: str) -> bytes:
    """The record as OPAC: `bibliographic` (which is sent as it is) and its holdings, text in `charset`."""
    found = tuple(("data", _native(one, charset)) for one in holdings(record))
    return OPAC_RECORD.write(OpacRecord(bibliographic, found or None))


def holdings(record: Record) -> list[Holding]:
    """The copies of MARC 21 holdings embedded in the record (852, 866–868, 876–878) and of Koha (952).

    Whether a copy can be had is said only where the record says it; that is true of the day it was last sent to us.
    """
    summary = _summary(record)
    items = [_item(field) for field in record.select("876", "877", "878")]
    found: list[Holding] = []
    for field in record.select("852", "952"):
        one = _located(field, record.leader) if field.tag == "852" else _koha(field, record.leader)
        found.append(one._replace(enum_and_chron=one.enum_and_chron or summary))
    if items and found:
        found[0] = found[0]._replace(circulation=tuple(items))
    elif summary and not found:
        found.append(Holding(type_of_record=record.leader[6], enum_and_chron=summary))
    return found


def _summary(record: Record) -> str | None:
    """What is held of a serial or a set: textual holdings (866–868)."""
    return "; ".join(filter(None, (collapse(field.get("a")) for field in record.select("866", "867", "868")))) or None


def _joined(field: Field, codes: str) -> str | None:
    return collapse(" ".join(field.all(codes))) or None


def _located(field: Field, leader: str) -> Holding:
    """Field 852, subfield by subfield as the comments of the ASN.1 say."""
    return Holding(
        type_of_record=leader[6],
        nuc_code=_joined(field, "a"),
        local_location=_joined(field, "b"),
        shelving_location=_joined(field, "c"),
        call_number=_joined(field, "khi"),
        shelving_data=_joined(field, "jlm"),
        copy_number=_joined(field, "pt"),
        public_note=_joined(field, "z"),
    )


def _item(field: Field) -> Circulation:
    """Item information (876–878): $p piece, $j status, $h use restrictions, $l temporary location."""
    status = collapse(field.get("j"))
    return Circulation(
        available_now=status.casefold() in ("", "available", "sẵn sàng", "có sẵn"),
        restrictions=_joined(field, "h") or (status or None),
        item=_joined(field, "p") or _joined(field, "a"),
        temporary_location=_joined(field, "l"),
    )


_KOHA_BLOCKED: Final = "0147"
"""Withdrawn, lost, damaged, not for loan: `0` or nothing where the copy is not."""


def _koha(field: Field, leader: str) -> Holding:
    """Koha's items: $a home, $b holding branch, $c location, $o call number, $p barcode, $q due, $h serial number."""
    blocked = any(field.get(code) not in ("", "0") for code in _KOHA_BLOCKED)
    due = collapse(field.get("q"))
    return Holding(
        type_of_record=leader[6],
        nuc_code=_joined(field, "a"),
        local_location=_joined(field, "b"),
        shelving_location=_joined(field, "c"),
        call_number=_joined(field, "o"),
        copy_number=_joined(field, "t"),
        public_note=_joined(field, "z"),
        enum_and_chron=_joined(field, "h"),
        circulation=(Circulation(not blocked and not due, due or None, item=_joined(field, "p")),),
    )


def _native(one: Holding, charset: str) -> Holding:
    def spoken(value: object) -> object:
        if isinstance(value, str):
            return native(value, charset)
        if isinstance(value, Circulation):
            return Circulation._make(map(spoken, value))
        return tuple(map(spoken, value)) if isinstance(value, tuple) else value

    return Holding._make(map(spoken, one))
