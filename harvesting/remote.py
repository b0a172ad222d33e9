"""A file or a folder of another server, over SFTP: looked at as a folder here is, each file gone on with where the
line was cut. Nothing is ever moved, renamed or deleted there, and links are not followed."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from foundation import limits, sftp
from foundation.errors import LimitError, PeerError, RefusedError
from foundation.pace import backoff
from foundation.sftp import Sftp
from harvesting import messages
from harvesting.contract import Sleep
from harvesting.files import Fetched, kept_as
from harvesting.folder import Watched
from harvesting.listing import Entry, is_ours, too_many

_T = TypeVar("_T")
_ATTEMPTS: Final = 6
_LOOK_SECONDS: Final = 1800


class Remote(Watched):
    """The file or folder at `path`; `copies`: where files are put together."""

    def __init__(self, server: Sftp, path: str, copies: Path, settle: float = 2.0, sleep: Sleep = time.sleep) -> None:
        super().__init__(settle, sleep)
        self._server, self._path, self._copies = server, path.rstrip("/") or "/", copies
        self._folder = self._path
        self._part, self._note = copies / "download.part", copies / "download.json"
        self._chance = random.Random()  # noqa: S311 - spreads load, guards nothing

    def look(self) -> list[Entry]:
        self._folder, found = self._again(lambda: listed(self._server, self._path))
        return found

    def begun(self) -> int:
        """As `Place.begun`."""
        return self._length()

    def bring(self, entry: Entry) -> Fetched | None:
        if entry.size > limits.SOURCE_FILE_BYTES:
            raise messages.file_limit(entry.name, entry.size)
        path = place(self._folder, entry)
        self._copies.mkdir(parents=True, exist_ok=True)
        self._again(lambda: self._fetch(entry, path), self._length)
        size = self._length()
        if size != entry.size or self._again(lambda: unlike(self._server, path, entry)):
            self._forget()
            return None
        with self._part.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        self._note.unlink(missing_ok=True)
        return kept_as(self._part, self._copies, entry.name, digest)

    def _fetch(self, entry: Entry, path: str) -> None:
        note = {"path": path, "size": entry.size, "modified": entry.modified}
        if self._noted() != note:
            self._forget()
            self._note.write_text(json.dumps(note), encoding="utf-8")
        with self._part.open("ab") as out:
            try:
                self._server.fetch(path, self._length(), entry.size, out.write)
            except LimitError as error:  # of time: what is here is gone on with at the next visit
                raise PeerError(messages.REST_LATER, name=entry.name, seen=out.tell(), size=entry.size) from error

    def _noted(self) -> object:
        """Of which file the part is."""
        try:
            return json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _length(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _again(self, work: Callable[[], _T], came: Callable[[], int] = lambda: 0) -> _T:
        """Do `work`, again after a while where the line broke; attempts are counted from the last that brought more."""
        attempt, before = 0, came()
        while True:
            try:
                return work()
            except PeerError as error:
                more = came() > before
                attempt, before = (1 if more else attempt + 1), came()
                if attempt == _ATTEMPTS or error.problem.code == messages.REST_LATER.code:
                    raise
                self._sleep(backoff(attempt, self._chance))


def listed(server: Sftp, path: str) -> tuple[str, list[Entry]]:
    """The folder that is at `path`, and the files in it and below it, by name; of a file, its folder and that one.

    Raises PeerError, RefusedError, LimitError (FOLDER_FILES).
    """
    top = server.look(path)
    if top.kind == sftp.FILE:
        folder = path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")
        return folder, [Entry(top.name, top.size, top.modified)]
    walk = _Walk(server, path)
    return path, sorted(walk.files("", 1))


def place(folder: str, entry: Entry) -> str:
    """Where an entry of `listed` is."""
    return f"{folder.rstrip('/')}/{entry.name}"


def unlike(server: Sftp, path: str, entry: Entry) -> bool:
    """Whether a file is no longer what it was when it was looked at."""
    try:
        now = server.look(path)
    except RefusedError:
        return True
    return (now.size, now.modified) != (entry.size, entry.modified)


class _Walk:
    """A walk through a folder and those below it, with an end in names and in time whatever the server says."""

    def __init__(self, server: Sftp, folder: str) -> None:
        self._server, self._folder = server, folder
        self._names, self._end = limits.FOLDER_FILES, time.monotonic() + _LOOK_SECONDS

    def files(self, prefix: str, depth: int) -> Iterator[Entry]:
        found = self._server.names(f"{self._folder.rstrip('/')}/{prefix}", self._names)
        self._names -= len(found)
        if self._names < 0:
            raise too_many(self._folder)
        if time.monotonic() > self._end:
            raise PeerError(messages.LOOK_TOO_LONG, folder=self._folder, seconds=_LOOK_SECONDS)
        for one in found:
            if not is_ours(one.name):
                continue
            if one.kind == sftp.FILE:
                yield Entry(f"{prefix}{one.name}", one.size, one.modified)
            elif one.kind == sftp.FOLDER and depth < limits.FOLDER_DEPTH:
                try:
                    yield from self.files(f"{prefix}{one.name}/", depth + 1)
                except RefusedError:
                    continue  # one that this account may not read
