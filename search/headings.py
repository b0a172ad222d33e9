"""Headings: what a record is listed under, in the form in which people read it, and what places are called besides."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dublin_core.punctuation import strip_end
from search import analysis
from search.fields import EACH, RULES
from search.query import Field
from vietnamese import places
from vietnamese.text import fold, normalise

_KINDS: Final = {
    "t": Field.TITLE.value,
    "p": Field.AUTHOR.value,
    "c": Field.AUTHOR.value,
    "m": Field.AUTHOR.value,
    "h": Field.SUBJECT.value,
    "hp": Field.SUBJECT.value,
    "hg": Field.SUBJECT.value,
    "g": Field.GENRE.value,
    "s": Field.SERIES.value,
    "l": Field.PLACE.value,
    "b": Field.PUBLISHER.value,
}
"""Index field → the list its values stand in."""
_SEVERAL: Final = frozenset("lb")
"""Places and publishers: 260 and 264 name each in a subfield of its own."""
_HEADED: Final = {
    tag: tuple(
        (_KINDS[name], codes, name in _SEVERAL or (tag, name) in EACH)
        for name, codes in rules
        if name in _KINDS and (tag, name) != ("650", "hg")
    )
    for tag, rules in RULES.items()
}
"""Tag → (list, subfields, whether each of them is a heading by itself)."""
_SUBDIVISIONS: Final = "vxyz"
_CALL: Final = Field.CALL_NUMBER.value


def headings(tag: str, pieces: list[str], mark: str) -> list[tuple[str, str]]:
    """(`Field.value`, heading) for a field with this tag; `pieces`: head and subfields, `mark`: its shelf mark."""
    found = [(_CALL, mark.strip())] if mark.strip() else []
    for kind, codes, each in _HEADED.get(tag, ()):
        chosen = [piece for piece in pieces[1:] if piece[:1] in codes and piece]
        if each:
            values = [piece[1:] for piece in chosen]
        elif tag[0] == "6":
            values = [_subdivided(chosen)]
        else:
            values = [" ".join([piece[1:] for piece in chosen])]
        found += [(kind, text) for text in map(heading, values) if text]
    return found


def _subdivided(chosen: list[str]) -> str:
    """A subject with its subdivisions behind dashes, as catalogues print it."""
    text = ""
    for piece in chosen:
        joint = "" if not text else " -- " if piece[0] in _SUBDIVISIONS else " "
        text += joint + (strip_end(piece[1:]) if piece[0] in _SUBDIVISIONS else piece[1:])
    return text


@lru_cache(maxsize=50_000)
def heading(value: str) -> str:
    """A value as a heading: without the punctuation that only leads on to the next subfield."""
    return strip_end(value.replace("[", "").replace("]", ""))


@lru_cache(maxsize=20_000)
def other_names(value: str) -> tuple[tuple[str, str], ...]:
    """The tokens of every other name of the place: its other spellings, and what it became, to the end of the chain.

    An older name is not among them: who asks for Bắc Kạn finds what was printed at Bắc Cạn, and who asks for Thái
    Nguyên finds both, but what was printed at Thái Nguyên is not found under Bắc Kạn.
    """
    name = heading(value)
    own = fold(normalise(name))
    found: dict[str, None] = {}
    seen: set[str] = set()
    ahead = list(places.lookup(name))
    while ahead:
        place = ahead.pop()
        if place.identifier not in seen:
            seen.add(place.identifier)
            found.update(dict.fromkeys((place.name, *place.other_names)))
            ahead.extend(places.successors(place))
    return tuple(analysis.tokens(other) for other in found if fold(other) != own)
