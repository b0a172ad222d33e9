"""Writes CDS/ISIS exports and bases for tests, after the Reference manual (appendix G), with none of what they test."""

from __future__ import annotations

import struct

from marc.cdsisis import IsisRecord

BASE = [
    IsisRecord(
        1, ((24, "<The> Tale of Kieu"), (26, "^aHà Nội^bVăn học^c1965"), (70, "Nguyễn Du"), (70, "Đào Duy Anh"))
    ),
    IsisRecord(2, ((24, "Truyện Kiều" * 12), (30, "^a180 tr.^c19 cm"), (69, "<thơ><truyện Nôm>"))),
    IsisRecord(3, ((24, "Lịch sử tỉnh Bắc Kạn"), (44, "Địa chí^v2"), (50, ""))),
]


def export(
    records: list[IsisRecord], encoding: str = "utf-8", mark: bytes = b"\x1e", end: bytes = b"\x1d"
) -> list[bytes]:
    """Each record as ISO 2709 of CDS/ISIS, in one piece."""
    made = []
    for record in records:
        directory, body = b"", b""
        for tag, value in record.fields:
            content = value.encode(encoding) + mark
            directory += b"%03d%04d%05d" % (tag, len(content), len(body))
            body += content
        base = 24 + len(directory) + 1
        length = base + len(body) + 1
        made.append(b"%05d0000000%05d0004500" % (length, base) + directory + mark + body + end)
    return made


def wrapped(record: bytes, end: bytes = b"\r\n") -> bytes:
    """The record in lines of 80 bytes."""
    return b"".join(record[at : at + 80] + end for at in range(0, len(record), 80))


def master(
    records: list[IsisRecord], encoding: str = "utf-8", slack: bool = False, deleted: tuple[int, ...] = ()
) -> tuple[bytes, bytes]:
    """(.mst, .xrf) of a base; `slack` for the layout of Linux. A record that comes again is an update of the first."""
    size = 20 if slack else 18
    data = bytearray(b"\0" * 64)
    pointers: dict[int, int] = {}
    for record in records:
        if len(data) % 512 + size - 4 > 512:
            data += b"\0" * (512 - len(data) % 512)
        place = len(data)
        values = [value.encode(encoding) for _, value in record.fields]
        starts = [sum(map(len, values[:at])) for at in range(len(values))]
        base = size + 6 * len(values)
        length = base + sum(map(len, values))
        length += length % 2
        status = int(record.mfn in deleted)
        form = "<ih2xiHHHH" if slack else "<ihiHHHH"
        data += struct.pack(form, record.mfn, length, 0, 0, base, len(values), status)
        for (tag, _), start, value in zip(record.fields, starts, values, strict=True):
            data += struct.pack("<HHH", tag, start, len(value))
        data += b"".join(values)
        data += b" " * (place + length - len(data))
        block = place // 512 + 1
        pointers[record.mfn] = -(block * 2048) + place % 512 if status else block * 2048 + place % 512
    last = max(pointers, default=0)
    struct.pack_into("<iiiHBBi", data, 0, 0, last + 1, len(data) // 512 + 1, len(data) % 512 + 1, 0, 0, len(pointers))
    data += b"\0" * (-len(data) % 512)
    xrf = b""
    blocks = max((last + 126) // 127, 1)
    for number in range(blocks):
        held = [pointers.get(127 * number + at + 1, 0) for at in range(127)]
        xrf += struct.pack("<i127i", -(number + 1) if number == blocks - 1 else number + 1, *held)
    return bytes(data), xrf
