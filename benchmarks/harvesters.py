"""Foreign harvesters carry away a large store: each must bring exactly the identifiers that are in it.

    python -m benchmarks.harvesters [RECORDS [CLIENT…]]       97,034 records and every client unless said

The clients are those of tests/end_to_end/test_harvesters.py. Prints how fast each of them was; the last line says how
many of them were exact.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks.harvest import free_port, running
from catalogue.store import Store
from catalogue.tables import DELETED, LIVE, UNION, record
from foundation.settings import Settings
from tests.end_to_end.test_harvesters import CLIENTS

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 97_034
    chosen = sys.argv[2:] or list(CLIENTS)
    exact = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LIENTHONG_HOME": folder, "LIENTHONG_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "cli.main"]
        demo = [*command, "demo", "--no-serve", "--records", str(records)]
        subprocess.run(demo, env=environment, check=True, stdout=subprocess.DEVNULL)
        expected = stored(Path(folder))
        port = free_port()
        with running([*command, "serve", "--port", str(port)], environment, port):
            for client in chosen:
                start = time.perf_counter()
                found = harvest(client, f"http://127.0.0.1:{port}/oai")
                seconds = time.perf_counter() - start
                same = sorted(found) == expected
                exact += same
                verdict = "exact" if same else f"{len(set(expected) ^ set(found))} differ"
                print(f"{client}: {len(found):,} records, {len(found) / seconds:,.0f}/s, {verdict}", flush=True)
    print(f"harvesters_exact: {exact} (target {len(chosen)}) {'ok' if exact == len(chosen) else 'short'}")


def stored(home: Path) -> list[str]:
    """`identifier state` of every union record, sorted."""
    store = Store.open(Settings(home=home))
    states = {LIVE: "live", DELETED: "deleted"}
    with store.read() as connection:
        rows = connection.execute(select(record.c.identifier, record.c.status).where(record.c.source_id == UNION)).all()
    store.close()
    return sorted(f"oai:lienthong.example.vn:{name} {states[status]}" for name, status in rows)


def harvest(client: str, address: str) -> list[str]:
    """The lines that the client's own script prints."""
    peer, program, script = CLIENTS[client]
    own = ROOT / ".peers" / peer / "bin" / program
    found = str(own) if own.exists() else shutil.which(program)
    assert found, f"{client} is not installed: make peers"
    done = subprocess.run(
        [found, str(ROOT / "tests" / "peers" / script), address, "oai_dc"], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


if __name__ == "__main__":
    main()
