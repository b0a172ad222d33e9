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
            raise FormatError(
                messages.UNDECODED, encoding=self.encoding, reason=error, encodings=self._choices
            ) from error
        self.problems.extend(problems)
        return text


def _encoding_of(data: bytes, label: str, encoding: str, decoders: Mapping[str, Decoder]) -> str:
    """The encoding to read a record in: UTF-8 where it is that, else what was chosen, else what the label says."""
    unicode = _is_utf8(data) and not (label != "a" and b"\x1b" in data)
    if encoding == AUTO:
        return MARC8 if label != "a" and not unicode and MARC8 in decoders else UTF8
    return UTF8 if unicode and label == "a" else encoding


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
