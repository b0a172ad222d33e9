"""How quickly files in old encodings are read, and whether `auto` finds out: python -m benchmarks.encodings

Each library of the demonstration province is written in each encoding, with lengths that are right, and read back by
`auto`. Capitals that TCVN3 cannot write are not counted as differences.
"""

from __future__ import annotations

import io
import time

from fixtures import province_files
from foundation.errors import InputError
from marc import charset, iso2709, mrk
from marc.decoders import LEGACY, MARC8
from marc.record import SUBFIELD_DELIMITER, Record
from vietnamese.encodings import encode


def value(text: str, encoding: str) -> bytes:
    """A value in an encoding, without what it cannot say."""
    if encoding == MARC8:
        return charset.encode(text).data
    try:
        return encode(text, encoding)
    except InputError:
        return b"".join(value(letter, encoding) for letter in text) if len(text) > 1 else b""


def written(record: Record, encoding: str) -> bytes:
    """ISO 2709 in an encoding, with leader/09 blank."""
    entries, body = b"", b""
    for part in record.parts():
        pieces = [value(piece, encoding) for piece in part[3:].split(SUBFIELD_DELIMITER)]
        content = b"\x1f".join(pieces) + b"\x1e"
        entries += b"%b%04d%05d" % (part[:3].encode(), len(content), len(body))
        body += content
    base = 25 + len(entries)
    leader = record.leader.encode()
    head = b"%05d%b 22%05d%b4500" % (base + len(body) + 1, leader[5:9], base, leader[17:20])
    return head + entries + b"\x1e" + body + b"\x1d"


def title(record: Record | None) -> str:
    return next((field.get("a").casefold() for field in record.select("245")), "") if record else ""


def main() -> None:
    libraries = []
    for _, path in province_files():
        with path.open("rb") as stream:
            libraries.append([reading.record for reading in mrk.readings(stream) if reading.record])
    for encoding in (*LEGACY, MARC8):
        equal = count = 0
        seconds = 0.0
        for records in libraries:
            data = b"".join(written(record, encoding) for record in records)
            start = time.process_time()
            found = [reading.record for reading in iso2709.readings(io.BytesIO(data))]
            seconds += time.process_time() - start
            count += len(records)
            equal += sum(title(mine) == title(theirs) for mine, theirs in zip(found, records, strict=True))
        print(f"  {encoding}: {count / seconds:,.0f} records/s, {len(libraries)} files of {count:,} records")
        share = equal / count
        verdict = "ok" if share >= 0.99 else "short"
        print(f"encodings {encoding} titles equal: {share:.2%} (target 99.00%) {verdict}")


if __name__ == "__main__":
    main()
