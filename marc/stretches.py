"""Cut a stream of ISO 2709 where what is known of its encoding changes, so that each stretch can be read by itself.

A file is judged where that is first needed, from the records behind (`marc.judgement`). Whoever reads it in several
processes must come to the same verdicts as who reads it from its beginning; so they are reached here, once, in order,
and travel with the records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from foundation.limits import MARC_LOOK_AHEAD_BYTES, MARC_LOOK_AHEAD_RECORDS
from marc import decoding
from marc.framing import Frame, Kind, Run, is_filler
from marc.framing import runs as framed
from marc.judgement import ESC, UNJUDGED, Sample, Verdict, judge


class Stretch(NamedTuple):
    """Records one behind the other of which the same is known, or something else that is in the stream."""

    piece: Run | Frame
    number: int
    """Of its first reading in the stream, from 1."""
    verdict: Verdict
    """What the file was judged to be; it suffices for all records here."""
    skipped: int
    """Bytes of line ends and the like before it."""

    @property
    def behind(self) -> tuple[int, int]:
        """The number of its last reading, and where in the stream it ends."""
        return self.number + _count(self.piece) - 1, self.piece.offset + len(self.piece.data)


def stretches(stream: BinaryIO, *, judged: bool = True) -> Iterator[Stretch]:
    """All of a stream but fillers between its records, in order, with flat memory.

    Without `judged` the encoding is known otherwise, and no record is looked into.
    """
    pieces = _Pieces(framed(stream))
    number, skipped = 1, 0
    for piece, verdict in pieces.judged() if judged else ((piece, UNJUDGED) for piece in pieces):
        if isinstance(piece, Frame) and piece.kind is Kind.JUNK and is_filler(piece.data):
            skipped += len(piece.data)
            continue
        yield Stretch(piece, number, verdict, skipped)
        number += _count(piece)
        skipped = 0


class _Pieces:
    """The pieces of a stream, some of them looked at before their turn."""

    def __init__(self, source: Iterator[Run | Frame]) -> None:
        self._source = source
        self._held: deque[Run | Frame] = deque()

    def __iter__(self) -> Iterator[Run | Frame]:
        while True:
            if self._held:
                yield self._held.popleft()
            elif (piece := next(self._source, None)) is not None:
                yield piece
            else:
                return

    def judged(self) -> Iterator[tuple[Run | Frame, Verdict]]:
        """The pieces, cut where the verdict on the file changes, each with what is known where it begins."""
        verdict = UNJUDGED
        known = 0  # records behind the next piece's first that were looked at before
        for piece in self:
            while (place := _asking(piece, verdict)) is not None:
                before, piece = parted(piece, place)  # noqa: PLW2901
                if before is not None:
                    yield before, verdict
                known = max(0, known - place)
                samples = self._ahead(piece, known)
                known = len(samples) - 1
                found = judge(samples)
                verdict = Verdict(verdict.foreign or found.foreign, verdict.garbled or found.garbled)
            yield piece, verdict
            known = max(0, known - _count(piece))

    def _ahead(self, piece: Run | Frame, known: int) -> list[Sample]:
        """What the first record of a piece shows, and those behind it: `known` of them, and as many as limits allow."""
        coming = self._samples(piece)
        samples = list(islice(coming, 1 + known))
        room = MARC_LOOK_AHEAD_BYTES - sum(sample.size for sample in samples)
        for sample in islice(coming, max(0, MARC_LOOK_AHEAD_RECORDS - len(samples))):
            samples.append(sample)
            room -= sample.size
            if room <= 0:
                break
        return samples

    def _samples(self, piece: Run | Frame) -> Iterator[Sample]:
        yield from map(shown, _frames(piece))
        for held in list(self._held):
            yield from map(shown, _frames(held))
        for further in self._source:
            self._held.append(further)
            yield from map(shown, _frames(further))


def _asking(piece: Run | Frame, verdict: Verdict) -> int | None:
    """The first record of a piece that cannot be read without a look at more of its file."""
    data = piece.data
    if (verdict.foreign and verdict.garbled) or (ESC not in data and (data.isascii() or _only_unicode(data, verdict))):
        return None
    for place, frame in enumerate(_frames(piece)):
        if not verdict.suffices(shown(frame)):
            return place
    return None


def _only_unicode(data: bytes, verdict: Verdict) -> bool:
    """Whether all is UTF-8, which is judged already."""
    if verdict.garbled is None:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def shown(frame: Frame) -> Sample:
    """What a frame shows of its encoding; nothing where it is no record."""
    if frame.kind is Kind.JUNK:
        return Sample("", b"", len(frame.data), decoding.SUBFIELD)
    return decoding.sample(frame.data)


def _frames(piece: Run | Frame) -> Iterator[Frame]:
    if isinstance(piece, Frame):
        yield piece
        return
    for begin, end in zip(piece.bounds[:-1], piece.bounds[1:], strict=True):
        yield Frame(piece.data[begin:end], piece.offset + begin, Kind.RECORD)


def _count(piece: Run | Frame) -> int:
    return 1 if isinstance(piece, Frame) else len(piece.bounds) - 1


def parted(piece: Run | Frame, place: int) -> tuple[Run | None, Run | Frame]:
    """A piece before and from one of its records on."""
    if not place or isinstance(piece, Frame):
        return None, piece
    middle = piece.bounds[place]
    before = Run(piece.data[:middle], piece.offset, piece.bounds[: place + 1])
    behind = Run(piece.data[middle:], piece.offset + middle, [bound - middle for bound in piece.bounds[place:]])
    return before, behind
