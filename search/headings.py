"""Headings: what a record is listed under, in the form in which people read it, and what places are called besides."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dublin_core.punctuation import strip_end
from search.fields import EACH
from search.query import Field
from vietnamese import places
from vietnamese.text import fold, normalise

_LISTS: Final = {
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
_SUBDIVISIONS: Final = "vxyz"


def list_of(tag: str, index: str) -> str:
    """The list (`Field.value`) in which what a field says for an index field stands; "" when in none."""
    # The places of a 650 are subdivisions, and stand in its heading.
    return "" if (tag, index) == ("650", "hg") else _LISTS.get(index, "")


def listed(tag: str, index: str, chosen: list[str]) -> list[str]:
    """The headings that these subfields of a field make, where that is not simply their text behind one another."""
    if index in _SEVERAL:
        return [heading(piece[1:]) for piece in chosen]
    if tag[0] == "6" and (tag, index) not in EACH:
        return [heading(_subdivided(chosen))]
    return []


def _subdivided(chosen: list[str]) -> str:
    """A subject with its subdivisions behind dashes, as catalogues print it."""
    text = ""
    for piece in chosen:
        joint = "" if not text else " -- " if piece[0] in _SUBDIVISIONS else " "
        text += joint + (strip_end(piece[1:]) if piece[0] in _SUBDIVISIONS else piece[1:])
    return text


def heading(value: str) -> str:
    """A value as a heading: without the punctuation that only leads on to the next subfield."""
    return strip_end(value.replace("[", "").replace("]", ""))


@lru_cache(maxsize=20_000)
def other_names(value: str) -> tuple[str, ...]:
    """Every other name of the place: its other spellings, and what it became, to the end of the chain.

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
    return tuple(other for other in found if fold(other) != own)
