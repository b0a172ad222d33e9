"""`/connect`: the values that Koha, Libol and MarcEdit want, from this server's settings, and a test of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _

from catalogue.parts import Parts
from foundation.errors import LienThongError
from foundation.settings import Settings
from portal import listing
from portal.wording import many
from search import analysis
from search.finder import Finder
from search.query import Everything, Field, SortKey, Term
from z3950_bridge import self_test
from z3950_bridge.sru_schemas import SCHEMAS

_KEPT_SECONDS: Final = 10.0
"""How long a result is shown again instead of being made anew, whoever asks."""
_LETTERS: Final = 3


class Values(NamedTuple):
    """What is typed into another program."""

    host: str
    port: int
    database: str
    base_url: str
    """Of SRU."""
    web_host: str
    web_port: int
    path: str
    """Of SRU, as Koha wants it for a database: without the slash in front."""
    schemas: tuple[str, ...]


class Step(NamedTuple):
    """One thing that was tried."""

    label: str
    passed: bool
    said: str


def create(settings: Settings, base_url: str, finder: Finder, parts: Parts) -> Blueprint:
    """The page. `base_url` has no slash at its end."""
    pages = Blueprint("connect", __name__)
    lock = threading.Lock()
    last: dict[str, tuple[float, list[Step]]] = {}

    @pages.route("/connect", methods=["GET", "POST"])
    def connect() -> Response:
        steps = _tested() if request.method == "POST" else None
        page = render_template(
            "connect.html",
            values=values(settings, base_url),
            parts=[(part.code, listing.part_name(parts, part.code)) for part in parts.all()],
            steps=steps,
            tls=bool(settings.z3950_tls_certificate),
            settings=settings,
        )
        answer = make_response(page)
        answer.vary.update(["Accept-Language", "Cookie"])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _tested() -> list[Step]:
        language = "en" if listing.english() else "vi"
        with lock:  # one at a time: it costs two searches and two connections
            made, steps = last.get(language, (0.0, []))
            if not steps or time.monotonic() - made > _KEPT_SECONDS:
                steps = run(settings, finder)
                last[language] = time.monotonic(), steps
            return steps

    return pages


def values(settings: Settings, base_url: str) -> Values:
    """The values for this server, as it is reached from outside."""
    at = urlsplit(base_url)
    host = at.hostname or settings.host
    port = at.port or (443 if at.scheme == "https" else 80)
    return Values(
        host,
        settings.z3950_port,
        "lienthong",
        f"{base_url}/sru",
        f"{at.scheme}://{f'[{host}]' if ':' in host else host}" if at.scheme == "https" else host,
        port,
        f"{at.path.strip('/')}/sru".lstrip("/"),
        tuple(schema.name for schema in SCHEMAS),
    )


def run(settings: Settings, finder: Finder) -> list[Step]:
    """Search the index, Z39.50 and SRU for a word of the newest record, and compare what they find."""
    try:
        word = _word(finder)
        if not word:
            return [Step(_("Mục lục"), False, _("Chưa có biểu ghi nào để tìm. Hãy nhập biểu ghi rồi thử lại."))]
        count = finder.search(Term(Field.ANY, word), limit=0).count
    except LienThongError as error:
        return [Step(_("Mục lục"), False, _said(error))]
    steps = [Step(_("Mục lục"), True, many("Tìm “%(word)s” có %(count)s biểu ghi.", count=count, word=word))]
    host = settings.local_host
    if settings.z3950_tls_certificate:
        steps.append(Step("Z39.50", True, _("Cổng dùng TLS; từ đây không thử được. Hãy thử bằng một máy khác.")))
    else:
        steps.append(_tried("Z39.50", lambda: self_test.z3950(host, settings.z3950_port, word), count))
    steps.append(_tried("SRU", lambda: self_test.sru(f"{settings.local_url}/sru", word), count))
    return steps


def _tried(label: str, ask: Callable[[], self_test.Seen], count: int) -> Step:
    try:
        seen = ask()
    except LienThongError as error:
        return Step(label, False, _said(error))
    if seen.hits != count:
        said = _("Trả lời %(hits)s biểu ghi, khác với mục lục (%(count)s). Hãy thử lại.", hits=seen.hits, count=count)
        return Step(label, False, said)
    return Step(
        label,
        True,
        many(
            "Tìm thấy %(hits)s biểu ghi và tải được biểu ghi đầu, “%(title)s”, trong %(milliseconds)s mili giây.",
            hits=seen.hits,
            title=seen.title,
            milliseconds=seen.milliseconds,
        ),
    )


def _word(finder: Finder) -> str:
    """The longest word in the title of the newest record that has one; empty when there is none."""
    newest = finder.search(Everything(), sort=[SortKey(Field.ADDED, True)], limit=20)
    for one in finder.contents(newest.records):
        for field in one.record.select("245"):
            words = analysis.tokens(field.get("a"))[1].split()
            if words and len(longest := max(words, key=len)) >= _LETTERS:
                return longest
    return ""


def _said(error: LienThongError) -> str:
    return error.text("en" if listing.english() else "vi")
