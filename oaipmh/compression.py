"""Response compression (section 3.1.3): parts that were compressed before, joined to one gzip member."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from isal import isal_zlib

from catalogue.feed import Segment

Piece = bytes | Segment
"""A part of an answer; a segment is compressed already."""

_LEVEL = 1  # 20 times the speed of zlib's level 6 for four fifths of its effect
# RFC 1952, 2.3: a gzip member by deflate, no name, no time, from an unknown file system.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# RFC 1951, 3.2.3 and 3.2.6: a final block of fixed codes that holds nothing but its end.
_FINAL = b"\x03\x00"


class Block(NamedTuple):
    """Compressed bytes that may stand behind others in one member."""

    crc32: int
    """Of what was compressed."""
    size: int
    """Bytes of what was compressed."""
    data: bytes
    """Blocks of RFC 1951, none of them final, that end on a byte and refer to nothing before them."""


def deflate(body: bytes, level: int = _LEVEL) -> Block:
    """`body` compressed by itself; isal's levels go from 0 to 3."""
    compressor = isal_zlib.compressobj(level, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    data = compressor.compress(body) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
    return Block(isal_zlib.crc32(body), len(body), data)


def length(pieces: Iterable[Piece]) -> int:
    """Bytes of the pieces before compression."""
    return sum(piece.size if isinstance(piece, Segment) else len(piece) for piece in pieces)


def plain(pieces: Iterable[Piece]) -> bytes:
    """The pieces together without compression."""
    raw = -isal_zlib.MAX_WBITS
    return b"".join(
        isal_zlib.decompressobj(raw).decompress(piece.data) if isinstance(piece, Segment) else piece for piece in pieces
    )


def gzip(pieces: Iterable[Piece]) -> bytes:
    """The pieces together as one gzip member (RFC 1952, 2.3)."""
    parts = [_HEADER]
    crc = size = 0
    for block in _blocks(pieces):
        crc = isal_zlib.crc32_combine(crc, block.crc32, block.size)
        size += block.size
        parts.append(block.data)
    return b"".join((*parts, _FINAL, struct.pack("<II", crc, size & 0xFFFF_FFFF)))


def _blocks(pieces: Iterable[Piece]) -> Iterable[Block | Segment]:
    """Segments as they are; what stands between two of them, compressed at once."""
    for _, group in groupby(pieces, lambda piece: isinstance(piece, Segment)):
        plain: list[bytes] = []
        for piece in group:
            if isinstance(piece, Segment):
                yield piece
            else:
                plain.append(piece)
        if plain:
            yield deflate(b"".join(plain))
