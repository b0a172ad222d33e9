"""An import from end to end: files in, one change set out, resumable at every point.

The command line and the web pages call this; what an interrupted import left is continued by the same call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from catalogue import changesets, forms, jobs, libraries, messages, sets
from catalogue.changesets import ChangeSet
from catalogue.ingest import Staging
from catalogue.publishing import publish
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, RefusedError
from foundation.limits import READ_CHUNK
from marc.reading import Reading

Progress = Callable[[dict[str, int]], None]


@dataclass(frozen=True, slots=True)
class Input:
    """One file to import, opened only when its turn comes."""

    name: str
    open: Callable[[], BinaryIO]
    fingerprint: str = ""
    """What tells this file from another one; empty for a stream that can be read only once."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How an import ended."""

    change_set: int
    state: str
    counts: dict[str, int]
    resumed_at: int = 0
    """Readings that an interrupted import of the same input had staged already."""


def of_path(path: Path) -> Input:
    """The file at `path` as input. Raises OSError when it cannot be read."""
    name = path.name.encode(errors="surrogateescape").decode(errors="replace")  # of an old disk it may be no UTF-8
    if not path.is_file():  # a pipe is read once
        return Input(name, lambda: path.open("rb"))
    digest = hashlib.blake2b(f"{name}\0".encode(), digest_size=16)
    with path.open("rb") as stream:
        while piece := stream.read(READ_CHUNK):  # two files may differ in one letter of their middle
            digest.update(piece)
    return Input(name, lambda: path.open("rb"), digest.hexdigest())


def import_files(
    store: Store,
    library: str,
    inputs: Sequence[Input],
    *,
    encoding: str = "auto",
    preview: bool = False,
    batch: int = 1000,
    collections: Sequence[str] = (),
    progress: Progress = lambda counts: None,
    begun: Callable[[int], None] = lambda number: None,
) -> Imported:
    """Stage `inputs` as one change set of `library` and publish it, unless only a `preview` is asked for.

    `collections`: slugs of those that its records are put into; they stay in them until the import is undone.
    `begun` is told the number of the change set before anything is read; an error that `progress` raises ends the
    staging behind its batch, and the same call goes on there.

    Raises RefusedError (unknown library or collection, another import of it running), FormatError (a file that is no
    library data: nothing is published, what came before it in the same call is not either), StoreError (disk,
    database, clock; the same call continues).
    """
    fingerprint = _fingerprint(inputs, "\0".join([encoding, *sorted(collections)]))
    title = ", ".join(entry.name for entry in inputs)
    readings = _readings(store, library, inputs, encoding)
    return import_readings(
        store, library, title, readings, fingerprint, preview=preview, batch=batch, collections=collections,
        progress=progress, begun=begun,
    )  # fmt: skip


def earlier(store: Store, library: str, entry: Input, encoding: str = "auto") -> ChangeSet | None:
    """What the same file of this library became when it came before, unless another of its name came since.

    Raises RefusedError (unknown library).
    """
    with store.read() as connection:
        source = libraries.uploads(connection, library)
        return changesets.came_of(connection, source, entry.name, _fingerprint([entry], encoding))


def import_readings(
    store: Store,
    library: str,
    title: str,
    readings: Iterable[Reading],
    fingerprint: str = "",
    *,
    preview: bool = False,
    batch: int = 1000,
    collections: Sequence[str] = (),
    progress: Progress = lambda counts: None,
    begun: Callable[[int], None] = lambda number: None,
) -> Imported:
    """The same for readings that are no file's. `fingerprint`: what an interrupted import of the same readings has."""
    with store.read() as connection:
        source = libraries.uploads(connection, library)
    numbers = [sets.collection_number(store, slug, library) for slug in collections]
    with _alone(store, source, library):
        with store.write() as connection:
            found = changesets.interrupted(connection, source, fingerprint)
            if found is None:
                now = store.now(connection)
                number = changesets.create(connection, now, source, "import", title, fingerprint)
            else:
                number = found.number
        begun(number)
        job = jobs.start(store, "import", number)
        try:
            staging = Staging(store, number, batch, numbers)
            staging.stage(readings, progress, job)
            if not preview:
                publish(store, number)
        except LienThongError as error:
            _failed(store, job, number, error)
            raise
        jobs.finish(store, job)
    with store.read() as connection:
        done = changesets.get(connection, number)
    return Imported(number, done.state, done.counts, found.position if found else 0)


def _readings(store: Store, library: str, inputs: Sequence[Input], encoding: str) -> Iterator[Reading]:
    for entry in inputs:
        with entry.open() as stream:
            try:
                yield from forms.readings(store, library, stream, entry.name, encoding)
            except InputError as error:
                raise error.at(file=entry.name) from error


def _fingerprint(inputs: Sequence[Input], how: str) -> str:
    """What an interrupted import must have in common with this one; empty when some input cannot be read again."""
    if not inputs or not all(entry.fingerprint for entry in inputs):
        return ""
    joined = "\0".join([how, *(entry.fingerprint for entry in inputs)])
    return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()


@contextmanager
def _alone(store: Store, source: int, library: str) -> Iterator[None]:
    """Be the only one who stages into a source; others would each see half of what the other knows."""
    with store.locks.hold(f"source-{source}", wait=0) as held:
        if not held:
            raise RefusedError(messages.SOURCE_BUSY, library=library, source=libraries.UPLOADS)
        yield


def _failed(store: Store, job: int, number: int, error: LienThongError) -> None:
    """Note the failure, and leave nothing staged of an input that can never become readable."""
    try:
        jobs.finish(store, job, jobs.FAILED, f"{error.text('vi')} / {error.text('en')}")
        with store.read() as connection:
            found = changesets.get(connection, number)
        if found.state == changesets.STAGING and found.position == 0 and not found.counts:
            changesets.discard(store, number)
    except LienThongError:
        return  # the store itself is away; the first error says so
