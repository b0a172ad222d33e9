"""What a server costs before anybody asks it for anything, and what one command does (Linux).

    python -m benchmarks.starting

A server with an empty store and all its parts: the processor's time of its whole tree of processes until it says that
it is ready, and their memory then and after twenty seconds in which nothing happens. Memory that processes share is
counted once (PSS, proc(5)). A command reads what it needs and nothing else: here one that adds a library.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harvest import ROOT, free_port

ROUNDS = 3
RESTING = 20.0
TARGETS = {
    "starting_command_cpu_seconds": 1.0,
    "starting_ready_cpu_seconds": 4.0,
    "starting_ready_mebibytes": 400.0,
    "starting_at_rest_mebibytes": 400.0,
    "starting_at_rest_cpu_milliseconds_a_second": 20.0,
}
COMMAND = [sys.executable, "-m", "cli.main"]


def main() -> None:
    found: dict[str, list[float]] = {name: [] for name in TARGETS}
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "LIENTHONG_HOME": home, "LIENTHONG_LOG_LEVEL": "warning"}
            subprocess.run([*COMMAND, "library", "list"], env=environment, check=True, stdout=subprocess.DEVNULL)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            added = [*COMMAND, "library", "add", "bk00", "--name", "Thư viện"]
            subprocess.run(added, env=environment, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            round_ = [spent, *served(environment)]
        for name, value in zip(TARGETS, round_, strict=True):
            found[name].append(value)
        print(f"round {number + 1}: " + ", ".join(f"{value:.2f}" for value in round_), flush=True)
    short = False
    for name, target in TARGETS.items():
        value = statistics.median(found[name])
        short |= value > target
        print(f"{name}: {value:,.2f} (target {target:,.1f}) {'ok' if value <= target else 'short'}")
    sys.exit(1 if short else 0)


def served(environment: dict[str, str]) -> list[float]:
    """CPU seconds until ready, MiB then and after a rest, CPU milliseconds of a second of rest."""
    ports = [f"--port={free_port()}", f"--z3950-port={free_port()}"]
    quiet, piped = subprocess.DEVNULL, subprocess.PIPE
    server = subprocess.Popen(
        [*COMMAND, "serve", *ports], env=environment, cwd=ROOT, stdout=piped, stderr=quiet, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("ready ")
        mine = tree(server.pid)
        ready = [cpu_time(mine), memory(mine)]
        time.sleep(RESTING / 2)  # what a first start makes once is made
        before = cpu_time(tree(server.pid))
        time.sleep(RESTING / 2)
        mine = tree(server.pid)
        return [*ready, memory(mine), (cpu_time(mine) - before) * 1000 / (RESTING / 2)]
    finally:
        server.terminate()
        server.communicate(timeout=60)


def tree(root: int) -> list[int]:
    """The process and all that it started."""
    found = [root]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def cpu_time(processes: list[int]) -> float:
    """Seconds of CPU time that they have used, with those that they waited for."""
    ticks = sum(sum(map(int, read(one, "stat").rpartition(")")[2].split()[11:15])) for one in processes)
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(processes: list[int]) -> float:
    """MiB of memory; what several share is counted once."""
    told = (line.split() for one in processes for line in read(one, "smaps_rollup").splitlines())
    return sum(int(words[1]) for words in told if words[0] == "Pss:") / 1024


def read(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text()
    except OSError:  # gone meanwhile
        return ""


if __name__ == "__main__":
    main()
