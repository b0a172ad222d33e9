"""MARC-8: the tables, the order of marks, escapes, and what happens to everything that is not MARC-8."""

from __future__ import annotations

import gzip
import itertools
import pathlib
import time
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymarc import marc8_mapping

from foundation.limits import MARC8_MARKS, MARC8_PROBLEMS
from marc import charset_messages
from marc.charset import Decoded, decode, encode
from marc.marc8_tables import MARKS
from tools.generate_marc8_tables import CORRECTIONS, TARGET, module

SHARED = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
GPO = SHARED / "data" / "marc" / "gpo"
needs_gpo = pytest.mark.skipif(
    not GPO.exists(), reason="the real records of data/marc/gpo are not beside the repository"
)

SHAPES = {"a": ["", "\u0302", "\u0306"], "e": ["", "\u0302"], "o": ["", "\u0302", "\u031b"], "u": ["", "\u031b"]}
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VIETNAMESE = [
    letter
    for vowel in "aeiouy"
    for shape in SHAPES.get(vowel, [""])
    for tone in TONES
    for small in [normalize("NFC", vowel + shape + tone)]
    for letter in (small, small.upper())
]
VIETNAMESE += ["đ", "Đ"]
ANSEL_MARKS = {
    "\u0300": 0xE1, "\u0301": 0xE2, "\u0302": 0xE3, "\u0303": 0xE4, "\u0306": 0xE6, "\u0309": 0xE0, "\u0323": 0xF2
}  # fmt: skip
ESCAPES = {
    0x42: b"\x1b(B", 0x45: b"\x1b)!E", 0x53: b"\x1b(S", 0x4E: b"\x1b(N", 0x51: b"\x1b)Q", 0x32: b"\x1b(2",
    0x33: b"\x1b(3", 0x34: b"\x1b)4", 0x62: b"\x1bb", 0x70: b"\x1bp", 0x67: b"\x1bg", 0x31: b"\x1b$1",
}  # fmt: skip


def codes(result: Decoded) -> list[str]:
    return [problem.code for problem in result.problems]


# --- tables -----------------------------------------------------------------------------------------------------


def test_the_checked_in_tables_are_what_the_generator_writes() -> None:
    assert TARGET.read_text(encoding="utf-8") == module()


@pytest.mark.parametrize("code_set", sorted(marc8_mapping.CODESETS), ids=chr)
def test_every_entry_of_every_set_decodes(code_set: int) -> None:
    width = 3 if code_set == 0x31 else 1
    wrong = []
    for code, (value, is_mark) in marc8_mapping.CODESETS[code_set].items():
        if code in (0x1B, 0x1D, 0x1E, 0x1F):
            continue
        data = ESCAPES[code_set] + code.to_bytes(width, "big") + (b"\x1b(Bx" if is_mark else b"")
        character = CORRECTIONS.get(code, chr(value)) if width == 3 else chr(value)
        if decode(data) != Decoded(normalize("NFC", "x" + character if is_mark else character)):
            wrong.append(hex(code))
    assert not wrong


@pytest.mark.parametrize("code_set", [0x4E, 0x53, 0x32, 0x33, 0x51, 0x34], ids=chr)
def test_a_set_means_the_same_in_g0_and_g1(code_set: int) -> None:
    letters = bytes(code & 0x7F for code, (_, is_mark) in marc8_mapping.CODESETS[code_set].items() if not is_mark)
    low = b"\x1b(" + bytes([code_set]) + letters
    high = b"\x1b)" + bytes([code_set]) + bytes(code | 0x80 for code in letters)
    assert decode(low) == decode(high)
    assert not decode(low).problems


@pytest.mark.parametrize("escape", [b"\x1b$1", b"\x1b$,1", b"\x1b$(1"])
def test_east_asian_characters_in_g0(escape: bytes) -> None:
    assert decode(escape + b"!0!!0#\x1b(B.").text == "一七."


@pytest.mark.parametrize("escape", [b"\x1b$)1", b"\x1b$-1"])
def test_east_asian_characters_in_g1(escape: bytes) -> None:
    assert decode(escape + b"a\xa1\xb0\xa1b\x1b)!E\xb3").text == "a一bđ"


def test_a_space_among_east_asian_characters_is_a_space() -> None:
    assert decode(b"\x1b$1!0! !0#!# !0#\x1b(B") == Decoded("一 七\u3000七")


# --- escapes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b)Q\xd1\x1b)!E\xe2e", "ѳé"),
        (b"\x1b)Q\xc0\x1b)!Ecaf\xe2e", "ґcafé"),
        (b"\x1b-Q\xc0\x1b-E\xb3", "ґđ"),
        (b"\x1b,N@\x1b,Bx", "юx"),
        (b"H\x1bb2\x1bsO, x\x1bp2\x1bs", "H₂O, x²"),
        (b"\x1bga\x1bsa", "αa"),
        (b"\x1b(!E\x33\x1b(B", "đ"),
        (b"\x1b(Sa\xe2\x1b(Ba", "αá"),
    ],
)
def test_escapes_switch_sets(data: bytes, text: str) -> None:
    assert decode(data) == Decoded(text)


@pytest.mark.parametrize("delimiter", ["\x1d", "\x1e", "\x1f"])
def test_sets_return_to_ascii_and_ansel_at_every_delimiter(delimiter: str) -> None:
    data = b"\x1b(N\x1b)Qa\xc0" + delimiter.encode() + b"a\xb3"
    assert decode(data).text == f"Аґ{delimiter}ađ"


def test_an_unknown_escape_is_kept_and_told_with_its_place() -> None:
    result = decode(b'O\x1bp2\x1b("X3\x1bs')
    assert codes(result) == ["charset.unknown_escape"]
    assert result.problems[0].place.offset == 4
    assert result.text == 'O²\ufffd("X³'


# --- marks ------------------------------------------------------------------------------------------------------


def test_there_are_146_vietnamese_letters() -> None:
    assert len(set(VIETNAMESE)) == 146


@pytest.mark.parametrize("letter", VIETNAMESE)
def test_a_vietnamese_letter_decodes_with_its_marks_in_either_order(letter: str) -> None:
    base, *marks = normalize("NFD", letter)
    if "\u031b" in marks:
        base, marks = normalize("NFC", base + "\u031b"), [mark for mark in marks if mark != "\u031b"]
    special = {"ơ": 0xBC, "ư": 0xBD, "Ơ": 0xAC, "Ư": 0xAD, "đ": 0xB3, "Đ": 0xA3}
    for order in itertools.permutations(marks):
        data = bytes([*(ANSEL_MARKS[mark] for mark in order), special.get(base, ord(base) & 0x7F)])
        assert decode(data) == Decoded(letter)


def test_every_vietnamese_letter_survives_the_round_trip_without_references() -> None:
    text = " ".join(VIETNAMESE)
    result = encode(text)
    assert not result.problems
    assert b"&" not in result.data
    assert decode(result.data) == Decoded(text)


def test_marks_are_written_top_to_bottom() -> None:
    assert encode("ế ề ậ ớ").data == b"\xe2\xe3e \xe1\xe3e \xe3\xf2a \xe2\xbc"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xebt\xecs", "t\u0361s"),
        (b"\xfan\xfbg", "n\u0360g"),
        (b"\xebi\xec\xe5a", "i\u0361a\u0304"),
        (b"\xeba \xecb", "a\ufe20 b\ufe21"),
        (b"\xeba\x1fb\xecc", "a\ufe20\x1fbc\ufe21"),
    ],
)
def test_halves_over_two_letters_join(data: bytes, text: str) -> None:
    assert decode(data).text == normalize("NFC", text)


def test_chained_ligatures_survive() -> None:
    text = "t\u0361s\u0361h n\u0360g"
    assert encode(text).data == b"\xebt\xeb\xecs\xech \xfan\xfbg"
    assert decode(encode(text).data).text == text


def test_a_mark_at_the_end_of_a_subfield_stays_there_and_is_told() -> None:
    result = decode(b"\x1facaf\xe2\x1fbx")
    assert result.text == "\x1facaf\u0301\x1fbx"
    assert [(problem.code, problem.place.offset) for problem in result.problems] == [("charset.mark_alone", 5)]


@pytest.mark.parametrize("data", [b"\x1fa\xe2\x1fb", b"\x1fa&#x0301;b", b"\x1f\xe2ab", b"\x1fa\xcc\x81b"])
def test_a_subfield_code_never_melts_with_a_mark(data: bytes) -> None:
    assert "á" not in decode(data).text


# --- references, damage, limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"&#x1EBF;", "ế"),
        (b"a&#x0302;&#x0301;", "ấ"),
        (b"\xe2&#x0250;", "ɐ\u0301"),
        (b"&#x26;#x41;", "&#x41;"),
        (b"\xe2e &#x2014; ", "é — "),
    ],
)
def test_a_reference_becomes_its_character(data: bytes, text: str) -> None:
    assert decode(data) == Decoded(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"hu\\U+031b\\o\\U+031b\xe2\\ng", "hướng"), (b"o\\U+01a1\\", "oơ"), (b"\\U+001f\\a", "&#x001F;a")],
)
def test_a_spelt_out_code_point_is_read_and_told(data: bytes, text: str) -> None:
    result = decode(data)
    assert result.text == text
    assert "charset.spelt_out" in codes(result)


@pytest.mark.parametrize("reference", ["&#x1F;", "&#x1d;", "&#xD800;", "&#x110000;", "&#xFFFE;", "&#x00;", "&#x0A;"])
def test_a_reference_can_smuggle_in_no_delimiter(reference: str) -> None:
    result = decode(b"ab" + reference.encode())
    assert result.text == "ab" + reference
    assert [(problem.code, problem.place.offset) for problem in result.problems] == [("charset.bad_reference", 2)]


@pytest.mark.parametrize(
    ("data", "code", "offset", "text"),
    [
        (b"abc\x80", "charset.unknown_code", 3, "abc\ufffd"),
        (b"\x1b(Nab\xff", "charset.unknown_code", 5, "АБ\ufffd"),
        (b"\x1b$1!0!zzz\x1b(B", "charset.unknown_code", 6, "一\ufffd"),
        (b"\x1b$1!0!!0\x1b(B", "charset.truncated", 6, "一!0"),
        (b"\x1b$1!0!\x1b(B \xe2", "charset.mark_alone", 10, "一 \u0301"),
        (b"r\xef\xbf\xbdio \xe2e", "charset.lost", 1, "r\ufffdio é"),
    ],
)
def test_damage_is_kept_and_told_with_its_place(data: bytes, code: str, offset: int, text: str) -> None:
    result = decode(data)
    assert result.text == text
    assert [(problem.code, problem.place.offset) for problem in result.problems] == [(code, offset)]


def test_a_value_in_utf8_is_read_as_utf8_beside_values_in_marc8() -> None:
    result = decode(b"\x1faSzab" + "ó".encode() + b"\x1fbti\xe2\xe3eng\x80")
    assert result.text == "\x1faSzabó\x1fbtiếng\ufffd"
    assert [(problem.code, problem.place.offset) for problem in result.problems] == [
        ("charset.utf8_value", 0),
        ("charset.unknown_code", 17),
    ]


def test_what_marc8_cannot_say_is_written_as_references_and_counted() -> None:
    result = encode("a ɐ—ɐ")
    assert result.data == b"a &#x0250;&#x2014;&#x0250;"
    assert [(problem.values["character"], problem.values["count"]) for problem in result.problems] == [
        ("U+0250", 2),
        ("U+2014", 1),
    ]


def test_only_so_many_problems_are_listed() -> None:
    result = decode(b"\x80" * 1000)
    assert len(result.problems) == MARC8_PROBLEMS + 1
    assert result.problems[-1].values["count"] == 1000 - MARC8_PROBLEMS


@pytest.mark.parametrize(
    "data",
    [
        b"\xe2\xf2" * 500_000 + b"a",
        b"\xe2\xf2" * 500_000,
        b"a" + b"&#x0301;&#x0323;" * 60_000,
        b"\x1b(3" + b"kt" * 500_000,
        b"\xeb" * 1_000_000,
        b"\xebab" * 300_000,
        b"\x1b" * 1_000_000,
        b"\x1b(N\x1b(B" * 150_000,
        b"\x1b$1" + b"!" * 1_000_000,
        b"\xc2\x80" * 500_000,
        b"a" + "\u0301\u0323".encode() * 250_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_megabyte_made_to_be_slow_is_not(data: bytes) -> None:
    start = time.process_time()
    result = decode(data)
    assert time.process_time() - start < 5
    assert len(result.problems) <= MARC8_PROBLEMS + 1
    assert len(result.text) <= len(data) + len(data) // MARC8_MARKS + 1


def test_messages_name_the_same_values_in_both_languages() -> None:
    for message in vars(charset_messages).values():
        if isinstance(message, charset_messages.Message):
            names = [
                {part.split("}")[0].split(":")[0] for part in text.split("{")[1:]} for text in (message.vi, message.en)
            ]
            assert names[0] == names[1], message.code


# --- both ways --------------------------------------------------------------------------------------------------

TEXTS = [
    "Привет, мир! Ѳѣґ é",
    "Ἑλληνικά ΐ ς",
    "שָׁלוֹם — עברית",
    "العربيّة پکگ",
    "中文 日本語 ひらがな が 한국어 𡋄",
    "αβγ H₂O x² ½",
    "&#x41; & &amp; &\u0301#x41;",
    "a\u0301\u0302",
    "\x98The \x9cend",
    "\u0301 starts with a mark",
    "©ł ớư",
    "Привет\tмир\n",
    "C:\\U+031b\\ \\U+0041\\\u0301",
]
XML_LEGAL = st.text(
    st.one_of(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff\ufe20\ufe21\ufe22\ufe23"),
        st.sampled_from(MARKS + "\u0361\u0360\u031b\u0339\\U+031b&#x;aeouAEOUсμא你가"),
    ).filter(lambda character: character >= " " or character in "\t\n\r")
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back(text: str) -> None:
    assert decode(encode(text).data).text == normalize("NFC", text)


@given(XML_LEGAL)
@example("\u0361a")
@example("a\u0361\u035e\u0339b\u0361")
@settings(max_examples=500, deadline=None)
def test_any_text_that_xml_allows_comes_back(text: str) -> None:
    result = encode(text)
    assert decode(result.data).text == normalize("NFC", text)
    assert bool(result.problems) == (b"&#x" in result.data and "&#x" not in text) or "&#x" in text


HALVES = frozenset("\ufe20\ufe21\ufe22\ufe23")
"""Halves of a mark over two letters. MARC-8 writes them as it writes the whole: they come back as one."""


@given(st.lists(XML_LEGAL.filter(bool).filter(lambda text: not HALVES.intersection(text)), max_size=4))
@settings(max_examples=200, deadline=None)
def test_values_between_delimiters_do_not_touch_each_other(values: list[str]) -> None:
    data = encode("\x1e10" + "".join("\x1fa" + value for value in values)).data
    assert decode(data).text.split("\x1f")[1:] == ["a" + normalize("NFC", value) for value in values]


PIECES = [b"\x1b", b"$1", b"(N", b")Q", b"\xe2", b"\xeb", b"\xec", b"a", b"\x1f", b"&#x0301;", b"!0!", b"\xc3\xa9"]


@given(st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join))
@settings(max_examples=500, deadline=None)
def test_any_bytes_decode_to_nfc_with_their_delimiters(data: bytes) -> None:
    result = decode(data)
    assert [c for c in result.text if c in "\x1d\x1e\x1f"] == [chr(c) for c in data if c in b"\x1d\x1e\x1f"]
    assert all(0 <= problem.place.offset < len(data) for problem in result.problems)
    assert all(problem.text(language) for problem in result.problems for language in ("vi", "en"))


@given(st.text(st.characters()))
def test_encoding_never_raises(text: str) -> None:
    encode(text)


# --- real records -----------------------------------------------------------------------------------------------


def records(path: pathlib.Path) -> list[bytes]:
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return [record for record in data.split(b"\x1d") if len(record) > 24]


def values(record: bytes) -> list[bytes]:
    return [piece for field in record.split(b"\x1e")[1:] for piece in field.split(b"\x1f")]


@needs_gpo
def test_real_vietnamese_values_equal_their_utf8_twins() -> None:
    marc8, utf8 = {}, {}
    for record in records(GPO / "gpo_vie_hmn.mrc"):
        (utf8 if record[9:10] == b"a" else marc8)[record.split(b"\x1e")[1]] = record
    seen = 0
    for key in marc8.keys() & utf8.keys():
        gold = [normalize("NFC", value.decode("utf-8", "replace")).rstrip(" /.") for value in values(utf8[key])]
        for value in values(marc8[key]):
            ours = decode(value).text.rstrip(" /.")
            if not value.isascii() and "\ufffd" not in ours:  # what the source had lost already cannot be compared
                seen += 1
                assert any(fits(ours, twin) for twin in gold), ours
    assert seen >= 28


def fits(ours: str, twin: str) -> bool:
    """Equal, where the twin itself has not lost a letter to a question mark."""
    return len(ours) == len(twin) and all(b in (a, "?") for a, b in zip(ours, twin, strict=True))
