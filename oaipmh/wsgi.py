"""The HTTP side (section 3.1) as a thin WSGI application: `/oai` and `/oai/<library code>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from wsgiref.types import StartResponse, WSGIEnvironment

from foundation.errors import Message, StoreError
from foundation.limits import OAI_BODY_BYTES, OAI_QUERY_BYTES
from oaipmh.compression import Piece, accepts_gzip, gzip, length, plain
from oaipmh.errors import Code, OaiError, Refusal
from oaipmh.messages import BODY_TOO_LARGE, NO_REPOSITORY, QUERY_TOO_LONG, STORE_AWAY, WRONG_METHOD
from oaipmh.protocol import Request, parse
from oaipmh.provider import Provider

RETRY_SECONDS = 60
"""Retry-After when the store fails: a number, since many harvesters read no date (3.1.2.2)."""

_PATH = re.compile(r"/oai(?:/([A-Za-z0-9._~-]{1,64}))?/?")
_METHODS = "GET, HEAD, POST"
_SMALL = 1024
"""Bytes below which compression saves no packet."""

Lookup = Callable[[str], Provider | None]
Observe = Callable[[WSGIEnvironment, str, Request | Refusal | None, Sequence[Piece], int], object]
"""Hears of every answer: who asked which repository for what, the pieces of the answer, its bytes on the wire."""


class OaiApplication:
    """Dispatches on PATH_INFO. `lookup` gives the provider of a library code, "" for the whole catalogue.

    `observe` hears of every answer and of every one that could not be given (without a request).
    """

    def __init__(self, lookup: Lookup, observe: Observe | None = None) -> None:
        self._lookup = lookup
        self._observe = observe or (lambda *seen: None)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """One answer, one bytes object. The store's failure becomes 503; nothing the client sends raises."""
        method = environ["REQUEST_METHOD"]
        status, headers, body = self._answer(environ, method)
        headers.append(("Content-Length", str(len(body))))
        start_response(status, headers)
        return [b"" if method == "HEAD" else body]

    def _answer(self, environ: WSGIEnvironment, method: str) -> tuple[str, list[tuple[str, str]], bytes]:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        try:
            provider = self._lookup(path[1] or "") if path else None
            if provider is None:
                return _plain("404 Not Found", NO_REPOSITORY)
            if method not in ("GET", "HEAD", "POST"):
                return _plain("405 Method Not Allowed", WRONG_METHOD, ("Allow", _METHODS), seen=method[:20])
            query = _octets(environ.get("QUERY_STRING", ""))
            if len(query) > OAI_QUERY_BYTES:
                return _plain("414 URI Too Long", QUERY_TOO_LONG, seen=len(query), allowed=OAI_QUERY_BYTES)
            request = parse(query)
            if method == "POST":
                form = _form(environ)
                if form is None:
                    return _plain("413 Content Too Large", BODY_TOO_LARGE, allowed=OAI_BODY_BYTES)
                request = _posted(form, query)
            pieces = provider.pieces(request)
        except StoreError:
            self._observe(environ, path[1] or "" if path else "", None, (), 0)
            retry = ("Retry-After", str(RETRY_SECONDS))
            return _plain("503 Service Unavailable", STORE_AWAY, retry, seconds=RETRY_SECONDS)
        headers = [("Content-Type", "text/xml; charset=utf-8"), ("Vary", "Accept-Encoding")]
        if length(pieces) >= _SMALL and accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers.append(("Content-Encoding", "gzip"))
            body = gzip(pieces)
        else:
            body = plain(pieces)
        self._observe(environ, path[1] or "" if path else "", request, pieces, len(body))
        return "200 OK", headers, body


def _posted(form: bytes, query: bytes) -> Request | Refusal:
    """A POST request carries its arguments in the body (3.1.1.2); a query beside it would make two requests of one."""
    if query:
        return Refusal((OaiError(Code.BAD_ARGUMENT, "send the arguments of a POST request in its body only"),))
    return parse(form)


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


def _plain(
    status: str, message: Message, *headers: tuple[str, str], **values: object
) -> tuple[str, list[tuple[str, str]], bytes]:
    """An answer outside the protocol: both languages, for whoever reads the harvester's log."""
    text = f"{message.vi.format(**values)}\n{message.en.format(**values)}\n"
    return status, [("Content-Type", "text/plain; charset=utf-8"), *headers], text.encode()
