"""The files of an export: the dump, what is beside it, and where it stopped.

    FILE                   the dump; it appears when it is whole
    FILE.manifest.json     counts, checksums, deletions, and what was left out with the reason
    FILE.oversized.xml     records that the form cannot hold, whole, in MARCXML; only if there are any
    FILE.part …            the same while they grow; FILE.position says how far they are whole

After a crash everything behind the position is cut off and written again, so that a resumed export has the bytes of
one that was never interrupted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final

from catalogue import export_messages
from catalogue.export_forms import FORMS, Exported, Form, tombstone
from catalogue.exporting import PAGE, Range, pages
from catalogue.feed import Cursor
from catalogue.store import Store, iso
from foundation.errors import InputError, LimitError, Problem, RefusedError

CHECKPOINT: Final = 10
"""Pages between two positions; each costs a wait for the disk."""
_OVERSIZED: Final = FORMS["marcxml"]
_SNAPSHOT: Final = (
    "Not a snapshot: every record is as it was at some moment of the export. Everything published before as_of is "
    "in; ask for changes since as_of next."
)


@dataclass(slots=True)
class Tally:
    """What an export has done so far."""

    records: int = 0
    deleted: int = 0
    left_out: int = 0
    references: int = 0
    """Characters written as numeric references (MARC-8)."""
    referenced_records: int = 0


@dataclass(slots=True)
class _State:
    """What a position file says."""

    form: str
    chosen: Range
    after: Cursor | None = None
    tally: Tally = field(default_factory=Tally)
    sizes: tuple[int, int, int] = (0, 0, 0)
    """Bytes of dump, notes and oversized records that are whole."""
    finished: bool = False
    """All of it is on the disk, the manifest too; what is left is that the files get their names."""


Tell = Callable[[str, Exported, Problem | None], None]


def write_page(
    form: Form,
    records: list[Exported],
    tally: Tally,
    out: BinaryIO,
    tell: Tell,
    whole: Callable[[bytes], object] | None,
) -> None:
    """Write some records and count them. `tell` hears of deletions (`deleted`) and of what is left out (`left_out`).

    What the form cannot hold is given to `whole` as MARCXML, if somebody keeps it.
    """
    for one in records:
        if one.record is None:
            tally.deleted += 1
            tell("deleted", one, None)
            if form.deletions:
                out.write(form.write(one, tombstone(one)).data)
            continue
        try:
            written = form.write(one, one.record)
        except LimitError as error:
            tally.left_out += 1
            tell("left_out", one, error.problem)
            if whole is not None:
                whole(_OVERSIZED.write(one, one.record).data)
            continue
        out.write(written.data)
        tally.records += 1
        tally.references += written.references
        tally.referenced_records += bool(written.references)


def stream(store: Store, form: Form, chosen: Range, out: BinaryIO, tell: Tell) -> Tally:
    """A dump to a stream that cannot be resumed. Raises StoreError when the database fails."""
    tally = Tally()
    out.write(form.head)
    for page in pages(store, chosen):
        write_page(form, page.records, tally, out, tell, None)
    out.write(form.foot)
    out.flush()
    return tally


def unfinished(target: Path, form: Form, asked: Range) -> Range | None:
    """The range of the unfinished export into `target`, which must be the one asked for now; None if there is none.

    Raises RefusedError when it was asked for otherwise, or cannot be continued.
    """
    state = _load(target)
    if state is None:
        return None
    mine = (state.form, state.chosen.set_spec, state.chosen.since, state.chosen.asked_until, state.chosen.full)
    if mine != (form.name, asked.set_spec, asked.since, asked.asked_until, asked.full):
        seen = f"{state.form}, set={state.chosen.set_spec or '–'}, since={_moment(state.chosen.since) or '–'}"
        raise RefusedError(export_messages.RESUME_OTHER, name=target.name, seen=seen)
    return state.chosen


def export(
    store: Store,
    form: Form,
    chosen: Range,
    target: Path,
    *,
    resume: bool = False,
    page: int = PAGE,
    progress: Callable[[int], None],
) -> Tally:
    """A dump into a file with its manifest. With `resume` it goes on behind an interrupted one, if there is one.

    `progress` is called with the records done after each page (of `page` records). Raises InputError when a file
    cannot be written, RefusedError when the interrupted export cannot be continued, StoreError when the database
    fails; what was written stays and can be continued.
    """
    try:
        left = _load(target) if resume else _left(target)
        if left is not None and left.finished:
            _appear(target, left)
            if resume:
                return left.tally
            left = None
        state = left if resume and left is not None else _State(form.name, chosen)
        with _Files(target, form, state) as files:
            for number, found in enumerate(pages(store, state.chosen, state.after, page), 1):
                write_page(form, found.records, state.tally, files.dump, files.note, files.keep)
                state.after = found.after
                if number % CHECKPOINT == 0:
                    files.checkpoint()
                progress(state.tally.records + state.tally.deleted + state.tally.left_out)
            files.finish()
    except OSError as error:
        raise InputError(export_messages.UNWRITABLE, name=target, reason=error.strerror or error) from error
    return state.tally


class _Files:
    """The three growing files, cut back to the position they are opened with."""

    def __init__(self, target: Path, form: Form, state: _State) -> None:
        self._target, self._form, self._state = target, form, state
        self._paths = [_beside(target, name) for name in (".part", ".notes.part", ".oversized.part")]
        self._open: list[BinaryIO] = []

    def __enter__(self) -> _Files:
        try:
            self._begin()
        except BaseException:
            self._close()
            raise
        return self

    def _begin(self) -> None:
        for path, size in zip(self._paths, self._state.sizes, strict=True):
            if size and (not path.exists() or path.stat().st_size < size):
                raise RefusedError(export_messages.RESUME_DAMAGED, name=self._target.name, reason=path.name)
            stream = path.open("r+b" if size else "w+b")
            self._open.append(stream)
            stream.truncate(size)
            stream.seek(size)
        self.dump, self._notes, self._oversized = self._open
        if not self._state.sizes[0]:
            self.dump.write(self._form.head)
            self.checkpoint()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for stream in self._open:
            with contextlib.suppress(OSError):
                stream.close()

    def note(self, kind: str, one: Exported, problem: Problem | None) -> None:
        """A deletion or an omission, as a line of JSON."""
        said: dict[str, Any] = {"identifier": one.identifier, "library": one.library, "local_id": one.local_id}
        if problem is None:
            said["datestamp"] = iso(one.datestamp)
        else:
            said |= {"code": problem.code, "vi": problem.text("vi"), "en": problem.text("en")}
        self._notes.write(f"{kind} {json.dumps(said, ensure_ascii=False)}\n".encode())

    def keep(self, data: bytes) -> None:
        """A record for the file of oversized ones, which begins with the first of them."""
        if self._oversized.tell() == 0:
            self._oversized.write(_OVERSIZED.head)
        self._oversized.write(data)

    def _flush(self) -> None:
        for stream in self._open:
            stream.flush()
            os.fsync(stream.fileno())

    def checkpoint(self) -> None:
        """Everything so far is on the disk, and the position says so."""
        self._flush()
        state = self._state
        state.sizes = (self.dump.tell(), self._notes.tell(), self._oversized.tell())
        _replace(_beside(self._target, ".position"), json.dumps(asdict(state)).encode())

    def finish(self) -> None:
        """Close the dump, write its manifest, and let both appear under their names."""
        self.dump.write(self._form.foot)
        oversized = self._oversized.tell() > 0
        if oversized:
            self._oversized.write(_OVERSIZED.foot)
        self._flush()
        said = self._manifest(_beside(self._target, ".oversized.xml") if oversized else None)
        with _beside(self._target, ".manifest.json.part").open("wb") as out:
            for line in _manifest_lines(said, self._paths[1]):
                out.write(line)
            out.flush()
            os.fsync(out.fileno())
        self._state.finished = True
        self.checkpoint()  # whoever comes behind a crash after this gives the files their names
        self._close()
        _appear(self._target, self._state)

    def _manifest(self, oversized: Path | None) -> dict[str, Any]:
        state = self._state
        said: dict[str, Any] = {
            "format": state.form,
            "set": state.chosen.set_spec,
            "since": _moment(state.chosen.since),
            "until": _moment(state.chosen.until),
            "as_of": iso(state.chosen.as_of),
            "note": _SNAPSHOT,
            **asdict(state.tally),
            "file": _description(self._target, self._paths[0]),
        }
        if oversized is not None:
            said["oversized_file"] = _description(oversized, self._paths[2])
        return said


def _appear(target: Path, state: _State) -> None:
    """Give the files of a finished export their names, those that have not got them yet. Raises OSError."""
    endings = ["", ".manifest.json", *([".oversized.xml"] if state.sizes[2] else [])]
    for ending in endings:
        part = _beside(target, ".oversized.part" if ending == ".oversized.xml" else f"{ending}.part")
        if part.exists():
            os.replace(part, _beside(target, ending))
    if not state.sizes[2]:
        _beside(target, ".oversized.xml").unlink(missing_ok=True)
    for ending in (".oversized.part", ".notes.part", ".position"):
        _beside(target, ending).unlink(missing_ok=True)


def _left(target: Path) -> _State | None:
    """What an earlier export left, if that can be read; a new one need not know."""
    try:
        return _load(target)
    except RefusedError:
        return None


def _manifest_lines(said: dict[str, Any], notes: Path) -> Iterator[bytes]:
    """The manifest as JSON, the two lists copied from the notes line by line: they may be as long as the catalogue."""
    yield json.dumps(said, ensure_ascii=False, indent=1).removesuffix("\n}").encode()
    for kind, name in ((b"deleted ", "deletions"), (b"left_out ", "omissions")):
        yield f',\n "{name}": ['.encode()
        between = b"\n  "
        with notes.open("rb") as stream:
            for line in stream:
                if line.startswith(kind):
                    yield between + line.removeprefix(kind).rstrip(b"\n")
                    between = b",\n  "
        yield b"]"
    yield b"\n}\n"


def _load(target: Path) -> _State | None:
    """What the position file beside `target` says; None when there is none."""
    path = _beside(target, ".position")
    try:
        said = json.loads(path.read_bytes())
        after = None if said["after"] is None else Cursor(*map(int, said["after"]))
        first, second, third = map(int, said["sizes"])
        finished = bool(said.get("finished"))
        chosen = Range(*said["chosen"])
        return _State(
            str(said["form"]),
            chosen,
            after,
            Tally(**said["tally"]),
            (first, second, third),
            finished,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(export_messages.RESUME_DAMAGED, name=target.name, reason=error) from error


def _description(name: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"name": name.name, "bytes": path.stat().st_size, "sha256": digest}


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else iso(seconds)


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)


def _replace(path: Path, data: bytes) -> None:
    """Write a small file so that a crash leaves the old one or the new one."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, path)
