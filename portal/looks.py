"""How a reader wants pages to look: the size of letters and the contrast, kept in cookies; no script is needed.

Public sites of Vietnam offer both; WCAG 2.2, 1.4.4 (Resize Text) and 1.4.6 (Contrast, Enhanced) say why. A choice is in
the address of a link (`?letters=large`) and is remembered from then on, as the language is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlencode

from flask import Response, g, request

from portal.wording import language
from portal.wording import said as _

CHOICES: Final = {"letters": ("normal", "large", "largest"), "contrast": ("normal", "high")}
"""Name of the choice, which is also its cookie's → what may be chosen, the first unless something is."""
_YEAR: Final = 31_536_000

Asked = tuple[tuple[str, str], ...]
"""What an address asks for: names and values."""


class Choice(NamedTuple):
    """A link of the controls: where it leads, what it says, what it is called in full, and whether it is so now."""

    address: str
    shown: str
    called: str
    here: bool


def chosen(name: str) -> str:
    """What is asked for in the address, else what was chosen before."""
    here = g._get_current_object()
    known: dict[str, str] | None = getattr(here, "looks", None)
    if known is None:
        asked, kept = request.args, request.cookies
        known = here.looks = {
            one: next((wish for wish in (asked.get(one), kept.get(one)) if wish in values), values[0])
            for one, values in CHOICES.items()
        }
    return known[name]


def controls() -> list[list[Choice]]:
    """The links of both choices, for the head of every page."""
    return _controls(language(), tuple(map(chosen, CHOICES)), tuple(request.args.items(multi=True)))


@lru_cache(maxsize=256)
def _controls(_language: str, now: tuple[str, ...], asked: Asked) -> list[list[Choice]]:
    """The same for who asks in a language, with these looks, and for this."""
    words = {
        "letters": {
            "normal": ("A", _("Cỡ chữ thường")), "large": ("A+", _("Cỡ chữ lớn")),
            "largest": ("A++", _("Cỡ chữ rất lớn")),
        },
        "contrast": {"normal": ("◐", _("Tương phản thường")), "high": ("●", _("Tương phản cao"))},
    }  # fmt: skip
    return [
        [Choice(f"{begin}{value}", *words[name][value], value == here) for value in values]
        for (name, values), here in zip(CHOICES.items(), now, strict=True)
        for begin in [_with(name, asked)]
    ]


def here_with(name: str, value: str) -> str:
    """The address of this page with a choice, and with everything else that was asked for."""
    return _with(name, tuple(request.args.items(multi=True))) + value


@lru_cache(maxsize=256)
def _with(name: str, asked: Asked) -> str:
    """The same but for the value, which needs no quotes."""
    return "?" + urlencode([*(one for one in asked if one[0] not in (name, *CHOICES)), (name, "")])


def remember(answer: Response, secure: bool) -> None:
    """Keep what was chosen in the address of a page."""
    for name, values in CHOICES.items():
        wish = request.args.get(name, "")
        if wish in values and answer.mimetype == "text/html":
            answer.set_cookie(name, wish, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
