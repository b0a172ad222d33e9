"""MARC records to oai_dc bytes: records per CPU second, on one core.

    python -m benchmarks.crosswalk [FILE.mrc[.gz]] [RECORDS]

FILE holds UTF-8 MARC 21; without one, the GPO records beside the repository are taken. Reading it is not measured; the
best of five passes over distinct records is.
"""

from __future__ import annotations

import gzip
import itertools
import sys
import time
import unicodedata
from pathlib import Path
from typing import BinaryIO, cast

import pymarc

from dublin_core.xml import oai_dc
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

TARGET = 25_000
GPO = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"


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


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else GPO
    if not path.exists():
        print(f"crosswalk_records_per_cpu_second: not measured, {path.name} is not there")
        return
    sample = records(path, int(sys.argv[2]) if len(sys.argv) > 2 else 3000)
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        for record in sample:
            oai_dc(record)
        best = max(best, len(sample) / (time.process_time() - start))
    print(f"{len(sample)} records, {sum(map(len, map(oai_dc, sample))) / len(sample):.0f} bytes of oai_dc each")
    print(f"crosswalk_records_per_cpu_second: {best:.0f} (target {TARGET}) {'ok' if best >= TARGET else 'short'}")


if __name__ == "__main__":
    main()
