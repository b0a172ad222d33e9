"""A mail server for tests: real SMTP on loopback, as much of RFC 5321 as our client speaks."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class PostOffice:
    """What was mailed. While `closed`, recipients are turned away; while `cut`, a mail that came is not answered."""

    port: int = 0
    closed: bool = False
    cut: bool = False
    mails: list[EmailMessage] = field(default_factory=list)

    def to(self, who: str) -> list[str]:
        """The texts of the mails to one address."""
        return [mail.get_content() for mail in self.mails if mail["To"] == who]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline():
                word = line.split()[0].upper() if line.split() else b""
                if word == b"QUIT":
                    self.say("221 bye")
                    return
                if word == b"RCPT" and office.closed:
                    self.say("450 mailbox busy")
                elif word == b"DATA":
                    self.say("354 go on")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += self.rfile.readline()
                    made = message_from_bytes(data[:-3].replace(b"\r\n..", b"\r\n."), policy=default)
                    office.mails.append(cast(EmailMessage, made))
                    if office.cut:
                        return
                    self.say("250 kept")
                else:
                    self.say("250 well")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
