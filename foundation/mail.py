"""Mail out: one plain text to one address through the mail server of the settings.

The server is the operator's own choice, so it is not judged as addresses of others are (`foundation.addresses`).
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from foundation import messages
from foundation.errors import InputError, PeerError, RefusedError
from foundation.settings import WRONG, Settings

_SECONDS: Final = 30
_SECURITY: Final = ("starttls", "tls", "none")


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """Hand a mail to the mail server.

    Raises RefusedError when the settings name none, InputError when they are wrong, PeerError when it does not take
    the mail; trying again later may help then.
    """
    if not settings.smtp_host:
        raise RefusedError(messages.NO_MAIL)
    if settings.smtp_security not in _SECURITY:
        wanted = " | ".join(_SECURITY)
        raise InputError(
            WRONG, name="smtp_security", seen=settings.smtp_security, origin="lienthong.toml", wanted=wanted
        )
    sender = settings.smtp_from or settings.admin_email
    mail = EmailMessage()
    try:
        mail["From"], mail["To"] = sender, to
        mail["Subject"] = " ".join(subject.split())[:200]
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2] or "localhost")
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: nobody's holiday notice answers it
        mail.set_content(text)
        with _connected(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise PeerError(messages.MAIL_REFUSED, host=settings.smtp_host, to=to, reason=reason) from error


def _connected(settings: Settings) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=_SECONDS, context=trust)
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=trust)
        except BaseException:
            server.close()
            raise
    return server
