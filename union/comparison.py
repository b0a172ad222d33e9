"""How two records agree, field by field: each comparison ends at one of a few named levels.

The levels are what the weights are for, what an explanation shows and what a cataloguer can check with her own eyes:
`pages: equal`, `year: off_by_one`. Nothing here knows how much a level is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from union import persons
from union.features import Features
from union.spelling import difference
from union.words import alike, likeness

Comparison = Callable[[Features, Features], str]

_LONG: Final = 4
"""Words of a title that few works share; "Báo cáo" and "Poems" are shorter."""


TITLES: Final = (
    "equal_long", "equal_short", "equal_plain", "equal_with_rest", "rest_missing_long", "rest_missing_short",
    "rest_missing_plain", "rest_alike", "rest_differs_long", "rest_differs_short", "rest_differs_plain", "other_title",
    "prefix", "prefix_short", "near", "spelling", "little_words", "word_more", "words_more", "replaced_like",
    "replaced_one", "replaced", "unlike", "different",
)  # fmt: skip
"""Every level of `title`."""


AUTHORS: Final = (
    "equal", "other_equal", "in_statement", "other_entry", "initials", "partial", "similar", "different",
    "different_entry", "none", "one_missing", "unnamed",
)  # fmt: skip
"""Every level of `author`."""


def title(a: Features, b: Features) -> str:
    """Title proper and other title information."""
    if a.title == b.title:
        size = a.title.count(" ") + 1
        grade = "long" if size >= _LONG else "short" if size < 3 and len(a.title) < 14 else "plain"
        if a.rest == b.rest:
            return f"equal_{grade}" if not a.rest else "equal_with_rest"
        if not a.rest or not b.rest:
            return f"rest_missing_{grade}"
        if _rest_alike(a.rest, b.rest):
            return "rest_alike"
        return f"rest_differs_{grade}"
    ours, theirs = f"{a.title} {a.rest}".rstrip(), f"{b.title} {b.rest}".rstrip()
    if ours == theirs:
        return "equal_with_rest"
    if a.title in b.others or b.title in a.others:
        return "other_title"
    if ours.startswith(theirs + " ") or theirs.startswith(ours + " "):
        return "prefix" if min(ours.count(" "), theirs.count(" ")) else "prefix_short"
    if a.title.replace(" ", "") == b.title.replace(" ", ""):
        return "near"
    return _likely(ours, theirs, a.title, b.title)


@lru_cache(maxsize=16_384)
def _rest_alike(ours: str, theirs: str) -> bool:
    """Whether other title information is the same for all that matters: "Việt - Tày" is not "Việt - Mông"."""
    if ours.startswith(theirs) or theirs.startswith(ours):
        return True
    digits = [word for word in ours.split() if word.isdigit()], [word for word in theirs.split() if word.isdigit()]
    if digits[0] != digits[1] or not alike(ours, theirs, 0.8):
        return False
    return difference(ours, theirs) not in ("replaced_one", "replaced", "unlike") or min(len(ours), len(theirs)) > 80


@lru_cache(maxsize=65_536)
def _likely(ours: str, theirs: str, proper: str, other: str) -> str:
    """How two unequal titles differ: in spelling, by words that one has more, or by words in the place of others."""
    if ours[: len(other) + 1] == other + " " or theirs[: len(proper) + 1] == proper + " ":
        return "prefix"
    whole = difference(ours, theirs)
    alone = whole if ours == proper and theirs == other else difference(proper, other)
    best = min(whole, alone, key=_ORDER.index)
    if best in ("unlike", "replaced") and not alike(ours, theirs, 0.55) and not alike(proper, other, 0.55):
        return "different"
    return best


_ORDER: Final = (
    "spelling",
    "little_words",
    "word_more",
    "words_more",
    "replaced_like",
    "replaced_one",
    "replaced",
    "unlike",
)


def numbers(a: Features, b: Features) -> str:
    """Numbers in the title proper: "lớp 2" is not "lớp 3"."""
    if a.numbers == b.numbers:
        return "equal" if a.numbers else "none"
    ours, theirs = set(a.numbers), set(b.numbers)
    return "subset" if ours <= theirs or theirs <= ours else "differ"


def marks(a: Features, b: Features) -> str:
    """The letters themselves, when folding makes the titles equal: bán is not bản, and neither is typed as ban."""
    if a.title != b.title or not (a.vietnamese or b.vietnamese):
        return "none"
    if not a.exact or not b.exact:
        return "one_bare"
    if a.exact == b.exact:
        return "equal"
    ours, theirs = a.exact.split(), b.exact.split()
    size = min(len(ours), len(theirs))
    differing = [(x, y) for x, y in zip(ours[:size], theirs[:size], strict=True) if x != y]
    if a.rest != b.rest:
        differing = differing if a.exact[:4] == b.exact[:4] else []
        proper = a.title.count(" ") + 1
        differing = [(x, y) for x, y in zip(ours[:proper], theirs[:proper], strict=False) if x != y]
    if not differing:
        return "equal"
    return "differ" if any(not x.isascii() and not y.isascii() for x, y in differing) else "partly"


def volume(a: Features, b: Features) -> str:
    """Volume or part: number (245 $n) and name (245 $p)."""
    if a.volume != b.volume:
        if a.volume and b.volume:
            return "differ"
        # a set and its first volume, or a hurried record of the volume? the number of pages tells
        return "one_missing" if a.pages == b.pages or not a.pages or not b.pages else "one_missing_other_pages"
    if a.part != b.part:
        if not a.part or not b.part:
            return "part_missing"
        alike = difference(a.part, b.part) in ("spelling", "little_words")
        return "equal" if alike else "part_differs"
    return "equal" if a.volume or a.part else "none"


def author(a: Features, b: Features) -> str:
    """Who made it: the main entry of each against all names of the other, then against its statement."""
    ours, theirs = a.names, b.names
    if ours and theirs:
        if ours[0] == theirs[0]:
            return "equal"
        level = persons.best(ours[0], theirs)
        if level == "equal":
            return "other_equal"
        if a.main and b.main and level == "different":
            back = persons.best(theirs[0], ours)
        else:
            back = max([persons.best(name, ours) for name in theirs], key=persons.RANK.__getitem__)
        if back == "equal":
            return "other_equal"
        level = max(level, back, key=persons.RANK.__getitem__)
        if level == "different" and (persons.said(ours[0], b.statement) or persons.said(theirs[0], a.statement)):
            return "in_statement"
        if level == "different" and statement(a, b) in ("equal", "prefix", "alike", "resembling"):
            return "other_entry"
        return level if a.main == b.main or level != "different" else "different_entry"
    if not ours and not theirs:
        return "none"
    known, other = (ours, b) if ours else (theirs, a)
    if persons.said(known[0], other.statement):
        return "in_statement"
    return "one_missing" if not other.statement else "unnamed"


def statement(a: Features, b: Features) -> str:
    """The statements of responsibility, as they were transcribed."""
    if not a.statement or not b.statement:
        return "missing"
    if a.statement == b.statement:
        return "equal"
    if a.statement.startswith(b.statement) or b.statement.startswith(a.statement):
        return "prefix"
    if not alike(a.statement, b.statement, 0.6):
        return "different"
    return "alike" if likeness(a.statement, b.statement) >= 0.85 else "resembling"


def year(a: Features, b: Features) -> str:
    """Year of publication; `shared` when another year of one is a year of the other."""
    ours, theirs = a.years, b.years
    if not ours or not theirs:
        return "missing"
    if ours[0] == theirs[0]:
        return "equal"
    if ours[0] in theirs or theirs[0] in ours:
        return "shared" if abs(ours[0] - theirs[0]) <= 2 else "shared_reissue"
    gap = min([abs(x - y) for x in ours for y in theirs])
    if gap == 0:
        return "shared_other"
    return "off_by_one" if gap == 1 else "off_by_two" if gap == 2 else "off_by_few" if gap <= 10 else "far"


def edition(a: Features, b: Features) -> str:
    """Edition statement, by its ordinal where both have one."""
    if not a.edition and not b.edition:
        return "none"
    if a.edition == b.edition:
        return "equal"
    if a.edition and b.edition:
        if a.ordinal and b.ordinal:
            return "equal" if a.ordinal == b.ordinal else "differ"
        return "alike" if likeness(a.edition, b.edition) >= 0.7 else "worded_differently"
    first = a.ordinal <= 1 if a.edition else b.ordinal <= 1
    revised = a.revised or b.revised
    return "one_missing" if first and not revised else "later_missing"


@lru_cache(maxsize=65_536)
def _publishers(ours: str, theirs: str) -> str:
    if ours == theirs:
        return "equal"
    x, y = set(ours.split()), set(theirs.split())
    if x <= y or y <= x:
        return "contained"
    if likeness(ours, theirs) >= 0.8:
        return "alike"
    return "overlap" if any(len(word) > 2 for word in x & y) else "different"


def publisher(a: Features, b: Features) -> str:
    """Publisher, without the words every publisher has."""
    return _publishers(a.publisher, b.publisher) if a.publisher and b.publisher else "missing"


def place(a: Features, b: Features) -> str:
    """Place of publication, and the country of 008/15-17 where the place differs."""
    if a.place and b.place:
        if a.place == b.place:
            return "equal"
        if a.place in b.place or b.place in a.place or likeness(a.place, b.place) >= 0.8:
            return "alike"
        if a.country and b.country:
            return "same_country" if a.country == b.country else "other_country"
        return "differ"
    if a.country and b.country:
        return "country_only" if a.country == b.country else "other_country"
    return "missing"


def pages(a: Features, b: Features) -> str:
    """Largest number of pages, or the number of volumes."""
    if a.volumes > 1 or b.volumes > 1:
        if a.volumes and b.volumes:
            return "volumes_equal" if a.volumes == b.volumes else "volumes_differ"
        return "volumes_or_pages"
    if not a.pages or not b.pages:
        return "missing"
    gap = abs(a.pages - b.pages)
    if gap == 0:
        return "equal" if a.pages > 1 else "equal_one"
    larger = max(a.pages, b.pages)
    if gap <= 2 and larger > 20:
        return "off_by_two"
    if gap <= 8 and larger > 60:
        return "near"
    return "differ_little" if gap * 8 <= larger else "differ"


def height(a: Features, b: Features) -> str:
    """Height in centimetres."""
    if not a.height or not b.height:
        return "missing"
    gap = abs(a.height - b.height)
    return "equal" if gap == 0 else "off_by_one" if gap == 1 else "off_by_two" if gap == 2 else "differ"


def language(a: Features, b: Features) -> str:
    """Language of the text."""
    if not a.language or not b.language:
        return "missing"
    return "differ" if languages_differ(a.language, b.language) else "equal"


def languages_differ(ours: str, theirs: str) -> bool:
    """Whether two lists of languages cannot be of one book: none in common, or both bilingual and not the same pair."""
    if ours == theirs:
        return False
    left, right = set(ours.split("+")), set(theirs.split("+"))
    return left.isdisjoint(right) or (len(left) > 1 and len(right) > 1)


def isbn(a: Features, b: Features) -> str:
    """ISBN; that of a set proves nothing."""
    ours, theirs = a.isbns, b.isbns
    if not ours or not theirs:
        return "missing"
    if ours == theirs:
        return "equal"
    return "shared" if not set(ours).isdisjoint(theirs) else "differ"


def issn(a: Features, b: Features) -> str:
    """ISSN."""
    if not a.issns or not b.issns:
        return "missing"
    return "equal" if not set(a.issns).isdisjoint(b.issns) else "differ"


def identifier(a: Features, b: Features) -> str:
    """Numbers of national libraries and large systems (010, 024, 035)."""
    if not a.identifiers or not b.identifiers:
        return "missing"
    if not set(a.identifiers).isdisjoint(b.identifiers):
        return "equal"
    kinds = {number[:3] for number in a.identifiers} & {number[:3] for number in b.identifiers}
    return "differ" if "010" in kinds else "missing"


def series(a: Features, b: Features) -> str:
    """Series and number in it."""
    if not a.series or not b.series:
        return "missing" if not a.series and not b.series else "one_missing"
    like = alike(a.series, b.series, 0.8)
    if a.series_number and b.series_number:
        same = a.series_number == b.series_number
        return ("equal" if same else "number_differs") if like else ("number_equal" if same else "differ")
    return "alike" if like else "differ"


def subjects(a: Features, b: Features) -> str:
    """Subject headings, as words."""
    if not a.subjects or not b.subjects:
        return "missing"
    if a.subjects == b.subjects:
        return "equal"
    shared = len(set(a.subjects) & set(b.subjects))
    if not shared:
        return "differ"
    return "equal" if shared * 2 > min(len(a.subjects), len(b.subjects)) else "overlap"


def host(a: Features, b: Features) -> str:
    """What a component part is in."""
    if not a.host or not b.host:
        return "missing"
    return "equal" if likeness(a.host, b.host) >= 0.9 else "differ"


_SAME_YEAR: Final = {
    "equal": "same",
    "shared": "same",
    "shared_reissue": "close",
    "shared_other": "close",
    "off_by_one": "close",
    "missing": "unknown",
}
_SAME_PAGES: Final = {
    "equal": "same",
    "volumes_equal": "same",
    "off_by_two": "close",
    "near": "close",
    "missing": "unknown",
}
_SAME_PUBLISHER: Final = {
    "equal": "same",
    "contained": "same",
    "alike": "same",
    "overlap": "same",
    "missing": "unknown",
}


def printing(year_: str, pages_: str, publisher_: str) -> str:
    """Year, pages and publisher together: a reprint by another house has the pages of the first and nothing else."""
    when, long = _SAME_YEAR.get(year_, "other"), _SAME_PAGES.get(pages_, "other")
    return f"year_{when}_pages_{long}_publisher_{_SAME_PUBLISHER.get(publisher_, 'other')}"


_SAME_TITLE: Final = {
    "prefix": "longer", "prefix_short": "longer", "other_title": "longer", "word_more": "longer",
    "words_more": "longer",
    "spelling": "alike", "little_words": "alike", "replaced_like": "alike", "replaced_one": "replaced",
    "replaced": "replaced",
    "unlike": "other", "different": "other",
}  # fmt: skip
_SAME_AUTHOR: Final = {
    "equal": "same", "other_equal": "same", "initials": "same", "partial": "same", "similar": "same",
    "in_statement": "same", "different": "other", "other_entry": "unnamed", "unnamed": "unnamed",
}  # fmt: skip


def work(title_: str, author_: str) -> str:
    """Title and author together: one title by two authors is two works, one author has many titles."""
    return f"title_{_SAME_TITLE.get(title_, 'same')}_author_{_SAME_AUTHOR.get(author_, 'unknown')}"


def carrier(a: Features, b: Features) -> str:
    """Print, online, microform, braille, disc. Unknown is print.

    A microform whose description is that of the book (its pages, its year) is told apart from one that describes
    itself: libraries that filmed their books kept the record of the book and changed one code.
    """
    ours, theirs = a.carrier or "p", b.carrier or "p"
    if ours == theirs:
        return "equal"
    film = a if ours == "f" else b
    as_book = a.pages == b.pages and a.volumes == b.volumes and a.years[:1] == b.years[:1] and film.height < 50
    if {ours, theirs} == {"p", "f"} and as_book and (film.pages or film.height):
        return "film_of_book"
    return "differ"


COMPARISONS: Final[dict[str, Comparison]] = {
    found.__name__: found
    for found in (
        year, volume, carrier, language, numbers, pages, title, marks, author, publisher, edition, isbn, issn,
        identifier, place, height, series, subjects, statement, host,
    )
}  # fmt: skip
"""Every comparison of one field by its name: the cheap and the telling first, so that a hopeless pair costs little."""

NAMES: Final = (*COMPARISONS, "printing", "work")
"""The comparisons in the order of `levels`; the last two put several fields together."""

SILENT: Final = {
    "volume": "none", "numbers": "none", "edition": "none", "carrier": "equal", "isbn": "missing", "issn": "missing",
    "identifier": "missing", "series": "missing", "subjects": "missing", "host": "missing",
}  # fmt: skip
"""Comparison → the level at which nothing is said, as of most books: what an explanation counts from."""

_ALL: Final = tuple(COMPARISONS.values())
_AT: Final = {name: place_ for place_, name in enumerate(COMPARISONS)}


def together(found: list[str]) -> tuple[str, str]:
    """The levels of `printing` and `work` from those of the fields."""
    return (
        printing(found[_AT["year"]], found[_AT["pages"]], found[_AT["publisher"]]),
        work(found[_AT["title"]], found[_AT["author"]]),
    )


def levels(a: Features, b: Features) -> tuple[str, ...]:
    """The level of each comparison, in the order of NAMES. The same for (a, b) and (b, a)."""
    found = [compare(a, b) for compare in _ALL]
    return (*found, *together(found))
