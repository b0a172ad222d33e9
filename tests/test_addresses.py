"""Which addresses may be called (`foundation.addresses`), when to call again (`foundation.pace`), secrets at rest."""

from __future__ import annotations

import ipaddress
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import addresses
from foundation.errors import InputError, RefusedError, StoreError
from foundation.limits import RETRY_SECONDS
from foundation.network import resolve
from foundation.pace import backoff, retry_after
from foundation.vault import Vault

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_refused(address: str) -> None:
    with pytest.raises(RefusedError) as caught:
        addresses.permitted("name.example", 80, [address], ())
    assert address in caught.value.text("en")


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.0.1", "2001:4860:4860::8888"])
def test_an_address_of_the_open_internet_may_be_called(address: str) -> None:
    assert addresses.permitted("name.example", 443, [address], ()) == [address]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"])
def test_other_spellings_of_loopback_are_the_address_they_mean(host: str) -> None:
    with pytest.raises(RefusedError):
        addresses.permitted(host, 80, resolve(host, 80), ())


def test_of_several_addresses_the_private_ones_are_left_out() -> None:
    assert addresses.permitted("x", 80, ["10.0.0.1", "8.8.8.8"], ()) == ["8.8.8.8"]


def test_an_allowed_network_may_be_called_on_any_port() -> None:
    allowed = addresses.networks(["10.1.0.0/16", " ::1 "])
    assert addresses.permitted("x", 81, ["10.1.2.3"], allowed) == ["10.1.2.3"]
    assert addresses.permitted("x", 81, ["::ffff:10.1.2.3"], allowed) == ["::ffff:10.1.2.3"]
    assert addresses.permitted("x", 81, ["::1"], allowed) == ["::1"]
    with pytest.raises(RefusedError):
        addresses.permitted("x", 81, ["10.2.2.3"], allowed)


@pytest.mark.parametrize("port", [22, 25, 110, 1023])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(RefusedError):
        addresses.permitted("x", port, ["8.8.8.8"], ())


def test_a_network_that_is_none_is_an_error() -> None:
    with pytest.raises(InputError):
        addresses.networks(["10.0.0.0/33"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://Thu-Vien.vn/oai", "http://thu-vien.vn/oai"),
        ("https://thuvien.vn:443", "https://thuvien.vn/"),
        ("http://thuvien.vn:8080/oai?verb=Identify", "http://thuvien.vn:8080/oai?verb=Identify"),
        ("http://thưviện.vn/", "http://xn--thvin-grb5423c.vn/"),
        ("http://[2001:db8::1]:81/a b".replace(" ", "%20"), "http://[2001:db8::1]:81/a%20b"),
        ("http://x.vn/đường?tên=bắc%20kạn", "http://x.vn/%C4%91%C6%B0%E1%BB%9Dng?t%C3%AAn=b%E1%BA%AFc%20k%E1%BA%A1n"),
    ],
)
def test_a_url_is_taken_apart(text: str, shown: str) -> None:
    assert str(addresses.url(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "", "thuvien.vn/oai", "ftp://x/", "file:///etc/passwd", "http://", "http://x:99999/", "http://[::1/",
        "http://user:secret@x/", "http://x/\r\nHost: y", "http://x/ y", "http://" + "a" * 5000, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_cannot_be_called_is_said(text: str) -> None:
    with pytest.raises(InputError) as caught:
        addresses.url(text)
    assert "secret" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_url_or_our_error(text: str) -> None:
    try:
        found = addresses.url("http://" + text)
    except InputError:
        return
    assert str(addresses.url(str(found))) == str(found)


@given(st.ip_addresses(v=6))
def test_an_address_inside_another_is_judged_too(address: ipaddress.IPv6Address) -> None:
    if address.ipv4_mapped is not None and not address.ipv4_mapped.is_global:
        assert not addresses.is_public(address)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("120", 120), ("0", 0), ("-5", 0), ("9" * 5000, RETRY_SECONDS),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30), ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ("Sun, 22 Nov 9999 09:00:00 GMT", RETRY_SECONDS), ("1.5", None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_and_dates_within_bounds(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 1795341600.0) == seconds


def test_waits_grow_differ_and_end() -> None:
    waits = [backoff(attempt, random.Random(attempt)) for attempt in range(1, 40)]
    assert all(1 <= wait <= RETRY_SECONDS for wait in waits)
    assert waits[6] > waits[0]
    assert backoff(3, random.Random(1)) != backoff(3, random.Random(2))


def test_a_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault.key")
    stored = vault.lock("mật khẩu", "source/1")
    assert "mật" not in stored
    assert Vault(tmp_path / "vault.key").unlock(stored, "source/1") == "mật khẩu"
    assert (tmp_path / "vault.key").stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError):
        vault.unlock(stored, "source/2")
    with pytest.raises(StoreError):
        Vault(tmp_path / "other.key").unlock(stored, "source/1")
    with pytest.raises(StoreError):
        vault.unlock("!", "source/1")
