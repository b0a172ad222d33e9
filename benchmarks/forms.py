"""MARC-in-JSON in and out, and the rarer forms in, against pymarc in the same run: python -m benchmarks.forms [RECORDS]

The records are those of data/marc/gpo beside the repository, or the demonstration province where they are not there.
Times are processor time, the best of five passes over the same records, results not kept.
"""

from __future__ import annotations

import gzip
import io
import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import pymarc

from fixtures import province_files
from marc import aleph, iso2709, marcjson, mrk, unimarc
from marc.record import Record

GPO = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"


def records(count: int) -> list[Record]:
    if GPO.exists():
        with cast(BinaryIO, gzip.open(GPO)) as stream:
            return [found.record for found in islice(iso2709.readings(stream), count) if found.record]
    found: list[Record] = []
    for _, path in province_files():
        with path.open("rb") as stream:
            found += [reading.record for reading in mrk.readings(stream) if reading.record]
    return found[:count]


def sequential(record: Record, number: int) -> str:
    """The record as Aleph unloads it."""
    lines = [f"{number:09} LDR   L {record.leader.replace(' ', '^')}"]
    for field in record.fields:
        if field.tag.startswith("00"):
            lines.append(f"{number:09} {field.tag}   L {field.value.replace(' ', '^')}")
        else:
            body = "".join(f"$${code}{value}" for code, value in field.subfields)
            lines.append(f"{number:09} {field.tag}{field.indicators} L {body}")
    return "\n".join(lines) + "\n"


def rates(work: dict[str, Callable[[], Iterable[object]]], count: int) -> dict[str, float]:
    """Records a second of processor time for each work; the passes take turns, so that a busy machine hurts all."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(5):
        for name, start_work in work.items():
            start = time.process_time()
            for _ in start_work():
                pass
            best[name] = min(best[name], time.process_time() - start)
    return {name: count / seconds for name, seconds in best.items()}


def report(name: str, value: float, target: float) -> None:
    print(f"{name}: {value:.1f} (target {target:.1f}) {'ok' if value >= target else 'short'}")


def main() -> None:
    found = records(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
    count = len(found)
    lines = b"\n".join(map(marcjson.write, found))
    array = b"[" + b",".join(map(marcjson.write, found)) + b"]"
    text = array.decode()
    theirs = list(pymarc.MARCReader(io.BytesIO(b"".join(map(iso2709.write, found)))))
    aleph_data = "".join(map(sequential, found, range(count))).encode()
    found_rates = rates(
        {
            "JSON in, a record to a line": lambda: marcjson.readings(io.BytesIO(lines)),
            "JSON in, one array": lambda: marcjson.readings(io.BytesIO(array)),
            "JSON in, pymarc": lambda: pymarc.JSONReader(text),
            "JSON out": lambda: map(marcjson.write, found),
            "JSON out, pymarc": lambda: (record.as_json() for record in theirs if record),
            "Aleph sequential in": lambda: aleph.readings(io.BytesIO(aleph_data)),
            "UNIMARC recognised": lambda: map(unimarc.recognise, found),
        },
        count,
    )
    print(f"{count} records, {len(lines) / count:.0f} bytes of JSON each")
    for name, value in found_rates.items():
        print(f"  {name:28} {value:10,.0f} records a second")
    read_pymarc = found_rates["JSON in, pymarc"]
    report("json_lines_read_against_pymarc", found_rates["JSON in, a record to a line"] / read_pymarc, 2)
    report("json_array_read_against_pymarc", found_rates["JSON in, one array"] / read_pymarc, 1.5)
    report("json_write_against_pymarc", found_rates["JSON out"] / found_rates["JSON out, pymarc"], 2.5)


if __name__ == "__main__":
    main()
