"""MARC to oai_dc, qdc and MODS bytes: records per CPU second, on one core; and what a stylesheet takes.

    python -m benchmarks.crosswalk [FILE.mrc[.gz]] [RECORDS] [SHEET.xsl]

FILE holds UTF-8 MARC 21; without one, the GPO records beside the repository are taken. The best of some passes over
distinct records counts. "From bytes" begins with ISO 2709 and proves it sound; there the target is one of two, 25,000
records or six times the stylesheet, whose route then begins with the same bytes and the same reader. The others begin
with a record that was read. SHEET makes oai_dc of one MARCXML record (the Library of Congress gives
one away); without it our own small one is taken, which does less than `dublin_core` does. Its route is what a server
that keeps MARCXML would do: parse, transform, serialise.
"""

from __future__ import annotations

import gzip
import io
import itertools
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import pymarc
from lxml import etree

from dublin_core.mods import mods
from dublin_core.qualified import qdc
from dublin_core.xml import oai_dc
from marc import iso2709, marcxml, marcxml_runs
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

TARGET = 25_000
TARGET_TIMES = 6
TARGET_MODS = 5_000
TARGET_QDC = 5_000
GPO = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"
SHEET = Path(__file__).with_name("oai_dc.xsl")
Given = TypeVar("Given")


def records(path: Path, count: int) -> list[Record]:
    """The first `count` records of a file, as packed text in NFC."""
    with cast(BinaryIO, gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as stream:
        reader = pymarc.MARCReader(stream, to_unicode=True, force_utf8=True)
        return [packed(found) for found in itertools.islice(filter(None, reader), count)]


def packed(found: pymarc.Record) -> Record:
    parts = [str(found.leader)]
    for field in found.fields:
        if field.is_control_field():
            parts.append(f"{field.tag}{field.data}")
        elif field.subfields:
            content = "".join(SUBFIELD_DELIMITER + code + value for code, value in field.subfields)
            parts.append(field.tag + "".join(field.indicators or "  ") + content)
    return Record(unicodedata.normalize("NFC", FIELD_TERMINATOR.join(parts)))


def per_second(convert: Callable[[Given], object], sample: list[Given], passes: int = 5) -> float:
    """Conversions per CPU second, the best of some passes."""
    best = 0.0
    for _ in range(passes):
        start = time.process_time()
        for given in sample:
            convert(given)
        best = max(best, len(sample) / (time.process_time() - start))
    return best


def stylesheet(path: Path) -> Callable[[bytes], bytes]:
    """The route over XSLT: bytes of MARCXML to bytes of oai_dc."""
    transform = etree.XSLT(etree.parse(path))
    return lambda data: etree.tostring(transform(etree.fromstring(data)), encoding="utf-8")


def say(name: str, value: float, target: float) -> None:
    print(f"{name}: {value:.{0 if value > 100 else 1}f} (target {target}) {'ok' if value >= target else 'short'}")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else GPO
    if not path.exists():
        print(f"crosswalk_records_per_cpu_second: not measured, {path.name} is not there")
        return
    sample = records(path, int(sys.argv[2]) if len(sys.argv) > 2 else 3000)
    written = [marcxml.write(record) for record in sample]
    print(f"{len(sample)} records, {sum(map(len, map(oai_dc, sample))) / len(sample):.0f} bytes of oai_dc each")
    ours = per_second(oai_dc, sample, 10)
    theirs = per_second(stylesheet(Path(sys.argv[3]) if len(sys.argv) > 3 else SHEET), written, 2)
    say("qdc_records_per_cpu_second", per_second(qdc, sample), TARGET_QDC)
    say("mods_records_per_cpu_second", per_second(mods, sample), TARGET_MODS)
    print(f"oai_dc of a record that was read: {ours:.0f} a second, {ours / theirs:.1f} times the stylesheet")
    data = b"".join(map(iso2709.write, sample))
    convert = stylesheet(Path(sys.argv[3]) if len(sys.argv) > 3 else SHEET)
    value = per_second(lambda data: all(map(oai_dc, read(data))), [data], 10) * len(sample)
    other = per_second(lambda data: all(map(convert, marcxml_runs.write_all(read(data)))), [data], 2) * len(sample)
    reached = value >= TARGET or value >= TARGET_TIMES * other
    measured = f"{value:.0f}/s, {value / other:.1f} times the stylesheet"
    targets = f"target {TARGET}/s or {TARGET_TIMES} times"
    print(f"oai_dc_from_bytes: {measured} ({targets}) {'ok' if reached else 'short'}")


def read(data: bytes) -> Iterator[Record]:
    return (one.record for one in iso2709.readings(io.BytesIO(data)) if one.record)


if __name__ == "__main__":
    main()
