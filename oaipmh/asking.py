"""The other end of the wire: how the self-check asks a repository, its own in this process or one over HTTP."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, Protocol, Self, cast
from urllib.parse import urlencode

from isal import isal_zlib

from foundation.addresses import Network, url
from foundation.errors import LimitError, PeerError
from foundation.limits import OAI_ANSWER_BYTES
from foundation.network import Budget, Client, Line
from oaipmh.wsgi import OWN

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


class Ask(Protocol):
    """Asks a repository; never raises for what the other side does."""

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer: ...


class InProcess:
    """Asks a WSGI application as a server would, headers, compression and all, without a socket.

    It has no budget to spend, but waits for its turn like every other (`oaipmh.flow`).
    """

    def __init__(self, application: Application, path: str, sleep: Callable[[float], object] = time.sleep) -> None:
        self._application = application
        self._path = path
        self._sleep = sleep

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer:
        return _patiently(lambda: self._once(arguments, post, gzip), self._sleep)

    def _once(self, arguments: dict[str, str], post: bool, gzip: bool) -> tuple[Answer, str]:
        query = urlencode(arguments)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST" if post else "GET",
            "PATH_INFO": self._path,
            "QUERY_STRING": "" if post else query,
            "HTTP_ACCEPT_ENCODING": "gzip" if gzip else "identity",
            "HTTP_USER_AGENT": AGENT,
            "REMOTE_ADDR": "127.0.0.1",
            OWN: True,
            "wsgi.input": io.BytesIO(query.encode() if post else b""),
        }
        if post:
            environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(query))}
        started: list[Any] = []
        try:
            body = b"".join(self._application(environ, lambda *said: started.extend(said)))
        except Exception as error:  # a server would answer 500; the check goes on and says so
            return Answer(500, "", repr(error).encode(), 0), ""
        said = {name.lower(): value for name, value in started[1]}
        answer = _answer(int(started[0][:3]), said.get("content-type", ""), said.get("content-encoding", ""), body)
        return answer, said.get("retry-after", "")


class Remote:
    """Asks a repository over HTTP, by `foundation.network`: public addresses, and those of the networks `allowed`.

    Raises InputError for an address that is none, RefusedError for one that may not be called.
    """

    def __init__(
        self, address: str, allowed: Sequence[Network] = (), sleep: Callable[[float], object] = time.sleep
    ) -> None:
        url(address)
        budget = Budget(idle_seconds=TIMEOUT_SECONDS, plain_bytes=OAI_ANSWER_BYTES)
        self._address = address
        self._sleep = sleep
        self._client = Client(Line(allowed=allowed, agent=AGENT, budget=budget))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __call__(self, arguments: dict[str, str], post: bool = False, gzip: bool = True) -> Answer:
        return _patiently(lambda: self._once(arguments, post, gzip), self._sleep)

    def _once(self, arguments: dict[str, str], post: bool, gzip: bool) -> tuple[Answer, str]:
        query = urlencode(arguments)
        address = self._address if post else f"{self._address}{'&' if '?' in self._address else '?'}{query}"
        headers = {"Accept-Encoding": "gzip" if gzip else "identity"}
        if post:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method, body = ("POST", query.encode()) if post else ("GET", None)
        try:
            with self._client.request(address, method=method, body=body, headers=headers) as found:
                plain, said = found.body(), found.headers
                answer = Answer(found.status, said.get("content-type", ""), plain, found.sent)
                return answer, said.get("retry-after", "")
        except (PeerError, LimitError) as error:
            return Answer(0, "", error.text("en").encode(), 0), ""


def _patiently(once: Callable[[], tuple[Answer, str]], sleep: Callable[[float], object]) -> Answer:
    """What comes of asking, once the repository is no longer busy; it says when to come again (3.1.2.2)."""
    for _ in range(TRIES - 1):
        answer, retry = once()
        if answer.status != 503:
            return answer
        sleep(min(float(retry) if retry.isascii() and retry.isdigit() else 5.0, LONGEST_WAIT_SECONDS))
    return once()[0]


def _answer(status: int, content_type: str, coding: str, body: bytes) -> Answer:
    """With gzip undone; what is not what it says becomes an answer that nobody can read."""
    if coding.strip().lower() not in ("gzip", "x-gzip"):
        return Answer(status, content_type, body, len(body))
    inflate = isal_zlib.decompressobj(31)
    try:
        plain = inflate.decompress(body, OAI_ANSWER_BYTES)
    except _GZIP_ERROR as error:
        return Answer(0, content_type, f"gzip: {error}".encode(), len(body))
    if not inflate.eof or inflate.unused_data:
        return Answer(0, content_type, b"gzip: cut off, or something behind it", len(body))
    return Answer(status, content_type, plain, len(body))
