"""Make what was read hold what `marc.record` promises, and say each thing that had to be done.

The patterns are those of MARC21slim.xsd (Library of Congress, MARCXML 1.1), so that every Record can be written as
valid MARCXML. What can be mended without guessing is mended and counted; what cannot is refused with FormatError.
Every form of MARC (ISO 2709, MARCXML, mrk) comes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from foundation.errors import FormatError, Place, Problem
from marc import messages
from marc.record import SUBFIELD_DELIMITER

TAG = re.compile(r"00[1-9A-Za-z]|(?:0[1-9A-Z]|[1-9A-Z][0-9A-Z])[0-9A-Z]|(?:0[1-9a-z]|[1-9a-z][0-9a-z])[0-9a-z]")
CODE = re.compile(r"""[0-9A-Za-z!"#$%&'()*+,\-./:;<=>?{}_^`~\[\]\\]""")
INDICATORS = re.compile(r"[0-9a-z ]{2}")
LEADER_BLANK = "00000nam a2200000 a 4500"
"""Where a record has no leader at all: a new, full level description of language material in Unicode."""

_SHOWN = 80
"""Characters of a field that a problem quotes."""
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANK_FOR = "\t\n\r\x0b\x0c\x85"

Parse = Callable[[str], str]


@lru_cache(maxsize=4096)
def leader(seen: str) -> tuple[str, tuple[Problem, ...]]:
    """The leader as every Record has it, and what had to be mended.

    Lengths (0-4, 12-16) belong to one ISO 2709 rendering and are 00000 in every Record; 09 is `a`, because a Record is
    Unicode. Raises FormatError when there are not 24 ASCII characters.
    """
    if len(seen) != 24 or not seen.isascii():
        raise FormatError(messages.LEADER_SHORT, seen=seen[:_SHOWN])
    kept = re.sub(r"[^0-9A-Za-z ]", " ", seen)
    kind = "a" if kept[6] == " " else kept[6]
    used = f"00000{kept[5]}{kind}{kept[7:9]}a2200000{kept[17:20]}4500"
    meant = (5, 6, 7, 8, 10, 11, 17, 18, 19, 20, 21, 22, 23)
    if all(seen[place] == used[place] for place in meant):
        return used, ()
    return used, (Problem(messages.LEADER, values={"seen": seen, "used": used}),)


def value(text: str) -> tuple[str, int]:
    """Text as a Record may hold it (NFC, no control characters) and how many characters had to go."""
    removed = 0
    if text.isascii() and text.isprintable():
        return text, 0
    if _FORBIDDEN.search(text):
        text, removed = _FORBIDDEN.subn(lambda found: " " if found[0] in _BLANK_FOR else "", text)
    return unicodedata.normalize("NFC", text), removed


def field(tag: str, content: str, decode: Parse | None = None) -> tuple[str, list[Problem]]:
    """One field as packed text, or an empty string when it has to be left out; and what was done.

    `content` is what stands behind the tag: a value, or indicators and subfields with their delimiters. `decode` turns
    each value of it into text where that has not been done. Raises FormatError when the whole record cannot be kept.
    """
    problems: list[Problem] = []
    used = _tag(tag, problems)
    part, removed = _control(content, decode, problems) if used[:2] == "00" else _data(content, decode, problems)
    if removed:
        problems.append(Problem(messages.CONTROL_CHARACTERS, values={"count": removed}))
    if problems:
        problems = [problem.at(tag=used) for problem in problems]
    return used + part if part is not None else "", problems


def _tag(seen: str, problems: list[Problem]) -> str:
    used = seen if TAG.fullmatch(seen) else seen.upper()
    if not used.isascii() or not TAG.fullmatch(used):
        raise FormatError(messages.TAG, seen=seen[:_SHOWN])
    if not used.isdigit():
        problems.append(Problem(messages.TAG_LETTERS, values={"seen": seen, "used": used}))
    return used


def _control(content: str, decode: Parse | None, problems: list[Problem]) -> tuple[str, int]:
    if SUBFIELD_DELIMITER in content:
        content = content.replace(SUBFIELD_DELIMITER, "$")
        problems.append(Problem(messages.CONTROL_DELIMITER))
    return value(decode(content) if decode else content)


def _data(content: str, decode: Parse | None, problems: list[Problem]) -> tuple[str | None, int]:
    """Indicators and subfields of a data field; None when the field has to be left out."""
    head, *pieces = content.split(SUBFIELD_DELIMITER)
    if not pieces:
        problems.append(Problem(messages.NO_SUBFIELDS, values={"text": content[:_SHOWN]}))
        return None, 0
    parts = [_indicators(head, problems)]
    removed = empty = 0
    for piece in pieces:
        if not piece:
            empty += 1
            continue
        if not CODE.match(piece):
            problems.append(Problem(messages.SUBFIELD_CODE, values={"seen": piece[0], "text": content[:_SHOWN]}))
            return None, 0
        text, gone = value(decode(piece[1:]) if decode else piece[1:])
        parts.append(piece[0] + text)
        removed += gone
    if empty:
        problems.append(Problem(messages.EMPTY_SUBFIELDS, values={"count": empty}))
    if len(parts) == 1:
        problems.append(Problem(messages.NO_SUBFIELDS, values={"text": content[:_SHOWN]}))
        return None, 0
    return SUBFIELD_DELIMITER.join(parts), removed


def _indicators(head: str, problems: list[Problem]) -> str:
    """Two indicators of what stands before the first delimiter; a missing one is blank, more than three are text."""
    if INDICATORS.fullmatch(head):
        return head
    if not head[:3].isascii():
        raise FormatError(messages.INDICATORS_FOREIGN, seen=head[:_SHOWN])
    used = re.sub(r"[^0-9a-z ]", " ", head[:2]).ljust(2)
    if used != head[:2] or len(head) == 3:
        problems.append(Problem(messages.INDICATORS, values={"seen": head[:3], "used": used}))
    if len(head) > 3:
        problems.append(Problem(messages.LOOSE_TEXT, values={"text": head[2 : 2 + _SHOWN]}))
    return used


def placed(error: FormatError, tag: str) -> FormatError:
    """The same refusal with the field it is about."""
    problem = error.problem
    place = problem.place if problem.place.tag else Place(tag=tag)
    return FormatError(problem.message, place, **problem.values)
