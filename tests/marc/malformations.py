"""60 ways in which an ISO 2709 record is broken, each with what is promised for it.

`kept` says whether the record itself arrives (repaired), `code` names the problem that tells of it. The records before
and behind it always arrive.
"""

from __future__ import annotations

from typing import NamedTuple

from marc import iso2709
from tests.marc.samples import iso, sample


class Flaw(NamedTuple):
    name: str
    data: bytes
    kept: bool
    code: str
    text: str = ""
    """What must stand in the record's packed text (or must not, with a leading `-`)."""


WHOLE = iso2709.write(sample("flawed"))
BASE = int(WHOLE[12:17])
FIRST_1E = BASE - 1
TITLE = "Truyện Kiều"
ONE = ("001", b"flawed")


def put(at: int, new: bytes, data: bytes = WHOLE) -> bytes:
    """`data` with the bytes at `at` replaced, nothing moved."""
    return data[:at] + new + data[at + len(new) :]


def entry(number: int, new: bytes, at: int = 0) -> bytes:
    """The record with bytes of one directory entry replaced (tag at 0, length at 3, start at 7)."""
    return put(24 + 12 * number + at, new)


def title(content: bytes) -> bytes:
    """A well-formed record around one 245 as it is given."""
    return iso(ONE, ("245", content))


def resized(data: bytes) -> bytes:
    """With a record length that is right."""
    return b"%05d" % len(data) + data[5:]


_BODY = "flawed\x1e10\x1faĐường\x1fbphố\x1e  \x1faone\x1etwo\x1e".encode()
COUNTED = resized(b"00000nam a2200061 a 4500001000700000245001500007500001200022\x1e" + _BODY + b"\x1d")
"""Lengths and starts in characters, and a field terminator inside a field, so that terminators alone do not do."""
LENGTH = len(WHOLE)
REST = WHOLE[5:]

LENGTHS = [
    Flaw("length not digits", b"abcde" + REST, True, "marc.length", TITLE),
    Flaw("length spaces", b"     " + REST, True, "marc.length", TITLE),
    Flaw("length 00000", b"00000" + REST, True, "marc.length", TITLE),
    Flaw("length 00004", b"00004" + REST, True, "marc.length", TITLE),
    Flaw("length +1", b"%05d" % (LENGTH + 1) + REST, True, "marc.length", TITLE),
    Flaw("length -1", b"%05d" % (LENGTH - 1) + REST, True, "marc.length", TITLE),
    Flaw("length 99999", b"99999" + REST, True, "marc.length", TITLE),
    Flaw("length negative", b"-0001" + REST, True, "marc.length", TITLE),
    Flaw("length 1_000", b"1_000" + REST, True, "marc.length", TITLE),
]
BASES = [
    Flaw("base not digits", put(12, b"abcde"), True, "marc.base", TITLE),
    Flaw("base zero", put(12, b"00000"), True, "marc.base", TITLE),
    Flaw("base beyond the length", put(12, b"99999"), True, "marc.base", TITLE),
    Flaw("base off by one", put(12, b"%05d" % (BASE + 1)), True, "marc.base", TITLE),
    Flaw("base inside the leader", put(12, b"00012"), True, "marc.base", TITLE),
]
DIRECTORIES = [
    Flaw(
        "directory with a stray byte",
        resized(WHOLE[:FIRST_1E] + b"0" + WHOLE[FIRST_1E:]),
        True,
        "marc.directory",
        TITLE,
    ),
    Flaw("directory lost a byte", resized(WHOLE[:40] + WHOLE[41:]), False, "marc.directory_broken"),
    Flaw("entry length not digits", entry(3, b"00x9", 3), True, "marc.directory", TITLE),
    Flaw("entry start not digits", entry(3, b"0x0y9", 7), True, "marc.directory", TITLE),
    Flaw("field past the end", entry(4, b"99999", 7), False, "marc.field_outside"),
    Flaw("field start negative", entry(3, b"-0001", 7), False, "marc.field_outside"),
    Flaw("field length 0", entry(3, b"0000", 3), False, "marc.field_empty"),
    Flaw("field over its neighbours", entry(1, b"0099", 3), False, "marc.field_overlap"),
    Flaw("same field twice", put(24 + 12 * 3, WHOLE[48:60]), False, "marc.field_overlap"),
    Flaw("tag not ASCII", entry(3, b"2\xe15"), True, "marc.tag_left_out", "-" + TITLE),
    Flaw("tag with NUL", entry(3, b"2\x005"), True, "marc.tag_left_out", "-" + TITLE),
    Flaw("tag with a blank", entry(3, b"2 5"), True, "marc.tag_left_out", "-" + TITLE),
    Flaw("directory lost its first byte", resized(WHOLE[:24] + WHOLE[25:]), True, "marc.directory_first", TITLE),
    Flaw("directory lost its second byte", resized(WHOLE[:25] + WHOLE[26:]), True, "marc.directory_first", TITLE),
    Flaw("directory counts characters", COUNTED, True, "marc.directory_characters", "Đường\x1fbphố"),
    Flaw("directory lost its third byte", resized(WHOLE[:26] + WHOLE[27:]), False, "marc.directory_broken"),
    Flaw("tag of small letters", entry(4, b"abc"), True, "marc.tag_mended", "\x1eabc 4\x1faThơ"),
    Flaw("directory without terminator", resized(WHOLE[:FIRST_1E] + WHOLE[BASE:]), False, "marc.directory_broken"),
]
LEADERS = [
    Flaw("entry map not ASCII", put(22, b"\x92"), True, "marc.leader", TITLE),
    Flaw("leader not ASCII", put(7, b"\xe9"), False, "marc.leader_short"),
    Flaw("leader short", WHOLE[:20] + WHOLE[24:], False, "marc."),
    Flaw("MARC-8 label, UTF-8 data", put(9, b" "), True, "marc.encoding_label", TITLE),
    Flaw(
        "UTF-8 label, cp1258 data",
        title(b"10\x1fa" + "Truyện".encode("cp1258", "replace") + b"\xea\xf2"),
        False,
        "marc.not_utf8",
    ),
    Flaw("entry map not 4500", put(20, b"5600"), True, "marc.leader", TITLE),
]
TEXTS = [
    Flaw(
        "a damaged byte in much UTF-8",
        title(
            "10\x1faTruyện Kiều của Nguyễn Du, đại thi hào dân tộc, danh nhân văn hoá thế giới".encode().replace(
                "ạ".encode(), b"\xe1\xba"
            )
        ),
        True,
        "marc.bytes_lost",
        "đ\ufffdi thi hào",
    ),
    Flaw("invalid UTF-8", title(b"10\x1faTruy\xff\xfen"), False, "marc.not_utf8"),
    Flaw("UTF-8 character cut", title(b"10\x1faTruy\xe1\xbb\x1fbx"), False, "marc.not_utf8"),
    Flaw("surrogates as CESU-8", title(b"10\x1fa\xed\xa0\xbd\xed\xb8\x80"), False, "marc.not_utf8"),
    Flaw("ESC and SOH", title(b"10\x1faKi\x01\xc3\xaa\x1bu"), True, "marc.control_characters", "\x1faKiêu"),
    Flaw("U+FFFF", title(b"10\x1faKi\xef\xbf\xbf\xc3\xaau"), True, "marc.control_characters", "\x1faKiêu"),
    Flaw(
        "C1 controls and line ends",
        title(b"10\x1faA\xc2\x85B\r\nC\xc2\x98"),
        True,
        "marc.control_characters",
        "\x1faA B  C",
    ),
    Flaw(
        "MARC-8 escape nobody knows",
        iso(ONE, ("245", b"10\x1fa\x1b(ZKieu"), leader=b"nam  22"),
        True,
        "charset.unknown_escape",
        "Kieu",
    ),
]
TERMINATORS = [
    Flaw("no record terminator", WHOLE[:-1], True, "marc.terminator", TITLE),
    Flaw("no field terminator at the end", WHOLE[:-2] + b"\x1d", True, "marc.directory", TITLE),
    Flaw(
        "record terminator in a subfield",
        title(b"10\x1faTruy\x1dKieu"),
        True,
        "marc.control_characters",
        "\x1faTruyKieu",
    ),
    Flaw(
        "field terminator in a subfield",
        title(b"10\x1faTruy\x1eKieu"),
        True,
        "marc.control_characters",
        "\x1faTruyKieu",
    ),
]
FIELDS = [
    Flaw("no indicators", title(b"\x1faKieu"), True, "marc.indicators", "245  \x1faKieu"),
    Flaw("one indicator", title(b"1\x1faKieu"), True, "marc.indicators", "2451 \x1faKieu"),
    Flaw("three indicators", title(b"104\x1faKieu"), True, "marc.indicators", "24510\x1faKieu"),
    Flaw("indicator not ASCII", title(b"1\xe9\x1faKieu"), False, "marc.indicators_foreign"),
    Flaw("subfield code not ASCII", title(b"10\x1f\xe9Kieu"), True, "marc.subfield_code", "-245"),
    Flaw("empty subfield", title(b"10\x1f\x1faKieu"), True, "marc.empty_subfields", "24510\x1faKieu"),
    Flaw("data field without delimiter", title(b"10Kieu"), True, "marc.no_subfields", "-Kieu"),
    Flaw("text before the first delimiter", title(b"10Kieu\x1fbx"), True, "marc.loose_text", "24510\x1fbx"),
    Flaw(
        "control field with delimiter",
        iso(("001", b"\x1faflawed"), ("245", b"10\x1fax")),
        True,
        "marc.control_delimiter",
        "001$aflawed",
    ),
]
BETWEEN = [
    Flaw("CR LF", b"\r\n" + WHOLE + b"\r\n", True, "marc.filler", TITLE),
    Flaw("NULs", b"\0" * 10 + WHOLE + b"\0" * 10, True, "marc.filler", TITLE),
    Flaw("byte order mark", b"\xef\xbb\xbf" + WHOLE, True, "marc.filler", TITLE),
    Flaw("a line of mrk", b"=245  10$aKieu\r\n", False, "marc.junk"),
    Flaw("empty record", b"00026nam a2200025 a 4500\x1e\x1d", False, "marc.empty_record"),
]
CUT = Flaw("file cut in the middle", WHOLE[:150], False, "marc.")
"""The last one: nothing comes behind it."""

FLAWS = [*LENGTHS, *BASES, *DIRECTORIES, *LEADERS, *TEXTS, *TERMINATORS, *FIELDS, *BETWEEN]
