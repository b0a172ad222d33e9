"""The HTTP side (section 3.1) as a thin WSGI application: `/oai` and `/oai/<library code>`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from foundation.errors import Message, StoreError
from foundation.limits import OAI_BODY_BYTES, OAI_QUERY_BYTES
from foundation.negotiation import accepts_gzip
from foundation.settings import Settings
from oaipmh import messages, page
from oaipmh.compression import Piece, gzip, length, plain
from oaipmh.errors import Code, OaiError, Refusal
from oaipmh.flow import Client, Flow
from oaipmh.protocol import LISTS, Request, parse
from oaipmh.provider import Provider

RETRY_SECONDS = 60
"""Retry-After when the store fails: a number, since many harvesters read no date (3.1.2.2)."""
BUSY_SECONDS = 10
"""The same when there are more lists to be worked on than can wait."""
BODIES = 4
"""Bodies that are read at once. A server thread waits for a client that sends half of one and nothing more, so such
clients may hold this many threads and no others; a GET request has no body."""

_PATH = re.compile(r"/oai(?:/([A-Za-z0-9._~-]{1,64}))?/?")
_METHODS = "GET, HEAD, POST"
_FORM = re.compile(r"application/x-www-form-urlencoded *(?:; *charset *= *\"?(?:utf-8|us-ascii)\"? *)?", re.IGNORECASE)
_SMALL = 1024
"""Bytes below which compression saves no packet."""

OWN = "lienthong.own"
"""Set in the environment of requests that come from this very process, and that no client can set: the check of the
feed spends no budget."""

Lookup = Callable[[str], Provider | None]
Observe = Callable[[WSGIEnvironment, str, Request | Refusal | None, Sequence[Piece], int], object]
"""Hears of every answer: who asked which repository for what, the pieces of the answer, its bytes on the wire."""


class Answer(NamedTuple):
    """What is sent, but for its length."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class OaiApplication:
    """Dispatches on PATH_INFO. `lookup` gives the provider of a library code, "" for the whole catalogue.

    `flow`: who may ask how much; without it the defaults of the settings. `observe` hears of every answer, and of every
    one that could not be given (without a request).
    """

    def __init__(self, lookup: Lookup, flow: Flow | None = None, observe: Observe | None = None) -> None:
        self._lookup = lookup
        self._observe = observe or (lambda *seen: None)
        self._flow = flow or Flow(Settings())
        self._bodies = threading.BoundedSemaphore(BODIES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """One answer, one bytes object. The store's failure becomes 503; nothing the client sends raises."""
        method = environ["REQUEST_METHOD"]
        client = self._flow.clients.of(environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""))
        try:
            answer = self._answer(environ, method, client)
        except StoreError:
            answer = self._unanswered(environ, messages.STORE_AWAY, RETRY_SECONDS)
        start_response(answer.status, [*answer.headers, ("Content-Length", str(len(answer.body)))])
        sent = b"" if method == "HEAD" else answer.body
        if OWN not in environ:
            self._flow.budgets.pay(client, len(sent))
        return [sent]

    def _answer(self, environ: WSGIEnvironment, method: str, client: Client) -> Answer:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        wait = self._flow.budgets.ask(client) if path and OWN not in environ else 0
        if wait:
            return self._unanswered(environ, messages.OVER_BUDGET, wait)
        provider = self._lookup(path[1] or "") if path else None
        if provider is None:
            return _plain("404 Not Found", messages.NO_REPOSITORY)
        if method not in ("GET", "HEAD", "POST"):
            return _plain("405 Method Not Allowed", messages.WRONG_METHOD, ("Allow", _METHODS), seen=method[:20])
        query = _octets(environ.get("QUERY_STRING", ""))
        if len(query) > OAI_QUERY_BYTES:
            values = {"seen": len(query), "allowed": OAI_QUERY_BYTES}
            return _plain("414 URI Too Long", messages.QUERY_TOO_LONG, **values)
        request = self._posted(environ, query) if method == "POST" else parse(query)
        if isinstance(request, Answer):
            return request
        if isinstance(request, Refusal) or request.verb not in LISTS:
            return self._written(environ, method, provider, request)
        if not self._flow.gate.enter(client):
            return self._unanswered(environ, messages.BUSY, BUSY_SECONDS)
        try:
            return self._written(environ, method, provider, request)
        finally:
            self._flow.gate.leave()

    def _posted(self, environ: WSGIEnvironment, query: bytes) -> Request | Refusal | Answer:
        """A POST request carries its arguments in the body (3.1.1.2); a query beside it would make two of one."""
        kind = environ.get("CONTENT_TYPE", "")
        if kind and not _FORM.fullmatch(kind.strip()):
            return _plain("415 Unsupported Media Type", messages.WRONG_FORM, seen=kind[:60])
        if not self._bodies.acquire(timeout=1):
            return _later(messages.BUSY, BUSY_SECONDS)
        try:
            form = _form(environ)
        finally:
            self._bodies.release()
        if form is None:
            return _plain("413 Content Too Large", messages.BODY_TOO_LARGE, allowed=OAI_BODY_BYTES)
        if query:
            return Refusal((OaiError(Code.BAD_ARGUMENT, "send the arguments of a POST request in its body only"),))
        return parse(form)

    def _written(self, environ: WSGIEnvironment, method: str, provider: Provider, request: Request | Refusal) -> Answer:
        """The protocol's answer as XML, or as a page for a person who follows a link with a browser."""
        headers = [("Vary", "Accept, Accept-Encoding")]
        pieces: list[Piece]
        if method != "POST" and page.is_wanted(environ.get("HTTP_ACCEPT", "")):
            language = page.language(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
            pieces = [page.write(plain(provider.pieces(request, page.RECORDS)), language)]
            headers = [("Vary", "Accept, Accept-Encoding, Accept-Language, Cookie"), *page.HEADERS]
        else:
            pieces = provider.pieces(request)
            headers.append(("Content-Type", "text/xml; charset=utf-8"))
        if length(pieces) >= _SMALL and accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            answer = Answer("200 OK", [*headers, ("Content-Encoding", "gzip")], gzip(pieces))
        else:
            answer = Answer("200 OK", headers, plain(pieces))
        self._observe(environ, _code(environ), request, pieces, len(answer.body))
        return answer

    def _unanswered(self, environ: WSGIEnvironment, said: Message, seconds: int) -> Answer:
        """A refusal until later, of which the log of partners hears too."""
        self._observe(environ, _code(environ), None, (), 0)
        return _later(said, seconds)


def _code(environ: WSGIEnvironment) -> str:
    """The library whose repository is asked; empty for the whole one and for none."""
    path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    return path[1] or "" if path else ""


def _form(environ: WSGIEnvironment) -> bytes | None:
    """The body of a POST request, None when it is too large to be one."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length:
        size = int(length) if re.fullmatch(r"[0-9]{1,9}", length) else OAI_BODY_BYTES + 1
    else:
        # Only a server that ends the stream itself (chunked bodies) can be read without a length.
        size = OAI_BODY_BYTES + 1 if environ.get("wsgi.input_terminated") else 0
    if length and size > OAI_BODY_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    return body if len(body) <= OAI_BODY_BYTES else None


def _octets(native: str) -> bytes:
    """The bytes of a WSGI string, which holds one byte in each character (PEP 3333)."""
    try:
        return native.encode("latin-1")
    except UnicodeEncodeError:
        return native.encode("utf-8", "surrogatepass")


def _plain(status: str, message: Message, *headers: tuple[str, str], **values: object) -> Answer:
    """An answer outside the protocol: both languages, for whoever reads the harvester's log."""
    text = f"{message.text('vi', **values)}\n{message.text('en', **values)}\n"
    return Answer(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], text.encode())


def _later(message: Message, seconds: int) -> Answer:
    return _plain("503 Service Unavailable", message, ("Retry-After", str(seconds)), seconds=seconds)
