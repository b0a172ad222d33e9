"""What a page of ours never has in it, whatever was said to the server or stands in its records."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html
from werkzeug.test import TestResponse

from tests.portal.payloads import ATTRIBUTES, HTML, PRODUCT

FOREIGN: Final = frozenset(
    [
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "base",
        "style",
        "template",
        "foreignobject",
        "animate",
        "set",
        "use",
        "math",
        "marquee",
        "video",
        "audio",
        "source",
        "img",
        "image",
        "noscript",
        "xmp",
        "plaintext",
        "layer",
    ]
)
"""Elements that no page of ours has: one that is there came with somebody's text."""
ADDRESSES: Final = (
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "cite",
    "xlink:href",
    "srcset",
)
SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
RAW: Final = tuple(one for one in (*HTML, *ATTRIBUTES) if re.search(r"<[a-zA-Z!?]", one))
"""What stands nowhere in a page letter for letter: parsers mend, so that some of it is not to be seen in the tree."""
LEAKS: Final = re.compile(
    r"Traceback \(most recent|site-packages|\.py\", line \d|sqlalchemy\.|sqlite3\.|psycopg\.|werkzeug\.|jinja2\.|"
    r"<flask|lienthong\.sqlite|SECRET_KEY|root:x:0:0|\[fonts\]"
)


def faults(page: bytes) -> list[str]:
    """What is wrong in a page of HTML; empty for a page in which nothing foreign runs, loads or leads away."""
    tree = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    found = [f"as it came: {one}" for one in RAW if one.encode() in page]
    for one in tree.iter(etree.Element):
        tag = str(one.tag).lower()
        if tag in FOREIGN:
            found.append(f"<{tag}>")
        if tag == "script" and (one.text or not one.get("src", "").startswith("/static/")):
            found.append(f"<script> {one.get('src')} {one.text}")
        if tag == "link" and one.get("rel") == "stylesheet" and not one.get("href", "").startswith("/static/"):
            found.append(f"stylesheet {one.get('href')}")
        if (
            tag == "meta"
            and one.get("http-equiv", "").lower() not in ("", "content-type")
            and not re.fullmatch(r"\d+", one.get("content", ""))
        ):
            found.append(f"<meta> {one.get('content')}")
        if tag == "form" and not re.match(r"/(?!/)|[?#]|http://localhost/", one.get("action", "/")):
            found.append(f"<form> {one.get('action')}")
        for name, value in one.attrib.items():
            if (
                name.lower().startswith("on")
                or name.lower().startswith(("hx-on", "data-hx"))
                or name.lower() == "style"
            ):
                found.append(f"{tag} {name}={value[:80]}")
            if name.lower() in ADDRESSES and not _leads_well(value):
                found.append(f"{tag} {name}={value[:80]!r}")
    return found


def _leads_well(address: str) -> bool:
    """As browsers read addresses: control characters and spaces before them are left out (URL Standard, 4.4)."""
    plain = re.sub(r"[\t\n\r]", "", address).lstrip("".join(map(chr, range(33))))
    scheme = SCHEME.match(plain)
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto")


def judged(answer: TestResponse, machine: str) -> list[str]:
    """What is wrong with an answer. `machine`: the beginning of every path of the store, which nobody may see."""
    found = []
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if any(value.startswith("owned") or name.lower() == "bcc" for name, value in answer.headers):
        found.append("a header was made")
    if any(sign in value for _name, value in answer.headers for sign in "\r\n\0"):
        found.append("a header is broken")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("types may be guessed")
    where = answer.headers.get("Location", "")
    if where and not re.match(r"(/(?![/\\])|\?|https?://(localhost|lib\.example)([/?#]|$))", where):
        found.append(f"led away to {where[:80]!r}")
    text = answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
    leak = LEAKS.search(text) or (re.search(re.escape(machine), text) if machine else None)
    if leak:
        found.append(f"leaked {text[max(0, leak.start() - 60) : leak.end() + 60]!r}")
    if PRODUCT in text:
        found.append("a template was run")
    if answer.mimetype == "text/html" and answer.data:
        found += faults(answer.data)
    return found
