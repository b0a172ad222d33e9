"""The page of checks says what the rules say; the tables of the format are whole."""

from __future__ import annotations

import pytest

from marc import marc21, marc21_labels
from tools import checks_page


def test_the_page_shows_every_rule() -> None:
    text = checks_page.PAGE.read_text(encoding="utf-8")
    assert checks_page.page(text) == text, "run python -m tools.checks_page"


def test_title_field_is_what_the_format_says() -> None:
    title = marc21.fields()["245"]
    assert (title.repeatable, title.indicators) == (False, ("01", "0123456789"))
    assert "".join(code + "*" * again for code, again in title.subfields.items()) == "abcfghk*n*p*s68*"
    assert title.obsolete_subfields == "de"


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("LANGUAGES", ("vie", "hmn", "tai"), ("vnm", "tyz")),
        ("COUNTRIES", ("vm", "xxu", "dcu"), ("vnm", "us")),
        ("AREAS", ("a-vt", "n-us-ca"), ("a-vn",)),
        ("RELATORS", ("aut", "trl", "edt"), ("tac",)),
        ("CONTENT", ("txt", "cri"), ("text",)),
        ("SUBJECT_SOURCES", ("lcsh", "fast", "mesh"), ("",)),
    ],
)
def test_code_list(name: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    codes = marc21.code_list(name).codes
    assert set(inside) <= codes
    assert not set(outside) & codes


def test_a_code_is_in_use_or_obsolete_not_both() -> None:
    for name in ("LANGUAGES", "COUNTRIES", "AREAS"):
        found = marc21.code_list(name)
        assert found.obsolete
        assert not found.codes & found.obsolete


def test_positions_of_a_008_lie_within_it() -> None:
    for material in ("--", "BK", "CF", "CR", "MP", "MU", "MX", "VM"):
        rules = marc21.positions("008", material)
        assert rules
        assert all(0 <= rule.first <= rule.last < 40 for rule in rules)
        assert all(len(code) == rule.unit for rule in rules for code in rule.codes | rule.obsolete)


def test_a_serial_is_told_from_a_book() -> None:
    assert [marc21.material(f"00000n{kind}") for kind in ("am", "as", "ts", "em", "gm", "xm")] == [
        "BK", "CR", "BK", "MP", "VM", "",
    ]  # fmt: skip


def test_labels_name_fields_that_are_there() -> None:
    defined = marc21.fields()
    for key in marc21_labels._labels():
        tag, subfield = key[:3], key[3:]
        assert tag in defined or tag in marc21.CONTROL_REPEATABLE or tag in ("LDR", "866")
        assert not subfield or subfield in defined[tag].subfields
    assert marc21_labels.label("245", "a") == "Nhan đề chính"
    assert marc21_labels.label("245", "a", "en") == "Title"
    assert marc21_labels.label("999") == ""
