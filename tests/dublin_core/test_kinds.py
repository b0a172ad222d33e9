"""What a record is, and in which languages: the answers that sets and search share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.set_facts import Facts
from dublin_core.kinds import KINDS, coded_kinds, kind, kinds
from dublin_core.kinds import NAMES as KIND_NAMES
from dublin_core.spoken import MOST, NAMES, UNDETERMINED, names, spoken
from marc.record import Record
from search.document import Standing, document
from tests.dublin_core.samples import FIXED, record
from tests.dublin_core.test_xml import FIELDS, LEADERS


@pytest.mark.parametrize(
    ("leader", "fields", "expected"),
    [
        ("nam", (), "book"), ("nas", (), "serial"), ("naa", (), "article"), ("nab", (), "article"),
        ("nai", (), "website"), ("nem", (), "map"), ("nfm", (), "map"), ("ncm", (), "score"), ("njm", (), "sound"),
        ("nim", (), "sound"), ("ngm", (), "video"), ("nkm", (), "image"), ("nmm", (), "software"),
        ("npc", (), "collection"), ("nrm", (), "object"), ("ntm", (), "manuscript"),
        ("nam", ("502  $aLuận văn",), "thesis"), ("ntm", ("502  $aLuận án",), "thesis"),
        ("n m", ("007aj canzn",), "map"), ("n m", ("007sd fsngnn",), "sound"), ("n m", ("007zm",), "book"),
        ("nam", ("007aj canzn",), "book"), ("n s", (), "serial"),
    ],
)  # fmt: skip
def test_kind(leader: str, fields: tuple[str, ...], expected: str) -> None:
    assert kind(record(*fields, leader=f"00000{leader} a2200000 i 4500")) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((FIXED,), ("vie",)),
        ((), (UNDETERMINED,)),
        (("008260101s2019    vm " + "|" * 17 + "und||",), (UNDETERMINED,)),
        ((FIXED, "0411 $avie$htyz"), ("vie",)),
        ((FIXED, "0410 $avie$atyz"), ("vie", "tyz")),
        (("041 7$atyz$2iso639-3",), ("tyz",)),
        (("041 7$avi$2rfc4646",), ("vie",)),
        (("041  $adeu$aengfre",), ("ger", "eng", "fre")),
        (("041  $alan",), ("oci",)),
        (("041  $azzz",), (UNDETERMINED,)),
        (("008ngắn", "041  $achi$dlzh"), ("chi", "lzh")),
    ],
)
def test_languages(fields: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert spoken(record(*fields)) == expected


def test_a_phrase_book_is_not_in_forty_sets() -> None:
    codes = [f"041  $a{code}" for code in list(NAMES)[:40]]
    assert len(spoken(record(*codes))) == MOST


@given(st.builds(Record.build, LEADERS, st.lists(FIELDS, max_size=6)))
def test_every_record_has_a_kind_and_a_language_with_names(found: Record) -> None:
    assert all(KINDS[kind(found)])
    codes = spoken(found)
    assert codes
    assert all(code.isascii() and code.isalpha() and len(code) == 3 and all(names(code)) for code in codes)


@pytest.mark.parametrize(
    ("leader", "fields", "expected"),
    [
        ("nam", ("008" + FIXED[:23] + "o" + FIXED[24:],), ("book", "electronic")),
        ("nam", ("008" + FIXED[:23] + "f" + FIXED[24:],), ("book", "braille")),
        ("nem", ("008" + FIXED[:29] + "a" + FIXED[30:],), ("map", "microform")),
        ("nam", ("007cr |||",), ("book", "electronic")),
        ("nfm", (), ("map", "manuscript")),
        ("ntm", (), ("manuscript",)),
        ("ntm", ("502  $aLuận án",), ("thesis",)),
        ("nam", ("008" + FIXED[:24] + "m" + FIXED[25:],), ("thesis",)),
        ("nas", ("008" + FIXED[:24] + "m" + FIXED[25:],), ("serial",)),
    ],
)
def test_what_is_true_besides(leader: str, fields: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert kinds(record(*fields, leader=f"00000{leader} a2200000 i 4500")) == expected


@given(st.text(), st.text(), st.text(), st.booleans())
def test_every_code_has_one_kind_and_known_names(coded: str, form: str, carriers: str, dissertation: bool) -> None:
    found = coded_kinds(coded, form, carriers, dissertation)
    assert found[0] in KINDS
    assert set(found) <= KIND_NAMES.keys()
    assert len(found) == len(set(found))


@pytest.mark.parametrize("path", ["a", "b"])
def test_sets_and_search_agree(path: str) -> None:
    """What a set is made of is what the index has: one function gives both."""
    fields = ("008" + FIXED[:23] + "o" + FIXED[24:], "041  $atyz$avie")
    one = record(*fields, leader="00000nam a2200000 i 4500" if path == "a" else "00000nab a2200000 i 4500")
    codes = document(one, Standing(1, 1, "x", ("bk00",), 0, 0)).codes
    assert tuple(codes["material"]) == kinds(one)
    assert tuple(codes["language"]) == spoken(one)
    assert Facts(one).values("material") == list(kinds(one))
