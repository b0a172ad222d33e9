"""Mail out: one plain text to one address through the mail server of the settings.

The server is the operator's own choice, so it is not judged as addresses of others are (`foundation.addresses`). What
it is said over is: with `starttls` and `tls` its certificate is checked before a password or a mail goes out, and one
that no longer offers STARTTLS gets nothing (RFC 3207, 6; RFC 8314, 3.1).
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from foundation import messages
from foundation.errors import InputError, LienThongError, PeerError, RefusedError
from foundation.settings import WRONG, Settings

SECONDS: Final = 30.0
"""Of one answer of the mail server; a whole conversation has three times as much."""
_NO_ADDRESS: Final = re.compile(r"[\s()<>\[\]:;,\\\"]|@.*@|@\.|\.\.|\.$")
_SECURITY: Final = ("starttls", "tls", "none")


def send(settings: Settings, to: str, subject: str, text: str, event: str = "") -> None:
    """Hand a mail to the mail server. `event`: what it tells of; the same event always has the same Message-ID, so
    that mail which had to be sent again, because nobody knows whether it was taken, is known to be the same.

    Raises RefusedError when the settings name no server, InputError when they are wrong, PeerError when it does not
    take the mail; trying again later may help then. `is_away` tells whether it is the server that fails.
    """
    if not settings.smtp_host:
        raise RefusedError(messages.NO_MAIL)
    if settings.smtp_security not in _SECURITY:
        wanted = " | ".join(_SECURITY)
        raise InputError(
            WRONG, name="smtp_security", seen=settings.smtp_security, origin="lienthong.toml", wanted=wanted
        )
    sender = settings.smtp_from or settings.admin_email
    if not _address(sender):
        raise InputError(WRONG, name="smtp_from", seen=sender, origin="lienthong.toml", wanted="NAME@DOMAIN")
    if not _address(to):
        raise PeerError(messages.MAIL_REFUSED, host=settings.smtp_host, to=to, reason="RFC 5321, 4.1.2: Mailbox")
    try:
        mail = _mail(_address(sender), _address(to), subject, text, event)
        with _server(settings) as server:
            if settings.smtp_user:
                _log_in(server, settings.smtp_user, settings.smtp_password)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _told(settings, to, error) from error


def _address(text: str) -> str:
    """An address as a mail server takes it, with its domain in ASCII (RFC 5891, 4.4); empty for what is none, such as
    several of them, which headers would take apart."""
    name, _, domain = text.strip().rpartition("@")
    if not name or not domain or not text.isprintable() or _NO_ADDRESS.search(text.strip()):
        return ""
    with suppress(UnicodeError):  # an empty label, or a long one
        return f"{name}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    return ""


def is_away(error: LienThongError) -> bool:
    """Whether no mail can be handed over now, to whomever."""
    away = (messages.MAIL_AWAY, messages.MAIL_NO_TLS, messages.MAIL_CERTIFICATE, messages.MAIL_LOGIN, messages.NO_MAIL)
    return error.problem.code in {one.code for one in away}


def _mail(sender: str, to: str, subject: str, text: str, event: str) -> EmailMessage:
    mail, domain = EmailMessage(), sender.rpartition("@")[2] or "localhost"
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = " ".join(subject.split())[:200]
    mail["Date"] = formatdate()
    name = hashlib.sha256(f"{event}\n{to}".encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{name}@{domain}>" if event else make_msgid(domain=domain)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: nobody's holiday notice answers it
    mail.set_content(text)
    return mail


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """The mail server, ready for a login. What goes wrong behind its yes to a mail is nobody's concern."""
    trust = _trust(settings)
    at = (settings.smtp_host, settings.smtp_port)
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(*at, timeout=SECONDS, context=trust)
    else:
        server = smtplib.SMTP(*at, timeout=SECONDS)
    try:
        with _deadline(server, SECONDS * 3):
            if settings.smtp_security == "starttls":
                server.starttls(context=trust)
            yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """As AUTH PLAIN in UTF-8 (RFC 4616, 2), which smtplib would do in ASCII only; as whatever else there is without it.

    Raises SMTPException, UnicodeError.
    """
    server.ehlo_or_helo_if_needed()
    if "PLAIN" not in server.esmtp_features.get("auth", "").upper().split():
        server.login(user, password)
        return
    code, answer = server.docmd("AUTH", "PLAIN " + b64encode(f"\0{user}\0{password}".encode()).decode())
    if code not in (235, 503):  # 503: it knows us already
        raise smtplib.SMTPAuthenticationError(code, answer)


def _trust(settings: Settings) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if settings.smtp_ca_file:
        try:
            trust.load_verify_locations(settings.smtp_ca_file)
        except OSError as error:  # an ssl.SSLError is one too
            wanted = f"PEM: {_reason(error)}"
            raise InputError(
                WRONG, name="smtp_ca_file", seen=settings.smtp_ca_file, origin="lienthong.toml", wanted=wanted
            ) from error
    return trust


@contextmanager
def _deadline(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Hang up on a server whose answers drip in, none of them late, and take too long together."""
    spent = threading.Event()

    def hang_up() -> None:
        spent.set()
        with suppress(OSError, AttributeError):  # it may be closed by now
            server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        if spent.is_set():
            raise TimeoutError(f"> {seconds:g} s") from error
        raise
    finally:
        timer.cancel()


def _told(settings: Settings, to: str, error: Exception) -> LienThongError:
    """The error of ours that says what to do about it."""
    host, reason = settings.smtp_host, _reason(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return PeerError(messages.MAIL_CERTIFICATE, host=host, reason=error.verify_message or reason)
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in reason:
        return PeerError(messages.MAIL_NO_TLS, host=host, port=settings.smtp_port)
    if isinstance(error, smtplib.SMTPNotSupportedError) and "SMTPUTF8" in reason:  # RFC 6531, 3.5
        return PeerError(messages.MAIL_REFUSED, host=host, to=to, reason="no SMTPUTF8")
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError | UnicodeError):
        return PeerError(messages.MAIL_LOGIN, host=host, user=settings.smtp_user, reason=reason)
    away = smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPHeloError
    if isinstance(error, away) or not isinstance(error, smtplib.SMTPException | ValueError):
        return PeerError(messages.MAIL_AWAY, host=host, port=settings.smtp_port, reason=reason)
    return PeerError(messages.MAIL_REFUSED, host=host, to=to, reason=reason)


def _reason(error: Exception) -> str:
    """What the server or the line says, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text.decode('utf-8', 'replace')}" for code, text in error.recipients.values())[:300]
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return " ".join(f"{error.smtp_code} {said}".split())[:300]
    return " ".join(str(error).split())[:300] or type(error).__name__
