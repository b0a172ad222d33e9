"""What of a MARC 21 record goes into which index field: a table, and the names that searchers know the fields by.

An *index field* is what an engine holds. Text goes into one index field only, as narrow as the standard's tags are, and
a `Field` that is searched is one or several of them (`TEXT`): so a word is written once however many ways there are to
ask for it. `ALL` holds everything once more, since most people ask for nothing narrower.
"""

from __future__ import annotations

from typing import Final

from search.query import Field

ALL: Final = "w"
"""Index field of every word."""
EXACT: Final = "_x"
"""Ending of the index field with the exact form of another one's tokens."""
MARKED: Final = ALL + EXACT
"""Index field of the exact form of every word that is not ASCII; of the others `exact` has it, field by field."""
REST: Final = "o"
"""Index field of the words that nothing narrower asks for."""
PLAIN: Final = "i"
"""Index field of those of them that stand in values without any mark, numbers mostly: both forms at once."""

TEXT: Final[dict[Field, tuple[str, ...]]] = {
    Field.TITLE: ("t", "u", "k", "v"),
    Field.TITLE_PROPER: ("t",),
    Field.UNIFORM_TITLE: ("u",),
    Field.KEY_TITLE: ("k",),
    Field.SERIES: ("s",),
    Field.NAME: ("p", "c", "m", "r", "hp"),
    Field.AUTHOR: ("p", "c", "m", "r"),
    Field.PERSONAL_AUTHOR: ("p",),
    Field.CORPORATE_AUTHOR: ("c",),
    Field.CONFERENCE_AUTHOR: ("m",),
    Field.SUBJECT: ("h", "hp", "hg"),
    Field.SUBJECT_PERSON: ("hp",),
    Field.SUBJECT_PLACE: ("hg", "hx"),
    Field.GENRE: ("g",),
    Field.PUBLISHER: ("b",),
    Field.PLACE: ("l", "lx"),
    Field.NOTE: ("n", "a"),
    Field.ABSTRACT: ("a",),
}
"""Fields of words. `r` are statements of responsibility, `hx` and `lx` other names of places."""
STARTS: Final = "start"
"""Index field of the first two words of titles proper, which few records share."""
WRITTEN: Final = (
    "t", "u", "k", "v", "s", "p", "c", "m", "r", "h", "hp", "hg", "g", "b", "l", "n", "a", REST, PLAIN,
)  # fmt: skip
"""Index fields whose words are in `ALL`: what the record says. Names that we know besides are not."""


def exact(index: str) -> str:
    """The index field with the exact form of the tokens of `index`."""
    return index if index == PLAIN else index + EXACT


KEYS: Final[dict[Field, tuple[str, ...]]] = {
    Field.ISBN: ("isbn",),
    Field.ISSN: ("issn",),
    Field.STANDARD_NUMBER: ("isbn", "issn", "number"),
    Field.CONTROL_NUMBER: ("control",),
    Field.IDENTIFIER: ("identifier",),
    Field.CLASSIFICATION: ("dewey", "lc", "class"),
    Field.DEWEY: ("dewey",),
    Field.LC_CLASS: ("lc",),
    Field.CALL_NUMBER: ("call",),
    Field.LANGUAGE: ("language",),
    Field.COUNTRY: ("country",),
    Field.MATERIAL: ("material", "type"),
    Field.ACCESS: ("access",),
    Field.LIBRARY: ("library",),
    Field.COLLECTION: ("collection",),
}
"""Fields of values that are compared as a whole. `type` has the words of the DCMI Type Vocabulary."""
CODES: Final = frozenset((Field.LANGUAGE, Field.COUNTRY, Field.MATERIAL, Field.ACCESS, Field.LIBRARY, Field.COLLECTION))
"""Those of them whose values have no blanks, so that a term may name several."""
KEY_NAMES: Final = tuple(dict.fromkeys(name for names in KEYS.values() for name in names))

NUMBERS: Final[dict[Field, tuple[str, str]]] = {
    Field.DATE: ("from", "to"),
    Field.ADDED: ("added", "added"),
    Field.MODIFIED: ("modified", "modified"),
}
"""Fields of spans: where they begin and end. Years, or days as the number 20261122."""

FACETS: Final = (
    Field.LIBRARY, Field.COLLECTION, Field.MATERIAL, Field.LANGUAGE, Field.COUNTRY, Field.DATE, Field.SUBJECT,
    Field.AUTHOR, Field.GENRE, Field.PLACE,
)  # fmt: skip
"""What answers can be counted by. Subject, author, genre and place of publication are counted as headings in their full
written form."""
SORTS: Final = (
    Field.TITLE, Field.AUTHOR, Field.DATE, Field.CALL_NUMBER, Field.LANGUAGE, Field.ADDED, Field.MODIFIED,
)  # fmt: skip
HEADINGS: Final = (
    Field.AUTHOR, Field.TITLE, Field.SUBJECT, Field.SERIES, Field.PUBLISHER, Field.CALL_NUMBER, Field.PLACE,
    Field.GENRE,
)  # fmt: skip
"""What can be browsed in dictionary order."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_WORK: Final = "adfgklmnoprst"
_HEADING: Final = "abcdefgklmnopqrstvxyz"

RULES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "010": (("o", "az"),),
    "020": (("o", "az"),),
    "022": (("o", "azy"),),
    "024": (("o", "az"),),
    "027": (("o", "az"),),
    "028": (("o", "ab"),),
    "050": (("o", "ab"),),
    "080": (("o", "ab"),),
    "082": (("o", "ab"),),
    "084": (("o", "ab"),),
    "090": (("o", "ab"),),
    "100": (("p", "abcdjq"),),
    "110": (("c", "abcdgn"),),
    "111": (("m", "acdegnq"),),
    "130": (("u", _WORK),),
    "210": (("v", "ab"),),
    "222": (("k", "ab"),),
    "240": (("u", _WORK),),
    "242": (("v", "abnp"),),
    "243": (("u", _WORK),),
    "245": (("t", "abfgknps"), ("r", "c")),
    "246": (("v", "abfgnp"),),
    "247": (("v", "abfgnp"),),
    "250": (("o", "ab"),),
    "254": (("o", "a"),),
    "255": (("o", "abc"),),
    "260": (("l", "ae"), ("b", "bf")),
    "264": (("l", "a"), ("b", "b")),
    "300": (("o", "abe"),),
    "310": (("o", "a"),),
    "362": (("o", "a"),),
    "440": (("s", "anp"),),
    "490": (("s", "a"),),
    **{f"5{n:02}": (("n", _LETTERS),) for n in range(100)},
    "505": (("n", "agr"), ("v", "t")),
    "520": (("a", "abc"),),
    "600": (("hp", _HEADING),),
    "610": (("hp", _HEADING),),
    "611": (("hp", _HEADING),),
    "630": (("h", _HEADING),),
    "648": (("h", _HEADING),),
    "650": (("h", _HEADING), ("hg", "z")),
    "651": (("hg", _HEADING),),
    "653": (("h", _HEADING),),
    "654": (("h", _HEADING),),
    "655": (("g", "abvxyz"),),
    "656": (("h", _HEADING),),
    "662": (("hg", "abcdfgh"),),
    **{f"69{n}": (("h", _HEADING),) for n in range(10)},
    "700": (("p", "abcdjq"), ("v", "t")),
    "710": (("c", "abcdgn"), ("v", "t")),
    "711": (("m", "acdegnq"), ("v", "t")),
    "720": (("r", "a"),),
    "730": (("u", _WORK),),
    "740": (("v", "anp"),),
    "752": (("hg", "abcdfgh"),),
    "773": (("o", "adgt"),),
    "780": (("v", "t"),),
    "785": (("v", "t"),),
    "800": (("s", "abcdqtnp"),),
    "810": (("s", "abcdtnp"),),
    "811": (("s", "acdeqtnp"),),
    "830": (("s", _WORK),),
    "852": (("o", "hijkmp"),),
    "856": (("o", "yz3"),),
    "952": (("o", "op"),),
}
"""Tag → (index field, subfields whose values are joined to one value of it). 653 and 505 $t are a value each.

Tags and subfields of the MARC 21 Format for Bibliographic Data; 090, 69X and 952 as they are locally used.
"""
EACH: Final = frozenset((("653", "h"), ("505", "v")))
"""Where every subfield is a value of its own."""
