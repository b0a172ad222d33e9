"""What somebody asks of the search page: read from an address, turned into a query, written into an address again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from foundation.limits import SEARCH_FILTERS, SEARCH_TERM_CHARACTERS, SEARCH_WINDOW
from search import box
from search.browse import whole
from search.fields import CODES, HEADINGS
from search.index import CONTRIBUTED, EVERYWHERE, Scope
from search.query import And, Everything, Field, Query, Range, SortKey, Term
from vietnamese.text import normalise

ORDERS: Final[dict[str, tuple[SortKey, ...]]] = {
    "": (),
    "newest": (SortKey(Field.DATE, descending=True),),
    "oldest": (SortKey(Field.DATE),),
    "title": (SortKey(Field.TITLE),),
    "author": (SortKey(Field.AUTHOR),),
    "added": (SortKey(Field.ADDED, descending=True),),
}
"""Name in an address → order; none is the best first."""
SIZES: Final = (20, 50, 100)
CHOSEN_BY: Final = frozenset((*CODES, *HEADINGS))
"""Fields whose values can be chosen as filters: codes, and headings as a whole."""
_YEAR: Final = re.compile(r"\d{1,4}", re.ASCII)

_quoted: Final = lru_cache(maxsize=8_192)(quote_plus)
"""Names and subjects come again from page to page, and are written forty times in each."""

Filter = tuple[Field, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One search."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    low: str = ""
    high: str = ""
    """Years, or empty."""
    order: str = ""
    page: int = 1
    size: int = SIZES[0]
    own: bool = False
    """Whether the records are asked for that libraries contributed, and not the union records made of them."""

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def empty(self) -> bool:
        """Whether nothing in particular was asked."""
        return not (self.text or self.filters or self.low or self.high or self.own)

    def address(self, path: str = "/search", **more: str) -> str:
        """Where this search is found."""
        said = [("q", self.text), ("own", "1" if self.own else "")]
        said += [("f", f"{field.value}:{value}") for field, value in self.filters]
        said += [("from", self.low), ("to", self.high), ("sort", self.order)]
        said += [("page", str(self.page) if self.page > 1 else "")]
        said += [("size", str(self.size) if self.size != SIZES[0] else "")]
        kept = [f"{name}={_quoted(value)}" for name, value in (*said, *more.items()) if value]
        return f"{path}?{'&'.join(kept)}" if kept else path

    def turned(self, page: int) -> Asked:
        """The same search, another page of it."""
        return replace(self, page=page)

    def with_filter(self, chosen: Filter) -> Asked:
        """Narrowed by one more filter."""
        return replace(self, filters=(*self.filters, chosen), page=1)

    def narrowings(self, field: Field, values: Iterable[str]) -> Iterator[str]:
        """The address of this search with each value as one more filter: what `with_filter` leads to, written once but
        for the value. A page of results has forty of them."""
        mark = "\0"
        before, _, after = self.with_filter((field, mark)).address().partition(_quoted(mark))
        for value in values:
            yield f"{before}{_quoted(value)}{after}"

    def decades(self, begins: Iterable[int]) -> Iterator[str]:
        """The address of this search in each ten years: what `of_years` leads to, written once likewise."""
        before, _, after = self.of_years("\0", "\1").address().partition(f"from={_quoted(chr(0))}&to={_quoted(chr(1))}")
        for begin in begins:
            yield f"{before}from={begin}&to={begin + 9}{after}"

    def without(self, chosen: Filter) -> Asked:
        """Without one of its filters."""
        return replace(self, filters=tuple(one for one in self.filters if one != chosen), page=1)

    def of_union(self) -> Asked:
        """The same search among the union records."""
        return replace(self, own=False, page=1)

    def of_years(self, low: str, high: str) -> Asked:
        """Narrowed to years; with two empty ones, of all years."""
        return replace(self, low=low, high=high, page=1)


def read(arguments: MultiDict[str, str]) -> Asked:
    """The search that an address asks for. What cannot be understood in it is left out: people edit addresses."""
    order = arguments.get("sort", "")
    size = _number(arguments.get("size", ""), SIZES[0])
    return Asked(
        text=normalise(arguments.get("q", "")[:SEARCH_TERM_CHARACTERS]).strip(),
        filters=tuple(dict.fromkeys(_filters(arguments.getlist("f")[:SEARCH_FILTERS]))),
        low=_year(arguments.get("from", "")),
        high=_year(arguments.get("to", "")),
        order=order if order in ORDERS else "",
        page=max(1, _number(arguments.get("page", ""), 1)),
        size=size if size in SIZES else SIZES[0],
        own=arguments.get("own", "") == "1",
    )


def query(asked: Asked) -> Query:
    """What the index is asked."""
    parts: list[Query] = [] if not asked.text else [box.parse(asked.text)]
    parts += [finding(one) for one in asked.filters]
    if asked.low or asked.high:
        parts.append(
            Range(Field.DATE, asked.low.zfill(4) if asked.low else None, asked.high.zfill(4) if asked.high else None)
        )
    return Everything() if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def scope(asked: Asked) -> Scope:
    """Which records are searched."""
    return CONTRIBUTED if asked.own else EVERYWHERE


def finding(chosen: Filter) -> Query:
    """What a filter finds."""
    field, value = chosen
    return Term(field, value) if field in CODES else whole(field, value)


def order(asked: Asked) -> tuple[SortKey, ...]:
    """The order of the results; of everything, the newest here first."""
    return ORDERS["added" if asked.empty and not asked.order else asked.order]


def pages(asked: Asked, count: int) -> int:
    """How many pages can be looked at."""
    return -(-min(count, SEARCH_WINDOW) // asked.size)


def looser(asked: Asked) -> Iterable[tuple[str, Asked]]:
    """Other ways to ask the same, for who found nothing: (name of the way, search)."""
    if asked.filters or asked.low or asked.high:
        yield "filters", Asked(asked.text, own=asked.own)
    plain = " ".join(re.findall(r"[^\s\"“”„=|]+", re.sub(r"(^|\s)[-−]?[^\s:\"“”]{1,40}:(?=\S)", " ", asked.text)))
    if plain and plain != asked.text:
        yield "plain", Asked(plain, own=asked.own)
    words = plain.split()
    if len(words) > 1:
        yield "some", Asked(" OR ".join(words[:20]), own=asked.own)
    if plain and not plain.endswith("*") and len(words) == 1 and len(plain) > 2:
        yield "begun", Asked(f"{plain}*", own=asked.own)


def _filters(written: Iterable[str]) -> Iterable[Filter]:
    for one in written:
        name, colon, value = one.partition(":")
        known = next((field for field in CHOSEN_BY if field.value == name), None)
        value = value[:SEARCH_TERM_CHARACTERS].strip()
        if known is not None and colon and value:
            yield known, value


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else otherwise


def _year(text: str) -> str:
    return text.strip() if _YEAR.fullmatch(text.strip()) else ""
