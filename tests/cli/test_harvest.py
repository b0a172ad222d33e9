"""`lienthong harvest` as a person uses it: one server harvests another, through the real commands."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh
import pytest

from catalogue import runs
from marc import iso2709
from tests.end_to_end.conftest import made
from tests.end_to_end.product import COMMAND, ROOT, Product, get, wait_until
from tests.harvesting.repository import Repository, serving
from tests.harvesting.test_course import fill
from tests.harvesting.test_desk import breaking
from tests.sftp_place import USER, sftp_place


@pytest.fixture
def product(tmp_path: Path) -> Product:
    installed = Product(tmp_path / "tinh")
    installed.run("library", "add", "ba-be", "--name", "Thư viện Ba Bể")
    return installed


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, str]]:
    """Another installation with 30 records, served in pages of ten."""
    folder = tmp_path_factory.mktemp("huyen")
    installed = Product(folder / "home")
    installed.run("library", "add", "ba-be", "--name", "Thư viện Ba Bể")
    (folder / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(30)))
    installed.run("import", str(folder / "sach.mrc"), "--library", "ba-be")
    with installed.serving(page_records="10") as address:
        yield installed, address


def test_a_watched_folder(product: Product, tmp_path: Path) -> None:
    watched = tmp_path / "hàng ngày"
    watched.mkdir()
    (watched / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(5)))
    product.run("harvest", "add", "thu-muc", "--folder", str(watched), "--library", "ba-be", "--complete")
    assert product.json("harvest", "run", "thu-muc")["counts"]["new"] == 5
    (watched / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(1, 5)))
    assert product.json("harvest", "run", "thu-muc")["counts"]["deleted"] == 1
    assert titles(product) == 4


def test_a_folder_over_sftp_from_trial_to_run(product: Product, tmp_path: Path) -> None:
    (tmp_path / "kho").mkdir()
    (tmp_path / "kho" / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(5)))
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "khoa").write_bytes(key.export_private_key())
    with sftp_place() as server:
        server.users_key = key.convert_to_public()
        url = server.url(tmp_path / "kho")
        first = product.json("harvest", "try", url, "--allow-private", check=1)
        shown = first["settings"]["host_key"]
        assert (shown, shown in first["command"]) == (server.pin, True)
        login = ("--user", USER, "--key-file", str(tmp_path / "khoa"), "--host-key", shown, "--allow-private")
        assert product.json("harvest", "try", url, *login)["total"] == 5
        product.run("harvest", "add", "kho", "--url", url, "--sftp", "--library", "ba-be", *login)
        assert "BEGIN" not in product.run("harvest", "status", "kho", "--json").stdout
        assert product.json("harvest", "run", "kho")["counts"]["new"] == 5
    assert titles(product) == 5


def test_a_file_at_an_address(product: Product, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(3)))
    with files(tmp_path / "web") as address:
        place = ("--url", f"{address}/sach.mrc", "--file", "--allow-private")
        product.run("harvest", "add", "trang-web", "--library", "ba-be", *place)
        assert product.json("harvest", "run", "trang-web")["counts"]["new"] == 3
        assert product.json("harvest", "run", "trang-web")["counts"].get("new", 0) == 0
    assert titles(product) == 3


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 2),
        (("--url", "http://x.vn/oai", "--folder", "/srv"), 2),
        (("--file", "--folder", "/srv"), 2),
        (("--folder", "tại đây"), 1),
    ],
)
def test_a_source_is_at_one_place(product: Product, options: tuple[str, ...], status: int) -> None:
    product.run("harvest", "add", "a", "--library", "ba-be", *options, check=status)
    assert product.json("harvest", "list") == []


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """The address of a web server that gives the files of `folder`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def titles(product: Product) -> int:
    return int(product.json("library", "list")[0]["records"])


def test_from_trial_to_undo(product: Product, district: tuple[Product, str], tmp_path: Path) -> None:
    installed, address = district
    tried = product.json("harvest", "try", f"{address}/record/x?verb=Identify", "--allow-private", "--library", "ba-be")
    assert (tried["works"], tried["url"], tried["total"]) == (True, f"{address}/oai", 30)
    assert product.json("harvest", "list") == []
    command = tried["command"].split(" --schedule")[0].split()[1:]
    product.run(*command, "--schedule", "hằng đêm 02:00")
    name = command[2]

    first = product.json("harvest", "run", name)
    assert (first["state"], first["kind"], first["counts"]["new"], first["received"]) == ("done", "full", 30, 30)
    assert titles(product) == 30

    (tmp_path / "moi.mrc").write_bytes(b"".join(iso2709.write(made(number, "Chợ Đồn")) for number in (3, 100)))
    installed.run("import", str(tmp_path / "moi.mrc"), "--library", "ba-be")
    second = product.json("harvest", "run", name)
    assert (second["kind"], second["counts"]["new"], second["counts"]["changed"]) == ("new", 1, 1)
    shown = product.run("harvest", "status", name).stdout
    assert "nhận 30, mới 30" in shown
    assert "Lần tới" in shown

    product.run("harvest", "undo", str(second["run"]))
    assert titles(product) == 30
    product.run("harvest", "undo", str(second["run"]), check=1)


def test_a_running_server_harvests_what_it_is_asked_to(product: Product, district: tuple[Product, str]) -> None:
    _, address = district
    product.run("harvest", "add", "huyen", "--url", f"{address}/oai/ba-be", "--library", "ba-be", "--allow-private")
    with product.serving() as mine:
        product.run("harvest", "run", "huyen", "--background")
        wait_until(lambda: b"<identifier>" in get(f"{mine}/oai?verb=ListIdentifiers&metadataPrefix=marcxml"))
    assert titles(product) >= 30


def test_what_is_wrong_is_refused_before_anything_is_stored(product: Product) -> None:
    for words in (
        ("--schedule", "thỉnh thoảng"), ("--quirk", "mau=xanh"), ("--notify", "khong phai"), ("--allow", "mang"),
        ("--hours", "9"),
    ):  # fmt: skip
        done = product.run("harvest", "add", "x", "--url", "http://x.vn/oai", "--library", "ba-be", *words, check=1)
        assert "✗" in done.stderr
    product.run("harvest", "add", "x", "--url", "http://x.vn/oai", check=2)
    assert "union" not in product.run("harvest", "run", "x", check=1).stderr
    assert product.json("harvest", "list") == []
    assert "lienthong harvest try" in product.run("harvest", "list").stdout


def test_a_password_comes_from_standard_input_and_is_never_shown(product: Product) -> None:
    arguments = ("harvest", "add", "kin", "--url", "https://x.vn/oai", "--library", "ba-be", "--user", "u")
    product.run(*arguments, "--password-stdin", stdin="mật khẩu\n".encode())
    shown = product.json("harvest", "status", "kin")
    assert shown["has_password"] is True
    assert "mật khẩu" not in json.dumps(shown, ensure_ascii=False)
    product.run("harvest", "change", "kin", "--schedule", "mỗi 6 giờ", "--quirk", "days=true", "--notify", "a@x.vn")
    changed = product.json("harvest", "change", "kin", "--notify", "", "--quirk", "post")
    assert changed["settings"]["quirks"] == {"days": True, "post": True}
    assert (changed["settings"]["schedule"], "notify" in changed["settings"]) == ("mỗi 6 giờ", False)
    assert changed["has_password"] is True


def test_refused_records_end_in_code_3_a_folder_a_letter_and_a_second_reading(product: Product, tmp_path: Path) -> None:
    repository = Repository()
    fill(repository)
    breaking(repository)
    with serving(repository) as wire:
        product.run("harvest", "add", "cu", "--url", f"{wire.url}/oai", "--library", "ba-be", "--allow-private")
        done = product.json("harvest", "run", "cu", check=3)
    number = str(done["run"])
    [entry] = product.json("harvest", "quarantine", number)
    assert entry["identifier"] == "oai:x.vn:001"
    product.run("harvest", "quarantine", number, "--export", str(tmp_path / "ra"))
    [piece] = (tmp_path / "ra").glob("*.xml")
    assert b"<b>" in piece.read_bytes()
    assert "oai:x.vn:001" in (tmp_path / "ra" / "danh-sach.csv").read_text(encoding="utf-8-sig")
    letter = product.run("harvest", "quarantine", number, "--letter", "vi").stdout
    assert letter.startswith("Kính gửi")
    assert "oai:x.vn:001" in letter
    assert product.json("harvest", "retry", number, "--dry-run")[0]["outcome"] == "proposed"
    product.run("harvest", "retry", number, check=3)
    product.run("harvest", "retry", number, "--repair")
    assert titles(product) == 8
    assert "không còn gì bị cách ly" in product.run("harvest", "quarantine", number, "--letter", "vi").stdout


def test_the_brake_is_released_or_the_run_dropped(product: Product) -> None:
    repository = Repository()
    fill(repository, 40)
    with serving(repository) as wire:
        product.run("harvest", "add", "p", "--url", f"{wire.url}/oai", "--library", "ba-be", "--allow-private")
        product.run("harvest", "run", "p")
        repository.now += 1000
        for number in range(30):
            repository.drop(f"oai:x.vn:{number:03}")
        held = product.json("harvest", "run", "p", check=1)
        assert (held["state"], titles(product)) == ("waiting", 40)
        product.run("harvest", "stop", str(held["run"]))
        again = product.json("harvest", "run", "p", check=1)
        product.run("harvest", "release", str(again["run"]))
    assert titles(product) == 10


def read_all(terminal: int, shown: list[bytes]) -> None:
    with suppress(OSError):  # how a terminal ends whose other side is closed
        while data := os.read(terminal, 65536):
            shown.append(data)


def test_control_c_lets_a_run_rest_and_resume_goes_on(product: Product) -> None:
    repository = Repository(page=2)
    fill(repository, 40)
    repository.trouble = lambda here, asked: time.sleep(0.15)
    with serving(repository) as wire:
        product.run("harvest", "add", "c", "--url", f"{wire.url}/oai", "--library", "ba-be", "--allow-private")
        leader, follower = pty.openpty()
        running = subprocess.Popen(
            [*COMMAND, "harvest", "run", "c"], cwd=ROOT, env=product.environment | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=follower,
        )  # fmt: skip
        os.close(follower)
        shown: list[bytes] = []
        reader = threading.Thread(target=read_all, args=(leader, shown), daemon=True)
        reader.start()
        store = product.store()
        wait_until(lambda: bool(runs.latest(store)) and runs.latest(store)[0].counts.get("read", 0) > 3)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=30)
        assert running.returncode == 1
        assert "tạm dừng" in out.decode()
        reader.join(10)
        os.close(leader)
        assert b"/s" in b"".join(shown)  # progress with its rate
        paused = runs.latest(store)[0]
        assert (paused.state, titles(product)) == (runs.PAUSED, 0)
        repository.trouble = lambda here, asked: None
        product.run("harvest", "resume", str(paused.number))
        assert (runs.latest(store)[0].number, titles(product)) == (paused.number, 40)
        store.close()
