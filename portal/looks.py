"""How a reader wants pages to look: the size of letters and the contrast, kept in cookies; no script is needed.

Public sites of Vietnam offer both; WCAG 2.2, 1.4.4 (Resize Text) and 1.4.6 (Contrast, Enhanced) say why. A choice is in
the address of a link (`?letters=large`) and is remembered from then on, as the language is.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _

CHOICES: Final = {"letters": ("normal", "large", "largest"), "contrast": ("normal", "high")}
"""Name of the choice, which is also its cookie's → what may be chosen, the first unless something is."""
_YEAR: Final = 31_536_000


class Choice(NamedTuple):
    """A link of the controls: where it leads, what it says, what it is called in full, and whether it is so now."""

    address: str
    shown: str
    called: str
    here: bool


def chosen(name: str) -> str:
    """What is asked for in the address, else what was chosen before."""
    for wish in (request.args.get(name), request.cookies.get(name)):
        if wish in CHOICES[name]:
            return wish
    return CHOICES[name][0]


def controls() -> list[list[Choice]]:
    """The links of both choices, for the head of every page."""
    words = {
        "letters": {
            "normal": ("A", _("Cỡ chữ thường")), "large": ("A+", _("Cỡ chữ lớn")),
            "largest": ("A++", _("Cỡ chữ rất lớn")),
        },
        "contrast": {"normal": ("◐", _("Tương phản thường")), "high": ("●", _("Tương phản cao"))},
    }  # fmt: skip
    return [
        [Choice(here_with(name, value), *words[name][value], value == chosen(name)) for value in values]
        for name, values in CHOICES.items()
    ]


def here_with(name: str, value: str) -> str:
    """The address of this page with a choice, and with everything else that was asked for."""
    kept = [one for one in request.args.items(multi=True) if one[0] not in (name, *CHOICES)]
    return "?" + urlencode([*kept, (name, value)])


def remember(answer: Response, secure: bool) -> None:
    """Keep what was chosen in the address of a page."""
    for name, values in CHOICES.items():
        wish = request.args.get(name, "")
        if wish in values and answer.mimetype == "text/html":
            answer.set_cookie(name, wish, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
