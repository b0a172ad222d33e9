"""The other end of the wire: how the self-check asks a repository, its own in this process or one over HTTP.

Outbound requests go to this machine alone (loopback addresses), without redirects and without proxies.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, Protocol, cast
from urllib.parse import urlencode, urlsplit

from isal import isal_zlib

from foundation.errors import InputError
from foundation.limits import OAI_ANSWER_BYTES
from oaipmh.messages import ADDRESS_FOREIGN, ADDRESS_NO_HTTP

AGENT: Final = "LienThong-feed-check/1"
TIMEOUT_SECONDS: Final = 120.0
LONGEST_WAIT_SECONDS: Final = 60.0
TRIES: Final = 4

_GZIP_ERROR: Final = cast(type[Exception], isal_zlib.error)  # the stubs call it a value

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Answer(NamedTuple):
    """What came back. `status` 0: nothing did, and `body` says why."""

    status: int
    content_type: str
    body: bytes
    """Without the compression of the way."""
    wire_bytes: int
    compressed: bool = False


class Ask(Protocol):
    """Asks a repository; never raises for what the other side does."""

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer: ...


class InProcess:
    """Asks a WSGI application as a server would, headers, compression and all, without a socket."""

    def __init__(self, application: Application, path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer:
        query = urlencode(arguments)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST" if post else "GET",
            "PATH_INFO": self._path,
            "QUERY_STRING": "" if post else query,
            "HTTP_ACCEPT_ENCODING": "gzip" if gzip else "identity",
            "HTTP_USER_AGENT": AGENT,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(query.encode() if post else b""),
        }
        if post:
            environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(query))}
        started: list[Any] = []
        try:
            body = b"".join(self._application(environ, lambda *said: started.extend(said)))
        except Exception as error:  # a server would answer 500; the check goes on and says so
            return Answer(500, "", repr(error).encode(), 0)
        headers = {name.lower(): value for name, value in started[1]}
        return _answer(int(started[0][:3]), headers.get("content-type", ""), headers.get("content-encoding", ""), body)


class Remote:
    """Asks a repository over HTTP. Raises InputError when the address is none that may be asked."""

    def __init__(self, url: str, sleep: Callable[[float], object] = time.sleep) -> None:
        refuse_foreign(url)
        self._url = url
        self._sleep = sleep
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer:
        query = urlencode(arguments)
        url = self._url if post else f"{self._url}{'&' if '?' in self._url else '?'}{query}"
        headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip" if gzip else "identity"}
        answer = Answer(0, "", b"", 0)
        for _ in range(TRIES):
            request = urllib.request.Request(url, query.encode() if post else None, headers)  # noqa: S310 - checked
            try:
                with self._opener.open(request, timeout=TIMEOUT_SECONDS) as found:
                    return self._read(found.status, found)
            except urllib.error.HTTPError as error:
                with error:
                    answer = self._read(error.code, error)
                    retry = str(error.headers.get("Retry-After", ""))
                if error.code != 503:
                    return answer
                # 3.1.2.2: the repository is busy and says when to come again.
                self._sleep(min(float(retry) if retry.isdigit() else 5.0, LONGEST_WAIT_SECONDS))
            except (OSError, ValueError) as error:
                return Answer(0, "", str(error).encode(), 0)
        return answer

    @staticmethod
    def _read(status: int, found: Any) -> Answer:
        body = found.read(OAI_ANSWER_BYTES + 1)
        if len(body) > OAI_ANSWER_BYTES:
            return Answer(0, "", f"more than OAI_ANSWER_BYTES ({OAI_ANSWER_BYTES})".encode(), len(body))
        return _answer(status, found.headers.get("Content-Type", ""), found.headers.get("Content-Encoding", ""), body)


def refuse_foreign(url: str) -> None:
    """Raises InputError unless `url` is http or https on this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise InputError(ADDRESS_NO_HTTP, seen=url[:200]) from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise InputError(ADDRESS_NO_HTTP, seen=url[:200])
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        found = set()
    if not found or not all(ipaddress.ip_address(str(address)).is_loopback for address in found):
        raise InputError(ADDRESS_FOREIGN, seen=host)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other here: it could lead off this machine."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _answer(status: int, content_type: str, coding: str, body: bytes) -> Answer:
    """With gzip undone; what is not what it says becomes an answer that nobody can read."""
    if coding.strip().lower() not in ("gzip", "x-gzip"):
        return Answer(status, content_type, body, len(body))
    inflate = isal_zlib.decompressobj(31)
    try:
        plain = inflate.decompress(body, OAI_ANSWER_BYTES)
    except _GZIP_ERROR as error:
        return Answer(0, content_type, f"gzip: {error}".encode(), len(body), True)
    if not inflate.eof or inflate.unused_data:
        return Answer(0, content_type, b"gzip: cut off, or something behind it", len(body), True)
    return Answer(status, content_type, plain, len(body), True)
