"""ResourceSync (ANSI/NISO Z39.99-2017): the MARCXML page of every item, as lists that a destination mirrors.

    /.well-known/resourcesync              Source Description (8)
    /resourcesync/capabilitylist.xml       Capability List (9)
    /resourcesync/resourcelist.xml         Resource List, or an index of its parts (10)
    /resourcesync/resourcedump.xml         Resource Dump (11): oaipmh.resource_dump
    /resourcesync/changelist.xml           Change List, or an index of closed ones and the open one (12)

The resource list is made beforehand from one snapshot, with hashes of the bytes that are served. Change lists are read
from the change sequence as it stands: list N holds the changes N·10,000 + 1 … (N + 1)·10,000, so that a closed one
never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from catalogue import manifests, told
from catalogue.feed import Entry, Selection
from catalogue.manifests import DUMPS, RESOURCES, Made
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.told import Change
from oaipmh import files
from oaipmh.dates import format_datestamp
from oaipmh.text import escape

LIST_ENTRIES: Final = 50_000
"""Of one list at the most (Sitemap protocol 0.9)."""
WINDOW: Final = 10_000
PROLOG: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
TYPE: Final = "application/marcxml+xml"
SPACES: Final = b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'
_CAPABILITIES: Final = "/resourcesync/capabilitylist.xml"
_RESOURCES: Final = "/resourcesync/resourcelist.xml"
_DUMP: Final = "/resourcesync/resourcedump.xml"
_CHANGES: Final = "/resourcesync/changelist.xml"


def source_description(site: str) -> bytes:
    """8: one set of resources, described by the data set's own page."""
    about = b'<rs:ln rel="describedby" href="%b"/>' % escape(f"{site}/dataset")
    whole = entry(site + _CAPABILITIES, b'<rs:md capability="capabilitylist" type="application/xml"/>' + about)
    return document(b"urlset", about + b'<rs:md capability="description"/>', [whole])


def capability_list(store: Store, site: str) -> bytes:
    """9: what there is of that set, and when lists that are made beforehand were made; what is not yet there is not
    named."""
    head = b'<rs:ln rel="describedby" href="%b"/><rs:ln rel="up" href="%b"/><rs:md capability="capabilitylist"/>' % (
        escape(f"{site}/dataset"),
        escape(f"{site}/.well-known/resourcesync"),
    )
    entries = [
        entry(site + place, b'<rs:md capability="%b" type="application/xml"/>' % name, made[0].as_of)
        for name, place, kind in ((b"resourcelist", _RESOURCES, RESOURCES), (b"resourcedump", _DUMP, DUMPS))
        if (made := manifests.all_made(store, kind))
    ]
    entries.append(entry(site + _CHANGES, b'<rs:md capability="changelist" type="application/xml"/>'))
    return document(b"urlset", head, entries)


# --- resource lists -------------------------------------------------------------------------------------------


def stale(store: Store, folder: Path) -> bool:
    """Whether the resource list is missing, or knows less than the feed."""
    made = manifests.all_made(store, RESOURCES)
    known = made[0].seq if made else -1
    return known != told.last(store) or not all((folder / one.file).exists() for one in made)


def make(store: Store, folder: Path, site: str, tell: Callable[[int], object], stop: Callable[[], bool]) -> list[Made]:
    """Write the parts of the resource list and let them stand for it together. Raises StoppedError, OSError."""
    made: list[Made] = []
    out: files.GzipFile | None = None
    held = 0
    with Feed(store).snapshot() as snapshot:
        at, sequence = snapshot.response_date, snapshot.sequence

        def finish(part: files.GzipFile) -> None:
            part.write(b"</urlset>\n")
            size, digest = part.finish()
            made.append(Made(RESOURCES, "", len(made), names[-1], sequence, at, at, held, size, digest))

        names: list[str] = []
        try:
            for page in files.pages(snapshot, Selection("marcxml"), stop):
                live = [one for one in page if not one.deleted]
                for one in live:
                    if out is not None and held == LIST_ENTRIES:
                        finish(out)
                        out = None
                    if out is None:
                        names.append(f"resources-{sequence}-{len(names)}.gz")
                        out, held = files.GzipFile(folder / names[-1]), 0
                        out.write(_part_head(site, len(names) - 1, at))
                    out.write(resource(site, one))
                    held += 1
                tell(len(live))
            if out is None and not made:
                names.append(f"resources-{sequence}-0.gz")
                out = files.GzipFile(folder / names[-1])
                out.write(_part_head(site, 0, at))
            if out is not None:
                finish(out)
        except BaseException:
            if out is not None:
                out.drop()
            raise
    manifests.replace(store, RESOURCES, "", made)
    return made


def resource_index(site: str, made: list[Made]) -> bytes:
    """10.2: an index of the parts; with a single part there is none."""
    at = format_datestamp(made[0].as_of)
    head = up(site) + b'<rs:md capability="resourcelist" at="%b"/>' % at
    maps = [b'<sitemap><loc>%b</loc><rs:md at="%b"/></sitemap>\n' % (escape(_part(site, one.part)), at) for one in made]
    return document(b"sitemapindex", head, maps)


def _part_head(site: str, number: int, at: int) -> bytes:
    # Whether there will be a second part is not known yet; a list may name an index that it then is itself.
    index = b'<rs:ln rel="index" href="%b"/>' % escape(site + _RESOURCES) if number else b""
    md = b'<rs:md capability="resourcelist" at="%b"/>' % format_datestamp(at)
    return PROLOG + b"<urlset %b>\n%b%b%b\n" % (SPACES, up(site), index, md)


def _part(site: str, number: int) -> str:
    return f"{site}/resourcesync/resourcelist-{number}.xml"


def resource(site: str, item: Entry, path: str = "") -> bytes:
    """10.1: an item's MARCXML as `/record/ID.xml` serves it. `path`: where it lies in the package that lists it."""
    data = PROLOG + (item.metadata or b"")
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    hashes = f"md5:{md5} sha-256:{hashlib.sha256(data).hexdigest()}".encode()
    page = f"{site}/record/{item.identifier}"
    links = b'<rs:ln rel="describes" href="%b"/><rs:ln rel="collection" href="%b"/>' % (
        escape(page),
        escape(f"{site}/dataset"),
    )
    packed = b' path="%b"' % escape(path) if path else b""
    md = b'<rs:md hash="%b" length="%d" type="%b"%b/>' % (hashes, len(data), TYPE.encode(), packed)
    return entry(f"{page}.xml", md + links, item.datestamp)


# --- change lists ---------------------------------------------------------------------------------------------


def change_windows(store: Store) -> int:
    """How many change lists there are, the open one included."""
    return told.last(store) // WINDOW + 1


def change_index(store: Store, site: str) -> Iterator[bytes]:
    """12.2: an index of the change lists; the closed ones say until when."""
    windows = change_windows(store)
    ends = told.stamps(store, [1, *(number * WINDOW for number in range(1, windows))])
    yield PROLOG + b"<sitemapindex %b>\n%b" % (SPACES, up(site))
    yield b'<rs:md capability="changelist" from="%b"/>\n' % format_datestamp(ends[1])
    for number in range(windows):
        md = _range(ends[max(1, number * WINDOW)], ends.get((number + 1) * WINDOW), b"")
        loc = escape(f"{site}/resourcesync/changelist-{number}.xml")
        yield b"<sitemap><loc>%b</loc>%b</sitemap>\n" % (loc, md)
    yield b"</sitemapindex>\n"


def change_list(store: Store, site: str, number: int) -> Iterator[bytes]:
    """12.1: the changes of one window, oldest first."""
    end, last = (number + 1) * WINDOW, told.last(store)
    ends = told.stamps(store, [max(1, number * WINDOW), end]) if last else {}
    since = ends.get(max(1, number * WINDOW), 0)
    index = b'<rs:ln rel="index" href="%b"/>' % escape(site + _CHANGES) if last >= WINDOW else b""
    yield PROLOG + b"<urlset %b>\n%b%b" % (SPACES, up(site), index)
    yield _range(since, ends.get(end), b' capability="changelist"') + b"\n"
    for batch in _grouped(told.between(store, number * WINDOW + 1, min(end, last))):
        yield b"".join(_change(site, one) for one in batch)
    yield b"</urlset>\n"


def _change(site: str, one: Change) -> bytes:
    stamp = format_datestamp(one.datestamp)
    md = b'<rs:md change="%b" datetime="%b"/>' % (one.kind.encode(), stamp)
    links = b'<rs:ln rel="describes" href="%b"/>' % escape(f"{site}/record/{one.identifier}")
    return entry(f"{site}/record/{one.identifier}.xml", md + links, one.datestamp)


def _range(since: int, until: int | None, more: bytes) -> bytes:
    """A list without `until` is open: there may be more of it later."""
    ending = b"" if until is None else b' until="%b"' % format_datestamp(until)
    return b'<rs:md%b from="%b"%b/>' % (more, format_datestamp(since), ending)


def _grouped(found: Iterable[Change], size: int = 500) -> Iterator[list[Change]]:
    held: list[Change] = []
    for one in found:
        held.append(one)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


# --- sitemaps -------------------------------------------------------------------------------------------------


def up(site: str) -> bytes:
    """Each list leads to the capability list."""
    return b'<rs:ln rel="up" href="%b"/>' % escape(site + _CAPABILITIES)


def entry(loc: str, more: bytes, modified: int | None = None) -> bytes:
    """One address of a list."""
    last = b"" if modified is None else b"<lastmod>%b</lastmod>" % format_datestamp(modified)
    return b"<url><loc>%b</loc>%b%b</url>\n" % (escape(loc), last, more)


def document(root: bytes, head: bytes, entries: Iterable[bytes]) -> bytes:
    """A whole list (7)."""
    return PROLOG + b"<%b %b>\n%b\n%b</%b>\n" % (root, SPACES, head, b"".join(entries), root)
