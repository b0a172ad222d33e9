"""Files that people bring to the import page: kept on disk piece by piece, known to the store from the first byte on.

    receiving ─▶ received ─▶ waiting ─▶ staging ─▶ staged ─▶ (its change set goes on)
                    ▲  └────────────────────┴─▶ stopped | refused ─▶ waiting
                    └── another encoding or other columns are chosen
       any of them ─▶ dropped

A reload, a broken line or a restart of the server loses nothing: the row says where the file stands, the length of the
file says how much of it is here. What a file is called is shown and never used as a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from catalogue import batch_messages, changesets
from catalogue.batch_tables import upload
from catalogue.libraries import identify
from catalogue.store import Store
from catalogue.tables import change_set, library
from foundation import limits
from foundation.errors import InputError, LimitError, Problem, RefusedError

RECEIVING: Final = "receiving"
RECEIVED: Final = "received"
WAITING: Final = "waiting"
STAGING: Final = "staging"
STAGED: Final = "staged"
STOPPED: Final = "stopped"
REFUSED: Final = "refused"
DROPPED: Final = "dropped"
UNDER_WAY: Final = (RECEIVING, RECEIVED, WAITING, STAGING, STOPPED, REFUSED)
STOP: Final = "stop"
FOLDER: Final = "uploads"
_STALE: Final = 14 * 86_400
_NAME_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """One file and how far it is. Times are seconds since 1970, UTC."""

    number: int
    library: str
    name: str
    file: str
    size: int
    received: int
    digest: str
    state: str
    encoding: str
    change_set: int | None
    corrects: bool
    """It holds corrected records of `change_set`, which was there before it."""
    wish: str
    who: str
    reason_vi: str
    reason_en: str
    read: int
    """Bytes of the file that staging has read."""
    expected: int
    """Records that it seems to hold; 0 when that was not counted."""
    began_at: int
    """Records that were staged already when the staging began that runs now."""
    created: int
    started: int | None
    heartbeat: int

    def reason(self, language: str) -> str:
        """Why it was refused or stopped, empty when it was not."""
        return self.reason_en if language == "en" else self.reason_vi


_QUERY = select(upload, library.c.code).join(library, library.c.id == upload.c.library_id)


class Uploads:
    """The files of one store that lie in one folder."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self._folder = home / FOLDER

    # --- receiving ------------------------------------------------------------------------------------------
    def begin(self, code: str, name: str, size: int, who: str = "", corrects: int | None = None) -> Upload:
        """A place for a file of `size` bytes that somebody is about to send.

        The same file of the same sender that was begun and not finished is gone on with. Raises InputError for an
        empty file, LimitError (UPLOAD_BYTES), RefusedError (unknown library; UPLOADS_OPEN).
        """
        if size <= 0:
            raise InputError(batch_messages.UPLOAD_EMPTY)
        if size > limits.UPLOAD_BYTES:
            raise _limit("UPLOAD_BYTES", size, limits.UPLOAD_BYTES)
        called = shown_name(name)
        self.sweep()
        with self.store.write() as connection:
            number = identify(connection, code)
            same = (upload.c.library_id == number) & (upload.c.name == called) & (upload.c.size == size)
            same &= (upload.c.who == who) & (upload.c.state == RECEIVING)
            same &= upload.c.change_set_id.is_not_distinct_from(corrects)
            begun = connection.execute(_QUERY.where(same).order_by(upload.c.id.desc()).limit(1)).one_or_none()
            # One of which nothing came may have been killed before there was a file.
            if begun is not None and (begun.received == 0 or self.path(_upload(begun)).exists()):
                return self._placed(_upload(begun))
            open_ = select(func.count()).where(upload.c.library_id == number, upload.c.state.in_(UNDER_WAY))
            seen = connection.execute(open_).scalar_one()
            if seen >= limits.UPLOADS_OPEN:
                raise RefusedError(
                    batch_messages.UPLOAD_MANY,
                    library=code,
                    seen=seen,
                    limit="UPLOADS_OPEN",
                    allowed=limits.UPLOADS_OPEN,
                )
            now = self.store.now(connection)
            row = {"library_id": number, "name": called, "file": secrets.token_hex(16), "size": size, "who": who[:200]}
            row |= {"state": RECEIVING, "created": now, "heartbeat": now}
            row |= {"change_set_id": corrects, "corrects": int(corrects is not None)}
            made = connection.execute(insert(upload).values(row).returning(upload.c.id)).scalar_one()
            found = _get(connection, made)
        return self._placed(found)

    def _placed(self, found: Upload) -> Upload:
        with self.store.failures():
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path(found).touch()
        return found

    def write(self, number: int, start: int, stream: BinaryIO) -> Upload:
        """Keep what `stream` holds, which stands at `start` in the file; when all of it is here it is `received`.

        What came before a line broke is kept. Raises RefusedError when the file is not being received or does not go
        on there, InputError when more comes than was announced, StoreError when the disk is full.
        """
        with self.store.locks.hold(f"upload-{number}", wait=20) as held:
            found = get(self.store, number)
            if not held or found.state != RECEIVING:
                raise RefusedError(batch_messages.UPLOAD_STATE, number=number, state=found.state)
            if start != found.received:
                raise RefusedError(batch_messages.UPLOAD_OFFSET, offset=found.received, start=start)
            if not self.path(found).exists():
                raise RefusedError(batch_messages.UPLOAD_GONE, name=found.name)
            with self.store.failures(), self.path(found).open("r+b") as out:
                out.truncate(start)  # what a killed process wrote and did not note
                out.seek(start)
                try:
                    while piece := stream.read(256 * limits.KIB):
                        if (seen := out.tell() + len(piece)) > found.size:
                            name, size = found.name, found.size
                            raise InputError(batch_messages.UPLOAD_OTHER, name=name, seen=seen, allowed=size)
                        out.write(piece)
                finally:
                    out.flush()
                    os.fsync(out.fileno())
                    self._note(number, received=min(out.tell(), found.size))
            found = get(self.store, number)
            if found.received == found.size:
                try:
                    self._move(number, (RECEIVING,), state=RECEIVED, digest=self._digest(found))
                except FileNotFoundError as error:  # it was dropped meanwhile
                    state = get(self.store, number).state
                    raise RefusedError(batch_messages.UPLOAD_STATE, number=number, state=state) from error
        return get(self.store, number)

    def receive(self, code: str, name: str, stream: BinaryIO, who: str = "", corrects: int | None = None) -> Upload:
        """A whole file at once from a stream that seeks: a form without pieces, a file named on the command line."""
        size = stream.seek(0, os.SEEK_END)
        begun = self.begin(code, name, size, who, corrects)
        stream.seek(begun.received)
        return self.write(begun.number, begun.received, stream)

    # --- what people decide ---------------------------------------------------------------------------------
    def choose(self, number: int, encoding: str = "") -> Upload:
        """Read the file anew, in another `encoding` or with other columns: what was staged of it is dropped.

        Raises RefusedError while it is being read, or when its change set was published.
        """
        found = get(self.store, number)
        values: dict[str, Any] = {"state": RECEIVED, "reason_vi": "", "reason_en": "", "bytes_read": 0, "started": None}
        if not found.corrects:
            values["change_set_id"] = None
        if encoding:
            values["encoding"] = encoding[:20]
        self._let_go(number, (RECEIVED, STOPPED, REFUSED, STAGED), **values)
        return get(self.store, number)

    def ask(self, number: int, expected: int = 0) -> Upload:
        """Ask for the file to be staged, or to be gone on with; asking twice is asking once. Raises RefusedError.

        `expected`: how many records it seems to hold, where that was counted.
        """
        found = get(self.store, number)
        if found.state in (WAITING, STAGING, STAGED):
            return found
        if not self.path(found).exists():
            raise RefusedError(batch_messages.UPLOAD_GONE, name=found.name)
        values: dict[str, Any] = {"state": WAITING, "wish": "", "reason_vi": "", "reason_en": ""}
        if expected:
            values["expected"] = expected
        self._move(number, (RECEIVED, STOPPED, REFUSED), **values)
        return get(self.store, number)

    def stop(self, number: int) -> Upload:
        """Ask the staging to stop behind its batch; one that waits for its turn stops at once."""
        with suppress(RefusedError):
            self._move(number, (WAITING,), state=STOPPED)
        with suppress(RefusedError):
            self._move(number, (STAGING,), wish=STOP)
        return get(self.store, number)

    def drop(self, number: int) -> Upload:
        """Forget the file and what was staged of it. Raises RefusedError while it is read or when it is published."""
        found = get(self.store, number)
        if found.state == DROPPED:
            return found
        self._let_go(number, (RECEIVING, RECEIVED, WAITING, STOPPED, REFUSED, STAGED), state=DROPPED)
        self.path(found).unlink(missing_ok=True)
        return get(self.store, number)

    # --- on disk --------------------------------------------------------------------------------------------
    def path(self, found: Upload) -> Path:
        """Where the file lies: under a name that we gave it."""
        return self._folder / found.file

    def sweep(self) -> None:
        """Forget files that nobody went on with for two weeks, and those whose change set was published or dropped."""
        with self.store.read() as connection:
            now = self.store.now(connection)
            # The file of one that was dropped is here still when that was killed between the two.
            ended = change_set.c.state.not_in((changesets.STAGING, changesets.STAGED))
            done = (upload.c.state == DROPPED) | ((upload.c.state == STAGED) & ended)
            old = upload.c.state.in_(UNDER_WAY) & (upload.c.heartbeat < now - _STALE)
            joined = _QUERY.outerjoin(change_set, change_set.c.id == upload.c.change_set_id)
            recent = upload.c.heartbeat > now - 4 * _STALE
            rows = [_upload(row) for row in connection.execute(joined.where((done & recent) | old).limit(1000))]
        for found in rows:
            if found.state in UNDER_WAY:
                with suppress(RefusedError):
                    self.drop(found.number)
            self.path(found).unlink(missing_ok=True)

    def _digest(self, found: Upload) -> str:
        digest = hashlib.sha256()
        with self.path(found).open("rb") as stream:
            while piece := stream.read(limits.READ_CHUNK):
                digest.update(piece)
        return digest.hexdigest()

    def _let_go(self, number: int, states: tuple[str, ...], **values: Any) -> None:
        """Change an upload as `_move` does, and drop in the same moment the change set that came of the file, which
        somebody may have dropped already. Raises RefusedError when that is more than staged."""
        with self.store.write() as connection:
            found = _get(connection, number)
            _moved(connection, self.store.now(connection), number, states, values)
            if found.change_set is not None and not found.corrects:
                known = (changesets.STAGING, changesets.STAGED, changesets.DISCARDED)
                if changesets.require(connection, found.change_set, *known).state != changesets.DISCARDED:
                    changesets.forget(connection, found.change_set)

    def _move(self, number: int, states: tuple[str, ...], **values: Any) -> None:
        """Change an upload that is in one of `states`; of two who ask at once, the second is told what it became."""
        with self.store.write() as connection:
            _moved(connection, self.store.now(connection), number, states, values)

    def _note(self, number: int, **values: Any) -> None:
        with self.store.write() as connection:
            note(connection, number, self.store.now(connection), **values)


# --- rows -----------------------------------------------------------------------------------------------------
def get(store: Store, number: int) -> Upload:
    """The upload `number`. Raises RefusedError when there is none."""
    with store.read() as connection:
        return _get(connection, number)


def latest(store: Store, codes: Sequence[str], limit: int = 50, before: int = 0) -> list[Upload]:
    """The newest files of these libraries that are not dropped, newest first. `before`: only those of lower numbers."""
    query = _QUERY.where(library.c.code.in_(codes), upload.c.state != DROPPED).order_by(upload.c.id.desc())
    if before:
        query = query.where(upload.c.id < before)
    with store.read() as connection:
        return [_upload(row) for row in connection.execute(query.limit(limit))]


def wanted(store: Store) -> list[Upload]:
    """Files that wait to be staged, or were being staged, by a process that lives or by one that does not."""
    query = _QUERY.where(upload.c.state.in_((WAITING, STAGING))).order_by(upload.c.id)
    with store.read() as connection:
        return [_upload(row) for row in connection.execute(query)]


def same_file(store: Store, found: Upload) -> Upload | None:
    """An earlier file of the library with the same bytes, so that nobody reads one twice."""
    query = _QUERY.where(library.c.code == found.library, upload.c.digest == found.digest, upload.c.id < found.number)
    query = query.where(upload.c.state != DROPPED, upload.c.digest != "").order_by(upload.c.id.desc()).limit(1)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _upload(row)


def of_change_set(store: Store, number: int) -> Upload | None:
    """The file that a change set came of, None when it did not come through the import page."""
    query = _QUERY.where(upload.c.change_set_id == number, upload.c.corrects == 0).order_by(upload.c.id.desc())
    with store.read() as connection:
        row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _upload(row)


def note(connection: Connection, number: int, now: int, **values: Any) -> None:
    """Keep what changed about an upload."""
    connection.execute(update(upload).where(upload.c.id == number).values(heartbeat=now, **values))


def _moved(
    connection: Connection, now: int, number: int, states: tuple[str, ...], values: Mapping[str, Any]
) -> None:  # fmt: skip
    mine = (upload.c.id == number) & upload.c.state.in_(states)
    if not connection.execute(update(upload).where(mine).values(heartbeat=now, **values)).rowcount:
        raise RefusedError(batch_messages.UPLOAD_STATE, number=number, state=_get(connection, number).state)


def go_on(store: Store, number: int, **values: Any) -> bool:
    """Change an upload that waits to be staged or is being staged; False when somebody stopped or dropped it."""
    try:
        with store.write() as connection:
            _moved(connection, store.now(connection), number, (WAITING, STAGING), values)
    except RefusedError:
        return False
    return True


def refuse(store: Store, number: int, state: str, problem: Problem) -> None:
    """Keep why a file could not be staged, or why it stopped."""
    said = {"reason_vi": problem.text("vi"), "reason_en": problem.text("en")}
    go_on(store, number, state=state, wish="", **said)


def shown_name(name: str) -> str:
    """A file name that can be shown anywhere: its last part, printable, in NFC, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(letter if letter.isprintable() else " " for letter in last)
    kept = " ".join(clean.split())
    return kept[-_NAME_CHARACTERS:].strip() if kept.strip(". ") else "tep"


def _get(connection: Connection, number: int) -> Upload:
    row = connection.execute(_QUERY.where(upload.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(batch_messages.UPLOAD_UNKNOWN, number=number)
    return _upload(row)


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        number=row.id,
        library=row.code,
        name=row.name,
        file=row.file,
        size=row.size,
        received=row.received,
        digest=row.digest,
        state=row.state,
        encoding=row.encoding,
        change_set=row.change_set_id,
        corrects=bool(row.corrects),
        wish=row.wish,
        who=row.who,
        reason_vi=row.reason_vi,
        reason_en=row.reason_en,
        read=row.bytes_read,
        expected=row.expected,
        began_at=row.began_at,
        created=row.created,
        started=row.started,
        heartbeat=row.heartbeat,
    )


def _limit(name: str, seen: int, allowed: int) -> LimitError:
    return LimitError(batch_messages.UPLOAD_LARGE, limit=name, seen=seen, allowed=allowed)
