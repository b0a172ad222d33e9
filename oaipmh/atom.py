"""What changed last, as Atom (RFC 4287), with deletions (RFC 6721).

The feed of everything is archived (RFC 5005, 4): archive N holds the changes N·100 + 1 … (N + 1)·100 for ever. The
feeds of libraries are paged (RFC 5005, 3), since their changes are not numbered one behind the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from catalogue import told
from catalogue.store import Store
from catalogue.told import Entry
from dublin_core.citation import citation
from oaipmh.dates import format_datestamp
from oaipmh.text import escape

WINDOW: Final = 100
TYPE: Final = "application/atom+xml; charset=utf-8"
_OPENING: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
    b'xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:fh="http://purl.org/syndication/history/1.0">\n'
)


class Address(NamedTuple):
    """Where the feed is, and how its items are called."""

    site: str
    """Public address of the server, without a slash at its end."""
    domain: str
    """`oai:<domain>:<opaque id>`, the id of an entry."""
    title: str
    email: str


def subscription(store: Store, address: Address) -> bytes:
    """The newest changes of everything, and the way to the archives."""
    last = told.last(store)
    closed = last // WINDOW  # archives that are full
    found = told.newest(store, 2 * WINDOW, after=max(0, (closed - 1) * WINDOW))
    links = {"self": "/feed/atom.xml"}
    if closed:
        links["prev-archive"] = f"/feed/atom/{closed - 1}.xml"
    return _feed(address, address.title, links, found)


def archive(store: Store, address: Address, number: int) -> bytes | None:
    """Archive `number`; None while it is not full, since an archive must never change."""
    if told.last(store) < (number + 1) * WINDOW:
        return None
    found = told.newest(store, WINDOW, before=(number + 1) * WINDOW + 1, after=number * WINDOW)
    links = {"self": f"/feed/atom/{number}.xml", "current": "/feed/atom.xml"}
    if number:
        links["prev-archive"] = f"/feed/atom/{number - 1}.xml"
    if told.last(store) >= (number + 2) * WINDOW:
        links["next-archive"] = f"/feed/atom/{number + 1}.xml"
    # What leaves no entry (silent changes) still moves the date on, so that no archive is without one.
    last = told.stamps(store, [(number + 1) * WINDOW])[(number + 1) * WINDOW]
    return _feed(address, address.title, links, found, b"<fh:archive/>\n", last)


def of_library(store: Store, address: Address, code: str, name: str, before: int | None = None) -> bytes:
    """The newest changes of a library, or those with a number below `before`, and the way to the next page."""
    found = told.newest(store, WINDOW + 1, before=before, code=code)
    base = f"/feed/library/{code}/atom.xml"
    links = {"self": base if before is None else f"{base}?before={before}", "first": base}
    if len(found) > WINDOW:
        found = found[:WINDOW]
        links["next"] = f"{base}?before={found[-1].change.seq}"
    return _feed(address, f"{address.title}: {name}", links, found)


def _feed(
    address: Address, title: str, links: dict[str, str], entries: Sequence[Entry], more: bytes = b"", updated: int = 0
) -> bytes:
    stamp = max((one.change.datestamp for one in entries), default=updated)
    where = b"".join(
        b'<link rel="%b" type="application/atom+xml" href="%b"/>\n' % (rel.encode(), escape(address.site + path))
        for rel, path in links.items()
    )
    return b"".join(
        (
            _OPENING,
            b"<id>%b</id>\n" % escape(address.site + links["self"].partition("?")[0]),
            b"<title>%b</title>\n<updated>%b</updated>\n" % (escape(title), format_datestamp(stamp)),
            b"<author><name>%b</name><email>%b</email></author>\n" % (escape(address.title), escape(address.email)),
            b'<link rel="alternate" type="text/html" href="%b"/>\n' % escape(address.site + "/"),
            where,
            more,
            *(_entry(address, one) for one in _latest(entries)),
            b"</feed>\n",
        )
    )


def _latest(entries: Sequence[Entry]) -> list[Entry]:
    """Each item once: RFC 4287, 4.1.1 takes no two entries of one id and one time."""
    seen: dict[str, Entry] = {}
    for one in entries:
        seen.setdefault(one.change.identifier, one)
    return list(seen.values())


def _entry(address: Address, one: Entry) -> bytes:
    name = f"oai:{address.domain}:{one.change.identifier}"
    stamp = format_datestamp(one.change.datestamp)
    page = escape(f"{address.site}/record/{one.change.identifier}")
    if one.record is None:
        return b'<at:deleted-entry ref="%b" when="%b"/>\n' % (escape(name), stamp)
    found = citation(one.record)
    author = "; ".join(person.text for person in found.names)
    return (
        b"<entry><id>%b</id><title>%b</title><updated>%b</updated>"
        b"<author><name>%b</name></author>"
        b'<link rel="alternate" type="text/html" href="%b"/>'
        b'<link rel="alternate" type="application/marcxml+xml" href="%b.xml"/>'
        b'<category term="%b"/>%b</entry>\n'
        % (
            escape(name),
            escape(found.title or one.change.identifier),
            stamp,
            escape(author or one.library),
            page,
            page,
            escape(one.change.kind),
            b"<contributor><name>%b</name></contributor>" % escape(one.library),
        )
    )
