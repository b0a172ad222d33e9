"""ISO 2709 to MARCXML: ours against mrrc (in Rust) and yaz-marcdump (in C), in turn on the same file.

    python -m benchmarks.marcxml_peers [FILE] [--records N] [--elapsed]

FILE is ISO 2709 in UTF-8, plain or gzip. Each figure is the least CPU time of several rounds, from a file to bytes of
MARCXML that are thrown away. Ours proves each record sound on the way and writes NFC; the others do not look. Start-up
is not counted, but for yaz-marcdump, where it is a few milliseconds.

With --elapsed, what a user waits for instead: the time on the clock, start-up and all, of `lienthong convert FILE OUT`
on all cores against `yaz-marcdump -o marcxml FILE > OUT`, which uses one, in turn, with all records of the file.
"""

from __future__ import annotations

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from benchmarks.marc_read import DEFAULT, load
from marc import marcxml, marcxml_straight
from marc.framing import frames
from marc.reading import Reading
from marc.stretches import stretches

ROOT = pathlib.Path(__file__).resolve().parents[1]
MRRC = ROOT / ".peers" / "mrrc" / "bin" / "python"
ROUNDS = 5
ELAPSED = 1.0


def ours(path: pathlib.Path) -> float:
    start = time.process_time()
    with path.open("rb") as stream:
        for stretch in stretches(stream):
            for one in marcxml_straight.of_stretch(stretch):
                if isinstance(one, Reading) and one.record:
                    marcxml.write(one.record)
    return time.process_time() - start


def mrrc(path: pathlib.Path) -> float:
    command = [MRRC, ROOT / "tests/peers/write_mrrc.py", path, "1"]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def yaz(path: pathlib.Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["yaz-marcdump", "-f", "utf-8", "-t", "utf-8", "-o", "marcxml", path]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def waited(command: list[str | pathlib.Path], out: pathlib.Path) -> float:
    """Seconds on the clock."""
    out.unlink(missing_ok=True)
    start = time.perf_counter()
    with out.open("wb") as stream:
        subprocess.run(command, stdout=stream, cwd=ROOT, check=True)
    return time.perf_counter() - start


def elapsed(path: pathlib.Path, rounds: int = 3) -> None:
    if not shutil.which("yaz-marcdump"):
        print("convert-elapsed-against-yaz-marcdump: not measured, yaz-marcdump is not there")
        return
    mine, theirs = path.with_name("ours.xml"), path.with_name("theirs.xml")
    convert = [sys.executable, "-m", "cli.main", "convert", path, mine, "--quiet", "--json"]
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        mine.unlink(missing_ok=True)
        ours_took = waited(convert, path.with_name("told.json"))
        found.append((ours_took, waited(["yaz-marcdump", "-o", "marcxml", path], theirs)))
        print(f"  lienthong convert {found[-1][0]:.1f} s, yaz-marcdump {found[-1][1]:.1f} s")
    value = min(second for _, second in found) / min(first for first, _ in found)
    verdict = "ok" if value >= ELAPSED else "short"
    print(f"convert-elapsed-against-yaz-marcdump: {value:.1f}x (target {ELAPSED}x) {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=pathlib.Path, default=DEFAULT)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--elapsed", action="store_true")
    arguments = parser.parse_args()
    if arguments.elapsed:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "records.mrc"
            path.write_bytes(load(arguments.file, sys.maxsize))
            elapsed(path)
        return
    ways = {"ours": ours}
    if MRRC.exists():
        ways["mrrc"] = mrrc
    if shutil.which("yaz-marcdump"):
        ways["yaz-marcdump"] = yaz
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "records.mrc"
        path.write_bytes(load(arguments.file, arguments.records))
        with path.open("rb") as stream:
            count = sum(1 for _ in frames(stream))
        least = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            for name, way in ways.items():
                least[name] = min(least[name], way(path))
    print(f"{count:,} records; from ISO 2709 to MARCXML, records per CPU second:")
    for name, seconds in least.items():
        print(f"  {name}: {count / seconds:,.0f}")
    for name, target in [("mrrc", 1.7), ("yaz-marcdump", 3.0)]:
        if name in least:
            value = least[name] / least["ours"]
            print(f"marcxml-against-{name}: {value:.1f}x (target {target}x) {'ok' if value >= target else 'short'}")
        else:
            print(f"marcxml-against-{name}: not measured, {name} is not there")


if __name__ == "__main__":
    main()
