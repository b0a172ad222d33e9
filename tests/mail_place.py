"""A mail server for tests: aiosmtpd on loopback, with TLS, logins and certificates of an authority of its own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "lienthong", "mật khẩu"


class MailPlace:
    """One server. `secured`: starttls, tls or none. What it does wrong can be set at any time."""

    def __init__(self, folder: Path, secured: str, name: str = "127.0.0.1") -> None:
        self.port = 0
        self.mails: list[Message] = []
        self.recipients: list[str] = []
        self.logins = 0
        self.refuses = ""
        """What is answered to every recipient, in place of yes."""
        self.hangs = False
        """Whether a mail that came whole is never answered."""
        self.bad_farewell = False
        self.folder, self.secured = folder, secured
        self.loop = asyncio.new_event_loop()
        certificates(folder, name)
        self._server: asyncio.Server | None = None

    # --- aiosmtpd's hooks -----------------------------------------------------------------------------------
    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(to)
        return "250 well"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        self.recipients += envelope.rcpt_tos
        if self.hangs:
            await asyncio.sleep(60)
        return "250 kept"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "421 no time for that" if self.bad_farewell else "221 bye"

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins += 1
        assert isinstance(data, LoginPassword)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    async def begin(self) -> None:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(self.folder / "server.pem")
        starttls = self.secured == "starttls"

        def session() -> SMTP:
            return SMTP(
                self, loop=self.loop, hostname="mail.test", tls_context=trust if starttls else None,
                require_starttls=starttls, authenticator=self.login, auth_require_tls=starttls,
            )  # fmt: skip

        over = trust if self.secured == "tls" else None
        self._server = await self.loop.create_server(session, "127.0.0.1", 0, ssl=over)
        self.port = self._server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        assert self._server is not None
        self._server.close()
        for one in asyncio.all_tasks() - {asyncio.current_task()}:
            one.cancel()
        await asyncio.sleep(0.02)


@contextmanager
def mail_place(folder: Path, secured: str, name: str = "127.0.0.1") -> Iterator[MailPlace]:
    made = MailPlace(folder, secured, name)
    thread = threading.Thread(target=made.loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(made.begin(), made.loop).result(10)
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(made.end(), made.loop).result(10)
        made.loop.call_soon_threadsafe(made.loop.stop)
        thread.join(10)
        made.loop.close()


def certificates(folder: Path, name: str) -> None:
    """ca.pem, and server.pem with its key for `name`, which that authority vouches for."""
    now = datetime.now(UTC)

    def made(subject: str, key: Any, signer: Any, issuer: str, *more: tuple[x509.ExtensionType, bool]) -> Any:
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (subject, issuer)]
        builder = x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        # Without these two, Python 3.13 trusts nobody (RFC 5280, 4.2.1.1 and 4.2.1.2).
        identifiers = (
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
        )
        for extension, critical in (*more, *((one, False) for one in identifiers)):
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    (folder / "ca.pem").write_bytes(
        made("CA", authority, authority, "CA", (x509.BasicConstraints(True, None), True), (usage, True))
    )
    plain = name.replace(".", "").isdigit()
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(name)) if plain else x509.DNSName(name)])
    key = server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(key + made(name, server, authority, "CA", (names, False)))
