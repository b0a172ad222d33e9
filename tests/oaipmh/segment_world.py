"""A real store with everything that harvests it, and what must be true of its segments at any moment."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from sqlalchemy import select

from catalogue import tables
from catalogue.feed import Entry, Segment, Selection
from catalogue.renderings import STAGED
from catalogue.segments import following
from catalogue.snapshot import Feed, Snapshot
from catalogue.store import Store, iso
from catalogue.undo import undo
from foundation.errors import RefusedError
from foundation.settings import Settings
from oaipmh import repositories, segments
from oaipmh.compression import gzip
from oaipmh.protocol import parse
from oaipmh.provider import Provider
from oaipmh.repository import Repository
from tests.catalogue.conftest import put, record
from tests.catalogue.follow import unite
from tests.oaipmh.world import KEY, responded

GONE = "00000dam a2200000 a 4500"
WHOLE = repositories.whole_repository(Settings())
OWN = replace(WHOLE, has_sets=False)


class RowFeed(Feed):
    """The same feed without its segments."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with super().snapshot() as snapshot:
            snapshot.segments = lambda *asked: iter(())  # type: ignore[method-assign]
            yield snapshot


def lists(store: Store) -> Iterator[tuple[Repository, str, Selection]]:
    """Every list that has segments, of every repository: the repository, its set, what is asked for."""
    with store.read() as connection:
        mine = tables.feed_set.c.id < tables.COLLECTIONS
        specs = list(connection.scalars(select(tables.feed_set.c.spec).where(mine)))
    for entry in STAGED:
        for spec in specs:
            yield WHOLE, "", Selection(entry.name, spec)
            if spec:
                yield OWN, spec, Selection(entry.name)


def check(store: Store) -> int:
    """Every segment says what the rows say, all of them and no others; returns how many there are."""
    count = 0
    for repository, home, selection in lists(store):
        with store.read() as connection:
            snapshot = Snapshot(store, connection, home)
            shelf = snapshot.shelf(segments.wording(repository), selection)
            assert shelf is not None
            rows = snapshot.page(selection, None, 1 << 20, 1 << 30, metadata=True)
            for found in following(connection, shelf, selection.start, 7):
                assert found == rewritten(repository, rows, found)
                count += 1
    return count


def rewritten(repository: Repository, rows: list[Entry], found: Segment) -> Segment:
    inside = [row for row in rows if found.after < (row.datestamp, row.record) <= found.last]
    return segments.write(repository, inside, found.after)


def missing(store: Store) -> int:
    """Entries that are in no segment."""
    count = 0
    for repository, home, selection in lists(store):
        with store.read() as connection:
            snapshot = Snapshot(store, connection, home)
            shelf = snapshot.shelf(segments.wording(repository), selection)
            assert shelf is not None
            stored = sum(found.records for found in following(connection, shelf, selection.start, 7))
            count += snapshot.total(selection) - stored
    return count


class Harvest:
    """A harvest that is asked of two providers, one with segments and one without: they must say the same."""

    def __init__(self, store: Store, chance: random.Random, now: int) -> None:
        code = chance.choice(["", "bk01", "bk02"])
        spec = f"library:{code}" if code else ""
        repository = replace(OWN, base_url=f"{WHOLE.base_url}/{code}") if code else WHOLE
        sizes = Settings(
            page_records=chance.choice([1, 3, 7, 12, 50]), page_bytes=chance.choice([1, 900, 4000, 1 << 22])
        )
        self._both = [
            Provider(repository, feed, [KEY], sizes, lambda: now)
            for feed in (
                Feed(store, spec),
                RowFeed(store, spec),
            )
        ]
        query = f"verb=ListRecords&metadataPrefix={chance.choice(['oai_dc', 'marcxml'])}"
        if not code and chance.random() < 0.5:
            query += "&set=" + chance.choice(["library", "library:bk01", "library:bk02", "library:bk09"])
        for bound in ("from", "until"):
            if chance.random() < 0.3:
                query += f"&{bound}={iso(now - chance.randint(0, 12))}"
        self.query: str | None = query
        self.used = 0
        """Segments of the last page."""

    def step(self) -> None:
        """One page."""
        assert self.query is not None
        with_segments, by_rows = (provider.pieces(parse(self.query.encode())) for provider in self._both)
        self.used = sum(isinstance(piece, Segment) for piece in with_segments)
        plain = b"".join(by_rows)  # type: ignore[arg-type]
        assert inflate(gzip(with_segments)) == plain, self.query
        assert responded(self._both[0], self.query) == plain
        _, _, rest = plain.partition(b"<resumptionToken")
        token = rest.partition(b">")[2].partition(b"<")[0].decode()
        self.query = f"verb=ListRecords&resumptionToken={token}" if token else None


def inflate(body: bytes) -> bytes:
    """What one gzip member holds; its checksum and length are checked, and nothing may follow it."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    data = reader.decompress(body)
    assert reader.eof
    assert not reader.unused_data
    return data


def change(store: Store, chance: random.Random, published: list[int]) -> None:
    """Publish something: new, changed, the same or deleted records, or undo a change set; or let the union follow."""
    if chance.random() < 0.4:
        unite(store)
        return
    if published and chance.random() < 0.15:
        with suppress(RefusedError):
            published.append(undo(store, chance.choice(published), force=chance.random() < 0.5)[0])
        return
    library = chance.choice(["bk01", "bk01", "bk02"])
    records = [
        record(f"{library}-{number}", f"Nhan đề {chance.randint(1, 3)} " * chance.choice([1, 1, 20]), leader)
        for number in chance.sample(range(60), chance.randint(1, 25))
        for leader in [GONE if chance.random() < 0.15 else "00000nam a2200000 a 4500"]
    ]
    published.append(put(store, *records, library=library)[0])
