"""What is answered on the event loop: known answers and plain questions, and nothing that takes time."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from contextlib import closing
from functools import partial, reduce

import pytest

from catalogue.store import Store
from cli.search import catch_up
from fixtures import province_files
from foundation.settings import Settings
from marc import iso2709
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term
from serving import web, z3950
from tests.end_to_end.conftest import made as book
from tests.end_to_end.product import Product
from tests.z3950_bridge.asking import Talk, init, operand, present, records, search
from z3950_bridge import answers, apdu, rpn
from z3950_bridge.answers import Answer, Answers, Pace, shape
from z3950_bridge.apdu_search import SearchRequest
from z3950_bridge.target import Session


def words(text: str) -> Term:
    return Term(Field.TITLE, text)


@pytest.mark.parametrize(
    ("query", "small", "plain"),
    [
        (words("bắc kạn"), True, True),
        (Term(Field.ANY, "địa chí", Match.PHRASE), True, True),
        (Not(And((words("a"), words("b"))), Or((words("c"), words("d")))), True, True),
        (words("kinh*"), True, False),
        (words("k?nh"), True, False),
        (words(r"k\*nh"), True, True),
        (Or((words("a"), words("b*"))), True, False),
        (Range(Field.DATE, "1990", "2000"), True, False),
        (Near(words("a"), words("b")), True, False),
        (Everything(), True, False),
        (words("a" * 1001), False, False),
        (And(tuple(words(str(number)) for number in range(40))), False, False),
    ],
)
def test_shape(query: Query, small: bool, plain: bool) -> None:
    assert shape(query)[1:] == (small, plain)


def test_answers_are_good_for_one_state_of_the_index() -> None:
    kept, found = Answers(100_000), Answer(3, array("q", (1, 2, 3)))
    assert kept.get("a", 1) is None
    kept.put("a", 1, found, 1)
    assert kept.get("a", 1) is found
    assert kept.get("a", 2) is None
    kept.put("a", 1, found, 1)  # found before the commit, told behind it
    assert kept.get("a", 2) is None


def test_answers_are_bounded_by_their_bytes() -> None:
    kept = Answers(5 * 2_000)
    kept.get(0, "stamp")
    for number in range(100):
        kept.put(number, "stamp", Answer(100, array("q", range(100))), 50)
        kept.get(0, "stamp")  # which is used and so stays
    held = [number for number in range(100) if kept.get(number, "stamp")]
    assert held == [0, 96, 97, 98, 99]


@pytest.mark.parametrize("limit", ["_SPENT_SECONDS", "_CLOCK_SECONDS"])
def test_what_was_slow_is_not_trusted_for_a_while(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    pace = Pace()
    assert pace.measured(lambda: "given") == "given"
    assert pace.trusted()
    monkeypatch.setattr(answers, limit, -1)
    for _ in range(2):  # what took long by the clock once is measured the next time
        pace.measured(lambda: None)
    assert [pace.trusted() for _ in range(17)] == [False] * 16 + [True]


# --- with an index ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, Settings, Store]]:
    made = Product(tmp_path_factory.mktemp("answers"))
    libraries = province_files()[:2]
    for code, _ in libraries:
        made.run("library", "add", code, "--name", f"Thư viện {code}")
    made.run("import", str(libraries[0][1]), "--library", libraries[0][0], "-q", check=None)
    settings = Settings(home=made.home)
    with closing(Store.open(settings)) as store:
        catch_up(store, settings)
        yield made, settings, store


Made = tuple[Product, Settings, Store]


def session(made: Made) -> Session:
    _, settings, store = made
    begun = Session(z3950.target(store, settings))
    begun.answer(apdu.write(init()))
    return begun


@pytest.mark.parametrize(
    ("request_", "at_once"),
    [
        (search("bắc kạn".encode()), True),
        (search(rpn.Operation(rpn.Operator.OR, operand(b"bac"), operand(b"kan"))), True),
        (search(b"zzzzz"), True),
        (search(b"bac", databases=("nowhere",)), True),
        (search(rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(5, 1)), b"ba")), False),
        (search(reduce(partial(rpn.Operation, rpn.Operator.OR), [operand(b"bac")] * 20)), False),
    ],
    ids=["words", "either", "nothing", "refused", "truncated", "long"],
)
def test_only_plain_searches_are_answered_at_once(product: Made, request_: SearchRequest, at_once: bool) -> None:
    begun = session(product)
    pdu = apdu.write(request_)
    answer = begun.answer_at_once(pdu)
    assert (answer is not None) == at_once
    whole = begun.answer(pdu)
    assert answer in (None, whole)


def test_a_known_answer_is_given_at_once_whatever_was_asked(product: Made) -> None:
    begun = session(product)
    pdu = apdu.write(search(rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(5, 1)), b"ba")))
    assert begun.answer_at_once(pdu) is None
    told = begun.answer(pdu)
    assert begun.answer_at_once(pdu) == told


def test_records_behind_those_at_hand_are_for_a_thread(product: Made) -> None:
    begun = session(product)
    found = apdu.read(begun.answer(apdu.write(search(operand(b"bac", 1016)))).data)
    assert found.hits > 100
    few, behind, many = (apdu.write(present(*places)) for places in ((1, 10), (101, 1), (1, 60)))
    assert begun.answer_at_once(few) is not None
    assert begun.answer_at_once(behind) is None
    assert begun.answer_at_once(many) is None
    assert len(records(apdu.read(begun.answer(many).data))) == 60


def test_a_search_that_has_to_wait_leaves_the_set_it_replaces(product: Made) -> None:
    begun = session(product)
    begun.answer(apdu.write(search(b"bac")))
    truncated = rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(5, 1)), b"zzz")
    assert begun.answer_at_once(apdu.write(search(truncated))) is None
    assert records(apdu.read(begun.answer(apdu.write(present())).data))


def test_what_is_published_is_found_at_once_by_who_asked_before(product: Made) -> None:
    made, settings, store = product
    talk = Talk(z3950.target(store, settings))
    before = talk.ask(search(operand(b"bac", 1016))).hits
    assert talk.ask(search(operand(b"bac", 1016))).hits == before
    path = made.home / "moi.mrc"
    path.write_bytes(iso2709.write(book(1, "Ngược dòng sông Bắc Giang")))
    made.run("import", str(path), "--library", province_files()[1][0], "-q")
    catch_up(store, settings)
    assert talk.ask(search(operand(b"bac", 1016))).hits == before + 1


def test_what_is_published_is_given_over_sru_to_who_asked_before(product: Made) -> None:
    made, settings, store = product
    application = web.application(store, settings)

    def total() -> int:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/sru", "QUERY_STRING": "query=dc.title%3Dgiang"}
        body = b"".join(application(environ, lambda status, headers: None))
        return int(re.findall(rb"numberOfRecords>([0-9]+)<", body)[0])

    before = total()
    assert total() == before
    path = made.home / "them.mrc"
    path.write_bytes(iso2709.write(book(2, "Ngược dòng sông Kỳ Giang")))
    made.run("import", str(path), "--library", province_files()[1][0], "-q")
    catch_up(store, settings)
    assert total() == before + 1
