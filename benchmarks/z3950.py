"""Search and present over Z39.50: ours against Zebra, the same records and the same client (Perl's ZOOM), in turn.

    python -m benchmarks.z3950 [RECORDS]       1,000 unless said otherwise; 0: all 97,034

Each round asks both servers for random words of titles and fetches up to ten records of each answer, with one session
and with four. The ratio is the median of the rounds' own ratios, so that what else the machine does weighs on both.
"""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import real
from marc import iso2709

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "tests" / "peers" / "zoom_rate.pl"
TARGETS = {1: 2.5, 4: 2.0}
"""Sessions → times Zebra."""
ROUNDS = 5
SECONDS = 1.5
ZEBRA = """\
profilePath: /usr/share/idzebra-2.0/tab
modulePath: /usr/lib/x86_64-linux-gnu/idzebra-2.0/modules:/usr/lib/idzebra-2.0/modules
attset: bib1.att
attset: explain.att
recordType: grs.marcxml.marc21
encoding: utf-8
register: {folder}/register:8G
lockDir: {folder}/register
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        (folder / "records").mkdir()
        records = real.file(folder / "records", count)
        words = folder / "words.txt"
        words.write_text("\n".join(title_words(records)))
        ours = running.enter_context(our_server(folder / "home", records))
        theirs = running.enter_context(zebra(folder))
        ratios: dict[int, list[float]] = {sessions: [] for sessions in TARGETS}
        for seed in range(ROUNDS):
            for sessions, found in ratios.items():
                first, second = rate(theirs, sessions, seed, words), rate(ours, sessions, seed, words)
                found.append(second / first)
                print(f"{sessions} sessions: Zebra {first:,.0f} requests/s, ours {second:,.0f} requests/s")
    for sessions, wanted in TARGETS.items():
        ratio = statistics.median(ratios[sessions])
        state = "ok" if ratio >= wanted else "short"
        print(f"z3950_{sessions}_sessions_times_zebra: {ratio:.2f} (target {wanted}) {state}")


def title_words(path: Path) -> list[str]:
    """Up to 500 different words of ASCII letters from titles, common ones and rare ones as they come."""
    found: dict[str, None] = {}
    with path.open("rb") as file:
        for reading in iso2709.readings(file):
            for field in reading.record.select("245") if reading.record else ():
                found.update(dict.fromkeys(re.findall(r"[a-z]{4,}", field.get("a").lower())))
            if len(found) > 500:
                break
    return list(found)[:500]


def rate(port: int, sessions: int, seed: int, words: Path) -> float:
    """Requests per second of so many clients at once."""
    clients = [
        subprocess.Popen(
            ["perl", CLIENT, f"localhost:{port}", str(SECONDS), str(seed * 10 + number), words], stdout=subprocess.PIPE
        )
        for number in range(sessions)
    ]
    total = 0.0
    for client in clients:
        out, _ = client.communicate(timeout=60)
        assert client.returncode == 0
        requests, records, seconds = out.split()
        assert int(records) > 0
        total += int(requests) / float(seconds)
    return total


@contextmanager
def our_server(home: Path, records: Path) -> Iterator[int]:
    """`lienthong serve --only z3950` with the records in it and in its index."""
    environment = {**os.environ, "LIENTHONG_HOME": str(home), "LIENTHONG_LOG_LEVEL": "error"}
    command, quiet = [sys.executable, "-m", "cli.main"], subprocess.DEVNULL
    for arguments in (
        ["library", "add", "bk00", "--name", "Thư viện"],
        ["import", str(records), "--library", "bk00", "-q"],
        ["search", "everything", "--limit", "1"],  # which brings the index up to the store
    ):
        subprocess.run([*command, *arguments], env=environment, cwd=ROOT, check=False, stdout=quiet, stderr=quiet)
    port = free_port()
    with server([*command, "serve", "--only", "z3950", "--z3950-port", str(port)], ROOT, environment, port):
        yield port


@contextmanager
def zebra(folder: Path) -> Iterator[int]:
    """Zebra with the same records, as its own example for MARC 21 configures it."""
    (folder / "register").mkdir()
    (folder / "zebra.cfg").write_text(ZEBRA.format(folder=folder))
    for arguments in (["init"], ["update", "records"]):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *arguments], cwd=folder, check=True, capture_output=True)
    port = free_port()
    with server(["zebrasrv", "-c", "zebra.cfg", f"tcp:@:{port}"], folder, dict(os.environ), port):
        yield port


@contextmanager
def server(command: list[str], folder: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    """A server, from when it listens for as long as it is needed."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
