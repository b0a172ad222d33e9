"""A PostgreSQL cluster to throw away: started in a temporary folder on a free port, gone afterwards.

As a program it runs a command with the cluster's address in LIENTHONG_TEST_POSTGRESQL and ends with its status:

    python3 tests/postgresql.py make test

Needs only the standard library. PostgreSQL refuses to run as root, so root becomes the user `postgres`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "LIENTHONG_TEST_POSTGRESQL"
MEMORY = "/dev/shm"
"""Linux's files in memory. Making a database writes ten megabytes, and the tests make hundreds."""
ROOM = 2 << 30
"""Bytes that must be free there for a cluster."""


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl: the newest of Debian's, else what is on the path, else None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """The SQLAlchemy URL of a running cluster; RuntimeError with PostgreSQL's own words where it does not start."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="lienthong-postgresql-", dir=_place()) as home:
        _own(home)
        data = f"{home}/data"
        _run(folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # Safe against a killed server, not against a power cut, which no test causes.
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100"
        options += " -c max_wal_size=256MB"
        _run(folder / "pg_ctl", "-D", data, "-l", f"{home}/log", "-o", options, "-w", "-t", "60", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _place() -> str | None:
    """The folder of the cluster's own; None: where temporary files are."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ROOM:
            return MEMORY
    return None


def _own(folder: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        os.chmod(folder, 0o700)


def _run(program: Path, *arguments: str) -> None:
    become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # The server inherits what it is given: with a pipe as its output, run() would wait for the server to end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [*become, str(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            check=False,
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program.name}: {output.read().decode(errors='replace').strip()}")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, VARIABLE: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
