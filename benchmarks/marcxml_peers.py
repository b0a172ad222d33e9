"""ISO 2709 to MARCXML: ours against mrrc (in Rust) and yaz-marcdump (in C), in turn on the same file.

    python -m benchmarks.marcxml_peers [FILE] [--records N]

FILE is ISO 2709 in UTF-8, plain or gzip. Each figure is the least CPU time of several rounds, from a file to bytes of
MARCXML that are thrown away. Ours proves each record sound on the way; the others do not look. Start-up is not counted,
but for yaz-marcdump, where it is a few milliseconds.
"""

from __future__ import annotations

import argparse
import pathlib
import resource
import shutil
import subprocess
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=pathlib.Path, default=DEFAULT)
    parser.add_argument("--records", type=int, default=5_000)
    arguments = parser.parse_args()
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
