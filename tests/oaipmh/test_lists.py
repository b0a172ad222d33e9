"""Lists that come in pages: tokens, and that no harvester misses anything, whatever changes meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.settings import Settings
from oaipmh.dates import format_datestamp, parse_datestamp
from tests.oaipmh.world import OAI, Answer, World, library, oai_dc, renderings

ID = "oai:thuvien.example.vn:"
BOTH = ("ListRecords", "ListIdentifiers")
SMALL = Settings(page_records=3, page_headers=3)


def flat(pages: list[Answer]) -> list[str]:
    return [identifier.removeprefix(ID) for page in pages for identifier in page.identifiers]


def attributes(answer: Answer) -> dict[str, str]:
    return dict(answer.root.find(f".//{OAI}resumptionToken").attrib)


@pytest.mark.parametrize("verb", BOTH)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_rule_74_a_list_in_one_answer_has_no_token(verb: str, count: int) -> None:
    assert library(count, settings=SMALL).get(verb, metadataPrefix="oai_dc").token is None


@pytest.mark.parametrize("verb", BOTH)
@pytest.mark.parametrize("count", [4, 5, 6, 7, 9])
def test_rules_75_78_every_page_but_the_last_has_a_token(verb: str, count: int) -> None:
    pages = library(count, settings=SMALL).pages(verb, metadataPrefix="oai_dc")
    assert flat(pages) == [f"w{number}" for number in range(1, count + 1)]
    assert pages[-1].token == ""
    assert [attributes(page)["cursor"] for page in pages] == [str(start) for start in range(0, count, 3)]
    assert {attributes(page)["completeListSize"] for page in pages} == {str(count)}  # rule 79


def test_a_lifetime_beyond_all_dates_is_cut() -> None:
    world = library(4, settings=Settings(page_records=3, token_days=10**9))
    assert world.get("ListRecords", metadataPrefix="oai_dc").token


def test_rule_80_expiration_date() -> None:
    pages = library(4, settings=SMALL).pages("ListRecords", metadataPrefix="oai_dc")
    assert attributes(pages[0])["expirationDate"] == "2023-12-14T22:13:24Z"
    assert "expirationDate" not in attributes(pages[1])


@pytest.mark.parametrize("verb", BOTH)
def test_selection_stays_with_the_list(verb: str) -> None:
    world = library(20, settings=SMALL)
    bounds = {"from_": "2023-11-14T22:13:22Z", "until": "2023-11-14T22:13:34Z"}
    pages = world.pages(verb, metadataPrefix="marcxml", set="lib:bk", **bounds)
    assert flat(pages) == [f"w{number}" for number in range(3, 16, 2)]
    assert (b"MARC21/slim" in pages[1].body) == (verb == "ListRecords")


def test_rule_69_day_until_covers_its_last_second() -> None:
    world = World()
    midnight = parse_datestamp("2024-01-02")
    assert midnight is not None
    for number, second in enumerate((midnight.first - 1, midnight.first, midnight.last, midnight.last + 1)):
        world.store.now = second
        world.store.publish(f"w{number}", renderings("x"))
    pages = world.pages("ListIdentifiers", metadataPrefix="oai_dc", from_="2024-01-02", until="2024-01-02")
    assert flat(pages) == ["w1", "w2"]


def test_rule_83_a_token_may_be_used_again() -> None:
    world = library(9, settings=SMALL)
    token = world.get("ListRecords", metadataPrefix="oai_dc").token or ""
    first, second = (world.get("ListRecords", resumptionToken=token) for _ in range(2))
    assert first.body == second.body


def test_rules_82_87_a_token_is_bound_to_verb_and_repository_and_free_of_the_page_size() -> None:
    world = library(9, settings=SMALL)
    token = world.get("ListRecords", "/oai/bk", metadataPrefix="oai_dc").token or ""
    assert world.get("ListRecords", resumptionToken=token).codes == ["badResumptionToken"]
    assert world.get("ListIdentifiers", "/oai/bk", resumptionToken=token).codes == ["badResumptionToken"]
    world.settings = Settings(page_records=1)
    assert flat([world.get("ListRecords", "/oai/bk", resumptionToken=token)]) == ["w7"]


def test_rule_86_a_token_survives_a_new_server_and_a_new_host() -> None:
    world = library(5, settings=SMALL)
    token = world.get("ListRecords", metadataPrefix="oai_dc").token or ""
    world.base_url = "http://catalogue.example.org/oai"
    assert flat([world.get("ListRecords", resumptionToken=token)]) == ["w4", "w5"]


def test_the_attributes_of_a_token_request_are_verb_and_token() -> None:
    world = library(5, settings=SMALL)
    token = world.get("ListRecords", metadataPrefix="oai_dc").token or ""
    answer = world.get("ListRecords", resumptionToken=token)
    assert dict(answer.request.attrib) == {"verb": "ListRecords", "resumptionToken": token}


@pytest.mark.parametrize("verb", BOTH)
def test_rule_72_nothing_matches(verb: str) -> None:
    assert World().get(verb, metadataPrefix="oai_dc").codes == ["noRecordsMatch"]


def test_rule_112_a_page_ends_by_bytes() -> None:
    size = len(oai_dc("Truyện Kiều 1"))
    world = library(7, settings=Settings(page_bytes=2 * size))
    pages = world.pages("ListRecords", metadataPrefix="oai_dc")
    assert [len(page.identifiers) for page in pages] == [2, 2, 2, 1]
    assert len(world.pages("ListIdentifiers", metadataPrefix="oai_dc")) == 1


def test_a_record_larger_than_a_page_is_a_page() -> None:
    pages = library(3, settings=Settings(page_bytes=1)).pages("ListRecords", metadataPrefix="oai_dc")
    assert flat(pages) == ["w1", "w2", "w3"]


@pytest.mark.parametrize("broken", [{4, 5, 6, 7}, {1, 2, 3, 4}, {7}, {3, 4}, {1, 7}, {2, 4, 6}])
def test_rules_77_107_no_token_leads_to_records_that_cannot_be_delivered(broken: set[int]) -> None:
    world = World(settings=SMALL)
    for number in range(1, 8):
        world.store.publish(f"w{number}", {"oai_dc": None if number in broken else oai_dc("x")})
    pages = world.pages("ListRecords", metadataPrefix="oai_dc")
    assert flat(pages) == [f"w{number}" for number in range(1, 8) if number not in broken]
    assert all(len(page.identifiers) == 3 for page in pages[:-1])


def test_a_list_of_records_that_cannot_be_delivered_matches_nothing() -> None:
    world = World(settings=SMALL)
    for number in range(9):
        world.store.publish(f"w{number}", {"oai_dc": None})
    assert world.get("ListRecords", metadataPrefix="oai_dc").codes == ["noRecordsMatch"]


@pytest.mark.parametrize("verb", BOTH)
def test_rules_77_89_what_moved_behind_the_frozen_until_still_comes(verb: str) -> None:
    world = library(5, settings=SMALL)
    token = world.get(verb, metadataPrefix="oai_dc").token or ""
    world.store.tick(100)
    for number in (4, 5, 6, 7):
        world.store.publish(f"w{number}", renderings("mới"))
    answer = world.get(verb, resumptionToken=token)
    assert flat([answer]) == ["w4", "w5"]
    assert answer.token == ""


def test_what_moved_beyond_an_until_that_was_asked_for_matches_no_more() -> None:
    world = library(4, settings=SMALL)
    token = world.get("ListRecords", metadataPrefix="oai_dc", until="2023-11-14T22:13:24Z").token or ""
    world.store.tick(100)
    world.store.delete("w4")
    assert world.get("ListRecords", resumptionToken=token).codes == ["noRecordsMatch"]


def test_rule_89_a_list_ends_however_much_is_added() -> None:
    world = library(7, settings=SMALL)
    page = world.get("ListRecords", metadataPrefix="oai_dc")
    seen = flat([page])
    while page.token:
        world.store.tick()
        for number in range(5):
            world.store.publish(f"n{world.store.now}-{number}", renderings("mới"))
        page = world.get("ListRecords", resumptionToken=page.token)
        seen += flat([page])
    assert seen == [f"w{number}" for number in range(1, 8)]


def test_rule_90_a_deletion_shifts_nothing() -> None:
    world = library(7, settings=SMALL)
    token = world.get("ListRecords", metadataPrefix="oai_dc").token or ""
    world.store.tick()
    world.store.delete("w1")
    assert flat([world.get("ListRecords", resumptionToken=token)]) == ["w4", "w5", "w6"]


@dataclass
class Harvester:
    """Keeps a copy as the guidelines say: `from` is the responseDate of the first page of the harvest before."""

    world: World
    spec: str
    copy: dict[str, tuple[int, bool, bytes | None]] = field(default_factory=dict)
    since: str = ""
    started: str = ""
    token: str = ""

    def step(self) -> None:
        """One page; a new harvest when the last one is over."""
        if self.token:
            answer = self.world.get("ListRecords", resumptionToken=self.token)
        else:
            asked = {"from_": self.since} if self.since else {}
            asked |= {"set": self.spec} if self.spec else {}
            answer = self.world.get("ListRecords", metadataPrefix="oai_dc", **asked)
            self.started = answer.texts("responseDate")[0]
        assert answer.codes in ([], ["noRecordsMatch"])
        assert not (self.token and answer.codes), "a token led to nothing"
        for record in answer.root.iter(OAI + "record"):
            self.take(record)
        self.token = answer.token or ""
        if not self.token:
            self.since = self.started

    def take(self, record: Any) -> None:
        header = record.find(OAI + "header")
        stamp = parse_datestamp(header.find(OAI + "datestamp").text)
        assert stamp is not None
        metadata = record.find(OAI + "metadata")
        title = None if metadata is None else metadata[0][0].text
        name = header.find(OAI + "identifier").text.removeprefix(ID)
        self.copy[name] = (stamp.first, header.get("status") == "deleted", oai_dc(title) if title else None)


SETS: list[tuple[str, ...]] = [(), ("lib:bk",), ("lib:cd",), ("lib:bk", "diachi")]
ITEM = st.integers(0, 7).map(lambda number: f"w{number}")
ACTIONS = (
    st.tuples(st.just("publish"), ITEM, st.integers(0, 3), st.sampled_from(SETS))
    | st.tuples(st.just("delete"), ITEM)
    | st.tuples(st.just("tick"), st.integers(1, 3))
    | st.tuples(st.just("step"))
    | st.tuples(st.just("step"))
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=60), st.sampled_from(["", "lib", "lib:bk"]), st.integers(1, 3))
def test_no_harvester_misses_anything(actions: list[Any], spec: str, size: int) -> None:
    world = library(8, settings=Settings(page_records=size))
    harvester = Harvester(world, spec)
    known = {f"w{number}" for number in range(1, 9)}
    for name, *values in actions:
        if name == "publish":
            item, title, sets = values
            world.store.publish(item, renderings(f"nhan đề {title}"), sets)
            known.add(item)
        elif name == "delete" and values[0] in known:
            world.store.delete(values[0])
        elif name == "tick":
            world.store.tick(values[0])
        elif name == "step":
            harvester.step()
    while harvester.token:
        harvester.step()
    harvester.step()
    while harvester.token:
        harvester.step()
    assert harvester.copy == world.store.state(spec, "oai_dc")


def test_datestamps_are_written_as_they_are_read() -> None:
    for text in ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2024-02-29T12:00:00Z", "9999-12-31T23:59:59Z"):
        moment = parse_datestamp(text)
        assert moment is not None
        assert format_datestamp(moment.first) == text.encode()
