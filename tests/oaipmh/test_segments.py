"""Segments change no answer, whatever happens between their making and their reading."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time as wall
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalogue.feed import Cursor, Entry, Segment, Selection
from catalogue.snapshot import Feed, Snapshot
from catalogue.store import Store
from catalogue.tables import segment
from foundation.settings import Settings
from oaipmh import segments
from oaipmh.compression import deflate, gzip, length, plain
from oaipmh.protocol import parse
from oaipmh.provider import Provider
from oaipmh.segments import Filler, wording
from oaipmh.wsgi import OaiApplication
from tests.catalogue.conftest import WALKS, Time, record
from tests.catalogue.follow import put_united as put
from tests.catalogue.follow import unite
from tests.oaipmh.segment_world import GONE, OWN, WHOLE, Harvest, change, check, inflate, missing
from tests.oaipmh.world import KEY, responded

EVERY = [record(f"bk01-{number}", f"Nhan đề {number}") for number in range(20)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small segments and batches, so that small stores have many."""
    monkeypatch.setattr(segments, "RECORDS", 5)
    monkeypatch.setattr(segments, "BYTES", 4000)
    monkeypatch.setattr(segments, "BATCH", 3)


def stored(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.scalars(select(segment.c.id).order_by(segment.c.id)))


# --- whatever happens ---


@WALKS
def test_answers_are_the_same_with_and_without_segments(store: Store, time: Time, seed: int) -> None:
    chance = random.Random(seed)
    filler = Filler(store, WHOLE)
    published: list[int] = []
    harvests: list[Harvest] = []
    used = 0
    for _ in range(25):
        change(store, chance, published)
        if chance.random() < 0.5:
            time.pass_(chance.choice([1, 1, 3]))
        if chance.random() < 0.5:
            # A process of its own knows nothing of what another one has done.
            assert chance.choice([filler, Filler(store, WHOLE)]).fill()
        check(store)
        # Some harvests go on while the store changes, others are given up.
        harvests = [*harvests[-4:], *(Harvest(store, chance, time.now) for _ in range(4))]
        for harvest in harvests:
            harvest.step()
            used += harvest.used
        harvests = [harvest for harvest in harvests if harvest.query]
    assert used > 20


def test_publishers_and_fillers_may_meet_at_any_moment(store: Store, settings: Settings, root: Path) -> None:
    """Publishers as processes with clocks that are set back, one of them killed, and two threads making segments."""
    store.close()
    live = Store.open(settings)
    put(live, *EVERY)
    stop = threading.Event()
    trouble: list[BaseException] = []

    def fill() -> None:
        try:
            while not stop.wait(0.01):
                Filler(live, WHOLE).fill()
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=fill, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    seen = published = 0
    # One after the other: two would hold the writer lock of SQLite nearly all the time.
    for library in ("bk01", "bk02"):
        command = [sys.executable, "-m", "tests.catalogue.publisher", settings.database_url, str(settings.home)]
        publisher = subprocess.Popen([*command, library, "3", "60"], cwd=root, stdout=subprocess.PIPE)
        assert publisher.stdout is not None
        published += bool(publisher.stdout.readline())  # however long it took to start
        end = wall.monotonic() + 2.5
        while wall.monotonic() < end:
            seen += check(live)
        publisher.kill()
        published += len(publisher.communicate(timeout=60)[0].splitlines())
        unite(live)
    stop.set()
    for thread in threads:
        thread.join()
    assert not trouble
    assert Filler(live, WHOLE).fill()
    assert check(live) > 0
    assert seen > 0
    assert published > 0
    live.close()


# --- what is made and what is not ---


def test_a_full_list_lacks_only_its_open_end(store: Store) -> None:
    put(store, *EVERY, record("bk01-x"))
    assert Filler(store, WHOLE).fill()
    # Two formats of three lists: everything, the library's set, the library's own repository.
    assert (len(stored(store)), missing(store)) == (6 * 4, 6 * 1)


def test_nothing_is_made_twice(store: Store, time: Time) -> None:
    put(store, *EVERY)
    filler = Filler(store, WHOLE)
    assert filler.fill()
    before = stored(store)
    assert filler.fill()
    assert Filler(store, WHOLE).fill()
    put(store, *EVERY)
    assert filler.fill()
    assert stored(store) == before


def test_only_what_changed_is_made_anew(store: Store, time: Time) -> None:
    put(store, *EVERY)
    filler = Filler(store, WHOLE)
    filler.fill()
    before = set(stored(store))
    time.pass_()
    put(store, record("bk01-7", "khác"))
    assert len(before - set(stored(store))) == 6
    assert filler.fill()
    assert len(set(stored(store)) - before) == 6
    assert check(store) == 24


@pytest.mark.parametrize("later", [0, 1])
def test_a_record_that_comes_is_in_no_segment_before_it(store: Store, time: Time, later: int) -> None:
    """In the same second it may have its place inside the last segment: numbers of records need not rise."""
    put(store, *EVERY)
    Filler(store, WHOLE).fill()
    time.pass_(later)
    put(store, record("bk01-3", "khác"), record("bk01-3x"))
    assert check(store) == (18 if later else len(stored(store)))
    assert missing(store) > 0


def test_segments_that_shrank_are_put_together(store: Store, time: Time) -> None:
    put(store, *EVERY)
    filler = Filler(store, WHOLE)
    filler.fill()
    for step in range(20):
        if step % 5:
            time.pass_()
            put(store, record(f"bk01-{step}", f"khác {step}"))
            assert filler.fill()
    time.pass_()
    put(store, record("bk01-x"))
    assert filler.fill()
    check(store)
    # Four records stayed where they were, sixteen moved to the end: never more segments than half-full ones would be.
    with store.read() as connection:
        most = connection.execute(select(func.count()).where(segment.c.set_id == 0, segment.c.format == 0)).scalar_one()
    assert most <= 2 * 21 / 5


def test_a_record_larger_than_a_segment_has_one_of_its_own(store: Store) -> None:
    put(store, *EVERY[:3], record("bk01-large", "Nhan đề rất dài " * 300), *EVERY[3:])
    assert Filler(store, WHOLE).fill()
    check(store)
    with store.read() as connection:
        sizes = connection.execute(select(segment.c.records).where(segment.c.metadata_bytes > 4000)).scalars().all()
    assert sizes == [1] * 6


def test_another_wording_is_another_kind_and_the_old_one_goes(store: Store) -> None:
    put(store, *EVERY)
    Filler(store, WHOLE).fill()
    renamed = replace(WHOLE, domain="khac.example.vn")
    assert Filler(store, renamed).fill()
    with store.read() as connection:
        kinds = set(connection.scalars(select(segment.c.kind)))
    assert kinds == {wording(renamed), wording(replace(renamed, has_sets=False)) + "/own"}


def test_who_is_at_work_already_is_left_to_it(store: Store) -> None:
    put(store, *EVERY)
    with store.locks.hold("segments"):
        assert not Filler(store, WHOLE).fill()
    assert stored(store) == []


def test_they_are_made_in_the_background_until_told_to_stop(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "POLL_SECONDS", 0.01)
    put(store, *EVERY)
    stop = threading.Event()
    thread = threading.Thread(target=segments.follow, args=(store, WHOLE, stop), daemon=True)
    thread.start()
    for _ in range(500):
        if len(stored(store)) == 24:
            break
        wall.sleep(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(stored(store)) == 24


# --- how they are read ---


def pieces(store: Store, query: str, sizes: Settings) -> list[bytes | Segment]:
    return Provider(WHOLE, Feed(store), [KEY], sizes).pieces(parse(query.encode()))


@pytest.mark.parametrize(("size", "expected"), [(4, 0), (5, 1), (9, 1), (10, 2), (20, 4), (50, 4)])
def test_a_page_takes_the_segments_that_fit(store: Store, size: int, expected: int) -> None:
    put(store, *EVERY)
    Filler(store, WHOLE).fill()
    answer = pieces(store, "verb=ListRecords&metadataPrefix=oai_dc", Settings(page_records=size))
    assert sum(isinstance(piece, Segment) for piece in answer) == expected
    assert plain(answer).count(b"<record>") == min(size, 20)


def test_headers_are_listed_without_them(store: Store) -> None:
    put(store, *EVERY)
    Filler(store, WHOLE).fill()
    answer = pieces(store, "verb=ListIdentifiers&metadataPrefix=oai_dc", Settings())
    assert all(isinstance(piece, bytes) for piece in answer)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_over_http(store: Store, method: str, coding: str) -> None:
    put(store, *EVERY, record("bk01-3", leader=GONE))
    Filler(store, WHOLE).fill()
    provider = Provider(WHOLE, Feed(store), [KEY], Settings())
    query = "verb=ListRecords&metadataPrefix=marcxml"
    environ = {"REQUEST_METHOD": method, "PATH_INFO": "/oai", "QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": coding}
    seen: list[dict[str, str]] = []
    (body,) = OaiApplication(lambda code: provider)(environ, lambda status, headers: seen.append(dict(headers)))  # type: ignore[arg-type, return-value]
    assert seen[0].get("Content-Encoding", "") == coding
    if method == "GET":
        assert len(body) == int(seen[0]["Content-Length"])
        assert (inflate(body) if coding else body) == responded(provider, query)
    else:
        assert body == b""


def test_a_library_of_its_own_shows_no_sets(store: Store) -> None:
    put(store, *EVERY)
    Filler(store, WHOLE).fill()
    with store.read() as connection:
        snapshot = Snapshot(store, connection, "library:bk01")
        found = list(snapshot.segments(wording(OWN), Selection("oai_dc"), None, 2))
    assert len(found) == 4
    assert not any(b"<setSpec>" in plain([one]) for one in found)


# --- the bytes ---


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=8))
def test_pieces_make_one_member(parts: list[tuple[bool, bytes]]) -> None:
    at = Cursor(0, 0)
    mixed = [Segment(at, at, at, 1, 1, *deflate(data, 3)) if stored else data for stored, data in parts]
    whole = b"".join(data for _, data in parts)
    assert inflate(gzip(mixed)) == plain(mixed) == whole
    assert length(mixed) == len(whole)


def test_a_member_says_its_length_modulo_4_gib() -> None:
    at = Cursor(0, 0)
    large = Segment(at, at, at, 1, 1, 0, (1 << 32) - 3, b"")
    assert gzip([large, b"abcde"])[-4:] == (2).to_bytes(4, "little")


def test_the_wording_follows_what_is_written() -> None:
    others = [replace(WHOLE, domain="x.example.vn"), OWN, replace(OWN, domain="x.example.vn")]
    assert len({wording(one) for one in [WHOLE, *others]}) == 4
    assert wording(replace(WHOLE, name="khác", base_url="https://khac.example.vn/oai")) == wording(WHOLE)


def test_a_record_that_cannot_be_shown_is_left_out_as_a_page_leaves_it_out() -> None:
    entries = [
        Entry("a", 1, 1, (), False, b"<a/>"),
        Entry("b", 1, 2, (), False, None),
        Entry("c", 1, 3, (), True, None),
    ]
    made = segments.write(WHOLE, entries, Cursor(0, 0))
    assert (made.records, made.metadata_bytes, made.first) == (2, 4, Cursor(1, 1))
    assert plain([made]).count(b"<record>") == 2
