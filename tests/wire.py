"""A server that says exactly the bytes a test gives it, so that every way of misbehaving can be written down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[[socket.socket, bytes], None]
"""Called once for each request with the connection and the request's head; may close the connection."""


class Wire:
    """Listens on loopback; `requests` are the heads it was sent."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.requests: list[bytes] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        held = b""
        with connection, suppress(OSError):
            while True:
                while b"\r\n\r\n" not in held:
                    more = connection.recv(65536)
                    if not more:
                        return
                    held += more
                head, _, held = held.partition(b"\r\n\r\n")
                self.requests.append(head)
                self._script(connection, head)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def wire(script: Script | bytes) -> Iterator[Wire]:
    """A server that runs `script`, or sends these bytes for each request."""
    made = Wire(script if callable(script) else lambda connection, _: connection.sendall(script))
    try:
        yield made
    finally:
        made.close()


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
