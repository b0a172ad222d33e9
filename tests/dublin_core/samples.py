"""Records for the tests of this room: written as `24510$aTitle /$cAuthor`, or read from the real ones beside us."""

import gzip
import itertools
import pathlib
import unicodedata

import pymarc
import pytest

from dublin_core.elements import DublinCore
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

SHARED = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
LEADER = "00000nam a2200000 i 4500"
FIXED = "008260101s2019    vm " + "|" * 17 + "vie||"


def record(*fields: str, leader: str = LEADER) -> Record:
    """A record of packed fields with `$` for the delimiter."""
    return Record(FIELD_TERMINATOR.join([leader, *(field.replace("$", SUBFIELD_DELIMITER) for field in fields)]))


def real_records(path: str, count: int) -> list[Record]:
    """The first `count` records of a file of UTF-8 MARC in the shared data; the test is skipped without it."""
    file = SHARED / "data" / "marc" / path
    if not file.exists():
        pytest.skip(f"{path} is not beside the repository")
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        reader = pymarc.MARCReader(stream, to_unicode=True, force_utf8=True)
        return [_packed(found) for found in itertools.islice(filter(None, reader), count)]


def _packed(found: pymarc.Record) -> Record:
    parts = [str(found.leader)]
    for field in found.fields:
        if field.is_control_field():
            parts.append(f"{field.tag}{field.data}")
        elif field.subfields:
            content = "".join(SUBFIELD_DELIMITER + code + value for code, value in field.subfields)
            parts.append(field.tag + "".join(field.indicators) + content)
    return Record(unicodedata.normalize("NFC", FIELD_TERMINATOR.join(parts)))


def as_qualified(dc: DublinCore) -> QualifiedDublinCore:
    """A simple description as a qualified one that says no more."""
    return QualifiedDublinCore(tuple(QualifiedStatement(*statement) for statement in dc.statements))
