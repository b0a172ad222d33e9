"""Names as matching compares them: word order forgotten, initials allowed, frequent words worth nothing.

In Vietnamese catalogues one person stands as "Nông Quốc Hưng", "Nông, Quốc Hưng" and "Hưng, Nông Quốc", so the order of
words proves nothing; two persons share "Nguyễn Văn", so the words they have in common prove little. A name is kept as
its folded words, in the order they stand.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from marc.record import SUBFIELD_DELIMITER
from union.words import likeness, listed, words
from vietnamese.names import parse_all

FREQUENT: Final = listed(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh doan mai to van thi duc "
    "huu xuan minh thanh ngoc quang quoc dinh cong manh hong kim phuong thu john william james george henry "
    "charles thomas robert joseph edward samuel david richard paul peter mary j w a h c e m r g l s f t b d"
)
"""Words of names that tell few people apart: family and middle names of the Kinh, the most usual English forenames."""
_NOT_NAMES: Final = listed("sir lord mrs mr miss dr prof rev jr sr ed tr comp gs pgs ts ths")
_DIGITS: Final = re.compile(r"\d")
_FORENAME_ROLES: Final = re.compile(
    r"\b(?:dịch|soạn|tầm|tuyển|biên|giới thiệu|chú|khảo|kể|vẽ|minh ho|hiệu đính|ch\.b|b\.s|s\.t|và)", re.IGNORECASE
)
_MOST: Final = 12
"""Names that are kept of one record; beyond, they are a list of contributors."""


def read(field: str) -> list[str]:
    """The persons and bodies of a packed field 1XX or 7XX (MARC 21, X00: $a $b; X10 and X11: $a $b), each as words."""
    head, *pieces = field.split(SUBFIELD_DELIMITER)
    codes = "a" if head[1:3] == "00" else "ab"
    return list(_names(" ".join([piece[1:] for piece in pieces if piece[:1] in codes]), head[1:3] == "00"))


@lru_cache(maxsize=65_536)
def _names(text: str, personal: bool) -> tuple[str, ...]:
    # A heading of one person with one comma needs no reading; several persons, roles and titles do.
    if personal and (text.count(",") > 1 or ";" in text or len(text.split()) > 4 or _FORENAME_ROLES.search(text)):
        read_names = [_joined(person.display) for person in parse_all(text)]
    else:
        read_names = [_joined(text)]
    return tuple([name for name in read_names if name])


def _joined(text: str) -> str:
    found = [word for word in words(text) if word not in _NOT_NAMES and not _DIGITS.search(word)]
    return " ".join(found[:_MOST])


def limited(names: list[str]) -> tuple[str, ...]:
    """The names in order, each once, no more than matching looks at."""
    return tuple(list(dict.fromkeys(names))[:_MOST])


@lru_cache(maxsize=262_144)
def same(left: str, right: str) -> str:
    """How two names agree: `equal`, `initials`, `partial` (one has more words), `similar`, or `different`."""
    if left == right:
        return "equal"
    ours, theirs = left.split(), right.split()
    if sorted(ours) == sorted(theirs):
        return "equal"
    if not ours or not theirs:
        return "different"
    short, long = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    rest = list(long)
    shared = initials = 0.0
    lonely: list[str] = []
    for word in short:
        if word in rest:
            rest.remove(word)
            shared += _worth(word)
        else:
            lonely.append(word)
    for word in list(lonely):
        near = next((other for other in rest if _initial(word, other)), "")
        if near:
            rest.remove(near)
            lonely.remove(word)
            initials += 0.5
    if not lonely:
        if initials:
            return "initials" if shared >= 1 else "different"
        return "partial" if shared >= 1 else "different"
    if shared + initials > 0 and likeness(" ".join(sorted(ours)), " ".join(sorted(theirs))) >= 0.88:
        left_over = " ".join(lonely)
        # "An" and "Anh" are two persons; "Abercrombie" and "Abercromby" are one
        alike = len(left_over) > 4 and likeness(left_over, " ".join(rest)) >= 0.7
        return "similar" if alike or not rest else "different"
    return "different"


def _worth(word: str) -> float:
    return 0.3 if word in FREQUENT else 1.0


def _initial(word: str, other: str) -> bool:
    return word[0] == other[0] and (len(word) == 1 or len(other) == 1)


RANK: Final = {"equal": 4, "initials": 3, "partial": 2, "similar": 1, "different": 0}


def best(name: str, others: tuple[str, ...]) -> str:
    """The best agreement of one name with any of several."""
    return max([same(name, other) for other in others], key=RANK.__getitem__, default="different")


def said(name: str, statement: str) -> bool:
    """Whether a statement of responsibility (folded) names this person: every telling word of the name is in it."""
    telling = [word for word in name.split() if len(word) > 1]
    if not telling or telling[0] not in statement:  # as letters: most statements can be told by that
        return False
    return not FREQUENT.issuperset(telling) and set(statement.split()).issuperset(telling)
