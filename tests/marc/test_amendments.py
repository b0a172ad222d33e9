"""One change for many records: each kind, what it refuses, and that no record comes out broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from marc import repair
from marc.amendments import INDICATOR, KINDS, REMOVE, REPLACE, RULE, SET, TRIM, Amendment, written
from marc.record import Field, Record
from marc.rules import RULES

LEADER = "00000nam a2200000 a 4500"
FIXED = "260101s2015    vm            000 0 tay d"


def record(*fields: Field) -> Record:
    return Record.build(LEADER, [Field("001", value="k1"), Field("008", value=FIXED), *fields])


def title(*pairs: tuple[str, str]) -> Field:
    return Field("245", "00", pairs)


@pytest.mark.parametrize(
    ("amendment", "before", "after"),
    [
        (Amendment(TRIM, "245", "a"), title(("a", "Hồ  Ba Bể / ")), title(("a", "Hồ Ba Bể"))),
        (Amendment(TRIM, "245"), title(("a", "A :"), ("b", "b /")), title(("a", "A"), ("b", "b"))),
        (Amendment(SET, "245", "h", new="sách"), title(("a", "A")), title(("a", "A"), ("h", "sách"))),
        (Amendment(SET, "245", "a", new="B"), title(("a", "A")), title(("a", "B"))),
        (Amendment(REPLACE, "245", "a", "A", "B"), title(("a", "A")), title(("a", "B"))),
        (Amendment(REPLACE, "245", "a", "A", "B"), title(("a", "AA")), title(("a", "AA"))),
        (Amendment(REPLACE, "245", "a", "A", "B", inside=True), title(("a", "CAC")), title(("a", "CBC"))),
        (Amendment(INDICATOR, "245", "1", new="1"), title(("a", "A")), Field("245", "10", (("a", "A"),))),
        (Amendment(INDICATOR, "245", "1", old="1", new="2"), title(("a", "A")), title(("a", "A"))),
        (Amendment(REMOVE, "245", "b"), title(("a", "A"), ("b", "B")), title(("a", "A"))),
    ],
)
def test_each_kind_does_what_it_says(amendment: Amendment, before: Field, after: Field) -> None:
    assert amendment.apply(record(before)) == record(after)


def test_positions_of_a_control_field() -> None:
    assert Amendment(SET, "008/35-37", new="tyz").apply(record()).control("008") == FIXED.replace("tay", "tyz")


def test_a_position_of_the_leader() -> None:
    assert Amendment(SET, "LDR/06", new="e").apply(record()).leader[6] == "e"


def test_a_field_that_is_missing_is_put_where_it_belongs() -> None:
    made = Amendment(SET, "040", "a", new="BK01").apply(record(title(("a", "A"))))
    assert [field.tag for field in made.fields] == ["001", "008", "040", "245"]


def test_a_field_that_loses_its_last_subfield_goes() -> None:
    made = Amendment(REMOVE, "500", "a").apply(record(title(("a", "A")), Field("500", "  ", (("a", "x"),))))
    assert made == record(title(("a", "A")))


def test_a_rule_mends_by_itself() -> None:
    dirty = record(Field("020", "  ", (("a", "978-604-69-9602-6."),)), title(("a", "A")))
    able = [rule.code for rule in RULES if rule.mend is not None]
    assert able
    for code in able:
        assert repair.check(Amendment(RULE, code).apply(dirty)) == []


@pytest.mark.parametrize(
    "amendment",
    [
        Amendment("x", "245", "a"),
        Amendment(REPLACE, "001", "", "k1", "k2"),
        Amendment(SET, "001", new="k2"),
        Amendment(REPLACE, "24", "a", "A", "B"),
        Amendment(REPLACE, "245", "", "A", "B"),
        Amendment(REPLACE, "245", "a", "", "B"),
        Amendment(SET, "245", "a", new="  "),
        Amendment(SET, "008/35-37", new="ty"),
        Amendment(SET, "LDR/09", new="a"),
        Amendment(INDICATOR, "245", "3", new="1"),
        Amendment(INDICATOR, "008", "1", new="1"),
        Amendment(INDICATOR, "245", "1", new="É"),
        Amendment(RULE, "no_such_rule"),
    ],
)
def test_what_makes_no_sense_is_refused(amendment: Amendment) -> None:
    with pytest.raises(InputError):
        amendment.check()


@given(
    st.sampled_from(KINDS),
    st.sampled_from(("245", "008", "020", "008/00-05", "LDR/05", "999", "")),
    st.text(max_size=3),
    st.text(max_size=6),
    st.text(max_size=6),
    st.booleans(),
)
def test_a_record_never_comes_out_broken(kind: str, tag: str, code: str, old: str, new: str, inside: bool) -> None:
    before = record(Field("020", "  ", (("a", "x"),)), title(("a", "A\u0301B"), ("c", "x")))
    before = Record.build(before.leader, [repair_field(field) for field in before.fields])
    try:
        after = Amendment(kind, tag, code, old, new, inside).apply(before)
    except InputError:
        return
    assert repair.check(after) == []
    assert after.control("001") == "k1"


def repair_field(field: Field) -> Field:
    return field._replace(subfields=tuple((code, repair.value(value)[0]) for code, value in field.subfields))


def test_what_is_kept_of_an_amendment_gives_it_back() -> None:
    one = Amendment(REPLACE, "245", "a", "A", "B", inside=True)
    assert Amendment.of_values(one.as_values()) == one


def test_a_record_that_is_written_keeps_its_number() -> None:
    assert written("=LDR  00000nam a2200000 a 4500\r\n=001  k1\r\n=245  00$aMới", "k1").control("001") == "k1"
    with pytest.raises(InputError, match="k1"):
        written("=LDR  00000nam a2200000 a 4500\n=001  k2\n=245  00$aMới", "k1")


@given(st.text(max_size=200))
def test_whatever_is_written_is_a_record_or_an_error(text: str) -> None:
    try:
        made = written(text, "")
    except InputError:
        return
    assert repair.check(made) == []
