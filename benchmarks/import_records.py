"""A whole import (read, store, both renderings, visible in the feed) against pymarc merely reading the same file.

    python -m benchmarks.import_records [RECORDS]       0 or nothing: all 97,034

Both run as processes of their own, in turn, three times; the ratio is taken pair by pair and its median counts. Memory
is the largest resident size of the import, for half of the file and for all of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import real

ROUNDS = 3
TIMES_PYMARC = 3.0
MEGABYTES = 300
READ = "import sys, pymarc\nfor record in pymarc.MARCReader(open(sys.argv[1], 'rb')): pass"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with tempfile.TemporaryDirectory() as folder:
        path = real.file(Path(folder), count)
        half = Path(folder) / "half.mrc"
        with path.open("rb") as source, half.open("wb") as target:
            target.write(source.read(path.stat().st_size // 2))
        ratios = []
        for number in range(ROUNDS):
            reading, _ = timed([sys.executable, "-c", READ, str(path)], Path(folder))
            importing, memory = imported(path, Path(folder) / f"home{number}")
            ratios.append(importing / reading)
            print(f"pymarc reads in {reading:.1f} s, imported in {importing:.1f} s, {memory:.0f} MB")
        _, less = imported(half, Path(folder) / "half")
        ratio = statistics.median(ratios)
        print(f"half of the file: {less:.0f} MB")
        say("import_memory_megabytes", memory, MEGABYTES)
        say("import_times_pymarc_read", ratio, TIMES_PYMARC)


def say(name: str, value: float, most: float) -> None:
    print(f"{name}: {value:.2f} (target {most}) {'ok' if value <= most else 'short'}")


def imported(path: Path, home: Path) -> tuple[float, float]:
    environment = {**os.environ, "LIENTHONG_HOME": str(home)}
    command = [sys.executable, "-m", "cli.main"]
    subprocess.run([*command, "library", "add", "bk00", "--name", "Thư viện"], env=environment, check=True, stdout=-3)
    report = home / "report.json"
    with report.open("wb") as out:
        seconds, memory = timed(
            [*command, "import", str(path), "--library", "bk00", "--quiet", "--json"], home, environment, out.fileno()
        )
    counts = json.loads(report.read_text())["counts"]
    assert counts["read"] == counts["new"] + counts["quarantined"], counts
    return seconds, memory


def timed(
    command: list[str], _folder: Path, environment: dict[str, str] | None = None, out: int = subprocess.DEVNULL
) -> tuple[float, float]:
    """Seconds of CPU time and megabytes of resident memory of a command, as the kernel counted them."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=out)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 3), command
    assert time.perf_counter() > start
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
