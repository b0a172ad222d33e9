"""The self-check finds what is wrong with a feed, and nothing where nothing is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from catalogue import feed_checks, publishing, set_sweep, sets, tables
from catalogue.followers import Follower
from catalogue.membership import QUERY
from catalogue.renderings import BY_NAME
from catalogue.sets import DefinedSet
from catalogue.store import Store
from catalogue.union_tables import union_member
from foundation import xml
from foundation.settings import Settings
from marc.record import Field, Record
from oaipmh import own_check, selfcheck
from oaipmh.asking import InProcess
from oaipmh.repositories import application, whole_repository
from oaipmh.selfcheck import Check, Report
from tests.catalogue.conftest import Time, readings, record, stage
from tests.catalogue.follow import put_united as put
from tests.catalogue.follow import unite
from tests.catalogue.sets_world import SITE
from tests.oaipmh.world import SCHEMA, library

GONE = "00000dam a2200000 a 4500"
SMALL = Settings(page_records=4, page_headers=5, base_url="https://thuvien.example.vn")


# What a broken feed looks like is the same on each database; that a sound one is sound is asked of both.
ONE_DATABASE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def records(count: int, first: int = 0) -> list[Record]:
    return [record(f"n{number}", f"Hồ Ba Bể {number}") for number in range(first, first + count)]


@pytest.fixture
def filled(store: Store, time: Time) -> Store:
    """Two libraries, records of three moments, one of them deleted, in every format and in sets within sets."""
    put(store, *records(11))
    time.pass_()
    put(store, *records(6, 100), library="bk02")
    time.pass_()
    put(store, record("n3", leader=GONE), record("n4", "đã sửa"))
    sets.add(store, DefinedSet(QUERY, "ho", "Hồ", query="245a~hồ"))
    sets.add(store, DefinedSet(QUERY, "ho:hai", "Hồ số hai", query="245a~2"))
    settle(store)
    time.pass_(5)
    return store


def settle(store: Store) -> None:
    assert set_sweep.run(store)
    assert Follower(store, SITE).follow()


def check(store: Store, **how: Any) -> Report:
    """In formats of both kinds, staged and followed; what is true of one kind's format is true of the others."""
    how = {"sleep": lambda seconds: None, "formats": ["oai_dc", "mods"]} | how
    found = own_check.check_own(store, application(store, SMALL), whole_repository(SMALL), **how)
    assert found is not None
    return found


def broken(report: Report) -> set[str]:
    return set(report.findings.counts)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the official schemas are not beside the repository")
def test_a_sound_feed_has_no_findings_and_is_valid(filled: Store) -> None:
    report = check(filled, grammar=xml.schema(SCHEMA), formats=[])
    assert report.findings.as_json() == []
    assert report.counts["records"] > 17 * 4


@ONE_DATABASE
def test_what_was_found_is_kept(filled: Store) -> None:
    check(filled)
    [kept] = feed_checks.latest(filled)
    assert (kept.state, kept.findings, kept.url) == ("sound", [], "https://thuvien.example.vn/oai")
    assert kept.counts["formats"] == 2 * 3


def test_an_empty_store_is_sound(store: Store) -> None:
    assert broken(check(store)) == set()


def contributed(store: Store, local_id: str) -> int:
    """The number of what a library contributed under this local id."""
    with store.read() as connection:
        query = select(tables.record.c.id).where(tables.record.c.source_id != tables.UNION)
        return int(connection.execute(query.where(tables.record.c.local_id == local_id)).scalar_one())


def number_of(store: Store, local_id: str) -> int:
    """The number of the union record that a contributed record is in."""
    mine = select(union_member.c.cluster).where(union_member.c.record_id == contributed(store, local_id))
    with store.read() as connection:
        cluster = connection.execute(mine).scalar_one()
        query = select(tables.record.c.id).where(tables.record.c.source_id == tables.UNION)
        return int(connection.execute(query.where(tables.record.c.local_id == str(cluster))).scalar_one())


# Of a union record, in each format: of everything, its library, its kind, its language, its query, and the sets
# above each of them. Of a contributed one, in its library's own repository.
@ONE_DATABASE
@pytest.mark.parametrize(("number", "lists"), [(number_of, 1 + 4 * 2), (contributed, 1)])
def test_a_record_missing_from_the_feed_is_reported(
    filled: Store, number: Callable[[Store, str], int], lists: int
) -> None:
    lost = number(filled, "n5")
    with filled.write() as connection:
        connection.execute(delete(tables.feed).where(tables.feed.c.record_id == lost))
    report = check(filled)
    assert broken(report) == {"F30"}
    assert report.findings.counts["F30"] == 2 * lists
    assert feed_checks.latest(filled)[0].state == "faulty"


@ONE_DATABASE
def test_a_lost_tombstone_is_reported(filled: Store) -> None:
    lost = contributed(filled, "n3")
    with filled.write() as connection:
        connection.execute(delete(tables.feed).where(tables.feed.c.record_id == lost))
    assert broken(check(filled)) == {"F30"}


@ONE_DATABASE
def test_a_record_that_should_not_be_shown_is_reported(filled: Store) -> None:
    there = number_of(filled, "n5")
    with filled.write() as connection:
        mine = tables.record.c.id == there
        connection.execute(update(tables.record).where(mine).values(status=tables.DELETED, version_id=None))
    assert "F31" in broken(check(filled))


@ONE_DATABASE
@pytest.mark.parametrize("name", ["oai_dc", "mods"])
def test_a_rendering_that_was_changed_is_reported(filled: Store, name: str) -> None:
    version = tables.record.select().where(tables.record.c.id == number_of(filled, "n5"))
    chosen = BY_NAME[name]
    table = tables.followed if chosen.followed else tables.rendering
    with filled.write() as connection:
        found = connection.execute(version).one()
        number, blob = filled.compression.compress(connection, name, b'<record xmlns="urn:other"/>')
        mine = table.c.record_id == found.id if chosen.followed else table.c.version_id == found.version_id
        mine = mine & (table.c.format == chosen.bit)
        connection.execute(update(table).where(mine).values(dictionary=number, bytes=blob))
    assert broken(check(filled)) == {"F32", "F33"}


@ONE_DATABASE
@pytest.mark.parametrize("spec", ["query:ho:hai", "query:ho", "query", "language:und"])
def test_a_record_missing_from_one_set_alone_is_reported(filled: Store, spec: str) -> None:
    lost = number_of(filled, "n2")
    with filled.write() as connection:
        number = connection.execute(tables.feed_set.select().where(tables.feed_set.c.spec == spec)).one().id
        mine = (tables.feed.c.record_id == lost) & (tables.feed.c.set_id == number)
        connection.execute(delete(tables.feed).where(mine))
    report = check(filled)
    assert broken(report) == {"F30"}
    assert report.findings.counts["F30"] == 2


@ONE_DATABASE
def test_a_record_that_a_set_should_not_have_is_reported(filled: Store) -> None:
    with filled.write() as connection:
        number = connection.execute(tables.feed_set.select().where(tables.feed_set.c.spec == "query:ho:hai")).one().id
        row = {"set_id": number, "record_id": number_of(filled, "n5"), "formats": 1, "status": tables.LIVE}
        connection.execute(tables.feed.insert().values(row | {"datestamp": 1_800_000_001}))
    assert "F31" in broken(check(filled))


def test_formats_that_are_behind_are_said_and_are_no_finding(filled: Store, time: Time) -> None:
    put(filled, record("n1", "mới"), record("n2", leader=GONE), record("n90"))
    publishing.publish(filled, stage(filled, readings(record("n5", "lặng"))), silent=True)
    unite(filled)
    put(filled, record("n6", leader=GONE))
    put(filled, record("n6", "trở lại"))  # before its formats were taken away
    time.pass_(5)
    report = check(filled)
    assert report.findings.as_json() == []
    assert report.counts["behind"] == 12  # six of contributed records, and those of the union that follow of them
    settle(filled)
    time.pass_(5)
    report = check(filled)
    assert report.findings.as_json() == []
    assert report.counts["behind"] == 0


def test_sets_that_are_filled_and_removed_are_no_finding(filled: Store, time: Time) -> None:
    sets.add(filled, DefinedSet(QUERY, "moi", "Mới", query="245a~ba"))
    sets.remove(filled, QUERY, "ho:hai")
    report = check(filled)
    assert report.findings.as_json() == []
    assert report.counts["unsorted"] == 17
    settle(filled)
    time.pass_(5)
    report = check(filled)
    assert report.findings.as_json() == []
    assert report.counts["unsorted"] == 0


@ONE_DATABASE
def test_a_record_that_left_a_set_is_no_finding(filled: Store, time: Time) -> None:
    put(filled, record("n2", "Hồ Ba Bể hai"))  # out of query:ho:hai, and still in query:ho
    put(filled, record("n5", "Truyện cổ"))
    settle(filled)
    time.pass_(5)
    assert check(filled).findings.as_json() == []
    named = check(filled, formats=["marcxml"], sets=["query:ho", "query:ho:hai"])
    assert named.findings.as_json() == []


@ONE_DATABASE
def test_of_small_sets_every_header_is_read_and_some_records(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "SAMPLE_PAGES", 1)
    whole = check(filled, formats=["marcxml"], sets=["material:book", "library:bk01"])
    asked: dict[str, int] = {}
    app = application(filled, SMALL)

    def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        for spec in ("material:book", "library:bk01"):
            if (
                f"set={spec.replace(':', '%3A')}" in environ["QUERY_STRING"]
                and "ListRecords" in environ["QUERY_STRING"]
            ):
                asked[spec] = asked.get(spec, 0) + 1
        return app(environ, start_response)

    own_check.check_own(filled, noting, whole_repository(SMALL), formats=["marcxml"], sleep=lambda seconds: None)
    # A list of everything in it, and an incremental one; of the other the first page alone.
    assert asked == {"library:bk01": 2, "material:book": 1}
    assert whole.findings.as_json() == []


@ONE_DATABASE
def test_a_rendering_that_cannot_be_read_is_reported_and_stops_no_page(filled: Store) -> None:
    with filled.write() as connection:
        version = tables.record.select().where(tables.record.c.local_id == "n5")
        shown = connection.execute(version).one().version_id
        mine = (tables.rendering.c.version_id == shown) & (tables.rendering.c.format == 1)
        connection.execute(update(tables.rendering).where(mine).values(bytes=b"\x28\xb5\x2f\xfd damaged"))
    report = check(filled, formats=["marcxml"])
    assert broken(report) >= {"F30", "F33"}
    assert "F01" not in broken(report)


def test_records_that_change_while_it_runs_are_no_finding(filled: Store, time: Time) -> None:
    turns = itertools.count(1)
    languages = iter(["tyz", "vie", "eng", "fre"])

    def change(_: dict[str, int]) -> None:
        turn = next(turns)
        if turn % 40 == 0:
            time.pass_()
            put(filled, record(f"n{turn % 7}", f"hồ {turn}"), record(f"x{turn}"))
            Follower(filled, SITE).follow()
        if turn % 150 == 0:  # its set has been empty until now
            one, code = record(f"y{turn}"), next(languages, "rus")
            put(filled, Record.build(one.leader, [*one.fields, Field("041", "07", (("a", code),))]))

    # The first two requests are Identify; the clock must move for the check to begin.
    def sleep(_: float) -> None:
        time.pass_()

    repository = whole_repository(SMALL)
    ask = InProcess(application(filled, SMALL), "/oai")
    whole = Check(
        ask,
        truth=own_check.truth(filled, repository),
        tell=change,
        sleep=sleep,
        sampled=own_check.is_sampled,
        aliases=repository.aliases,
    )
    assert whole.run().findings.as_json() == []
    assert next(turns) > 600


@ONE_DATABASE
def test_it_can_be_stopped(filled: Store) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 10

    report = check(filled, stop=stop)
    assert report.stopped
    assert report.counts["requests"] == 10
    assert feed_checks.latest(filled)[0].state == "stopped"


@ONE_DATABASE
def test_two_checks_do_not_run_at_once(filled: Store) -> None:
    with filled.locks.hold(own_check.LOCK, wait=0):
        assert own_check.check_own(filled, application(filled, SMALL), whole_repository(SMALL)) is None


Damage = Callable[[bytes, dict[str, Any]], bytes]


def replaced(pattern: bytes, by: bytes, only: str = "") -> Damage:
    def damage(body: bytes, environ: dict[str, Any]) -> bytes:
        return re.sub(pattern, by, body, flags=re.S) if only in environ["QUERY_STRING"] else body

    return damage


TOKEN = rb"(<resumptionToken[^>]*)>[^<]*</resumptionToken>"
DAMAGES: dict[str, Damage] = {
    "F02": replaced(rb"^$", b""),
    "F03": replaced(rb"</OAI-PMH>", b"", "ListIdentifiers"),
    "F05": replaced(rb"<responseDate>[^<]*", b"<responseDate>2026-01-01"),
    "F06": replaced(rb"<adminEmail>[^<]*</adminEmail>", b"", "Identify"),
    "F07": replaced(rb'code="badVerb"', b'code="badArgument"'),
    "F08": replaced(rb">oai_dc<", b">dc<", "ListMetadataFormats"),
    "F09": replaced(rb"<set><setSpec>lib</setSpec>.*?</set>", b"", "ListSets"),
    "F10": replaced(TOKEN, rb"", "resumptionToken"),
    "F11": replaced(rb'cursor="[1-9]', b'cursor="7'),
    "F12": replaced(rb'completeListSize="', b'completeListSize="9'),
    "F13": replaced(rb"(<header><identifier>[^<]*w2<.*?</header>)", rb"\1\1", "ListIdentifiers"),
    "F14": replaced(rb"<datestamp>[^<]*", b"<datestamp>1999-01-01T00:00:00Z"),
    "F15": replaced(rb"<header><identifier>[^<]*w2<.*?</header>", b"", "ListIdentifiers"),
    "F16": replaced(rb"<metadata>.*?</metadata>(?=</record>)", b"", "ListRecords"),
    "F18": replaced(rb"u ([0-9])", rb"u  \1", "GetRecord"),
}


def damaged(damage: Damage, plain_type: str = "") -> set[str]:
    """What the check finds of a sound repository whose answers are damaged on the way."""
    world = library(9, settings=SMALL)
    world.store.tick()

    def faulty(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        started: list[Any] = []
        body = b"".join(world.app(environ, lambda *said: started.extend(said)))
        headers = [(name, value) for name, value in started[1] if name != "Content-Length"]
        if plain_type:
            headers = [(name, plain_type if name == "Content-Type" else value) for name, value in headers]
        start_response(started[0], headers)
        return [damage(body, environ)]

    class Plain(InProcess):
        def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Any:
            return super().__call__(arguments, post, False)

    return set(Check(Plain(faulty, "/oai"), sleep=lambda _: None).run().findings.counts)


@pytest.mark.parametrize("rule", DAMAGES)
def test_each_fault_of_a_repository_is_found_by_its_rule(rule: str) -> None:
    assert rule in damaged(DAMAGES[rule], "text/html" if rule == "F02" else "")


@pytest.mark.parametrize("only", ["", "GetRecord", "ListRecords"])
def test_blanks_around_records_are_no_finding(only: str) -> None:
    assert damaged(replaced(rb"(</record>)(?!</metadata>)", rb"\1\n  ", only)) == set()


def test_an_application_that_fails_is_a_finding() -> None:
    def failing(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        raise ValueError("broken")

    assert broken(Check(InProcess(failing, "/oai")).run()) == {"F01"}


def test_a_list_that_never_ends_is_left() -> None:
    world = library(9, settings=SMALL)
    app = world.app
    first: list[bytes] = []

    def endless(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = b"".join(app(environ, start_response))
        if "resumptionToken" in environ["QUERY_STRING"] and first:
            return first
        if b"<resumptionToken" in body and not first:
            first.append(body)
        return [body]

    class Plain(InProcess):
        def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Any:
            return super().__call__(arguments, post, False)

    assert "F10" in broken(Check(Plain(endless, "/oai"), sleep=lambda _: None).run())
