"""CCL: words, phrases, qualifiers, relations and signs, as attributes of Bib-1."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import QUERY_DEPTH
from z3950_bridge import ccl, pqf
from z3950_bridge.rpn import Attribute


@pytest.mark.parametrize(
    ("source", "same_as"),
    [
        ("kiều", "@attr 1=1016 @attr 4=2 kiều"),
        ("truyện kiều", '@attr 1=1016 @attr 4=6 "truyện kiều"'),
        ('"truyện kiều"', '@attr 1=1016 @attr 4=1 "truyện kiều"'),
        ("ti=kiều", "@attr 1=4 @attr 4=2 kiều"),
        ("TI=kiều AND au=du", "@and @attr 1=4 @attr 4=2 kiều @attr 1=1003 @attr 4=2 du"),
        ("a or b not c", "@attr 1=1016 @attr 4=2 @not @or a b c"),
        ("a or (b not c)", "@attr 1=1016 @attr 4=2 @or a @not b c"),
        ("ti=(a or b)", "@attr 1=4 @attr 4=2 @or a b"),
        ("ti,au=a", "@or @attr 1=4 @attr 4=2 a @attr 1=1003 @attr 4=2 a"),
        ("ti,ph=a b", '@attr 1=4 @attr 4=1 "a b"'),
        ("ph=a b", '@attr 1=1016 @attr 4=1 "a b"'),
        ("ti=ki?", "@attr 1=4 @attr 4=2 @attr 5=1 ki"),
        ("ti=?ki", "@attr 1=4 @attr 4=2 @attr 5=2 ki"),
        ("ti=?ki?", "@attr 1=4 @attr 4=2 @attr 5=3 ki"),
        ("ti=k#u", "@attr 1=4 @attr 4=2 @attr 5=104 k#u"),
        ("ti=k?u", "@attr 1=4 @attr 4=2 @attr 5=104 k?u"),
        ('ti="ki?"', "@attr 1=4 @attr 4=1 ki?"),
        ("yr>1990", "@attr 1=31 @attr 4=4 @attr 2=5 1990"),
        ("yr>=1990", "@attr 1=31 @attr 4=4 @attr 2=4 1990"),
        ("yr<>1990", "@attr 1=31 @attr 4=4 @attr 2=6 1990"),
        ("yr=1980-1990", "@and @attr 1=31 @attr 4=4 @attr 2=4 1980 @attr 1=31 @attr 4=4 @attr 2=2 1990"),
        ("yr=1980-", "@attr 1=31 @attr 4=4 @attr 2=4 1980"),
        ("yr=-1990", "@attr 1=31 @attr 4=4 @attr 2=2 1990"),
        ("isbn=978-604-1", "@attr 1=7 @attr 4=2 978-604-1"),
        ("ti=a % b", "@prox 0 1 0 2 k 2 @attr 1=4 @attr 4=2 a @attr 1=4 @attr 4=2 b"),
        ("ti=a !3 b", "@prox 0 3 1 2 k 2 @attr 1=4 @attr 4=2 a @attr 1=4 @attr 4=2 b"),
        ("set=1 and ti=a", "@and @set 1 @attr 1=4 @attr 4=2 a"),
        ("ti =  a", "@attr 1=4 @attr 4=2 a"),
    ],
)
def test_is_the_same_as_in_pqf(source: str, same_as: str) -> None:
    assert ccl.parse(source) == pqf.parse(same_as)


def test_qualifiers_are_configured() -> None:
    own = {"": (Attribute(1, 1016),), "nhande": (Attribute(1, 4), Attribute(4, 2))}
    assert ccl.parse("nhande=kiều", own) == pqf.parse("@attr 1=4 @attr 4=2 kiều")
    with pytest.raises(FormatError, match="nhande"):
        ccl.parse("ti=kiều", own)


@pytest.mark.parametrize(
    ("source", "code", "position"),
    [
        ("", "query.unexpected", 1),
        ("a and", "query.unexpected", 6),
        ("and a", "query.unexpected", 1),
        ("(a", "query.parenthesis", 1),
        ("a)", "query.parenthesis", 2),
        ("xx=a", "query.unknown_qualifier", 1),
        ("ti,xx=a", "query.unknown_qualifier", 4),
        ("ti=a au=b", "query.unexpected", 6),
        ('ti="a', "query.open_quote", 4),
        ("ti=", "query.unexpected", 4),
        ("a %", "query.unexpected", 4),
        ("=a", "query.unexpected", 1),
    ],
)
def test_fault_names_its_place(source: str, code: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        ccl.parse(source)
    assert (caught.value.problem.code, caught.value.problem.values["position"]) == (code, position)


def test_depth_is_bounded() -> None:
    with pytest.raises(LimitError, match="QUERY_DEPTH"):
        ccl.parse("(" * (QUERY_DEPTH + 1) + "a")


SCRAPS = st.sampled_from(
    ["ti", "=", ",", "a", '"a b"', '"', "(", ")", "and", "%2", "!", "yr", "1980-", "?", "<>", "set"]
)


@given(st.lists(SCRAPS, max_size=30).map(" ".join) | st.text(max_size=100))
def test_anything_is_a_query_or_our_error(source: str) -> None:
    with suppress(InputError):
        read = ccl.parse(source)
        assert pqf.parse(pqf.text(read)) == read
