"""The store's feed keeps what every feed promises its provider: the contract that the model in memory keeps too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import delete, insert, select, update

from catalogue import homes, tables
from catalogue.renderings import BY_NAME
from catalogue.restamp import FeedRow, Move, restamp
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.conftest import NOW, Time
from tests.oaipmh.feed_contract import FeedContract
from tests.oaipmh.memory_feed import with_ancestors


class SqlStore:
    """The store's own tables, rows moved by `restamp`, with items and sets of any name."""

    def __init__(self, store: Store, time: Time) -> None:
        self._store = store
        self._time = time
        with store.write() as connection:
            connection.execute(update(tables.clock).values(last_stamp=NOW))

    @property
    def now(self) -> int:
        return self._time.now

    @property
    def feed(self) -> Feed:
        return Feed(self._store)

    def within(self, spec: str) -> Feed:
        return Feed(self._store, spec)

    def tick(self, seconds: int = 1) -> None:
        self._time.pass_(seconds)

    def describe(self, spec: str, name_vi: str, name_en: str = "") -> None:
        self._set(spec)
        with self._store.write() as connection:
            named = update(tables.feed_set).where(tables.feed_set.c.spec == spec)
            connection.execute(named.values(name_vi=name_vi, name_en=name_en))

    def publish(self, identifier: str, renderings: Mapping[str, bytes | None], sets: tuple[str, ...] = ()) -> None:
        numbers = {spec: self._set(spec) for spec in with_ancestors(sets)}
        version = self._store.reserve("version", 1)[0]
        with self._store.write() as connection:
            record = connection.execute(
                select(tables.record.c.id).where(tables.record.c.identifier == identifier)
            ).scalar()
            if record is None:
                record = version
                values = {
                    "id": record,
                    "identifier": identifier,
                    "source_id": tables.UNION,
                    "local_id": identifier,
                    "status": 0,
                }
                connection.execute(insert(tables.record).values(values))
            digests = {name: hashlib.blake2b(data or b"", digest_size=16).digest() for name, data in renderings.items()}
            query = select(tables.rendering.c.format, tables.rendering.c.hash).join(
                tables.record, tables.record.c.version_id == tables.rendering.c.version_id
            )
            old = dict(connection.execute(query.where(tables.record.c.id == record)).all())
            bits = {name: BY_NAME[name].bit for name in renderings}
            for name, data in renderings.items():
                if data is not None:
                    number, blob = self._store.compression.compress(connection, name, data)
                    row = {"version_id": version, "format": bits[name], "hash": digests[name]}
                    connection.execute(insert(tables.rendering).values(**row, dictionary=number, bytes=blob))
            changed = sum(1 << bits[name] for name in renderings if old.get(bits[name]) != digests[name])
            inside = (*numbers.values(), *(homes.own(number) for number in numbers.values() if number))
            move = Move(self.now, inside, sum(1 << bit for bit in bits.values()), changed)
            self._move(connection, record, move)
            own = " ".join(str(numbers[spec]) for spec in sets)
            one = update(tables.record).where(tables.record.c.id == record)
            connection.execute(one.values(status=tables.LIVE, version_id=version, sets=own))

    def delete(self, identifier: str) -> None:
        with self._store.write() as connection:
            one = tables.record.c.identifier == identifier
            record = connection.execute(select(tables.record.c.id).where(one)).scalar_one()
            rows = connection.scalars(select(tables.feed.c.set_id).where(tables.feed.c.record_id == record))
            self._move(connection, record, Move(self.now, set(rows), 0, 0))
            connection.execute(update(tables.record).where(one).values(status=tables.DELETED, version_id=None))

    def _move(self, connection, record: int, move: Move) -> None:  # type: ignore[no-untyped-def]
        feed = tables.feed
        mine = feed.c.record_id == record
        columns = (feed.c.set_id, feed.c.datestamp, feed.c.status, feed.c.formats)
        held = [FeedRow(*row) for row in connection.execute(select(*columns).where(mine))]
        connection.execute(delete(feed).where(mine))
        for row in restamp(held, move):
            connection.execute(insert(feed).values(record_id=record, **row._asdict()))

    def _set(self, spec: str) -> int:
        table = tables.feed_set
        with self._store.write() as connection:
            found = connection.execute(select(table.c.id).where(table.c.spec == spec)).scalar()
            if found is None:
                found = len(connection.scalars(select(table.c.id)).all()) + 100
                connection.execute(insert(table).values(id=found, spec=spec, name_vi=spec, name_en=""))
        return int(found)


class TestStoreFeed(FeedContract):
    @pytest.fixture
    def store(self, settings: Settings, time: Time) -> Iterator[SqlStore]:  # type: ignore[override]
        opened = Store.open(settings, time)
        with opened.write() as connection:
            library = {"code": "bk", "name_vi": "Thư viện", "kind": "district", "created": 0}
            connection.execute(insert(tables.library).values(library))
            connection.execute(insert(tables.source).values(library_id=1, name="uploads", kind="file", created=0))
        yield SqlStore(opened, time)
        opened.close()
