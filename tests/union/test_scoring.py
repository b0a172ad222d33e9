"""Pairs that are one edition, and pairs that must never be; each with the field that decides."""

from __future__ import annotations

import pytest
from hypothesis import given

from marc.record import Record
from tests.union.records import described
from tests.union.test_features import RECORDS
from union import comparison, features, wording
from union.rules import shipped
from union.scoring import Scorer
from union.vetoes import VETOES

SCORER = Scorer(shipped())
FULL = {"t008": "181210s2010    vm            000 0 vie d"}

SAME: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("nothing", {}, {}),
    (
        "no diacritics",
        {},
        {"t245": "$aTruyen co Tay", "t100": "$aNong Van An", "t260": "$aHa Noi$bVan hoa dan toc$c2010"},
    ),
    ("publisher", {}, {"t260": "$aHà Nội$bNxb. Văn hoá dân tộc$c2010"}),
    ("old tones", {}, {"t260": "$aHà Nội$bVăn hóa dân tộc$c2010"}),
    ("name order", {}, {"t100": "$aAn, Nông Văn"}),
    ("name comma", {}, {"t100": "$aNông, Văn An"}),
    ("capitals", {}, {"t245": "$aTRUYỆN CỔ TÀY"}),
    ("subtitle", {"t245": "$aTruyện cổ Tày :$bsong ngữ"}, {}),
    ("pages", {}, {"t300": "$a213 trang"}),
    ("volume", {"t245": "$aTruyện cổ Tày$nTập 1"}, {"t245": "$aTruyện cổ Tày. T.1"}),
    ("edition", {"t250": "$aTái bản lần thứ 2"}, {"t250": "$aIn lần thứ 3"}),
]
APART: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("volume", {"t245": "$aTruyện cổ Tày$nTập 1"}, {"t245": "$aTruyện cổ Tày$nTập 2"}),
    ("edition", {"t250": "$aTái bản lần thứ 2"}, {"t250": "$aTái bản lần thứ 3"}),
    ("carrier", {}, {"t300": "$a1 tài liệu điện tử (215 tr.)", "t338": "$bcr"}),
    ("language", {"t041": "$avie"}, {"t041": "$aeng"}),
    ("language", {"t041": "$avie$atai"}, {"t041": "$avie$ahmn"}),
    ("year", {}, {"t260": "$aH.$bVăn hoá dân tộc$c2016"}),
    ("numbers", {"t245": "$aTiếng Việt lớp 2"}, {"t245": "$aTiếng Việt lớp 3"}),
    ("marks", {"t245": "$aBán đất"}, {"t245": "$aBản đất"}),
    ("words", {}, {"t245": "$aTruyện cổ Nùng"}),
    ("titles", {}, {"t245": "$aKĩ thuật trồng ngô nếp /$cNông Văn An"}),
    ("titles", {"t245": "$aAtlas of rivers", "t041": "$aeng"}, {"t245": "$aSongs from the hills", "t041": "$aeng"}),
    (
        "rest",
        {"t245": "$aBáo cáo tổng kết :$bxã Nông Hạ", "t300": "$a12 tr."},
        {"t245": "$aBáo cáo tổng kết :$bxã Thanh Thịnh", "t300": "$a31 tr."},
    ),
    (
        "rest",
        {"t245": "$aFlood insurance study :$btownship of Benton, Columbia County", "t041": "$aeng"},
        {"t245": "$aFlood insurance study :$btownship of Jessup, Susquehanna County", "t041": "$aeng"},
    ),
    ("kind", {}, {"leader": "00000nem a2200000   4500"}),
    ("part", {"t245": "$aTruyện$pMùa xuân đến"}, {"t245": "$aTruyện$pMùa đông về"}),
    ("host", {"t773": "$tTạp chí Văn học"}, {"t773": "$tBáo Nhân dân"}),
    ("issn", {"t022": "$a0317-8471"}, {"t022": "$a1050-124X"}),
]
DIFFERENT: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("author", {}, {"t100": "$aTrần Thị Bình", "t245": "$aTruyện cổ Tày", "t300": "$a340 tr."}),
    ("another book", {}, {"t245": "$aTruyện cổ Tày trong nhà trường", "t100": "$aLê Thị Hoa", "t300": "$a88 tr."}),
]


@pytest.mark.parametrize(("what", "left", "right"), SAME, ids=[case[0] for case in SAME])
def test_one_edition_described_twice(what: str, left: dict[str, str], right: dict[str, str]) -> None:
    assert SCORER.explain(described(**FULL | left), described(**FULL | right)).outcome == "same"


@pytest.mark.parametrize(("veto", "left", "right"), APART, ids=[f"{n}-{case[0]}" for n, case in enumerate(APART)])
def test_must_never_be_merged(veto: str, left: dict[str, str], right: dict[str, str]) -> None:
    found = SCORER.explain(described(**left), described(**right))
    assert veto in found.vetoes
    assert found.outcome == "forbidden"


@pytest.mark.parametrize(("what", "left", "right"), DIFFERENT, ids=[case[0] for case in DIFFERENT])
def test_not_one_edition_though_nothing_forbids_it(what: str, left: dict[str, str], right: dict[str, str]) -> None:
    assert SCORER.explain(described(**FULL | left), described(**FULL | right)).outcome in ("review", "different")


@given(RECORDS, RECORDS)
def test_a_pair_is_judged_alike_from_both_sides(one: Record, other: Record) -> None:
    a, b = features.read(one), features.read(other)
    there, back = SCORER.explain(a, b), SCORER.explain(b, a)
    assert (there.score, there.levels, there.vetoes) == (back.score, back.levels, back.vetoes)


@given(RECORDS, RECORDS)
def test_the_quick_score_is_the_explained_one(one: Record, other: Record) -> None:
    a, b = features.read(one), features.read(other)
    found = SCORER.explain(a, b)
    assert SCORER.score(a, b) == pytest.approx(found.score, abs=2e-3)
    assert SCORER.forbidden(a, b) == bool(found.vetoes)
    for floor in (-5.0, 0.0, 3.0):
        quick = SCORER.candidate(a, b, floor)
        if found.vetoes or found.score < floor - 2e-3:
            assert quick is None
        elif found.score > floor + 2e-3:
            assert quick == pytest.approx(found.score, abs=2e-3)


@given(RECORDS, RECORDS)
def test_a_likely_pair_is_judged_as_any_other(one: Record, other: Record) -> None:
    a, b = features.read(one), features.read(other)
    scorer = Scorer(shipped())
    assert scorer.likely(a, b, 0.0) == scorer.candidate(a, b, 0.0)


@given(RECORDS)
def test_no_veto_forbids_a_description_with_itself(one: Record) -> None:
    found = features.read(one)
    assert not [name for name, veto in VETOES.items() if veto(found, found)]


def test_what_says_nothing_weighs_nothing() -> None:
    """Two books without volumes, ISBN or series are not told that this speaks for them."""
    bare = described(t245="$aTruyện cổ Tày")
    found = SCORER.explain(bare, bare)
    told = {name: (level, weight) for name, level, weight in found.levels}
    assert {name: told[name] for name in comparison.SILENT} == {
        name: (level, 0.0) for name, level in comparison.SILENT.items()
    }
    assert -6 < found.bias < 0


def test_everything_has_words() -> None:
    assert set(wording.COMPARISONS) == set(comparison.NAMES)
    assert set(wording.VETOES) == set(VETOES)


def test_two_books_of_one_author_and_year_are_not_one() -> None:
    """Everything agrees but the title: such pairs came to more than the link before titles could forbid."""
    shared: dict[str, str | list[str]] = {
        "t100": "$aErnst, Clara",
        "t260": "$aChicago$bRand McNally$c1962",
        "t300": "$a212 p. ;$c22 cm",
        "t008": "700101s1962    ilu           000 0 eng d",
        "t490": "$aPopular library$v4",
    }
    one = described(**shared | {"t245": "$aGardens of the desert /$cby Clara Ernst"})
    other = described(**shared | {"t245": "$aKnitting for beginners /$cby Clara Ernst"})
    assert SCORER.explain(one, other).vetoes == ("titles",)
    part = described(**shared | {"t245": "$aHousehold books :$bknitting for beginners /$cby Clara Ernst"})
    assert not SCORER.forbidden(other, part)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Làng nghề Xuân Lạc", "Làng ngh ềXuân Lạc"),
        ("Phong chùa bệnh cúm mùa", "Phong chùa bệnh cú mmùa"),
        ("Forestry", "Foerstry"),
        ("Goethe's Hermann and Dorothea", "Hermann and Dorothea"),
    ],
)
def test_a_title_that_was_mistyped_is_not_another(left: str, right: str) -> None:
    assert not VETOES["titles"](described(t245=f"$a{left}"), described(t245=f"$a{right}"))
