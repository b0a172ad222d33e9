"""Numbers as each language writes them."""

from __future__ import annotations

from flask_babel import format_decimal


def number(value: int) -> str:
    """97034 as `97.034` in Vietnamese and `97,034` in English."""
    return str(format_decimal(value))
