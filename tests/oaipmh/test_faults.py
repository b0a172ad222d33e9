"""Bad days of a repository: damage, clocks that leap, sets without number; and a harvester that polls through it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from catalogue import clock
from catalogue.feed import Selection
from catalogue.snapshot import Feed, Snapshot
from catalogue.store import Store
from catalogue.tables import feed, record, rendering, version
from catalogue.undo import undo
from foundation.errors import RefusedError, StoreError
from foundation.settings import Settings
from oaipmh import repositories
from oaipmh.protocol import parse
from oaipmh.provider import Provider
from oaipmh.segments import Filler
from tests.catalogue.conftest import Time, put
from tests.catalogue.conftest import record as made
from tests.oaipmh.world import KEY, OAI, Answer, World, check, library, responded

GONE = "00000dam a2200000 a 4500"
DAY = 86_400
PAGED = Settings(page_records=7)


def ask(store: Store, query: str, chosen: Settings = PAGED) -> Answer:
    """One answer of a library's own repository, valid by the schemas."""
    whole = repositories.whole_repository(chosen)
    own = replace(whole, base_url=f"{whole.base_url}/bk01", has_sets=False, home="library:bk01")
    body = responded(Provider(own, Feed(store, own.home), [KEY], chosen), query)
    check(body)
    return Answer("200 OK", {}, body)


@dataclass
class Harvester:
    """One that keeps a copy, and asks for everything since the responseDate of the first page it was given last."""

    store: Store
    copy: dict[str, tuple[str, str]] = field(default_factory=dict)
    since: str = ""

    def poll(self, interrupt: Callable[[], None] = lambda: None) -> None:
        query = "verb=ListRecords&metadataPrefix=oai_dc" + (f"&from={self.since}" if self.since else "")
        start = ""
        while query:
            answer = ask(self.store, query)
            start = start or answer.root.findtext(f"{OAI}responseDate")
            if answer.codes:
                assert answer.codes == ["noRecordsMatch"]
                break
            for found in answer.root.iter(f"{OAI}record"):
                header = found.find(f"{OAI}header")
                values = (header.get("status", ""), "".join(found.itertext("{*}title")))
                self.copy[header.findtext(f"{OAI}identifier")] = values
            query = f"verb=ListRecords&resumptionToken={answer.token}" if answer.token else ""
            interrupt()
        self.since = start


def content(store: Store) -> dict[str, tuple[str, str]]:
    """What the store shows, read from its rows and not by way of the protocol."""
    with store.read() as connection:
        snapshot = Snapshot(store, connection, "library:bk01")
        entries = snapshot.page(Selection("oai_dc"), None, 1 << 20, 1 << 40, metadata=True)
    found = {}
    for entry in entries:
        title = re.search(rb"<dc:title>([^<]*)", entry.metadata or b"")
        values = ("deleted" if entry.deleted else "", title[1].decode() if title else "")
        found[f"oai:lienthong.example.vn:{entry.identifier}"] = values
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_harvester_that_polls_through_everything_ends_with_the_stores_content(
    seed: int, store: Store, time: Time
) -> None:
    chance = random.Random(seed)
    harvester = Harvester(store)
    filler = Filler(store, repositories.whole_repository(PAGED))
    numbers: list[int] = []

    def publish() -> None:
        names = [f"{chance.randrange(40):03}" for _ in range(chance.randrange(1, 6))]
        records = [made(name, f"Bản {chance.randrange(9)}", GONE if chance.random() < 0.25 else made("x").leader)
                   for name in dict.fromkeys(names)]  # fmt: skip
        try:
            numbers.append(put(store, *records)[0])
        except StoreError:  # the clock has leapt ten years: nothing is published before a person says so
            clock.accept(store)

    def take_back() -> None:
        try:
            if numbers:
                undo(store, chance.choice(numbers), force=True)
        except (RefusedError, StoreError):
            pass

    def move_clock() -> None:
        time.pass_(chance.choice([0, 1, 1, 5, 3600, -DAY, -DAY, 10 * 366 * DAY]))

    actions = [publish, publish, publish, take_back, move_clock, filler.fill, harvester.poll]
    for _ in range(70):
        chance.choice(actions)()
    harvester.poll(interrupt=publish)
    time.pass_()
    harvester.poll()
    assert harvester.copy == content(store)
    assert len(harvester.copy) > 20


def test_a_clock_set_back_a_day_never_sets_back_an_answer(store: Store, time: Time) -> None:
    put(store, made("1"))
    dates = [ask(store, "verb=Identify").root.findtext(f"{OAI}responseDate")]
    for step in (5, -DAY, 1, DAY, 10 * 366 * DAY, -10 * 366 * DAY):
        time.pass_(step)
        dates.append(ask(store, "verb=Identify").root.findtext(f"{OAI}responseDate"))
    assert all(before <= after for before, after in pairwise(dates))
    assert dates[-1] < "2030"


def test_a_clock_ten_years_ahead_ends_no_harvest(store: Store, time: Time) -> None:
    put(store, *(made(str(number)) for number in range(20)))
    first = ask(store, "verb=ListRecords&metadataPrefix=oai_dc")
    time.pass_(10 * 366 * DAY)
    second = ask(store, f"verb=ListRecords&resumptionToken={first.token}")
    assert (len(first.identifiers), len(second.identifiers), second.codes) == (7, 7, [])


# --- damage ---


def damage(store: Store, names: list[str]) -> None:
    """Spoil the renderings of some records and lose those of one."""
    versions = record.c.local_id.in_(names)
    with store.write() as connection:
        spoilt = list(connection.scalars(record.select().with_only_columns(record.c.version_id).where(versions)))
        table = rendering.update().where(rendering.c.version_id.in_(spoilt))
        connection.execute(table.values(bytes=b"\x00damaged"))
        connection.execute(delete(rendering).where(rendering.c.version_id == spoilt[0]))
        connection.execute(update(rendering).where(rendering.c.version_id == spoilt[1]).values(dictionary=999))


@pytest.mark.parametrize("is_segmented", [False, True])
def test_damaged_records_are_left_out_and_all_others_come(is_segmented: bool, store: Store) -> None:
    put(store, *(made(f"{number:03}") for number in range(250)))
    # The first of all, a whole page of them, one at the end of a page, the last of all.
    bad = ["000", *(f"{number:03}" for number in range(14, 24)), "104", "249"]
    damage(store, bad)
    if is_segmented:
        assert Filler(store, repositories.whole_repository(PAGED)).fill()
    for chosen in (PAGED, Settings(page_records=120)):
        query, found = "verb=ListRecords&metadataPrefix=marcxml", []
        while query:
            answer = ask(store, query, chosen)
            assert answer.identifiers
            found += answer.identifiers
            query = f"verb=ListRecords&resumptionToken={answer.token}" if answer.token else ""
        assert len(found) == len(set(found)) == 250 - len(bad)
    headers = ask(store, "verb=ListIdentifiers&metadataPrefix=marcxml", Settings(page_headers=300))
    assert len(headers.identifiers) == 250


def test_provenance_that_cannot_be_read_costs_one_record(store: Store) -> None:
    put(store, *(made(str(number)) for number in range(5)))
    with store.write() as connection:
        first = connection.scalar(record.select().with_only_columns(record.c.version_id).limit(1))
        connection.execute(update(version).where(version.c.id == first).values(provenance='[["half'))
    assert len(ask(store, "verb=ListRecords&metadataPrefix=oai_dc").identifiers) == 4


def test_a_feed_row_in_the_future_is_shown_when_it_is_due(store: Store, time: Time) -> None:
    put(store, made("1"), made("2"))
    with store.write() as connection:
        one = connection.scalar(record.select().with_only_columns(record.c.id).where(record.c.local_id == "2"))
        connection.execute(update(feed).where(feed.c.record_id == one).values(datestamp=time.now + 100))
    query = "verb=ListRecords&metadataPrefix=oai_dc"
    assert len(ask(store, query).identifiers) == 1
    time.pass_(100)
    assert len(ask(store, query).identifiers) == 2


# --- numbers ---


def test_sets_without_number_come_in_pages() -> None:
    world: World = library(2)
    for number in range(20_000):
        world.store.describe(f"s{number}", f"Bộ {number}", f"Set {number}")
    specs, query, pages = [], "verb=ListSets", 0
    while query:
        answer = world.ask(query)
        assert len(answer.body) < 2_000_000
        specs += answer.texts("setSpec")
        pages += 1
        query = f"verb=ListSets&resumptionToken={answer.token}" if answer.token else ""
    assert len(specs) == len(set(specs)) == 20_004
    assert pages == 11


def test_sets_that_come_and_go_between_pages_lose_none_that_stays() -> None:
    world = library(1, settings=Settings(page_headers=3))
    for number in range(9):
        world.store.describe(f"s{number}", f"Bộ {number}")
    first = world.ask("verb=ListSets")
    del world.store._sets[0]
    world.store.describe("new", "Mới")
    specs, query = first.texts("setSpec"), f"verb=ListSets&resumptionToken={first.token}"
    while query:
        answer = world.ask(query)
        specs += answer.texts("setSpec")
        query = f"verb=ListSets&resumptionToken={answer.token}" if answer.token else ""
    assert {f"s{number}" for number in range(9)} | {"new"} <= set(specs)
    world.store._sets[:] = world.store._sets[:1]
    assert world.ask(f"verb=ListSets&resumptionToken={first.token}").texts("setSpec")


def test_a_request_is_judged_in_the_same_time_however_long_it_is() -> None:
    for raw in (b"a=b&" * 4000, b"verb=" + b"%41" * 5000, b"&" * 16_000, b"set=" + b"a:" * 8000, b"=" * 16_000):
        parse(raw)
