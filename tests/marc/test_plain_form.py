"""A record as a form in plain words: nothing changes that nobody changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marc import repair
from marc.plain_form import entries, filled
from marc.record import Field, Record

LEADER = "00000nam a2200000 a 4500"
RECORD = Record.build(
    LEADER,
    [
        Field("001", value="k1"),
        Field("100", "0 ", (("a", "Nguyễn Du"), ("d", "1766-1820"))),
        Field("245", "10", (("a", "Truyện Kiều /"), ("c", "Nguyễn Du"))),
        Field("260", "  ", (("a", "Hà Nội :"), ("b", "Văn học,"), ("c", "2015"))),
        Field("653", "  ", (("a", "Thơ"), ("a", "Nôm"))),
        Field("653", "  ", (("a", "Văn học cổ"),)),
    ],
)


def test_a_form_sent_back_as_it_was_changes_nothing() -> None:
    assert filled(RECORD, {one.key: one.value for one in entries(RECORD)}) is RECORD


def test_every_value_of_a_repeated_subfield_has_its_line() -> None:
    assert [one.value for one in entries(RECORD) if one.place == "653 $a"] == ["Thơ", "Nôm", "Văn học cổ", ""]


def test_an_older_record_is_shown_where_its_imprint_stands() -> None:
    assert {one.place for one in entries(RECORD) if one.value.startswith("Hà Nội")} == {"260 $a"}


def test_changed_emptied_and_new() -> None:
    made = filled(RECORD, {"245.0.a.0": "Kim Vân Kiều", "653.0.a.0": "", "653.0.a.1": "Chữ Nôm", "250.+.a": "In lần 2"})
    assert [field.get("a") for field in made.select("245", "250", "653")] == [
        "Kim Vân Kiều", "In lần 2", "Chữ Nôm", "Văn học cổ",
    ]  # fmt: skip
    assert made.control("001") == "k1"


def test_a_field_that_is_emptied_goes() -> None:
    assert not list(filled(RECORD, {"653.1.a.0": ""}).select("653"))[1:]


@given(
    st.dictionaries(st.sampled_from([one.key for one in entries(RECORD)]) | st.text(max_size=9), st.text(max_size=9))
)
def test_whatever_is_sent_the_record_is_whole(values: dict[str, str]) -> None:
    made = filled(RECORD, values)
    assert repair.check(made) == []
    assert made.control("001") == "k1"
