"""The lines of a stream with their places, for the text forms of MARC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from foundation.limits import MARC_RECORD_BYTES, READ_CHUNK

BLANK = b"\r\n\t \x1a\xef\xbb\xbf"
"""What a line may hold and still be empty: line ends, blanks, ^Z, a byte order mark."""
BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    data: bytes
    """With its end."""
    offset: int
    """Of the first byte, in the stream, from 0."""
    number: int
    """From 1."""


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Every line of a stream, with flat memory; one of `MARC_RECORD_BYTES` or more is cut there."""
    rest, offset, number = b"", 0, 1
    while chunk := stream.read(READ_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield Line(line + b"\n", offset, number)
            offset += len(line) + 1
            number += 1
        if len(rest) >= MARC_RECORD_BYTES:
            yield Line(rest, offset, number)
            offset += len(rest)
            rest = b""
    if rest:
        yield Line(rest, offset, number)
