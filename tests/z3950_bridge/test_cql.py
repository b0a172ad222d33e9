"""CQL: the cases two other parsers agree on, text and tree both ways, and bounded work on anything at all."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import QUERY_DEPTH, QUERY_OPERATORS
from z3950_bridge import cql, xcql
from z3950_bridge.cql import Boolean, Clause, Modifier, Prefix, Query, SortKey

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "z3950" / "cql_cases.json"
# YAZ reads words one behind the other as one term of many; in CQL two are a fault, and three a clause (Part 5).
YAZ_EXTENSIONS = {"11.1": None, "11.2": Clause("a", "b", (), "c"), "11.3": None}
# The regression set of cql-java keeps the message it expects where the XCQL would be.
REFUSED = {"11/08.cql", "11/11.cql"}


def cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip("there is no folder `shared` beside the repository"))]
    found = json.loads(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{case['source']}-{case['case']}") for case in found]


def shape(xml: str) -> Any:
    """XCQL without what parsers may differ in: white space, case of modifiers and their order."""

    def of(element: etree._Element) -> Any:
        children = [of(child) for child in element]
        if element.tag == "modifiers":
            children = sorted(children)
        text = (element.text or "").strip()
        return element.tag, text.lower() if element.tag == "type" else text, tuple(children)

    return of(etree.fromstring(xml))


@pytest.mark.parametrize("case", cases())
def test_agrees_with_yaz_and_cql_java(case: dict[str, Any]) -> None:
    valid = case["valid"] and case["case"] not in REFUSED
    if case["source"] == "yaz" and case["case"] in YAZ_EXTENSIONS:
        if own := YAZ_EXTENSIONS[case["case"]]:
            assert cql.parse(case["query"]).root == own
            return
        valid = False
    if not valid:
        with pytest.raises(FormatError):
            cql.parse(case["query"])
        return
    tree = cql.parse(case["query"])
    assert shape(xcql.write(tree)) == shape(case["xcql"])
    assert cql.parse(str(tree)) == tree


def asked(term: str, *prefixes: Prefix) -> Clause:
    return Clause(cql.SERVER_CHOICE, "=", (), term, prefixes)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        (
            'dc.title any/relevant/cql.string "hồ ba bể"',
            Clause("dc.title", "any", (Modifier("relevant"), Modifier("cql.string")), "hồ ba bể"),
        ),
        ("TITLE = x AND y", Boolean("and", (), Clause("TITLE", "=", (), "x"), asked("y"))),
        ("title = (a or b)", Boolean("or", (), Clause("title", "=", (), "a"), Clause("title", "=", (), "b"))),
        (
            "(a or >p=u b) and c",
            Boolean("and", (), Boolean("or", (), asked("a"), asked("b", Prefix("p", "u"))), asked("c")),
        ),
        ('"and" or "or"', Boolean("or", (), asked("and"), asked("or"))),
        ("sortby", asked("sortby")),
        ("title\n==\t x", Clause("title", "==", (), "x")),
    ],
)
def test_tree(source: str, tree: cql.Node) -> None:
    assert cql.parse(source) == Query(tree)


def test_order_is_not_part_of_the_tree() -> None:
    found = cql.parse("cat SORTBY title/sort.descending/x<=3 date")
    assert found.sort == (SortKey("title", (Modifier("sort.descending"), Modifier("x", "<=", "3"))), SortKey("date"))


@pytest.mark.parametrize(
    ("source", "code", "position"),
    [
        ("", "query.unexpected", 1),
        ("   ", "query.unexpected", 4),
        ("title any", "query.unexpected", 10),
        ("title = ", "query.unexpected", 9),
        ("a and", "query.unexpected", 6),
        ("a b", "query.unexpected", 4),
        ("and or", "query.unexpected", 7),
        ("a/b", "query.unexpected", 2),
        ("title =/ x", "query.unexpected", 11),
        ('"abc', "query.open_quote", 1),
        ('title = "abc\\"', "query.open_quote", 9),
        ("(a and b", "query.parenthesis", 1),
        ("a and b)", "query.parenthesis", 8),
        ("()", "query.unexpected", 2),
        ("> x", "query.unexpected", 4),
        ("a sortby", "query.unexpected", 9),
        ("= x", "query.unexpected", 1),
    ],
)
def test_fault_names_its_place(source: str, code: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        cql.parse(source)
    assert (caught.value.problem.code, caught.value.problem.values["position"]) == (code, position)


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("(" * (QUERY_DEPTH + 1) + "a" + ")" * (QUERY_DEPTH + 1), "QUERY_DEPTH"),
        ("a or >p=u " * (QUERY_DEPTH + 1) + "b", "QUERY_DEPTH"),
        ("a" + " or a" * (QUERY_OPERATORS + 1), "QUERY_OPERATORS"),
        ("(" * 100_000, "QUERY_CHARACTERS"),
    ],
)
def test_limits_are_named(source: str, limit: str) -> None:
    with pytest.raises(LimitError) as caught:
        cql.parse(source)
    assert caught.value.problem.values["limit"] == limit


def test_what_the_limits_allow_is_read_and_written() -> None:
    deep = "(" * QUERY_DEPTH + "a" + ")" * QUERY_DEPTH
    wide = "a" + " or a" * QUERY_OPERATORS
    for source in (deep, wide):
        tree = cql.parse(source)
        assert str(cql.parse(str(tree))) == str(tree)
        assert xcql.write(tree).count("<term>") == source.count("a")


@pytest.mark.parametrize("piece", ['"', "\\", '\\"', "a ", "/", '"a"', "> ", "<", "(", "\t", "sortby "])
def test_time_is_linear(piece: str) -> None:
    """The longest query there can be is read in a moment, whatever it is made of."""
    start = time.perf_counter()
    for _ in range(5):
        with pytest.raises(InputError):
            cql.parse((piece * 8192)[:8190] + "((")
    assert time.perf_counter() - start < 2


def test_xcql_holds_any_character() -> None:
    tree = cql.parse('title = "a\x00<b>&\ud800"'.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    assert etree.fromstring(xcql.write(tree, xcql.NAMESPACES["2.0"])) is not None


SCRAPS = st.sampled_from(
    ["a", "title", "and", "OR", "not", "prox", "sortBy", "=", "==", "<", ">=", "any", *'()/">\\', "^b*", '"x y"', "\n"]
)


@given(st.lists(SCRAPS, max_size=40).map(" ".join) | st.text(max_size=200))
def test_anything_is_a_tree_or_our_error(source: str) -> None:
    with suppress(InputError):
        tree = cql.parse(source)
        assert cql.parse(str(tree)) == tree


NAMES = st.sampled_from(["dc.title", "and", "x y", "sortby", "any", "a.b.c", "1"])
TERMS = st.text(alphabet="ab ()=/<>*?^é", max_size=8) | NAMES
MODIFIERS = st.lists(
    NAMES.map(Modifier) | st.builds(Modifier, NAMES, st.sampled_from(sorted(cql.COMPARISONS)), TERMS), max_size=2
).map(tuple)
PREFIXES = st.lists(st.builds(Prefix, st.just("") | NAMES, TERMS), max_size=2).map(tuple)
CLAUSES = st.builds(Clause, NAMES, st.sampled_from(["=", "any", "<>", "within"]), MODIFIERS, TERMS, PREFIXES)
OPERATORS = st.sampled_from(sorted(cql.BOOLEANS))
TREES = st.recursive(
    CLAUSES, lambda inner: st.builds(Boolean, OPERATORS, MODIFIERS, inner, inner, PREFIXES), max_leaves=12
)


@given(st.builds(Query, TREES, st.lists(st.builds(SortKey, NAMES, MODIFIERS), max_size=2).map(tuple)))
def test_every_tree_survives_being_written(tree: Query) -> None:
    assert cql.parse(str(tree)) == tree


def test_error_is_told_in_both_languages() -> None:
    with pytest.raises(FormatError) as caught:
        cql.parse("bac kan")
    assert re.search("ngoặc kép", caught.value.text("vi"))
    assert "quotation marks" in caught.value.text("en")
