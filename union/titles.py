"""What a title says: the title proper, the rest, the volume cut out of it, the numbers in it.

"Tiếng Việt lớp 2. Tập một", "Tiếng Việt lớp 2. T.1" and $a Tiếng Việt lớp 2 $n Tập 1 are one title and volume 1;
"Tiếng Việt lớp 3. Tập một" is another, for numbers that are not of the volume are the title's own.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from marc.record import SUBFIELD_DELIMITER
from union.words import listed, marked, number, plain, without_article, words

_SIGNS: Final = listed("tap t quyen q vol volume vols v bd band tome tom tl teil deel")
"""Words that a volume number follows, folded."""
_LAST_SIGNS: Final = frozenset(["phan", "part", "pt", "book", "no", "so", "ky", "ki"])
"""The same, where only the end of a title is believed: "Phần mềm", "part 2 of the way"."""
_LETTERS: Final = frozenset(["t", "q", "v"])


class Title(NamedTuple):
    """`proper` and `rest` are folded; `exact` is both with their marks; `numbers` are those in `proper`."""

    proper: str
    rest: str
    exact: str
    volume: str
    part: str
    numbers: tuple[str, ...]
    others: tuple[str, ...]


def read(field: str) -> Title:
    """The title of a packed field 245 (tag first): $a, $b and $c as MARC 21 defines them, $n and $p for the part."""
    proper, parallel, rest, numbers, parts = "", "", [], [], []
    for piece in field.split(SUBFIELD_DELIMITER)[1:]:
        code, value = piece[:1], piece[1:]
        if code == "a" and not proper:
            proper = value
        elif code in "ab":
            rest.append(value)
        elif code == "n":
            numbers.append(value)
        elif code == "p":
            parts.append(value)
    # ISBD punctuation in one subfield: " : " before other title information, " = " before the parallel title
    proper, _, _said = proper.partition(" / ")
    proper, equals, parallel = proper.partition(" = ")
    proper, colon, other = proper.partition(" : ")
    if not colon and ": " in proper:
        proper, _, other = proper.partition(": ")
    if not equals and rest and rest[0].startswith("= "):
        parallel = rest.pop(0)[2:]
    rest = [other, *rest] if other else rest
    shown = " ".join([proper, *rest])
    found, volume = _cut(words(proper))
    if numbers:
        volume = _numbered(numbers[0]) or volume
    elif parts and not volume:
        found_part = words(parts[0])
        if found_part[:1] and found_part[0] in _SIGNS and len(found_part) > 1 and number(found_part[1]):
            volume, parts[0] = number(found_part[1]), " ".join(found_part[2:])
    after, later = _cut(words(" ".join(rest)))
    found = without_article(found)
    others = (plain(parallel.partition(" : ")[0]),) if parallel else ()
    return Title(
        " ".join(found),
        " ".join(after),
        marked(shown.rstrip(" /:;=.,")),
        volume or later,
        plain(" ".join(parts)),
        tuple([word for word in found if word.isdigit()]),
        others,
    )


def _numbered(value: str) -> str:
    """The number of a part ($n): "Tập 1", "T.1", "[Vol.] II", "Phần thứ nhất"; else its folded words."""
    found = words(value)
    said = [number(word) for word in found]
    return next((one for one in reversed(said) if one), " ".join(found)[:40])


def _cut(found: list[str]) -> tuple[list[str], str]:
    """A title's words without its volume designation, and the volume."""
    for place in range(len(found) - 2, -1, -1):
        word = found[place]
        if word not in _SIGNS and word not in _LAST_SIGNS:
            continue
        last = place == len(found) - 2
        if place == 0 or (word in _LAST_SIGNS and not last):
            continue
        following = found[place + 1]
        if following == "thu" and place + 2 < len(found):
            said, length = number(found[place + 2]), 3
        else:
            said, length = number(following), 2
        digits = following.isdigit()
        if said and len(said) < 4 and (digits or last or (word in _SIGNS and word not in _LETTERS)):
            return found[:place] + found[place + length :], said
    return found, ""


def other(field: str) -> str:
    """The folded title of a packed field 246, 240 or 130, without article."""
    kept = [piece[1:] for piece in field.split(SUBFIELD_DELIMITER)[1:] if piece[:1] in "ab"]
    return " ".join(without_article(words(" ".join(kept))))


def series_number(value: str) -> str:
    """The number of a volume in its series (490 $v): "T. 3", "no. 3" and "3" are one."""
    found = words(value)
    said = [number(word) for word in found]
    return next((one for one in reversed(said) if one), " ".join(found)[:20])
