"""Words and numbers as each language writes them."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import format_decimal, format_percent, get_locale, get_translations


def prepare(app: Flask) -> None:
    """Templates look a text up in the catalogue of the request's language, which is found once for a page."""
    app.jinja_env.install_gettext_callables(_said, _said_of_many, newstyle=True)  # type: ignore[attr-defined]


def _said(text: str) -> str:
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return str(g.catalogue.ugettext(text))


def _said_of_many(one: str, many: str, count: int) -> str:
    return str(get_translations().ungettext(one, many, count))


def number(value: float) -> str:
    """97034 as `97.034` in Vietnamese and `97,034` in English."""
    if isinstance(value, float):
        return str(format_decimal(value))
    text = f"{value:,}"  # most are whole, and a page has dozens
    return text if str(get_locale()) == "en" else text.replace(",", ".")


def percent(value: float) -> str:
    """1.43 as `1,4 %` in Vietnamese and `1.4%` in English."""
    return str(format_percent(value / 100, "#,##0.#%" if str(get_locale()) == "en" else "#,##0.# %"))
