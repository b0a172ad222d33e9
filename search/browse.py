"""Browsing: what stands around a place in a list, in dictionary order, with counts: Scan of Z39.50 and SRU."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from catalogue import headings
from catalogue.headings import Heading
from catalogue.store import Store
from foundation.errors import InputError, LimitError
from foundation.limits import HEADING_CHARACTERS, SEARCH_PASSED, SEARCH_SCAN
from search import messages
from search.document import Document
from search.fields import HEADINGS
from search.query import Field, Match, Or, Query, Term
from vietnamese.collation import sort_key

_KINDS: Final = {field: number for number, field in enumerate(HEADINGS, 1)}
_NUMBERS: Final = {field.value: number for field, number in _KINDS.items()}
_REMEMBERED: Final = 30_000
_UNDER: Final = {
    Field.TITLE: (Field.TITLE_PROPER,),
    Field.AUTHOR: (Field.PERSONAL_AUTHOR, Field.CORPORATE_AUTHOR, Field.CONFERENCE_AUTHOR),
}
"""Fields whose values are the headings of a list, where that is not the whole field: 245 alone, 1XX and 7XX alone."""
_STRETCH: Final = 100
_MASKS: Final = re.compile(r"[*?\\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading, and how many records stand under it. `whole(field, text)` finds them."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    entries: tuple[Entry, ...]
    position: int
    """Where in `entries` the text asked for stands or would stand; their number when all stand before it."""


def scan(store: Store, field: Field, start: str = "", *, before: int = 0, after: int = 20) -> Page:
    """The `before` headings before `start` and the `after` headings from it on, in dictionary order.

    Raises InputError for a field without a list, LimitError SEARCH_SCAN.
    """
    if field not in _KINDS:
        known = ", ".join(one.value for one in _KINDS)
        raise InputError(messages.BROWSE_FIELD, field=field.value, known=known)
    if before < 0 or after < 0 or before + after > SEARCH_SCAN:
        raise LimitError(messages.LIMIT, limit="SEARCH_SCAN", seen=before + after, allowed=SEARCH_SCAN)
    kind, key = _KINDS[field], heading_key(start)
    earlier = headings.before_key(store, kind, key, before) if before else []
    later = headings.from_key(store, kind, key, after) if after else []
    return Page(tuple(Entry(one.text, one.records) for one in (*earlier, *later)), len(earlier))


def within(store: Store, field: Field, start: str, before: int, after: int, count: Callable[[str], int]) -> Page:
    """The same of a part of the catalogue: headings under which `count` finds none of its records are passed over.

    The store counts headings over everything; so those of a part are counted as they are met, and a stretch of
    SEARCH_PASSED headings on either side is looked at, no more.
    """
    scan(store, field, "", before=before, after=after)  # what cannot be asked is refused here too
    kind, key = _KINDS[field], heading_key(start)
    later: list[Entry] = []
    at = key
    for _ in range(SEARCH_PASSED // _STRETCH):
        found = headings.from_key(store, kind, at, _STRETCH)
        later += [Entry(one.text, here) for one in found if (here := count(one.text))][: after - len(later)]
        if len(later) >= after or len(found) < _STRETCH:
            break
        at = found[-1].key + b"\x00"
    earlier: list[Entry] = []
    at = key
    for _ in range(SEARCH_PASSED // _STRETCH if before else 0):
        found = headings.before_key(store, kind, at, _STRETCH)
        some = [Entry(one.text, here) for one in reversed(found) if (here := count(one.text))]
        earlier += some[: before - len(earlier)]
        if len(earlier) >= before or len(found) < _STRETCH:
            break
        at = found[0].key
    return Page((*reversed(earlier), *later), len(earlier))


def whole(field: Field, text: str) -> Query:
    """The search that finds the records under a heading, and under those that differ from it in punctuation alone."""
    fields = _UNDER.get(field, (field,))
    terms = tuple(Term(one, _MASKS.sub(r"\\\g<0>", text), Match.WHOLE, True) for one in fields)
    return terms[0] if len(terms) == 1 else Or(terms)


def listed(some: Sequence[Document]) -> list[list[Heading]]:
    """The headings that each of these records is listed under."""
    from vietnamese.run_collation import sort_keys  # noqa: PLC0415 - numpy, which who only browses need not load

    wanted = [[(kind, text) for kind, texts in one.shown.items() for text in texts] for one in some]
    fresh = [one for one in dict.fromkeys(chain.from_iterable(wanted)) if one not in _kept and one[1].strip()]
    keys = sort_keys([_compared(text) for _, text in fresh])
    made = {
        (kind, text): Heading(_NUMBERS[kind], key, text[:HEADING_CHARACTERS])
        for (kind, text), key in zip(fresh, keys, strict=True)
    }
    found = [[heading for name in names if (heading := _kept.get(name) or made.get(name))] for names in wanted]
    if len(_kept) >= _REMEMBERED:
        _kept.clear()
    _kept.update(made)
    return found


_kept: Final[dict[tuple[str, str], Heading]] = {}
"""List (`Field.value`) and text → heading, of those met lately."""


def heading_key(text: str) -> bytes:
    """What a heading is listed by: case does not part headings, tones do."""
    return sort_key(_compared(text)) if text.strip() else b""


def _compared(text: str) -> str:
    return text[:HEADING_CHARACTERS].strip().lower()
