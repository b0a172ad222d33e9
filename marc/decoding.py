"""Which encoding the values of a record are in, and what turns them into text.

MARC 21 knows two encodings, said by leader position 09: blank for MARC-8, `a` for UTF-8. Libraries know more, and say
what they like there. So: what is valid UTF-8 is read as UTF-8; what an operator has chosen for a source is used for
the rest; and what nobody can name is refused with the choices there are, never filled with U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from foundation.errors import FormatError, InputError, LienThongError, Problem
from marc import charset, messages
from vietnamese import encodings

Decoder = Callable[[bytes], tuple[str, tuple[Problem, ...]]]
"""One value (a subfield or control field, without delimiters) to text. Raises FormatError when it cannot be."""

AUTO: Final = "auto"
UTF8: Final = "utf-8"
MARC8: Final = "marc-8"
VIQR: Final = "viqr"
TWICE: Final = "utf-8-twice"
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
    """What was in `encoding`, was taken for cp1252 by somebody, and was saved as UTF-8.

    A value with characters beyond cp1252, or that is nothing in `encoding`, was never taken for cp1252: it stays.
    """
    text = data.decode("utf-8")
    inner = encodings.cp1252_bytes(text)
    if inner is None:
        return text, ()
    try:
        return _vietnamese(encoding, inner)
    except FormatError:
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


class Values:
    """Decodes the values of one record; keeps what was noticed on the way in `problems`."""

    def __init__(self, data: bytes, label: str, encoding: str, decoders: Mapping[str, Decoder]) -> None:
        """`data` is the whole record, `label` its leader/09, `encoding` a name that `check_name` accepts."""
        self.problems: list[Problem] = []
        self.encoding = _encoding_of(data, label, encoding, decoders)
        self._choices = choices(decoders)
        self._decoder = None if self.encoding == UTF8 else decoders[self.encoding]
        self._escapes = label != "a" and encoding == AUTO  # ESC switches character sets in MARC-8, which nobody reads
        if data.isascii() and b"\x1b" not in data:
            return
        if (label == "a") != (self.encoding == UTF8) and self.encoding in (UTF8, MARC8):
            self.problems.append(Problem(messages.ENCODING_LABEL, values={"seen": label, "used": self.encoding}))

    def __call__(self, latin: str) -> str:
        """The text of one value, given with each byte as the Latin-1 character of its number."""
        data = latin.encode("latin-1")
        if self._decoder is None:
            try:
                if self._escapes and b"\x1b" in data:
                    raise UnicodeDecodeError("utf-8", data, data.index(b"\x1b"), len(data), "MARC-8")
                return data.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = f"0x{data[error.start]:02X}"
                raise FormatError(messages.NOT_UTF8, byte=byte, encodings=self._choices) from error
        try:
            text, problems = self._decoder(data)
        except (LienThongError, UnicodeError) as error:
            reason = _reason(error)
            raise FormatError(
                messages.UNDECODED, encoding=self.encoding, reason=reason, encodings=self._choices
            ) from error
        self.problems.extend(problems)
        return text


def _reason(error: LienThongError | UnicodeError) -> str:
    """The byte at fault, which needs no translation."""
    if isinstance(error, LienThongError) and "byte" in error.problem.values:
        return f"0x{error.problem.values['byte']:02X}"
    if isinstance(error, UnicodeDecodeError):
        return f"0x{error.object[error.start]:02X}"
    return str(error)


def _encoding_of(data: bytes, label: str, encoding: str, decoders: Mapping[str, Decoder]) -> str:
    """The encoding to read a record in: UTF-8 where it is that, else what was chosen, else what the label says."""
    unicode = is_utf8(data, encoding) and not (label != "a" and b"\x1b" in data)
    if encoding == AUTO:
        return MARC8 if label != "a" and not unicode and MARC8 in decoders else UTF8
    if encoding in LIKE_UTF8:
        return encoding
    return UTF8 if unicode and label == "a" and not data.isascii() else encoding


_ACCIDENT: Final = re.compile("[\u0700-\u07ff]")
"""Syriac, Thaana and N'Ko, which no library here has: ươ in VISCII and VPS is valid UTF-8 and looks like them."""


def is_utf8(data: bytes, encoding: str = UTF8) -> bool:
    """Whether `data` is UTF-8 and not `encoding` that only looks so."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return encoding not in encodings.C0_LETTERS or not _ACCIDENT.search(text)
