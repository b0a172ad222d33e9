"""Looking at how a stream begins without losing what was looked at."""

from __future__ import annotations

from io import BufferedReader, RawIOBase
from typing import BinaryIO, cast


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, fewer only where the stream ends: a pipe gives what it has, in pieces."""
    pieces, missing = [], size
    while missing > 0 and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def rejoined(head: bytes, rest: BinaryIO) -> BinaryIO:
    """`head`, which was read of a stream to recognise it, and then the rest of the stream."""
    return cast(BinaryIO, BufferedReader(_Rejoined(head, rest)))


class _Rejoined(RawIOBase):
    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)
