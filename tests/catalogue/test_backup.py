"""A backup is one moment of a store that goes on, proves that it is whole, and comes back as it was."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue import backup, libraries
from catalogue.libraries import Library
from catalogue.locks import hold_file
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation.errors import InputError, LienThongError, RefusedError, StoreError
from foundation.settings import Settings
from tests.catalogue.conftest import Time, put, record


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def store(settings: Settings, time: Time) -> Iterator[Store]:
    made = Store.open(settings, time)
    libraries.add(made, Library("bk01", "Thư viện Pác Nặm"))
    (settings.home / "vault.key").write_text("khoá", encoding="utf-8")
    yield made
    made.close()


def shown(settings: Settings) -> int:
    opened = Store.open(settings)
    try:
        return sum(one.records for one in libraries.all_libraries(opened))
    finally:
        opened.close()


def test_what_was_there_comes_back_and_what_replaced_it_lies_aside(store: Store, settings: Settings) -> None:
    put(store, record("1"), record("2"))
    folder, made = backup.make(store, settings)
    assert (made.records, [*made.files]) == (2, ["lienthong.sqlite", "vault.key"])
    put(store, record("3"))
    (settings.home / "vault.key").write_text("khác", encoding="utf-8")
    store.close()
    found, aside = backup.restore(settings, folder)
    assert found == made
    assert shown(settings) == 2
    assert (settings.home / "vault.key").read_text(encoding="utf-8") == "khoá"
    assert aside is not None
    assert shown(Settings(home=aside)) == 3


def test_others_write_on_while_it_is_made_and_the_copy_is_of_one_moment(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *(record(str(number)) for number in range(50)))
    monkeypatch.setattr(backup, "_PAGES", 1)
    told: list[int] = []

    def progress(done: int, every: int) -> None:
        if done == 2:
            writer = threading.Thread(target=put, args=(store, record("later")))
            writer.start()
            writer.join(20)
            assert not writer.is_alive()
        told.append(done)

    _, made = backup.make(store, settings, progress=progress)
    assert made.records == 50
    assert told == sorted(told)  # never begun anew


@pytest.mark.parametrize("name", ["lienthong.sqlite", "vault.key", "backup.json"])
def test_a_changed_or_missing_file_is_found_and_nothing_is_put_back(
    store: Store, settings: Settings, name: str
) -> None:
    put(store, record("1"))
    folder, _ = backup.make(store, settings)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data[:-1] if name == "backup.json" else data)
    put(store, record("2"))
    for act in (backup.verify, lambda one: backup.restore(settings, one)):
        with pytest.raises(InputError):
            act(folder)
    assert shown(settings) == 2


def test_a_list_that_leads_out_of_its_folder_is_none(store: Store, settings: Settings) -> None:
    folder, _ = backup.make(store, settings)
    text = (folder / "backup.json").read_text(encoding="utf-8")
    (folder / "backup.json").write_text(text.replace('"vault.key"', '"../vault.key"'), encoding="utf-8")
    with pytest.raises(InputError):
        backup.verify(folder)


def test_nothing_is_restored_under_a_server_that_runs(store: Store, settings: Settings) -> None:
    folder, _ = backup.make(store, settings)
    with hold_file(settings.home / "index", "writer", 0) as running:
        assert running
        with pytest.raises(RefusedError) as told:
            backup.restore(settings, folder)
    assert told.value.problem.code == "restore.running"


def test_nothing_is_restored_under_a_command_that_has_the_store_open_in_another_process(
    store: Store, settings: Settings, root: Path
) -> None:
    folder, _ = backup.make(store, settings)
    put(store, record("1"))
    store.close()
    program = "import sys; from cli.terminal import opened\nwith opened(): print('open', flush=True); sys.stdin.read()"
    environment = {**os.environ, "LIENTHONG_HOME": str(settings.home)}
    command = [sys.executable, "-c", program]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, env=environment, stdin=pipe, stdout=pipe, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(RefusedError) as told:
            backup.restore(settings, folder)
        writer.stdin.close()
    assert told.value.problem.code == "restore.busy"
    assert shown(settings) == 1
    backup.restore(settings, folder)
    assert shown(settings) == 0


def test_no_store_is_opened_while_a_backup_is_put_back(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = backup.make(store, settings)
    store.close()
    monkeypatch.setattr("catalogue.store._RESTORE_SECONDS", 0.1)
    told: list[str] = []
    copy = backup._copy_file

    def meanwhile(source: Path, target: Path) -> None:
        with pytest.raises(RefusedError) as refused:
            Store.open(settings)
        told.append(refused.value.problem.code)
        copy(source, target)

    monkeypatch.setattr(backup, "_copy_file", meanwhile)
    backup.restore(settings, folder)
    assert set(told) == {"restore.under_way"}
    Store.open(settings).close()


def test_a_copy_that_fails_leaves_nothing(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.shutil, "copyfile", full)
    with pytest.raises(LienThongError):
        backup.make(store, settings)
    assert [*backup.place(settings).iterdir()] == []


def sent(settings: Settings, state: str) -> Path:
    """A file that a library has sent; returns where its bytes lie."""
    known = settings.home / "push" / "bk01" / f"{'a' * 32}.json"
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(state, encoding="utf-8")
    known.with_suffix(".part").write_bytes(b"bytes")
    return known.with_suffix(".part")


def test_a_file_that_is_taken_in_while_it_is_made_is_in_the_inbox_or_in_the_database(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, copy = sent(settings, "taking"), backup._copy

    def taken_in(*told: Any) -> None:
        part.with_suffix(".json").write_text("taken", encoding="utf-8")
        part.unlink()
        put(store, record("1"))
        copy(*told)

    monkeypatch.setattr(backup, "_copy", taken_in)
    folder, made = backup.make(store, settings)
    assert made.records == 1
    assert (folder / part.relative_to(settings.home)).read_bytes() == b"bytes"


def test_a_file_that_goes_away_while_it_is_copied_is_known_as_taken_in(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, copy = sent(settings, "taking"), backup._copy_file

    def late(source: Path, target: Path) -> None:
        if source == part:
            part.with_suffix(".json").write_text("taken", encoding="utf-8")
            part.unlink()
        copy(source, target)

    monkeypatch.setattr(backup, "_copy_file", late)
    folder, _ = backup.make(store, settings)
    found = folder / part.relative_to(settings.home)
    assert not found.exists()
    assert found.with_suffix(".json").read_text(encoding="utf-8") == "taken"


def test_a_file_of_the_import_page_comes_back(store: Store, settings: Settings) -> None:
    files = Uploads(store, settings.home)
    one = files.receive("bk01", "a.csv", io.BytesIO(b"x"), "lan")
    folder, _ = backup.make(store, settings)
    files.drop(one.number)
    store.close()
    backup.restore(settings, folder)
    assert files.path(one).read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_the_key_is_its_owners_alone_wherever_it_lies(store: Store, settings: Settings) -> None:
    folder, _ = backup.make(store, settings)
    (folder / "vault.key").chmod(0o644)  # as from a medium that keeps no modes
    store.close()
    backup.restore(settings, folder)
    assert (settings.home / "vault.key").stat().st_mode & 0o777 == 0o600


def test_a_restore_that_cannot_be_finished_leaves_the_store_in_its_place(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = backup.make(store, settings)
    put(store, record("1"))
    store.close()
    copy = backup._copy_file

    def full(source: Path, target: Path) -> None:
        if source.name == "vault.key":
            raise OSError(28, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(backup, "_copy_file", full)
    with pytest.raises(StoreError):
        backup.restore(settings, folder)
    assert shown(settings) == 1
    assert not [*settings.home.glob("*restore*")]


def test_what_a_killed_backup_left_is_cleared_and_nothing_else(store: Store, settings: Settings) -> None:
    place = backup.place(settings)
    for name in ("20200101T000000Z.part", "mine.part"):
        (place / name).mkdir(parents=True)
    _, made = backup.make(store, settings)
    assert {one.name for one in place.iterdir()} == {made.name, "mine.part"}


def test_the_newest_are_kept(store: Store, settings: Settings, time: Time) -> None:
    names = []
    for _ in range(4):
        names.append(backup.make(store, settings)[1].name)
        time.pass_(60)
    assert backup.thin(backup.place(settings), 2) == names[1::-1]
    assert [one.name for one in backup.kept(backup.place(settings))] == names[:1:-1]


def test_backups_of_one_second_lie_beside_each_other_the_newest_first(store: Store, settings: Settings) -> None:
    names = [backup.make(store, settings)[1].name for _ in range(3)]
    assert [one.name for one in backup.kept(backup.place(settings))] == names[::-1]
    assert [backup.verify(backup.place(settings) / name).name for name in names] == names
    assert backup.thin(backup.place(settings), 1) == names[1::-1]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks Linux which file a number is")
def test_a_backup_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_counts(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(settings, "taking")
    synced, really = [], os.fsync

    def fsync(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink())
        really(number)

    monkeypatch.setattr(os, "fsync", fsync)
    folder, made = backup.make(store, settings)
    part = folder.with_name(f"{folder.name}.part")
    every = {part / one for one in (*made.files, "backup.json", "push", "push/bk01")} | {part}
    assert every <= set(synced)
    assert synced[-1] == folder.parent


def test_postgresql_is_told_its_own_tools(store: Store) -> None:
    with pytest.raises(RefusedError) as told:
        backup.make(store, Settings(home=Path("x"), database="postgresql+psycopg://h/n"))
    assert "pg_dump" in told.value.text("vi")
