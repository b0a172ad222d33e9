"""What the fields of records say to an index besides their words: keys and headings.

A place and its publisher, a subject, an author come again in thousands of records, letter for letter; so what a field
says is remembered.
"""

from __future__ import annotations

from typing import Final

from dublin_core.online import ONLINE, leads_there
from foundation.limits import HEADING_CHARACTERS
from marc.record import SUBFIELD_DELIMITER
from search.analysis import tokens
from search.fields import EACH, RULES
from search.headings import heading, list_of, listed, other_names
from search.numbers import class_keys, compact, control_keys, isbn_keys
from search.query import Field
from search.texts import linked

CALL: Final = Field.CALL_NUMBER.value
_REMEMBERED: Final = 30_000

Said = tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]
"""What one field contributes. No class, for a record has a dozen of them:

0. keys;
1. headings, each with the `Field.value` it is one of;
2. what is known besides: subfields, packed, of a field `search.texts.BESIDES`.
"""

_CLASSES: Final = {"050": "lc", "090": "call", "080": "class", "082": "dewey", "084": "class"}
_NUMBERED: Final = {"010": "az", "024": "az", "025": "a", "026": "ae", "027": "az", "028": "a", "856": "u"}
_MARKS: Final = {"852": "khim", "952": "o"}
_UNIQUE: Final = frozenset(("001", "010", "020", "035", "245", "505", "520", "852", "856", "952"))
"""Fields that hardly ever come again, letter for letter."""
_KEYED: Final = frozenset((*_NUMBERED, *_CLASSES, "020", "022", "035"))
_OTHER: Final = {"l": "l", "hg": "h"}
"""Index fields of places → the subfield that their other names go into."""
_PLANS: Final = {
    tag: plan
    for tag, rules in RULES.items()
    if (
        plan := [
            (name, codes, (tag, name) in EACH, list_of(tag, name))
            for name, codes in rules
            if list_of(tag, name) or name in _OTHER
        ]
    )
}
"""Tag → (index field, subfields, whether each is a value by itself, the list its headings stand in)."""
READ: Final = frozenset((*_PLANS, *_KEYED, *_MARKS, "001", "880"))
"""Tags of the fields that say anything."""


_kept: Final[dict[str, Said]] = {}
kept: Final = _kept.get
"""What a field says that was asked for before; None of others."""


def said(part: str) -> Said:
    """What the field `part` (packed text, of a tag in `READ`) says."""
    found = _said(part)
    if part[:3] not in _UNIQUE:
        if len(_kept) >= _REMEMBERED:
            _kept.clear()
        _kept[part] = found
    return found


def _said(part: str) -> Said:
    tag = part[:3]
    if tag == "001":
        return tuple([f"control:{key}" for key in control_keys(part[3:])]), (), ""
    pieces = [piece for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece]
    if tag == "880":
        tag = linked(part)
    keys: list[str] = []
    shown: list[tuple[str, str]] = []
    besides: list[str] = []
    for name, codes, each, kind in _PLANS.get(tag, ()):
        chosen = [piece for piece in pieces if piece[0] in codes]
        if not chosen:
            continue
        bare = [piece[1:] for piece in chosen]
        for value in bare if each else (" ".join(bare),):
            if name in _OTHER:
                besides += [_OTHER[name] + other for other in other_names(value)]
            if kind:
                texts = listed(tag, name, chosen) or (heading(value),)
                # Cut as lists cut them: tantivy cuts at 65,530 bytes, inside of a letter, and cannot count facets then.
                shown += [(kind, text[:HEADING_CHARACTERS]) for text in texts if text]
    if tag in _KEYED:
        for piece in pieces:
            for name, key in _keys(tag, piece[0], piece[1:]):
                keys.append(f"{name}:{key}")
                # A word too, so that the one box finds it however it is written there.
                if (
                    name in ("isbn", "issn")
                    and key.isalnum()
                    and f"o{key}" not in besides
                    and not _says(tag, pieces, key)
                ):
                    besides.append(f"o{key}")
        if part[:3] == "856" and leads_there(part):
            keys.append(f"access:{ONLINE}")
    elif tag in _MARKS:
        mark = " ".join([piece[1:] for piece in pieces if piece[0] in _MARKS[tag]]).strip()
        keys += [f"call:{key}" for key in class_keys(mark)]
        if mark:
            shown.append((CALL, mark[:HEADING_CHARACTERS]))
    return tuple(keys), tuple(shown), "".join([SUBFIELD_DELIMITER + piece for piece in besides])


def _says(tag: str, pieces: list[str], key: str) -> bool:
    """Whether a field is just this number, as words go."""
    codes = RULES[tag][0][1]
    value = " ".join([piece[1:] for piece in pieces if piece[0] in codes])
    return value == key or (key in value.lower() and tokens(value)[0] == f"{key} ")


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
