"""A record as an index holds it: words, keys, spans, what it is sorted by and counted by. Pure, and quick.

A catalogue of a million is built anew in a minute only if a record takes little more than the time of its words. So the
packed text is gone through once, words are looked up as they stand in it, and what a field says is remembered: a place
and its publisher, a subject, an author come again in thousands of records, letter for letter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from dublin_core.kinds import coded_kinds
from dublin_core.spoken import UNDETERMINED, spoken
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from search import analysis
from search.fields import EACH, RULES
from search.headings import headings, other_names
from search.numbers import class_keys, compact, control_keys, day_number, isbn_keys, years
from search.query import Field
from vietnamese.collation import sort_key

SORTED_CHARACTERS: Final = 60
"""Letters that titles, names and shelf marks are sorted by."""
_REMEMBERED: Final = 30_000

TITLE, AUTHOR, CALL, LANGUAGE = (
    one.value for one in (Field.TITLE, Field.AUTHOR, Field.CALL_NUMBER, Field.LANGUAGE)
)  # values, for a member of an Enum is slow to look up by

Value = tuple[str, str]
"""The tokens of one value, exact and folded, parted by blanks."""


@dataclass(slots=True)
class Document:
    """One published record for an index. `shown` and `order` go by `Field.value`."""

    number: int
    """The store's own number of the record."""
    version: int
    """Number of the version this was made of."""
    added: int
    modified: int
    """Days as numbers (20261122)."""
    texts: dict[str, list[Value]] = field(default_factory=lambda: defaultdict(list))
    """Index field → its values."""
    keys: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Index field → what it is asked for by."""
    years: tuple[int, int] | None = None
    shown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Headings in the form in which people read them, for facets and for browsing."""
    order: dict[str, str] = field(default_factory=dict)
    """What texts are sorted by: the bytes of a key of `vietnamese.collation`, as Latin-1 characters."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows of a record besides its text."""

    number: int
    version: int
    identifier: str
    library: str
    added: int
    modified: int
    """Seconds since 1970."""
    collections: tuple[str, ...] = ()


def document(record: Record, standing: Standing) -> Document:
    """The document of a published record."""
    found = Document(standing.number, standing.version, _day(standing.added), _day(standing.modified))
    texts, keys, shown = found.texts, found.keys, found.shown
    fixed = imprint = carriers = ""
    dissertation = False
    text = record.text
    for part in text.split(FIELD_TERMINATOR)[1:]:
        tag = part[:3]
        if tag == "008":
            fixed = fixed or part[3:]
            continue
        if tag not in _READ:
            carriers += part[3:4] if tag == "007" else ""
            continue
        said = (_contribution if tag in _UNIQUE else _remembered)(part)
        for name, value in said.texts:
            texts[name].append(value)
        if said.keys:
            for name, key in said.keys:
                if key not in keys[name]:
                    keys[name].append(key)
        if said.shown:
            for name, heading in said.shown:
                if heading not in shown[name]:
                    shown[name].append(heading)
        if tag == "245":
            found.order.setdefault(TITLE, _title_key(part, said.shown))
        elif tag == "502":
            dissertation = True
        elif not imprint and tag in ("260", "264"):
            imprint = part.partition(SUBFIELD_DELIMITER + "c")[2].partition(SUBFIELD_DELIMITER)[0]
    coded = _coded(fixed[6:], imprint)
    found.years = coded.years
    if coded.country:
        keys["country"].append(coded.country)
    keys[LANGUAGE] = list(spoken(record))
    keys["material"] = list(coded_kinds(text[6:8], fixed[23:30], carriers, dissertation))
    keys["identifier"].append(standing.identifier)
    keys["library"].append(compact(standing.library))
    shown["library"] = [standing.library]
    if standing.collections:
        keys["collection"] = [compact(one) for one in standing.collections]
        shown["collection"] = list(standing.collections)
    _complete_order(found)
    return found


class Said(NamedTuple):
    """What one field contributes."""

    texts: tuple[tuple[str, Value], ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    shown: tuple[tuple[str, str], ...] = ()


_CLASSES: Final = {"050": "lc", "090": "call", "080": "class", "082": "dewey", "084": "class"}
_NUMBERED: Final = {"010": "az", "024": "az", "025": "a", "026": "ae", "027": "az", "028": "a", "856": "u"}
_MARKS: Final = {"852": "khim", "952": "o"}
_OTHER: Final = {"l": "lx", "hg": "hx"}
"""Where the other names of a place go."""
_UNIQUE: Final = frozenset(("001", "010", "020", "035", "245", "505", "520", "852", "856", "952"))
"""Fields that hardly ever come again, letter for letter."""
_KEYED: Final = frozenset((*_NUMBERED, *_CLASSES, "020", "022", "035"))
_READ: Final = frozenset((*RULES, *_NUMBERED, *_CLASSES, "001", "035", "880"))


def _contribution(part: str) -> Said:
    """What the field `part` (packed text) says."""
    tag = part[:3]
    pieces = part.split(SUBFIELD_DELIMITER)
    if tag == "001":
        return Said(keys=tuple(("control", key) for key in control_keys(part[3:])))
    if tag == "880":
        # Linkage: the tag of the field this is the other script of (MARC 21, appendix A, $6).
        tag = next((piece[1:4] for piece in pieces[1:] if piece[:1] == "6"), "")
    texts: list[tuple[str, Value]] = []
    for name, codes in RULES.get(tag, ()):
        chosen = [piece[1:] for piece in pieces[1:] if piece[:1] in codes and piece]
        for value in chosen if (tag, name) in EACH else (" ".join(chosen),):
            if (found := analysis.tokens(value))[0]:
                texts.append((name, found))
            if name in _OTHER:
                texts.extend((_OTHER[name], other) for other in other_names(value))
    keys: list[tuple[str, str]] = []
    for piece in pieces[1:] if tag in _KEYED else ():
        for name, key in _keys(tag, piece[:1], piece[1:]):
            keys.append((name, key))
            if name in ("isbn", "issn") and key.isalnum():
                # A word too, so that the one box finds it however it is written there.
                texts.append(("o", (key, key)))
    mark = ""
    if marked := _MARKS.get(tag):
        mark = " ".join([piece[1:] for piece in pieces[1:] if piece[:1] in marked and piece])
        keys.extend([("call", key) for key in class_keys(mark)])
    return Said(tuple(texts), tuple(keys), tuple(headings(tag, pieces, mark)))


_remembered = lru_cache(maxsize=_REMEMBERED)(_contribution)


def _keys(tag: str, code: str, value: str) -> list[tuple[str, str]]:
    """(index field, key) for a subfield that holds a number or a code."""
    if tag in _CLASSES and code == "a":
        return [(_CLASSES[tag], key) for key in class_keys(value)]
    if tag == "020" and code in "az":
        return [("isbn", key) for key in isbn_keys(value)]
    if tag == "022" and code in "azyl":
        return [("issn", compact(value))]
    if tag == "035" and code in "az":
        return [("control", key) for key in control_keys(value)]
    if tag in _NUMBERED and code in _NUMBERED[tag]:
        return [("number", compact(value))] if value.strip() else []
    return []


class _Coded(NamedTuple):
    years: tuple[int, int] | None
    country: str


@lru_cache(maxsize=_REMEMBERED)
def _coded(fixed: str, imprint: str) -> _Coded:
    """What 008/06-39 and the imprint say together."""
    whole = f"{'':6}{fixed}"
    return _Coded(years(whole, imprint), compact(whole[15:18].strip(" |#\\")))


_day = lru_cache(maxsize=1000)(day_number)


def _title_key(part: str, shown: tuple[tuple[str, str], ...]) -> str:
    """The key of a 245: without as many characters as its second indicator says not to file by."""
    skip = part[4:5]
    title = shown[0][1] if shown else ""
    return order_key(title[int(skip) :] if skip.isdecimal() and skip.isascii() else title)


def _complete_order(found: Document) -> None:
    order, shown = found.order, found.shown
    if not order.get(TITLE):
        order.pop(TITLE, None)
    if AUTHOR in shown:
        order[AUTHOR] = _kept_key(shown[AUTHOR][0])
    if CALL in shown:
        order[CALL] = _kept_key(shown[CALL][0])
    if found.keys[LANGUAGE][0] != UNDETERMINED:
        order[LANGUAGE] = found.keys[LANGUAGE][0]


def order_key(text: str) -> str:
    """What `text` is sorted by, as a string whose characters compare as the bytes of the key do."""
    return sort_key(text[:SORTED_CHARACTERS].strip("\"'“”«»[(.… ")).decode("latin-1") if text else ""


_kept_key = lru_cache(maxsize=_REMEMBERED)(order_key)
