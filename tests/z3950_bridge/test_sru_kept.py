"""What SRU answered lately is answered again, as long as nothing was published."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest

from tests.z3950_bridge.world import World
from z3950_bridge.sru import Answer
from z3950_bridge.sru_kept import Kept
from z3950_bridge.sru_port import Database
from z3950_bridge.sru_wsgi import SruApplication

QUERY = {"version": "1.1", "operation": "searchRetrieve", "query": "dc.title = ba"}
BROWSER = "text/html,application/xhtml+xml"


class Stately(World):
    """A world that says in which state it is."""

    def __init__(self) -> None:
        super().__init__()
        self.state: object = 1
        self.observed: list[tuple[str, bool, int]] = []
        self.application = SruApplication(self.lookup, self.observe)

    def lookup(self, code: str) -> Database | None:
        found = super().lookup(code)
        return replace(found, state=lambda: self.state) if found else None

    def observe(self, environ: WSGIEnvironment, code: str, answer: Answer) -> None:
        self.observed.append((code, answer.searched, answer.records))

    def again(self, **arguments: Any) -> bool:
        """Whether the same is answered a second time without the catalogue, which is away by then."""
        first = self.ask(**arguments)
        self.catalogue.broken = True
        second = self.ask(**arguments)
        self.catalogue.broken = False
        if second.status == 200:
            assert second == first
        return second.status == 200


@pytest.fixture
def world() -> Stately:
    return Stately()


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        (QUERY, True),
        ({**QUERY, "maximumRecords": 0}, True),
        ({**QUERY, "recordSchema": "mods", "startRecord": 11}, True),
        ({**QUERY, "http_accept_encoding": "gzip"}, True),
        ({"query": "dc.title = ba sortBy dc.date", "facetLimit": "3:dc.subject"}, True),
        ({**QUERY, "http_accept": BROWSER}, False),
        ({**QUERY, "unknown": "argument"}, False),
        ({**QUERY, "startRecord": 10_000}, False),
    ],
    ids=["search", "count", "mods", "gzip", "facets", "page", "warned", "behind"],
)
def test_what_lasts_is_kept(world: Stately, arguments: dict[str, Any], again: bool) -> None:
    assert world.again(**arguments) == again


def test_an_answer_with_a_record_that_is_gone_is_not_kept(world: Stately) -> None:
    first, *others = world.catalogue.rows
    gone = copy(first)
    gone.gone = True
    world.catalogue.rows = [gone, *others]
    assert b"<diag:diagnostic" in world.ask(query="cql.allRecords = 1").body
    assert not world.again(query="cql.allRecords = 1")


def test_who_wishes_otherwise_is_not_given_what_was_kept(world: Stately) -> None:
    plain = world.ask(**QUERY)
    assert world.ask(**QUERY, http_accept=BROWSER).headers["Content-Type"].startswith("text/html")
    packed = world.ask(**QUERY, http_accept_encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.body == plain.body
    assert world.ask("/sru/bk01", **QUERY).total < plain.total


def test_every_answer_is_counted_and_has_its_headers(world: Stately) -> None:
    first, second = world.ask(**QUERY), world.ask(**QUERY)
    assert world.observed == [("", True, 10)] * 2
    assert first.headers == second.headers
    head = world.ask(method="HEAD", **QUERY)
    assert (head.body, head.headers) == (b"", first.headers)
    assert len(world.observed) == 2


def test_another_state_is_another_answer(world: Stately) -> None:
    before = world.ask(**QUERY)
    world.catalogue.rows = world.catalogue.rows[:50]
    assert world.ask(**QUERY) == before
    world.state = 2
    assert 0 < world.ask(**QUERY).total < before.total


def test_without_a_state_nothing_is_kept(world: Stately) -> None:
    world.state = None
    assert not world.again(**QUERY)


def test_answers_are_bounded_by_their_bytes() -> None:
    kept = Kept(100_000)
    for number in range(100):
        kept.put(number, 1, Answer("text/xml", bytes(4_000)), 0)
        kept.get(0, 1)  # which is used and so stays
    assert [number for number in range(100) if kept.get(number, 1)] == [0, *range(81, 100)]
    for _ in range(100):
        kept.put(99, 2, Answer("text/xml", bytes(4_000)), 0)  # in the place of the older one
    assert kept.get(0, 1)
    assert kept.get(99, 2)
    kept.put("large", 1, Answer("text/xml", bytes(6_000)), 0)
    assert kept.get("large", 1) is None
