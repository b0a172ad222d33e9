"""Numbers as each language writes them."""

from __future__ import annotations

from flask_babel import format_decimal, format_percent, get_locale


def number(value: int) -> str:
    """97034 as `97.034` in Vietnamese and `97,034` in English."""
    return str(format_decimal(value))


def percent(value: float) -> str:
    """1.43 as `1,4 %` in Vietnamese and `1.4%` in English."""
    return str(format_percent(value / 100, "#,##0.#%" if str(get_locale()) == "en" else "#,##0.# %"))
