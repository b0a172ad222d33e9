"""`lienthong backup`, `restore` and the resting of sources, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli.main import app
from foundation.settings import Settings
from tests.catalogue.conftest import put, record


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIENTHONG_HOME", str(tmp_path / "home"))
    store = Store.open(Settings(home=tmp_path / "home"))
    libraries.add(store, Library("bk01", "Thư viện Pác Nặm"))
    put(store, record("1"), record("2"))
    store.close()
    return tmp_path


def test_a_backup_is_made_listed_read_through_and_put_back_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = json.loads(run("backup", "--to", str(home / "usb"), "--json").stdout)
    assert made["records"] == 2
    assert [one["name"] for one in json.loads(run("backup", "--to", str(home / "usb"), "--list", "--json").stdout)] == [
        made["name"]
    ]
    assert run("backup", "--verify", made["folder"]).exit_code == 0
    assert run("restore", made["folder"], "--verify").exit_code == 0
    monkeypatch.setenv("LIENTHONG_HOME", str(home / "moi"))
    assert json.loads(run("restore", made["folder"], "--json").stdout)["aside"] is None
    store = Store.open(Settings(home=home / "moi"))
    assert [one.records for one in libraries.all_libraries(store)] == [2]
    store.close()
    assert "restore" in run("user", "audit").stdout


def test_a_source_rests_wakes_is_removed_and_comes_back(home: Path) -> None:
    add = ["harvest", "add", "a", "--url", "https://x.vn/oai", "--library", "bk01", "--schedule", "hằng đêm"]
    assert run(*add).exit_code == 0
    states = [json.loads(run("harvest", word, "a", "--json").stdout)["state"] for word in ("rest", "wake", "remove")]
    assert states == ["paused", "", "removed"]
    assert json.loads(run("harvest", "list", "--json").stdout) == []
    assert json.loads(run("harvest", "restore", "a", "--json").stdout)["light"] == "resting"
