"""`marc.record`: packed text and fields say the same."""

from hypothesis import given
from hypothesis import strategies as st

from marc.record import Field, Record

VALUES = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=20)
CONTROL = st.builds(lambda tag, value: Field(tag, value=value), st.sampled_from(["001", "005", "008"]), VALUES)
SUBFIELDS = st.lists(st.tuples(st.sampled_from("abcz9"), VALUES), min_size=1, max_size=4).map(tuple)
DATA = st.tuples(st.sampled_from(["245", "650", "880"]), st.sampled_from(["10", "  ", " 4"]), SUBFIELDS).map(
    lambda field: Field(*field)
)
LEADER = "00000nam a2200000 a 4500"


@given(st.lists(CONTROL | DATA, max_size=8))
def test_packing_and_unpacking_are_inverse(fields: list[Field]) -> None:
    record = Record.build(LEADER, fields)
    assert record.leader == LEADER
    assert record.fields == fields
    assert Record(record.text) == record


def test_control_finds_the_first_field_of_a_tag() -> None:
    record = Record.build(
        LEADER, [Field("001", value="bk1"), Field("003", value="VN"), Field("245", "00", (("a", "x"),))]
    )
    assert record.control("001") == "bk1"
    assert record.control("003") == "VN"
    assert record.control("005") == ""
    assert [f.get("a") for f in record.select("245")] == ["x"]
