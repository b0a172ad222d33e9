"""Text of the legacy Vietnamese encodings to Unicode and back.

`decode` never guesses and never replaces: a byte that the encoding does not know is an error with its position. What it
gives is `normalise`d. Control codes pass through where the encoding has no letter there (see `C0_LETTERS`).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final, Literal, NoReturn

from foundation.errors import FormatError, InputError, Place
from vietnamese.encoding_tables import (
    C0_LETTERS,
    CP1252_SIGNS,
    SINGLE_BYTE,
    UNDEFINED,
    VIQR_MARKS,
    VNI_LETTERS,
    VNI_MARKS,
)
from vietnamese.messages import UNDECODABLE, UNENCODABLE, UNKNOWN_ENCODING
from vietnamese.syllables import TONES
from vietnamese.text import normalise

__all__ = ["C0_LETTERS", "ENCODINGS", "decode", "encode", "repair_case"]


def _undecodable(data: bytes, encoding: str, at: int) -> NoReturn:
    raise FormatError(UNDECODABLE, Place(offset=at), byte=data[at], encoding=encoding)


def _letters() -> list[str]:
    """The 146 letters of Vietnamese (vowels with every tone, đ), both cases."""
    vowels = [vowel + tone for vowel in "aăâeêioôơuưy" for tone in TONES]
    lower = [unicodedata.normalize("NFC", vowel) for vowel in vowels] + ["đ"]
    return lower + [letter.upper() for letter in lower]


# --- one byte, one character --------------------------------------------------------------------------------
def _decode_table(data: bytes, encoding: str) -> str:
    try:
        return codecs.charmap_decode(data, "strict", SINGLE_BYTE[encoding])[0]
    except UnicodeDecodeError as error:
        _undecodable(data, encoding, error.start)


def _encode_table(text: str, encoding: str) -> bytes:
    return b"".join([_bytes_of(char, at, encoding) for at, char in enumerate(text)])


def _bytes_of(char: str, at: int, encoding: str) -> bytes:
    found = _ENCODE[encoding].get(char)
    if found is None:
        raise InputError(UNENCODABLE, encoding=encoding, character=char, position=at + 1)
    return found


def _reverse(table: str) -> dict[str, bytes]:
    """Character → byte. ASCII characters that the table has twice keep the lower code."""
    reverse: dict[str, bytes] = {}
    for code, char in enumerate(table):
        if char != UNDEFINED:
            reverse.setdefault(char, bytes([code]))
    return reverse


def _reverse_tcvn3() -> dict[str, bytes]:
    """TCVN3 has no capitals with tones: they are written with the small letter, shown by a font of capitals."""
    reverse = _reverse(SINGLE_BYTE["tcvn3"])
    for letter in _letters():
        if letter.isupper() and len(unicodedata.normalize("NFD", letter)) > 1 and letter not in "ĂÂÊÔƠƯ":
            reverse[letter] = reverse[letter.lower()]
    return reverse


# --- VNI for Windows ----------------------------------------------------------------------------------------
def _vni_units() -> dict[str, str]:
    """One or two bytes (as Latin-1) → character, for every high byte and every base with a mark behind it."""
    units = {chr(0x80 + at): char for at, char in enumerate(CP1252_SIGNS) if char != UNDEFINED}
    units |= {chr(code): chr(code) for code in range(0xA0, 0xC0)}  # signs of Latin-1
    units |= VNI_LETTERS | {chr(ord(code) + 0x20): letter.lower() for code, letter in VNI_LETTERS.items()}
    vietnamese = set(_letters())
    for base in "AEOUYaeouy\xd4\xf4\xd6\xf6":
        for mark, marks in VNI_MARKS.items():
            letter = unicodedata.normalize("NFC", VNI_LETTERS.get(base.upper(), base) + marks)
            letter = letter if base.isupper() else letter.lower()
            if letter in vietnamese:
                # fonts draw either mark over either base, and typists mix them
                units[base + mark] = units[base + chr(ord(mark) + 0x20)] = letter
    return units


_VNI: Final = _vni_units()
_VNI_UNIT: Final = re.compile(
    f"[AEOUYaeouy\xd4\xf4\xd6\xf6][{''.join(VNI_MARKS)}{''.join(chr(ord(mark) + 0x20) for mark in VNI_MARKS)}]"
    "|[\x80-\xff]"
)


def _decode_vni(data: bytes, encoding: str) -> str:
    def letter(match: re.Match[str]) -> str:
        # no unit: a mark without its vowel, or one that this vowel never takes; either way the last byte is at fault
        return _VNI.get(match[0]) or _undecodable(data, encoding, match.end() - 1)

    return _VNI_UNIT.sub(letter, data.decode("latin-1"))


def _reverse_vni() -> dict[str, bytes]:
    reverse = {chr(code): bytes([code]) for code in range(128)}
    for unit, char in _VNI.items():
        # the mark is written in the case of its base; letters of one byte (ỵ) win over two
        same_case = len(unit) == 1 or unit[0].isupper() == (ord(unit[1]) < 0xE0)
        if same_case and (char not in reverse or len(unit) == 1):
            reverse[char] = unit.encode("latin-1")
    return reverse


# --- cp1258, VIQR, UTF-8 in all its states ------------------------------------------------------------------
def _decode_cp1258(data: bytes, encoding: str) -> str:
    try:
        return data.decode("cp1258")
    except UnicodeDecodeError as error:
        _undecodable(data, encoding, error.start)


def _reverse_cp1258() -> dict[str, bytes]:
    """The letters as the Vietnamese keyboard of Windows types them: base letter, then the tone by itself."""
    reverse = _reverse(bytes(range(256)).decode("cp1258", "replace").replace("\ufffd", UNDEFINED))
    for letter in _letters():
        parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts[1:] if mark in TONES), "")
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part != tone))
        reverse[letter] = reverse[base] + (reverse[tone] if tone else b"")
    return reverse


_VIQR_UNIT: Final = re.compile(r"\\(.)|([Dd])[Dd]|([AEOaeo]\^|[Aa]\(|[OUou]\+|[AEIOUYaeiouy])([`?~'.])?", re.DOTALL)


def _decode_viqr(data: bytes, encoding: str) -> str:
    if not data.isascii():
        _undecodable(data, encoding, next(at for at, byte in enumerate(data) if byte >= 0x80))

    def letter(match: re.Match[str]) -> str:
        escaped, stroke, shaped, tone = match.groups()
        if escaped is not None:
            return str(escaped)
        if stroke:
            return "Đ" if stroke == "D" else "đ"
        return str(shaped[0] + VIQR_MARKS.get(shaped[1:], "") + VIQR_MARKS.get(tone or "", ""))

    return _VIQR_UNIT.sub(letter, data.decode("ascii"))


_VIQR_TYPED: Final = {mark: typed for typed, mark in VIQR_MARKS.items()}
_VIQR_LETTERS: Final = frozenset(_letters())


def _encode_viqr(text: str, encoding: str) -> bytes:
    out: list[str] = []
    for at, char in enumerate(text):
        if char in "đĐ":
            out.append("dd" if char == "đ" else "DD")
        elif char in _VIQR_LETTERS:
            parts = unicodedata.normalize("NFD", char)
            marks = sorted(parts[1:], key=TONES.__contains__)  # shape before tone
            out.append(parts[0] + "".join(_VIQR_TYPED[mark] for mark in marks))
        elif not char.isascii():
            raise InputError(UNENCODABLE, encoding=encoding, character=char, position=at + 1)
        else:
            # a sign that would be read as a mark of the vowel before it, or a d as the stroke of another
            means_more = char == "\\" or char in VIQR_MARKS or char in "dD"
            out.append("\\" + char if means_more and (char == "\\" or (at and text[at - 1].isalpha())) else char)
    return "".join(out).encode("ascii")


def _decode_utf8(data: bytes, encoding: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        _undecodable(data, encoding, error.start)


_FROM_CP1252: Final = {0x80 + at: char for at, char in enumerate(CP1252_SIGNS) if char != UNDEFINED}
_TO_CP1252: Final = {char: code for code, char in _FROM_CP1252.items()}


def cp1252_bytes(text: str) -> bytes | None:
    """The bytes that somebody read as cp1252 or Latin-1 to get `text`; None when no bytes read so.

    The codes that cp1252 leaves open count as Latin-1, and U+2212 as 0xAD: text copied out of PDF files has it there.
    """
    codes = [0xAD if char == "\u2212" else _TO_CP1252.get(char, ord(char)) for char in text]
    return bytes(codes) if max(codes, default=0) < 0x100 else None


def read_as_cp1252(data: bytes) -> str:
    """`data` as a program shows it that takes everything for Windows cp1252; the open codes as Latin-1."""
    return data.decode("latin-1").translate(_FROM_CP1252)


def _decode_twice(data: bytes, encoding: str) -> str:
    once = _decode_utf8(data, encoding)
    inner = cp1252_bytes(once)
    if inner is None:
        at = next(at for at, char in enumerate(once) if cp1252_bytes(char) is None)
    else:
        try:
            return inner.decode("utf-8")
        except UnicodeDecodeError as error:
            at = error.start
    _undecodable(data, encoding, len(once[:at].encode("utf-8")))


def _encode_twice(text: str, encoding: str) -> bytes:
    return read_as_cp1252(text.encode("utf-8")).encode("utf-8")


def _encode_utf8(form: Literal["NFC", "NFD"], text: str, encoding: str) -> bytes:
    return unicodedata.normalize(form, text).encode("utf-8")


_ENCODE: Final = {
    "tcvn3": _reverse_tcvn3(),
    "vni": _reverse_vni(),
    "viscii": _reverse(SINGLE_BYTE["viscii"]),
    "vps": _reverse(SINGLE_BYTE["vps"]),
    "cp1258": _reverse_cp1258(),
}

_CODECS: Final[dict[str, tuple[Callable[[bytes, str], str], Callable[[str, str], bytes]]]] = {
    "utf-8": (_decode_utf8, partial(_encode_utf8, "NFC")),
    "utf-8-nfd": (_decode_utf8, partial(_encode_utf8, "NFD")),
    "utf-8-twice": (_decode_twice, _encode_twice),
    "tcvn3": (_decode_table, _encode_table),
    "vni": (_decode_vni, _encode_table),
    "viscii": (_decode_table, _encode_table),
    "vps": (_decode_table, _encode_table),
    "cp1258": (_decode_cp1258, _encode_table),
    "viqr": (_decode_viqr, _encode_viqr),
}

ENCODINGS: Final = tuple(_CODECS)
"""The names that `decode` and `encode` know."""


def decode(data: bytes, encoding: str) -> str:
    """`data` as normalised text.

    Raises FormatError with the byte and its position (`problem.place.offset`, `problem.values["byte"]`) where the
    encoding has no such character, InputError when there is no such encoding. For "tcvn3", capitals with tones come out
    small, as they are written: `repair_case` mends words.
    """
    return normalise(_codec(encoding)[0](data, encoding))


def encode(text: str, encoding: str) -> bytes:
    """`text` (normalised first) in a legacy encoding; `decode` gives it back, but for the capitals that TCVN3 lacks.

    Raises InputError naming the character that the encoding does not have.
    """
    return _codec(encoding)[1](normalise(text), encoding)


def _codec(name: str) -> tuple[Callable[[bytes, str], str], Callable[[str, str], bytes]]:
    if name not in _CODECS:
        raise InputError(UNKNOWN_ENCODING, name=name, known=", ".join(ENCODINGS))
    return _CODECS[name]


# --- TCVN3 has no capitals with tones -----------------------------------------------------------------------
_WORD: Final = re.compile(r"[^\W\d_]+")
_TONED: Final = frozenset(
    letter for letter in _letters() if letter.islower() and set(unicodedata.normalize("NFD", letter)) & set(TONES)
)


_CLAUSE: Final = re.compile(r"[^.;:/()\[\]\n\"“”]+")


def repair_case(text: str) -> str:
    """`text` (NFC) with the capitals that TCVN3 could not write: "BắC KạN" → "BẮC KẠN".

    A word is one in capitals when its small letters are all letters with a tone and a capital stands behind its first
    letter. A word that leaves the question open (Vũ, ở) follows its neighbours in the clause when they are in capitals.
    """
    return _CLAUSE.sub(_repair_clause, text)


def _repair_clause(clause: re.Match[str]) -> str:
    words = _WORD.findall(clause[0])
    cases = [_case(word) for word in words]
    upper = iter([case == "upper" or (case == "open" and _among_capitals(cases, at)) for at, case in enumerate(cases)])
    return _WORD.sub(lambda word: word[0].upper() if next(upper) else word[0], clause[0])


def _case(word: str) -> str:
    """ "upper", "lower", or "open" when the letters with tones leave it open."""
    firm = [letter for letter in word if letter not in _TONED]
    if any(letter.islower() for letter in firm):
        return "lower"
    if len(firm) == len(word):  # written as it is meant; a single capital says nothing
        return "upper" if len(word) > 1 else "open"
    return "upper" if any(letter.isupper() for letter in word[1:]) else "open"


def _among_capitals(cases: list[str], at: int) -> bool:
    before = next((case for case in reversed(cases[:at]) if case != "open"), None)
    after = next((case for case in cases[at + 1 :] if case != "open"), None)
    return "lower" not in (before, after) and (before or after) is not None
