"""Settings as an operator writes them: what makes no sense is refused with its name, never taken in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.errors import InputError
from foundation.settings import Settings, load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("import_batch", "0"),
        ("page_records", "0"),
        ("workers", "-1"),
        ("port", "65536"),
        ("smtp_port", "0"),
        ("feed_hour", "25"),
        ("partner_page", "2"),
        ("digitised_percent", "101"),
        ("threads", "bốn"),
        ("only", "web z3951"),
        ("log_level", "loud"),
        ("smtp_security", "ssl"),
        ("base_url", "thuvien.example.vn"),
        ("no_such_thing", "1"),
    ],
)
def test_nonsense_is_refused_with_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=name):
        load({"LIENTHONG_HOME": str(tmp_path), f"LIENTHONG_{name.upper()}": value})


def test_what_makes_sense_is_taken(tmp_path: Path) -> None:
    told = {"FEED_HOUR": "24", "CLIENT_REQUESTS": "0", "LOG_LEVEL": "INFO", "ONLY": "web worker", "PORT": "0"}
    told["BASE_URL"] = "https://thuvien.example.vn/lt/"
    found = load({"LIENTHONG_HOME": str(tmp_path)} | {f"LIENTHONG_{name}": value for name, value in told.items()})
    assert (found.feed_hour, found.client_requests, found.log_level, found.only) == (24, 0, "info", ("web", "worker"))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("2001:db8::1", "http://[2001:db8::1]:8080"),
        ("may.example.vn", "http://may.example.vn:8080"),
    ],
)
def test_addresses_that_are_shown_can_be_called(host: str, url: str) -> None:
    settings = Settings(host=host)
    assert settings.public_url == settings.local_url == url
    assert Settings(host=host, base_url="https://x.vn/").public_url == "https://x.vn"


def test_a_settings_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"other\.toml"):
        load({"LIENTHONG_CONFIG": str(tmp_path / "other.toml")})
    assert load({"LIENTHONG_CONFIG": "", "LIENTHONG_HOME": str(tmp_path)}).port == 8080


def test_a_settings_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "lienthong.toml").write_text("port = 8081\n", encoding="utf-8-sig")
    assert load({"LIENTHONG_HOME": str(tmp_path)}).port == 8081
