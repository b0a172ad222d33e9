"""The demonstration province keeps what its README promises."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from fixtures import libraries, province_files, words
from fixtures.build import main, province
from fixtures.card import read_works
from fixtures.publishers import publisher_of
from marc.record import Field, Record
from marc.rules.numbers import issn_holds
from tests.fixtures_.invariants import check, isbn_holds
from tests.fixtures_.mnemonic import catalogue, key

CODES = [library.code for library in libraries()]
DISTRICTS = CODES[1:]


def everything() -> list[tuple[str, Record]]:
    return [(code, record) for code in CODES for record in catalogue(code)]


def test_the_libraries_are_one_provincial_and_its_eight_districts() -> None:
    first, *others = libraries()
    assert (first.code, first.kind, first.parent) == ("bk00", "provincial", "")
    assert [(row.code, row.kind, row.parent) for row in others] == [
        (f"bk0{number}", "district", "bk00") for number in range(1, 9)
    ]


def test_every_library_has_a_name_in_both_languages_and_an_address_nobody_owns() -> None:
    for row in libraries():
        assert row.name_vi.startswith("Thư viện")
        assert "Library" in row.name_en
        assert row.email.endswith(".example")


def test_every_library_has_its_file() -> None:
    assert [code for code, path in province_files() if path.is_file()] == CODES


def test_the_catalogues_have_the_sizes_promised() -> None:
    sizes = {code: len(catalogue(code)) for code in CODES}
    assert sum(sizes.values()) >= 640
    assert sizes["bk00"] >= 260
    assert all(35 <= sizes[code] <= 70 for code in DISTRICTS), sizes


@pytest.mark.parametrize("code", CODES)
def test_control_numbers_are_unique_in_a_library(code: str) -> None:
    numbers = [record.control("001") for record in catalogue(code) if record.control("001")]
    assert len(set(numbers)) == len(numbers)


def test_only_one_library_has_records_without_control_number() -> None:
    without = Counter(code for code, record in everything() if not record.control("001"))
    assert list(without) == ["bk07"]
    assert 2 <= without["bk07"] <= 10


@pytest.mark.parametrize("code", CODES)
def test_records_hold_the_invariants_but_for_the_normal_form_of_one_library(code: str) -> None:
    for record in catalogue(code):
        check(record, "NFD" if code == "bk05" else "NFC")


def test_one_file_is_decomposed_and_the_others_are_composed() -> None:
    forms = {code: path.read_text(encoding="utf-8") for code, path in province_files()}
    assert not unicodedata.is_normalized("NFC", forms["bk05"])
    for code, text in forms.items():
        assert unicodedata.is_normalized("NFD" if code == "bk05" else "NFC", text), code


def test_built_again_the_files_are_the_same(tmp_path: Path) -> None:
    main(tmp_path)
    for built in tmp_path.iterdir():
        assert built.read_bytes() == (province_files()[0][1].parent / built.name).read_bytes(), built.name


def test_008_has_40_characters_where_it_is_no_stub() -> None:
    stubs = {"bk02", "bk07"}
    for code, record in everything():
        if code not in stubs:
            assert len(record.control("008")) == 40, (code, record)
    assert all(len(record.control("008")) < 40 for code in stubs for record in catalogue(code))


def test_008_and_041_agree_on_the_language() -> None:
    for record in catalogue("bk00"):
        assert record.control("008")[35:38] == next(record.select("041")).get("a"), record


def test_precise_languages_stand_beside_the_marc_code() -> None:
    found = defaultdict(set)
    for record in catalogue("bk00"):
        for field in record.select("041"):
            if field.get("2") == "iso639-3":
                found[record.control("008")[35:38]].update(field.all("a"))
    assert {"tyz", "nut", "ium", "mji", "mww", "lzh"} <= set().union(*found.values())
    assert {"tai", "hmn", "chi"} <= set(found)


def isbns(code: str) -> list[str]:
    return [field.get("a") for record in catalogue(code) for field in record.select("020") if field.get("a")]


@pytest.mark.parametrize("code", ["bk00", "bk01"])
def test_isbns_of_the_careful_libraries_are_right(code: str) -> None:
    assert len(isbns(code)) > 20
    assert [text for text in isbns(code) if not isbn_holds(text)] == []


def test_some_isbns_of_the_others_are_wrong_on_purpose() -> None:
    wrong = [text for code in ("bk04", "bk06", "bk08") for text in isbns(code) if not isbn_holds(text)]
    assert 2 <= len(wrong) <= 12


@pytest.mark.parametrize("code", ["bk02", "bk03"])
def test_running_numbers_stand_in_the_isbn_of_two_libraries(code: str) -> None:
    assert all(re.fullmatch(r"\d{1,4}", text) for text in isbns(code))


def test_issns_are_right() -> None:
    found = {field.get("a") for _, record in everything() for field in record.select("022")}
    assert len(found) >= 7
    assert all(issn_holds(issn) for issn in found)


def linked(field: Field) -> tuple[str, str]:
    tag, _, number = field.get("6").partition("-")
    return tag, number[:2]


def test_880_and_its_partner_point_at_each_other() -> None:
    seen = 0
    for _, record in everything():
        here = {(linked(field)[1], linked(field)[0]) for field in record.select("880")}
        there = {(linked(field)[1], field.tag) for field in record.fields if linked(field)[0] == "880"}
        assert here == there, record
        seen += len(here)
    assert seen >= 40


def test_original_scripts_reach_beyond_the_basic_plane() -> None:
    texts = "".join(text for _, record in everything() for field in record.select("880") for _, text in field.subfields)
    assert len({letter for letter in texts if ord(letter) > 0xFFFF}) >= 8


def test_vietnamese_has_its_diacritics() -> None:
    for code in set(CODES) - {"bk07"}:
        bare = [title for title in titles(code) if title.isascii()]
        assert len(bare) <= len(catalogue(code)) * 0.03, (code, bare)


def test_one_library_typed_some_records_without_diacritics() -> None:
    share = sum(title.isascii() for title in titles("bk07")) / len(catalogue("bk07"))
    assert 0.1 < share < 0.5


def titles(code: str) -> list[str]:
    return [next(record.select("245")).get("a") for record in catalogue(code)]


def test_one_library_shouts() -> None:
    assert all(title == title.upper() for title in titles("bk06"))


@pytest.mark.parametrize(
    ("code", "sample"),
    [
        ("bk03", r"\n=100  \\\\\$a[^$\n]+, [^$\n]+\n"),
        ("bk03", r"\$a[^$\n]+ sưu tầm"),
        ("bk03", r"=082  \\\\\$a[\d.]+ [A-Z]"),
        ("bk03", r"=020  \\\\\$a\d+\$c\d+đ"),
        ("bk03", "Bắc Cạn"),
        ("bk03", r"=952 "),
        ("bk04", r"=927  \\\\\$aTK"),
        ("bk04", r"=650  \\4\$a[^$\n]+\$v"),
        ("bk04", r"\d Tr\."),
        ("bk04", "hóa|thủy"),
        ("bk01", r"=100  1\\\$a\w+, "),
        ("bk00", r"=264  \\1\$aH\. :"),
        ("bk00", r"=260  \\\\\$aH\. :"),
        ("bk00", r"=541  \\\\\$cLưu chiểu"),
        ("bk00", r"=776  08"),
    ],
)
def test_the_real_habits_are_there(code: str, sample: str) -> None:
    assert re.search(sample, dict(province_files())[code].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("level", "least"), [("am", 220), ("tm", 35), ("as", 8), ("em", 7), ("jm", 6), ("im", 1), ("gm", 3), ("km", 2)]
)
def test_the_provincial_library_holds_every_kind(level: str, least: int) -> None:
    assert sum(record.leader[6:8] == level for record in catalogue("bk00")) >= least


def test_titles_are_written_one_by_one() -> None:
    found = {(work.title, work.subtitle, work.number, work.part) for work in read_works()}
    assert len(read_works()) >= 430
    assert len(found) >= 400


def test_card_keys_are_unique_and_every_publisher_is_known() -> None:
    works = read_works()
    assert len({work.key for work in works}) == len(works)
    unknown = {work.publisher for work in works if publisher_of(work.publisher).place == "Bắc Kạn"}
    assert not [name for name in unknown if "Nxb" in name]


def test_every_member_of_a_cluster_exists_once() -> None:
    existing = {(code, record.control("001")) for code, record in everything()}
    members = [(row["library"], row["local_id"]) for row in key("duplicates.csv")]
    assert set(members) <= existing
    assert len(set(members)) == len(members)


def test_there_are_clusters_enough_of_two_to_six_libraries() -> None:
    sizes = Counter(row["cluster"] for row in key("duplicates.csv")).values()
    assert len(sizes) >= 110
    assert set(sizes) == {2, 3, 4, 5, 6}


def test_records_outside_the_key_describe_editions_of_their_own() -> None:
    held = Counter(library for work in read_works() for library in work.libraries)
    assert held == Counter({code: len(catalogue(code)) for code in CODES})


def test_siblings_exist_and_are_never_of_one_cluster() -> None:
    cluster = {(row["library"], row["local_id"]): row["cluster"] for row in key("duplicates.csv")}
    existing = {(code, record.control("001")) for code, record in everything()}
    for row in key("siblings.csv"):
        one, other = (row["a_library"], row["a_local_id"]), (row["b_library"], row["b_local_id"])
        assert {one, other} <= existing
        assert cluster.get(one, one) != cluster.get(other, other)


def test_there_are_siblings_enough_of_every_kind() -> None:
    pairs = [line.split()[1] for work in read_works() for line in work.more.get("sib", [])]
    assert len(pairs) >= 60
    assert set(pairs) == {"volume", "edition", "author", "translation", "carrier", "work", "copy"}


def test_editions_of_one_title_are_all_named_as_siblings() -> None:
    works = read_works()
    named = {frozenset((work.key, line.split()[0])) for work in works for line in work.more.get("sib", [])}
    for one, other in combinations(works, 2):
        if words.plain(one.title).lower() == words.plain(other.title).lower():
            assert frozenset((one.key, other.key)) in named, (one.key, other.key)


def test_siblings_can_be_told_apart_by_what_their_records_say() -> None:
    found = {(code, record.control("001")): signs(record) for code, record in everything()}
    for row in key("siblings.csv"):
        one = found[row["a_library"], row["a_local_id"]]
        other = found[row["b_library"], row["b_local_id"]]
        assert any(a and b and a != b for a, b in zip(one, other, strict=True)), row


def signs(record: Record) -> tuple[str, ...]:
    """Kind, carrier, title with its volume, edition, year and pages, free of spelling."""
    title = " ".join(text for field in record.select("245") for text in field.all("abnp"))
    edition = "".join(field.get("a") for field in record.select("250"))
    year = "".join(re.findall(r"\d{4}", "".join(field.get("c") for field in record.select("260", "264"))))
    pages = "".join(re.findall(r"^\d+", next(record.select("300")).get("a")))
    texts = (record.leader[6:8], record.control("007")[:2], title, edition, year, pages)
    return tuple(re.sub(r"\W", "", words.plain(text)).lower() for text in texts)


def test_members_of_a_cluster_are_catalogued_differently() -> None:
    found = {(code, record.control("001")): record.fields for code, record in everything()}
    clusters = defaultdict(list)
    for row in key("duplicates.csv"):
        clusters[row["cluster"]].append(found[row["library"], row["local_id"]])
    pairs = [pair for members in clusters.values() for pair in combinations(members, 2)]
    same = sum(described(one) == described(other) for one, other in pairs)
    assert same < len(pairs) * 0.05, (same, len(pairs))


def described(fields: list[Field]) -> list[Field]:
    return [field for field in fields if field.tag[0] in "1234567"]


def test_province_names_the_files_it_builds() -> None:
    assert set(province()) == {f"{code}.mrk" for code in CODES} | {"duplicates.csv", "siblings.csv"}
