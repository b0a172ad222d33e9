"""`marc.decoding`: a chosen encoding reads the demonstration province back, whatever it was written in."""

import io
import re
from functools import cache
from itertools import islice

import pytest

from fixtures import province_files
from foundation.errors import InputError
from marc import charset, iso2709, mrk
from marc.record import SUBFIELD_DELIMITER, Record
from tests.marc.samples import iso
from vietnamese import encodings

SINGLE = ("tcvn3", "vni", "viscii", "vps", "cp1258")


@cache
def province(count: int = 60) -> tuple[Record, ...]:
    """Records of every library of the province, as its files have them."""
    found: list[Record] = []
    for _, path in province_files():
        with path.open("rb") as stream:
            found += [reading.record for reading in islice(mrk.readings(stream), count) if reading.record]
    return tuple(found)


def value(text: str, encoding: str) -> bytes:
    """One value in an encoding; what the encoding cannot say (an em dash, Hán) is left out."""
    if encoding == "marc-8":
        return charset.encode(text).data
    if encoding.startswith("utf-8-") and encoding != "utf-8-twice":
        return encodings.read_as_cp1252(value(text, encoding.removeprefix("utf-8-"))).encode()
    try:
        return encodings.encode(text, encoding)
    except InputError:
        return b"".join(value(letter, encoding) for letter in text) if len(text) > 1 else b""


def written(record: Record, encoding: str, label: bytes = b" ") -> bytes:
    """ISO 2709 with lengths that are right, in an encoding and with any leader/09."""
    fields = []
    for part in record.parts():
        head, *pieces = part[3:].split(SUBFIELD_DELIMITER)
        content = value(head, encoding) + b"".join(
            b"\x1f" + piece[0].encode() + value(piece[1:], encoding) for piece in pieces
        )
        fields.append((part[:3], content))
    leader = record.leader.encode()
    return iso(*fields, leader=leader[5:9] + label + b"22", tail=leader[17:20] + b"4500")


def sayable(record: Record, encoding: str) -> Record:
    """The record with what the encoding can say; TCVN3 has no capitals with tones, so there all is small."""
    pieces = [
        piece if piece.isascii() else encodings.decode(value(piece, encoding), encoding)
        for piece in re.split("([\x1e\x1f])", record.text)
    ]
    text = "".join(pieces)
    return Record(text.lower() if encoding == "tcvn3" else text)


def lowered(record: Record | None, encoding: str) -> Record | None:
    return Record(record.text.lower()) if record is not None and encoding == "tcvn3" else record


@pytest.mark.parametrize("label", [b" ", b"a"])
@pytest.mark.parametrize("encoding", SINGLE)
def test_a_chosen_encoding_reads_the_province_back(encoding: str, label: bytes) -> None:
    data = b"".join(written(record, encoding, label) for record in province(20))
    found = [reading.record for reading in iso2709.readings(io.BytesIO(data), encoding=encoding)]
    assert [lowered(record, encoding) for record in found] == [sayable(record, encoding) for record in province(20)]
