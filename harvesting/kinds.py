"""The kinds of sources, in one table: another one is a row here and nothing else anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from catalogue import sources
from catalogue.sources import Source
from catalogue.store import Store
from foundation import limits, sftp
from foundation.errors import InputError
from foundation.network import Budget, Client
from foundation.sftp import Sftp, judge_secret
from harvesting import messages
from harvesting.address import Address
from harvesting.contract import Harvestable, Kind, Means
from harvesting.course import Course
from harvesting.files import FileCourse
from harvesting.folder import Folder
from harvesting.pages import Pages
from harvesting.peer import Peer
from harvesting.remote import Remote
from harvesting.settings import AddressSettings, FolderSettings, OaiSettings, SftpSettings, SruSettings, SyncSettings
from harvesting.sru_walk import SruWalk
from harvesting.sync_walk import SyncWalk
from harvesting.walking import WalkCourse

OAI: Final = "oai"
FILE: Final = "file"
FOLDER: Final = "folder"
SRU: Final = "sru"
SYNC: Final = "resourcesync"
SFTP: Final = "sftp"
# Hours: a large file over a weak line takes them, and is gone on with where it is cut.
_LONG: Final = Budget(
    total_seconds=6 * 3600, sent_bytes=limits.SOURCE_FILE_BYTES, plain_bytes=limits.SOURCE_FILE_BYTES
)  # fmt: skip


class Oai:
    """A repository that is harvested over OAI-PMH 2.0."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return OaiSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = OaiSettings.of(source.settings)
        keep = Pages(store, means.pages / str(source.number)).keep if made.archive else lambda page: None
        with Client(made.line(means.vault, source.name, means.agent)) as client:
            peer = Peer(client, made.url, made.quirks, sleep=means.sleep, keep=keep)
            yield Course(store, source, made, peer, progress=means.progress, rest=means.rest)


class FileAtAddress:
    """A file over HTTP."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return AddressSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = AddressSettings.of(source.settings)
        with Client(made.line(means.vault, source.name, means.agent, _LONG)) as client:
            place = Address(client, made.url, copies(means, source))
            yield FileCourse(store, source, made, place, means)


class WatchedFolder:
    """A folder of this machine."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return FolderSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = FolderSettings.of(source.settings)
        place = Folder(Path(made.folder), copies(means, source), made.settle)
        yield FileCourse(store, source, made, place, means)


class FilesOverSftp:
    """A file or a folder of another server, over SFTP."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return SftpSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = SftpSettings.of(source.settings)
        line, at = made.line(means.vault, source.name, means.agent, _LONG), sftp.address(made.url)
        with Sftp(line, at, made.host_key) as server:
            place = Remote(server, sftp.path_of(at), copies(means, source), made.settle, means.sleep)
            yield FileCourse(store, source, made, place, means)


class Sru:
    """An SRU server, walked by a query."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return SruSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = SruSettings.of(source.settings)
        with store.read() as connection:
            now = store.now(connection)
        with Client(made.line(means.vault, source.name, means.agent)) as client:
            yield WalkCourse(store, source, made, SruWalk(client, made, means.sleep, now), means)


class ResourceSync:
    """A ResourceSync source."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return SyncSettings.of(values).stored()

    @contextmanager
    def open(self, store: Store, source: Source, means: Means) -> Iterator[Harvestable]:
        made = SyncSettings.of(source.settings)
        with Client(made.line(means.vault, source.name, means.agent)) as client:
            yield WalkCourse(store, source, made, SyncWalk(client, made, means.sleep), means)


def copies(means: Means, source: Source) -> Path:
    """A source's own folder."""
    return means.folder / str(source.number)


KINDS: Final[dict[str, Kind]] = {
    OAI: Oai(),
    FILE: FileAtAddress(),
    FOLDER: WatchedFolder(),
    SRU: Sru(),
    SYNC: ResourceSync(),
    SFTP: FilesOverSftp(),
}


def kind(name: str) -> Kind:
    """The kind called `name`. Raises InputError naming those there are."""
    if name not in KINDS:
        raise InputError(messages.SOURCE_KIND, kind=name, known=", ".join(KINDS))
    return KINDS[name]


def opened(store: Store, source: Source, means: Means) -> AbstractContextManager[Harvestable]:
    """A source of whatever kind, ready to go. Raises as `Kind.open`."""
    return kind(source.kind).open(store, source, means)


def add(store: Store, means: Means, code: str, name: str, kind_name: str, values: Mapping[str, Any]) -> Source:
    """A new source of the library `code`; a `password` among `values` is locked before it is kept.

    Raises InputError for a value that is none, RefusedError for a name that is taken or a library that is not known.
    """
    given = dict(values)
    if given.get("password"):
        judge_secret(str(given["password"]))
        given["password"] = means.vault.lock(str(given["password"]), name)
    return sources.add(store, code, name, kind_name, kind(kind_name).check(given))
