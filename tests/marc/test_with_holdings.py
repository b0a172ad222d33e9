"""Holdings embedded in MARC 21: local items become 852, everything else stays."""

from __future__ import annotations

import pytest

from marc import marcxml
from marc.record import Field, Record
from marc.with_holdings import with_holdings

LEADER = "00000nam a2200000 a 4500"
TITLE = Field("245", "00", (("a", "Hồ Ba Bể"),))


def of(*fields: Field) -> Record:
    return Record.build(LEADER, [Field("001", value="1"), TITLE, *fields])


def holdings(record: Record) -> list[Field]:
    return list(with_holdings(record).select("852"))


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (
            Field("952", "  ", (("2", "ddc"), ("a", "BK"), ("b", "BK"), ("c", "Kho mượn"), ("d", "2020-01-01"),
                                ("g", "35000"), ("o", "959.7 H"), ("p", "BK01"), ("x", "nội bộ"))),
            Field("852", "1 ", (("a", "BK"), ("c", "Kho mượn"), ("h", "959.7 H"), ("p", "BK01"))),
        ),
        (
            Field("952", "  ", (("2", "bbk"), ("a", "BK"), ("h", "Số 3"), ("i", "KM.1"), ("t", "2"))),
            Field("852", "  ", (("3", "Số 3"), ("a", "BK"), ("j", "KM.1"), ("t", "2"))),
        ),
        (
            Field("949", "  ", (("a", "959.7"), ("i", "0001"), ("l", "kho"), ("c", "1"))),
            Field("852", "  ", (("c", "kho"), ("h", "959.7"), ("p", "0001"), ("t", "1"))),
        ),
    ],
)  # fmt: skip
def test_a_local_item_is_a_holding(local: Field, expected: Field) -> None:
    assert holdings(of(local)) == [expected]
    assert not list(with_holdings(of(local)).select("949", "952"))


@pytest.mark.parametrize("local", [Field("952", "  ", (("a", "BK"),)), Field("949", "  ", (("a", "ghi chú"),))])
def test_what_names_no_copy_is_no_holding(local: Field) -> None:
    assert holdings(of(local)) == []


def test_holdings_of_the_record_stay_as_they_are() -> None:
    own = [
        Field("852", "8 ", (("8", "1"), ("b", "Kho"), ("h", "959.7"))),
        Field("866", "41", (("8", "1.1"), ("a", "2019-2021"))),
        Field("876", "  ", (("8", "1.1"), ("p", "0001"))),
    ]
    record = of(*own)
    assert with_holdings(record) is record
    mixed = with_holdings(of(*own, Field("952", "  ", (("b", "BK"), ("p", "9")))))
    assert [field.tag for field in mixed.fields] == ["001", "245", "852", "852", "866", "876"]
    assert next(mixed.select("852")) == own[0]


def test_the_same_copy_is_told_once_and_the_record_stays_valid() -> None:
    copy = Field("952", "  ", (("b", "BK"), ("p", "9")))
    found = with_holdings(of(copy, copy))
    assert len(list(found.select("852"))) == 1
    assert marcxml.read(marcxml.write(found)) == (found, ())
