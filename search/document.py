"""A record as an index holds it: words, keys, spans, what it is sorted by and counted by. Pure, and quick.

A catalogue of a million is built anew in a minute only if a record takes little more than the time of its words. So the
packed text is gone through once, words are looked up as they stand in it, and what a field says is remembered as the
engines take it: a place and its publisher, a subject, an author come again in thousands of records, letter for letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from dublin_core.kinds import coded_kinds
from dublin_core.spoken import spoken
from foundation.limits import HEADING_CHARACTERS
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from search import analysis
from search.analysis import EDGE, FILLERS
from search.fields import EACH, PLAIN, REST, RULES, WRITTEN
from search.headings import heading, list_of, listed, other_names
from search.numbers import class_keys, compact, control_keys, day_number, isbn_keys, years
from search.query import Field
from vietnamese.collation import sort_key

SORTED_CHARACTERS: Final = 60
"""Letters that titles, names and shelf marks are sorted by."""
_REMEMBERED: Final = 30_000

TITLE, AUTHOR, CALL, LANGUAGE, SUBJECT, GENRE, PLACE = (
    one.value
    for one in (
        Field.TITLE,
        Field.AUTHOR,
        Field.CALL_NUMBER,
        Field.LANGUAGE,
        Field.SUBJECT,
        Field.GENRE,
        Field.PLACE,
    )
)  # values, for a member of an Enum is slow to look up by


@dataclass(slots=True)
class Document:
    """One published record for an index. `shown`, `codes` and `order` go by `Field.value`."""

    number: int
    """The store's own number of the record."""
    version: int
    """Number of the version this was made of."""
    added: int
    modified: int
    """Days as numbers (20261122)."""
    words: str = ""
    """The folded tokens of every word, in no order that means anything."""
    titles: str = ""
    """The folded tokens of titles proper, between edges."""
    folded: str = ""
    """Those of everything else between edges, each behind the name of its index field."""
    exact: str = ""
    """The exact ones of everything, likewise; without those of `PLAIN`, which `folded` has."""
    marked: str = ""
    """The exact tokens that are not ASCII, of every word. All these are parted by blanks; between two values of one
    index field stand fillers."""
    keys: list[str] = field(default_factory=list)
    """What it is asked for by, behind the name of the index field: `isbn:9786049448065`."""
    codes: dict[str, list[str]] = field(default_factory=dict)
    """Languages, kinds of material and the like."""
    years: tuple[int, int] | None = None
    shown: dict[str, list[str]] = field(default_factory=dict)
    """Headings in the form in which people read them, for facets and for browsing."""
    order: dict[str, str] = field(default_factory=dict)
    """What texts are sorted by: the bytes of a key of `vietnamese.collation`, as Latin-1 characters."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows of a record besides its text."""

    number: int
    version: int
    identifier: str
    libraries: tuple[str, ...]
    """Codes of those that contributed to it."""
    added: int
    modified: int
    """Seconds since 1970."""
    collections: tuple[str, ...] = ()


def document(record: Record, standing: Standing) -> Document:
    """The document of a published record."""
    shown: dict[str, list[str]] = {}
    order: dict[str, str] = {}
    keys: list[str] = []
    words = titles = folded = exact = marked = ""
    met: set[str] = set()
    fixed = imprint = carriers = ""
    dissertation = False
    text = record.text
    for part in text.split(FIELD_TERMINATOR)[1:]:
        tag = part[:3]
        if tag not in _READ:
            if tag == "008":
                fixed = fixed or part[3:]
            elif tag == "007":
                carriers += part[3:4]
            continue
        said = _contribution(part) if tag in _UNIQUE else _remembered(part)
        names, spoken_words, title, plain, placed, marks, asked, headings = said
        if names:
            if met.isdisjoint(names):
                titles += title
                folded += plain
                exact += placed
            else:
                titles += title and FILLERS + title
                folded += plain and FILLERS + plain
                exact += placed and FILLERS + placed
            met |= names
            words += spoken_words
            marked += marks
        if asked:
            keys += asked
        for kind, one in headings:
            if kind not in shown:
                shown[kind] = [one]
            elif one not in shown[kind]:
                shown[kind].append(one)
        if tag == "245":
            if TITLE not in order:
                order[TITLE] = _title_key(part, headings)
        elif tag == "502":
            dissertation = True
        elif not imprint and tag in ("260", "264"):
            imprint = part.partition(SUBFIELD_DELIMITER + "c")[2].partition(SUBFIELD_DELIMITER)[0]
    coded = _coded(text[6:8], fixed[6:], imprint, carriers, dissertation, spoken(record))
    here = _stood(standing.libraries, standing.collections)
    keys += coded.keys
    keys += here.keys
    keys.append("identifier:" + standing.identifier)
    codes = coded.codes | here.codes
    _complete_order(order, shown, codes)
    return Document(
        standing.number,
        standing.version,
        _day(standing.added),
        _day(standing.modified),
        words,
        titles,
        folded,
        exact,
        marked,
        keys,
        codes,
        coded.years,
        shown,
        order,
    )


Said = tuple[frozenset[str], str, str, str, str, str, tuple[str, ...], tuple[tuple[str, str], ...]]
"""What one field contributes. No class, for a record has a dozen of them:

0. the index fields that it has values for;
1. words, 2. titles, 3. folded, 4. exact, 5. marked, as `Document` has them, with a blank behind each token;
6. keys;
7. headings, each with the `Field.value` it is one of.
"""


Value = tuple[str, str, str, str]
"""One value: its index field, and its tokens as `analysis.tokens` gives them."""


_CLASSES: Final = {"050": "lc", "090": "call", "080": "class", "082": "dewey", "084": "class"}
_NUMBERED: Final = {"010": "az", "024": "az", "025": "a", "026": "ae", "027": "az", "028": "a", "856": "u"}
_MARKS: Final = {"852": "khim", "952": "o"}
_OTHER: Final = {"l": "lx", "hg": "hx"}
"""Where the other names of a place go."""
_UNIQUE: Final = frozenset(("001", "010", "020", "035", "245", "505", "520", "852", "856", "952"))
"""Fields that hardly ever come again, letter for letter."""
_KEYED: Final = frozenset((*_NUMBERED, *_CLASSES, "020", "022", "035"))
_READ: Final = frozenset((*RULES, *_NUMBERED, *_CLASSES, "001", "035", "880"))
_OWN_WORDS: Final = frozenset(WRITTEN)


_EDGES: Final = {name: (f"{name}:{EDGE}", f" {name}:", f" {name}:{EDGE} ") for name in (*WRITTEN, *_OTHER.values())}
"""Index field → what stands before the first word of a value, between its words and behind the last."""
_PLANS: Final = {
    tag: [(name, codes, (tag, name) in EACH, list_of(tag, name)) for name, codes in rules]
    for tag, rules in RULES.items()
}
"""Tag → (index field, subfields, whether each is a value by itself, the list its headings stand in)."""


def _contribution(part: str) -> Said:
    """What the field `part` (packed text) says."""
    tag = part[:3]
    if tag == "001":
        return _said((), tuple([f"control:{key}" for key in control_keys(part[3:])]), ())
    pieces = [piece for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece]
    if tag == "880":
        # Linkage: the tag of the field this is the other script of (MARC 21, appendix A, $6).
        tag = next((piece[1:4] for piece in pieces if piece[0] == "6"), "")
    values: list[Value] = []
    shown: list[tuple[str, str]] = []
    keys: list[str] = []
    for name, codes, each, kind in _PLANS.get(tag, ()):
        chosen = [piece for piece in pieces if piece[0] in codes]
        if not chosen:
            continue
        bare = [piece[1:] for piece in chosen]
        for value in bare if each else (" ".join(bare),):
            exact, folded, marked = analysis.tokens(value)
            if exact:
                values.append((name, exact, folded, marked))
            if name in _OTHER:
                values += [(_OTHER[name], *other) for other in other_names(value)]
            if kind:
                said = listed(tag, name, chosen) or (heading(value),)
                # Cut as lists cut them: tantivy cuts at 65,530 bytes, inside of a letter, and cannot count facets then.
                shown += [(kind, text[:HEADING_CHARACTERS]) for text in said if text]
    if tag in _KEYED:
        for piece in pieces:
            for name, key in _keys(tag, piece[0], piece[1:]):
                keys.append(f"{name}:{key}")
                # A word too, so that the one box finds it however it is written there.
                if name in ("isbn", "issn") and key.isalnum() and (word := (REST, key, key, "")) not in values:
                    values.append(word)
    elif tag in _MARKS:
        mark = " ".join([piece[1:] for piece in pieces if piece[0] in _MARKS[tag]]).strip()
        keys += [f"call:{key}" for key in class_keys(mark)]
        if mark:
            shown.append((CALL, mark[:HEADING_CHARACTERS]))
    return _said(values, tuple(keys), tuple(shown))


_remembered = lru_cache(maxsize=_REMEMBERED)(_contribution)


def _said(values: Sequence[Value], keys: tuple[str, ...], headings: tuple[tuple[str, str], ...]) -> Said:
    """The values of one field put together; those of one index field with fillers between them."""
    words = titles = folded = exact = marked = ""
    names = set[str]()
    for index, exactly, plainly, marks in values:
        name = PLAIN if index == REST and exactly == plainly else index
        apart = FILLERS if name in names else ""
        names.add(name)
        if name in _OWN_WORDS:
            words += f"{plainly} "
            if marks:
                marked += f"{marks} "
        if name == "t":
            titles += f"{apart}{EDGE}{plainly.partition(' ')[0]} {plainly} {EDGE} "
        else:
            folded += apart + _between_edges(name, plainly)
        if name != PLAIN:
            exact += apart + _between_edges(name, exactly)
    return frozenset(names), words, titles, folded, exact, marked, keys, headings


def _between_edges(index: str, value: str) -> str:
    begin, between, end = _EDGES[index]
    return f"{begin}{value.partition(' ')[0]}{between}{value.replace(' ', between)}{end}"


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
    codes: dict[str, list[str]]
    """Shared by all records of which the same is said."""
    keys: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def _coded(
    kind: str, fixed: str, imprint: str, carriers: str, dissertation: bool, languages: tuple[str, ...]
) -> _Coded:
    """What leader/06-07, 008/06-39, the imprint and what was seen besides say together."""
    whole = f"{'':6}{fixed}"
    codes = {"material": list(coded_kinds(kind, whole[23:30], carriers, dissertation)), LANGUAGE: list(languages)}
    if country := compact(whole[15:18].strip(" |#\\")):
        codes["country"] = [country]
    return _Coded(years(whole, imprint), codes, _code_keys(codes))


@lru_cache(maxsize=1000)
def _stood(libraries: tuple[str, ...], collections: tuple[str, ...]) -> _Coded:
    """What is known of a record by who keeps it."""
    codes = {"library": list(libraries)}
    if collections:
        codes["collection"] = list(collections)
    return _Coded(None, codes, _code_keys({name: [compact(one) for one in some] for name, some in codes.items()}))


def _code_keys(codes: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple([f"{name}:{code}" for name, some in codes.items() for code in some])


_day = lru_cache(maxsize=1000)(day_number)


def _title_key(part: str, shown: tuple[tuple[str, str], ...]) -> str:
    """The key of a 245: without as many characters as its second indicator says not to file by."""
    skip = part[4:5]
    title = shown[0][1] if shown else ""
    return order_key(title[int(skip) :] if skip.isdecimal() and skip.isascii() else title)


def _complete_order(order: dict[str, str], shown: dict[str, list[str]], codes: dict[str, list[str]]) -> None:
    if not order.get(TITLE):
        order.pop(TITLE, None)
    if AUTHOR in shown:
        order[AUTHOR] = _kept_key(shown[AUTHOR][0])
    if CALL in shown:
        order[CALL] = _kept_key(shown[CALL][0])
    order[LANGUAGE] = codes[LANGUAGE][0]


def order_key(text: str) -> str:
    """What `text` is sorted by, as a string whose characters compare as the bytes of the key do."""
    return sort_key(text[:SORTED_CHARACTERS].strip("\"'“”«»[(.… ")).decode("latin-1") if text else ""


_kept_key = lru_cache(maxsize=_REMEMBERED)(order_key)
