"""An answer as a page for a person: the same XML through a stylesheet, here and not in the browser.

Browsers are giving up XSLT, so a stylesheet instruction inside the XML would soon show a heap of tags. The page is made
for those alone who ask as browsers do; every harvester gets the XML as it is (docs/decisions/006).
"""

from __future__ import annotations

import re
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from lxml import etree

from foundation import xml

RECORDS = 20
"""Records of a list that a person is shown at once; the token goes on behind them."""
LANGUAGES = ("vi", "en")
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    # What a record's text says can never run, and the page loads nothing from elsewhere.
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
)
_SHEET = Path(__file__).with_name("page.xsl")
_WORDS = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def is_wanted(accept: str) -> bool:
    """Whether an Accept field is a browser's: HTML and XHTML by name, and rather than XML (RFC 9110, 12.5.1).

    HTML alone says nothing: Java's own client, which many harvesters are built on, asks for `text/html, image/gif,
    image/jpeg, */*` unless told otherwise.
    """
    weights: dict[str, float] = {}
    for element in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in element.split(";"))
        values = [float(found[1]) for part in parameters if (found := _WEIGHT.fullmatch(part))]
        weights[kind] = values[0] if values else 1.0
    html = weights.get("text/html", 0.0)
    rival = max(weights.get("text/xml", 0.0), weights.get("application/xml", 0.0))
    return html > rival and weights.get("application/xhtml+xml", 0.0) > 0


def language(cookie: str, accept: str) -> str:
    """The language chosen on the front page, else the browser's first that we have, else Vietnamese."""
    try:
        chosen = SimpleCookie(cookie).get("lang")
    except CookieError:
        chosen = None
    wishes = [chosen.value] if chosen else []
    wishes += [element.split(";")[0].strip().split("-")[0].lower() for element in accept.split(",")]
    return next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0])


def write(answer: bytes, language: str) -> bytes:
    """The page of an answer of ours, in UTF-8. `language`: one of LANGUAGES."""
    return bytes(_stylesheet(language)(xml.parse(answer)))


@cache
def _stylesheet(language: str) -> etree.XSLT:
    """The sheet with its words in one language; they stand in it as `[[tiếng Việt|English]]`."""
    group = LANGUAGES.index(language) + 1
    text = _WORDS.sub(lambda words: words[group], _SHEET.read_text(encoding="utf-8"))
    return etree.XSLT(xml.parse(text.encode()), access_control=etree.XSLTAccessControl.DENY_ALL)  # type: ignore[attr-defined]
