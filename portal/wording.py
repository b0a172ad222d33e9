"""Words and numbers as each language writes them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final

from babel import Locale
from flask import Flask, g
from flask_babel import format_decimal, format_percent, get_locale, get_translations
from markupsafe import Markup

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def prepare(app: Flask) -> None:
    """Templates look a text up in the catalogue of the request's language, which is found once for a page."""
    app.jinja_env.install_gettext_callables(_said, _said_of_many, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _written
    app.jinja_env.globals["get_locale"] = locale
    app.jinja_env.globals["many"] = many
    app.jinja_env.globals["dated"] = dated


def language() -> str:
    """`vi` or `en`: the language of this request, asked for once."""
    here = g._get_current_object()  # asked for a hundred times by a page: looked up once each time, not three times
    found: str | None = getattr(here, "language", None)
    if found is None:
        found = here.language = str(get_locale())
    return found


def locale() -> Locale:
    """The same as Babel knows it."""
    return _locale(language())


@lru_cache(maxsize=8)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def said(text: str) -> str:
    """A text without values in the language of this request."""
    return str(_marked(language(), text))


def _written(text: str, **values: object) -> Markup:
    """What `_("…", name=value)` is in a template: values are escaped, our own words are not. The same as Jinja's, which
    wraps a text anew each time; a page has fifty."""
    return _marked(language(), text) % values if "%" in text else _marked(language(), text)


@lru_cache(maxsize=4096)
def _marked(_language: str, text: str) -> Markup:
    return Markup(_said(text))  # noqa: S704  # a text of our catalogue


def _said(text: str) -> str:
    return str(get_translations().ugettext(text))


def _said_of_many(one: str, many: str, count: int) -> str:
    return str(get_translations().ungettext(one, many, count))


def many(text: str, **values: object) -> Markup:
    """A text about a number of things, which English says otherwise of one: `many("%(n)s biểu ghi", n=1)` is `1 "
    "record`.

    The first value that is a number decides (GNU gettext manual, "Additional functions for plural forms"); numbers are
    written as the language writes them, other values are escaped. Vietnamese nouns have one form.
    """
    numbers = {name: one for name, one in values.items() if isinstance(one, int | float)}
    deciding = next(iter(numbers.values()))
    form = Markup(_said_of_many(text, text, 1 if deciding == 1 else 2))  # noqa: S704  # a text of our catalogue
    return form % {**values, **{name: number(one) for name, one in numbers.items()}}


def number(value: float) -> str:
    """97034 as `97.034` in Vietnamese and `97,034` in English."""
    if isinstance(value, float):
        return str(format_decimal(value))
    text = f"{value:,}"  # most are whole, and a page has dozens
    return text if len(text) < 4 or language() == "en" else text.replace(",", ".")


def dated(moment: datetime) -> str:
    """`23/11/2026 10:05`, in English `23 Nov 2026 10:05`: whoever writes the month first reads neither amiss."""
    return f"{day(moment)}{' ' if language() == 'en' else '/'}{moment:%Y %H:%M}"


def day(moment: datetime) -> str:
    """`23/11`, in English `23 Nov`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}" if language() == "en" else f"{moment:%d/%m}"


def percent(value: float) -> str:
    """1.43 as `1,4 %` in Vietnamese and `1.4%` in English."""
    return str(format_percent(value / 100, "#,##0.#%" if str(get_locale()) == "en" else "#,##0.# %"))


def coded(text: str) -> Markup:
    """A sentence in which what stands between backticks is a name of programs."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(parts))
