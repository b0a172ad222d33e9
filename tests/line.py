"""A line between two servers that goes wrong as lines in the hills do: late, cut anywhere, reset, dripping, garbled."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import closing, suppress

KINDS = ("clean", "clean", "late", "cut", "reset", "drip", "silent", "refused", "garbage", "garbage inside")


class Line:
    """Listens on loopback and passes on to `port`; what happens to each connection is drawn with `seed`.

    `met` counts what happened. `quiet` makes the line a good one.
    """

    def __init__(self, port: int, seed: int, kinds: tuple[str, ...] = KINDS, most: int = 60_000) -> None:
        self._target = port
        self._chance = random.Random(seed)
        self._kinds, self._most = kinds, most
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.met: Counter[str] = Counter()
        self.quiet = False
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            kind = "quiet" if self.quiet else self._chance.choice(self._kinds)
            # Also a line that is clean does not stay up for ever.
            at = self._most if kind in ("clean", "late") else self._chance.randrange(self._most)
            at = -1 if kind == "quiet" else at
            junk = self._chance.randbytes(300)
            self.met[kind] += 1
            threading.Thread(target=self._carry, args=(client, kind, at, junk), daemon=True).start()

    def _carry(self, client: socket.socket, kind: str, at: int, junk: bytes) -> None:
        with closing(client), suppress(OSError):
            if kind == "refused":
                return
            if kind == "garbage":
                client.recv(65536)
                client.sendall(junk)
                return
            with closing(socket.create_connection(("127.0.0.1", self._target), timeout=30)) as server:
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                try:
                    self._down(client, server, kind, at, junk)
                finally:  # or it would stay open as long as that thread waits for it
                    client.shutdown(socket.SHUT_RD if kind == "reset" else socket.SHUT_RDWR)

    @staticmethod
    def _up(client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    @staticmethod
    def _down(client: socket.socket, server: socket.socket, kind: str, at: int, junk: bytes) -> None:
        """What the server says, until `at` bytes of it have gone by and the line does what it does."""
        left = at
        while data := server.recv(16_384):
            if kind == "late":
                time.sleep(0.05)
            if left < 0 or len(data) < left:
                client.sendall(data)
                left -= len(data) if left >= 0 else 0
                continue
            client.sendall(data[:left])
            if kind == "drip":
                for byte in data[left : left + 40]:
                    client.sendall(bytes([byte]))
                    time.sleep(0.02)
            elif kind == "silent":
                time.sleep(1.5)
            elif kind == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif kind == "garbage inside":
                client.sendall(junk)
            return
