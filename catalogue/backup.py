"""Backups of a store in SQLite: made while the server runs, read again before they count, and put back.

A backup is a folder of ordinary files with a list of them, so that it can be copied anywhere and looked at without us:

    20261122T013000Z/
        lienthong.sqlite     one moment of the store, whole
        vault.key            opens the passwords of sources
        lienthong.toml       the settings
        push/                files that libraries have sent and that were not taken in yet
        uploads/             files that people have brought to the import page and that were not published yet
        backup.json          what is in it: moment, last change, records, SHA-256 of each file

The search index, pages kept and files half fetched are not in it: they are made or fetched again. PostgreSQL has tools
of its own, which are better than anything we could write (docs/operations.md).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from catalogue import messages
from catalogue.failures import failures
from catalogue.locks import hold_file
from catalogue.store import IN_USE, Store, iso
from catalogue.tables import LIVE, UNION
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings

FOLDER: Final = "backups"
LIST: Final = "backup.json"
DATABASE: Final = "lienthong.sqlite"
BESIDE: Final = ("vault.key", "lienthong.toml")
UPLOADS: Final = "uploads"
INBOX: Final = "push"
_KEY: Final = "vault.key"
_PART: Final = re.compile(r"\d{8}T\d{6}(-\d+)?Z\.part")
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

    It is on the disk when this returns, so that older ones can go: a power cut leaves one or the other.
    `folder`: where backups are kept, unless it is where the settings say. Returns the new folder and its list.
    Raises RefusedError for PostgreSQL and while another backup is made, StoreError when the disk is full or the copy
    is not whole; nothing is left behind then.
    """
    root = folder or place(settings)
    with store.read() as connection:
        now = store.now(connection)
    database = _database(settings)
    with store.failures(), hold_file(settings.home / "locks", "backup", 0) as alone:
        if not alone:
            raise RefusedError(messages.BACKUP_BUSY)
        root.mkdir(parents=True, exist_ok=True)
        for killed in root.glob("*.part"):
            if _PART.fullmatch(killed.name):
                shutil.rmtree(killed, ignore_errors=True)
        name = _free_name(root, now)
        made = root / f"{name}.part"
        try:
            made.mkdir(mode=0o700)  # the key to the passwords is in it
            # What is sent goes from the inbox into the database, so it is looked for in the inbox first; of an upload
            # it is the row that knows it, and the file grows.
            _copy_inbox(settings.home / INBOX, made / INBOX)
            _copy(database, made / DATABASE, progress)
            _copy_uploads(made / DATABASE, settings.home / UPLOADS, made / UPLOADS)
            for one in BESIDE:
                if (settings.home / one).is_file():
                    _copy_file(settings.home / one, made / one)
            seq, records = _examined(made / DATABASE)
            files = {one: _digest(made / one) for one in sorted(_names(made))}
            size = sum((made / one).stat().st_size for one in files)
            found = Backup(name, now, seq, records, size, files)
            (made / LIST).write_text(json.dumps(asdict(found), ensure_ascii=False, indent=1), encoding="utf-8")
            _settle(made)
            made.replace(root / name)
            _sync(root)
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
    return sorted(found, key=lambda one: (one.made, len(one.name), one.name), reverse=True)  # …Z, …-2Z, … …-10Z


def thin(folder: Path, keep: int) -> list[str]:
    """Delete all backups but the newest `keep`; returns the names of those deleted."""
    gone = [one.name for one in kept(folder)[max(1, keep) :]]
    for name in gone:
        shutil.rmtree(folder / name, ignore_errors=True)
    return gone


def restore(settings: Settings, folder: Path) -> tuple[Backup, Path | None]:
    """Put a backup in the place of the store, whose files are moved aside, not deleted.

    Returns what was put back, and where the files are that lay there before (None: there were none).
    Raises InputError when the backup is not whole, RefusedError while a server or a command is at work on this home or
    for PostgreSQL, StoreError when the disk is full; then the store is what it was.
    """
    found = verify(folder)
    database = _database(settings)
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    with (
        failures(),
        hold_file(home / "index", "writer", 0) as no_server,
        hold_file(home / "locks", IN_USE, 0) as nobody,
    ):
        if not no_server:
            raise RefusedError(messages.RESTORE_RUNNING, home=home)
        if not nobody:
            raise RefusedError(messages.RESTORE_BUSY, home=home)
        new = home / f"restore-{found.name}.part"
        try:
            shutil.rmtree(new, ignore_errors=True)
            for name in found.files:  # whatever the disk has against it, it says before anything is moved
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _copy_file(folder / name, new / name)
            _settle(new)
            aside = _moved_aside(home, database, found)
            for one in new.iterdir():
                one.replace(database if one.name == DATABASE else home / one.name)
            for one in {home, database.parent}:
                _sync(one)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return found, aside


def _moved_aside(home: Path, database: Path, found: Backup) -> Path | None:
    """Where the files lie now in whose place a backup comes; None when there were none."""
    before = [
        *(Path(f"{database}{more}") for more in ("", "-wal", "-shm")),
        *(home / name for name in BESIDE if name in found.files),
        *(home / name for name in (INBOX, UPLOADS)),
    ]
    if not any(one.exists() for one in before):
        return None
    aside = home / f"before-restore-{found.name}"
    for number in range(2, 1000):
        if not aside.exists():
            break
        aside = home / f"before-restore-{found.name}-{number}"
    aside.mkdir()
    for one in before:
        if one.exists():
            shutil.move(one, aside / one.name)
    return aside


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


def _copy_inbox(inbox: Path, target: Path) -> None:
    """What libraries have sent: of each file first what is known of it, which never says more than there is of it.

    One that is taken in meanwhile goes away, and what is known of it then says so; the database has it.
    """
    for known in inbox.glob("*/*.json"):
        to = target / known.relative_to(inbox)
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy_file(known, to)
            if known.with_suffix(".part").exists():
                _copy_file(known.with_suffix(".part"), to.with_suffix(".part"))
            else:
                _copy_file(known, to)
        except FileNotFoundError:
            to.with_suffix(".part").unlink(missing_ok=True)
            to.unlink(missing_ok=True)
            if known.exists():
                _copy_file(known, to)


def _copy_uploads(database: Path, uploads: Path, target: Path) -> None:
    """The files of the import page that a database knows; one that is dropped meanwhile is left out."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT file FROM upload WHERE state <> 'dropped'")]
    for name in names:
        if (uploads / name).is_file():
            target.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):
                _copy_file(uploads / name, target / name)


def _copy_file(source: Path, target: Path) -> None:
    """A file with its mode. The key is its owner's alone, whatever medium it comes from."""
    if target.name == _KEY:
        target.touch(mode=0o600)
    shutil.copyfile(source, target)
    if target.name == _KEY:
        target.chmod(0o600)
    else:
        shutil.copymode(source, target)


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


def _free_name(root: Path, now: int) -> str:
    """What a backup of this second is called, of which there may be some already."""
    moment = iso(now).replace("-", "").replace(":", "").removesuffix("Z")
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    return next(name for number in numbers if not (root / (name := f"{moment}{number}Z")).exists())


def _settle(folder: Path) -> None:
    """Return when all that is in a folder is on the disk, and its names are."""
    for one in (*folder.rglob("*"), folder):
        _sync(one)


def _sync(path: Path) -> None:
    """Return when the bytes of a file, or the names in a folder, are on the disk (fsync, POSIX.1-2017)."""
    windows = os.name == "nt"  # which lets only a writer ask, and nobody of a folder
    if windows and path.is_dir():
        return
    number = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno != errno.EINVAL:  # of a file system of the network that cannot be asked
            raise
    finally:
        os.close(number)


def _names(folder: Path) -> Iterator[str]:
    return (one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
