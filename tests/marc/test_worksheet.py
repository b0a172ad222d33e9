"""Records as they are typed: nothing typed is lost, whatever is wrong in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import LimitError
from foundation.limits import DRAFT_LINES
from marc import repair, worksheet
from marc.record import Field, Record

TYPED = """=LDR  00000nam\\a2200000\\i\\4500
=008  200101s2015\\\\\\\\vm
=100  1\\$aNguyễn Du
dòng chưa xong
=245  10$aGiá {dollar}5 /$cNguyễn Du
=650  \\0$aThơ
"""


def test_lines_are_fields_or_faults() -> None:
    sheet = worksheet.read(TYPED)
    assert [field.tag for field in sheet.record.fields] == ["008", "100", "245", "650"]
    assert sheet.record.control("008") == "200101s2015    vm"
    assert next(sheet.record.select("245")).get("a") == "Giá $5 /"
    assert [line.number for line in sheet.faults] == [4]
    found = sheet.place("245", 1)
    assert found is not None
    assert found.number == 5


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("245 10$aA", "24510\x1faA"),
        ("=245  $aA", "245  \x1faA"),
        ("=245  1#$aA", "2451 \x1faA"),
        ("  =650\t_4$aA", "650 4\x1faA"),
        ("=001  x", "001x"),
        ("=500  ##$aa\u0302\u0301", "500  \x1faấ"),
    ],
)
def test_ways_to_type_a_field(typed: str, part: str) -> None:
    sheet = worksheet.read(typed)
    assert (sheet.record.parts(), sheet.faults) == ([part], ())


@pytest.mark.parametrize("typed", ["=24", "=245  10", "nhan đề", "=245  10không có trường con", "$aA", "=24*  10$aA"])
def test_what_is_no_field_is_kept_and_said(typed: str) -> None:
    sheet = worksheet.read(typed)
    assert (sheet.record.parts(), [line.text for line in sheet.faults]) == ([], [typed])
    assert worksheet.of_rows(worksheet.rows(typed)) == f"{typed}\n"


def test_a_second_leader_is_a_fault() -> None:
    leader = "=LDR  00000cas a2200000 a 4500\n"
    sheet = worksheet.read(leader + "=LDR  00000nam a2200000 a 4500\n")
    assert sheet.record.leader[5:8] == "cas"
    assert len(sheet.faults) == 1


def test_the_table_says_what_the_lines_say() -> None:
    assert worksheet.read(worksheet.of_rows(worksheet.rows(TYPED))).record == worksheet.read(TYPED).record
    assert worksheet.rows(TYPED)[2] == worksheet.Row("100", "1", "#", "$aNguyễn Du")


def test_rows_that_are_typed() -> None:
    typed = [
        worksheet.Row("245", "1", "", "Không dấu trường con"),
        worksheet.Row("", "", "", " "),
        worksheet.Row("008", "", "", "x\ny"),
    ]
    assert worksheet.of_rows(typed) == "=245  1\\$aKhông dấu trường con\n=008  x y\n"


def test_fields_are_replaced_and_other_lines_stay_as_they_were() -> None:
    found = worksheet.with_fields(
        TYPED, {3: None, 5: Field("245", "10", (("a", "B"),))}, [Field("500", "  ", (("a", "C"),))]
    )
    assert found.splitlines() == [
        *TYPED.splitlines()[:2],
        "dòng chưa xong",
        "=245  10$aB",
        "=500  \\\\$aC",
        "=650  \\0$aThơ",
    ]


def test_lines_are_bounded() -> None:
    with pytest.raises(LimitError, match="DRAFT_LINES"):
        worksheet.read("=500  $aA\n" * (DRAFT_LINES + 1))


_NASTY = st.text(alphabet=st.sampled_from("=LDR0248 \t$#\\{}dollarấ\u2028\x1e\x1f\n\r\x00ｰ𡨸\u0301a"), max_size=60)


@given(st.one_of(_NASTY, st.text(max_size=200)))
def test_anything_can_be_typed(typed: str) -> None:
    sheet = worksheet.read(typed)
    assert repair.check(sheet.record) == []
    assert len([line for line in sheet.lines if line.tag not in ("", "LDR")]) == len(sheet.record.parts())
    again = worksheet.read(worksheet.text(sheet.record))
    assert again.record == sheet.record
    assert worksheet.read(worksheet.of_rows(worksheet.rows(typed))).record == sheet.record


@given(st.lists(st.tuples(*(st.text(alphabet="0245LDR$#a\\ \nấ", max_size=6) for _ in range(4))), max_size=5))
def test_any_table_can_be_read(found: list[tuple[str, str, str, str]]) -> None:
    typed = worksheet.of_rows(worksheet.Row(*one) for one in found)
    assert repair.check(worksheet.read(typed).record) == []


def test_a_record_comes_back_as_it_was() -> None:
    record = Record("\x1e".join(["00000nam a2200000 i 4500", "001a b\\c", "245 0\x1fa{x} $5 \\\x1fb\u2028 =b"]))
    assert worksheet.read(worksheet.text(record)).record == record
