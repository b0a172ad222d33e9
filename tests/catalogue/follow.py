"""Reading the feed as a harvester does: page by page, and only from where it stopped.

Without a set, or in the set of a library, what libraries contributed is meant, as `/oai/<library>` shows it; in any
other set, and wherever `union` is said, the union records of `/oai`.
"""

from __future__ import annotations

from catalogue import libraries
from catalogue.feed import Cursor, Entry, Selection
from catalogue.publishing import Published
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store
from marc.record import Record
from tests.catalogue.conftest import put
from union.follower import Follower


def doors(store: Store, set_spec: str, union: bool = False) -> list[tuple[Feed, str]]:
    """The repositories to ask, each with the set to ask it for."""
    if not union and set_spec in ("", "library"):
        return [(Feed(store, one.set_spec), "") for one in libraries.all_libraries(store)]
    if not union and set_spec.startswith("library:"):
        return [(Feed(store, set_spec), "")]
    return [(Feed(store), set_spec)]


def unite(store: Store) -> None:
    """Let the union follow what was published."""
    assert Follower(store).follow()


def put_united(store: Store, *records: Record, library: str = "bk01") -> tuple[int, Published]:
    """Import records, and let the union follow."""
    found = put(store, *records, library=library)
    unite(store)
    return found


def pages(store: Store, selection: Selection, limit: int = 3, union: bool = False) -> list[Entry]:
    """Every entry of a selection, each page in a snapshot of its own; of several libraries in the order of the feed."""
    found: list[Entry] = []
    for feed, spec in doors(store, selection.set_spec, union):
        asked = Selection(selection.format, spec, selection.since, selection.until)
        after: Cursor | None = None
        while True:
            with feed.snapshot() as snapshot:
                page = snapshot.page(asked, after, limit, 10_000_000, metadata=True)
            if not page:
                break
            found += page
            after = Cursor(page[-1].datestamp, page[-1].record)
    return sorted(found, key=lambda entry: (entry.datestamp, entry.record))


def everything(store: Store, set_spec: str = "", union: bool = False) -> dict[str, list[Entry]]:
    """The whole feed, in every format."""
    return {entry.name: pages(store, Selection(entry.name, set_spec), union=union) for entry in FORMATS}


class Harvester:
    """A copy of one format that is kept up to date by incremental harvests alone, as OAI-PMH harvesters do it."""

    def __init__(self, store: Store, format_name: str = "oai_dc", set_spec: str = "", union: bool = False) -> None:
        self.selection = Selection(format_name, set_spec)
        self.store, self.union = store, union
        self.since: dict[str, int] = {}
        self.copies: dict[str, dict[str, bytes]] = {}

    @property
    def copy(self) -> dict[str, bytes]:
        """Identifier → bytes, of all the repositories that are harvested."""
        return {name: data for found in self.copies.values() for name, data in found.items()}

    def visit(self) -> None:
        """`from` = the responseDate of the last visit's first answer; `until` frozen at this one's."""
        for feed, spec in doors(self.store, self.selection.set_spec, self.union):
            self._visit(feed, spec)

    def _visit(self, feed: Feed, spec: str) -> None:
        door = feed.set_spec
        copy = self.copies.setdefault(door, {})
        with feed.snapshot() as snapshot:
            answered = snapshot.response_date
            selection = Selection(self.selection.format, spec, self.since.get(door), answered)
            page = snapshot.page(selection, None, 50, 10_000_000, metadata=True)
        while page:
            for entry in page:
                if entry.deleted:
                    copy.pop(entry.identifier, None)
                else:
                    assert entry.metadata is not None
                    copy[entry.identifier] = entry.metadata
            with feed.snapshot() as snapshot:
                after = Cursor(page[-1].datestamp, page[-1].record)
                page = snapshot.page(selection, after, 50, 10_000_000, metadata=True)
        self.since[door] = answered
