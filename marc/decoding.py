"""The values of a record as text, in the encoding that it is in.

MARC 21 knows two encodings, said by leader position 09: blank for MARC-8, `a` for UTF-8. Libraries know more, and say
what they like there. So: what is valid UTF-8 is read as UTF-8; what an operator has chosen for a source is used for
the rest; what the whole file surely is (`marc.judgement`) is used and told; and what nobody can name is refused with
the choices there are. U+FFFD is put in one case only: a few damaged bytes in a record that says
UTF-8 and is full of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from foundation.errors import FormatError, LienThongError, Problem
from marc import charset, messages
from marc.decoders import AUTO, DECODERS, LIKE_UTF8, MARC8, UTF8, VIQR, Decoder, check_name, choices, is_utf8
from marc.judgement import (
    MIXED,
    NOTHING,
    Sample,
    Verdict,
    fits_marc8,
    is_damaged_marc8,
    is_garbled,
    other,
    strays,
    vote,
)
from vietnamese.detection import Guess
from vietnamese.encodings import C0_LETTERS

__all__ = [
    "AUTO",
    "DECODERS",
    "MARC8",
    "SUBFIELD",
    "UTF8",
    "VIQR",
    "Decoder",
    "Values",
    "Verdict",
    "check_name",
    "sample",
]

SUBFIELD = re.compile(rb"\x1f[^\x1d-\x1f]([^\x1d-\x1f]+)")
"""A subfield and its value in ISO 2709."""


def sample(data: bytes) -> Sample:
    """What an ISO 2709 record shows of its encoding."""
    return Sample(data[9:10].decode("latin-1"), data, len(data), SUBFIELD)


class Values:
    """Decodes the values of one record; keeps what was noticed on the way in `problems`."""

    def __init__(self, shown: Sample, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict) -> None:
        """`encoding` is a name that `check_name` accepts; `verdict` speaks of the file the record came in.

        Raises FormatError when the record is surely in another encoding than its file.
        """
        self.problems: list[Problem] = []
        self._decoders = decoders
        self._data, label = shown.data, shown.label
        self._damaged = encoding == AUTO and shown.foreign and (shown.damaged or strays(shown, verdict))
        guess = _guess(shown, verdict) if encoding == AUTO and not self._damaged else None
        self.encoding = UTF8 if self._damaged else _encoding_of(shown, encoding, decoders, guess)
        self._decoder = None if self.encoding == UTF8 else decoders[self.encoding]
        self._escapes = label != "a" and encoding == AUTO  # ESC switches character sets in MARC-8, which nobody reads
        if self._data.isascii() and b"\x1b" not in self._data:
            return
        if (label == "a") != (self.encoding == UTF8) and self.encoding in (UTF8, MARC8):
            self.problems.append(Problem(messages.ENCODING_LABEL, values={"seen": label, "used": self.encoding}))
        if guess is not None and self.encoding == guess.encoding and not (self.encoding == MARC8 and label != "a"):
            confidence = f"{guess.confidence:.2f}"
            mixed = verdict.foreign is not None and verdict.foreign.encoding == MIXED
            message = messages.GUESSED_ALONE if mixed else messages.GUESSED
            self.problems.append(Problem(message, values={"used": self.encoding, "confidence": confidence}))

    @property
    def whole(self) -> bool:
        """Whether all values may be decoded in one go, as MARC-8 can."""
        return self._decoder is charset.decode

    def __call__(self, latin: str) -> str:
        """The text of one value, given with each byte as the Latin-1 character of its number."""
        data = latin.encode("latin-1")
        if self._decoder is None:
            try:
                if self._escapes and b"\x1b" in data:
                    raise UnicodeDecodeError("utf-8", data, data.index(b"\x1b"), len(data), "MARC-8")
                return data.decode("utf-8")
            except UnicodeDecodeError as error:
                if self._damaged:
                    return self._with_losses(data)
                byte = f"0x{data[error.start]:02X}"
                raise FormatError(messages.NOT_UTF8, byte=byte, encodings=self._candidates(data)) from error
        try:
            text, problems = self._decoder(data)
        except (LienThongError, UnicodeError) as error:
            raise FormatError(
                messages.UNDECODED, encoding=self.encoding, reason=_reason(error), encodings=choices(self._decoders)
            ) from error
        self.problems.extend(problems)
        return text

    def _with_losses(self, data: bytes) -> str:
        """UTF-8 with U+FFFD where it is damaged, told for each value so that a person finds the place."""
        text = data.decode("utf-8", "replace")
        count = text.count("\ufffd") - data.count("\ufffd".encode())
        at = max(text.index("\ufffd") - 30, 0)
        self.problems.append(Problem(messages.BYTES_LOST, values={"count": count, "text": text[at : at + 80]}))
        return text

    def code(self, latin: str) -> str:
        """The text of a control field. It holds codes, in which VIQR's typed marks would be signs like any other."""
        return latin if self.encoding == VIQR and latin.isascii() else self(latin)

    def _candidates(self, value: bytes) -> str:
        """The encodings that the value could be in."""
        return ", ".join(name for name in sorted(self._decoders) if name not in LIKE_UTF8 and self._reads(name, value))

    def _reads(self, name: str, value: bytes) -> bool:
        try:
            return not self._decoders[name](value)[1]
        except (LienThongError, UnicodeError):
            return False


def _reason(error: LienThongError | UnicodeError) -> str:
    """The byte at fault, which needs no translation."""
    if isinstance(error, LienThongError) and "byte" in error.problem.values:
        return f"0x{error.problem.values['byte']:02X}"
    if isinstance(error, UnicodeDecodeError):
        return f"0x{error.object[error.start]:02X}"
    return str(error)


def _guess(shown: Sample, verdict: Verdict) -> Guess | None:
    """What the file was judged to be, as far as it concerns this record; None where it was not judged."""
    foreign = verdict.foreign
    if shown.data.isascii() and b"\x1b" not in shown.data:
        return foreign if foreign and foreign.encoding in C0_LETTERS else None
    if foreign is None or not (shown.foreign or not is_utf8(shown.data, foreign.encoding)):
        return None if shown.foreign else verdict.garbled
    if foreign.encoding == MIXED:
        own = vote(shown)
        return Guess(own, foreign.confidence) if own else NOTHING
    found = other(shown, foreign.encoding) if foreign.confidence else ""
    if found:
        raise FormatError(messages.ANOTHER_ENCODING, used=foreign.encoding, seen=found)
    return foreign


def _encoding_of(shown: Sample, encoding: str, decoders: Mapping[str, Decoder], guess: Guess | None) -> str:
    """The encoding to read a record in: UTF-8 where it is that, else what was chosen, judged or said by the label."""
    if encoding in LIKE_UTF8:
        return encoding if encoding == VIQR or is_garbled(shown, encoding) else UTF8
    if encoding != AUTO:
        unicode = is_utf8(shown.data, encoding) and not shown.data.isascii()
        return UTF8 if unicode and shown.label == "a" else encoding
    if guess is not None:
        if not guess.confidence and shown.foreign and is_damaged_marc8(shown) and MARC8 in decoders:
            return MARC8
        garbled = guess.encoding not in LIKE_UTF8 or is_garbled(shown, guess.encoding)
        return guess.encoding if guess.encoding in decoders and garbled else UTF8
    labelled = shown.foreign and shown.label != "a" and MARC8 in decoders
    return MARC8 if labelled and fits_marc8(shown) else UTF8
