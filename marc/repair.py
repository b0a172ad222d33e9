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
from typing import NamedTuple

from foundation.errors import FormatError, InputError, LimitError, Place, Problem
from foundation.limits import MARC_SUBFIELDS
from marc import messages
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from vietnamese.text import normalise

TAG = re.compile(r"00[1-9A-Za-z]|(?:0[1-9A-Z]|[1-9A-Z][0-9A-Z])[0-9A-Z]|(?:0[1-9a-z]|[1-9a-z][0-9a-z])[0-9a-z]")
CODE = re.compile(r"""[0-9A-Za-z!"#$%&'()*+,\-./:;<=>?{}_^`~\[\]\\]""")
INDICATORS = re.compile(r"[0-9a-z ]{2}")
LEADER = re.compile(r"00000[0-9A-Za-z ][0-9A-Za-z][0-9A-Za-z ]{2}a2200000[0-9A-Za-z ]{3}4500")
LEADER_BLANK = "00000nam a2200000 a 4500"
"""Where a record has no leader at all: a new, full level description of language material in Unicode."""

_SHOWN = 80
"""Characters of a field that a problem quotes."""
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANK_FOR = "\t\n\r\x0b\x0c\x85"

_CONTROLS = bytes([*range(0x1E), 0x7F])
_BAD_FIELD = re.compile("\x1e(?!(?:0[1-9]|[1-9][0-9])[0-9][0-9a-z ]{2}\x1f|00[1-9][^\x1f\x1e]*(?:\x1e|\\Z))")
_BAD_CODE = re.compile(f"\x1f(?!{CODE.pattern})")
_BAD_CHARACTER = re.compile("[\x80-\x9f\ufffe\uffff]")

Parse = Callable[[str], str]


@lru_cache(maxsize=4096)
def leader(seen: str) -> tuple[str, tuple[Problem, ...]]:
    """The leader as every Record has it, and what had to be mended.

    Lengths (0-4, 12-16) belong to one ISO 2709 rendering and are 00000 in every Record; 09 is `a`, because a Record is
    Unicode. Raises FormatError when there are not 24 characters, or one that says something of the record (05-08,
    17-19) is not ASCII.
    """
    if len(seen) != 24 or not (seen[5:9] + seen[17:20]).isascii():
        raise FormatError(messages.LEADER_SHORT, seen=seen[:_SHOWN])
    kept = re.sub(r"[^0-9A-Za-z ]", " ", seen)
    kind = "a" if kept[6] == " " else kept[6]
    used = f"00000{kept[5]}{kind}{kept[7:9]}a2200000{kept[17:20]}4500"
    meant = (5, 6, 7, 8, 10, 11, 17, 18, 19, 20, 21, 22, 23)
    if all(seen[place] == used[place] for place in meant):
        return used, ()
    return used, (Problem(messages.LEADER, values={"seen": seen, "used": used}),)


class Value(NamedTuple):
    """Text as a Record may hold it, and what was done for it."""

    text: str
    removed: int = 0
    """Control characters that had to go."""
    reordered: bool = False
    """Whether marks of Vietnamese were in an order that composing cannot mend, or were typed as commas."""


def value(text: str) -> Value:
    """Text as a Record may hold it: NFC in the mark order of Vietnamese (`normalise`), without control characters."""
    removed = 0
    if text.isascii() and text.isprintable():
        return Value(text)
    if _FORBIDDEN.search(text):
        text, removed = _FORBIDDEN.subn(lambda found: " " if found[0] in _BLANK_FOR else "", text)
    composed = unicodedata.normalize("NFC", text)
    if not _suspect(composed):
        return Value(composed, removed)
    mended = unicodedata.normalize("NFC", normalise(composed))
    return Value(mended, removed, mended != composed)


def _suspect(composed: str) -> bool:
    """Whether marks are left over that `normalise` may have something to do with."""
    return "\u0302" in composed or "\u0306" in composed or "\u0313" in composed or "\u0315" in composed


def sound(packed: bytes) -> str | None:
    """Packed bytes as the text of a Record but for its leader; None when something in them has to be mended.

    The quick way for the records that are as they should be: a few searches over the whole, and no field is touched.
    """
    text = characters(packed)
    if text is None or _BAD_FIELD.search(text) or _BAD_CODE.search(text):
        return None
    if text.isascii():
        return text
    return in_nfc(text) if text[:24].isascii() else None


def characters(packed: bytes) -> str | None:
    """Packed bytes as text; None when a character in them is none that a Record may hold, or they are not UTF-8."""
    if len(packed.translate(None, _CONTROLS)) != len(packed):
        return None
    try:
        text = packed.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # One byte that is rare is found far sooner than one of so many characters.
    return None if (b"\xc2" in packed or b"\xef\xbf" in packed) and _BAD_CHARACTER.search(text) else text


def composed(packed: str) -> str | None:
    """Packed text without control characters in NFC; None when a character in it has to be mended."""
    return None if _BAD_CHARACTER.search(packed) else in_nfc(packed)


def in_nfc(packed: str) -> str | None:
    """Packed text of `characters` in NFC, the same object where it was; None when its marks have to be mended."""
    text = packed if unicodedata.is_normalized("NFC", packed) else _composed(packed)
    return None if _suspect(text) else text


def _composed(text: str) -> str:
    """Packed text in NFC. Each value by itself: a mark at its beginning must not join the subfield code."""
    first, *pieces = text.split(SUBFIELD_DELIMITER)
    composed = [piece if piece.isascii() else piece[0] + unicodedata.normalize("NFC", piece[1:]) for piece in pieces]
    return SUBFIELD_DELIMITER.join([unicodedata.normalize("NFC", first), *composed])


def loose_leader(seen: str) -> tuple[str, tuple[Problem, ...]]:
    """The leader of a form in which it carries no structure (MARCXML, mrk): any text is mended, even none."""
    if len(seen) == 24 and seen.isascii():
        return leader(seen)
    if not seen.strip():
        return LEADER_BLANK, (Problem(messages.LEADER, values={"seen": seen[:_SHOWN], "used": LEADER_BLANK}),)
    plain = re.sub(r"[^\x20-\x7e]", " ", seen)
    fitted = plain.rjust(24, "0") if plain.endswith("4500") else plain.ljust(24)
    used, _ = leader(fitted[:24])
    return used, (Problem(messages.LEADER, values={"seen": seen[:_SHOWN], "used": used}),)


def field(tag: str, content: str, decode: Parse | None = None) -> tuple[str, list[Problem]]:
    """One field as packed text, or an empty string when it has to be left out; and what was done.

    `content` is what stands behind the tag: a value, or indicators and subfields with their delimiters. `decode` turns
    each value of it into text where that has not been done. Raises FormatError when the whole record cannot be kept.
    """
    if not tag.startswith("00"):
        _check_count(content.count(SUBFIELD_DELIMITER))
        head, *pieces = content.split(SUBFIELD_DELIMITER)
        return data_field(tag, head, [(piece[:1], piece[1:]) for piece in pieces], decode)
    problems: list[Problem] = []
    used = _tag(tag, problems)
    if SUBFIELD_DELIMITER in content:
        content = content.replace(SUBFIELD_DELIMITER, "$")
        problems.append(Problem(messages.CONTROL_DELIMITER))
    read = value(decode(content) if decode else content)
    return used + read.text, _told(problems, used, read.removed, read.reordered)


def data_field(
    tag: str, indicators: str, subfields: list[tuple[str, str]], decode: Parse | None = None
) -> tuple[str, list[Problem]]:
    """The same for a data field whose indicators and subfields (code, value) are already apart."""
    _check_count(len(subfields))
    problems: list[Problem] = []
    used = _tag(tag, problems)
    parts = [_indicators(indicators, bool(subfields), problems)]
    removed = reordered = empty = 0
    for code, raw in subfields:
        if not CODE.fullmatch(code):
            if not code and not raw:
                empty += 1
                continue
            text = "".join(f"${code}{raw}" for code, raw in subfields)
            problems.append(Problem(messages.SUBFIELD_CODE, values={"seen": code, "text": _quoted(text)}))
            return "", _told(problems, used, removed, reordered)
        read = value(decode(raw) if decode else raw)
        parts.append(code + read.text)
        removed += read.removed
        reordered += read.reordered
    if empty:
        problems.append(Problem(messages.EMPTY_SUBFIELDS, values={"count": empty}))
    if len(parts) == 1:
        problems.append(Problem(messages.NO_SUBFIELDS, values={"text": _quoted(indicators)}))
        return "", _told(problems, used, removed, reordered)
    return used + SUBFIELD_DELIMITER.join(parts), _told(problems, used, removed, reordered)


def _check_count(subfields: int) -> None:
    if subfields > MARC_SUBFIELDS:
        raise LimitError(messages.SUBFIELDS_LIMIT, limit="MARC_SUBFIELDS", seen=subfields, allowed=MARC_SUBFIELDS)


def _quoted(text: str) -> str:
    """The beginning of a field as a problem shows it; undecoded text is shown as UTF-8 as far as it is that."""
    short = text[:_SHOWN]
    try:
        return short.encode("latin-1").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return short


def _tag(seen: str, problems: list[Problem]) -> str:
    used = seen if TAG.fullmatch(seen) else seen.upper()
    if not used.isascii() or not TAG.fullmatch(used):
        raise FormatError(messages.TAG, seen=seen[:_SHOWN])
    if used != seen or seen != seen.upper():
        problems.append(Problem(messages.TAG_MENDED, values={"seen": seen, "used": used}))
    return used


def _told(problems: list[Problem], tag: str, removed: int, reordered: int) -> list[Problem]:
    if removed:
        problems.append(Problem(messages.CONTROL_CHARACTERS, values={"count": removed}))
    if reordered:
        problems.append(Problem(messages.MARK_ORDER, values={"count": reordered}))
    return [problem.at(tag=tag) for problem in problems] if problems else problems


def _indicators(head: str, found: bool, problems: list[Problem]) -> str:
    """Two indicators of what stands before the first delimiter; a missing one is blank, more than three are text."""
    if INDICATORS.fullmatch(head):
        return head
    if not head[:3].isascii():
        raise FormatError(messages.INDICATORS_FOREIGN, seen=head[:_SHOWN])
    used = re.sub(r"[^0-9a-z ]", " ", head[:2]).ljust(2)
    if found and (used != head[:2] or len(head) == 3):
        problems.append(Problem(messages.INDICATORS, values={"seen": head[:3], "used": used}))
    if found and len(head) > 3:
        problems.append(Problem(messages.LOOSE_TEXT, values={"text": _quoted(head[2:])}))
    return used


def check(record: Record) -> list[str]:
    """The parts of a record that do not hold what `marc.record` promises; empty for every record a reader gave.

    For tests, and for those who build records from elsewhere.
    """
    broken = [] if LEADER.fullmatch(record.leader) and record.text[24:25] in ("", FIELD_TERMINATOR) else [record.leader]
    return broken + [part for part in record.parts() if not _holds(part)]


def _holds(part: str) -> bool:
    try:
        return field(part[:3], part[3:]) == (part, []) or (part[:3].islower() and field(part[:3], part[3:])[0] == part)
    except FormatError:
        return False


def placed(error: InputError, tag: str) -> InputError:
    """The same refusal with the field it is about."""
    problem = error.problem
    place = problem.place if problem.place.tag else Place(tag=tag)
    return type(error)(problem.message, place, **problem.values)
