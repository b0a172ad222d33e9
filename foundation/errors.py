"""Errors and messages: what happened, where, and what to do next, in Vietnamese and English.

    LienThongError
    ├── InputError           what came in is at fault: a file, a record, a request, an argument
    │   ├── FormatError      bytes that are not what they say they are (MARC, XML, archives)
    │   └── LimitError       a protection limit of `foundation.limits` was met
    ├── PeerError            another server, or the line to it, failed; asking again later may help
    ├── RefusedError         the request is well formed but cannot be done now (busy, unknown code, conflict)
    └── StoreError           our own side failed: database, disk, clock

The peer's fault and our own are different classes, so that a door can answer "your request is wrong" or "we
failed, try again" by type alone. A flaw that stops nothing (a repaired record, say) is a `Problem`, not an exception.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

Language = Literal["vi", "en"]


class _English(string.Formatter):
    """`{count} {count:record|records}`: of one and of many, as English says it otherwise; else as `str.format`."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, chosen, more = format_spec.partition("|")
        if chosen:
            return one if str(value) == "1" else more
        return super().format_field(value, format_spec)


_ENGLISH: Final = _English()


def counted(count: float | str, one: str, more: str = "") -> str:
    """A number and what is counted, in English: `1 record`, `1,830 records`; `more` where it is not `one` with an s."""
    written = count if isinstance(count, str) else f"{count:,}"
    return f"{written} {one if written == '1' else more or one + 's'}"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence of the product in both languages, with a stable code that programs may rely on.

    Every room keeps its messages as constants in its own `messages.py`. The texts are `str.format` templates;
    both must name the same values. What English says otherwise of one stands as `{count:record|records}`.
    They say what happened and what to do next, in that order.
    """

    code: str
    vi: str
    en: str

    def text(self, language: Language, /, **values: Any) -> str:
        """The sentence with its values."""
        return self.vi.format(**values) if language == "vi" else _ENGLISH.vformat(self.en, (), values)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened: file, record number (from 1), byte offset (from 0), control number, tag, subfield, and
    line (from 1) in the forms that have lines."""

    file: str = ""
    record: int = 0
    offset: int = -1
    control_number: str = ""
    tag: str = ""
    subfield: str = ""
    line: int = 0

    def text(self, language: Language) -> str:
        """The place in words, widest first; empty when nothing is known. Numbers are bare digits."""
        word = _PLACE_WORDS[language]
        parts = [
            self.file,
            f"{word['record']} {self.record}" if self.record else "",
            f"{word['line']} {self.line}" if self.line else "",
            f"{word['offset']} {self.offset}" if self.offset >= 0 else "",
            f"001 {self.control_number}" if self.control_number else "",
            f"{word['field']} {self.tag}" if self.tag else "",
            f"${self.subfield}" if self.subfield else "",
        ]
        return ", ".join(part for part in parts if part)


_PLACE_WORDS = {
    "vi": {"record": "biểu ghi thứ", "line": "dòng", "offset": "vị trí byte", "field": "trường"},
    "en": {"record": "record", "line": "line", "offset": "byte", "field": "field"},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A message at a place with its values: a repair that was made, a warning, or the reason of a refusal."""

    message: Message
    place: Place = Place()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.message.code

    def text(self, language: Language = "vi") -> str:
        """Place and sentence, ready to show. A value that is a problem itself is told in the same language."""
        values = {
            name: value.text(language) if isinstance(value, Problem) else value for name, value in self.values.items()
        }
        sentence = self.message.text(language, **values)
        where = self.place.text(language)
        return f"{where}: {sentence}" if where else sentence

    def at(self, **changes: Any) -> Problem:
        """The same problem with more of its place known (a deeper room knows the field, an outer one the file)."""
        return replace(self, place=replace(self.place, **changes))


class LienThongError(Exception):
    """The root. Carries one `Problem`; `str()` shows it in Vietnamese with the English beside it."""

    def __init__(self, message: Message, place: Place = Place(), **values: Any) -> None:
        self.problem = Problem(message, place, values)
        super().__init__(message.code)

    def text(self, language: Language = "vi") -> str:
        return self.problem.text(language)

    def at(self, **place: Any) -> Self:
        """The same error with more of its place known."""
        self.problem = self.problem.at(**place)
        return self

    def __str__(self) -> str:
        return f"{self.text('vi')} / {self.text('en')}"


class InputError(LienThongError):
    """What came in is at fault."""


class FormatError(InputError):
    """Bytes that are not what they say they are."""


class LimitError(InputError):
    """A protection limit was met; values carry `limit` (its name), `seen` and `allowed`."""


class PeerError(LienThongError):
    """Another server, or the line to it, failed: asking again later may help."""


class RefusedError(LienThongError):
    """Well formed, but it cannot be done now; nothing was changed."""


class StoreError(LienThongError):
    """Our own side failed; nothing acknowledged is lost."""
