"""An answer that is not XML, made into XML as far as that is certain, with every mend counted.

Only what failed the strict parser comes here. Nothing is guessed: bytes that mean nothing in the encoding become
U+FFFD and are told, for whoever reads the record has to know that a letter is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.entities import html5
from typing import Final

from foundation.errors import FormatError, Message, Problem
from oaipmh import harvest_messages as messages
from vietnamese import detection, encodings

_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH[\s>]")
_PROLOG: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?[^>]*\?>\s*)*")
_END: Final = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION: Final = re.compile(r"<\?xml\s[^>]*\?>|<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,9});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z][A-Za-z0-9]{1,30});)?")
_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CDATA: Final = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_TEXT: Final = re.compile(rb">([^<]*[\x80-\xff][^<]*)<")
_LOGIN: Final = re.compile(rb"type=[\"']?password|captcha|\blog ?in\b", re.IGNORECASE)
_SAMPLES: Final = 200
_ASCII: Final = "".join(map(chr, range(0x20, 0x7F)))


class Mended:
    """The answer as text, and what was done to it."""

    def __init__(self, data: bytes) -> None:
        """Raises FormatError when there is no OAI-PMH answer in `data` at all, and says what there is."""
        self._counts: Counter[Message] = Counter()
        found = _ROOT.search(data)
        if found is None:
            raise _other(data)
        ends = [one.end() for one in _END.finditer(data, found.end())]
        self.cut = not ends
        """The answer stops before its end: what is whole in it counts, that nothing follows does not."""
        if not _PROLOG.fullmatch(data, 0, found.start()):
            self._counts[messages.MENDED_BEFORE] += 1
        if ends and data[ends[-1] :].strip():
            self._counts[messages.MENDED_BEHIND] += 1
        body = data[found.start() : ends[-1] if ends else len(data)]
        declared = _DECLARED.search(data[: found.start()])
        self.text = self._characters(self._decoded(body, declared[1].decode("ascii") if declared else "utf-8"))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """A problem for each kind of mend, with how often it was made."""
        return tuple(Problem(message, values={"count": count}) for message, count in self._counts.items())

    def _decoded(self, data: bytes, declared: str) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        if _is_multibyte(data):
            text = data.decode("utf-8", "replace")
            self._counts[messages.MENDED_BYTES] += text.count("\ufffd") - data.count("\ufffd".encode())
            return text
        name = _single_byte(data, declared)
        self._counts[messages.MENDED_ENCODING] += 1
        try:
            return encodings.decode(data, name) if name in encodings.ENCODINGS else data.decode(name, "replace")
        except (FormatError, UnicodeError):  # idna and the like are codecs, and none of texts
            return data.decode("cp1252", "replace")

    def _characters(self, text: str) -> str:
        """Everything that no XML may hold, outside of CDATA for what means something only there."""
        text = self._counted(messages.MENDED_CONTROLS, _FORBIDDEN, lambda found: "", text)
        parts: list[str] = []
        at = 0
        for section in _CDATA.finditer(text):
            parts += [self._markup(text[at : section.start()]), section[0]]
            at = section.end()
        return "".join([*parts, self._markup(text[at:])])

    def _markup(self, text: str) -> str:
        text = self._counted(messages.MENDED_DECLARATION, _DECLARATION, lambda found: "", text)
        return _REFERENCE.sub(self._reference, text)

    def _reference(self, found: re.Match[str]) -> str:
        decimal, hexadecimal, name = found.groups()
        if name in _OWN:
            return found[0]
        if decimal or hexadecimal:
            number = int(decimal) if decimal else int(hexadecimal, 16)
            if number < 0x110000 and not _FORBIDDEN.match(chr(number)):
                return found[0]
            self._counts[messages.MENDED_CONTROLS] += 1
            return ""
        if name and name + ";" in html5:
            self._counts[messages.MENDED_ENTITY] += 1
            return html5[name + ";"].replace("&", "&amp;").replace("<", "&lt;")
        self._counts[messages.MENDED_AMPERSAND] += 1
        return "&amp;" + found[0][1:]

    def _counted(
        self, message: Message, pattern: re.Pattern[str], become: Callable[[re.Match[str]], str], text: str
    ) -> str:
        text, count = pattern.subn(become, text)
        if count:
            self._counts[message] += count
        return text


def _is_multibyte(data: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8 all the same: then a few bytes are damaged, not the whole page."""
    beyond = len(data) - len(data.translate(None, bytes(range(128, 256))))
    lost = data.decode("utf-8", "replace").count("\ufffd")
    return lost * 2 < beyond


def _single_byte(data: bytes, declared: str) -> str:
    """The encoding of a page that is not UTF-8 whatever it says: a Vietnamese one if its texts are Vietnamese in it,
    then the one it declares, then Windows' western one."""
    texts = [found[1] for found in _TEXT.finditer(data)][:_SAMPLES]
    guess = detection.detect(texts).encoding
    if guess in encodings.ENCODINGS and guess != "utf-8":
        return guess
    try:
        if _ASCII.encode().decode(declared) != _ASCII:  # a codec, and none that markup can be read by
            return "cp1252"
        return "cp1252" if declared.lower().replace("-", "") in ("utf8", "usascii", "iso88591", "latin1") else declared
    except (LookupError, UnicodeError):
        return "cp1252"


def _other(data: bytes) -> FormatError:
    start = data[:4000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start:
        return FormatError(messages.ANSWER_EMPTY)
    if start[:1] == b"<" and re.match(rb"<!doctype html|<html|<head|<body", start, re.IGNORECASE):
        return FormatError(messages.ANSWER_LOGIN if _LOGIN.search(data) else messages.ANSWER_HTML)
    shown = " ".join(start[:80].decode("utf-8", "replace").split())
    return FormatError(messages.ANSWER_OTHER, start=shown)
