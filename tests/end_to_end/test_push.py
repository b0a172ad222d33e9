"""A district sends its folder to a real server, over a line that breaks, with kills of its program; nothing is lost."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from marc import iso2709
from tests.end_to_end.conftest import made
from tests.end_to_end.product import COMMAND, ROOT, Product, wait_until
from tests.line import Line

NUMBERS = itertools.count(1)


class District:
    """The PC of a district library: a folder, a token, and where it keeps what it has sent."""

    def __init__(self, product: Product, code: str, place: Path) -> None:
        self._product, self.code = product, code
        self._pc = Product(place / "pc")
        if code != "bk01":
            product.run("library", "add", code, "--name", f"Thư viện {code}")
        token = product.json("token", "add", "--library", code)["token"]
        self.folder, self.state = place / "biểu ghi", place / "state"
        self.folder.mkdir()
        self.token = place / "khoa.txt"
        self.token.write_text(token + "\r\n", encoding="utf-8-sig")

    def command(self, url: str, *more: str) -> list[str]:
        ways = ["--to", url, "--token-file", str(self.token), "--state", str(self.state)]
        return [*COMMAND, "push", str(self.folder), *ways, *more]

    def push(self, url: str, *more: str, check: int | None = 0) -> str:
        done = self._pc.run(*self.command(url, *more)[len(COMMAND) :], check=check)
        return done.stdout + done.stderr

    def count(self) -> int:
        """How many records the server has of it."""
        listed = self._product.json("library", "list")
        return next(int(one["records"]) for one in listed if one["code"] == self.code)

    def imports(self) -> int:
        """How many times the server has imported from it."""
        return sum(one["library"] == self.code for one in self._product.json("import", "--list"))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The installation that districts of all tests send to, each under a code of its own."""
    return Product(tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="module")
def server(province: Product) -> Iterator[str]:
    with province.serving(feed_hour="24") as url:
        yield url


@pytest.fixture
def district(province: Product, tmp_path: Path) -> District:
    return District(province, f"h{next(NUMBERS)}", tmp_path)


def test_files_are_sent_once_and_again_when_they_change(district: District, server: str) -> None:
    (district.folder / "sach.mrc").write_bytes(b"".join(iso2709.write(made(number)) for number in range(50)))
    (district.folder / "sub").mkdir()
    (district.folder / "sub" / "thêm.mrc").write_bytes(iso2709.write(made(900)))
    (district.folder / "~$sach.xlsx").write_bytes(b"lock of an office program")
    (district.folder / "hỏng.mrc").write_bytes(b"\x7fELF" + bytes(3000))
    said = district.push(server, check=3)
    assert "sach.mrc: đã nhận 50 biểu ghi (mới 50)" in said
    assert "✗ hỏng.mrc: không nhận được" in said
    assert district.count() == 51
    assert "Không có gì mới để gửi" in district.push(server)
    (district.folder / "sach.mrc").write_bytes(iso2709.write(made(0, "Động Puông")))
    told = json.loads(district.push(server, "--json"))
    assert [(one["name"], one["counts"]["changed"]) for one in told] == [("sach.mrc", 1)]
    assert (district.count(), district.imports()) == (51, 4)


def test_losing_what_it_remembers_costs_no_second_import(district: District, server: str) -> None:
    (district.folder / "sach.mrc").write_bytes(iso2709.write(made(1)))
    first = json.loads(district.push(server, "--json"))
    for path in district.state.iterdir():
        path.unlink()
    again = json.loads(district.push(server, "--json"))
    assert again[0]["change_set"] == first[0]["change_set"]
    assert (again[0]["bytes_sent"], district.imports()) == (0, 1)


def test_a_token_that_was_revoked_is_told(province: Product, district: District, server: str) -> None:
    (district.folder / "sach.mrc").write_bytes(iso2709.write(made(1)))
    province.run("token", "revoke", "--library", district.code)
    assert "khoá không đúng" in district.push(server, check=1)
    assert district.count() == 0


def test_over_a_toxic_line_with_kills_every_record_arrives_once(district: District, server: str) -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=400)) for _ in range(1500)]
    data = b"".join(iso2709.write(made(number, text)) for number, text in enumerate(texts))
    (district.folder / "sach.mrc").write_bytes(data)
    line = Line(urlsplit(server).port or 0, 5, most=3_000)
    kills = 0
    try:
        for attempt in range(12):
            line.quiet = attempt > 5  # or it would be the waits between attempts that are tested
            process = subprocess.Popen(
                district.command(f"http://127.0.0.1:{line.port}", "--json"),
                cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            try:
                _, error = process.communicate(timeout=(2, 2.5, 3, 4, 6, 8)[attempt] if attempt < 6 else 40)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kills += 1
                continue
            assert process.returncode == 0, error.decode()
            break
    finally:
        line.close()
    assert district.count() == 1500
    assert district.imports() == 1
    assert kills + sum(number for kind, number in line.met.items() if kind != "clean") > 2, (kills, line.met)


def test_a_server_that_is_stopped_in_the_middle_goes_on_where_it_was(product: Product, tmp_path: Path) -> None:
    district = District(product, "bk01", tmp_path)
    data = b"".join(iso2709.write(made(number, os.urandom(150).hex())) for number in range(3000))
    (district.folder / "sach.mrc").write_bytes(data)
    with product.serving(feed_hour="24") as url:
        sender = subprocess.Popen(
            [*district.command(url, "--json")], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        parts = product.home / "push" / "bk01"
        wait_until(lambda: any(parts.glob("*.json")) or sender.poll() is not None)
    with product.serving(int(urlsplit(url).port or 0), feed_hour="24"):
        out, error = sender.communicate(timeout=90)
    assert sender.returncode == 0, error.decode()
    assert json.loads(out)[0]["counts"]["new"] == 3000
    assert district.count() == 3000


def test_two_senders_of_one_folder_do_not_meet(district: District, server: str) -> None:
    watching = subprocess.Popen(
        district.command(server, "--watch", "60"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )  # fmt: skip
    try:
        wait_until(lambda: any(district.state.glob("*.lock")))
        assert "đang chạy" in district.push(server, check=1)
    finally:
        watching.terminate()
        watching.communicate()
