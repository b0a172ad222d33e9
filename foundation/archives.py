"""The one place that opens archives: a file as it was sent → the files in it, each a stream.

Plain files, gzip (RFC 1952, several members) and zip (APPNOTE 6.3) are told apart by their first bytes, never by
name. What comes out is counted while it streams, against what went in: a bomb is met after ARCHIVE_RATIO times its
own size, whatever its directory claims and however its entries overlap. Names of entries are shown, never used as
paths. Nothing is written but nameless temporary files, and the `Package`s that the server makes itself.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from isal import igzip, isal_zlib

from foundation import limits, messages
from foundation.errors import FormatError, InputError, LimitError, StoreError

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS: Final = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"(\xb5/\xfd": "Zstandard",
}
_ZIP_BEGINS: Final = 315_532_800
"""1980-01-01: no zip tells an earlier moment (APPNOTE 4.4.6)."""
_HEAD_BYTES: Final = 5
_DOCUMENTS: Final = ("[Content_Types].xml", "mimetype")  # OOXML, OpenDocument, EPUB: one document each, not an archive
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others inflate a block at once, without a bound

# Whatever the standard library raises on damaged bytes; a failing disk (other OSErrors) must not look like damage.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    cast(type[Exception], isal_zlib.error),  # the stubs call it a value
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


def members(stream: BinaryIO, name: str) -> Iterator[tuple[str, BinaryIO]]:
    """The files in `stream`, in their order, as (name to show, stream of bytes); a plain file is its own only member.

    Archives are opened ARCHIVE_DEPTH deep. `stream` need not seek. Each stream is good until the next one is asked
    for. Opening never fails: a member that cannot be read is given all the same, and reading it raises FormatError
    (damaged, encrypted, unknown compression), LimitError (ARCHIVE_…, FILE_BYTES) or StoreError (no room for a
    temporary file), so that one bad member does not cost the others.
    """
    account = _Account(stream)
    return _opened(cast(BinaryIO, io.BufferedReader(account)), name, account, 0)


def begins(head: bytes) -> bytes:
    """How a file begins whose first bytes are `head`: of gzip the first bytes that it holds, of anything else `head`.

    It serves to recognise a form before the file is opened, and never raises.
    """
    if not head.startswith(_GZIP):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return head


def _opened(stream: BinaryIO, name: str, account: _Account, depth: int) -> Iterator[tuple[str, BinaryIO]]:
    try:
        head = _read_exactly(stream, _HEAD_BYTES)
        joined = _Joined(head, stream, name)
        whole = _buffered(joined)
        for magic, method in _OTHERS.items():
            if head.startswith(magic):
                raise FormatError(messages.ARCHIVE_METHOD, name=name, method=method)
        is_zip = head.startswith(_ZIP)
        if (is_zip or head.startswith(_GZIP)) and depth == limits.ARCHIVE_DEPTH:
            raise _limit("ARCHIVE_DEPTH", depth + 1, limits.ARCHIVE_DEPTH, name)
        if is_zip:
            inner = _zipped(whole, name, account, depth)
        elif head.startswith(_GZIP):
            unpacked = _Unpacked(lambda: _gunzip(whole), name, account)
            inner = _opened(_buffered(unpacked), name, account, depth + 1)
        else:
            joined.allowed = limits.FILE_BYTES
            inner = iter([(name, whole)])
    except (InputError, StoreError) as error:
        inner = iter([(name, _buffered(_Failed(error)))])
    yield from inner


def _zipped(stream: BinaryIO, name: str, account: _Account, depth: int) -> Iterator[tuple[str, BinaryIO]]:
    try:
        in_place = depth == 0 and account.in_place()
        place: AbstractContextManager[IO[bytes]] = nullcontext(account.stream) if in_place else _spool(stream, name)
    except (InputError, StoreError) as error:
        yield name, _buffered(_Failed(error))
        return
    with place as spool:
        try:
            archive = _directory(spool, name)
        except InputError as error:
            yield name, _buffered(_Failed(error))
            return
        with archive:
            if any(mark in archive.NameToInfo for mark in _DOCUMENTS):
                spool.seek(0)
                yield name, cast(BinaryIO, spool)
                return
            for entry in archive.infolist():
                if entry.filename.endswith("/") or entry.filename.startswith("__MACOSX/"):
                    continue
                shown = f"{name}/{_shown(entry.filename)}"
                with closing(_Unpacked(_entry(archive, entry, shown), shown, account)) as unpacked:
                    yield from _opened(_buffered(unpacked), shown, account, depth + 1)


def _directory(spool: IO[bytes], name: str) -> zipfile.ZipFile:
    """The zip, opened; its directory is bounded before a list is made of it."""
    guard = _DirectoryGuard(spool, name)
    try:
        archive = zipfile.ZipFile(guard)
    except _DAMAGE as error:
        raise FormatError(messages.ARCHIVE_DAMAGED, name=name, reason=_reason(error)) from error
    guard.left = None
    if len(archive.infolist()) > limits.ARCHIVE_ENTRIES:
        archive.close()
        raise _limit("ARCHIVE_ENTRIES", len(archive.infolist()), limits.ARCHIVE_ENTRIES, name)
    return archive


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> Callable[[], IO[bytes]]:
    def unlock() -> IO[bytes]:
        if entry.flag_bits & 0x1:  # APPNOTE 4.4.4, bit 0
            raise FormatError(messages.ARCHIVE_ENCRYPTED, name=shown)
        if entry.compress_type not in _METHODS:
            raise FormatError(messages.ARCHIVE_METHOD, name=shown, method=f"zip {entry.compress_type}")
        return archive.open(entry)

    return unlock


def _spool(stream: BinaryIO, name: str) -> IO[bytes]:
    """`stream` in a nameless temporary file: a zip is read from its end."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        size = 0
        while chunk := stream.read(limits.READ_CHUNK):
            size += len(chunk)
            if size > limits.ARCHIVE_SPOOL_BYTES:
                raise _limit("ARCHIVE_SPOOL_BYTES", size, limits.ARCHIVE_SPOOL_BYTES, name)
            try:
                spool.write(chunk)
            except OSError as error:
                raise StoreError(messages.ARCHIVE_SPOOL, name=name, reason=error.strerror) from error
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool


class _Account(io.RawIOBase):
    """The stream as it was sent, and the count of what went in and what came out of it at every depth."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.taken = 0
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.stream.read(len(buffer))
        self.taken += len(data)
        buffer[: len(data)] = data
        return len(data)

    def in_place(self) -> bool:
        """Whether a zip in the stream can be read where it is, from its end; then all of it counts as taken."""
        if not self.stream.seekable() or self.stream.tell() != self.taken:
            return False
        self.taken = self.stream.seek(0, io.SEEK_END)
        return True

    def give(self, count: int, name: str) -> None:
        """Count bytes that came out of an archive; raises LimitError."""
        self.given += count
        if self.given > limits.FILE_BYTES:
            raise _limit("FILE_BYTES", self.given, limits.FILE_BYTES, name)
        if self.given > limits.ARCHIVE_RATIO_FLOOR and self.given > limits.ARCHIVE_RATIO * self.taken:
            raise _limit("ARCHIVE_RATIO", self.given // max(self.taken, 1), limits.ARCHIVE_RATIO, name)


class _Unpacked(io.RawIOBase):
    """One compressed member: opened at the first read, counted at every read, its faults told by its name."""

    def __init__(self, unlock: Callable[[], IO[bytes]], name: str, account: _Account) -> None:
        self.unlock = unlock
        self.name = name
        self.account = account
        self.inner: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            if self.inner is None:
                self.inner = self.unlock()
            data = self.inner.read(len(buffer))
        except _DAMAGE as error:
            raise FormatError(messages.ARCHIVE_DAMAGED, name=self.name, reason=_reason(error)) from error
        self.account.give(len(data), self.name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self.inner is not None:
            self.inner.close()
        super().close()


class _Failed(io.RawIOBase):
    """A member that could not be opened; reading it says why."""

    def __init__(self, error: InputError | StoreError) -> None:
        self.error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        raise self.error


class _Joined(io.RawIOBase):
    """The head that was read to recognise a stream, and then the rest of it."""

    def __init__(self, head: bytes, rest: BinaryIO, name: str) -> None:
        self.head = head
        self.rest = rest
        self.name = name
        self.given = 0
        self.allowed: int | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.head[: len(buffer)] if self.head else self.rest.read(len(buffer))
        self.head = self.head[len(data) :] if self.head else b""
        buffer[: len(data)] = data
        self.given += len(data)
        if self.allowed is not None and self.given > self.allowed:
            raise _limit("FILE_BYTES", self.given, self.allowed, self.name)
        return len(data)


class _DirectoryGuard(io.RawIOBase):
    """A zip's file that lets only ARCHIVE_DIRECTORY_BYTES be read while its directory is opened."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file = file
        self.name = name
        self.left: int | None = limits.ARCHIVE_DIRECTORY_BYTES + 2 * (1 << 16)  # and the end record with its comment

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == io.SEEK_SET and offset < 0:
            raise zipfile.BadZipFile("negative offset")
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1) -> bytes:
        data_wanted = size if size >= 0 else 1 << 16
        if self.left is not None:
            if data_wanted > self.left:
                raise _limit("ARCHIVE_DIRECTORY_BYTES", data_wanted, limits.ARCHIVE_DIRECTORY_BYTES, self.name)
            self.left -= data_wanted
        return self.file.read(size)


class Package:
    """A zip that is written beside its place and takes its name when it is whole; left with an error, it is not there.

    The same files at the same times make the same bytes. Raises OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._beside = path, path.with_name(path.name + ".part")
        self._file = self._beside.open("wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def add(self, name: str, data: bytes, seconds: int) -> None:
        """One file; `seconds` since 1970, UTC, to which zip cuts 1980 and two seconds."""
        moment = datetime.fromtimestamp(max(seconds, _ZIP_BEGINS), UTC)
        self._zip.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), data, zipfile.ZIP_DEFLATED, 1)

    def __enter__(self) -> Package:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        with self._file:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        if kind is None:
            os.replace(self._beside, self._path)
        else:
            self._beside.unlink(missing_ok=True)


def packed_file(path: Path, name: str) -> bytes:
    """One file of a `Package`. Raises OSError."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def _gunzip(stream: BinaryIO) -> IO[bytes]:
    return cast(IO[bytes], igzip.IGzipFile(fileobj=stream))  # type: ignore[no-untyped-call]


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(raw, 64 * limits.KIB))


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _shown(name: str) -> str:
    """An entry's name, fit to be shown on one line."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[:300]


def _reason(error: BaseException) -> str:
    return _shown(str(error)) or type(error).__name__


def _limit(limit: str, seen: int, allowed: int, name: str) -> LimitError:
    return LimitError(messages.ARCHIVE_LIMIT, name=name, limit=limit, seen=seen, allowed=allowed)
