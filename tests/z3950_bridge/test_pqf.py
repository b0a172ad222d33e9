"""PQF: what YAZ reads, the same way, and a place for every fault."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import QUERY_DEPTH
from tests.conftest import missing
from z3950_bridge import pqf
from z3950_bridge.rpn import BIB1, Attribute, Operand, Operation, Operator, Proximity, Query, ResultSet, Structure

TITLE = Attribute(1, 4)
QUERIES = [
    "kiều",
    '"nguyễn du"',
    "{nguyễn du}",
    "@attr 1=4 kiều",
    '@attr 1=4 @and kiều "nguyễn du"',
    "@attr 1=4 @attr 1=5 x",
    "@attr 1=4 @attr 4=1 @and @attr 1=21 a @attr 4=2 b",
    "@attr 1=title x",
    "@attr bib-1 1=4 x",
    "@attr gils 1=4 @attr 2=3 x",
    "@attrset gils @attr 1=4 x",
    "@attrset 1.2.840.10003.3.5 x",
    "@or a @not b c",
    "@or @or @or a b c d",
    "@prox 0 3 1 2 k 2 a b",
    "@prox void 1 0 2 known 2 @attr 1=4 a b",
    "@prox 1 1 0 6 private 7 a b",
    "@set default",
    "@and @set s1 @attr 1=4 x",
    "@term numeric 12",
    "@term string x",
    '"a\\"b\\\\c\\x41\\101\\t"',
    '""',
    '"@and"',
    "@android",
    "a\\ b",
    "@attr 1=1016 @attr 2=3 @attr 3=3 @attr 4=2 @attr 5=100 @attr 6=1 x",
    # Refused by both.
    "",
    "@and x",
    "a b",
    "@attr 1=4",
    "@attr 1 x",
    "@attr x=4 y",
    "@attr nosuch 1=4 x",
    "@attrset nosuch x",
    "@prox 0 x 1 2 k 2 a b",
    "@prox 7 3 1 2 k 2 a b",
    "@prox 0 3 1 2 z 2 a b",
    "@set",
]


def canonical(node: Structure) -> object:
    """A structure whose attributes have no order."""
    if isinstance(node, Operation):
        return node.operator, node.proximity, canonical(node.left), canonical(node.right)
    if isinstance(node, ResultSet):
        return node
    # YAZ names Bib-1 where an attribute names it, we too; inside Bib-1 that says nothing.
    attributes = {(one.type, one.value, None if one.set == BIB1 else one.set) for one in node.attributes}
    return frozenset(attributes), node.term


@pytest.mark.peer
def test_reads_what_yaz_reads(root: Path, require_peer: Callable[[str, str], Path]) -> None:
    python = require_peer("python", "python3")
    done = subprocess.run(
        [python, root / "tests" / "peers" / "pqf_yaz.py"],
        input="\n".join(QUERIES).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode == 77:
        missing("libyaz is not installed: see .ci/run for Debian's packages")
    answers = done.stdout.decode().splitlines()
    assert len(answers) == len(QUERIES)
    for source, answer in zip(QUERIES, answers, strict=True):
        if answer == "!":
            with pytest.raises(FormatError):
                pqf.parse(source)
        else:
            ours, theirs = pqf.parse(source), pqf.parse(answer)
            assert canonical(ours.structure) == canonical(theirs.structure), source
            assert ours.attribute_set == theirs.attribute_set, source


@pytest.mark.parametrize(
    ("source", "structure"),
    [
        ("@attr 1=4 kiều", Operand((TITLE,), "kiều".encode())),
        ("@attr 1=4 @and a b", Operation(Operator.AND, Operand((TITLE,), b"a"), Operand((TITLE,), b"b"))),
        ("@not a @set s", Operation(Operator.AND_NOT, Operand((), b"a"), ResultSet("s"))),
        ("@attr 1=4 @attr 1=5 x", Operand((Attribute(1, 5),), b"x")),
        ("@term numeric 12", Operand((), 12)),
        ('@attr "1=two words" x', Operand((Attribute(1, "two words"),), b"x")),
        ('@attr 1=title "\\xff"', Operand((Attribute(1, "title"),), b"\xff")),
        (
            "@prox void 1 0 2 k 2 a b",
            Operation(Operator.PROXIMITY, Operand((), b"a"), Operand((), b"b"), Proximity(None, 1, False, 2, 2)),
        ),
    ],
)
def test_structure(source: str, structure: Structure) -> None:
    assert pqf.parse(source) == Query(BIB1, structure)


@pytest.mark.parametrize(
    ("source", "code", "position"),
    [
        ("", "query.unexpected", 1),
        ("@and a", "query.unexpected", 7),
        ("@and a @or b", "query.unexpected", 13),
        ("a b", "query.unexpected", 3),
        ("@attr 1=4", "query.unexpected", 10),
        ("@attr 4 x", "query.unknown_set", 7),
        ("@attr nosuch 1=4 x", "query.unknown_set", 7),
        ("@attrset nosuch x", "query.unknown_set", 10),
        ("@prox 0 x 1 2 k 2 a b", "query.unexpected", 9),
        ("@term numeric x", "query.unexpected", 15),
        ("@term date x", "query.unexpected", 7),
        ('@and a "b', "query.open_quote", 8),
        ("@and a {b", "query.open_quote", 8),
    ],
)
def test_fault_names_its_place(source: str, code: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        pqf.parse(source)
    assert (caught.value.problem.code, caught.value.problem.values["position"]) == (code, position)


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("@and " * (QUERY_DEPTH + 1) + "a " * (QUERY_DEPTH + 2), "QUERY_DEPTH"),
        ("".join(f"@attr {kind}=1 " for kind in range(40)) + "x", "QUERY_ATTRIBUTES"),
        ("@and " * 300_000, "QUERY_CHARACTERS"),
    ],
)
def test_limits_are_named(source: str, limit: str) -> None:
    with pytest.raises(LimitError) as caught:
        pqf.parse(source)
    assert caught.value.problem.values["limit"] == limit


SCRAPS = st.sampled_from([query for source in QUERIES for query in source.split(" ")] + ['"', "{", "\\", "@attr"])


@given(st.lists(SCRAPS, max_size=30).map(" ".join) | st.text(max_size=100))
def test_anything_is_a_query_or_our_error(source: str) -> None:
    with suppress(InputError):
        read = pqf.parse(source)
        assert canonical(pqf.parse(pqf.text(read)).structure) == canonical(read.structure)


ATTRIBUTES = st.lists(
    st.builds(
        Attribute,
        st.integers(1, 12),
        st.integers(0, 9999) | st.text(min_size=1, max_size=5).filter(lambda text: not text.isdigit()),
        st.sampled_from([None, BIB1, "1.2.840.10003.3.5"]),
    ),
    max_size=4,
    unique_by=lambda one: one.type,
)
PROXIMITIES = st.builds(
    Proximity, st.sampled_from([None, True, False]), st.integers(0, 99), st.booleans(), st.integers(1, 6),
    st.integers(1, 10), st.booleans(),
)  # fmt: skip
LEAVES = st.builds(
    Operand, ATTRIBUTES.map(tuple), st.binary(max_size=8) | st.text(max_size=8).map(str.encode)
) | st.builds(ResultSet, st.text(min_size=1, max_size=8))
STRUCTURES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Operation, st.sampled_from([Operator.AND, Operator.OR, Operator.AND_NOT]), inner, inner),
        st.builds(Operation, st.just(Operator.PROXIMITY), inner, inner, PROXIMITIES),
    ),
    max_leaves=8,
)


def without_sets(node: Structure) -> object:
    """YAZ's text has an attribute without a set take the set of the one before it; here only values are compared."""
    if isinstance(node, Operation):
        return node.operator, node.proximity, without_sets(node.left), without_sets(node.right)
    return node if isinstance(node, ResultSet) else ({(one.type, one.value) for one in node.attributes}, node.term)


@given(STRUCTURES)
def test_every_structure_survives_being_written(structure: Structure) -> None:
    assert without_sets(pqf.parse(pqf.text(Query(BIB1, structure))).structure) == without_sets(structure)
