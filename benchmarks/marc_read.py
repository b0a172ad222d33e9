"""How quickly MARC is read and written, as ratios to pymarc on the same records in the same run.

    python -m benchmarks.marc_read [FILE] [--records N]

FILE is ISO 2709 in UTF-8, plain or gzip. Each figure is the best of several rounds of CPU time, taken in turn so that
a busy machine slows all alike. Nothing is kept from record to record, as in an import.
"""

from __future__ import annotations

import argparse
import gc
import io
import pathlib
import time
from collections.abc import Callable
from itertools import islice

import pymarc

from foundation import archives
from marc import iso2709, marcxml_runs
from marc.framing import frames

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "shared/data/marc/gpo/gpo_utf8_dev.mrc.gz"
OAI_DC_TAGS = frozenset(b"008 020 022 100 110 111 245 246 260 264 300 500 520 650 651 700 710 856".split())
"""The fields that simple Dublin Core is made of."""
ROUNDS = 5


def load(path: pathlib.Path, count: int) -> bytes:
    """The first `count` records of a file, as they stand."""
    with path.open("rb") as stream:
        for _, inner in archives.members(stream, path.name):
            return b"".join(frame.data for frame in islice(frames(inner), count))
    return b""


def peer(data: bytes) -> None:
    for _ in pymarc.MARCReader(data, to_unicode=True, force_utf8=True):
        pass


def needed(data: bytes) -> None:
    for _ in iso2709.selections(io.BytesIO(data), OAI_DC_TAGS):
        pass


def whole(data: bytes) -> None:
    for _ in iso2709.readings(io.BytesIO(data)):
        pass


def through_xml(data: bytes) -> None:
    for _ in marcxml_runs.write_all(reading.record for reading in iso2709.readings(io.BytesIO(data)) if reading.record):
        pass


def best(data: bytes, *ways: Callable[[bytes], None]) -> list[float]:
    """The least CPU seconds of each way."""
    least = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for number, way in enumerate(ways):
            start = time.process_time()
            way(data)
            least[number] = min(least[number], time.process_time() - start)
    return least


def told(name: str, value: float, target: float, unit: str) -> str:
    return f"{name}: {value:,.1f}{unit} (target {target:,.0f}{unit}) {'ok' if value >= target else 'short'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=pathlib.Path, default=DEFAULT)
    parser.add_argument("--records", type=int, default=5_000)
    arguments = parser.parse_args()
    data = load(arguments.file, arguments.records)
    count = sum(1 for _ in frames(io.BytesIO(data)))
    gc.freeze()
    theirs, select, read, xml = best(data, peer, needed, whole, through_xml)
    print(f"{count:,} records, {len(data):,} bytes; records per CPU second:")
    for name, seconds in [
        ("pymarc", theirs),
        ("needed tags", select),
        ("Record", read),
        ("Record to MARCXML", xml - read),
    ]:
        print(f"  {name}: {count / seconds:,.0f}")
    print(told("marc-needed-tags", theirs / select, 15, "x pymarc"))
    print(told("marc-read", theirs / read, 5, "x pymarc"))
    print(told("marcxml-write", count / (xml - read), 25_000, "/s"))


if __name__ == "__main__":
    main()
