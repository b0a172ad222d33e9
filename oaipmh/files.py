"""Files made of the feed beforehand: written in one snapshot, compressed, whole or not there at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from isal import isal_zlib

from catalogue.feed import Cursor, Entry, Selection
from catalogue.snapshot import Snapshot
from foundation.limits import MIB, READ_CHUNK
from oaipmh import writer

PAGE: Final = 1000
PAGE_BYTES: Final = 8 * MIB
_LEVEL: Final = 2

Stop = Callable[[], bool]


class StoppedError(Exception):
    """Somebody asked to stop; nothing half-made is left under a name."""


class GzipFile:
    """A gzip file (RFC 1952) that grows beside its place. `digest` is of what was written, before compression."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(path.name + ".part")
        self._out = self._beside.open("wb")
        self._gzip = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, 31)
        self._file_hash = hashlib.sha256()
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.digest.update(data)
        self._put(self._gzip.compress(data))

    def finish(self) -> tuple[int, str]:
        """Let it appear under its name, on the disk for certain; returns its bytes and their SHA-256."""
        self._put(self._gzip.flush())
        self._out.flush()
        os.fsync(self._out.fileno())
        size = self._out.tell()
        self._out.close()
        os.replace(self._beside, self._path)
        return size, self._file_hash.hexdigest()

    def drop(self) -> None:
        self._out.close()
        with suppress(OSError):
            self._beside.unlink()

    def _put(self, data: bytes) -> None:
        self._file_hash.update(data)
        self._out.write(data)


def pages(snapshot: Snapshot, selection: Selection, stop: Stop) -> Iterator[list[Entry]]:
    """Every entry of a list that a harvester is given, with its metadata, a page at a time."""
    after: Cursor | None = None
    while page := snapshot.page(selection, after, PAGE, PAGE_BYTES, metadata=True):
        if stop():
            raise StoppedError
        yield [entry for entry in page if writer.deliverable(entry)]
        after = Cursor(page[-1].datestamp, page[-1].record)


def unpacked(path: Path) -> Iterator[bytes]:
    """What a `GzipFile` holds, a piece at a time."""
    inflate = isal_zlib.decompressobj(31)
    with path.open("rb") as stream:
        while data := stream.read(READ_CHUNK):
            yield inflate.decompress(data)


def measure(path: Path) -> tuple[int, str]:
    """Bytes of a file, and their SHA-256."""
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
