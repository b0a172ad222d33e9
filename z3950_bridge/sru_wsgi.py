"""The HTTP side of SRU as a thin WSGI application: `/sru`, `/sru/<library code>`, `/sru/<collection>`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from isal import igzip

from foundation.errors import Language, Message, RefusedError, StoreError
from foundation.limits import SRU_ANSWERS_BYTES, SRU_BODY_BYTES, SRU_QUERY_BYTES
from foundation.negotiation import accepts_gzip, weights
from z3950_bridge import sru, sru_messages, sru_request
from z3950_bridge.sru_kept import Kept
from z3950_bridge.sru_port import Database

RETRY_SECONDS: Final = 60
_PATH: Final = re.compile(r"/sru(?:/((?:gateway/)?[A-Za-z0-9._~:-]{1,200}))?/?")
_METHODS: Final = "GET, HEAD, POST"
_FORM: Final = "application/x-www-form-urlencoded"
_SMALL: Final = 1024
"""Bytes below which compression saves no packet."""
_LEVEL: Final = 1
# Nothing of the answer is a script, and nobody else may put it into a frame of theirs.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = (
    ("Vary", "Accept, Accept-Encoding, Accept-Language"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", _POLICY),
    ("Access-Control-Allow-Origin", "*"),
)

Lookup = Callable[[str], Database | None]
Observe = Callable[[WSGIEnvironment, str, sru.Answer], object]
"""Hears of every answer: who asked which database (the last part of its address), and what they were given."""
_Answer = tuple[str, list[tuple[str, str]], bytes]
_Wishes = tuple[Language, bool]
"""The language, and whether a page is wanted."""


class SruApplication:
    """Dispatches on PATH_INFO. `lookup` gives the database of a library code or a collection, "" for everything."""

    def __init__(self, lookup: Lookup, observe: Observe | None = None) -> None:
        self._lookup = lookup
        self._observe = observe or (lambda *seen: None)
        self._kept = Kept(SRU_ANSWERS_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """One answer, one bytes object. The catalogue's failure becomes 503; nothing the client sends raises."""
        method = environ["REQUEST_METHOD"]
        status, headers, body = self._answer(environ, method)
        headers.append(("Content-Length", str(len(body))))
        start_response(status, headers)
        return [b"" if method == "HEAD" else body]

    def _answer(self, environ: WSGIEnvironment, method: str) -> _Answer:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        try:
            database = self._lookup(path[1] or "") if path else None
            if database is None:
                return _plain("404 Not Found", sru_messages.NO_DATABASE)
            if method not in ("GET", "HEAD", "POST"):
                refused = sru_messages.WRONG_METHOD
                return _plain("405 Method Not Allowed", refused, ("Allow", _METHODS), seen=method[:20])
            arguments = environ.get("QUERY_STRING", "").encode("utf-8", "surrogatepass")
            if len(arguments) > SRU_QUERY_BYTES:
                seen = len(arguments)
                return _plain("414 URI Too Long", sru_messages.QUERY_TOO_LONG, seen=seen, allowed=SRU_QUERY_BYTES)
            if method == "POST":
                kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
                if kind not in ("", _FORM):
                    return _plain("415 Unsupported Media Type", sru_messages.BODY_TYPE, seen=kind[:60])
                form = _form(environ)
                if form is None:
                    return _plain("413 Content Too Large", sru_messages.BODY_TOO_LARGE, allowed=SRU_BODY_BYTES)
                arguments = b"&".join(filter(None, (arguments, form)))
            code = path[1] or "" if path else ""
            packed = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
            answer = self._given(database, code, arguments, _wishes(environ), packed)
            if method != "HEAD":
                self._observe(environ, code, answer)
        except (StoreError, RefusedError):
            retry = ("Retry-After", str(RETRY_SECONDS))
            away = sru_messages.CATALOGUE_AWAY
            return _plain("503 Service Unavailable", away, retry, seconds=RETRY_SECONDS)
        headers = [("Content-Type", f"{answer.media_type}; charset=utf-8"), *_HEADERS]
        if answer.packed:
            headers.append(("Content-Encoding", "gzip"))
        return "200 OK", headers, answer.body

    def _given(self, database: Database, code: str, arguments: bytes, wishes: _Wishes, packed: bool) -> sru.Answer:
        """The answer as it goes out: one that was given lately, or a new one. `packed`: whether gzip is welcome."""
        state, key = database.state(), (code, arguments, wishes, packed)
        if state is not None and (kept := self._kept.get(key, state)) is not None:
            return kept
        answer = sru.answer(database, sru_request.parse(arguments), *wishes)
        if packed and len(answer.body) >= _SMALL:
            answer = answer._replace(body=igzip.compress(answer.body, _LEVEL), packed=True)
        if state is not None and answer.lasting:
            self._kept.put(key, state, answer, len(arguments))
        return answer


def _wishes(environ: WSGIEnvironment) -> _Wishes:
    return _language(environ.get("HTTP_ACCEPT_LANGUAGE", "")), _is_browser(environ.get("HTTP_ACCEPT", ""))


@lru_cache(maxsize=256)
def _is_browser(accept: str) -> bool:
    """Whether a person is looking. Java's HTTP client names text/html first for programs; XHTML only browsers name."""
    wishes = weights(accept)
    wanted = min(wishes.get("text/html", 0.0), wishes.get("application/xhtml+xml", 0.0))
    return wanted > 0 and wanted >= wishes.get("text/xml", 0.0)


@lru_cache(maxsize=256)
def _language(accept: str) -> Language:
    """Vietnamese where the client wants it more than English. Programs, which say nothing, get English."""
    best = {"vi": 0.0, "en": 0.0}
    for tag, weight in weights(accept).items():
        language = tag.partition("-")[0]
        best[language] = max(best.get(language, 0.0), weight)
    return "vi" if best["vi"] > best["en"] else "en"


def _form(environ: WSGIEnvironment) -> bytes | None:
    """The body of a POST request, None when it is too large to be one."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length:
        size = int(length) if re.fullmatch(r"[0-9]{1,9}", length) else SRU_BODY_BYTES + 1
        if size > SRU_BODY_BYTES:
            return None
    else:
        # Only a server that ends the stream itself (chunked bodies) can be read without a length.
        size = SRU_BODY_BYTES + 1 if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    return body if len(body) <= SRU_BODY_BYTES else None


def _plain(status: str, message: Message, *headers: tuple[str, str], **values: object) -> _Answer:
    """An answer outside the protocol: both languages, for whoever reads the client's log."""
    text = f"{message.text('vi', **values)}\n{message.text('en', **values)}\n"
    return status, [("Content-Type", "text/plain; charset=utf-8"), *headers], text.encode()
