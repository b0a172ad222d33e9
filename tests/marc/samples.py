"""Records and bytes that the tests of this room share."""

from __future__ import annotations

import gzip
import io
import pathlib
import zipfile

import pytest
from hypothesis import strategies as st

from marc import repair
from marc.record import Field, Record

SHARED = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
needs_data = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="the shared data folder is not beside the repository"
)
needs_schemas = pytest.mark.skipif(
    not (SHARED / "schemas").is_dir(), reason="the shared schemas are not beside the repository"
)


def sample(number: str, title: str = "Truyện Kiều") -> Record:
    """A small record with a control number and a Vietnamese title."""
    return Record.build(
        repair.LEADER_BLANK,
        [
            Field("001", value=number),
            Field("008", value="960221s1955    vm abc    b    000 0 vie d"),
            Field("100", "1 ", (("a", "Nguyễn Du,"), ("d", "1766-1820"))),
            Field("245", "10", (("a", title + " /"), ("c", "Nguyễn Du"))),
            Field("650", " 4", (("a", "Thơ"), ("z", "Việt Nam"))),
        ],
    )


def iso(*fields: tuple[str, bytes], leader: bytes = b"nam a22", tail: bytes = b" a 4500") -> bytes:
    """ISO 2709 of raw fields (tag, content) with lengths that are right, whatever stands in the fields."""
    directory, body = b"", b""
    for tag, content in fields:
        directory += tag.encode("latin-1") + b"%04d%05d" % (len(content) + 1, len(body))
        body += content + b"\x1e"
    base = 24 + len(directory) + 1
    return b"%05d%b%05d%b" % (base + len(body) + 1, leader, base, tail) + directory + b"\x1e" + body + b"\x1d"


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


class Pipe:
    """A stream that only reads, a little at a time, like standard input."""

    def __init__(self, data: bytes, piece: int = 7_001) -> None:
        self._inner = io.BytesIO(data)
        self._piece = piece

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, self._piece) if size >= 0 else self._piece)


_VALUE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda text: repair.value(text)[0])
_CODE = st.sampled_from("abcxyz09AZ" + "!\"#$%&'()*+,-./:;<=>?{}_^`~[]\\")
_CONTROL = st.builds(lambda tag, value: Field(tag, value=value), st.sampled_from(["001", "008", "00a"]), _VALUE)
_DATA = st.builds(
    Field,
    st.sampled_from(["010", "245", "650", "9XY", "abc", "0A9"]),
    st.text("0123456789abz ", min_size=2, max_size=2),
    st.lists(st.tuples(_CODE, _VALUE), min_size=1, max_size=4).map(tuple),
)
_LEADER = st.from_regex(r"00000[0-9a-z ][a-z][0-9a-z ]{2}a2200000[0-9a-z ]{3}4500", fullmatch=True)
records = st.builds(Record.build, _LEADER, st.lists(_CONTROL | _DATA, min_size=1, max_size=6))
"""Any record a reader may give."""
