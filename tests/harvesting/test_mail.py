"""Mail, through a real mail server with TLS and logins, and through ones that fail."""

from __future__ import annotations

import socket
import ssl
import threading
import time as clock
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogue import alarms as kept
from catalogue.store import Store
from foundation import mail, messages
from foundation.errors import InputError, LienThongError, PeerError
from foundation.settings import Settings
from harvesting import alarms
from tests.catalogue.conftest import Time
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import Repository
from tests.harvesting.test_alarms import hold
from tests.mail_place import PASSWORD, USER, MailPlace, mail_place

Place = Callable[..., tuple[MailPlace, Settings]]


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are judged as Python 3.13 does, in every version."""
    usual = ssl.create_default_context

    def judging() -> ssl.SSLContext:
        context = usual()
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", judging)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A mail server, and settings that reach it and trust its authority."""
    with ExitStack() as stack:

        def begin(secured: str, name: str = "127.0.0.1", **more: Any) -> tuple[MailPlace, Settings]:
            made = stack.enter_context(mail_place(tmp_path, secured, name))
            values: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": made.port, "smtp_security": secured}
            values |= {"smtp_ca_file": str(tmp_path / "ca.pem"), "smtp_from": "lt@x.vn", "home": tmp_path / "home"}
            return made, Settings(**(values | more))

        yield begin


def said(settings: Settings, to: str = "a@x.vn") -> str:
    """The code of the error that sending ends in."""
    with pytest.raises(PeerError) as caught:
        mail.send(settings, to, "s", "t")
    assert caught.value.text("vi") != caught.value.text("en")
    return caught.value.problem.code


@pytest.mark.parametrize("secured", ["starttls", "tls"])
def test_mail_goes_over_tls_with_a_login(place: Place, secured: str) -> None:
    office, settings = place(secured, smtp_user=USER, smtp_password=PASSWORD)
    mail.send(settings, "a@x.vn", "Cảnh báo", "Kính gửi thư viện")
    [made] = office.mails
    assert (office.recipients, office.logins, made["Auto-Submitted"]) == (["a@x.vn"], 1, "auto-generated")
    assert "Kính gửi thư viện" in bytes(made.get_payload(decode=True)).decode()


@pytest.mark.parametrize("secured", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_gets_nothing(place: Place, secured: str) -> None:
    office, settings = place(secured, smtp_user=USER, smtp_password=PASSWORD, smtp_ca_file="")
    assert said(settings) == messages.MAIL_CERTIFICATE.code
    assert (office.logins, office.mails) == (0, [])


def test_a_certificate_of_another_name_gets_nothing(place: Place) -> None:
    office, settings = place("starttls", name="khac.example.vn", smtp_user=USER, smtp_password=PASSWORD)
    assert said(settings) == messages.MAIL_CERTIFICATE.code
    assert office.logins == 0


def test_an_address_that_the_server_cannot_take_is_told_as_such(place: Place) -> None:
    office, settings = place("starttls", smtp_user=USER, smtp_password=PASSWORD)
    assert said(settings, "lan.nguyễn@x.vn") == messages.MAIL_REFUSED.code  # it offers no SMTPUTF8
    mail.send(settings, "lan@thưviện.vn", "s", "t")
    assert office.recipients == ["lan@" + "thưviện.vn".encode("idna").decode()]


@pytest.mark.parametrize(
    "to", ["", "a@", "@b", "a@b,c@d", 'a" <b@c', "a@[", '"', "a@.b", "<a@b>", "\udc00@x.vn", "a b@c"]
)
def test_what_is_no_address_is_told_and_nothing_is_sent(place: Place, to: str) -> None:
    office, settings = place("none")
    assert said(settings, to) == messages.MAIL_REFUSED.code
    with pytest.raises(InputError, match="smtp_from"):
        mail.send(replace(settings, smtp_from=to, admin_email=to), "a@x.vn", "s", "t")
    assert office.mails == []


def test_a_server_without_starttls_gets_nothing_where_it_is_wanted(place: Place) -> None:
    office, settings = place("none", smtp_user=USER, smtp_password=PASSWORD)
    assert said(replace(settings, smtp_security="starttls")) == messages.MAIL_NO_TLS.code
    assert (office.logins, office.mails) == (0, [])


def test_a_wrong_password_is_told_as_that(place: Place) -> None:
    office, settings = place("tls", smtp_user=USER, smtp_password="sai")
    assert said(settings) == messages.MAIL_LOGIN.code
    assert office.mails == []


def test_a_refused_recipient_is_told_in_the_server_s_words(place: Place) -> None:
    office, settings = place("starttls")
    office.refuses = "550 5.1.1 no such mailbox"
    with pytest.raises(PeerError) as caught:
        mail.send(settings, "khong-co@x.vn", "s", "t")
    assert caught.value.problem.code == messages.MAIL_REFUSED.code
    assert "550 5.1.1 no such mailbox" in caught.value.text("vi")


def test_a_server_that_hangs_is_left(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    office, settings = place("starttls")
    office.hangs = True
    assert said(settings) == messages.MAIL_AWAY.code


def test_a_server_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 x\r\n")
                try:
                    while True:
                        connection.sendall(b"2")
                        clock.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        port = listener.getsockname()[1]
        settings = Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="starttls")
        began = clock.monotonic()
        assert said(settings) == messages.MAIL_AWAY.code
        assert clock.monotonic() - began < 5


def test_a_file_that_holds_no_certificates_is_a_wrong_setting(place: Place, tmp_path: Path) -> None:
    (tmp_path / "rac.pem").write_text("rác")
    _, settings = place("tls")
    for wrong in ("rac.pem", "khong-co.pem"):
        with pytest.raises(InputError) as caught:
            mail.send(replace(settings, smtp_ca_file=str(tmp_path / wrong)), "a@x.vn", "s", "t")
        assert "smtp_ca_file" in caught.value.text("vi")


def test_what_goes_wrong_behind_the_yes_to_a_mail_does_not_send_it_twice(place: Place) -> None:
    office, settings = place("starttls")
    office.bad_farewell = True
    mail.send(settings, "a@x.vn", "s", "t")
    assert len(office.mails) == 1


# --- alarms over it -----------------------------------------------------------------------------------------


def test_mail_nobody_knows_the_fate_of_is_sent_again_as_the_same(
    place: Place, harvester: Harvester, repository: Repository, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, settings = place("starttls")
    harvester.change(notify=("tinh@x.vn",))
    hold(harvester, repository)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "SECONDS", 0.3)
        office.hangs = True
        alarms.watch(store, settings)
    assert kept.standing(store)[0].told == ()
    office.hangs = False
    for _ in range(3):
        alarms.watch(store, settings)
    assert len(office.mails) == 2
    assert len({one["Message-ID"] for one in office.mails}) == 1
    assert kept.standing(store)[0].told == ("tinh@x.vn",)


def test_a_server_that_is_away_is_asked_once_for_all_and_an_address_turned_down_less_and_less(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings, time: Time
) -> None:
    harvester.change(notify=("a@x.vn", "b@x.vn"))
    hold(harvester, repository)
    asked: list[str] = []
    error: list[LienThongError] = [PeerError(messages.MAIL_AWAY, host="x", port=25, reason="-")]

    def teller(who: str, one: Any, over: bool) -> None:
        asked.append(who)
        raise error[0]

    alarms.watch(store, settings, teller)
    assert asked == ["a@x.vn"]
    error[0] = PeerError(messages.MAIL_REFUSED, host="x", to="-", reason="550")
    for _ in range(5):
        alarms.watch(store, settings, teller)
    assert asked[1:] == ["a@x.vn", "b@x.vn"] * 2
    asked.clear()
    time.pass_(121)
    for _ in range(5):
        alarms.watch(store, settings, teller)
    assert asked == ["a@x.vn", "b@x.vn"]
