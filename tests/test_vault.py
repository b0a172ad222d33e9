"""The key of secrets: one for all who come first, wherever it lies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from foundation.errors import StoreError
from foundation.vault import Vault

_LOCK = "import sys; from pathlib import Path; from foundation.vault import Vault; "
_LOCK += "sys.stdin.read(); print(Vault(Path(sys.argv[1])).lock('mật khẩu', 'nguồn'))"


def locked_at_once(path: Path, many: int) -> list[str]:
    """What as many threads as that have locked, all of them the first."""
    begin, found = threading.Barrier(many), []

    def lock() -> None:
        begin.wait()
        found.append(Vault(path).lock("mật khẩu", "nguồn"))

    threads = [threading.Thread(target=lock) for _ in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


@pytest.mark.parametrize("links", [True, False])
def test_all_who_come_first_have_one_key(tmp_path: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:

        def none(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", none)
    for turn in range(20):
        path = tmp_path / str(turn) / "vault.key"
        found = locked_at_once(path, 8)
        assert [Vault(path).unlock(one, "nguồn") for one in found] == ["mật khẩu"] * 8
        assert [one.name for one in path.parent.iterdir()] == ["vault.key"]


def test_all_first_processes_have_one_key(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "vault.key"
    command = [sys.executable, "-c", _LOCK, str(path)]
    all_ = [subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)]
    for one in all_:
        assert one.stdin is not None
        one.stdin.close()
    for one in all_:
        assert one.stdout is not None
        assert Vault(path).unlock(one.stdout.read().decode().strip(), "nguồn") == "mật khẩu"
        one.stdout.close()
        assert one.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    Vault(tmp_path / "vault.key").lock("a", "b")
    assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foundation.vault._TRIES", 1)
    (tmp_path / "vault.key").write_bytes(b"short")
    with pytest.raises(StoreError, match=r"vault\.key"):
        Vault(tmp_path / "vault.key").lock("a", "b")
