"""Archives come apart into their files, and every damaged or hostile one ends in our error, named."""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundation import limits
from foundation.archives import members
from foundation.errors import FormatError, InputError, LimitError, StoreError

NOISE = random.Random(7).randbytes(200_000)  # does not compress


class Pipe(io.RawIOBase):
    """Bytes that cannot seek and come a few at a time, as standard input does."""

    def __init__(self, data: bytes, step: int = 1000) -> None:
        self.data = io.BytesIO(data)
        self.step = step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self.data.read(min(self.step, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def contents(data: bytes, name: str = "f") -> list[tuple[str, bytes]]:
    return [(shown, stream.read()) for shown, stream in members(io.BytesIO(data), name)]


def faults(stream: BinaryIO) -> dict[str, str]:
    """Each member's name with the code and limit of its error, or its length."""
    found = {}
    for name, member in members(stream, "f"):
        try:
            size = 0
            while part := member.read(limits.READ_CHUNK):
                size += len(part)
            found[name] = str(size)
        except InputError as error:
            found[name] = error.problem.code + ":" + str(error.problem.values.get("limit", ""))
    return found


SHAPES: dict[str, tuple[bytes, list[tuple[str, bytes]]]] = {
    "plain": (b"00024nam", [("f", b"00024nam")]),
    "empty": (b"", [("f", b"")]),
    "one byte": (b"\x1f", [("f", b"\x1f")]),
    "gzip": (gzip.compress(b"one"), [("f", b"one")]),
    "gzip of several members": (gzip.compress(b"one") + gzip.compress(b"two"), [("f", b"onetwo")]),
    "gzip of nothing": (gzip.compress(b""), [("f", b"")]),
    "zip": (zipped({"a.mrc": b"one", "b/c.xml": b"two"}), [("f/a.mrc", b"one"), ("f/b/c.xml", b"two")]),
    "zip, stored": (zipped({"a": b"one"}, zipfile.ZIP_STORED), [("f/a", b"one")]),
    "zip of nothing": (zipped({}), []),
    "zip with folders": (zipped({"d/": b"", "__MACOSX/d/._a": b"x", "d/a": b"one"}), [("f/d/a", b"one")]),
    "gzip in zip": (zipped({"a.gz": gzip.compress(b"one"), "b": b"two"}), [("f/a.gz", b"one"), ("f/b", b"two")]),
    "zip in zip": (zipped({"a.zip": zipped({"b": b"one"})}), [("f/a.zip/b", b"one")]),
    "zip in gzip": (gzip.compress(zipped({"b": b"one"})), [("f/b", b"one")]),
    "names that would leave the folder": (
        zipped({"../../etc/x": b"1", "/abs": b"2", "a\nb": b"3"}),
        [("f/../../etc/x", b"1"), ("f//abs", b"2"), ("f/a\ufffdb", b"3")],
    ),
    "Vietnamese name": (zipped({"huyện/sách.mrc": b"1"}), [("f/huyện/sách.mrc", b"1")]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape_comes_apart(name: str) -> None:
    data, wanted = SHAPES[name]
    assert contents(data) == wanted
    for step in (1, 1000):
        piped = [(shown, stream.read()) for shown, stream in members(io.BufferedReader(Pipe(data, step)), "f")]
        assert piped == wanted


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "mimetype"])
def test_a_document_that_happens_to_be_a_zip_stays_whole(mark: str) -> None:
    data = zipped({mark: b"x", "xl/workbook.xml": b"<x/>"})
    assert contents(data) == [("f", data)]
    assert contents(zipped({"so.xlsx": data})) == [("f/so.xlsx", data)]
    assert [stream.read() for _, stream in members(io.BufferedReader(Pipe(data)), "f")] == [data]


def test_the_caller_keeps_the_file() -> None:
    file = io.BytesIO(zipped({"a": b"one"}))
    assert len(list(members(file, "f"))) == 1
    assert not file.closed


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


def encrypted(data: bytes) -> bytes:
    """The flag of APPNOTE 4.4.4 bit 0, in the first local header and in its directory entry."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[local + 6] |= 1
    changed[central + 8] |= 1
    return bytes(changed)


STORED = zipped({"a": NOISE[:1000], "b": b"good"}, zipfile.ZIP_STORED)
DAMAGED: dict[str, tuple[bytes, dict[str, str]]] = {
    "gzip cut off": (gzip.compress(NOISE)[:-100], {"f": "archive.damaged:"}),
    "gzip cut in its header": (gzip.compress(NOISE)[:5], {"f": "archive.damaged:"}),
    "gzip with a wrong sum": (flipped(gzip.compress(NOISE), -6 + len(gzip.compress(NOISE))), {"f": "archive.damaged:"}),
    "gzip with junk behind": (gzip.compress(b"one") + b"junk", {"f": "archive.damaged:"}),
    "gzip flipped inside": (flipped(gzip.compress(NOISE), 3), {"f": "archive.damaged:"}),
    "zip cut off": (STORED[:-30], {"f": "archive.damaged:"}),
    "zip with a wrong sum": (flipped(STORED, 500), {"f/a": "archive.damaged:", "f/b": "4"}),
    "zip with a password": (encrypted(STORED), {"f/a": "archive.encrypted:", "f/b": "4"}),
    "zip, lzma": (
        zipped({"a": b"x", "b": b"y"}, zipfile.ZIP_LZMA),
        {"f/a": "archive.method:", "f/b": "archive.method:"},
    ),
    "bzip2": (b"BZh91AY&SY", {"f": "archive.method:"}),
    "xz": (b"\xfd7zXZ\0", {"f": "archive.method:"}),
    "7-Zip": (b"7z\xbc\xaf'\x1c", {"f": "archive.method:"}),
    "RAR": (b"Rar!\x1a\x07", {"f": "archive.method:"}),
    "bad zip in a good one": (
        zipped({"a.zip": b"PK\x03\x04junk", "b": b"good"}),
        {"f/a.zip": "archive.damaged:", "f/b": "4"},
    ),
    "three deep": (gzip.compress(gzip.compress(gzip.compress(b"x"))), {"f": "archive.limit:ARCHIVE_DEPTH"}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named_and_costs_only_its_member(name: str) -> None:
    data, wanted = DAMAGED[name]
    assert faults(io.BytesIO(data)) == wanted
    assert faults(io.BufferedReader(Pipe(data))) == wanted


def overlapping(copies: int) -> bytes:
    """A zip whose directory names the same compressed bytes again and again."""
    data = zipped({"a": bytes(4_000_000)})
    central, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    directory = data[central:end] * copies
    return (
        data[:central]
        + directory
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, copies, copies, len(directory), central, 0)
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(bytes(30_000_000)),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(bytes(30_000_000))),
    "zip": lambda: zipped({"a": bytes(30_000_000)}),
    "many small ones in a zip": lambda: zipped({str(n): bytes(3_000_000) for n in range(10)}),
    "overlapping entries": lambda: overlapping(10),
    "zip in zip": lambda: zipped({"a.zip": zipped({"b": bytes(30_000_000)})}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_met_in_flat_memory(name: str) -> None:
    data = BOMBS[name]()
    tracemalloc.start()
    found = faults(io.BytesIO(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "archive.limit:ARCHIVE_RATIO" in found.values()
    assert peak < 12 * limits.MIB


def test_ratio_at_its_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress(bytes(100_000))
    monkeypatch.setattr(limits, "ARCHIVE_RATIO_FLOOR", 0)
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", 100_000 // len(data) + 1)
    assert faults(io.BytesIO(data)) == {"f": "100000"}
    monkeypatch.setattr(limits, "ARCHIVE_RATIO", 100_000 // len(data))
    assert faults(io.BytesIO(data)) == {"f": "archive.limit:ARCHIVE_RATIO"}
    monkeypatch.setattr(limits, "ARCHIVE_RATIO_FLOOR", 100_000)
    assert faults(io.BytesIO(data)) == {"f": "100000"}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_file_bytes_at_their_edge(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed in (200_001, 200_000):
        monkeypatch.setattr(limits, "FILE_BYTES", allowed)
        assert faults(io.BytesIO(pack(NOISE))) == {"f": "200000"}
    monkeypatch.setattr(limits, "FILE_BYTES", 199_999)
    assert faults(io.BytesIO(pack(NOISE))) == {"f": "archive.limit:FILE_BYTES"}


def test_entries_at_their_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_ENTRIES", 50)
    assert len(faults(io.BytesIO(zipped({str(n): b"" for n in range(50)})))) == 50
    assert faults(io.BytesIO(zipped({str(n): b"" for n in range(51)}))) == {"f": "archive.limit:ARCHIVE_ENTRIES"}


def test_a_huge_directory_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ARCHIVE_DIRECTORY_BYTES", 1000)
    data = zipped({"x" * 200 + str(n): b"" for n in range(800)})
    assert faults(io.BytesIO(data)) == {"f": "archive.limit:ARCHIVE_DIRECTORY_BYTES"}


def test_spool_at_its_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"a": b"one"})
    monkeypatch.setattr(limits, "ARCHIVE_SPOOL_BYTES", len(data))
    assert faults(io.BufferedReader(Pipe(data))) == {"f/a": "3"}
    monkeypatch.setattr(limits, "ARCHIVE_SPOOL_BYTES", len(data) - 1)
    assert faults(io.BufferedReader(Pipe(data))) == {"f": "archive.limit:ARCHIVE_SPOOL_BYTES"}


def test_a_full_disk_is_our_fault_not_the_file_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device that is always full stands for the disk."""
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "r+b", buffering=0))  # noqa: SIM115
    [(_, stream)] = members(io.BufferedReader(Pipe(zipped({"a": b"one"}))), "f")
    with pytest.raises(StoreError):
        stream.read()


SEEDS = [data for data, _ in (*SHAPES.values(), *DAMAGED.values()) if len(data) < 3000]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
        st.binary(max_size=200).map(lambda data: b"\x1f\x8b\x08" + data),
        st.tuples(st.sampled_from(SEEDS), st.integers(0, 2999), st.integers(1, 255)).map(
            lambda case: bytes(
                byte ^ case[2] if place == case[1] % max(len(case[0]), 1) else byte
                for place, byte in enumerate(case[0])
            )
        ),
        st.tuples(st.sampled_from(SEEDS), st.integers(0, 2999)).map(lambda case: case[0][: case[1]]),
    )
)
@example(b"PK\x05\x06" + b"\xff" * 18)
def test_any_bytes_give_members_or_our_error(data: bytes) -> None:
    for stream in (io.BytesIO(data), io.BufferedReader(Pipe(data))):
        assert all(faults(stream).values())


def test_error_names_the_limit_what_was_seen_and_what_is_allowed() -> None:
    [(_, stream)] = members(io.BytesIO(gzip.compress(bytes(30_000_000))), "tinh.mrc.gz")
    with pytest.raises(LimitError) as caught:
        stream.read()
    for language in ("vi", "en"):
        text = caught.value.text(language)
        assert all(part in text for part in ("tinh.mrc.gz", "ARCHIVE_RATIO", "200"))


def test_reading_a_damaged_member_is_a_format_error() -> None:
    with pytest.raises(FormatError):
        contents(gzip.compress(NOISE)[:-1])
