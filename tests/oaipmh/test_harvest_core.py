"""The pure course of a harvest (`oaipmh.harvester`) against a repository made of values, obedient or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from oaipmh.answers import Answer, Harvested, Token
from oaipmh.dates import parse_datestamp
from oaipmh.harvester import Harvest, Received, Then, Wish, since_of
from oaipmh.quirks import Quirks, changed, quirks

DAY = 86_400
NOW = 100 * DAY
Arguments = dict[str, str]


def record(number: int, stamp: int) -> Harvested:
    return Harvested(f"r{number}", stamp, False, (), b"<x/>")


class Repository:
    """Answers by the standard, `size` records to the page; `trouble` may answer in its place."""

    def __init__(
        self, stamps: list[int], size: int = 3, trouble: Callable[[int, Arguments], Answer | None] | None = None
    ) -> None:
        self.records = [record(number, stamp) for number, stamp in enumerate(stamps)]
        self.size = size
        self.trouble = trouble
        self.asked: list[Arguments] = []

    def answer(self, arguments: Arguments) -> Answer:
        self.asked.append(arguments)
        if self.trouble is not None and (instead := self.trouble(len(self.asked), arguments)) is not None:
            return instead
        if "resumptionToken" in arguments:
            low, high, at = map(int, arguments["resumptionToken"].split("-"))
        else:
            low = moment(arguments.get("from"), 0)
            high = moment(arguments.get("until"), 10**9) + (DAY - 1 if len(arguments.get("until", "")) == 10 else 0)
            at = 0
        found = [one for one in self.records if low <= (one.datestamp or 0) <= high]
        if not found:
            return Answer(NOW, (("noRecordsMatch", ""),))
        more = at + self.size < len(found)
        token = Token(f"{low}-{high}-{at + self.size}" if more else "", len(found), at) if more or at else None
        return Answer(NOW, (), tuple(found[at : at + self.size]), token)


def moment(text: str | None, otherwise: int) -> int:
    found = parse_datestamp(text or "")
    return otherwise if found is None else found.first


def run(harvest: Harvest, repository: Repository, most: int = 500) -> tuple[list[str], list[Received]]:
    """Everything that came, in order, and what was said."""
    got: list[str] = []
    said: list[Received] = []
    while (arguments := harvest.request()) is not None and most:
        received = harvest.receive(repository.answer(arguments))
        got += [one.identifier for one in received.records]
        said.append(received)
        most -= 1
        if received.then is Then.FAILED:
            break
    assert most, "it never ends"
    return got, said


def names(count: int) -> list[str]:
    return [f"r{number}" for number in range(count)]


def codes(said: list[Received]) -> list[str]:
    return [problem.code for one in said for problem in one.problems]


@given(st.lists(st.integers(0, NOW - 1), max_size=30), st.integers(1, 7), st.sampled_from([0, 1, 7, 30]))
def test_everything_comes_in_windows_or_without(stamps: list[int], size: int, window_days: int) -> None:
    repository = Repository(stamps, size)
    got, said = run(Harvest(Wish("oai_dc"), Quirks(window_days=window_days), earliest=0), repository)
    assert sorted(got) == sorted(names(len(stamps)))
    assert said[-1].then is Then.DONE
    assert codes(said) == []


@given(st.lists(st.integers(0, NOW - 1), min_size=1, max_size=30), st.integers(0, 20))
def test_a_harvest_resumed_after_any_page_brings_the_rest(stamps: list[int], pages: int) -> None:
    repository = Repository(stamps)
    harvest = Harvest(Wish("oai_dc"))
    got: list[str] = []
    for _ in range(pages):
        arguments = harvest.request()
        if arguments is None:
            break
        got += [one.identifier for one in harvest.receive(repository.answer(arguments)).records]
    kept = json.loads(json.dumps(harvest.kept))
    more, _ = run(Harvest.resumed(kept), repository)
    assert got + more == names(len(stamps))


def test_the_first_request_says_what_is_wished_and_later_ones_the_token_alone() -> None:
    repository = Repository([DAY] * 4)
    run(Harvest(Wish("marcxml", "a:b", since=DAY, until=2 * DAY)), repository)
    first, second = repository.asked
    assert first == {
        "verb": "ListRecords", "metadataPrefix": "marcxml", "set": "a:b",
        "from": "1970-01-02T00:00:00Z", "until": "1970-01-03T00:00:00Z",
    }  # fmt: skip
    assert set(second) == {"verb", "resumptionToken"}


def test_switches_change_what_is_sent() -> None:
    repository = Repository([DAY] * 4)
    run(Harvest(Wish("oai_dc", since=DAY), Quirks(prefix_with_token=True, days=True)), repository)
    assert repository.asked[1] == {
        "verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "1970-01-02",
        "resumptionToken": "86400-1000000000-3",
    }  # fmt: skip
    run(Harvest(Wish("oai_dc", since=DAY), Quirks(no_dates=True, one_by_one=True)), repository)
    assert repository.asked[2] == {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


def expires(times: int) -> Callable[[int, Arguments], Answer | None]:
    left = [times]

    def trouble(number: int, arguments: Arguments) -> Answer | None:
        if "resumptionToken" in arguments and left[0] > 0:
            left[0] -= 1
            return Answer(NOW, (("badResumptionToken", "expired"),))
        return None

    return trouble


def test_an_expired_token_costs_what_came_behind_the_last_datestamp() -> None:
    repository = Repository([n * DAY for n in range(12)], trouble=expires(2))
    got, said = run(Harvest(Wish("oai_dc"), Quirks(ordered=True)), repository)
    assert sorted(set(got)) == sorted(names(12))
    assert repository.asked[2]["from"] == "1970-01-03T00:00:00Z"
    assert codes(said).count("harvest.expired") == 2


def test_where_datestamps_are_not_in_order_windows_make_the_loss_small() -> None:
    stamps = [n * 7 % 90 * DAY for n in range(40)]
    repository = Repository(stamps, trouble=expires(1))
    got, said = run(Harvest(Wish("oai_dc"), earliest=0), repository)
    assert sorted(set(got)) == sorted(names(40))
    assert said[-1].then is Then.DONE
    assert "until" in repository.asked[2]


def test_a_token_that_always_expires_ends_the_run() -> None:
    repository = Repository([DAY] * 40, trouble=expires(10**6))
    _, said = run(Harvest(Wish("oai_dc")), repository)
    assert said[-1].then is Then.FAILED


def test_a_repository_that_repeats_a_page_with_its_token_is_left() -> None:
    loop = Answer(NOW, (), (record(1, DAY),), Token("same"))
    _, said = run(Harvest(Wish("oai_dc")), Repository([], trouble=lambda number, arguments: loop))
    assert (said[-1].then, said[-1].problems[-1].code, len(said)) == (Then.FAILED, "harvest.loop", 2)


def test_one_token_for_all_pages_is_no_loop_while_records_are_new() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer:
        return Answer(NOW, (), (record(number, DAY),), Token("same" if number < 20 else ""))

    got, said = run(Harvest(Wish("oai_dc")), Repository([], trouble=trouble))
    assert (len(got), said[-1].then) == (20, Then.DONE)


def test_pages_without_records_end_after_some() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer:
        return Answer(NOW, (), (), Token(f"t{number}"))

    _, said = run(Harvest(Wish("oai_dc"), Quirks(empty_pages=4)), Repository([], trouble=trouble))
    assert (len(said), said[-1].problems[-1].code) == (5, "harvest.empty_pages")


def test_a_page_cut_off_is_asked_for_again_and_its_whole_records_are_kept() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer | None:
        return Answer(None, (), (record(3, DAY),), None, complete=False) if number == 2 else None

    repository = Repository([DAY] * 6, trouble=trouble)
    got, said = run(Harvest(Wish("oai_dc")), repository)
    assert repository.asked[1] == repository.asked[2]
    assert (sorted(set(got)), said[1].then, said[-1].then) == (names(6), Then.AGAIN, Then.DONE)


def test_a_page_that_is_always_cut_off_ends_the_run() -> None:
    cut = Answer(None, (), (), None, complete=False)
    _, said = run(Harvest(Wish("oai_dc")), Repository([], trouble=lambda number, arguments: cut))
    assert said[-1].then is Then.FAILED


def test_fewer_than_promised_is_told_unless_the_source_is_known_for_it() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer:
        return Answer(NOW, (), (record(number, DAY),), Token("" if number == 2 else "t", 50, number - 1))

    assert codes(run(Harvest(Wish("oai_dc")), Repository([], trouble=trouble))[1]) == ["harvest.shortfall"]
    quiet = Harvest(Wish("oai_dc"), Quirks(ignore_shortfall=True))
    assert codes(run(quiet, Repository([], trouble=trouble))[1]) == []


def test_a_format_that_is_not_there_falls_back_to_another_name() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer | None:
        there = arguments.get("metadataPrefix") in ("marc-xml", None)
        return None if there else Answer(NOW, (("cannotDisseminateFormat", ""),))

    repository = Repository([DAY], trouble=trouble)
    harvest = Harvest(Wish("marcxml"))
    got, _ = run(harvest, repository)
    assert (got, harvest.state.prefix) == (["r0"], "marc-xml")


def test_seconds_that_are_refused_become_days() -> None:
    def trouble(number: int, arguments: Arguments) -> Answer | None:
        return Answer(NOW, (("badArgument", "granularity"),)) if len(arguments.get("from", "")) > 10 else None

    got, _ = run(Harvest(Wish("oai_dc", since=DAY + 5)), Repository([2 * DAY], trouble=trouble))
    assert got == ["r0"]


@pytest.mark.parametrize("code", ["badVerb", "noSetHierarchy", "idDoesNotExist", "somethingOfTheirOwn"])
def test_an_error_nobody_can_do_anything_about_is_told_and_ends_the_run(code: str) -> None:
    broken = Answer(NOW, ((code, "because"),))
    _, said = run(Harvest(Wish("oai_dc")), Repository([], trouble=lambda number, arguments: broken))
    assert said[-1].then is Then.FAILED
    assert f"{code}: because" in said[-1].problems[-1].text("en")


def test_nothing_new_is_success() -> None:
    got, said = run(Harvest(Wish("oai_dc", since=NOW - 5)), Repository([DAY]))
    assert (got, said[-1].then, codes(said)) == ([], Then.DONE, [])


def test_the_next_run_begins_before_the_first_answer_of_this_one() -> None:
    harvest = Harvest(Wish("oai_dc"))
    repository = Repository([DAY] * 7)
    later = iter(range(NOW, NOW + 100, 10))
    while (arguments := harvest.request()) is not None:
        harvest.receive(replace(repository.answer(arguments), response_date=next(later)))
    assert harvest.state.started == NOW
    assert since_of(harvest.state.started, Quirks(), days=False) == NOW - 1
    assert since_of(harvest.state.started, Quirks(), days=True) == NOW - DAY
    assert since_of(harvest.state.started, Quirks(overlap_seconds=3600), days=False) == NOW - 3600
    assert since_of(None, Quirks(), days=False) is None


def test_switches_are_checked_and_kept() -> None:
    made = quirks({"post": True, "window_days": 30})
    assert changed(made) == {"post": True, "window_days": 30}
    for wrong in ({"poste": True}, {"post": 1}, {"window_days": -1}, {"window_days": True}):
        with pytest.raises(InputError) as caught:
            quirks(wrong)
        assert "prefix_with_token" in caught.value.text("en")
