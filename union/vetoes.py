"""What forbids that two records describe one edition, whatever else agrees. Each veto has a name and can be switched
off.

A veto is recorded on the pair, shown in words, and also holds between any two members of a cluster: an edition without
volume number never becomes the bridge between volume 1 and volume 2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from union import comparison
from union.features import Features
from union.spelling import difference
from union.words import LITTLE, alike

Veto = Callable[[Features, Features], bool]

APART: Final = 2
"""Years apart that may be a slip of the pen or the difference between copyright and publication."""
DATED: Final = 1930
"""Books printed since then carry their date. Older ones were dated by the cataloguer, each in her own way, so years
alone forbid nothing; they still weigh."""
UNDIVIDED: Final = frozenset(("book", "part", "serial"))


def volume(a: Features, b: Features) -> bool:
    """Both name a volume or part, and not the same."""
    return a.volume != b.volume and bool(a.volume) and bool(b.volume)


def part(a: Features, b: Features) -> bool:
    """Both name the part (245 $p), in other words."""
    return a.part != b.part and bool(a.part) and bool(b.part) and comparison.volume(a, b) == "part_differs"


def edition(a: Features, b: Features) -> bool:
    """Both number the edition, and not alike: "Tái bản lần thứ 2" is "In lần thứ 3" and not "Tái bản lần thứ 3".

    Before 1930 "4th ed." of Western publishers is the fourth thousand as often as another text: with the same year and
    pages it forbids nothing.
    """
    if a.ordinal == b.ordinal or not a.ordinal or not b.ordinal:
        return False
    old = not _vietnamese(a, b) and 0 < max(a.years[:1] + b.years[:1], default=0) < DATED
    return not (old and _all_else(a, b))


def carrier(a: Features, b: Features) -> bool:
    """Print, online, microform, braille, disc: a digitised copy is an edition of its own."""
    return a.carrier != b.carrier and comparison.carrier(a, b) == "differ"


def kind(a: Features, b: Features) -> bool:
    """Book, serial, map, music, component part. Leader/07 is often mistyped: with all else equal it is believed
    less."""
    if a.kind == b.kind:
        return False
    if a.host or b.host or a.issns or b.issns:
        return True
    return not (a.kind in UNDIVIDED and b.kind in UNDIVIDED and _all_else(a, b))


def language(a: Features, b: Features) -> bool:
    """Both say the language of the text, and not the same.

    Two records with one title, one year and one number of pages, neither Vietnamese, are one book with a slip in its
    code.
    """
    if not a.language or not b.language or not comparison.languages_differ(a.language, b.language):
        return False
    return _vietnamese(a, b) or not (a.pages == b.pages > 0 or a.volumes > 1 < b.volumes) or not _all_else(a, b)


def _vietnamese(a: Features, b: Features) -> bool:
    return a.vietnamese or b.vietnamese or "vie" in a.language or "vie" in b.language


_ONE_TITLE: Final = ("equal", "rest", "prefix", "other", "near", "spelling", "little")


def _all_else(a: Features, b: Features) -> bool:
    """Whether title, year and extent agree, as far as both give them."""
    if a.years and b.years and a.years[0] != b.years[0] and set(a.years).isdisjoint(b.years):
        return False
    if a.pages != b.pages and a.pages and b.pages and not (a.volumes > 1 or b.volumes > 1):
        return False
    ours, theirs = f" {a.title} {a.rest} ", f" {b.title} {b.rest} "
    return comparison.title(a, b).startswith(_ONE_TITLE) or f" {a.title} " in theirs or f" {b.title} " in ours


def year(a: Features, b: Features) -> bool:
    """No year of one within two of any year of the other. Serials and sets of volumes run over years."""
    ours, theirs = a.years, b.years
    if not ours or not theirs or ours[0] == theirs[0] or a.kind == "serial" or a.volumes > 1 or b.volumes > 1:
        return False
    if min(ours[0], theirs[0]) < DATED:
        return False
    if len(ours) == len(theirs) == 1:
        return abs(ours[0] - theirs[0]) > APART
    return min([abs(x - y) for x in ours for y in theirs]) > APART


def numbers(a: Features, b: Features) -> bool:
    """Each title proper has a number that the other has not: "lớp 2" and "lớp 3".

    A year mistyped in a Western title (1660 for 1600) forbids nothing when year of publication and pages agree.
    """
    if a.numbers == b.numbers or comparison.numbers(a, b) != "differ":
        return False
    differing = set(a.numbers) ^ set(b.numbers)
    slip = not _vietnamese(a, b) and a.pages == b.pages > 100 and a.years[:1] == b.years[:1]
    return not (slip and len(differing) == 2 and all(len(one) > 2 for one in differing))


def issn(a: Features, b: Features) -> bool:
    """Both have an ISSN and none in common."""
    return bool(a.issns) and bool(b.issns) and set(a.issns).isdisjoint(b.issns)


def marks(a: Features, b: Features) -> bool:
    """Both were typed with diacritics, and they differ: bán đất is not bản đất."""
    return (a.vietnamese or b.vietnamese) and comparison.marks(a, b) == "differ"


def words(a: Features, b: Features) -> bool:
    """Vietnamese titles with a word in the place of another, no slip of the finger: "Truyện cổ Tày", "Truyện cổ Nùng".

    Companion volumes have one author, publisher, year and often one number of pages. A common ISBN says otherwise.
    """
    if a.title == b.title or not _vietnamese(a, b) or not set(a.isbns).isdisjoint(b.isbns):
        return False
    return comparison.title(a, b) in ("replaced_one", "replaced")


HELD: Final = 0.5
"""Share of a title's words above which another record knows the title, if not by this name."""
FEW: Final = 3
"""Words fewer than which a slip of the pen may leave half of a title: there it is looked at letter by letter."""
_START: Final = 5
"""Letters at which titles begin alike whose words were run together or torn apart."""
_STEM: Final = 4
_TORN: Final = 0.55
"""How alike titles are at least that a slip of the pen has set apart."""


def titles(a: Features, b: Features) -> bool:
    """Titles that have nothing to do with each other: an author's two books of one year, publisher and length.

    A number in common says otherwise; and so does the rest of a record when it has most of the other's title: as part,
    as other title information, as statement or name. This is what most candidates end at, so it looks at the beginnings
    of words and not at their letters.
    """
    if a.title == b.title:
        return False
    ours, theirs = stems(a.title), stems(b.title)
    if len(ours & theirs) > HELD * min(len(ours), len(theirs)) or not ours or not theirs:
        return False
    if len(ours & told(b)) > HELD * len(ours) or len(theirs & told(a)) > HELD * len(theirs):
        return False
    if _one_number(a, b):
        return False
    slips = min(len(ours), len(theirs)) < FEW or start(a.title) == start(b.title)
    return not slips or not alike(a.title, b.title, _TORN) or comparison.title(a, b) in ("unlike", "different")


_SHORT: Final = 4
_SYLLABLES: Final = 7
"""Words of a title proper (syllables, where it is Vietnamese) fewer than which a row of books may share it: "Flood
insurance study", "Báo cáo tổng kết năm"."""
_AS_LONG: Final = ("equal", "off", "near", "missing", "volumes_equal", "volumes_or")
"""How the levels of pages begin at which the extent does not speak against one edition."""
_FORM: Final = 8
"""Telling words of a subtitle that is a form filled in: "township of Benton, Columbia County"."""
_FILLED: Final = 2
_REPLACED: Final = ("replaced_one", "replaced", "unlike")


def rest(a: Features, b: Features) -> bool:
    """One short title proper, of which other title information says different things: of books that differ in length,
    or, where the length is no help, in one form that is filled in otherwise.

    "Báo cáo : xã Nông Hạ", "Báo cáo : xã Thanh Thịnh": the reports of one row have one author, publisher and year.
    """
    if a.title != b.title or a.rest == b.rest or not a.rest or not b.rest:
        return False
    vietnamese = _vietnamese(a, b)
    if a.title.count(" ") + 1 >= (_SYLLABLES if vietnamese else _SHORT):
        return False
    ours, theirs = stems(a.rest), stems(b.rest)
    own, other = len(ours - theirs), len(theirs - ours)
    if not own or not other or _one_number(a, b):
        return False
    if comparison.pages(a, b).startswith(_AS_LONG):
        # Syllables tell too little for that: two librarians shorten one Vietnamese subtitle to other syllables.
        filled = min(own, other) >= _FILLED and max(len(ours), len(theirs)) <= _FORM and len(ours) > own
        return filled and not vietnamese and comparison.title(a, b).startswith("rest_differs")
    if not comparison.title(a, b).startswith("rest_differs"):
        return False
    return own + other > _FILLED or difference(a.rest, b.rest) in _REPLACED  # one word each may be one word misspelt


def _one_number(a: Features, b: Features) -> bool:
    """Whether a standard number or that of a large system is in both."""
    return (
        (bool(a.isbns) and not set(a.isbns).isdisjoint(b.isbns))
        or (bool(a.issns) and not set(a.issns).isdisjoint(b.issns))
        or (bool(a.identifiers) and not set(a.identifiers).isdisjoint(b.identifiers))
    )


def start(title: str) -> str:
    return title[: _START + _START].replace(" ", "")[:_START]


@lru_cache(maxsize=16_384)
def stems(title: str) -> frozenset[str]:
    """How the telling words of a title begin."""
    return frozenset([word[:_STEM] for word in title.split() if word not in LITTLE])


def told(one: Features) -> frozenset[str]:
    """How all words of a description begin that may be of its title."""
    # A text is looked up sooner than a description, whose hash is made of thirty values each time.
    return _begun(" ".join((one.title, one.rest, one.part, one.statement, *one.others, *one.names)))


@lru_cache(maxsize=16_384)
def _begun(said: str) -> frozenset[str]:
    return frozenset([word[:_STEM] for word in said.split()])


def host(a: Features, b: Features) -> bool:
    """Component parts of different hosts."""
    return bool(a.host) and bool(b.host) and comparison.host(a, b) == "differ"


def access(a: Features, b: Features) -> bool:
    """One is under restriction of access (506), the other not."""
    return a.restricted != b.restricted


VETOES: Final[dict[str, Veto]] = {
    found.__name__: found
    for found in (
        volume,
        carrier,
        kind,
        year,
        language,
        edition,
        numbers,
        issn,
        part,
        marks,
        host,
        words,
        titles,
        rest,
        access,
    )
}
"""Every veto by its name, the cheap and frequent first."""
DEAR: Final = ("part", "marks", "host", "words")
"""Those that cost more than a score: asked last, when a pair would otherwise be one."""
