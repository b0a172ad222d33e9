"""Numbers as Vietnamese writes them: a point between thousands, a comma before decimals (as CLDR has it for `vi`)."""

from __future__ import annotations

from typing import Final

_SIGNS: Final = str.maketrans(",.", ".,")


def written(value: float, decimals: int = 0) -> str:
    """1830 as `1.830`, 59.68 with one decimal as `59,7`."""
    return f"{value:,.{decimals}f}".translate(_SIGNS)
