"""What `marc/record.py` says of every Record, as one check."""

from __future__ import annotations

import re
import unicodedata

from marc.record import Record
from marc.rules.numbers import isbn_digit

LEADER = re.compile(r"[\d ]{5}[\dA-Za-z ][\dA-Za-z][\dA-Za-z ]{3}(2| )(2| )[\d ]{5}[\dA-Za-z ]{3}(4500|    )")
"""leaderDataType of MARC21slim.xsd."""

FORBIDDEN = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def isbn_holds(isbn: str) -> bool:
    """Whether the check digit of an ISBN of 13 digits (hyphens allowed) is right."""
    digits = isbn.replace("-", "")
    return len(digits) == 13 and isbn_digit(digits[:12]) == digits[12]


def check(record: Record, form: str = "NFC") -> None:
    """Fails on the first thing that does not hold."""
    assert LEADER.fullmatch(record.leader), record.leader
    for field in record.fields:
        assert re.fullmatch("[0-9A-Za-z]{3}", field.tag), field
        values = [field.value]
        if not field.tag.startswith("00"):
            assert len(field.indicators) == 2
            assert field.indicators.isascii()
            assert field.subfields, field
            assert all(re.fullmatch("[!-~]", code) for code, _ in field.subfields), field
            values = [text for _, text in field.subfields]
        for text in values:
            assert text.strip(), field
            assert not FORBIDDEN.search(text), field
            assert unicodedata.is_normalized(form, text), field
