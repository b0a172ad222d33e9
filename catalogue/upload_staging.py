"""A received file becomes a staged change set, in the background: with progress, stopped and gone on with at will.

Whoever runs `stage` holds the file's lock, which ends with its process: a file that was being staged when the server
was killed is free at once, and goes on behind its last batch.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from catalogue import batch_messages, changesets, forms, imports, mending, messages, uploads
from catalogue.imports import Input
from catalogue.store import Store
from catalogue.uploads import Upload, Uploads
from foundation.errors import FormatError, InputError, RefusedError

PROGRESS_BATCH = 500
"""Records of one transaction, at the most: a person looks at what came of it every second or two."""


@dataclass(slots=True)
class _Reading:
    """How much of the file has been read; one file is read by one thread."""

    count: int = 0


class _StoppedError(RefusedError):
    """A person asked for a stop."""


def stage(files: Uploads, number: int, batch: int = PROGRESS_BATCH) -> Upload:
    """Stage the upload `number` if it waits for it and nobody else is at it; returns how it stands then.

    What is wrong with the file is kept with it. Raises StoreError, and nothing else: then it goes on at the next call.
    """
    store = files.store
    with store.locks.hold(f"upload-{number}", wait=0) as held:
        found = uploads.get(store, number)
        if not held or found.state not in (uploads.WAITING, uploads.STAGING):
            return found
        path = files.path(found)
        if not path.exists():  # it lies on another host
            return found
        try:
            if found.wish == uploads.STOP:  # asked for while its turn had not come, or before its process died
                raise _StoppedError(batch_messages.STOPPED)
            change_set = (
                _corrected(files, found, path, batch) if found.corrects else _imported(files, found, path, batch)
            )
        except _StoppedError as error:
            uploads.refuse(store, number, uploads.STOPPED, error.problem)
        except RefusedError as error:
            if error.problem.message not in (messages.SOURCE_BUSY, batch_messages.BATCH_BUSY):  # else it waits its turn
                uploads.refuse(store, number, uploads.REFUSED, error.problem)
        except InputError as error:
            uploads.refuse(store, number, uploads.REFUSED, error.problem)
            _forget(files, number)
        else:
            done = {"state": uploads.STAGED, "change_set_id": change_set, "wish": "", "bytes_read": found.size}
            uploads.go_on(store, number, **done)
    return uploads.get(store, number)


def _imported(files: Uploads, found: Upload, path: Path, batch: int) -> int:
    if found.change_set is not None:  # killed between its last batch and the word of it
        with files.store.read() as connection:
            if changesets.get(connection, found.change_set).state == changesets.STAGED:
                return found.change_set
    read = _Reading()
    entry = Input(found.name, lambda: _counted(path, read), f"{found.digest}.{found.number}")
    done = imports.import_files(
        files.store,
        found.library,
        [entry],
        encoding=found.encoding,
        preview=True,
        batch=batch,
        progress=_progress(files.store, found.number, read),
        begun=lambda number: _begun(files.store, found.number, number),
    )
    return done.change_set


def _corrected(files: Uploads, found: Upload, path: Path, batch: int) -> int:
    read = _Reading()
    assert found.change_set is not None
    _begun(files.store, found.number, found.change_set)
    with _counted(path, read) as stream:
        head = stream.peek(forms.HEAD_BYTES)[: forms.HEAD_BYTES]  # type: ignore[attr-defined]
        if not forms.is_list_of_books(head):
            raise FormatError(batch_messages.CORRECTION_FORM, name=found.name)
        readings = forms.readings(files.store, found.library, stream, found.name, found.encoding)
        mending.take(files.store, found.change_set, readings, _progress(files.store, found.number, read), batch)
    return found.change_set


def _begun(store: Store, number: int, change_set: int) -> None:
    """Note that it is being staged, unless it was stopped or dropped meanwhile; then nothing is left of it."""
    with store.read() as connection:
        position, now = changesets.get(connection, change_set).position, store.now(connection)
        corrects = uploads.get(store, number).corrects
    values = {"state": uploads.STAGING, "change_set_id": change_set, "started": now, "began_at": position}
    if not uploads.go_on(store, number, **values):
        if not corrects and position == 0:
            changesets.discard(store, change_set)
        raise _StoppedError(batch_messages.STOPPED)


def _progress(store: Store, number: int, read: _Reading) -> Callable[[dict[str, int]], None]:
    """Keeps how far the reading is, and ends it where a person wishes that."""

    def told(_counts: dict[str, int]) -> None:
        with store.write() as connection:
            uploads.note(connection, number, store.now(connection), bytes_read=read.count)
        if uploads.get(store, number).wish == uploads.STOP:
            raise _StoppedError(batch_messages.STOPPED)

    return told


def _forget(files: Uploads, number: int) -> None:
    """An input that is no library data leaves no change set behind (`imports` has dropped it)."""
    found = uploads.get(files.store, number)
    if found.change_set is None or found.corrects:
        return
    with files.store.write() as connection:
        if changesets.get(connection, found.change_set).state == changesets.DISCARDED:
            uploads.note(connection, number, files.store.now(connection), change_set_id=None)


def _counted(path: Path, read: _Reading) -> BinaryIO:
    """The file at `path`, noting how far it was read; archives seek in it."""
    stream = path.open("rb")

    class Counted(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
            return stream.seek(offset, whence)

        def tell(self) -> int:
            return stream.tell()

        def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
            size = stream.readinto(buffer)
            read.count = max(read.count, stream.tell())
            return int(size)

        def close(self) -> None:
            stream.close()
            super().close()

    return cast(BinaryIO, io.BufferedReader(Counted(), buffer_size=256 * 1024))
