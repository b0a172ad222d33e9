"""Ten full harvests at once: fair, without an error, in bounded memory.

    python -m benchmarks.parallel_harvest [RECORDS [HARVESTERS]]       20,000 records and 10 harvesters unless said

Every harvester is a process of its own with one kept connection, as real ones are, and harvests everything twice over
in oai_dc. All begin together; each must get every record. Fairness is the slowest time against the fastest. Memory is
the server's peak over what it had when it was ready.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.harvest import Client, free_port, running

FAIR = 2.0
MEMORY = 300.0
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    harvesters = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LIENTHONG_HOME": folder, "LIENTHONG_LOG_LEVEL": "warning"}
        environment["LIENTHONG_CLIENT_REQUESTS"] = "0"  # they all come from one address
        command = [sys.executable, "-m", "cli.main"]
        demo = [*command, "demo", "--no-serve", "--records", str(records)]
        subprocess.run(demo, env=environment, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        with (
            running([*command, "serve", "--port", str(port)], environment, port),
            ProcessPoolExecutor(harvesters) as pool,
        ):
            begin = time.time() + 3
            before = resident(folder)
            runs = [pool.submit(harvest, port, begin) for _ in range(harvesters)]
            peak = before
            while not all(run.done() for run in runs):
                peak = max(peak, resident(folder))
                time.sleep(0.1)
            results = [run.result() for run in runs]
    counts, times = [count for count, _ in results], [seconds for _, seconds in results]
    assert len(set(counts)) == 1, counts
    assert counts[0] > 0, counts
    print(f"{harvesters} harvesters, {sum(counts) / max(times):,.0f} records/s together, {max(times):.1f} s")
    ratio, grown = max(times) / min(times), (peak - before) / 1e6
    print(f"parallel_harvest_memory_mb: {grown:.0f} (target {MEMORY:.0f}) {'ok' if grown <= MEMORY else 'short'}")
    print(f"parallel_harvest_slowest_to_fastest: {ratio:.2f} (target {FAIR}) {'ok' if ratio <= FAIR else 'short'}")


def harvest(port: int, begin: float) -> tuple[int, float]:
    """(records, seconds) of two harvests one after the other, begun at the moment `begin`."""
    time.sleep(max(0.0, begin - time.time()))
    start, found = time.perf_counter(), 0
    for _ in range(2):
        for page in Client(port).pages():
            assert page.endswith(b"</OAI-PMH>\n"), page[-200:]
            found += page.count(b"<record>")
    return found, time.perf_counter() - start


def resident(home: str) -> int:
    """Bytes in memory of the processes that serve `home`."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            status = (process / "status").read_text(encoding="utf-8")
        except OSError:
            continue
        if f"LIENTHONG_HOME={home}\0".encode() in environment:
            found = re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
    return total


if __name__ == "__main__":
    main()
