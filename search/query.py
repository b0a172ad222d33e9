"""What is asked for: the tree that CQL, RPN, CCL and the search box are all turned into, and every engine answers.

A term is written with the masks of CQL 1.2, section "Masking": `*` stands for any letters, `?` for one, and `\\` takes
the meaning from the character behind it. Left, right and both truncation are masks too, so there is one way only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from operator import is_


class Field(Enum):
    """What can be searched: the value is the name in an index, in `lienthong search` and in the search page."""

    __hash__ = object.__hash__  # each member is one object, and what is asked lately is looked up by it

    ANY = "any"
    TITLE = "title"
    """Every title; the others of a work (parallel, uniform, contents) included."""
    TITLE_PROPER = "title_proper"
    """245 alone."""
    UNIFORM_TITLE = "uniform_title"
    KEY_TITLE = "key_title"
    SERIES = "series"
    NAME = "name"
    """Whoever is named: as author or as subject."""
    AUTHOR = "author"
    PERSONAL_AUTHOR = "personal_author"
    CORPORATE_AUTHOR = "corporate_author"
    CONFERENCE_AUTHOR = "conference_author"
    SUBJECT = "subject"
    SUBJECT_PERSON = "subject_person"
    SUBJECT_PLACE = "subject_place"
    GENRE = "genre"
    PUBLISHER = "publisher"
    PLACE = "place"
    """Where it was published, by the old name of the place and by the new."""
    NOTE = "note"
    ABSTRACT = "abstract"
    ISBN = "isbn"
    ISSN = "issn"
    STANDARD_NUMBER = "standard_number"
    """ISBN, ISSN and every other number of 010, 020–028 and 856."""
    CONTROL_NUMBER = "control_number"
    """001, and 035 with and without its prefix."""
    IDENTIFIER = "identifier"
    """The opaque id of the item in this store."""
    CLASSIFICATION = "classification"
    """080, 082, 084 and 050 together."""
    DEWEY = "dewey"
    LC_CLASS = "lc_class"
    CALL_NUMBER = "call_number"
    LANGUAGE = "language"
    """Code of MARC 21 (`vie`, `tyz`, `nut`)."""
    COUNTRY = "country"
    MATERIAL = "material"
    """Kind of material, one of the names the sets use (`book`, `serial`, `map` …)."""
    ACCESS = "access"
    """`dublin_core.online.ONLINE`, of what can be read on the web."""
    LIBRARY = "library"
    """Code of a library that holds or contributed it."""
    COLLECTION = "collection"
    DATE = "date"
    """Year of publication; both ends of a span."""
    ADDED = "added"
    """Day it was first published here, as `2026-11-22`."""
    MODIFIED = "modified"


class Match(Enum):
    """How the words of a term stand in a field."""

    __hash__ = object.__hash__  # each member is one object, and what is asked lately is looked up by it

    ALL = "all"
    """Every word, anywhere in the field, in any order."""
    SOME = "any"
    """One of the words."""
    PHRASE = "phrase"
    """The words beside one another and in this order."""
    FIRST = "first"
    """The same at the beginning of the field (Bib-1 position 1; `^` in CQL)."""
    WHOLE = "whole"
    """The whole field, nothing before or after (Bib-1 completeness 3; `==` in CQL)."""


class Order(Enum):
    """How a value is compared with the values of a date, number or identifier field, or a heading with headings."""

    LESS = "<"
    LESS_OR_EQUAL = "<="
    EQUAL = "="
    GREATER_OR_EQUAL = ">="
    GREATER = ">"
    DIFFERENT = "<>"


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a field."""

    field: Field
    text: str
    match: Match = Match.ALL
    exact: bool = False
    """Diacritics must be the same (CQL `/respectAccents`); else `bac kan` finds Bắc Kạn. Case never matters."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values between two ends, either of which may be open: `date within "1980 1990"`."""

    field: Field
    low: str | None = None
    high: str | None = None
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True)
class And:
    """In every part."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """In at least one part."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """In the first and not in the second: RPN's AND-NOT, for there is no other negation in Z39.50 and CQL."""

    kept: Query
    taken: Query


@dataclass(frozen=True, slots=True)
class Near:
    """Two terms of one field at most `distance` words apart (1: beside one another)."""

    left: Term
    right: Term
    distance: int = 1
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Everything:
    """Every record."""


Query = Term | Range | And | Or | Not | Near | Everything


def without_prefix(query: Query, field: Field, prefix: str) -> Query:
    """`query` with terms of a field as they are behind `prefix`, where they begin so."""
    match query:
        case Term(text=text) if query.field is field and text.strip().lower().startswith(prefix.lower()):
            return replace(query, text=text.strip()[len(prefix) :])
        case And(parts) | Or(parts):
            found = tuple(without_prefix(part, field, prefix) for part in parts)
            return query if all(map(is_, found, parts)) else replace(query, parts=found)
        case Not(kept, taken):
            kept, taken = (without_prefix(part, field, prefix) for part in (kept, taken))
            return query if kept is query.kept and taken is query.taken else Not(kept, taken)
        case _:
            return query


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order. Title, author, date, call number, language, added and modified can be sorted by."""

    field: Field
    descending: bool = False
    missing_first: bool = False
    """Where records without the field stand; last as a rule."""
