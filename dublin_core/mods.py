"""MARC 21 → MODS 3.8 (Library of Congress, Metadata Object Description Schema; MARC to MODS mapping).

One function per tag makes elements of a field; what several fields say together (imprint, physical description,
language, the record itself) is made when all are read. A field and its 880 share an altRepGroup. Nothing is used that
MODS 3.5 did not have, so a record is valid for every schema from 3.5 on once it says that version.
"""

from __future__ import annotations

from dublin_core import languages, mods_origin, mods_related, mods_resource, mods_subjects, mods_titles
from dublin_core.crosswalk import plain
from dublin_core.mods_codes import NOTES
from dublin_core.mods_names import name
from dublin_core.mods_parts import Builder, attribute, data_field, wrap
from dublin_core.xml import XSI
from marc.record import FIELD_TERMINATOR, Field, Record

MODS = "http://www.loc.gov/mods/v3"
MODS_SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
VERSION = "3.8"
XLINK = "http://www.w3.org/1999/xlink"

_START = (
    f'<mods xmlns="{MODS}" xmlns:xlink="{XLINK}" xmlns:xsi="{XSI}" version="{VERSION}" '
    f'xsi:schemaLocation="{MODS} {MODS_SCHEMA}">'
)
_END = "</mods>"

_ORDER = (
    "title name kind genre origin language physical abstract contents audience note subject class related untraced "
    "traced identifier location access"
)
_SECTIONS = {section: position for position, section in enumerate(_ORDER.split())}
_SPECIAL = ("kind", "genre", "origin", "language", "physical", "audience", "related", "untraced", "traced")
_KIND, _GENRE, _ORIGIN, _LANGUAGE, _PHYSICAL, _AUDIENCE, _RELATED, _UNTRACED, _TRACED = (
    _SECTIONS[section] for section in _SPECIAL
)
"""A series that is indexed (8XX) is not told twice: `untraced` (490 with first indicator 1) then gives way."""

_BUILDERS: dict[str, tuple[str, Builder]] = {
    "title": ("130 210 222 240 242 246 247 730 740", mods_titles.other_title),
    "name": ("100 110 111 700 710 711 720", name),
    "genre": ("655", mods_subjects.genre),
    "abstract": ("520", mods_resource.abstract),
    "contents": ("505", mods_resource.contents),
    "audience": ("521", mods_resource.audience),
    "note": (" ".join(NOTES), mods_resource.note),
    "subject": ("600 610 611 630 647 648 650 651 654 656 657 751", mods_subjects.subject),
    "class": ("050 055 060 070 080 082 083 084 086", mods_resource.class_number),
    "related": ("760 762 765 767 770 772 773 774 775 776 777 780 785 786 787", mods_related.linked),
    "identifier": ("010 020 022 024 027 028 035 088", mods_resource.identifier),
    "location": ("852", mods_resource.holding),
    "access": ("506 540", mods_resource.access),
}
_MORE: dict[str, tuple[str, Builder]] = {
    "245": ("title", mods_titles.main_title),
    "336": ("genre", mods_subjects.content_type),
    "653": ("subject", mods_subjects.keywords),
    "662": ("subject", mods_subjects.place),
    "752": ("subject", mods_subjects.place),
    "043": ("subject", mods_subjects.area_codes),
    "034": ("subject", mods_subjects.cartographics),
    "255": ("subject", mods_subjects.cartographics),
    "440": ("related", mods_related.series),
    "490": ("related", mods_related.series),
    "510": ("related", mods_related.citation),
    "800": ("traced", mods_related.traced_series),
    "810": ("traced", mods_related.traced_series),
    "811": ("traced", mods_related.traced_series),
    "830": ("traced", mods_related.traced_series),
    "856": ("location", mods_resource.electronic),
}
_READERS: dict[str, tuple[int, Builder]] = {
    **{tag: (_SECTIONS[section], builder) for section, (tags, builder) in _BUILDERS.items() for tag in tags.split()},
    **{tag: (_SECTIONS[section], builder) for tag, (section, builder) in _MORE.items()},
}
_OTHERWISE = frozenset(("490", "700", "710", "711", "730", "740", "856"))
_LINKAGE = "\x1f6"
_WAITING = frozenset(["040", "041", "250", "260", "264", "300", "310", "337", "338", "340"])


def mods(record: Record) -> bytes:
    """A record as one `mods` element, UTF-8, without an XML declaration; valid for every Record."""
    return (_START + "".join(sections(record)) + _END).encode()


def sections(record: Record) -> list[str]:
    """The top-level elements, section by section; recordInfo is the last and always there."""
    leader, *parts = (record.text if record.text.isascii() else plain(record.text)).split(FIELD_TERMINATOR)
    made: list[list[str]] = [[] for _ in _SECTIONS]
    controls: dict[str, str] = {}
    waiting: dict[str, list[Field]] = {}
    others: list[Field] = []
    find = _READERS.get
    for part in parts:
        tag = part[:3]
        reader = find(tag)
        if reader is not None:
            field = data_field(part)
            section, builder = reader if tag not in _OTHERWISE else _otherwise(field, reader)
            made[section].append(builder(field, _link(field) if _LINKAGE in part else ""))
            if tag == "856":
                waiting.setdefault(tag, []).append(field)
        elif tag in _WAITING:
            waiting.setdefault(tag, []).append(data_field(part))
        elif tag == "880":
            others.append(data_field(part))
        elif tag[:2] == "00":
            controls.setdefault(tag, part[3:])
    if made[_TRACED]:
        made[_UNTRACED].clear()
    fixed = controls.get("008", "")
    made[_KIND].append(mods_resource.kind(leader, fixed))
    made[_GENRE][:0] = [mods_resource.genres(leader, fixed)]
    made[_AUDIENCE][:0] = [mods_resource.audience_code(leader, fixed)]
    made[_LANGUAGE].append(mods_resource.described_languages(fixed, waiting.get("041", [])))
    made[_ORIGIN].append(_origin(leader, fixed, waiting))
    made[_PHYSICAL].append(_physical(leader, fixed, waiting))
    if others:
        _other_scripts(others, fixed, waiting.get("041", []), made)
    source = waiting["040"][0] if "040" in waiting else None
    return ["".join(section) for section in made] + [mods_resource.record_info(leader, fixed, controls, source)]


def _otherwise(field: Field, reader: tuple[int, Builder]) -> tuple[int, Builder]:
    """The reader of a field that may say another thing than its tag: a work, another resource, a series indexed too."""
    if field.tag in ("730", "740"):
        return (_RELATED, mods_related.titled_work) if field.indicators[1] == "2" else reader
    if field.tag == "856":
        return (_RELATED, mods_related.related_address) if field.indicators[1] == "2" else reader
    if field.tag == "490":
        return (_UNTRACED, mods_related.series) if field.indicators[0] == "1" else reader
    return (_RELATED, mods_related.work) if field.get("t") else reader


def _link(field: Field) -> str:
    """altRepGroup of a field whose $6 names its 880 (`880-01`): the occurrence number."""
    linkage = next((value for code, value in field.subfields if code == "6"), "")
    number = linkage[4:6]
    return f' altRepGroup="{number}"' if number.isascii() and number.isdecimal() and number != "00" else ""


def _origin(leader: str, fixed: str, waiting: dict[str, list[Field]]) -> str:
    more = "".join([mods_origin.edition(field) for field in waiting.get("250", [])])
    more += mods_origin.coded(leader, fixed)
    more += "".join([mods_origin.frequency(field) for field in waiting.get("310", [])])
    made = ""
    for field in [*waiting.get("264", []), *waiting.get("260", [])]:
        one = mods_origin.imprint(field, more, _link(field))
        made, more = made + one, "" if one else more
    return made + wrap("originInfo", more)


def _physical(leader: str, fixed: str, waiting: dict[str, list[Field]]) -> str:
    made = mods_resource.form(leader, fixed)
    made += "".join([mods_resource.carrier(field) for tag in ("337", "338", "340") for field in waiting.get(tag, [])])
    made += "".join([mods_resource.media_type(field) for field in waiting.get("856", []) if field.indicators[1] != "2"])
    linked = ""
    for field in waiting.get("300", []):
        link = _link(field)
        if link:
            linked += wrap("physicalDescription", mods_resource.extent(field), link)
        else:
            made += mods_resource.extent(field)
    return wrap("physicalDescription", made) + linked


def _other_scripts(others: list[Field], fixed: str, coded: list[Field], made: list[list[str]]) -> None:
    """880: the builder of the tag its $6 names, with script and language (MARC 21, Appendix A)."""
    spoken = [languages.TAGS.get(fixed[35:38], "")]
    spoken += [one for field in coded for value in field.all("ad") for one in languages.coded(value, field.get("2"))]
    for field in others:
        linkage = field.get("6")
        tag = linkage[:3]
        value = " ".join([text for code, text in field.subfields if code != "6"])
        link = _link(field) + _script(languages.script_tag(linkage, value, filter(None, spoken)))
        same = field._replace(tag=tag)
        if tag in _READERS:
            section, builder = _otherwise(same, _READERS[tag]) if tag in _OTHERWISE else _READERS[tag]
            made[section].append(builder(same, link))
        elif tag in ("260", "264"):
            made[_ORIGIN].append(mods_origin.imprint(same, "", link))
        elif tag == "250":
            made[_ORIGIN].append(wrap("originInfo", mods_origin.edition(same), link))
        elif tag == "300":
            made[_PHYSICAL].append(wrap("physicalDescription", mods_resource.extent(same), link))


def _script(tag: str) -> str:
    """xml:lang of another script, and its ISO 15924 code where the tag names it."""
    if not tag:
        return ""
    subtag = tag.rpartition("-")[2]
    return attribute("xml:lang", tag) + (f' script="{subtag}"' if len(subtag) == 4 else "")
