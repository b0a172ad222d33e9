"""A server that says exactly the bytes a test gives it, so that every way of misbehaving can be written down."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[[socket.socket, bytes], None]
"""Called once for each request with the connection and the request's head, a body behind it; may hang up."""


class Wire:
    """Listens on loopback; `requests` are the heads it was sent."""

    def __init__(self, script: Script, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://{host}:{self.port}"
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
        with connection, suppress(OSError):
            if self._tls is None:
                self._converse(connection)
            else:
                with self._tls.wrap_socket(connection, server_side=True) as safe:
                    self._converse(safe)

    def _converse(self, connection: socket.socket) -> None:
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                more = connection.recv(65536)
                if not more:
                    return
                held += more
            head, _, held = held.partition(b"\r\n\r\n")
            self.requests.append(head)
            length = re.search(rb"(?im)^content-length: *(\d+)", head)
            while length and len(held) < int(length[1]):
                held += connection.recv(65536)
            body, held = (held[: int(length[1])], held[int(length[1]) :]) if length else (b"", held)
            self._script(connection, b"\r\n\r\n".join([head, body]) if body else head)

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
