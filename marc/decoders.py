"""The encodings that are read here, by the names an operator chooses from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from foundation.errors import FormatError, InputError, Problem
from marc import charset, iso5426, messages
from vietnamese import encodings

Decoder = Callable[[bytes], tuple[str, tuple[Problem, ...]]]
"""One value (a subfield or control field, without delimiters) to text. Raises FormatError when it cannot be."""

AUTO: Final = "auto"
UTF8: Final = "utf-8"
MARC8: Final = "marc-8"
VIQR: Final = "viqr"
TWICE: Final = "utf-8-twice"
_TIMES: Final = 3
"""A real catalogue of an American university had been turned into UTF-8 three times."""
LEGACY: Final = ("tcvn3", "vni", "viscii", "vps", "cp1258")
"""What Vietnamese libraries wrote in before Unicode: the encodings that `vietnamese.detection` tells apart."""


def _vietnamese(encoding: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    text = encodings.decode(data, encoding)
    return encodings.repair_case(text) if encoding == "tcvn3" else text, ()


def _viqr(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """VIQR but for addresses: `www.thuvien.vn/a.html` has no letter ạ in it."""
    return data.decode("ascii") if b"://" in data else encodings.decode(data, VIQR), ()


def _western(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Windows cp1252; the codes it leaves open, as Latin-1. The two differ in control codes only."""
    return encodings.read_as_cp1252(data), ()


def _again(encoding: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """What was in `encoding`, was taken for cp1252 by somebody, and was saved as UTF-8; UTF-8 several times over, even.

    A value with characters beyond cp1252, or that is nothing in `encoding`, was never taken for cp1252: it stays.
    """
    text = data.decode("utf-8")
    for _ in range(_TIMES if encoding == UTF8 else 1):
        inner = None if text.isascii() else encodings.cp1252_bytes(text)
        if inner is None:
            break
        try:
            text = _vietnamese(encoding, inner)[0]
        except FormatError:
            break
    return text, ()


REREADINGS: Final = {TWICE: UTF8} | {f"utf-8-{encoding}": encoding for encoding in LEGACY}
"""Encodings of text that is valid UTF-8 and still garbled: "Báº¯t" for "Bắt", with what it was before."""

LIKE_UTF8: Final = frozenset([VIQR, *REREADINGS])
"""Encodings whose records are valid UTF-8: only an operator, or many values together, can tell."""
NEVER_QUICK: Final = LIKE_UTF8 | encodings.C0_LETTERS.keys()
"""Encodings whose records may be valid UTF-8 by accident, too."""

DECODERS: dict[str, Decoder] = {
    MARC8: charset.decode,
    **{encoding: partial(_vietnamese, encoding) for encoding in LEGACY},
    VIQR: _viqr,
    "iso-5426": iso5426.decode,
    "cp1252": _western,
    "latin-1": _western,
    **{name: partial(_again, encoding) for name, encoding in REREADINGS.items()},
}
"""Decoders beside UTF-8, by the name an operator chooses."""


def choices(decoders: Mapping[str, Decoder]) -> str:
    """The names an operator may choose, as shown to people."""
    return ", ".join([AUTO, UTF8, *sorted(decoders)])


def check_name(encoding: str, decoders: Mapping[str, Decoder]) -> None:
    """Raises InputError when nobody knows this encoding."""
    if encoding not in (AUTO, UTF8) and encoding not in decoders:
        raise InputError(messages.UNKNOWN_ENCODING, seen=encoding, encodings=choices(decoders))


_ACCIDENT: Final = re.compile("[\u0700-\u07ff]")
"""Syriac, Thaana and N'Ko, which no library here has: ươ in VISCII and VPS is valid UTF-8 and looks like them."""


def is_utf8(data: bytes, encoding: str = UTF8) -> bool:
    """Whether `data` is UTF-8 and not `encoding` that only looks so."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return encoding not in encodings.C0_LETTERS or not _ACCIDENT.search(text)
