"""`marc.isis_mapping` and `marc.isis_suggestion`."""

import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError
from marc import repair
from marc.cdsisis import IsisRecord, readings
from marc.isis_mapping import Mapping, Rule, apply, mapped, subfields
from marc.isis_suggestion import CCF, CDS, suggest
from marc.record import Field
from tests.marc.samples import SHARED, needs_data


def record(*fields: tuple[int, str]) -> IsisRecord:
    return IsisRecord(7, fields)


def made(mapping: Mapping, *fields: tuple[int, str]) -> list[Field]:
    return [field for field in apply(mapping, record(*fields))[0].fields if field.tag not in ("001", "008")]


def one(rule: Rule) -> Mapping:
    return Mapping({24: (rule,)})


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (Rule("245", "00"), "Truyện Kiều", [Field("245", "00", (("a", "Truyện Kiều"),))]),
        (
            Rule("260", subfields={"a": "a", "b": "b"}),
            "^AHà Nội^bKim Đồng",
            [Field("260", "  ", (("a", "Hà Nội"), ("b", "Kim Đồng")))],
        ),
        (
            Rule("100", "1 ", {"a": "a", "b": "a"}, {"a": ", "}),
            "^aNguyễn^bDu",
            [Field("100", "1 ", (("a", "Nguyễn, Du"),))],
        ),
        (Rule("100", "1 ", {"a": "a", "b": "a"}), "^aNguyễn^bDu", [Field("100", "1 ", (("a", "Nguyễn"), ("a", "Du")))]),
        (
            Rule("653", split=";"),
            "thơ; truyện ;",
            [Field("653", "  ", (("a", "thơ"),)), Field("653", "  ", (("a", "truyện"),))],
        ),
        (
            Rule("653", split="<>"),
            "x <thơ><truyện>",
            [Field("653", "  ", (("a", "thơ"),)), Field("653", "  ", (("a", "truyện"),))],
        ),
        (Rule("653", split="<>"), "thơ", [Field("653", "  ", (("a", "thơ"),))]),
        (Rule("245", "00", filing=True), "<The> Tale", [Field("245", "04", (("a", "The Tale"),))]),
        (Rule("245", "00", filing=True), "<1984=Nineteen> a novel", [Field("245", "00", (("a", "1984 a novel"),))]),
        (Rule("245", "", {"a": "a"}), "10^aTruyện Kiều", [Field("245", "10", (("a", "Truyện Kiều"),))]),
        (Rule("245", "", {"a": "a"}), "#_^aTruyện", [Field("245", "  ", (("a", "Truyện"),))]),
        (Rule("245", subfields={"a": "a", "z": ""}), "^aTruyện^zvie", [Field("245", "  ", (("a", "Truyện"),))]),
        (Rule("500"), "  ", []),
    ],
)
def test_a_rule_makes_fields(rule: Rule, value: str, expected: list[Field]) -> None:
    assert made(one(rule), (24, value)) == expected


def test_the_first_author_is_the_main_entry_and_the_title_says_so() -> None:
    fields = made(CDS, (71, "Viện Văn học"), (24, "Truyện Kiều"), (70, "Nguyễn Du"), (70, "Đào Duy Anh"))
    assert [(field.tag, field.indicators) for field in fields] == [
        ("110", "2 "), ("245", "10"), ("700", "1 "), ("700", "1 "),
    ]  # fmt: skip


def test_what_may_not_be_repeated_is_not() -> None:
    mapping = Mapping({24: (Rule("245", "00"),), 70: (Rule("100", "1 "),)})
    fields = made(mapping, (24, "Một"), (24, "Hai"), (70, "A"), (70, "B"))
    assert [field.tag for field in fields] == ["100", "245", "246", "700"]


def test_codes_are_made_of_date_language_and_defaults() -> None:
    mapping = Mapping({26: CDS.rules[26], 40: (Rule("041", "0 "),)}, defaults={"country": "vm ", "language": "und"})
    found, _ = apply(mapping, record((26, "^aHà Nội^cc1965"), (40, "VIE")))
    assert found.control("008") == "000000s1965    vm |||||||||||||||||vie d"
    assert found.control("001") == "7"
    assert apply(mapping, record())[0].control("008") == "000000nuuuu    vm |||||||||||||||||und d"


def test_constants_and_leader_come_with_every_record() -> None:
    mapping = Mapping({}, leader="00000nas a2200000 a 4500", constants=(Field("040", "  ", (("a", "TVBK"),)),))
    found, _ = apply(mapping, record())
    assert found.leader[7] == "s"
    assert [field.tag for field in found.fields] == ["001", "008", "040"]


def test_what_no_rule_speaks_of_is_told() -> None:
    _, problems = apply(one(Rule("245", "00")), record((24, "Kiều^bthơ"), (99, "x"), (99, "y"), (5, "z")))
    assert [problem.code for problem in problems] == ["marc.isis_unmapped"]
    assert problems[0].values["tags"] == "5, 24^b, 99"


def test_a_keyword_list_cannot_make_fields_without_end() -> None:
    found, problems = apply(one(Rule("653", split=";")), record((24, "x;" * 50_000)))
    assert len(found.parts()) == 10_002
    assert [problem.code for problem in problems] == ["marc.isis_values"]


def test_subfields_are_read_as_cds_isis_reads_them() -> None:
    assert subfields("trước ^AHà Nội^b^c1965") == [("", "trước"), ("a", "Hà Nội"), ("c", "1965")]


# --- the mapping as a document ------------------------------------------------------------------------------------
@pytest.mark.parametrize("mapping", [CDS, CCF], ids=["CDS", "CCF"])
def test_a_mapping_goes_through_json(mapping: Mapping) -> None:
    assert Mapping.from_json(mapping.to_json()) == mapping


def test_everything_a_mapping_holds_goes_through_json() -> None:
    constants = (Field("040", "  ", (("a", "TVBK"), ("b", "vie"))), Field("003", value="VN-BK"))
    rules = (Rule("245", "", {"": "a"}, {"a": " "}, ";", "130", True), Rule("246"))
    mapping = Mapping({24: rules}, "Bắc Kạn", "00000nas a2200000 a 4500", constants, {"language": "vie"})
    assert Mapping.from_json(mapping.to_json()) == mapping


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "JSON"),
        ('{"fields": []}', "JSON"),
        ('{"fields": {"x": {"tag": "245"}}}', "fields/x"),
        ('{"fields": {"24": {"tag": "24"}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "000"}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "245", "indicators": "1"}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "245", "subfields": {"a": "ab"}}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "245", "subfields": {"a": "@"}}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "245", "subfields": "a"}}}', "fields/24"),
        ('{"fields": {"24": {"tag": "245", "colour": "red"}}}', "fields/24"),
        ('{"fields": {"24": {"tag": 245}}}', "fields/24"),
        ('{"fields": {}, "leader": "short"}', "leader"),
        ('{"fields": {}, "constants": [{"tag": "245"}]}', "constants"),
        ('{"fields": {}, "constants": [{"tag": "245", "subfields": []}]}', "constants"),
        ('{"fields": {}, "defaults": {"language": "vi"}}', "defaults"),
        ('{"fields": {}, "defaults": {"colour": "red"}}', "defaults"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(text: str, where: str) -> None:
    with pytest.raises(FormatError) as raised:
        Mapping.from_json(text)
    assert raised.value.problem.values["where"] == where
    assert where in str(raised.value)


_TEXT = st.text(st.sampled_from("^abc<>=;%\x1e\x1f\x1d Kiều1965\u0301"), max_size=30)
_RULE = st.builds(
    Rule,
    st.sampled_from(["001", "008", "245", "653", "700"]),
    st.sampled_from(["  ", "10", ""]),
    st.dictionaries(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["", "a", "b"]), max_size=3),
    st.dictionaries(st.sampled_from("ab"), st.just(" ; ")),
    st.sampled_from(["", ";", "<>"]),
    st.sampled_from(["", "100"]),
    st.booleans(),
)


@given(
    st.dictionaries(st.integers(1, 5), st.lists(_RULE, min_size=1, max_size=2).map(tuple)),
    st.lists(st.tuples(st.integers(1, 6), _TEXT), max_size=6),
)
def test_any_mapping_makes_a_sound_record_of_anything(
    rules: dict[int, tuple[Rule, ...]], fields: list[tuple[int, str]]
) -> None:
    mapping = Mapping.from_json(Mapping(rules).to_json())
    assert mapping == Mapping(rules)
    found, problems = apply(mapping, record(*fields))
    assert repair.check(found) == []
    assert all(problem.text("vi") and problem.text("en") for problem in problems)


# --- suggestions --------------------------------------------------------------------------------------------------
TITLES = [
    "Lịch sử Đảng bộ tỉnh Bắc Kạn", "Truyện Kiều", "Kỹ thuật trồng cây hồi", "Then Tày những khúc hát", "Văn hóa Nùng",
    "Địa chí Bắc Kạn", "Hồ Ba Bể và du lịch sinh thái", "Chăn nuôi lợn đen", "Dân ca Dao", "Pháp luật đất đai",
]  # fmt: skip


def library(tags: dict[str, int]) -> list[IsisRecord]:
    """Fifty records of a small library with tags of its own."""
    found = []
    for at in range(50):
        values = {
            "title": f"{TITLES[at % 10]} tập {at}",
            "author": f"Nguyễn Văn {'ABCDE'[at % 5]}nh",
            "imprint": f"^aHà Nội^bKim Đồng^c{1980 + at % 30}",
            "extent": f"^a{100 + at} tr.^c19 cm",
            "isbn": f"604{at:06}X",
            "terms": "Lịch sử; Bắc Kạn; Việt Nam",
            "abstract": "Sách giới thiệu về " + "quê hương và con người " * 15,
            "language": "vie",
        }
        found.append(IsisRecord(at + 1, tuple((tags[name], value) for name, value in values.items() if name in tags)))
    return found


def test_a_base_with_tags_of_its_own_gets_a_first_mapping() -> None:
    names = ["title", "author", "imprint", "extent", "isbn", "terms", "abstract", "language"]
    mapping = suggest(library({name: 301 + 7 * at for at, name in enumerate(names)}))
    assert {tag: rules[0].tag for tag, rules in mapping.rules.items()} == dict(
        zip(range(301, 360, 7), ["245", "700", "260", "300", "020", "653", "520", "041"], strict=False)
    )
    found, problems = apply(mapping, library({name: 301 + 7 * at for at, name in enumerate(names)})[0])
    assert [field.tag for field in found.fields][2:] == [
        "020",
        "041",
        "100",
        "245",
        "260",
        "300",
        "520",
        "653",
        "653",
        "653",
    ]
    assert found.control("008")[7:11] == "1980"
    assert problems == ()
    assert Mapping.from_json(mapping.to_json()) == mapping


def test_a_base_after_the_example_of_unesco_gets_its_mapping_and_what_it_added() -> None:
    mapping = suggest(library({"title": 24, "author": 70, "imprint": 26, "extent": 30, "isbn": 81}))
    assert mapping.name == "CDS"
    assert mapping.rules[81][0].tag == "020"


def test_a_base_with_tags_of_marc21_keeps_them_and_its_indicators() -> None:
    records = [IsisRecord(at, ((245, f"10^aNhan đề {at}^cTác giả"), (100, "1#^aNguyễn Du"))) for at in range(1, 20)]
    found, _ = apply(suggest(records), records[0])
    assert list(found.select("245")) == [Field("245", "10", (("a", "Nhan đề 1"), ("c", "Tác giả")))]


def test_nothing_to_go_by_gives_an_empty_mapping() -> None:
    assert suggest([]).rules == suggest([IsisRecord(1, ())]).rules == {}


@given(
    st.lists(
        st.builds(IsisRecord, st.just(1), st.lists(st.tuples(st.integers(0, 70_000), _TEXT), max_size=4).map(tuple)),
        max_size=5,
    )
)
def test_any_records_get_a_mapping_that_can_be_kept(records: list[IsisRecord]) -> None:
    mapping = suggest(records)
    assert Mapping.from_json(mapping.to_json()) == mapping


@needs_data
def test_the_example_base_becomes_marc_with_nothing_left_over() -> None:
    with (SHARED / "data/marc/nasty/isis2json__cds.iso").open("rb") as stream:
        records = [reading.record for reading in readings(stream, encoding="cp850")]
        assert suggest([one for one in records if one]).name == "CDS"
        stream.seek(0)
        found = list(mapped(readings(stream, encoding="cp850"), CDS))
    assert len(found) == 150
    assert not any(reading.problems for reading in found)
    assert all(reading.record and list(reading.record.select("245")) for reading in found)
    text = json.dumps([reading.record.text for reading in found if reading.record], ensure_ascii=False)
    assert "Slavík" in text


def test_the_mapping_in_the_documentation_is_one() -> None:
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    block = "".join(line for line in page.splitlines(keepends=True) if line.startswith("    "))
    mapping = Mapping.from_json(block)
    assert mapping.rules[24][0].filing
    assert Mapping.from_json(mapping.to_json()) == mapping
