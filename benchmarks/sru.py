"""SRU over loopback, ten MARCXML records of a title search in each answer: ours against zebrasrv with YAZ's front end.

    python -m benchmarks.sru [RECORDS]       0 or nothing: 5,000

The same records and the same words for both, one kept connection and no parsing, in turn: fifty words that are asked
for again and again, and the same words or one that was never asked for and that no record has, so that no query comes
twice. The words are ASCII, since Zebra's own MARC 21 configuration does not index Vietnamese letters.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import real
from benchmarks.harvest import free_port, running
from marc import iso2709

TARGETS = {"repeated": 5.0, "distinct": 2.5}
ROUNDS = 5
SECONDS = 2.0
TOTAL = re.compile(rb"numberOfRecords>([0-9]+)<")
ZEBRA = """profilePath: /usr/share/idzebra-2.0/tab
attset: bib1.att
recordType: grs.marcxml.marc21
modulePath: /usr/lib/{machine}/idzebra-2.0/modules:/usr/lib/idzebra-2.0/modules
register: {folder}/register:1000M
"""
FRONT = """<yazgfs><listen id="web">tcp:127.0.0.1:{port}</listen>
<server id="records" listenref="web"><directory>{folder}</directory><config>zebra.cfg</config>
<cql2rpn>/usr/share/yaz/etc/pqf.properties</cql2rpn></server></yazgfs>"""


def main() -> None:
    if not shutil.which("zebrasrv"):
        sys.exit("zebrasrv is not installed: apt-get install idzebra-2.0 yaz")
    count = (int(sys.argv[1]) if len(sys.argv) > 1 else 0) or 5000
    with tempfile.TemporaryDirectory() as folder:
        path = real.file(Path(folder), count)
        words = frequent(path)
        environment = {**os.environ, "LIENTHONG_HOME": f"{folder}/home", "LIENTHONG_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "cli.main"]
        silent = subprocess.DEVNULL
        for arguments in (
            ["library", "add", "bk00", "--name", "Thư viện"],
            ["import", str(path), "--library", "bk00", "-q"],
            ["union", "follow", "-q"],  # otherwise the server would match records while it is measured
        ):
            subprocess.run([*command, *arguments], env=environment, check=False, stdout=silent)
        port, peer_port = free_port(), free_port()
        with running([*command, "serve", "--port", str(port)], environment, port):
            wait_for_index(Client(port, "/sru/bk00"), words[0])
            front = zebra(Path(folder), path, peer_port)
            with running(["zebrasrv", "-f", str(front)], environment, peer_port):
                ratios = compare(Client(port, "/sru/bk00"), Client(peer_port, "/Default"), words)
    for mix, ratio in ratios.items():
        state = "ok" if ratio >= TARGETS[mix] else "short"
        print(f"sru_marcxml_{mix}_times_zebra: {ratio:.1f} (target {TARGETS[mix]}) {state}")


class Client:
    """A client that does nothing but ask."""

    def __init__(self, port: int, path: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.path = path

    def search(self, word: str, other: str = "") -> bytes:
        query = f"dc.title={word} or dc.title={other}" if other else f"dc.title={word}"
        arguments = {"version": "1.1", "operation": "searchRetrieve", "query": query, "maximumRecords": 10}
        self.connection.request("GET", f"{self.path}?{urlencode(arguments)}")
        return self.connection.getresponse().read()


def frequent(path: Path) -> list[str]:
    """Fifty ASCII words that stand in at least ten titles each."""
    found: Counter[str] = Counter()
    with path.open("rb") as stream:
        for reading in iso2709.readings(stream):
            for title in reading.record.select("245") if reading.record else ():
                found.update(set(re.findall(r"\b[a-z]{5,12}\b", title.get("a"))))
    return [word for word, times in found.most_common(60) if times >= 10][:50]


def wait_for_index(client: Client, word: str) -> None:
    """Until the index has followed the import."""
    for _ in range(600):
        found = TOTAL.search(client.search(word))
        if found and int(found[1]) >= 10:
            return
        time.sleep(0.1)
    sys.exit("/sru/bk00 finds nothing: is the index wired to it?")


def zebra(folder: Path, records: Path, port: int) -> Path:
    """Zebra's register of the records; returns the configuration of its server."""
    home = folder / "zebra"
    (home / "register").mkdir(parents=True)
    machine = f"{os.uname().machine}-linux-gnu"
    (home / "zebra.cfg").write_text(ZEBRA.format(folder=home, machine=machine))
    (home / "front.xml").write_text(FRONT.format(folder=home, port=port))
    for action in (["init"], ["update", str(records)]):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *action], cwd=home, check=False, capture_output=True)
    return home / "front.xml"


def compare(ours: Client, theirs: Client, words: Sequence[str]) -> dict[str, float]:
    """Both answer ten records for a word; the medians of the ratios of their rates, by mix."""
    for client in (ours, theirs):
        body = client.search(words[0])
        assert body.count(b"<leader>") == 10, body[:600]
    ratios: dict[str, list[float]] = {mix: [] for mix in TARGETS}
    for _ in range(ROUNDS):
        for mix, found in ratios.items():
            slow, quick = rate(theirs, words, mix), rate(ours, words, mix)
            found.append(quick / slow)
            print(f"{mix}: ours {quick:,.0f} answers/s, zebrasrv {slow:,.0f} answers/s")
    return {mix: statistics.median(found) for mix, found in ratios.items()}


_UNHEARD = (f"q{number}x" for number in itertools.count(os.getpid() * 1_000_000))


def rate(client: Client, words: Sequence[str], mix: str) -> float:
    start, asked = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        client.search(words[asked % len(words)], next(_UNHEARD) if mix == "distinct" else "")
        asked += 1
    return asked / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
