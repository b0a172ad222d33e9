"""A list of identifiers of any length, to be compared with another one: memory stays flat, the rest is on disk."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Final, NamedTuple, Self

BUCKETS: Final = 64
"""Two million records a list are then 30,000 in memory at a time."""
HELD: Final = 20_000
"""Entries that are kept in memory before anything is written."""


class Line(NamedTuple):
    """What a list says of one record."""

    datestamp: str
    deleted: bool
    digest: str = ""
    """Of its metadata; empty where that is not known."""


class Ledger:
    """Entries in any order; `buckets` gives them by identifier, a part at a time. Close it to remove its files."""

    def __init__(self) -> None:
        self.count = 0
        self._held: list[list[str]] = [[] for _ in range(BUCKETS)]
        self._files: list[IO[str] | None] = [None] * BUCKETS
        self._waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for file in self._files:
            if file is not None:
                file.close()

    def add(self, identifier: str, line: Line) -> None:
        """Put an entry in. An identifier or datestamp is of one line and holds no tab, as URIs and dates do not."""
        written = f"{identifier}\t{line.datestamp}\t{int(line.deleted)}\t{line.digest}\n"
        self._held[zlib.crc32(identifier.encode()) % BUCKETS].append(written)
        self.count += 1
        self._waiting += 1
        if self._waiting >= HELD:
            self._spill()

    def bucket(self, number: int) -> tuple[dict[str, Line], list[str]]:
        """The entries of one bucket, and the identifiers that came more than once (the last one counts)."""
        found: dict[str, Line] = {}
        repeated: list[str] = []
        for text in self._lines(number):
            identifier, datestamp, deleted, digest = text.rstrip("\n").split("\t")
            if identifier in found:
                repeated.append(identifier)
            found[identifier] = Line(datestamp, deleted == "1", digest)
        return found, repeated

    def latest(self) -> str:
        """The greatest datestamp there is; empty when there is none."""
        numbers = range(BUCKETS)
        return max((text.split("\t", 2)[1] for number in numbers for text in self._lines(number)), default="")

    def _lines(self, number: int) -> Iterator[str]:
        file = self._files[number]
        if file is not None:
            file.seek(0)
            yield from file
            file.seek(0, 2)
        yield from self._held[number]

    def _spill(self) -> None:
        for number, lines in enumerate(self._held):
            if lines:
                file = self._files[number]
                if file is None:
                    file = self._files[number] = tempfile.TemporaryFile(  # noqa: SIM115 - it lives as long as the ledger
                        "w+", encoding="utf-8", newline="\n"
                    )
                file.writelines(lines)
                lines.clear()
        self._waiting = 0


class Difference(NamedTuple):
    """One record on which two ledgers do not agree; None: it is not there."""

    identifier: str
    ours: Line | None
    theirs: Line | None


def compare(ours: Ledger, theirs: Ledger, since: str = "") -> Iterator[Difference]:
    """Where two ledgers differ, in no particular order; a digest or datestamp that one does not know is no difference.

    `since`: only what has a datestamp of at least this.
    """
    for number in range(BUCKETS):
        (left, _), (right, _) = ours.bucket(number), theirs.bucket(number)
        for identifier in left.keys() | right.keys():
            one, other = left.get(identifier), right.get(identifier)
            if since and max(line.datestamp for line in (one, other) if line is not None) < since:
                continue
            if one is None or other is None or _differ(one, other):
                yield Difference(identifier, one, other)


def _differ(one: Line, other: Line) -> bool:
    known = one.digest and other.digest and not one.deleted
    dated = one.datestamp and other.datestamp
    return (
        one.deleted != other.deleted
        or bool(known and one.digest != other.digest)
        or bool(dated and one.datestamp != other.datestamp)
    )
