"""Numbers as Vietnamese writes them."""

from __future__ import annotations

import pytest

from vietnamese.numbers import written


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1830, 0, "1.830"),
        (1234567, 0, "1.234.567"),
        (59.68, 1, "59,7"),
    ],
)
def test_points_part_thousands_and_a_comma_decimals(value: float, decimals: int, text: str) -> None:
    assert written(value, decimals) == text
