"""Bodies that come in compressed (RFC 9110, 8.4.1; RFC 8878), unpacked piece by piece within bounds.

What comes out of one step is bounded, whatever went in, so a bomb is met after ARCHIVE_RATIO times its own size.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

import zstandard
from isal import isal_zlib

from foundation import limits, messages
from foundation.errors import FormatError, LimitError

CODINGS: Final = ("identity", "gzip", "zstd")
_STEP: Final = 1 * limits.MIB
_DAMAGE: Final = (cast(type[Exception], isal_zlib.error), zlib.error, zstandard.ZstdError, MemoryError)


def decoded(stream: BinaryIO, coding: str, name: str, allowed: int) -> Iterator[bytes]:
    """The body in `stream` without its `coding`, one of CODINGS, in pieces; `allowed`: bytes that may come out.

    Raises FormatError for damage and LimitError for too much, both with `name` for whom they tell. A body that ends
    too early may pass as a shorter one: whoever has its hash compares.
    """
    counted = _Counted(stream)
    pieces = {"identity": _plain, "gzip": _gzip, "zstd": _zstd}[coding](counted)
    given = 0
    try:
        for piece in pieces:
            given += len(piece)
            if given > allowed:
                raise _limit(name, "PUSH_PLAIN_BYTES", given, allowed)
            if coding != "identity" and given > max(limits.ARCHIVE_RATIO_FLOOR, limits.ARCHIVE_RATIO * counted.taken):
                raise _limit(name, "ARCHIVE_RATIO", given // max(1, counted.taken), limits.ARCHIVE_RATIO)
            yield piece
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise FormatError(messages.CODING_WRONG, name=name, coding=coding, reason=reason) from error


class _Counted:
    """A stream, and how much of it was taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(min(size, 64 * limits.KIB) if size >= 0 else 64 * limits.KIB)
        self.taken += len(piece)
        return piece


def _plain(stream: _Counted) -> Iterator[bytes]:
    while piece := stream.read():
        yield piece


def _zstd(stream: _Counted) -> Iterator[bytes]:
    engine = zstandard.ZstdDecompressor(max_window_size=limits.CODING_WINDOW)
    with engine.stream_reader(cast(BinaryIO, stream), read_across_frames=True, closefd=False) as reader:
        while piece := reader.read(_STEP):
            yield piece


def _gzip(stream: _Counted) -> Iterator[bytes]:
    """Members one behind the other (RFC 1952, 2.2)."""
    engine: Any = None
    while data := stream.read():
        while data:
            if engine is None or engine.eof:
                engine = isal_zlib.decompressobj(wbits=31)
            piece = engine.decompress(data, _STEP)
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
            if piece:
                yield piece
    if engine is not None and not engine.eof:
        raise zlib.error("unexpected end")


def _limit(name: str, limit: str, seen: int, allowed: int) -> LimitError:
    return LimitError(messages.CODING_LIMIT, name=name, limit=limit, seen=seen, allowed=allowed)
