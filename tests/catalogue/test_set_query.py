"""The language of saved queries: what it says of a record, what it refuses, and that nothing else comes out of it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.set_facts import FIELDS, VALUES, Facts
from catalogue.set_query import parse
from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import SET_QUERY_CHARACTERS, SET_QUERY_DEPTH, SET_QUERY_TESTS
from tests.dublin_core.samples import FIXED, record

ONE = record(
    "001x", FIXED, "041 7$atyz$2iso639-3", "1001 $aNông Quốc Chấn", "24500$aHát then :$bdân ca Tày /$cN.Q.C.",
    "264 1$aHà Nội$bVăn hoá$c2019", "490  $aTủ sách quê hương", "500  $aSách biếu", "650 4$aDân tộc Tày$xVăn hoá",
    "773  $o12345/7", "85640$uhttps://sohoa.example.vn/1.pdf", "880  $6245-01/$a漢喃詩集",
)  # fmt: skip
FACTS = Facts(ONE, ("bk01",), ("dia-chi",))

HOLDS = """
    language=tyz | language=Tày | language="tiếng Việt" | language=Vietnamese | LANGUAGE=VIE
    material=book | material="sách" | library=bk01 | library=BK01 | collection=dia-chi | collection="12345/7"
    year=2019 | year=2000..2019 | year=..2019 | year=2019.. | year>2018 | year>=2019 | year<2020 | year<=2019
    year!=2018 | year exists
    title~"hat then" | title~"ca Tày" | title~hat* | author~"quốc chấn" | subject~"dan toc" | place~"hà nội"
    publisher="văn hóa" | 650a="dân tộc tày" | 650a~"dân tộc Tày" | 650a~="DÂN TỘC TÀY" | 6xx~="văn hóa"
    650ax~hoá | 245~"then" | 264c=2019 | 008/35-37=vie | 000/06=a | LDR/07=m | 500 exists | any~漢喃
    not 520 exists | không 520 có | language=tyz and year>2000 | language=tyz và year>2000
    language=eng or 650 exists | language=eng hoặc (650 có và không 520 có) | not (language=eng or language=rus)
    not not language=vie | 650a!="Sách" | title!~"bạc" | series~“quê hương” | 245a="Hát then"
    language=eng and language=rus or language=vie
    access=online | ACCESS=Online | access="trực tuyến" | access="TRUC TUYEN" | access exists
"""
FAILS = """
    language=eng | language=ty | material=map | library=bk | collection=dia | year=2018 | year<2019 | year>2019
    year=1900..2018 | year!=2019 | 650a="dân tộc" | 650a="dân tộc Tây" | 650a~="dân tộc Tây" | title~"the" | 520 exists
    650z exists | not 500 exists | language=tyz and material=map | 008/35-37=eng | title~ha | 773 exists and 520 exists
    language=eng and (language=rus or language=vie) | publisher="văn" | 9xx exists | 001="y"
    access=offline | access!=online | not access exists
"""


def one_by_one(text: str) -> list[str]:
    return [part.strip() for line in text.splitlines() for part in line.split(" | ") if part.strip()]


@pytest.mark.parametrize("query", one_by_one(HOLDS))
def test_it_holds(query: str) -> None:
    assert parse(query)(FACTS)


@pytest.mark.parametrize("query", one_by_one(FAILS))
def test_it_does_not_hold(query: str) -> None:
    assert not parse(query)(FACTS)


@pytest.mark.parametrize(
    ("query", "code", "position"),
    [
        ("", "set_query.expected", 1),
        ("language", "set_query.expected", 9),
        ("language=", "set_query.expected", 10),
        ("language==vie", "set_query.expected", 10),
        ("language=vie material=book", "set_query.expected", 14),
        ("(language=vie", "set_query.expected", 14),
        ("and language=vie", "set_query.expected", 1),
        ("language=vie or", "set_query.expected", 16),
        ("ngon=vie", "set_query.name", 1),
        ("65a=x", "set_query.name", 1),
        ("008/37-35=x", "set_query.name", 1),
        ("language>vie", "set_query.order", 9),
        ("year=nay", "set_query.year", 6),
        ("year=..", "set_query.year", 6),
        ("year~2019", "set_query.year", 6),
        ("year>1..2", "set_query.year", 6),
        ('title~"!!"', "set_query.empty", 8),
        ('title="hồ', "set_query.character", 7),
    ],
)
def test_what_is_no_query_is_told_with_its_place(query: str, code: str, position: int) -> None:
    with pytest.raises(FormatError) as caught:
        parse(query)
    assert (caught.value.problem.code, caught.value.problem.values["position"]) == (code, position)


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("x" * (SET_QUERY_CHARACTERS + 1), "SET_QUERY_CHARACTERS"),
        (" or ".join(["650=a"] * (SET_QUERY_TESTS + 1)), "SET_QUERY_TESTS"),
        ("(" * (SET_QUERY_DEPTH + 1) + "650=a", "SET_QUERY_DEPTH"),
        ("not " * (SET_QUERY_DEPTH + 1) + "650=a", "SET_QUERY_DEPTH"),
    ],
)
def test_limits_are_named(query: str, limit: str) -> None:
    with pytest.raises(LimitError, match=limit):
        parse(query)


def test_a_span_of_years_is_met_where_it_overlaps() -> None:
    serial = Facts(record("008260101c19989999    vm " + "|" * 17 + "vie||"))
    assert parse("year=2005")(serial)
    assert not parse("year<1998")(serial)
    decade = Facts(record("008260101s197u    vm " + "|" * 17 + "vie||"))
    assert parse("year=1970")(decade)
    unknown = Facts(record("24500$aA"))
    assert not parse("year exists")(unknown)
    assert parse("not year>0")(unknown)
    assert parse("year=1974")(Facts(record("260  $c[1974?]")))


WORDS = st.sampled_from(
    [*VALUES, *FIELDS, "year", "650a", "6xx", "008/35-37", "and", "or", "not", "exists", "không", "(", ")", "=", "~",
     "~=", "!=", "<", ">=", '"dân tộc"', "vie", "1990..2000", '"', "*", "漢", "\\"]
)  # fmt: skip
TESTS = st.sampled_from(["language=vie", 'title~"then"', "year>2000", "650 exists", 'material="map"'])
TREES = st.recursive(
    TESTS,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not {}".format, inner)
    ),
    max_leaves=8,
)


@given(st.text(max_size=60) | st.lists(WORDS, max_size=12).map(" ".join))
def test_any_text_is_a_query_or_our_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert parse(text)(FACTS) in (True, False)


@given(TREES, TREES)
def test_the_words_mean_what_logic_means(left: str, right: str) -> None:
    try:
        one, other = parse(left)(FACTS), parse(right)(FACTS)
        assert parse(f"{left} and {right}")(FACTS) == (one and other)
        assert parse(f"{left} or {right}")(FACTS) == (one or other)
        assert parse(f"not ({left})")(FACTS) == (not one)
    except LimitError:
        return
