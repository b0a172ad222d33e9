"""Which encoding the values of a record are in, and what turns them into text.

MARC 21 knows two encodings, said by leader position 09: blank for MARC-8, `a` for UTF-8. Libraries know more, and say
what they like there. So: what is valid UTF-8 is read as UTF-8; what an operator has chosen for a source is used for
the rest; and what nobody can name is refused with the choices there are, never filled with U+FFFD.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from foundation.errors import FormatError, InputError, LienThongError, Problem
from marc import messages

Decoder = Callable[[bytes], tuple[str, tuple[Problem, ...]]]
"""One value (a subfield or control field, without delimiters) to text. Raises FormatError when it cannot be."""

AUTO = "auto"
UTF8 = "utf-8"
MARC8 = "marc-8"

DECODERS: dict[str, Decoder] = {}
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

    def __init__(self, data: bytes, encoding: str, decoders: Mapping[str, Decoder]) -> None:
        """`data` is the whole record; `encoding` a name that `check_name` accepts."""
        self.problems: list[Problem] = []
        self._choices = choices(decoders)
        self._decoder = None
        self.encoding = UTF8
        label = data[9:10].decode("latin-1")
        unicode = _is_utf8(data) and not (label != "a" and b"\x1b" in data)  # ESC: MARC-8 switches its character set
        if encoding == AUTO:
            if label != "a" and not unicode and MARC8 in decoders:
                self.encoding = MARC8
        elif encoding != UTF8 and not (unicode and (label == "a" or data.isascii())):
            self.encoding = encoding
        if self.encoding != UTF8:
            self._decoder = decoders[self.encoding]
        if data.isascii() and b"\x1b" not in data:
            return
        if (label == "a") != (self.encoding == UTF8) and self.encoding in (UTF8, MARC8):
            self.problems.append(Problem(messages.ENCODING_LABEL, values={"seen": label, "used": self.encoding}))

    def __call__(self, latin: str) -> str:
        """The text of one value, given with each byte as the Latin-1 character of its number."""
        data = latin.encode("latin-1")
        if self._decoder is None:
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = f"0x{data[error.start]:02X}"
                raise FormatError(messages.NOT_UTF8, byte=byte, encodings=self._choices) from error
        try:
            text, problems = self._decoder(data)
        except (LienThongError, UnicodeError) as error:
            raise FormatError(
                messages.UNDECODED, encoding=self.encoding, reason=error, encodings=self._choices
            ) from error
        self.problems.extend(problems)
        return text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
