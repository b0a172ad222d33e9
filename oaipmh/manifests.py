"""Manifests: one signed file for each set and format that says everything a partner must hold. docs/manifests.md.

    lienthong-manifest 1
    repository: https://…/oai
    set: library:bk01
    metadataPrefix: marcxml
    asOf: 2026-11-22T03:00:00Z
    sequence: 4711

    identifier TAB datestamp TAB live|deleted TAB SHA-256 of the metadata element's bytes, or -
    …

    records: 97034
    sha256: of every byte before this line
    signature: Ed25519 of the line before this one with its line end, base64

Text in UTF-8, lines end with LF, the whole in gzip. Each is written in one snapshot, row after row, into a file beside
its place, and takes its name when it is whole: killed at any moment, it leaves the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from catalogue import jobs, manifests
from catalogue.feed import Entry, Selection
from catalogue.manifests import DUMPS, MANIFEST, RESOURCES, Made, Shown
from catalogue.renderings import BY_NAME, FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.errors import StoreError
from oaipmh import messages, resource_dump, resourcesync
from oaipmh.dates import format_datestamp
from oaipmh.files import GzipFile, StoppedError, pages
from oaipmh.repository import Repository
from oaipmh.signing import Signer

MAGIC: Final = b"lienthong-manifest 1\n"
JOB: Final = "manifests"

Tell = Callable[[int], object]
Stop = Callable[[], bool]


def make(
    store: Store,
    repository: Repository,
    folder: Path,
    site: str,
    *,
    force: bool = False,
    tell: Tell = lambda records: None,
    stop: Stop = lambda: False,
) -> list[Made] | None:
    """Make the manifests of whatever changed, and what ResourceSync needs; returns those made, None when another does.

    `folder`: where the files go. `site`: public address of the server, without a slash at its end. `force`: also what
    did not change. `tell` hears the entries written. Raises StoreError when the database or the disk fails.
    """
    with store.locks.hold(JOB, wait=0) as held:
        if not held:
            return None
        job = jobs.start(store, JOB)
        made: list[Made] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            signer = Signer(store)
            shown = manifests.shown(store)
            manifests.forget(store, shown.sets)
            for spec, name in _due(store, folder, shown, force):
                made.append(_manifest(store, repository, signer, folder, (spec, name), shown.known[name], tell, stop))
            if force or resourcesync.stale(store, folder):
                made += resourcesync.make(store, folder, site, tell, stop)
            if force or resource_dump.stale(store, folder):
                made += resource_dump.make(store, folder, site, tell, stop)
            _sweep(store, folder)
        except StoppedError:
            jobs.finish(store, job, jobs.DONE, "stopped")
            return made
        except OSError as error:
            jobs.finish(store, job, jobs.FAILED, repr(error))
            raise StoreError(messages.FILES_FAILED, folder=folder, reason=error.strerror or error) from error
        except BaseException as error:
            jobs.finish(store, job, jobs.FAILED, repr(error))
            raise
        jobs.finish(store, job)
        return made


def _due(store: Store, folder: Path, shown: Shown, force: bool) -> list[tuple[str, str]]:
    """(set, format) whose manifest is missing, or knows less than the feed."""
    made = {(one.set_spec, one.part): one for one in manifests.all_made(store, MANIFEST)}
    changed: dict[int, set[str]] = {}
    found = []
    for spec in shown.sets:
        for entry in FORMATS:
            one = made.get((spec, entry.bit))
            if one is not None and (folder / one.file).exists() and not force:
                if one.seq not in changed:
                    changed[one.seq] = manifests.news(store, one.seq)
                knows_more = shown.known[entry.name] > one.seq and spec in changed[one.seq]
                # A format that is behind loses what is deleted all the same, and one that is made anew for all
                # (`catalogue.followers`) is no change of the sequence.
                if not knows_more and not (entry.followed and manifests.stamped(store, spec, entry, one.as_of)):
                    continue
            found.append((spec, entry.name))
    return found


def _manifest(
    store: Store,
    repository: Repository,
    signer: Signer,
    folder: Path,
    which: tuple[str, str],
    sequence: int,
    tell: Tell,
    stop: Stop,
) -> Made:
    spec, name = which
    with Feed(store).snapshot() as snapshot:
        file = f"{name}-{quote(spec, safe='') or 'all'}-{snapshot.response_date}-{sequence}.gz"
        out = GzipFile(folder / file)
        try:
            out.write(MAGIC)
            out.write(_head(repository, spec, name, snapshot.response_date, sequence))
            records = 0
            for page in pages(snapshot, Selection(name, spec), stop):
                out.write(b"".join(_line(repository, entry) for entry in page))
                records += len(page)
                tell(len(page))
            out.write(b"\nrecords: %d\n" % records)
            signed = b"sha256: %b\n" % out.digest.hexdigest().encode()
            out.write(signed)
            out.write(b"signature: %b\n" % signer.sign(signed).encode())
            size, digest = out.finish()
        except BaseException:
            out.drop()
            raise
        as_of = snapshot.response_date
    one = Made(MANIFEST, spec, BY_NAME[name].bit, file, sequence, as_of, as_of, records, size, digest)
    manifests.replace(store, MANIFEST, spec, [one], only=one.part)
    return one


def _head(repository: Repository, spec: str, name: str, as_of: int, sequence: int) -> bytes:
    lines = (
        f"repository: {repository.base_url}",
        f"set: {spec}",
        f"metadataPrefix: {name}",
        f"asOf: {format_datestamp(as_of).decode()}",
        f"sequence: {sequence}",
    )
    return "".join(f"{line}\n" for line in (*lines, "")).encode()


def _line(repository: Repository, entry: Entry) -> bytes:
    digest = b"-" if entry.deleted else hashlib.sha256(entry.metadata or b"").hexdigest().encode()
    return b"%b\t%b\t%b\t%b\n" % (
        repository.identifier(entry.identifier).encode(),
        format_datestamp(entry.datestamp),
        b"deleted" if entry.deleted else b"live",
        digest,
    )


def _sweep(store: Store, folder: Path) -> None:
    """Remove what no longer stands for anything: files of before, and what a killed run left."""
    kept = {one.file for kind in (MANIFEST, RESOURCES, DUMPS) for one in manifests.all_made(store, kind)}
    for path in folder.iterdir():
        if path.name not in kept and path.suffix in (".gz", ".zip", ".part"):
            with suppress(OSError):  # somebody may be reading it (Windows); the next run tries again
                path.unlink()
