"""The way out by SFTP: reading files of other servers over SSH. `foundation.network` opens and judges the connection.

- A server's key is known before anything is said to it (RFC 4251, 4.1): one that nobody accepted, or that changed, is
  refused before a user name or a password leaves this machine.
- Nothing of this machine is used: no configuration, keys or agent of whoever runs the server; no forwarding, no
  compression, no signatures with SHA-1.
- Bounded are the seconds of each answer, of everything together, the bytes, and how slowly they may come.

What the other server does wrong, or a line that breaks, is a `PeerError`; what a person has to mend a `RefusedError`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import shlex
import socket
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import unquote

from foundation import messages, network
from foundation.addresses import SFTP, SFTP_PORTS, Url, url
from foundation.errors import InputError, LienThongError, LimitError, PeerError, RefusedError
from foundation.network import Line, Resolver

if TYPE_CHECKING:
    import asyncssh

_T = TypeVar("_T")
_KINDS: Final = (
    "ssh-ed25519",
    "ssh-ed448",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
"""Kinds of host keys, the preferred first (RFC 8709, RFC 5656, RFC 8332)."""
_SIGNED: Final = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
_PRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_BLOCK: Final = 32_768
"""Bytes of one request; what every server gives at once (draft-ietf-secsh-filexfer-02, 3)."""
_AHEAD: Final = 32
"""Requests under way, so that a far server does not make a line slow."""
_GRACE: Final = 60.0
FILE, FOLDER, OTHER = "file", "folder", "other"


class State(NamedTuple):
    """What a server says of a name."""

    name: str
    """The last part; bytes that are no UTF-8 are kept as surrogates (PEP 383)."""
    kind: str
    """FILE, FOLDER, or OTHER: links are that, when a folder is listed."""
    size: int
    modified: int
    """Seconds since 1970."""


def address(text: str) -> Url:
    """`sftp://host[:port]/path` as an address. Raises InputError; a path that climbs (`..`) is none."""
    made = url(text, SFTP)
    if "?" in made.target or "#" in text or ".." in unquote(made.target).split("/") or "\0" in unquote(made.target):
        raise InputError(messages.URL_WRONG, url=text, reason="sftp://host/path: .. ? #")
    return made


def path_of(at: Url) -> str:
    """The path on the server; `/~/` is the folder that a login begins in."""
    path = unquote(at.target, errors="surrogateescape")
    if path in ("/~", "/~/"):
        return "."
    return path[3:] if path.startswith("/~/") else path


def pinned(text: str) -> str:
    """A host key as it is kept: `ssh-ed25519 SHA256:…`, or `SHA256:…` alone.

    Takes that, the line of a public key or of a known_hosts file, and what `ssh-keygen -l` prints. Raises InputError.
    """
    words = text.split()
    for place, word in enumerate(words):
        kind = words[place - 1] if place and words[place - 1] in _KINDS else ""
        if _PRINT.fullmatch(word):
            return f"{kind} {word}".strip()
        if kind:
            with suppress(ValueError):
                digest = hashlib.sha256(b64decode(word, validate=True)).digest()
                return f"{kind} SHA256:{b64encode(digest).decode().rstrip('=')}"
    raise InputError(messages.HOST_KEY_WRONG, seen=text[:80])


class Sftp:
    """The files of the server at `at`. Connects when it has to, and again when the line broke. Not for several threads.

    `line.password` is a password, or a private key (OpenSSH or PEM, which begin with `-----BEGIN`).
    """

    def __init__(self, line: Line, at: Url, host_key: str, *, resolver: Resolver = network.resolve) -> None:
        self._line, self._at, self._known, self._resolver = line, at, host_key, resolver
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self.seen = ""
        """The host key that the server showed last."""

    def __enter__(self) -> Sftp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._hang_up()
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def host_key(self) -> str:
        """The key that the server shows, without logging in. Raises PeerError, RefusedError."""
        known, self._known = self._known, "SHA256:"  # none is like this one
        try:
            self._run("", self._connected)
        except RefusedError as error:
            if error.problem.code != messages.HOST_KEY_CHANGED.code:
                raise
        finally:
            self._known = known
        return self.seen

    def look(self, path: str) -> State:
        """What is at `path`, behind links. Raises PeerError, RefusedError when it is not there or may not be read."""

        async def ask() -> State:
            client = await self._connected()
            attributes = await self._answered(client.stat(_bytes(path)))
            return _state(path.rstrip("/").rpartition("/")[2], attributes)

        return self._run(path, ask)

    def names(self, path: str, most: int) -> list[State]:
        """What is in the folder `path`, links as OTHER, at most `most` and one more. Raises as `look`."""

        async def ask() -> list[State]:
            client = await self._connected()
            found: list[State] = []
            end = monotonic() + self._line.budget.total_seconds
            entries = client.scandir(_bytes(path))
            with suppress(StopAsyncIteration):
                while len(found) <= most:
                    entry = await self._answered(anext(entries))
                    name = entry.filename
                    text = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
                    if "/" not in text and text not in (".", ".."):  # a name is one step down and nothing else
                        found.append(_state(text, entry.attrs))
                    self._in_time(end)
            return found

        return self._run(path, ask)

    def fetch(self, path: str, start: int, size: int, take: Callable[[bytes], object]) -> None:
        """Give `take` the bytes of a file from `start` until `size`, or where it ends by now. Raises as `look`."""
        self._run(path, lambda: self._fetch(path, start, size, take))

    async def _fetch(self, path: str, start: int, size: int, take: Callable[[bytes], object]) -> None:
        client = await self._connected()
        began, at, ahead = monotonic(), start, start
        end = began + self._line.budget.total_seconds
        asked: deque[asyncio.Task[bytes]] = deque()
        file = await self._answered(client.open(_bytes(path), "rb", block_size=0))  # one request a read
        try:
            while at < size:
                while len(asked) < _AHEAD and ahead < size:
                    asked.append(asyncio.ensure_future(file.read(min(_BLOCK, size - ahead), ahead)))
                    ahead += _BLOCK
                wanted = min(_BLOCK, size - at)
                data = await self._answered(asked.popleft())
                if not data:
                    return
                take(data)
                at += len(data)
                if len(data) < wanted:  # servers may give less than was asked for; what is behind it is asked again
                    await _dropped(asked)
                    ahead = at
                self._in_time(end)
                self._fast_enough(at - start, monotonic() - began)
        finally:
            await _dropped(asked)
            with suppress(Exception):  # all that was wanted is here, or the line is broken
                await self._answered(file.close())

    # --- the connection -------------------------------------------------------------------------------------
    def _run(self, path: str, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Do `work`; whatever goes wrong in it is one of our errors, and the line is hung up."""
        ssh = _library()
        if self._runner is None:
            self._runner = asyncio.Runner()
        with network.turn(self._at, self._line):
            try:
                return self._runner.run(work())
            except BaseException as error:
                self._hang_up()
                if isinstance(error, LienThongError) or not isinstance(error, Exception):
                    raise
                raise self._told(ssh, error, path) from error

    async def _connected(self) -> asyncssh.SFTPClient:
        if self._client is not None and self._connection is not None and not self._connection.is_closed():
            return self._client
        self._hang_up()
        ssh = _library()
        if not self._known:
            raise RefusedError(messages.HOST_KEY_UNACCEPTED, host=self._at.host, url=str(self._at))
        secret = self._line.password
        keys = [_private(ssh, secret)] if secret.startswith("-----BEGIN") else None
        made = network.connect(
            self._at.host, self._at.port, self._line, resolver=self._resolver, low=SFTP_PORTS
        )  # fmt: skip
        try:
            self._connection = await self._answered(self._login(ssh, made, keys))
        except BaseException:
            made.close()
            raise
        self._client = await self._answered(self._connection.start_sftp_client(path_encoding=None, sftp_version=3))
        return self._client

    async def _login(
        self, ssh: Any, made: socket.socket, keys: list[asyncssh.SSHKey] | None
    ) -> asyncssh.SSHClientConnection:
        judge = self._judged

        class Door(ssh.SSHClient):  # type: ignore[misc]
            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                return judge(key)

        kind = self._known.split(" ")[0]
        # The client's order decides (RFC 4253, 7.1): a server that has the key we know shows that one.
        kinds = sorted(_KINDS, key=lambda one: one != kind)
        found: asyncssh.SSHClientConnection = await ssh.connect(
            self._at.host, self._at.port, sock=made, config=None, client_factory=Door, known_hosts=([], [], []),
            server_host_key_algs=[name for one in kinds for name in _SIGNED.get(one, (one,))],
            username=self._line.user or "anonymous", client_keys=keys, client_certs=(), agent_path=None,
            password=None if keys else self._line.password or None, x509_trusted_certs=None, gss_host=None,
            compression_algs=["none"], client_version="LienThong", keepalive_interval=30,
            connect_timeout=None, login_timeout=self._line.budget.idle_seconds,
        )  # fmt: skip
        return found

    def _judged(self, key: asyncssh.SSHKey) -> bool:
        self.seen = f"{key.get_algorithm()} {key.get_fingerprint()}"
        return self.seen == self._known or self.seen.rpartition(" ")[2] == self._known

    def _hang_up(self) -> None:
        if self._connection is not None and self._runner is not None:
            self._connection.abort()
            with suppress(Exception):  # it is broken, or it is let go of: either way it is over
                if not self._runner.get_loop().is_running():
                    self._runner.run(_closed(self._connection))
        self._connection = self._client = None

    # --- bounds ---------------------------------------------------------------------------------------------
    async def _answered(self, answer: Awaitable[_T]) -> _T:
        """What is waited for, within the silence of the budget."""
        return await asyncio.wait_for(answer, self._line.budget.idle_seconds)

    def _in_time(self, end: float) -> None:
        if monotonic() > end:
            total = int(self._line.budget.total_seconds)
            raise LimitError(
                messages.ANSWER_LIMIT, url=str(self._at), limit="total_seconds", seen=f"> {total}", allowed=total
            )

    def _fast_enough(self, came: int, seconds: float) -> None:
        grace, least = min(_GRACE, self._line.budget.total_seconds / 2), self._line.budget.slowest
        if seconds > grace and came < least * (seconds - grace):
            raise PeerError(messages.TOO_SLOW, url=str(self._at), seen=int(came / seconds), least=least)

    def _told(self, ssh: Any, error: Exception, path: str) -> LienThongError:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        if isinstance(error, ssh.HostKeyNotVerifiable):
            seen = self.seen or f"– ({reason})"
            return RefusedError(
                messages.HOST_KEY_CHANGED, host=self._at.host, known=self._known, seen=seen,
                seen_quoted=shlex.quote(seen),
            )  # fmt: skip
        if isinstance(error, ssh.PermissionDenied):
            means = "khoá/key" if self._line.password.startswith("-----BEGIN") else "mật khẩu/password"
            return RefusedError(
                messages.LOGIN_REFUSED, host=self._at.host, user=self._line.user, means=means, reason=reason
            )
        lost = isinstance(error, ssh.SFTPConnectionLost | ssh.SFTPNoConnection | ssh.SFTPBadMessage)
        if isinstance(error, ssh.SFTPError) and not lost:
            return RefusedError(messages.SFTP_PATH, path=path, host=self._at.host, reason=reason)
        if isinstance(error, TimeoutError):
            reason = f"{self._line.budget.idle_seconds:g} s"
        return PeerError(messages.BROKE_OFF, url=str(self._at), seen=0, reason=reason)


def _library() -> Any:
    """asyncssh, which is an extra and is loaded only where a source needs it."""
    try:
        import asyncssh  # noqa: PLC0415
    except ImportError as error:
        raise RefusedError(messages.SFTP_MISSING) from error
    logging.getLogger("asyncssh").setLevel(logging.ERROR)  # it tells of every login and file
    return asyncssh


def judge_secret(secret: str) -> None:
    """Raises InputError for a private key that cannot be used; a password is whatever it is."""
    if secret.startswith("-----BEGIN"):
        _private(_library(), secret)


def _private(ssh: Any, text: str) -> asyncssh.SSHKey:
    try:
        made: asyncssh.SSHKey = ssh.import_private_key(text.replace("\r\n", "\n").strip() + "\n")
    except (ssh.KeyImportError, ssh.KeyEncryptionError, ValueError) as error:
        raise InputError(messages.KEY_WRONG, reason=" ".join(str(error).split())[:200]) from error
    return made


def _state(name: str, attributes: asyncssh.SFTPAttrs) -> State:
    kind = {1: FILE, 2: FOLDER}.get(attributes.type, OTHER)  # draft-ietf-secsh-filexfer-13, 7.2
    return State(name, kind, attributes.size or 0, int(attributes.mtime or 0))


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


async def _dropped(asked: deque[asyncio.Task[bytes]]) -> None:
    """Requests that nobody waits for any more."""
    for one in asked:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    asked.clear()


async def _closed(connection: asyncssh.SSHClientConnection) -> None:
    await asyncio.wait_for(connection.wait_closed(), 5)
