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
        query = urlencode(arguments)
        address = self._address if post else f"{self._address}{'&' if '?' in self._address else '?'}{query}"
        headers = {"Accept-Encoding": "gzip" if gzip else "identity"}
        if post:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer, retry = Answer(0, "", b"", 0), ""
        for _ in range(TRIES):
            try:
                with self._client.request(
                    address, method="POST" if post else "GET", body=query.encode() if post else None, headers=headers
                ) as found:
                    body, said = found.body(), found.headers
                    coded = said.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip")
                    answer = Answer(found.status, said.get("content-type", ""), body, found.sent, coded)
                    retry = said.get("retry-after", "")
            except (PeerError, LimitError) as error:
                return Answer(0, "", error.text("en").encode(), 0)
            if answer.status != 503:
                return answer
            # 3.1.2.2: the repository is busy and says when to come again.
            self._sleep(min(float(retry) if retry.isdigit() else 5.0, LONGEST_WAIT_SECONDS))
        return answer


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
