"""Reading the feed as a harvester does: page by page, and only from where it stopped."""

from __future__ import annotations

from catalogue.feed import Cursor, Entry, Selection
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store


def pages(store: Store, selection: Selection, limit: int = 3) -> list[Entry]:
    """Every entry of a selection, each page in a snapshot of its own."""
    after: Cursor | None = None
    found: list[Entry] = []
    while True:
        with Feed(store).snapshot() as snapshot:
            page = snapshot.page(selection, after, limit, 10_000_000, metadata=True)
        if not page:
            return found
        found += page
        after = Cursor(page[-1].datestamp, page[-1].record)


def everything(store: Store, set_spec: str = "") -> dict[str, list[Entry]]:
    """The whole feed, in every format."""
    return {entry.name: pages(store, Selection(entry.name, set_spec)) for entry in FORMATS}


class Harvester:
    """A copy of one format that is kept up to date by incremental harvests alone, as OAI-PMH harvesters do it."""

    def __init__(self, store: Store, format_name: str = "oai_dc", set_spec: str = "") -> None:
        self.store = store
        self.selection = Selection(format_name, set_spec)
        self.since: int | None = None
        self.copy: dict[str, bytes] = {}

    def visit(self) -> None:
        """`from` = the responseDate of the last visit's first answer; `until` frozen at this one's."""
        with Feed(self.store).snapshot() as snapshot:
            answered = snapshot.response_date
            selection = Selection(self.selection.format, self.selection.set_spec, self.since, answered)
            page = snapshot.page(selection, None, 50, 10_000_000, metadata=True)
        while page:
            for entry in page:
                if entry.deleted:
                    self.copy.pop(entry.identifier, None)
                else:
                    assert entry.metadata is not None
                    self.copy[entry.identifier] = entry.metadata
            with Feed(self.store).snapshot() as snapshot:
                after = Cursor(page[-1].datestamp, page[-1].record)
                page = snapshot.page(selection, after, 50, 10_000_000, metadata=True)
        self.since = answered
