"""Results as the search page lists them: rows, counts to narrow by, and what is chosen, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from flask_babel import lazy_gettext as _

from catalogue.contents import Content
from catalogue.parts import Part, Parts
from dublin_core.citation import Citation, citation
from dublin_core.kinds import NAMES, Names
from dublin_core.online import ONLINE
from dublin_core.online import online as readable
from dublin_core.spoken import names as language_names
from dublin_core.spoken import spoken
from marc.record import Record
from portal import record_view, wording
from portal.finding import Asked, Filter
from search.index import Counted, Facet
from search.query import Field

FACETS: Final = (
    Facet(Field.ACCESS, 1),
    Facet(Field.LIBRARY, 100),
    Facet(Field.COLLECTION, 50),
    Facet(Field.MATERIAL, 30),
    Facet(Field.LANGUAGE, 20),
    Facet(Field.DATE, 400),
    Facet(Field.PLACE, 15),
    Facet(Field.SUBJECT, 15),
    Facet(Field.AUTHOR, 15),
)
"""What results are counted by."""
_OWN: Final = _("Từng biểu ghi như thư viện đã góp")
_AT_ONCE: Final = 6
"""Values that are shown before the others are asked for."""
_ONE_OF: Final = frozenset((Field.COLLECTION, Field.MATERIAL, Field.LANGUAGE, Field.COUNTRY))


class Row(NamedTuple):
    """One result."""

    identifier: str
    title: str
    names: tuple[str, ...]
    imprint: str
    date: str
    kind: str
    library: str
    languages: tuple[str, ...]
    isbns: tuple[str, ...]
    subjects: tuple[str, ...]
    online: bool
    """Whether it can be read on the web."""
    modified: int
    kind_code: str
    libraries: tuple[str, ...]
    """Codes of those that have it."""


class Choice(NamedTuple):
    """One value to narrow by, or one that is chosen and can be let go."""

    label: str
    records: int
    address: str


class Group(NamedTuple):
    """The values of one field."""

    field: str
    label: str
    first: tuple[Choice, ...]
    others: tuple[Choice, ...]


def english() -> bool:
    """Whether the reader has chosen English."""
    return wording.language() == "en"


def chosen(names: Names) -> str:
    """A name in the reader's language."""
    return names.en if english() else names.vi


def rows(found: Iterable[Content], parts: Parts) -> list[Row]:
    """The records as they are listed."""
    made = []
    for one in found:
        said, languages, online = _told(one.record.text)
        imprint = " : ".join(filter(None, (said.place, said.publisher)))
        made.append(
            Row(
                one.identifier,
                said.title,
                tuple(record_view.people(said)),
                ", ".join(filter(None, (imprint, said.date))),
                said.date,
                chosen(NAMES[said.kind]),
                ", ".join(part_name(parts, code) for code in one.libraries),
                languages,
                said.isbns,
                said.subjects,
                online,
                one.modified,
                said.kind,
                one.libraries,
            )
        )
    return made


@lru_cache(maxsize=2_000)
def _told(text: str) -> tuple[Citation, tuple[str, ...], bool]:
    """What a record says for a list: its citation, languages, and whether it is online. Many readers see the same."""
    record = Record(text)
    said = citation(record)
    return said, spoken(record), readable(record)


def part_name(parts: Parts, code: str) -> str:
    """What a library or a collection is called; of one that is gone, its code."""
    part = parts.find(code)
    return code if part is None else named(part)


def named(part: Part) -> str:
    """What it is called in the reader's language."""
    return part.name_en or part.name_vi if english() else part.name_vi


_ONLINE: Final = _("Đọc được trực tuyến")
_LABELS: Final = {
    Field.ACCESS: _("Truy cập"),
    Field.LIBRARY: _("Thư viện"),
    Field.COLLECTION: _("Bộ sưu tập"),
    Field.MATERIAL: _("Loại tài liệu"),
    Field.LANGUAGE: _("Ngôn ngữ"),
    Field.COUNTRY: _("Nước xuất bản"),
    Field.DATE: _("Năm xuất bản"),
    Field.PLACE: _("Nơi xuất bản"),
    Field.SUBJECT: _("Chủ đề"),
    Field.AUTHOR: _("Tác giả"),
    Field.TITLE: _("Nhan đề"),
    Field.SERIES: _("Tùng thư"),
    Field.PUBLISHER: _("Nhà xuất bản"),
    Field.GENRE: _("Thể loại"),
    Field.CALL_NUMBER: _("Ký hiệu xếp giá"),
}


def library_name(parts: Parts, code: str) -> str:
    """What the library with this code is called; a dash for none."""
    return part_name(parts, code) if code else "–"


def field_label(field: Field) -> str:
    """What a field is called beside its values."""
    return _label(field, wording.language())


@lru_cache(maxsize=64)
def _label(field: Field, _language: str) -> str:
    return str(_LABELS[field])


def value_label(field: Field, value: str, parts: Parts) -> str:
    """What a value is called."""
    if field is Field.COLLECTION:
        part = parts.collection(value)
        return value if part is None else named(part)
    if field is Field.ACCESS:
        return str(_ONLINE) if value == ONLINE else value
    if field is Field.LIBRARY:
        return part_name(parts, value)
    if field is Field.MATERIAL:
        return chosen(NAMES[value]) if value in NAMES else value
    if field is Field.LANGUAGE:
        name = chosen(language_names(value))
        return name[:1].upper() + name[1:]
    return value


def groups(asked: Asked, counted: dict[Field, tuple[Counted, ...]], parts: Parts) -> list[Group]:
    """What the results can be narrowed by: fields with more than one value, without those that are chosen."""
    taken = {field for field, _value in asked.filters if field in _ONE_OF}
    made = []
    for facet in FACETS:
        field, values = facet.field, counted.get(facet.field, ())
        if field in taken or (field is Field.DATE and (asked.low or asked.high)):
            continue
        if field is Field.DATE:
            choices = _decades(asked, values)
        else:
            others = [one for one in values if (field, one.value) not in asked.filters]
            ways = asked.narrowings(field, [one.value for one in others])
            choices = [
                Choice(value_label(field, one.value, parts), one.count, way)
                for one, way in zip(others, ways, strict=True)
            ]
        if len(choices) > 1 or (choices and field not in _ONE_OF):
            label = field_label(field)
            made.append(Group(field.value, label, tuple(choices[:_AT_ONCE]), tuple(choices[_AT_ONCE:])))
    return made


def taken(asked: Asked, parts: Parts) -> list[Choice]:
    """The filters that are chosen, each with the search without it."""
    made = [Choice(str(_OWN), 0, asked.of_union().address())] if asked.own else []
    made += [Choice(_filter_label(one, parts), 0, asked.without(one).address()) for one in asked.filters]
    if asked.low or asked.high:
        made.append(Choice(f"{field_label(Field.DATE)}: {asked.low}–{asked.high}", 0, asked.of_years("", "").address()))
    return made


def _filter_label(one: Filter, parts: Parts) -> str:
    field, value = one
    if one == (Field.ACCESS, ONLINE):
        return str(_ONLINE)
    return f"{field_label(field)}: {value_label(field, value, parts)}"


def _decades(asked: Asked, years: Sequence[Counted]) -> list[Choice]:
    """Years of publication by tens, the latest first."""
    counts: dict[int, int] = {}
    for one in years:
        if one.value.isdecimal():
            begin = int(one.value) // 10 * 10
            counts[begin] = counts.get(begin, 0) + one.count
    begins = sorted(counts, reverse=True)
    ways = asked.decades(begins)
    return [Choice(f"{one}–{one + 9}", counts[one], way) for one, way in zip(begins, ways, strict=True)]
