"""Search and present over Z39.50: ours against Zebra, the same records and the same client, in turn.

    python -m benchmarks.z3950 [RECORDS]       that many real records (0: all 97,034); without: 1,000 of Zebra's own

Each round asks both servers for words of titles and fetches up to ten records of each answer, with one session and with
four: one random word at a time, which is asked for again and again, and a word or one that was never asked for and that
no record has, so that no query comes twice. The ratio is the median of the rounds' own ratios, so that what else the
machine does weighs on both.
Without RECORDS the records are the 24 samples that come with Zebra, repeated, each with a number of its own and three
random words in its title. Ours runs as many processes as there are processors, unless LIENTHONG_Z3950_WORKERS says
otherwise; Zebra runs one for each session. The client is `z3950_rate.c`, which costs a tenth of what it asks for; it
needs a C compiler.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import real
from marc import iso2709
from marc.record import FIELD_TERMINATOR, Record

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "benchmarks" / "z3950_rate.c"
SAMPLE = Path("/usr/share/doc/idzebra-2.0/examples/marc21/sample-marc.gz")
SAMPLES = 1_000
ADDED = ("river", "mountain", "library", "history", "garden", "music", "light", "water", "sách", "rừng", "quê", "thơ")
TARGETS = {False: 2.5, True: 2.0}
"""Whether there are many records → times Zebra, with words that are asked for again."""
MANY = 50_000
SESSIONS = (1, 4)
MIXES = ("repeated", "distinct")
ROUNDS = 5
SECONDS = 1.0
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
    count = int(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        (folder / "records").mkdir()
        client = folder / "z3950_rate"
        subprocess.run(["cc", "-O2", "-o", str(client), str(CLIENT)], check=True)
        records = samples(folder / "records") if count is None else real.file(folder / "records", count)
        words = folder / "words.txt"
        words.write_text("\n".join(title_words(records)))
        ours = running.enter_context(our_server(folder / "home", records))
        theirs = running.enter_context(zebra(folder))
        spent: dict[tuple[str, int], list[float]] = {}
        ratios: dict[tuple[int, str], list[float]] = {(sessions, mix): [] for mix in MIXES for sessions in SESSIONS}
        for seed in range(ROUNDS):
            for (sessions, mix), found in ratios.items():
                first, second = (rate(client, one, sessions, seed, words, mix) for one in (theirs, ours))
                found.append(second.rate / first.rate)
                print(f"{sessions} sessions, {mix}: Zebra {first}, ours {second}")
                for one, measured in ((theirs, first), (ours, second)):
                    spent.setdefault((mix, one.port), []).append(measured.spent)
    for mix in MIXES:
        first_spent, second_spent = (statistics.median(spent[mix, one.port]) for one in (theirs, ours))
        print(f"processor time of a request, {mix}: Zebra {first_spent:.0f} µs, ours {second_spent:.0f} µs")
    wanted = TARGETS[count == 0 or (count or 0) >= MANY]
    for (sessions, mix), found in ratios.items():
        ratio = statistics.median(found)
        state = "ok" if ratio >= wanted else "short"
        print(f"z3950_{sessions}_sessions_{mix}_times_zebra: {ratio:.2f} (target {wanted}) {state}")


class Server(NamedTuple):
    """A server that runs."""

    port: int
    process: int

    def spent(self) -> float:
        """Microseconds of processor time that it and its children have used, those that ended among them."""
        ticks, family = 0, {str(self.process)}
        for number in sorted(int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()):
            try:
                fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended
            if str(number) in family or fields[1] in family:
                family.add(str(number))
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK") * 1e6


class Measured(NamedTuple):
    """What a server did for so many clients at once."""

    rate: float
    """Requests a second."""
    spent: float
    """Microseconds of its processor time for each."""

    def __str__(self) -> str:
        return f"{self.rate:,.0f} requests/s, {self.spent:.0f} µs each"


def samples(folder: Path) -> Path:
    """The samples of Zebra as a file of 1,000 records that differ."""
    chance = random.Random(1)
    path = folder / "records.mrc"
    with gzip.open(SAMPLE) as file:
        known = [reading.record for reading in iso2709.readings(file) if reading.record]  # type: ignore[arg-type]
    with path.open("wb") as out:
        for number in range(SAMPLES):
            out.write(iso2709.write(varied(known[number % len(known)], f"zb{number:06}", chance.choices(ADDED, k=3))))
    return path


def varied(record: Record, number: str, words: Iterable[str]) -> Record:
    """The record with another number and more words in its title."""
    parts = []
    for part in record.parts():
        tag = part[:3]
        added = f"\x1fb{' '.join(words)}" if tag == "245" else ""
        parts.append(f"001{number}" if tag == "001" else part + added)
    return Record(FIELD_TERMINATOR.join([record.leader, *parts]))


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


def rate(client: Path, asked: Server, sessions: int, seed: int, words: Path, mix: str) -> Measured:
    """What so many clients get at once."""
    before = asked.spent()
    clients = [
        subprocess.Popen(
            [client, str(asked.port), str(SECONDS), str(seed * 10 + number), words, mix], stdout=subprocess.PIPE
        )
        for number in range(sessions)
    ]
    total, count = 0.0, 0
    for one in clients:
        out, _ = one.communicate(timeout=60)
        assert one.returncode == 0
        requests, records, seconds = out.split()
        assert int(records) > 0
        total += int(requests) / float(seconds)
        count += int(requests)
    time.sleep(0.1)  # in which children that ended are counted
    return Measured(total, (asked.spent() - before) / count)


@contextmanager
def our_server(home: Path, records: Path) -> Iterator[Server]:
    """`lienthong serve --only z3950` with the records in it and in its index."""
    environment = {"LIENTHONG_Z3950_WORKERS": str(os.cpu_count() or 1), **os.environ}
    environment |= {"LIENTHONG_HOME": str(home), "LIENTHONG_LOG_LEVEL": "error"}
    command, quiet = [sys.executable, "-m", "cli.main"], subprocess.DEVNULL
    for arguments in (
        ["library", "add", "bk00", "--name", "Thư viện"],
        ["import", str(records), "--library", "bk00", "-q"],
        ["search", "everything", "--limit", "1"],  # which brings the index up to the store
    ):
        subprocess.run([*command, *arguments], env=environment, cwd=ROOT, check=False, stdout=quiet, stderr=quiet)
    port = free_port()
    with server([*command, "serve", "--only", "z3950", "--z3950-port", str(port)], ROOT, environment, port) as one:
        yield one


@contextmanager
def zebra(folder: Path) -> Iterator[Server]:
    """Zebra with the same records, as its own example for MARC 21 configures it."""
    (folder / "register").mkdir()
    (folder / "zebra.cfg").write_text(ZEBRA.format(folder=folder))
    for arguments in (["init"], ["update", "records"]):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *arguments], cwd=folder, check=True, capture_output=True)
    port = free_port()
    with server(["zebrasrv", "-c", "zebra.cfg", f"tcp:@:{port}"], folder, dict(os.environ), port) as one:
        yield one


@contextmanager
def server(command: list[str], folder: Path, environment: dict[str, str], port: int) -> Iterator[Server]:
    """A server, from when it listens for as long as it is needed."""
    quiet = subprocess.DEVNULL
    # Each in a session of its own: Linux shares a busy machine among sessions (`sched_autogroup_enabled`), and else
    # among processes, of which Zebra has one for each client.
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        one, before = Server(port, process.pid), -1.0
        while one.spent() > before + 0.1e6:  # its other processes are still being started
            before = one.spent()
            time.sleep(1)
        yield one
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
