"""The one way out: every connection that this server opens to another is opened here.

- The name is resolved once, every address is judged by `foundation.addresses`, and the connection goes to the address
  that was judged, so a DNS answer that changes its mind changes nothing. A redirect is a new address, judged again.
- A body is bounded in bytes as sent, bytes unpacked, their ratio, seconds in all, seconds of silence, and slowness.
- One connection to a host at a time, with the pause between requests that its source asks for.

What another server does wrong, or a line that breaks, is a `PeerError`; an address that may not be called a
`RefusedError`; a budget that is spent a `LimitError`.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader
from time import monotonic, sleep
from typing import Any, Protocol, cast
from urllib.parse import quote, urljoin

from isal import isal_zlib

from foundation import limits, messages
from foundation.addresses import LOW_PORTS, Network, Url, permitted, url
from foundation.errors import InputError, LimitError, PeerError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port → addresses as text; raises OSError."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_DAMAGE = (cast(type[Exception], isal_zlib.error), zlib.error)  # the stubs call the first a value
_CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_ODD = re.compile(r"[^\x21-\x7e]+")
_NO_CODING = re.compile(r"(?:identity|none|binary|[78]bit|utf-?8|iso-8859-\d+|windows-\d+)?", re.IGNORECASE)
"""What says nothing, or is said in the wrong header (Content-Type's charset)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one answer may cost."""

    connect_seconds: float = 20
    idle_seconds: float = 90
    """Without a single byte."""
    total_seconds: float = 900
    sent_bytes: int = limits.ANSWER_SENT_BYTES
    plain_bytes: int = limits.ANSWER_BYTES
    slowest: int = limits.ANSWER_BYTES_PER_SECOND
    """Bytes as sent a second, counted from the first byte after a minute of grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How one other server is called: what its source's settings say."""

    allowed: Sequence[Network] = ()
    """Networks that may be called although they are not of the open internet, with any port."""
    ca_file: str | None = None
    """Certificates to trust beside those of the machine (PEM)."""
    user: str = ""
    password: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    """A token (RFC 6750), shown where a password would be."""
    agent: str = "LienThong"
    """User-Agent; names the product and whom to write to."""
    pause: float = 0.0
    """Seconds between the end of one request and the beginning of the next."""
    budget: Budget = Budget()


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host` as the system knows them, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(
    host: str, port: int, line: Line, *, tls: bool = False, resolver: Resolver = resolve,
    low: frozenset[int] = LOW_PORTS,
) -> socket.socket:  # fmt: skip
    """A connection to the first address of `host` that answers, with the silence of the budget as its timeout.

    `low`: the ports below 1024 that may be called.

    Raises RefusedError when no address may be called, PeerError when none answers or TLS cannot be agreed on.
    """
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise PeerError(messages.HOST_UNKNOWN, host=host, reason=_said(error)) from error
    end = monotonic() + line.budget.connect_seconds
    failure: OSError | None = None
    for address in permitted(host, port, found, line.allowed, low):
        try:
            raw = socket.create_connection((address, port), timeout=max(0.1, end - monotonic()))
        except OSError as error:
            failure = error
            continue
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made = _trust(line.ca_file).wrap_socket(raw, server_hostname=host) if tls else raw
            made.settimeout(line.budget.idle_seconds)
        except OSError as error:
            raw.close()
            raise PeerError(messages.TLS_FAILED, host=host, reason=_said(error)) from error
        return made
    raise PeerError(messages.UNREACHABLE, host=host, port=port, reason=_said(failure))


class Answer:
    """An answer whose body has yet to be read: status, headers, the address that gave it at last."""

    def __init__(self, source: http.client.HTTPResponse, address: Url, budget: Budget, patience: _Patience) -> None:
        self._source = source
        self._budget = budget
        self._patience = patience
        self._began = monotonic()
        self.url = str(address)
        self.status = source.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in source.getheaders()}
        self.sent = 0
        """Bytes as sent so far."""
        self.received = 0
        """Bytes unpacked so far."""

    def chunks(self) -> Iterator[bytes]:
        """The body, unpacked, in pieces. Raises PeerError when it breaks off, LimitError when it costs too much."""
        coding = self.headers.get("content-encoding", "").strip().lower()
        pieces = self._raw()
        if not _NO_CODING.fullmatch(coding):
            if coding not in _CODINGS:
                raise PeerError(messages.CODING_UNKNOWN, url=self.url, coding=coding[:60])
            pieces = self._unpacked(pieces, _CODINGS[coding])
        for piece in pieces:
            self.received += len(piece)
            self._within("ANSWER_BYTES", self.received, self._budget.plain_bytes)
            yield piece

    def body(self) -> bytes:
        """The whole of it."""
        return b"".join(self.chunks())

    def _raw(self) -> Iterator[bytes]:
        while True:
            try:
                piece = self._source.read1(limits.NETWORK_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                self._in_time()
                raise PeerError(messages.BROKE_OFF, url=self.url, seen=self.sent, reason=_said(error)) from error
            self._in_time()  # a body that ends where the line was hung up looks like one that is complete
            seconds = monotonic() - self._began
            if not piece:
                break
            self.sent += len(piece)
            self._within("ANSWER_SENT_BYTES", self.sent, self._budget.sent_bytes)
            grace = min(60.0, self._budget.total_seconds / 2)
            if seconds > grace and self.sent < self._budget.slowest * (seconds - grace):
                raise PeerError(
                    messages.TOO_SLOW, url=self.url, seen=int(self.sent / seconds), least=self._budget.slowest
                )
            yield piece
        if self._source.length:
            promised = f"Content-Length: {self.sent + self._source.length}"
            raise PeerError(messages.BROKE_OFF, url=self.url, seen=self.sent, reason=promised)

    def _unpacked(self, pieces: Iterator[bytes], bits: int) -> Iterator[bytes]:
        """Members of gzip one behind the other (RFC 1952, 2.2), or deflate with or without its zlib frame."""
        engine: Any = None
        begin = b""
        for piece in pieces:
            data, begin = begin + piece, b""
            if bits == 15 and engine is None:
                if len(data) < 2:
                    begin = data
                    continue
                if data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31:
                    bits = -15  # many servers mean raw deflate (RFC 9110, 8.4.1.2 names the practice)
            while data:
                if engine is None or engine.eof:
                    if engine is not None and not data.strip(b"\0"):
                        break  # zeros that some servers put behind the last member
                    engine = isal_zlib.decompressobj(wbits=bits)
                try:
                    made = engine.decompress(data, limits.NETWORK_CHUNK * 4)
                except _DAMAGE as error:
                    raise PeerError(messages.BROKE_OFF, url=self.url, seen=self.sent, reason=_said(error)) from error
                data = engine.unused_data if engine.eof else engine.unconsumed_tail
                self._judge_ratio(len(made))
                if made:
                    yield made
        if begin or (engine is not None and not engine.eof):
            raise PeerError(messages.BROKE_OFF, url=self.url, seen=self.sent, reason="gzip")

    def _judge_ratio(self, more: int) -> None:
        plain = self.received + more
        if plain > limits.ARCHIVE_RATIO_FLOOR and plain > limits.ARCHIVE_RATIO * self.sent:
            self._within("ARCHIVE_RATIO", plain // max(1, self.sent), limits.ARCHIVE_RATIO)

    def _in_time(self) -> None:
        if self._patience.over:
            total = int(self._budget.total_seconds)
            raise LimitError(
                messages.ANSWER_LIMIT, url=self.url, limit="total_seconds", seen=f"> {total}", allowed=total
            )

    def _within(self, limit: str, seen: int, allowed: int) -> None:
        if seen > allowed:
            raise LimitError(messages.ANSWER_LIMIT, url=self.url, limit=limit, seen=seen, allowed=allowed)


class Client:
    """Requests to other servers over one `Line`, the connection kept open between them. Not for several threads.

    Credentials go to the origin they are used at first and nowhere else, whatever redirects say.
    """

    def __init__(self, line: Line, *, resolver: Resolver = resolve) -> None:
        self._line = line
        self._resolver = resolver
        self._open: http.client.HTTPConnection | None = None
        self._origin: tuple[str, str, int] | None = None
        self._home: Url | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()
        self._open = self._origin = None

    @contextmanager
    def request(
        self, address: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Answer]:
        """The answer of `address`, after at most REDIRECTS redirects. Read its body inside the `with`.

        Any status is an answer. Raises InputError for an address that is none, RefusedError for one that may not be
        called, PeerError when the line breaks or redirects lead nowhere.
        """
        at = url(address)
        self._home = self._home or at
        patience = _Patience(self._line.budget.total_seconds)
        for _ in range(limits.REDIRECTS + 1):
            with turn(at, self._line), patience.counting():
                source = self._ask(at, method, body, dict(headers or {}), patience)
                target = source.headers.get("location", "")
                if source.status not in _MOVED or not target:
                    try:
                        yield Answer(source, at, self._line.budget, patience)
                    finally:
                        if source.isclosed() or source.length == 0:
                            source.close()
                        else:  # what is left of the body would be read as the next answer
                            self.close()
                            source.close()  # where it was to be the last one, the line belongs to it by now
                    return
                self.close()
                source.close()
            at = _moved(at, target)
            if source.status in (301, 302, 303) and method != "HEAD":
                method, body = "GET", None
        raise PeerError(messages.REDIRECTS, url=address, allowed=limits.REDIRECTS)

    def _ask(
        self, at: Url, method: str, body: bytes | None, headers: dict[str, str], patience: _Patience
    ) -> http.client.HTTPResponse:
        headers = {"Accept-Encoding": "gzip, deflate", "User-Agent": self._line.agent, **headers, "Host": at.authority}
        if self._line.bearer and self._home is not None and _trusts(self._home, at):
            headers["Authorization"] = f"Bearer {self._line.bearer}"
        elif self._line.user and self._home is not None and _trusts(self._home, at):
            secret = f"{self._line.user}:{self._line.password}".encode()
            headers["Authorization"] = "Basic " + b64encode(secret).decode("ascii")
        if self._open is not None and not (self._origin == at.origin and _still(self._open.sock)):
            self.close()
        reused = self._open is not None
        while True:
            connection = self._connection(at)
            patience.watch(connection.sock)
            try:
                connection.request(method, at.target, body, headers)
                return connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                # A kept connection that the other side had given up by now says nothing about the server.
                if not reused or patience.over:
                    reason = f"total_seconds: {self._line.budget.total_seconds:g}" if patience.over else _said(error)
                    raise PeerError(messages.BROKE_OFF, url=str(at), seen=0, reason=reason) from error
                reused = False
            except ValueError as error:
                self.close()
                raise InputError(messages.URL_WRONG, url=str(at), reason=str(error)) from error

    def _connection(self, at: Url) -> http.client.HTTPConnection:
        if self._open is None:
            made = http.client.HTTPConnection(at.host, at.port)
            made.response_class = _Final
            made.sock = connect(at.host, at.port, self._line, tls=at.scheme == "https", resolver=self._resolver)
            made.auto_open = 0  # or it would open a connection of its own, past every check
            self._open, self._origin = made, at.origin
        return self._open


class _Final(http.client.HTTPResponse):
    """The answer itself: interim ones before it (RFC 9110, 15.2) are passed over, all of them and not 100 alone, or
    the next request would be given the answer of this one. And one whose headers are cut is none (9112, 8), where the
    class that it is made of takes the end of the line for theirs."""

    def begin(self) -> None:
        source = self.fp
        lines: Any = _Lines(source)
        self.fp = lines
        try:
            super().begin()
        finally:
            if self.fp is lines:
                self.fp = source

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()  # type: ignore[misc]
        return version, http.client.CONTINUE if 101 < status < 200 else status, reason


class _Lines:
    """The lines of a status and its headers, up to the empty one: before that, nothing is the end of them."""

    def __init__(self, source: BufferedReader) -> None:
        self._source = source
        self.close = source.close

    def readline(self, limit: int = -1) -> bytes:
        line = self._source.readline(limit)
        if not line:
            raise http.client.RemoteDisconnected("the line ended before the headers did")
        return line


class _Patience:
    """The seconds that one answer may take with all its redirects, headers and chunks. When they are over, the line is
    hung up, however busily it drips: nothing that reads from it waits any longer."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._line: socket.socket | None = None
        self.over = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """They pass, inside the `with` only: waiting for one's turn is nobody's slowness."""
        timer, began = threading.Timer(self._left, self._hang_up), monotonic()
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._left = max(0.0, self._left - (monotonic() - began))

    def watch(self, line: socket.socket) -> None:
        """Hang up this one."""
        self._line = line
        if self.over:
            self._hang_up()

    def _hang_up(self) -> None:
        self.over = True
        if self._line is not None:
            with suppress(OSError):  # it may be closed by now
                # Not that of TLS, which would pull its session away from under who reads.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


class _Held(Protocol):
    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool: ...
    def release(self) -> None: ...


class _Turns:
    """One connection to a host at a time, from all threads of this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._hosts: dict[str, tuple[_Held, list[float]]] = {}

    @contextmanager
    def turn(self, at: Url, line: Line) -> Iterator[None]:
        with self._guard:
            lock, last = self._hosts.setdefault(at.host, (threading.RLock(), [0.0]))
        if not lock.acquire(timeout=line.budget.total_seconds):
            raise PeerError(messages.HOST_BUSY, host=at.host)
        try:
            sleep(max(0.0, min(line.pause, last[0] + line.pause - monotonic())))
            yield
        finally:
            last[0] = monotonic()
            lock.release()


turn = _Turns().turn
"""`with turn(url, line)`: nobody else of this process calls that host meanwhile."""


def _still(line: socket.socket | None) -> bool:
    """Whether a kept connection can be used: not at its end, and without bytes behind the answer that it has given,
    which would be read as the next one."""
    if line is None or (isinstance(line, ssl.SSLSocket) and line.pending()):
        return False
    waits = line.gettimeout()
    line.settimeout(0)
    try:
        socket.socket.recv(line, 1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        line.settimeout(waits)
    return False


def _moved(at: Url, target: str) -> Url:
    """Where a Location leads (RFC 9110, 10.2.2), written as people do: with blanks and letters beyond ASCII."""
    with suppress(UnicodeError):
        target = target.encode("latin-1").decode()  # as which headers are read
    text = _ODD.sub(lambda found: quote(found[0]), target.strip())
    try:
        there = urljoin(str(at), text)
    except ValueError as error:
        raise InputError(messages.URL_WRONG, url=text[:200], reason=str(error)) from error
    return url(there)


def _trusts(home: Url, at: Url) -> bool:
    """Whether credentials for `home` may be shown to `at`: the same origin, or the same host gone over to https."""
    return at.origin == home.origin or (at.host == home.host and at.scheme == "https" and home.scheme == "http")


def _trust(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _said(error: BaseException | None) -> str:
    """What an exception says, in one line and without characters that do something to a terminal or a database."""
    text = "".join(one if one.isprintable() else " " for one in str(error))
    return " ".join(text.split())[:300] or type(error).__name__
