"""The self-check finds what is wrong with a feed, and nothing where nothing is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update

from catalogue import feed_checks, tables
from catalogue.store import Store
from foundation import xml
from foundation.settings import Settings
from marc.record import Record
from oaipmh import own_check
from oaipmh.asking import InProcess
from oaipmh.selfcheck import Check, Report
from server import application, whole_repository
from tests.catalogue.conftest import Time, put, record
from tests.oaipmh.world import SCHEMA, library

GONE = "00000dam a2200000 a 4500"
SMALL = Settings(page_records=4, page_headers=5, base_url="https://thuvien.example.vn")


def records(count: int, first: int = 0) -> list[Record]:
    return [record(f"n{number}", f"Hồ Ba Bể {number}") for number in range(first, first + count)]


@pytest.fixture
def filled(store: Store, time: Time) -> Store:
    """Two libraries, records of three moments, one of them deleted."""
    put(store, *records(11))
    time.pass_()
    put(store, *records(6, 100), library="bk02")
    time.pass_()
    put(store, record("n3", leader=GONE), record("n4", "đã sửa"))
    time.pass_(5)
    return store


def check(store: Store, **how: Any) -> Report:
    how = {"sleep": lambda seconds: None} | how
    found = own_check.check_own(store, application(store, SMALL), whole_repository(SMALL), **how)
    assert found is not None
    return found


def broken(report: Report) -> set[str]:
    return set(report.findings.counts)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the official schemas are not beside the repository")
def test_a_sound_feed_has_no_findings_and_is_valid(filled: Store) -> None:
    report = check(filled, grammar=xml.schema(SCHEMA))
    assert report.findings.as_json() == []
    assert report.counts["records"] > 17 * 4


def test_what_was_found_is_kept(filled: Store) -> None:
    check(filled)
    [kept] = feed_checks.latest(filled)
    assert (kept.state, kept.findings, kept.url) == ("sound", [], "https://thuvien.example.vn/oai")
    assert kept.counts["formats"] == 2 * 3


def test_an_empty_store_is_sound(store: Store) -> None:
    assert broken(check(store)) == set()


def number_of(store: Store, local_id: str) -> int:
    with store.read() as connection:
        query = tables.record.select().where(tables.record.c.local_id == local_id)
        return int(connection.execute(query).one().id)


def test_a_record_missing_from_the_feed_is_reported(filled: Store) -> None:
    lost = number_of(filled, "n5")
    with filled.write() as connection:
        connection.execute(delete(tables.feed).where(tables.feed.c.record_id == lost))
    report = check(filled)
    assert broken(report) == {"F30"}
    # In both formats: of everything, of its two sets, and of its library's own repository.
    assert report.findings.counts["F30"] == 2 * 4
    assert feed_checks.latest(filled)[0].state == "faulty"


def test_a_lost_tombstone_is_reported(filled: Store) -> None:
    lost = number_of(filled, "n3")
    with filled.write() as connection:
        connection.execute(delete(tables.feed).where(tables.feed.c.record_id == lost))
    assert broken(check(filled)) == {"F30"}


def test_a_record_that_should_not_be_shown_is_reported(filled: Store) -> None:
    there = number_of(filled, "n5")
    with filled.write() as connection:
        mine = tables.record.c.id == there
        connection.execute(update(tables.record).where(mine).values(status=tables.DELETED, version_id=None))
    assert "F31" in broken(check(filled))


def test_a_rendering_that_was_changed_is_reported(filled: Store) -> None:
    version = tables.record.select().where(tables.record.c.local_id == "n5")
    with filled.write() as connection:
        shown = connection.execute(version).one().version_id
        number, blob = filled.compression.compress(connection, "marcxml", b'<record xmlns="urn:other"/>')
        mine = (tables.rendering.c.version_id == shown) & (tables.rendering.c.format == 1)
        connection.execute(update(tables.rendering).where(mine).values(dictionary=number, bytes=blob))
    assert broken(check(filled)) == {"F32", "F33"}


def test_a_rendering_that_cannot_be_read_is_reported_and_stops_no_page(filled: Store) -> None:
    with filled.write() as connection:
        version = tables.record.select().where(tables.record.c.local_id == "n5")
        shown = connection.execute(version).one().version_id
        mine = (tables.rendering.c.version_id == shown) & (tables.rendering.c.format == 1)
        connection.execute(update(tables.rendering).where(mine).values(bytes=b"\x28\xb5\x2f\xfd damaged"))
    report = check(filled)
    assert broken(report) >= {"F30", "F33"}
    assert "F01" not in broken(report)


def test_records_that_change_while_it_runs_are_no_finding(filled: Store, time: Time) -> None:
    turns = iter(range(1, 1000))

    def change(_: dict[str, int]) -> None:
        turn = next(turns)
        if turn % 12 == 0:
            time.pass_()
            put(filled, record(f"n{turn % 7}", f"lần {turn}"), record(f"x{turn}"))

    # The first two requests are Identify; the clock must move for the check to begin.
    def sleep(_: float) -> None:
        time.pass_()

    repository = whole_repository(SMALL)
    ask = InProcess(application(filled, SMALL), "/oai")
    whole = Check(ask, truth=own_check.truth(filled, repository), tell=change, sleep=sleep)
    assert whole.run().findings.as_json() == []


def test_it_can_be_stopped(filled: Store) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 10

    report = check(filled, stop=stop)
    assert report.stopped
    assert report.counts["requests"] == 10
    assert feed_checks.latest(filled)[0].state == "stopped"


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


@pytest.mark.parametrize("rule", DAMAGES)
def test_each_fault_of_a_repository_is_found_by_its_rule(rule: str) -> None:
    world = library(9, settings=SMALL)
    world.store.tick()
    app = world.app

    def faulty(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        started: list[Any] = []
        body = b"".join(app(environ, lambda *said: started.extend(said)))
        headers = [(name, value) for name, value in started[1] if name not in ("Content-Length",)]
        if rule == "F02":
            headers = [(name, "text/html" if name == "Content-Type" else value) for name, value in headers]
        start_response(started[0], headers)
        return [DAMAGES[rule](body, environ)]

    class Plain(InProcess):
        def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Any:
            return super().__call__(arguments, post, False)

    found = Check(Plain(faulty, "/oai"), sleep=lambda _: None).run()
    assert rule in found.findings.counts
    sound = Check(Plain(app, "/oai"), sleep=lambda _: None).run()
    assert sound.findings.as_json() == []


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
