"""An SFTP server for tests: asyncssh's own, on loopback, over the real files of a folder; it can be made to fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "ba-be", "mật khẩu Ba Bể"


class SftpPlace:
    """One server. What it does wrong is set at any time, what was asked of it counted."""

    def __init__(self) -> None:
        self.port = 0
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.users_key: asyncssh.SSHKey | None = None
        self.cut_after: int | None = None
        """Bytes of files after which the line is cut, once."""
        self.silent = False
        """Whether reading a file is never answered."""
        self.short = 0
        """Bytes of one answer at most, where a reader asks for more; 0: what was asked for."""
        self.names: int | None = None
        """A folder that has as many names as this, whatever is asked for."""
        self.logins: list[str] = []
        """Passwords that were shown."""
        self.bytes = 0
        self.open: list[Any] = []
        self.loop = asyncio.new_event_loop()
        self._acceptor: asyncssh.SSHAcceptor | None = None

    @property
    def pin(self) -> str:
        """Its key as a source keeps it."""
        return f"{self.host_key.get_algorithm()} {self.host_key.get_fingerprint()}"

    def url(self, path: Path | str) -> str:
        return f"sftp://127.0.0.1:{self.port}{path}"

    async def listen(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
        place = self

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return place.users_key is None

            def validate_password(self, username: str, password: str) -> bool:
                place.logins.append(password)
                return (username, password) == (USER, PASSWORD)

            def public_key_auth_supported(self) -> bool:
                return place.users_key is not None

            def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                known = place.users_key
                return known is not None and key.public_data == known.public_data

        self._acceptor = await asyncssh.listen(
            "127.0.0.1", self.port, server_host_keys=[self.host_key], server_factory=Server,
            sftp_factory=lambda channel: _Files(channel, place), gss_host=None,
        )  # fmt: skip
        self.port = self._acceptor.get_port()

    def begin_again(self) -> None:
        """Listen with what `host_key` is now."""
        asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(10)

    async def end(self) -> None:
        assert self._acceptor is not None
        self._acceptor.close()
        await self._acceptor.wait_closed()
        for one in asyncio.all_tasks() - {asyncio.current_task()}:
            one.cancel()
        await asyncio.sleep(0.01)
        for file in self.open:  # those of lines that were cut
            file.close()


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: Any, place: SftpPlace) -> None:
        super().__init__(channel)
        self._place = place

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        found = super().open(path, pflags, attrs)
        self._place.open.append(found)
        return found

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:  # type: ignore[override]
        place = self._place
        if place.silent:
            await asyncio.sleep(60)
        found = super().read(file_obj, offset, min(size, place.short or size))
        assert isinstance(found, bytes)
        place.bytes += len(found)
        if place.cut_after is not None and place.bytes > place.cut_after:
            place.cut_after = None
            self.channel.get_connection().abort()
        return found

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        if self._place.names is None:
            async for entry in super().scandir(path):
                yield entry
            return
        attributes = asyncssh.SFTPAttrs(size=10, permissions=0o100644, uid=0, gid=0, atime=0, mtime=0)
        for number in range(self._place.names):
            yield asyncssh.SFTPName(b"%07d.mrc" % number, attrs=attributes)


@contextmanager
def sftp_place() -> Iterator[SftpPlace]:
    made = SftpPlace()
    thread = threading.Thread(target=made.loop.run_forever, daemon=True)
    thread.start()
    made.begin_again()
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(made.end(), made.loop).result(10)
        made.loop.call_soon_threadsafe(made.loop.stop)
        thread.join(10)
        made.loop.close()
