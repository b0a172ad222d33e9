"""The resource dump of ResourceSync (ANSI/NISO Z39.99-2017, 11): the items themselves, packed, for whoever begins.

    /resourcesync/resourcedump.xml            the packages there are (11.1)
    /resourcesync/resourcedump-N.zip          one of them: manifest.xml (11.1.1) and a file for every item
    /resourcesync/resourcedump-N.xml          its manifest alone

A destination takes the packages and goes on with the change lists from their moment; it never asks for the items one by
one. For that an old dump is as good as a new one, so it is made anew only after DAYS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from catalogue import manifests, told
from catalogue.feed import Entry, Selection
from catalogue.manifests import DUMPS, Made
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation import archives
from oaipmh import files, resourcesync
from oaipmh.dates import format_datestamp
from oaipmh.resourcesync import PROLOG, SPACES
from oaipmh.text import escape

PACKAGE_ENTRIES: Final = 10_000
"""Items of a package: some 20 MB, so that a broken line costs little."""
DAYS: Final = 7
MANIFEST_NAME: Final = "manifest.xml"
"""The name that 11.1.1 asks for."""


def stale(store: Store, folder: Path) -> bool:
    """Whether the dump is missing, or knows less than the feed and is older than DAYS."""
    made = manifests.all_made(store, DUMPS)
    if not made or not all((folder / one.file).exists() for one in made):
        return True
    with store.read() as connection:
        is_old = made[0].as_of <= store.now(connection) - DAYS * 86_400
    return is_old and made[0].seq != told.last(store)


def make(store: Store, folder: Path, site: str, tell: Callable[[int], object], stop: Callable[[], bool]) -> list[Made]:
    """Write the packages from one snapshot and let them stand for the dump. Raises StoppedError, OSError."""
    made: list[Made] = []
    with Feed(store).snapshot() as snapshot:
        at, sequence = snapshot.response_date, snapshot.sequence
        pages = files.pages(snapshot, Selection("marcxml"), stop)
        live = (entry for entry in chain.from_iterable(pages) if not entry.deleted)
        while not made or made[-1].records == PACKAGE_ENTRIES:
            file = f"dump-{sequence}-{len(made)}.zip"
            records = _pack(folder / file, site, islice(live, PACKAGE_ENTRIES), at, tell)
            size, digest = files.measure(folder / file)
            made.append(Made(DUMPS, "", len(made), file, sequence, at, at, records, size, digest))
    manifests.replace(store, DUMPS, "", made)
    return made


def document(site: str, made: list[Made]) -> bytes:
    """11.1: every package, its size and where its manifest can be read alone."""
    at = format_datestamp(made[0].as_of)
    head = resourcesync.up(site) + b'<rs:md capability="resourcedump" at="%b"/>' % at
    entries = []
    for one in made:
        place = f"{site}/resourcesync/resourcedump-{one.part}"
        hashed = f"sha-256:{one.sha256}".encode()
        md = b'<rs:md type="application/zip" length="%d" hash="%b" at="%b"/>' % (one.size, hashed, at)
        contents = b'<rs:ln rel="contents" href="%b" type="application/xml"/>' % escape(f"{place}.xml")
        entries.append(resourcesync.entry(f"{place}.zip", md + contents, one.as_of))
    return resourcesync.document(b"urlset", head, entries)


def manifest(path: Path) -> bytes:
    """The manifest in a package."""
    return archives.packed_file(path, MANIFEST_NAME)


def _pack(path: Path, site: str, entries: Iterator[Entry], at: int, tell: Callable[[int], object]) -> int:
    """Write one package; returns how many items are in it."""
    listed = [PROLOG + b"<urlset %b>\n" % SPACES]
    listed.append(resourcesync.up(site))
    listed.append(b'<rs:md capability="resourcedump-manifest" at="%b"/>\n' % format_datestamp(at))
    records = 0
    with archives.Package(path) as package:
        for entry in entries:
            name = f"{entry.identifier[-2:]}/{entry.identifier}.xml"
            package.add(name, PROLOG + (entry.metadata or b""), entry.datestamp)
            listed.append(resourcesync.resource(site, entry, f"/{name}"))
            records += 1
            if records % files.PAGE == 0:
                tell(files.PAGE)
        package.add(MANIFEST_NAME, b"".join([*listed, b"</urlset>\n"]), at)
    tell(records % files.PAGE)
    return records
