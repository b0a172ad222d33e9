"""What rules propose: it is written at its place and nowhere else, and then the rule is content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from marc.amendments import PROPOSAL, Amendment
from marc.proposals import PROPOSING, propose
from marc.record import Field, Record
from marc.rules import RULES, check

LEADER = "00000nam a2200000 a 4500"
FIXED = "260101s2015    vm            000 0 eng d"


def record(*fields: Field, fixed: str = FIXED) -> Record:
    return Record.build(LEADER, [Field("001", value="k1"), Field("008", value=fixed), *fields])


def field(tag: str, indicators: str, *pairs: tuple[str, str]) -> Field:
    return Field(tag, indicators, pairs)


CASES = [
    ("nonfiling", field("245", "00", ("a", "The lake")), field("245", "04", ("a", "The lake"))),
    ("title_entry", field("245", "10", ("a", "Lake")), field("245", "00", ("a", "Lake"))),
    ("name_order", field("100", "1 ", ("a", "Tố Hữu")), field("100", "0 ", ("a", "Tố Hữu"))),
    ("place_code", field("043", "  ", ("a", "a-vt")), field("043", "  ", ("a", "a-vt---"))),
    ("address", field("856", "40", ("u", "www.a.vn/1")), field("856", "40", ("u", "https://www.a.vn/1"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "after"), CASES)
def test_what_a_rule_expects_is_written_where_it_expects_it(code: str, before: Field, after: Field) -> None:
    other = field("500", "  ", ("a", "www.a.vn"))
    assert Amendment(PROPOSAL, code).apply(record(before, other)) == record(after, other)


def test_the_language_of_041_goes_to_008() -> None:
    language = field("041", "0 ", ("a", "vie"))
    assert propose(record(language), "language_differs").control("008") == FIXED.replace("eng", "vie")


def test_only_the_occurrence_that_is_meant_is_changed() -> None:
    wrong, right = field("700", "1 ", ("a", "Tố Hữu")), field("700", "1 ", ("a", "Twain, Mark"))
    made = propose(record(right, wrong), "name_order")
    assert [one.indicators for one in made.fields if one.tag == "700"] == ["1 ", "0 "]


def test_an_indicator_with_several_values_is_for_a_person_to_choose() -> None:
    several = record(field("100", "7 ", ("a", "Tố Hữu")))
    assert propose(several, "indicator") == several


def test_every_proposing_rule_is_one_without_a_safe_fix() -> None:
    rules = {rule.code: rule for rule in RULES}
    assert {code for code in PROPOSING if rules[code].mend is not None} == set()


def test_a_check_digit_is_never_proposed() -> None:
    with pytest.raises(InputError):
        Amendment(PROPOSAL, "isbn").check()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x1d\x1e\x1f"), min_size=1, max_size=30)
FIELDS = st.builds(
    Field,
    st.sampled_from(("041", "043", "100", "245", "700", "856", "880")),
    st.text("0123 7", min_size=2, max_size=2),
    st.lists(st.tuples(st.sampled_from("abcu6"), TEXT), min_size=1, max_size=3).map(tuple),
)


@given(
    st.lists(FIELDS, max_size=5), st.text("vietyzengdayao |0123456789", max_size=42), st.sampled_from(sorted(PROPOSING))
)
def test_a_proposal_never_adds_what_the_rule_finds(fields: list[Field], fixed: str, code: str) -> None:
    before = record(*fields, fixed=fixed or " ")
    after = Amendment(PROPOSAL, code).apply(before)
    assert len(after.fields) == len(before.fields)
    assert count(after, code) <= count(before, code)


def count(made: Record, code: str) -> int:
    return sum(one.rule.code == code for one in check(made))
