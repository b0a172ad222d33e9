"""The processes of a server: what is killed comes again, and what is left alone leaves."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.product import COMMAND, ROOT, Product, free_port, get, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


class Running:
    """A server, and the processes that descend from it."""

    def __init__(self, product: Product) -> None:
        self.port = free_port()
        command = [*COMMAND, "serve", "--port", str(self.port)]
        environment = product.environment | {"LIENTHONG_LEAVE_SECONDS": "1"}
        self.log = product.home / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"ready http://127.0.0.1:{self.port}/\n".encode()

    def answers(self) -> bool:
        try:
            return get(f"http://127.0.0.1:{self.port}/healthz") == b"ok\n"
        except OSError:
            return False

    def web(self) -> list[int]:
        """The processes that have the port open."""
        wanted = f":{self.port:04X} "
        rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        sockets = {f"socket:[{row.split()[9]}]" for row in rows if wanted in row and row.split()[3] == "0A"}
        return [number for number in self.all() if sockets & set(_open(number))]

    def all(self) -> list[int]:
        """Everything below the server and the process it copies, in the order of their start."""
        above, found = {self.process.pid}, []
        rows = sorted((int(path.name), _parent(path)) for path in Path("/proc").iterdir() if path.name.isdigit())
        for number, parent in rows:
            if parent in above:
                above.add(number)
                found.append(number)
        return found

    def named(self, words: str) -> list[int]:
        return [number for number in self.all() if words in _command(number)]


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(number: int) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _open(number: int) -> list[str]:
    try:
        return [os.readlink(link) for link in Path(f"/proc/{number}/fd").iterdir()]
    except OSError:
        return []


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def running(product: Product) -> Iterator[Running]:
    started = Running(product)
    yield started
    started.process.terminate()
    started.process.communicate(timeout=30)


def test_a_server_outlives_the_process_it_copies_and_nothing_outlives_the_server(running: Running) -> None:
    # That process also tells when the others die: without it the living look dead, and are replaced.
    copied, before = running.named("forkserver"), running.all()
    serving = running.web()
    os.kill(copied[0], signal.SIGKILL)
    wait_until(lambda: not any(map(alive, [*copied, *serving])), 60)
    wait_until(running.answers, 60)
    wait_until(lambda: sum(map(alive, before)) <= 1, 60)  # the one that watches what is shared stays

    others = running.all()
    running.process.kill()
    wait_until(lambda: not any(map(alive, others)), 60)
    assert not running.answers()
