"""Stored bytes are small records that resemble one another, which is what a trained dictionary is for.

One record of MARCXML shrinks to a third by itself and to about a tenth with a dictionary (docs/performance.md). A
dictionary never changes once it has a number; blobs keep the number beside them and are never rewritten. Number 0 is
"no dictionary".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import zstandard
from sqlalchemy import Connection, insert, select

from catalogue.tables import dictionary

LEVEL = 3
DICTIONARY_BYTES = 32 * 1024
SAMPLES = 100
"""Fewer samples than this make a dictionary that fits nothing but themselves."""
ENOUGH = 1000
"""A dictionary trained on at least this many samples is kept; one trained on fewer is replaced at the next chance."""


class Compression:
    """Compressors and decompressors of one store. The zstd objects are not for sharing, so each thread has its own."""

    def __init__(self) -> None:
        self._threads = threading.local()
        self._dictionaries: dict[int, bytes] = {}

    def compress(self, connection: Connection, kind: str, data: bytes) -> tuple[int, bytes]:
        """(dictionary number, blob) of `data` with the newest dictionary of `kind`."""
        number, compress = self.compressor(connection, kind)
        return number, compress(data)

    def decompress(self, connection: Connection, number: int, blob: bytes) -> bytes:
        """What `compress` was given."""
        return self.decompressor(connection, number)(blob)

    def decompressor(self, connection: Connection, number: int) -> Callable[[bytes], bytes]:
        """What decompresses many blobs with the dictionary `number`, for the thread that asks."""
        decompressors: dict[int, zstandard.ZstdDecompressor] = self._here("decompressors")
        found = decompressors.get(number)
        if found is None:
            found = decompressors[number] = zstandard.ZstdDecompressor(dict_data=self._dictionary(connection, number))
        return found.decompress

    def train(self, connection: Connection, kind: str, samples: Sequence[bytes]) -> None:
        """Make a dictionary of `kind` from `samples` when there is none yet, or a much better one can be had."""
        newest = self._newest(connection, kind)
        if not _better(newest, len(samples)):
            return
        size = min(DICTIONARY_BYTES, sum(map(len, samples)) // 8)
        try:
            trained = zstandard.train_dictionary(size, list(samples)).as_bytes()
        except zstandard.ZstdError:
            return  # samples too alike or too small: they compress well enough without
        connection.execute(insert(dictionary).values(kind=kind, samples=len(samples), bytes=trained))
        self._here("compressors").pop(kind, None)

    def wanting(self, connection: Connection, kinds: Sequence[str], samples: int) -> bool:
        """Whether `train` would make a dictionary of any of these kinds from so many samples."""
        return any(_better(self._newest(connection, kind), samples) for kind in kinds)

    def trained(self, connection: Connection, kinds: Sequence[str]) -> bool:
        """Whether most of these kinds have a dictionary that is kept; one that few records are in never gets one."""
        kept = select(dictionary.c.kind).where(dictionary.c.kind.in_(kinds), dictionary.c.samples >= ENOUGH).distinct()
        return 2 * len(connection.scalars(kept).all()) > len(kinds)

    def compressor(self, connection: Connection, kind: str) -> tuple[int, Callable[[bytes], bytes]]:
        """The number of the newest dictionary of `kind`, and what compresses with it, for the thread that asks."""
        compressors: dict[str, tuple[int, zstandard.ZstdCompressor]] = self._here("compressors")
        found = compressors.get(kind)
        if found is None:
            number = connection.execute(
                select(dictionary.c.id).where(dictionary.c.kind == kind).order_by(dictionary.c.id.desc()).limit(1)
            ).scalar()
            trained = self._dictionary(connection, number or 0)
            if trained is not None:
                trained.precompute_compress(level=LEVEL)
            compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=trained)
            found = compressors[kind] = (number or 0, compressor)
        return found[0], found[1].compress

    @staticmethod
    def _newest(connection: Connection, kind: str) -> int | None:
        """How many samples the newest dictionary of `kind` was made from."""
        query = select(dictionary.c.samples).where(dictionary.c.kind == kind)
        return connection.execute(query.order_by(dictionary.c.id.desc()).limit(1)).scalar()

    def _dictionary(self, connection: Connection, number: int) -> zstandard.ZstdCompressionDict | None:
        if number == 0:
            return None
        data = self._dictionaries.get(number)
        if data is None:
            data = connection.execute(select(dictionary.c.bytes).where(dictionary.c.id == number)).scalar_one()
            self._dictionaries[number] = data
        return zstandard.ZstdCompressionDict(data)

    def _here(self, name: str) -> dict[Any, Any]:
        found: dict[Any, Any] = self._threads.__dict__.setdefault(name, {})
        return found


def _better(newest: int | None, samples: int) -> bool:
    """Whether so many samples make a dictionary that is worth more than one made from `newest`."""
    return samples >= SAMPLES and (newest is None or newest < ENOUGH <= samples)
