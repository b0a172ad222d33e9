"""Safe fixes: the finding is gone, doing it again changes nothing, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc import iso2709, repair
from marc.record import Field, Record
from marc.rules import RULES, check, fix, mend
from tests.marc.rules.samples import TODAY, found, record
from tests.marc.samples import records

# Code, lines in place of the good ones, the field that the fix makes.
FIXES = [
    ("mark_order", "=500  \\\\$aVié\u0302t", Field("500", "  ", (("a", "Viết"),))),
    ("empty", "=500  \\\\$aA$b$c ", Field("500", "  ", (("a", "A"),))),
    ("last_changed", "=005  20260131093000", Field("005", value="20260131093000.0")),
    ("additional_blanks", r"=006  m\\\\\o\\d\f", Field("006", value="m     o  d f      ")),
    ("isbn_form", "=020  \\\\$a978-604-963-245-7 (bìa mềm)$c9đ", Field("020", "  ", (
        ("a", "9786049632457"), ("q", "(bìa mềm)"), ("c", "9đ")))),
    ("isbn_form", "=020  \\\\$a0306406152 : 85.000đ", Field("020", "  ", (("a", "0306406152"), ("c", "85.000đ")))),
    ("ddc_cutter", "=082  04$a005.275--LE-T$223", Field("082", "04", (("a", "005.275"), ("b", "LE-T"), ("2", "23")))),
    ("ddc_cutter", "=082  04$a338.9 597 DAI$223", Field("082", "04", (("a", "338.9597"), ("b", "DAI"), ("2", "23")))),
    ("language_joined", "=041  1\\$aEngvie$hrus", Field("041", "1 ", (("a", "eng"), ("a", "vie"), ("h", "rus")))),
    ("duplicate", "=500  \\\\$aA\n=500  \\\\$aA", Field("500", "  ", (("a", "A"),))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "wanted"), FIXES)
def test_fix_makes_the_field_right(code: str, changes: str, wanted: Field) -> None:
    before = record(changes)
    after, applied = fix(before, [finding for finding in found(before) if finding.rule.code == code])
    assert {finding.rule.code for finding in applied} == {code}
    assert list(after.select(wanted.tag)) == [wanted]
    others = [field for field in before.fields if field.tag != wanted.tag]
    assert [field for field in after.fields if field.tag != wanted.tag] == others


def test_every_fix_is_tried() -> None:
    assert {case[0] for case in FIXES} == {rule.code for rule in RULES if rule.mend}


LEFT = [
    "=020  \\\\$a9786049632450 (bìa mềm)",  # a wrong number is for a person to judge
    "=020  \\\\$a0306406152 tập 1",  # words nobody can place
    "=082  04$a959.7 NG-T$bDA-T$223",  # there is an item number already
    "=041  07$aTYZ$2iso639-3",
    "=005  2026-01-31",
    "=952  \\\\$aA\n=952  \\\\$aA",
]


@pytest.mark.parametrize("changes", LEFT)
def test_what_is_not_certain_is_left_alone(changes: str) -> None:
    before = record(changes)
    assert mend(before, today=TODAY) == (before, [])


def test_one_fix_may_lay_open_another() -> None:
    before = record("=500  \\\\$aViết\n=500  \\\\$aVié\u0302t")
    after, applied = mend(before, today=TODAY)
    assert [field.get("a") for field in after.select("500")] == ["Viết"]
    assert [finding.rule.code for finding in applied] == ["mark_order", "duplicate"]


def test_a_record_with_nothing_in_it_is_left_alone() -> None:
    before = Record.build(repair.LEADER_BLANK, [Field("500", "  ", (("a", ""),))])
    assert mend(before, today=TODAY)[0] == before


def test_a_field_left_with_nothing_goes() -> None:
    after, _ = mend(record("=500  \\\\$a$b"), today=TODAY)
    assert list(after.select("500")) == []


_TAGS = st.sampled_from(["005", "006", "020", "041", "082", "245", "500", "650", "952"])
_VALUES = st.sampled_from(
    ["", " ", "9786049632457", "978-604-963-245-7 (bm)", "0306406152 : 5000đ", "viEeng", "ENG vie", "005.2--LE-T",
     "338.9 5 A", "Vié\u0302t", "Viết", "20260131093000", "20260131093000.", "m     o  d f", "959.7"]
) | st.text("0123456789 -.()đaeXé\u0302", max_size=18).map(lambda text: repair.value(text)[0])  # fmt: skip
_FIELDS = st.one_of(
    st.builds(lambda tag, value: Field(tag, value=value), st.sampled_from(["005", "006"]), _VALUES),
    st.builds(
        Field,
        _TAGS.filter(lambda tag: not tag.startswith("00")),
        st.just("  "),
        st.lists(st.tuples(st.sampled_from("abc2"), _VALUES), min_size=1, max_size=3).map(tuple),
    ),
)
mendable = st.lists(_FIELDS, min_size=1, max_size=6).map(lambda fields: Record.build(repair.LEADER_BLANK, fields))


@given(mendable | records)
def test_a_fixed_finding_is_gone(before: Record) -> None:
    for rule in RULES:
        if rule.mend and rule.check:
            alone = [finding for finding in check(before, today=TODAY) if finding.rule is rule]
            after, applied = fix(before, alone)
            assert len(applied) == len(alone)
            assert rule.code not in {finding.rule.code for finding in check(after, today=TODAY)}
            assert bool(alone) == (after != before)


@given(mendable | records)
def test_fixing_twice_is_fixing_once(before: Record) -> None:
    findings = check(before, today=TODAY)
    once, _ = fix(before, findings)
    assert fix(once, findings)[0] == once
    mended, _ = mend(before, today=TODAY)
    assert mend(mended, today=TODAY) == (mended, [])


@given(mendable | records)
def test_a_mended_record_is_still_one(before: Record) -> None:
    mended, _ = mend(before, today=TODAY)
    assert repair.check(mended) == []
    assert iso2709.read(iso2709.write(mended))[0] == mended
