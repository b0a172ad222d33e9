"""Two records beside each other: which value of one stands against which of the other, and what differs in them.

Pure: records in, rows out. A difference is marked letter by letter, and its kind has a name, so that a librarian is
told "a tone on the other vowel" where two titles look alike, and "two words" where they do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from dublin_core.kinds import NAMES
from dublin_core.kinds import kind as kind_of
from dublin_core.punctuation import strip_end
from foundation.errors import Language
from marc.record import Record
from union.words import likeness
from vietnamese.text import fold, normalise, tone_placement, word_key


class Piece(NamedTuple):
    """A run of text that is on both sides, or on this one alone."""

    text: str
    differs: bool = False


Text = tuple[Piece, ...]


class Line(NamedTuple):
    """One value against another; an empty side has none."""

    left: Text
    right: Text
    kinds: tuple[str, ...]
    """Keys of `KINDS`; empty when both are the same to the letter."""


class Row(NamedTuple):
    """One element of description."""

    name: str
    """As in `union.wording.COMPARISONS`."""
    tags: str
    """Where it stands in MARC 21."""
    lines: tuple[Line, ...]

    @property
    def alike(self) -> bool:
        """Whether both sides say the same to the letter."""
        return not any(line.kinds for line in self.lines)


KINDS: Final[dict[str, tuple[str, str]]] = {
    "coding": (
        "cùng một chữ, khác cách mã hoá (dựng sẵn và tổ hợp, NFC và NFD): mắt không thấy khác",
        "the same letters in another coding (precomposed and combining, NFC and NFD): no eye sees it",
    ),
    "tone": ("cùng một chữ, dấu thanh đặt ở chữ cái khác (hoà, hòa)", "the same word, the tone on the other vowel"),
    "i_y": ("cùng một chữ, i hay y (mĩ, mỹ)", "the same word, spelt with i or y"),
    "case": ("khác chữ hoa, chữ thường", "capitals differ"),
    "punctuation": ("khác dấu câu hay khoảng trắng", "punctuation or spaces differ"),
    "stroke": ("bên là d, bên là đ: hai chữ cái khác nhau", "d on one side, đ on the other: two letters"),
    "bare": ("một bên gõ không dấu", "one side was typed without diacritics"),
    "marks": ("khác dấu tiếng Việt: thường là hai từ khác nhau", "other diacritics: mostly other words"),
    "text": ("khác chữ", "other words"),
    "missing": ("chỉ một bên có", "on one side only"),
}
_LONG: Final = 400
"""Words of one value that are compared one by one; longer ones are marked whole."""
_VALUES: Final = 40
"""Values of one element that are put against each other; a record with more subjects shows the first."""
_TOKEN: Final = re.compile(r"(?:\w[\u0300-\u036f]*)+|\s+|.", re.DOTALL)
_LETTER: Final = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
_SIGNS: Final = re.compile(r"[^\w\u0300-\u036f]+")


def kind(left: str, right: str) -> tuple[str, ...]:
    """What differs between two values, the least that makes them equal; nothing when every letter is the same."""
    if left == right:
        return ()
    if not left or not right:
        return ("missing",)
    for name, same in _LADDER:
        left, right = same(left), same(right)
        if left == right:
            return (name,)
    plain, other = fold(left), fold(right)
    if plain != other:
        return ("text",)
    if _unstroked(left) == _unstroked(right):
        return ("stroke",)
    if plain == left or other == right:
        return ("bare",)
    words = zip(left.split(), right.split(), strict=False)
    stroke = any(x != y and ("đ" in x) != ("đ" in y) for x, y in words)
    return ("stroke", "marks") if stroke else ("marks",)


def _unstroked(text: str) -> str:
    return text.replace("đ", "d").replace("Đ", "D")


def _same_signs(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text).split())


_LADDER: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("coding", normalise),
    ("tone", tone_placement),
    ("punctuation", _same_signs),
    ("case", str.lower),
    ("i_y", word_key),
)


def told(kinds: Iterable[str], language: Language) -> list[str]:
    """The kinds in words."""
    return [KINDS[one][0 if language == "vi" else 1] for one in kinds]


def marked(left: str, right: str) -> Line:
    """Two values with what differs marked in both."""
    kinds = kind(left, right)
    if not kinds:
        return Line((Piece(left),), (Piece(right),), ())
    if not left or not right:
        return Line(_whole(left), _whole(right), kinds)
    ours, theirs = _TOKEN.findall(left), _TOKEN.findall(right)
    if max(len(ours), len(theirs)) > 2 * _LONG:
        return Line(_whole(left), _whole(right), kinds)
    one, other = list[Piece](), list[Piece]()
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if what == "equal":
            one.append(Piece("".join(ours[a:b])))
            other.append(Piece("".join(theirs[c:d])))
        elif what == "replace" and b - a == d - c:
            for word, second in zip(ours[a:b], theirs[c:d], strict=True):
                _words(word, second, one, other)
        else:
            one += _whole("".join(ours[a:b]))
            other += _whole("".join(theirs[c:d]))
    return Line(_joined(one), _joined(other), kinds)


def _words(word: str, second: str, one: list[Piece], other: list[Piece]) -> None:
    """Letters of two words that stand for each other; words that share little are marked whole."""
    if word == second:
        one.append(Piece(word))
        other.append(Piece(second))
        return
    ours, theirs = _LETTER.findall(word), _LETTER.findall(second)
    if likeness(fold(word), fold(second)) < 0.65:
        one += _whole(word)
        other += _whole(second)
        return
    for what, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if a != b:
            one.append(Piece("".join(ours[a:b]), what != "equal"))
        if c != d:
            other.append(Piece("".join(theirs[c:d]), what != "equal"))


def _whole(text: str) -> Text:
    return (Piece(text, True),) if text else ()


def _joined(pieces: Sequence[Piece]) -> Text:
    """The same with neighbours of one sort as one."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].differs == piece.differs:
            found[-1] = Piece(found[-1].text + piece.text, piece.differs)
        else:
            found.append(piece)
    return tuple(found)


# --- what stands against what ---------------------------------------------------------------------------------------


class _Element(NamedTuple):
    name: str
    tags: str
    read: Callable[[Record], list[str]]


def _of(tags: str, codes: str) -> Callable[[Record], list[str]]:
    """The values of some subfields of some fields, each once, without the ISBD mark that leads to the next element."""
    wanted = frozenset(tags.split())

    def read(record: Record) -> list[str]:
        found = (strip_end(" ".join(field.all(codes))) for field in record.fields if field.tag in wanted)
        return list(dict.fromkeys(filter(None, found)))

    return read


def _language(record: Record) -> list[str]:
    coded = [value for field in record.select("041") for value in field.all("a")]
    return list(dict.fromkeys(coded or list(filter(str.strip, [record.control("008")[35:38]]))))


def _material(record: Record) -> list[str]:
    return [f"{record.leader[6:8]} – {NAMES[kind_of(record)].vi}"]


_ELEMENTS: Final = (
    _Element("title", "245 $a $b $n $p", _of("245", "abnp")),
    _Element("statement", "245 $c", _of("245", "c")),
    _Element("author", "100–111, 700–711", _of("100 110 111 700 710 711", "abcdq")),
    _Element("edition", "250", _of("250", "ab")),
    _Element("place", "260, 264 $a", _of("260 264", "a")),
    _Element("publisher", "260, 264 $b", _of("260 264", "b")),
    _Element("year", "260, 264 $c", _of("260 264", "c")),
    _Element("pages", "300 $a", _of("300", "ab")),
    _Element("height", "300 $c", _of("300", "c")),
    _Element("series", "490, 830", _of("440 490 830", "av")),
    _Element("isbn", "020", _of("020", "az")),
    _Element("issn", "022", _of("022", "a")),
    _Element("identifier", "010, 024, 035", _of("010 024 035", "a")),
    _Element("language", "041, 008/35-37", _language),
    _Element("carrier", "LDR/06-07", _material),
    _Element("subjects", "600–653", _of("600 610 611 630 650 651 653", "abxyz")),
    _Element("host", "773", _of("773", "tg")),
)


def rows(left: Record, right: Record) -> list[Row]:
    """The elements that either record has, in the order of a catalogue card."""
    found = []
    for element in _ELEMENTS:
        ours, theirs = element.read(left)[:_VALUES], element.read(right)[:_VALUES]
        if ours or theirs:
            lines = tuple(marked(one, other) for one, other in _paired(ours, theirs))
            found.append(Row(element.name, element.tags, lines))
    return found


def _paired(ours: list[str], theirs: list[str]) -> list[tuple[str, str]]:
    """Values against each other: the equal ones, then the most alike, then what is left, each alone."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    keys = [_same_signs(fold(one)) for one in ours], [_same_signs(fold(one)) for one in theirs]
    near = [
        (1.0 if ours[a] == theirs[b] else 0.99 if x == y else likeness(x, y) * 0.98, a, b)
        for a, x in enumerate(keys[0])
        for b, y in enumerate(keys[1])
    ]
    partner: dict[int, int] = {}
    for score, a, b in sorted(near, key=lambda one: (-one[0], one[1], one[2])):
        if score >= 0.6 and a not in partner and b not in partner.values():
            partner[a] = b
    found = [(one, theirs[partner[place]] if place in partner else "") for place, one in enumerate(ours)]
    return found + [("", other) for place, other in enumerate(theirs) if place not in partner.values()]


def beside(records: Sequence[Record]) -> list[tuple[str, str, list[list[str]]]]:
    """(name, tags, values of each record) of every element that any of some records has."""
    found = []
    for element in _ELEMENTS:
        values = [element.read(record)[:_VALUES] for record in records]
        if any(values):
            found.append((element.name, element.tags, values))
    return found
