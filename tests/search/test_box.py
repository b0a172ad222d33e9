"""The one box: what people type means what they mean, and nothing they type is an error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import LimitError
from search.box import NAMES_VI, named, parse
from search.plan import plan
from search.query import And, Everything, Field, Match, Not, Or, Query, Range, Term

ANY = Field.ANY


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("truyện kiều", Term(ANY, "truyện kiều")),
        ('"truyện kiều"', Term(ANY, "truyện kiều", Match.PHRASE)),
        ("“truyện kiều”", Term(ANY, "truyện kiều", Match.PHRASE)),
        ('"truyện kiều', Term(ANY, "truyện kiều", Match.PHRASE)),
        ("kiều -thơ", Not(Term(ANY, "kiều"), Term(ANY, "thơ"))),
        ("-thơ", Not(Everything(), Term(ANY, "thơ"))),
        ("kiều -thơ -kịch", Not(Term(ANY, "kiều"), Or((Term(ANY, "thơ"), Term(ANY, "kịch"))))),
        ("tác-giả:du", Term(Field.AUTHOR, "du")),
        ("tac_gia:du", Term(Field.AUTHOR, "du")),
        ('author:"nguyễn du"', Term(Field.AUTHOR, "nguyễn du", Match.PHRASE)),
        ("kiều chủ-đề:thơ", And((Term(ANY, "kiều"), Term(Field.SUBJECT, "thơ")))),
        ("=Bắc", Term(ANY, "Bắc", exact=True)),
        ("nhan-đề:=Bắc", Term(Field.TITLE, "Bắc", exact=True)),
        ("kiều OR tày", Or((Term(ANY, "kiều"), Term(ANY, "tày")))),
        ("kiều HOẶC tày", Or((Term(ANY, "kiều"), Term(ANY, "tày")))),
        ("OR kiều OR", Term(ANY, "kiều")),
        ("năm:1998", Term(Field.DATE, "1998")),
        ("năm:1990-1999", Range(Field.DATE, "1990", "1999")),
        ("năm:1990..", Range(Field.DATE, "1990", None)),
        ("date:>=2000", Range(Field.DATE, "2000", None)),
        ("date:<2000", Range(Field.DATE, None, "2000", high_included=False)),
        ("ngày-thêm:2026-11-01", Term(Field.ADDED, "2026-11-01")),
        ("năm:xưa", Term(ANY, "xưa")),
        ("isbn:978-604-1-2", Term(Field.ISBN, "978-604-1-2")),
        ("Bắc Kạn ở đâu?", Term(ANY, "Bắc Kạn ở đâu\\?")),
        ("http://vnexpress.net", Term(ANY, "http //vnexpress.net")),
        ("việt*", Term(ANY, "việt*")),
    ],
)
def test_what_is_typed_is_understood(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize("field", list(Field))
def test_every_field_has_its_name(field: Field) -> None:
    assert named(field.value) is field
    assert named(field.value.replace("_", "-").upper()) is field


def test_vietnamese_names_mean_one_field_each() -> None:
    assert all(named(name) is field for name, field in NAMES_VI.items())


CLAUSES = st.lists(
    st.sampled_from(
        ["nhan-đề:", '"', "-", "=", "OR", "*", "năm:", "1990", "..", "Bắc", ":", "(", "\\", "?", " ", ">", "|"]
    )
)


@given(st.one_of(st.text(max_size=300), CLAUSES.map("".join), CLAUSES.map(" ".join)))
def test_anything_typed_is_a_query_that_can_be_planned(text: str) -> None:
    query = parse(text)
    with suppress(LimitError):  # `a*` alone is a query, and is told to be too short
        plan(query)


def test_a_page_pasted_into_the_box_is_bounded() -> None:
    plan(parse("Bắc Kạn -thơ " * 100_000))
