"""Backups of a store in SQLite: made while the server runs, read again before they count, and put back.

A backup is a folder of ordinary files with a list of them, so that it can be copied anywhere and looked at without us:

    20261122T013000Z/
        lienthong.sqlite     one moment of the store, whole
        vault.key            opens the passwords of sources
        lienthong.toml       the settings
        push/                files that libraries have sent and that were not taken in yet
        backup.json          what is in it: moment, last change, records, SHA-256 of each file

The search index, pages kept and files half fetched are not in it: they are made or fetched again. PostgreSQL has tools
of its own, which are better than anything we could write (docs/operations.md).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from catalogue import messages
from catalogue.locks import hold_file
from catalogue.store import Store, iso
from catalogue.tables import LIVE, UNION
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings

FOLDER: Final = "backups"
LIST: Final = "backup.json"
DATABASE: Final = "lienthong.sqlite"
BESIDE: Final = ("vault.key", "lienthong.toml")
UPLOADS: Final = "push"
_PAGES: Final = 4096
_CHUNK: Final = 1024 * 1024

Progress = Callable[[int, int], None]
"""Told how many pages of how many are copied."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, as its list says."""

    name: str
    """Of its folder."""
    made: int
    """Seconds since 1970, UTC."""
    seq: int
    """Last number of the change sequence in it."""
    records: int
    """Records shown at that moment."""
    size: int
    """Bytes of all its files."""
    files: dict[str, str]
    """Path within the folder → SHA-256."""


def make(
    store: Store, settings: Settings, folder: Path | None = None, progress: Progress = lambda done, all_: None
) -> tuple[Path, Backup]:
    """Copy the store as it is at this moment, read the copy through, and let it stand as a backup.

    `folder`: where backups are kept, unless it is where the settings say. Returns the new folder and its list.
    Raises RefusedError for PostgreSQL and while another backup is made, StoreError when the disk is full or the copy
    is not whole; nothing is left behind then.
    """
    root = folder or place(settings)
    with store.read() as connection:
        now = store.now(connection)
    database = _database(settings)
    name = iso(now).replace("-", "").replace(":", "")
    with store.failures(), hold_file(settings.home / "locks", "backup", 0) as alone:
        if not alone:
            raise RefusedError(messages.BACKUP_BUSY)
        root.mkdir(parents=True, exist_ok=True)
        made = root / f"{name}.part"
        shutil.rmtree(made, ignore_errors=True)
        try:
            made.mkdir(mode=0o700)  # the key to the passwords is in it
            _copy(database, made / DATABASE, progress)
            for one in BESIDE:
                if (settings.home / one).is_file():
                    shutil.copyfile(settings.home / one, made / one)
            if (settings.home / UPLOADS).is_dir():
                shutil.copytree(settings.home / UPLOADS, made / UPLOADS)
            seq, records = _examined(made / DATABASE)
            files = {one: _digest(made / one) for one in sorted(_names(made))}
            size = sum((made / one).stat().st_size for one in files)
            found = Backup(name, now, seq, records, size, files)
            (made / LIST).write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1), encoding="utf-8")
            made.replace(root / name)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return root / name, found


def place(settings: Settings) -> Path:
    """Where backups are kept."""
    return Path(settings.backup_folder) if settings.backup_folder else settings.home / FOLDER


def verify(folder: Path) -> Backup:
    """Read a backup through: every file is what the list says, the database is whole.

    Raises InputError when the folder is no backup or something in it is not what it was.
    """
    found = read(folder)
    for name, digest in found.files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise InputError(messages.BACKUP_DAMAGED, folder=folder, name=name)
    try:
        seq, records = _examined(folder / DATABASE)
    except (sqlite3.Error, RefusedError) as error:
        raise InputError(messages.BACKUP_DAMAGED, folder=folder, name=DATABASE) from error
    if (seq, records) != (found.seq, found.records):
        raise InputError(messages.BACKUP_DAMAGED, folder=folder, name=LIST)
    return found


def read(folder: Path) -> Backup:
    """What a backup's list says. Raises InputError when there is none."""
    try:
        found = Backup(**json.loads((folder / LIST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(messages.BACKUP_NONE, folder=folder) from error
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in found.files):
        raise InputError(messages.BACKUP_NONE, folder=folder)
    return found


def kept(folder: Path) -> list[Backup]:
    """The backups in a folder, newest first; what is no backup is left out."""
    found = []
    for one in folder.glob("*Z") if folder.is_dir() else ():
        try:
            found.append(read(one))
        except InputError:
            continue
    return sorted(found, key=lambda one: (-one.made, one.name))


def thin(folder: Path, keep: int) -> list[str]:
    """Delete all backups but the newest `keep`; returns the names of those deleted."""
    gone = [one.name for one in kept(folder)[max(1, keep) :]]
    for name in gone:
        shutil.rmtree(folder / name, ignore_errors=True)
    return gone


def restore(settings: Settings, folder: Path) -> tuple[Backup, Path | None]:
    """Put a backup in the place of the store, whose files are moved aside, not deleted.

    Returns what was put back, and where the files are that lay there before (None: there were none).
    Raises InputError when the backup is not whole, RefusedError while a server runs on this home or for PostgreSQL.
    """
    found = verify(folder)
    database = _database(settings)
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    with hold_file(home / "index", "writer", 0) as alone:
        if not alone:
            raise RefusedError(messages.RESTORE_RUNNING, home=home)
        before = [
            *(Path(f"{database}{more}") for more in ("", "-wal", "-shm")),
            *(home / name for name in (*BESIDE, UPLOADS) if name in found.files or name == UPLOADS),
        ]
        aside: Path | None = None
        if any(one.exists() for one in before):
            aside = home / f"before-restore-{found.name}"
            for number in range(2, 1000):
                if not aside.exists():
                    break
                aside = home / f"before-restore-{found.name}-{number}"
            aside.mkdir()
            for one in before:
                if one.exists():
                    shutil.move(one, aside / one.name)
        for name in found.files:
            target = database if name == DATABASE else home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
    return found, aside


def _database(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise RefusedError(messages.BACKUP_POSTGRESQL)
    return Path(url.database)


def _copy(database: Path, target: Path, progress: Progress) -> None:
    """SQLite's own online backup, of one moment: the transaction that is open while it copies keeps others' commits
    out of it, and lets them go on (Write-Ahead Logging, 2.2). Without it each commit would begin the copy anew."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM clock").fetchone()
        source.backup(copy, pages=_PAGES, progress=lambda _, left, every: progress(every - left, every), sleep=0.0)
        # A single file, which needs no others beside it to be read from a medium that cannot be written.
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()


def _examined(database: Path) -> tuple[int, int]:
    """(last change, contributed records shown) of a database. Raises RefusedError for one not whole, sqlite3.Error."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise RefusedError(messages.BACKUP_NOT_WHOLE, said=str(said)[:200])
        [seq] = connection.execute("SELECT seq FROM clock").fetchone()
        shown = "SELECT count(*) FROM record WHERE status = ? AND source_id <> ?"
        [records] = connection.execute(shown, (LIVE, UNION)).fetchone()
    return int(seq), int(records)


def _names(folder: Path) -> Iterator[str]:
    return (one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
