"""The inbox: files that libraries send, collected piece by piece on disk and then imported, each exactly once.

All that is known of an upload is in two files, PART (the bytes so far; its length is how far the upload is) and a
small one of JSON. So a server that is killed knows after its start what it knew before, and whoever asks for an
upload that is all here and not yet imported sets the import going again, which goes on behind its last batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from catalogue import changesets, imports, quarantine
from catalogue.imports import Input
from catalogue.publishing import publish
from catalogue.store import Store
from foundation import limits
from foundation.codings import CODINGS, decoded
from foundation.errors import FormatError, InputError, LienThongError, LimitError, RefusedError
from harvesting import push_messages

RECEIVING: Final = "receiving"
TAKING: Final = "taking"
"""All of it is here and is being imported, or will be as soon as somebody asks."""
TAKEN: Final = "taken"
REFUSED: Final = "refused"
_UPLOAD: Final = re.compile(r"[0-9a-f]{32,64}")
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_STALE: Final = 14 * 86_400
_STRIPES: Final = 16


@dataclass(frozen=True, slots=True)
class Offer:
    """What a library says of a file before it sends it."""

    name: str
    total: int
    """Bytes as they are sent."""
    coding: str = "identity"
    key: str = ""
    """SHA-256 of the file before compression, in hexadecimal digits."""

    def judge(self) -> None:
        """Raises InputError or LimitError when this cannot be taken."""
        parts = re.split(r"[/\\]", self.name)
        if not (0 < len(self.name) <= 300 and self.name.isprintable()) or {"..", ""} & set(parts):
            raise InputError(push_messages.NAME, name=self.name[:60])
        if self.coding not in CODINGS:
            raise InputError(push_messages.CODING, coding=self.coding[:40], known=", ".join(CODINGS))
        if self.key and not _KEY.fullmatch(self.key):
            raise InputError(push_messages.KEY, key=self.key[:80])
        if self.coding != "identity" and not self.key:
            raise InputError(push_messages.KEY_NEEDED)
        if self.total > limits.PUSH_BYTES:
            raise too_large(self.total)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an upload is, and what became of it."""

    upload: str
    name: str
    total: int
    coding: str
    key: str
    state: str = RECEIVING
    offset: int = 0
    change_set: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    reason: dict[str, str] = field(default_factory=dict)
    """Why it was refused: `code`, `vi`, `en`."""
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    """What could not be taken in: `record`, `line`, `code`, `vi`, `en`."""


class Inbox:
    """The uploads of all libraries. `wait`: seconds that a request waits for its import before it answers."""

    def __init__(self, store: Store, folder: Path, batch: int = 1000, wait: float = 8.0) -> None:
        self._store = store
        self._folder = folder
        self._batch = batch
        self._wait = wait
        self._turns = threading.Semaphore(2)
        self._guard = threading.Lock()
        self._at_work: dict[tuple[str, str], threading.Thread] = {}

    def standing(self, library: str, upload: str) -> Standing:
        """How far an upload is. Raises InputError for a name that is none, RefusedError when there is no such upload.

        One that is all here is imported when nobody is at it. One that was taken in is forgotten when another file of
        its name came since: then its library may send it again.
        """
        found = self._read(library, upload)
        if found is None:
            raise RefusedError(push_messages.UNKNOWN, upload=upload)
        if found.state == TAKING:
            found = self._take(library, found)
        if found.state == TAKEN and self._overtaken(library, found):
            self._path(library, upload).unlink(missing_ok=True)
            raise RefusedError(push_messages.UNKNOWN, upload=upload)
        return found

    def receive(self, library: str, upload: str, offer: Offer, start: int, data: bytes) -> Standing:
        """Keep `data`, which stands at `start` in the upload, and say how far it is.

        Raises InputError and LimitError for an offer that cannot be taken, RefusedError when it is not the one the
        upload was begun with, does not go on where it stands, or there are too many; StoreError when the disk is full.
        """
        offer.judge()
        path = self._path(library, upload)
        with self._hold(library, upload), self._store.failures():
            found = self._read(library, upload)
            if found is not None and found.state in (TAKEN, REFUSED) and start == 0:
                found = self._judge_ended(library, found)
            if found is None:
                self._make_room(path.parent)
                found = Standing(upload, offer.name, offer.total, offer.coding, offer.key)
                path.with_suffix(".part").write_bytes(b"")
                _write(path, found)
            if (found.name, found.total, found.coding, found.key) != (offer.name, offer.total, offer.coding, offer.key):
                raise RefusedError(push_messages.OTHER)
            if found.state != RECEIVING:
                return found
            if start != found.offset:
                raise RefusedError(push_messages.OFFSET, offset=found.offset, start=start)
            if start + len(data) > offer.total:
                raise InputError(push_messages.RANGE, seen=f"{start}+{len(data)}/{offer.total}")
            with path.with_suffix(".part").open("r+b") as file:
                file.seek(start)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            found = replace(found, offset=start + len(data))
            if found.offset == found.total:
                found = replace(found, state=TAKING)
                _write(path, found)
        return found

    def cancel(self, library: str, upload: str) -> None:
        """Forget an upload. Raises RefusedError when there is none or it is all here."""
        with self._hold(library, upload):
            found = self._read(library, upload)
            if found is None:
                raise RefusedError(push_messages.UNKNOWN, upload=upload)
            if found.state == TAKING:
                raise RefusedError(push_messages.CANCELLED)
            _forget(self._path(library, upload))

    # --- on disk --------------------------------------------------------------------------------------------
    def _path(self, library: str, upload: str) -> Path:
        if not _UPLOAD.fullmatch(upload):
            raise InputError(push_messages.UPLOAD_NAME, upload=upload[:80])
        return self._folder / library / f"{upload}.json"

    def _read(self, library: str, upload: str) -> Standing | None:
        path = self._path(library, upload)
        try:
            found = Standing(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):  # half written where the file system does not keep its promises
            _forget(path)
            return None
        if found.state != RECEIVING:
            return found
        try:
            return replace(found, offset=min(path.with_suffix(".part").stat().st_size, found.total))
        except FileNotFoundError:
            return None

    @contextmanager
    def _hold(self, library: str, upload: str) -> Iterator[None]:
        stripe = hashlib.sha256(f"{library}/{upload}".encode()).digest()[0] % _STRIPES
        with self._store.locks.hold(f"push-{stripe}", wait=20) as held:
            if not held:
                raise RefusedError(push_messages.BUSY)
            yield

    def _make_room(self, folder: Path) -> None:
        """A place for one more upload; those that nobody went on with, and old results, are forgotten first."""
        folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        under_way = 0
        for path in folder.glob("*.json"):
            part = path.with_suffix(".part")
            last = max((one.stat().st_mtime for one in (path, part) if one.exists()), default=now)
            if now - last > _STALE:
                _forget(path)
            else:
                under_way += part.exists()
        if under_way >= limits.PUSH_UPLOADS:
            raise RefusedError(
                push_messages.TOO_MANY, seen=under_way, limit="PUSH_UPLOADS", allowed=limits.PUSH_UPLOADS
            )

    def _judge_ended(self, library: str, found: Standing) -> Standing | None:
        """An upload that ended and is begun again: the same one, unless it was refused or another file came since."""
        if found.state == REFUSED or self._overtaken(library, found):
            _forget(self._path(library, found.upload))
            return None
        return found

    # --- taking in ------------------------------------------------------------------------------------------
    def _overtaken(self, library: str, found: Standing) -> bool:
        same = imports.earlier(self._store, library, _input(self._path(library, found.upload), found))
        return bool(found.key) and (same is None or same.number != found.change_set)

    def _take(self, library: str, found: Standing) -> Standing:
        """Import it in a thread that outlives the request, which waits a while for the end."""
        place = (library, found.upload)
        with self._guard:
            thread = self._at_work.get(place)
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=self._work, args=place, name="push", daemon=True)
                self._at_work[place] = thread
                thread.start()
        thread.join(self._wait)
        return self._read(library, found.upload) or found

    def _work(self, library: str, upload: str) -> None:
        # Whoever asks next tries again: the store is away for the moment, or the library's records are being imported.
        with self._turns, contextlib.suppress(LienThongError, OSError):
            path = self._path(library, upload)
            with self._store.locks.hold(f"push-take-{library}", wait=0) as held:
                found = self._read(library, upload)
                if not held or found is None or found.state != TAKING:
                    return
                try:
                    done = self._imported(library, path, found)
                except InputError as error:
                    reason = {"code": error.problem.code, "vi": error.text("vi"), "en": error.text("en")}
                    done = replace(found, state=REFUSED, reason=reason)
                _write(path, done)
                for suffix in (".part", ".plain"):
                    path.with_suffix(suffix).unlink(missing_ok=True)
        with self._guard:
            self._at_work.pop((library, upload), None)

    def _imported(self, library: str, path: Path, found: Standing) -> Standing:
        plain = path.with_suffix(".plain")
        digest = hashlib.sha256()
        with path.with_suffix(".part").open("rb") as stream, plain.open("wb") as out:
            for piece in decoded(stream, found.coding, found.name, limits.PUSH_PLAIN_BYTES):
                digest.update(piece)
                out.write(piece)
        if found.key and digest.hexdigest() != found.key:
            raise FormatError(push_messages.DAMAGED, name=found.name)
        entry = _input(path, replace(found, key=digest.hexdigest()))
        same = imports.earlier(self._store, library, entry)
        if same is not None and same.state == changesets.STAGED:  # killed between its last batch and its publication
            publish(self._store, same.number)
        if same is None or same.state not in (changesets.STAGED, changesets.PUBLISHED, changesets.UNDONE):
            done = imports.import_files(self._store, library, [entry], batch=self._batch)
            number, counts = done.change_set, done.counts
        else:
            number, counts = same.number, same.counts
        told: list[dict[str, Any]] = []
        for one in quarantine.of(self._store, number):
            if len(told) == limits.PUSH_TOLD:
                break
            where = {"record": one.record, "line": one.line, "code": one.code}
            told.append(where | {"vi": one.reason_vi, "en": one.reason_en})
        return replace(found, state=TAKEN, change_set=number, counts=counts, quarantined=told)


def too_large(seen: int) -> LimitError:
    """What is said of an upload that nobody would wait for."""
    return LimitError(push_messages.TOO_LARGE, limit="PUSH_BYTES", seen=seen, allowed=limits.PUSH_BYTES)


def _input(path: Path, found: Standing) -> Input:
    return Input(found.name, lambda: path.with_suffix(".plain").open("rb"), found.key)


def _write(path: Path, found: Standing) -> None:
    made = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
    made.write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")
    os.replace(made, path)


def _forget(path: Path) -> None:
    for suffix in (".part", ".plain", ".json"):
        path.with_suffix(suffix).unlink(missing_ok=True)
