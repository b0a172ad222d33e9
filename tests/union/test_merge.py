"""The union record: one valid record, everybody's holdings, everybody's due, and the same whatever the order."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import libraries, province_files
from marc import readers, rules
from marc.record import Record
from tests.union.records import record
from tests.union.test_features import RECORDS
from union import features
from union.leader import Member, Policy
from union.memory import Union
from union.merge import Merged, lone, merge, united

FIXED = "181210s2010    vm            000 0 vie d"
PROVINCE = Member(
    "bk00",
    "1",
    record(
        control="1", t008=FIXED, t100="1 $aNông, Văn An", t245="10$aTruyện cổ Tày /$cNông Văn An", t260="$aH.$c2010",
        t300="$a215 tr.", t650=" 4$aTruyện cổ", t852="$aBKTVT$hK1",
    ),
    "BKTVT",
)  # fmt: skip
DISTRICT = Member(
    "bk03",
    "77",
    record(
        control="77", t008="181222s9999", t020="$a9780306406157", t100="1 $aNông Văn An", t245="10$aTruyen co Tay",
        t260="$aHà Nội$c2011", t300="$a213 tr.", t650=[" 4$aTruyện cổ.", " 4$aDân tộc Tày"],
        t700="1 $aTrần Thị Bình$edịch",
        t852="$hX9", t952="$pB001",
    ),
    "BABE",
)  # fmt: skip


def merged(*members: Member, **policy: object) -> Merged:
    return merge(members, "u1", Policy(ranks={"bk00": 0}, **policy))  # type: ignore[arg-type]


def texts(found: Record, tag: str, codes: str) -> list[list[str]]:
    return [field.all(codes) for field in found.select(tag)]


def test_the_leader_describes_and_the_others_add() -> None:
    found = merged(DISTRICT, PROVINCE).record
    assert texts(found, "245", "a") == [["Truyện cổ Tày /"]]
    assert texts(found, "260", "c") == [["2010"]]
    assert texts(found, "020", "a") == [["9780306406157"]]
    assert texts(found, "650", "a") == [["Truyện cổ"], ["Dân tộc Tày"]]
    assert texts(found, "700", "ae") == [["Trần Thị Bình", "dịch"]]
    assert found.control("001") == "u1"


def test_holdings_stay_each_librarys_own() -> None:
    found = merged(PROVINCE, DISTRICT).record
    assert texts(found, "852", "ah") == [["BKTVT", "K1"], ["BABE", "X9"]]
    assert texts(found, "952", "p5") == [["B001", "BABE"]]


def test_numbers_and_agencies_of_all_are_named() -> None:
    found = merge([PROVINCE, DISTRICT], "u1", absorbed=["u7"]).record
    numbers = [value for field in found.select("035") for value in field.all("az")]
    assert (set(numbers[:2]), numbers[2:]) == ({"(BKTVT)1", "(BABE)77"}, ["(LIENTHONG)u7"])
    assert texts(found, "040", "acd") == [["BKTVT", "LIENTHONG", "BABE"]]


def test_every_field_knows_whose_it_is() -> None:
    found = merged(PROVINCE, DISTRICT)
    assert len(found.origins) == len(found.record.fields)
    whose = {(origin.tag, origin.rule): origin.libraries for origin in found.origins}
    assert whose["020", "united"] == ("bk03",)
    assert whose["245", "leader"] == ("bk00",)
    shared = [origin.libraries for origin in found.origins if origin.tag == "650"]
    assert shared == [("bk00", "bk03"), ("bk03",)]
    link = next(found.record.select("020")).get("8")
    provenance = next(found.record.select("883"))
    assert (provenance.get("8"), provenance.get("q"), provenance.get("w")) == (link, "BABE", "(BABE)77")


def test_disagreements_are_the_list_of_what_to_correct() -> None:
    found = {one.what: one.values for one in merged(PROVINCE, DISTRICT).disagreements}
    assert found == {
        "pages": (("bk00/1", "215"), ("bk03/77", "213")),
        "year": (("bk00/1", "2010"), ("bk03/77", "2011")),
    }


def test_a_copy_typed_without_diacritics_never_leads_unless_pinned() -> None:
    bare = DISTRICT._replace(library="bk00")
    good = PROVINCE._replace(library="bk09")
    assert merged(bare, good).leader == good
    assert merged(bare, good, pinned=frozenset({("bk00", "77")})).leader == bare


def test_008_is_filled_where_the_leader_says_nothing() -> None:
    stub = PROVINCE._replace(record=record(t008="181222s9999    xx |||||||||||||||||und d", t245="10$aTruyện cổ Tày"))
    full = DISTRICT._replace(record=record(t008=FIXED, t245="10$aTruyện cổ Tày"))
    found = merged(stub, full)
    assert found.record.control("008")[6:18] == FIXED[6:18]
    assert found.record.control("008")[35:38] == "vie"
    assert [origin.libraries for origin in found.origins if origin.tag == "008"] == [("bk00", "bk03")]


def test_thesauri_are_never_mixed() -> None:
    one = PROVINCE._replace(record=record(t245="10$aA", t650=" 7$aSử$2btkhcm"))
    other = DISTRICT._replace(record=record(t245="10$aA", t650=[" 7$aSử$2bktvqg", " 4$aSử"]))
    assert len(texts(merged(one, other).record, "650", "a")) == 3


@pytest.mark.parametrize(
    ("leads", "brings", "names"),
    [
        ("1 $aTô Hoài", ["1 $aTô Hoài,$d1920-2014"], []),
        ("1 $aTô Hoài, 1920-2014", ["1 $aTô Hoài,$d1920-"], []),
        ("1 $aTô Hoài,$d1920-2014", ["1 $aTô Hoài"], []),
        ("1 $aTô Hoài,$d1920-2014", ["1 $aTô Hoài,$d1951-"], [["Tô Hoài,", "1951-"]]),
        # Of two with one name and other dates, the one without may be either, and is one of them.
        ("1 $aTô Hoài", ["1 $aTô Hoài,$d1920-2014", "1 $aTô Hoài,$d1951-"], [["Tô Hoài,", "1951-"]]),
        ("1 $aTrần Văn", ["1 $aTô Hoài", "1 $aTô Hoài,$d1920-2014"], [["Tô Hoài,", "1920-2014"]]),
        ("1 $aTrần Văn", ["1 $aTô Hoài$edịch", "1 $aTô Hoài,$d1920-2014"], [["Tô Hoài"]]),
        ("1 $aTô Hoài", ["1 $aTô Hoài,$d1920-2014.$tDế mèn phiêu lưu ký"], [["Tô Hoài,", "1920-2014."]]),
    ],
)
def test_a_person_is_named_once_with_or_without_dates(leads: str, brings: list[str], names: list[list[str]]) -> None:
    one = PROVINCE._replace(record=record(t100=leads, t245="10$aTruyện cổ Tày"))
    other = DISTRICT._replace(record=record(t245="10$aTruyện cổ Tày", t700=brings))
    assert texts(merged(one, other).record, "700", "ad") == names


def test_a_free_word_does_not_repeat_a_heading_or_another_word() -> None:
    one = PROVINCE._replace(
        record=record(
            t245="10$aTruyện cổ Tày", t650=" 7$aTruyện cổ$2btkhcm", t653=["$aTruyện cổ.$aMiền núi", "$amiền núi"]
        )
    )
    other = DISTRICT._replace(
        record=record(
            t245="10$aTruyện cổ Tày", t650=" 7$aDân tộc Tày$2btkhcm",
            t653=["$aTRUYỆN CỔ$aDân tộc Tày", "1 $aMiền núi", "$aVăn học dân gian"],
        )
    )  # fmt: skip
    found = merged(one, other).record
    assert texts(found, "650", "a") == [["Truyện cổ"], ["Dân tộc Tày"]]
    assert texts(found, "653", "a") == [["Miền núi"], ["Văn học dân gian"]]


def test_original_script_stays_with_its_field_or_goes() -> None:
    one = PROVINCE._replace(record=record(t245="10$6880-01$aTam tự kinh", t880="10$6245-01/$1$a三字經"))
    other = DISTRICT._replace(record=record(t245="10$6880-01$aTam tự kinh", t880="10$6245-01/$1$a三字経"))
    found = merged(one, other).record
    assert texts(found, "880", "a") == [["三字經"]]
    lonely = PROVINCE._replace(record=record(t245="10$6880-01$aTam tự kinh"))
    assert texts(merged(lonely).record, "245", "6") == [[]]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_order_does_not_matter(order: tuple[int, ...]) -> None:
    third = PROVINCE._replace(library="bk05", local_id="9", agency="BTHONG")
    members = [PROVINCE, DISTRICT, third]
    assert merged(*[members[place] for place in order]) == merged(*members)


@given(st.lists(RECORDS, min_size=1, max_size=4))
def test_any_members_make_a_record_with_an_origin_for_each_field(found: list[Record]) -> None:
    members = [Member(f"bk{n:02d}", str(n), one) for n, one in enumerate(found)]
    made = merge(members, "u1")
    assert len(made.origins) == len(made.record.fields)
    assert made == merge(members[::-1], "u1")
    assert Record.build(made.record.leader, made.record.fields) == made.record
    assert united(members, "u1", Policy()) == made.record


def test_union_records_of_the_province_break_no_rule_their_leaders_keep() -> None:
    members: dict[str, Member] = {}
    union = Union()
    for code, path in province_files():
        with path.open("rb") as stream:
            for number, reading in enumerate(readers.read(stream, path.name)):
                assert reading.record is not None
                name = f"{code}/{reading.record.control('001') or number}"
                members[name] = Member(code, name.partition("/")[2], reading.record, reading.record.control("003"))
                union.put(name, features.read(reading.record))
    policy = Policy(ranks={library.code: place for place, library in enumerate(libraries())})
    worse: dict[str, list[str]] = defaultdict(list)
    for cluster in union.clusters():
        if len(cluster) > 1:
            found = merge([members[name] for name in cluster], "u1", policy)
            before = {key for name in cluster for key in errors(members[name].record)}
            for broken in errors(found.record) - before:
                worse[broken].append(cluster[0])
    assert dict(worse) == {}


def errors(found: Record) -> set[str]:
    return {finding.rule.code for finding in rules.check(found) if finding.severity == "E"}


@given(RECORDS, st.lists(st.sampled_from(["u1", "u2"]), max_size=2))
def test_a_member_alone_is_passed_on_as_merging_would(one: Record, absorbed: list[str]) -> None:
    member = Member("bk01", "7", one)
    assert lone(member, "u", Policy(), absorbed) == merge([member], "u", Policy(), absorbed).record


@pytest.mark.parametrize(
    "fields",
    [
        {"t852": "$bKho đọc", "t599": "$aghi chú", "t949": "$ax$5bk09", "t876": "$p123"},
        {"t035": ["$a(OCoLC)12$z(OCoLC)9", "$a99"], "t040": "$aDLC$beng$erda$cDLC$dDLC"},
        {"t008": "181210s2010    vm            000 0 vie d", "t005": "20200101000000.0", "t883": "$aold"},
        {"t880": "$6245-01$aTitle", "t245": "$6880-01$aNhan đề"},
        {"t880": "$6245-02$aTitle", "t245": "$6880-01$aNhan đề"},
        {"t008": "short", "t019": "$a1", "t490": "$aTùng thư"},
    ],
)
def test_what_changes_in_a_member_alone(fields: dict[str, str | list[str]]) -> None:
    member = Member("bk01", "7", record(**fields))
    assert lone(member, "u", Policy()) == merge([member], "u").record
