"""The partners of a province that are not ours: each a foreign program that serves OAI-PMH over records we change."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from benchmarks.harvest import free_port, running
from oaipmh.quirks import Quirks
from tests.end_to_end.product import ROOT

NUMBERS = 200
"""Records that a partner may have; it begins with those below `FIRST`."""
FIRST = 120


class Partner(Protocol):
    """A foreign repository of records in Dublin Core, in a file below `folder`."""

    quirks: Quirks

    def there(self) -> bool:
        """Whether the foreign program is installed."""

    def serving(self, folder: Path) -> AbstractContextManager[int]:
        """Its port, while it runs."""

    def change(self, folder: Path, chance: random.Random) -> None:
        """One record is new, corrected or gone."""

    def holds(self, folder: Path) -> set[str]:
        """The identifiers of the records it has."""


class Oaipmh:
    """PyPI's oaipmh 4: without dates and without deletions."""

    quirks = Quirks(no_dates=True)
    _python = ROOT / ".peers" / "oaipmh" / "bin" / "python"

    def there(self) -> bool:
        return self._python.exists()

    @contextmanager
    def serving(self, folder: Path) -> Iterator[int]:
        path, port = folder / "oaipmh.sqlite", free_port()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE record (identifier TEXT, stamp INTEGER, fields TEXT)")
            rows = [(f"oai:peer:{number}", 1_700_000_000, _fields(f"Sách số {number}")) for number in range(FIRST)]
            connection.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
        with running([str(self._python), "tests/peers/serve_oaipmh.py", str(path), str(port), "25"], {}, port):
            yield port

    def change(self, folder: Path, chance: random.Random) -> None:
        name = f"oai:peer:{chance.randrange(NUMBERS)}"
        with closing(sqlite3.connect(folder / "oaipmh.sqlite", timeout=30)) as connection, connection:
            connection.execute("DELETE FROM record WHERE identifier = ?", (name,))
            if chance.random() < 0.7:
                row = (name, int(time.time()), _fields(f"Sách sửa {chance.randrange(1000)}"))
                connection.execute("INSERT INTO record VALUES (?, ?, ?)", row)

    def holds(self, folder: Path) -> set[str]:
        with closing(sqlite3.connect(folder / "oaipmh.sqlite")) as connection:
            return {str(name) for (name,) in connection.execute("SELECT identifier FROM record")}


class Catmandu:
    """Catmandu's provider in Perl: with dates, with deletions that last, and pages by offset."""

    quirks = Quirks()

    def there(self) -> bool:
        asked = ["perl", "-MDancer::Plugin::Catmandu::OAI", "-e", "1"]
        return (
            shutil.which("perl") is not None and not subprocess.run(asked, capture_output=True, check=False).returncode
        )

    @contextmanager
    def serving(self, folder: Path) -> Iterator[int]:
        self._write(folder, {str(number): self._record(number, "Sách số", number) for number in range(FIRST)})
        port = free_port()
        path = str(folder / "catmandu.json")
        with running(["perl", "tests/peers/serve_catmandu.pl", path, str(port), "17"], dict(os.environ), port):
            yield port

    def change(self, folder: Path, chance: random.Random) -> None:
        number, records = chance.randrange(NUMBERS), self._read(folder)
        if chance.random() < 0.7:
            records[str(number)] = self._record(number, "Sách sửa", chance.randrange(1000))
        elif str(number) in records:
            records[str(number)] = self._record(number, "Sách", number) | {"deleted": True}
        self._write(folder, records)

    def holds(self, folder: Path) -> set[str]:
        records = self._read(folder).values()
        return {f"oai:peer.example.org:{one['_id']}" for one in records if not one["deleted"]}

    @staticmethod
    def _record(number: int, title: str, count: int) -> dict[str, object]:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "_id": str(number),
            "datestamp": stamp,
            "deleted": False,
            "title": [f"{title} {count} & bạn"],
            "type": ["text"],
        }

    @staticmethod
    def _read(folder: Path) -> dict[str, dict[str, object]]:
        return {one["_id"]: one for one in json.loads((folder / "catmandu.json").read_bytes())}

    @staticmethod
    def _write(folder: Path, records: dict[str, dict[str, object]]) -> None:
        new = folder / "catmandu.new"
        new.write_text(json.dumps(list(records.values())))
        new.replace(folder / "catmandu.json")


PARTNERS: dict[str, Partner] = {"oaipmh4": Oaipmh(), "catmandu": Catmandu()}


def _fields(title: str) -> str:
    return json.dumps({"title": [title], "type": ["text"]})
