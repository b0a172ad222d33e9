"""Which records are of old documents, of ethnic minorities."""

from __future__ import annotations

import pytest

from marc.record import Field, Record
from reports import heritage

LEADER = "00000nam a2200000 a 4500"


def fixed(date_type: str = "s", first: str = "2010", second: str = "    ", language: str = "vie") -> Field:
    return Field("008", value=f"200101{date_type}{first}{second}vm            000 0 {language} d")


def record(*fields: Field, leader: str = LEADER) -> Record:
    return Record.build(leader, [*fields, Field("245", "00", (("a", "Lượn cọi"),))])


def field(tag: str, *subfields: str, indicators: str = "  ") -> Field:
    return Field(tag, indicators, tuple((one[0], one[1:]) for one in subfields))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (record(fixed(language="hmn")), True),
        (record(fixed(), field("041", "atyz", "avie")), True),
        (record(fixed(), field("650", "aDân tộc Tày", "xVăn hóa")), True),
        (record(fixed(), field("650", "aHát then", "xNgười Nùng", indicators=" 4")), True),
        (record(fixed(), field("653", "aCác dân tộc thiểu số")), True),
        (record(fixed(), field("650", "aDân tộc Kinh")), False),
        (record(fixed(), field("650", "aDân tộc học")), False),
        (record(fixed(), field("100", "aNgười Tày")), False),
        (record(fixed(language="lao")), False),
        (record(), False),
    ],
)
def test_documents_of_minorities(found: Record, wanted: bool) -> None:
    assert heritage.minority(found) is wanted


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (record(fixed(first="1944")), True),
        (record(fixed(first="1945")), False),
        (record(fixed(first="18uu")), True),
        (record(fixed(first="19uu")), False),
        (record(fixed(first="uuuu")), False),
        (record(fixed("r", "1998", "1903")), True),
        (record(fixed("r", "1998")), False),
        (record(fixed("r", "1920")), True),
        (record(leader="00000ntm a2200000 a 4500"), True),
        (record(field("502", "aLuận văn"), leader="00000ntm a2200000 a 4500"), False),
        (record(fixed(), field("546", "aTiếng Tày", "bchữ Nôm Tày")), True),
        (record(fixed(), field("546", "aTiếng Việt; chữ Hán")), True),
        (record(fixed(), field("546", "aTiếng Việt")), False),
        (record(fixed(), field("500", "aViết bằng chữ Nôm")), False),
        (record(), False),
    ],
)
def test_old_documents(found: Record, wanted: bool) -> None:
    assert heritage.old(found, 1945) is wanted
