"""What the fields of records say to an index: a run of records at once, and each field that comes again only once.

A place and its publisher, a subject, an author come again in thousands of records, letter for letter; so what a field
says is remembered as engines take it. What is met for the first time is made into tokens together with everything else
that is new in its run: the words of all these values are looked up in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from foundation.limits import HEADING_CHARACTERS
from marc.record import SUBFIELD_DELIMITER
from search import analysis
from search.analysis import EDGE, FILLERS, Tokens
from search.fields import EACH, PLAIN, REST, RULES, WRITTEN
from search.headings import heading, list_of, listed, other_names
from search.numbers import class_keys, compact, control_keys, isbn_keys
from search.query import Field

CALL: Final = Field.CALL_NUMBER.value
_REMEMBERED: Final = 30_000

Said = tuple[frozenset[str], str, str, str, str, str, Sequence[str], Sequence[tuple[str, str]]]
"""What one field contributes. No class, for a record has a dozen of them:

0. the index fields that it has values for;
1. words, 2. titles, 3. folded, 4. exact, 5. marked, as `search.document.Document` has them;
6. keys;
7. headings, each with the `Field.value` it is one of.
"""
_Draft = tuple[list[tuple[str, str | Tokens]], list[str], list[tuple[str, str]]]
"""The same before its words are looked up: values, each with its index field, texts yet or tokens; keys; headings."""

_CLASSES: Final = {"050": "lc", "090": "call", "080": "class", "082": "dewey", "084": "class"}
_NUMBERED: Final = {"010": "az", "024": "az", "025": "a", "026": "ae", "027": "az", "028": "a", "856": "u"}
_MARKS: Final = {"852": "khim", "952": "o"}
_OTHER: Final = {"l": "lx", "hg": "hx"}
"""Where the other names of a place go."""
_UNIQUE: Final = frozenset(("001", "010", "020", "035", "245", "505", "520", "852", "856", "952"))
"""Fields that hardly ever come again, letter for letter."""
_KEYED: Final = frozenset((*_NUMBERED, *_CLASSES, "020", "022", "035"))
READ: Final = frozenset((*RULES, *_NUMBERED, *_CLASSES, "001", "035", "880"))
"""Tags of the fields that say anything."""
_OWN_WORDS: Final = frozenset(WRITTEN)

_BETWEEN: Final = {name: (f"{name}:{EDGE}", f" {name}:") for name in (*WRITTEN, *_OTHER.values())}
"""Index field → what stands before the first word of a value, and between its words."""
_END: Final = f"{EDGE} "
_PLANS: Final = {
    tag: [(name, codes, (tag, name) in EACH, list_of(tag, name)) for name, codes in rules]
    for tag, rules in RULES.items()
}
"""Tag → (index field, subfields, whether each is a value by itself, the list its headings stand in)."""

_kept: Final[dict[str, Said]] = {}


def said(parts: Sequence[str]) -> list[Said]:
    """What each of these fields (packed text, of tags in `READ`) says."""
    found = list(map(_kept.get, parts))
    fresh = list(dict.fromkeys([part for part, one in zip(parts, found, strict=True) if one is None]))
    if not fresh:
        return found  # type: ignore[return-value] - none of them is None
    made = dict(zip(fresh, _contributions(fresh), strict=True))
    if len(_kept) >= _REMEMBERED:
        _kept.clear()
    _kept.update([one for one in made.items() if one[0][:3] not in _UNIQUE])
    return [one or made[part] for part, one in zip(parts, found, strict=True)]


def _contributions(parts: Sequence[str]) -> Iterator[Said]:
    """What these fields say, none of which was seen before."""
    drafts = [_draft(part) for part in parts]
    ahead = analysis.columns([value for draft in drafts for _, value in draft[0] if type(value) is str])
    for values, keys, headings in drafts:
        words = titles = folded = exact = marked = ""
        names: set[str] = set()
        rest: list[str] = []
        for index, value in values:
            exactly, plainly, marks = next(ahead) if type(value) is str else value
            if not exactly:
                continue
            name = index
            if index == REST:
                if exactly in rest and type(value) is not str:
                    continue
                rest.append(exactly)
                if exactly == plainly:
                    name = PLAIN
            apart = FILLERS if name in names else ""
            names.add(name)
            if name in _OWN_WORDS:
                words += plainly
                marked += marks
            first = plainly[: plainly.index(" ")]
            begin, between = _BETWEEN[name]
            if name == "t":
                titles += f"{apart}{EDGE}{first} {plainly}{_END}"
            else:
                folded += f"{apart}{begin}{first}{between}{plainly.replace(' ', between)}{_END}"
            if name != PLAIN:
                first = exactly[: exactly.index(" ")]
                exact += f"{apart}{begin}{first}{between}{exactly.replace(' ', between)}{_END}"
        yield frozenset(names), words, titles, folded, exact, marked, keys, headings


def _draft(part: str) -> _Draft:
    """What the field `part` says, in values that are no tokens yet."""
    tag = part[:3]
    values: list[tuple[str, str | Tokens]] = []
    keys: list[str] = []
    shown: list[tuple[str, str]] = []
    if tag == "001":
        return values, [f"control:{key}" for key in control_keys(part[3:])], shown
    pieces = [piece for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece]
    if tag == "880":
        # Linkage: the tag of the field this is the other script of (MARC 21, appendix A, $6).
        tag = next((piece[1:4] for piece in pieces if piece[0] == "6"), "")
    for name, codes, each, kind in _PLANS.get(tag, ()):
        chosen = [piece for piece in pieces if piece[0] in codes]
        if not chosen:
            continue
        bare = [piece[1:] for piece in chosen]
        for value in bare if each else (" ".join(bare),):
            values.append((name, value))
            if name in _OTHER:
                values += [(_OTHER[name], other) for other in other_names(value)]
            if kind:
                texts = listed(tag, name, chosen) or (heading(value),)
                # Cut as lists cut them: tantivy cuts at 65,530 bytes, inside of a letter, and cannot count facets then.
                shown += [(kind, text[:HEADING_CHARACTERS]) for text in texts if text]
    if tag in _KEYED:
        for piece in pieces:
            for name, key in _keys(tag, piece[0], piece[1:]):
                keys.append(f"{name}:{key}")
                # A word too, so that the one box finds it however it is written there.
                if name in ("isbn", "issn") and key.isalnum():
                    values.append((REST, (f"{key} ", f"{key} ", "")))
    elif tag in _MARKS:
        mark = " ".join([piece[1:] for piece in pieces if piece[0] in _MARKS[tag]]).strip()
        keys += [f"call:{key}" for key in class_keys(mark)]
        if mark:
            shown.append((CALL, mark[:HEADING_CHARACTERS]))
    return values, keys, shown


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
