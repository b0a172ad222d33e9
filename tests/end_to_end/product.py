"""`lienthong` as a process, with a home of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.store import Store
from foundation.settings import Settings
from tests import postgresql_stores
from tests.end_to_end.template import template

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "cli.main"]


@dataclass(frozen=True)
class Product:
    """One installation: its home and, if it is not SQLite, its database."""

    home: Path
    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIENTHONG_")}
        own = {"HOME": str(self.home), "DATABASE": self.database, "Z3950_PORT": "0"}
        return kept | {f"LIENTHONG_{name}": value for name, value in own.items()} | {"COLUMNS": "200"}

    def run(
        self, *arguments: str, stdin: bytes | None = None, check: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """One command; fails unless it ends with the exit code `check` (None: whatever it is)."""
        if hasattr(os, "fork"):
            code, said, wrong = template(ROOT).run(arguments, ROOT, self.environment, stdin)
        else:
            done = subprocess.run(
                [*COMMAND, *arguments], cwd=ROOT, env=self.environment, input=stdin, capture_output=True, check=False
            )
            code, said, wrong = done.returncode, done.stdout, done.stderr
        out, err = said.decode(), wrong.decode()
        assert check is None or code == check, f"exit {code}\n{out}\n{err}"
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(arguments, code, out, err)

    def json(self, *arguments: str, check: int | None = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", check=check).stdout)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command in the background."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe
        )

    def store(self) -> Store:
        return Store.open(Settings(home=self.home, database=self.database))

    @contextmanager
    def serving(self, port: int = 0, **settings: str) -> Iterator[str]:
        """The address of a running server whose union has caught up, without a slash at its end."""
        port = port or free_port()
        settings = {"z3950_workers": "0"} | settings
        environment = self.environment | {f"LIENTHONG_{name.upper()}": value for name, value in settings.items()}
        log = (self.home / "serve.log").open("wb")
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline().decode()
            assert line == f"ready http://127.0.0.1:{port}/\n", (self.home / "serve.log").read_text()
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: united(address), 120)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)
            process.stdout.close()
            log.close()


@contextmanager
def database_of(request: pytest.FixtureRequest) -> Iterator[str]:
    """For the parameter `postgresql` the URL of a database that no other test has; for `sqlite` an empty text."""
    if request.param == "postgresql":
        with postgresql_stores.database(request.getfixturevalue("postgresql_url")) as url:
            yield url
    else:
        yield ""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        body: bytes = answer.read()
        return body


def united(address: str) -> bool:
    """Whether the union has looked at everything that is published."""
    return b"union: 0 changes" in get(f"{address}/readyz")


def wait_until(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
