"""Words, moments and spans as the pages of the workshop tell them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Flask, flash, redirect
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from foundation.errors import InputError, LienThongError
from foundation.settings import Settings
from harvesting import schedule_words
from harvesting.schedule import zone
from portal.wording import dated, number
from portal.workshop import language

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_SIGNS: Final = str.maketrans(",.", ".,")


def prepare(app: Flask, settings: Settings) -> None:
    """Give the templates these words."""
    here = zone(settings.timezone)
    app.jinja_env.globals.update(
        moment=partial(moment, here=here),
        stamp=partial(stamp, here=here),
        span=span,
        words=words,
        sentence=sentence,
        sized=sized,
        scheduled=scheduled,
    )


def words(said: Any) -> str:
    """Of a pair (Vietnamese, English) the one of the page; likewise of anything with `vi` and `en`."""
    vi, en = said if isinstance(said, tuple) else (said["vi"], said["en"]) if isinstance(said, dict) else (
        said.vi, said.en
    )  # fmt: skip
    return str(en if language() == "en" else vi)


def scheduled(text: str) -> str:
    """A schedule as the reader's language says it; as it was typed where only cron can say it."""
    try:
        said = schedule_words.read(text)
    except InputError:  # of a file of settings that was written by hand
        return text
    return text if said is None else words(said)


def sentence(said: Any) -> str:
    """The same with a capital letter at its beginning."""
    text = words(said)
    return text[:1].upper() + text[1:]


def moment(seconds: int | None, here: ZoneInfo) -> str:
    """22/11/2026 10:05, as the reader's language writes it, in the time zone of the settings; a dash for never."""
    if seconds is None:
        return "–"
    return dated(datetime.fromtimestamp(seconds, UTC).astimezone(here))


def stamp(seconds: int, here: ZoneInfo) -> Markup:
    """The same for people and programs (HTML, `time`)."""
    exact = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(exact, moment(seconds, here))


def span(seconds: int) -> str:
    """How long something takes or took, in the two largest units."""
    seconds = max(0, int(seconds))
    if seconds < _MINUTE:
        return str(_("%(n)s giây", n=seconds))
    if seconds < _HOUR:
        return str(_("%(n)s phút %(m)s giây", n=seconds // _MINUTE, m=seconds % _MINUTE))
    if seconds < 2 * _DAY:
        return str(_("%(n)s giờ %(m)s phút", n=seconds // _HOUR, m=seconds % _HOUR // _MINUTE))
    return str(_("%(n)s ngày", n=seconds // _DAY))


def sized(count: int) -> str:
    """Bytes in the unit that fits."""
    if count < 1024:
        return f"{number(count)} B"
    size, unit = count / 1024, 0
    while size >= 1024 and unit < 2:
        size, unit = size / 1024, unit + 1
    written = f"{size:,.1f}"
    return f"{written if language() == 'en' else written.translate(_SIGNS)} {('KiB', 'MiB', 'GiB')[unit]}"


def done(address: str, sentence: str) -> Response:
    """Back to a page, which says once what was done."""
    flash(sentence, "done")
    return redirect(address, 303)


def refused(address: str, error: LienThongError) -> Response:
    """Back to a page, which says once why nothing was done."""
    flash(error.text(language()), "wrong")
    return redirect(address, 303)
