"""Where a piece is at fault, and how its bytes are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesting.faults import fault, visible


@pytest.mark.parametrize(
    ("data", "before", "at"),
    [
        ("<record><a>Bắc Kạn<b></a></record>".encode(), "Bắc Kạn<b>", "</a>"),
        (b"<record><a>B\xb3c</a></record>", "<record><a>B", "\\xb3c"),
        (b"<record>\n<a>\x01</a></record>", "<record>\n<a>", "\\u0001"),
        ("Thơ \xff".encode("latin-1", "replace"), "Th", "?"),
    ],
)
def test_the_fault_is_where_it_is(data: bytes, before: str, at: str) -> None:
    found = fault(data)
    if at == "?":
        assert (found.before, found.found) == ("Th? ", True)
        return
    assert found.found
    assert found.before.endswith(before)
    assert found.at.startswith(at)
    assert bytes.fromhex(found.hex) == data[found.offset : found.offset + 12]


def test_a_piece_of_a_page_is_not_at_fault_for_the_prefixes_of_the_page() -> None:
    assert not fault(b"<marc:record><marc:leader/></marc:record>").found


def test_separators_are_seen() -> None:
    assert visible(b"\x1faH\xe1\xbb\x93\x1e\x1d\x00") == "␟aHồ␞␝␀"


@given(st.binary(max_size=2_000))
def test_any_bytes_have_a_place_within_them(data: bytes) -> None:
    found = fault(data)
    assert 0 <= found.offset <= max(0, len(data) - 1)
    assert len(found.before) + len(found.after) < 6 * len(data) + 20


@given(st.text(st.characters(codec="utf-8"), max_size=600), st.integers(0, 3))
def test_a_long_piece_is_cut_between_characters(text: str, more: int) -> None:
    data = b"<a>" + ("ồ" * 200 + text.replace("<", "").replace("&", "") + "x" * more).encode() + b"<b></a>"
    found = fault(data)
    assert "\\x" not in found.before.replace(visible(text.encode()), "")
