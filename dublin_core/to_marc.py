"""Dublin Core → MARC 21, for items of digital repositories and harvests that know nothing else.

Guide: Library of Congress, *Dublin Core to MARC Crosswalk*. Where two fields would do, the one is taken that the way
back (`crosswalk`, `qualified`) reads as the same element, so that a value survives the journey; docs/crosswalk.md says
which do not. Nothing is made up: an item without a title gives a record without 245.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dublin_core import identifiers, languages, messages
from dublin_core.dates import fixed_field_date, written_date
from dublin_core.terms import DCMI_TYPES, QualifiedDublinCore, QualifiedStatement, written_in
from foundation.errors import LimitError
from foundation.limits import DC_STATEMENTS, LOCAL_ID_CHARACTERS
from marc.record import Field, Record
from marc.repair import value as plain


class Origin(NamedTuple):
    """Where a description comes from. Every part may be empty.

    identifier   its name there: the OAI identifier, the handle; becomes 001
    datestamp    when it was last changed there, as OAI-PMH writes it
    repository   the base address of the repository
    form         `oai_dc`, `qdc`, `mods`, `dspace`
    """

    identifier: str = ""
    datestamp: str = ""
    repository: str = ""
    form: str = ""


NOWHERE = Origin()

_KINDS = {
    "Text": ("a", 0, ""),
    "StillImage": ("k", 0, ""),
    "Image": ("g", 0, ""),
    "MovingImage": ("g", 33, "v"),
    "Sound": ("i", 0, ""),
    "Software": ("m", 26, "b"),
    "Dataset": ("m", 26, "a"),
    "InteractiveResource": ("m", 26, "i"),
    "Service": ("m", 26, "j"),
    "PhysicalObject": ("r", 0, ""),
}
"""DCMI type → leader/06, and the position of 008 with its code. It is `resource_types.dcmi_types` the other way."""

_CORPORATE = re.compile(
    r"(?:Trường|Đại học|Học viện|Viện|Bộ|Sở|Cục|Tổng cục|Uỷ ban|Ủy ban|UBND|Hội|Thư viện|Bảo tàng|Trung tâm|Công ty|"
    r"Nhà xuất bản|Nxb)\s|"
    r".*\b(?:University|College|Institute|Ministry|Department|Library|Museum|Cent(?:er|re)|Committee|Association|"
    r"Society|Corporation|Press|Inc|Ltd)\b"
)
"""Names that are no person's. Dublin Core does not say what a creator is; a wrong guess changes the tag, no value."""

_RELATIONS = {
    "isPartOf": ("773", "0 "),
    "hasPart": ("774", "0 "),
    "isVersionOf": ("775", "0 "),
    "isFormatOf": ("776", "0 "),
    "hasFormat": ("776", "0 "),
    "replaces": ("780", "00"),
    "isReplacedBy": ("785", "00"),
}
_CLASSES = {"DDC": ("082", "04"), "UDC": ("080", "  "), "LCC": ("050", " 4")}
_HEADINGS = {"LCSH": "0", "MESH": "2"}
_NOTES = {
    "tableOfContents": ("505", "0 "),
    "abstract": ("520", "3 "),
    "audience": ("521", "  "),
    "provenance": ("561", "1 "),
}
_DOI = re.compile(r"(?:doi: ?|https?://(?:dx\.)?doi\.org/)(10\.\d+/\S+)", re.IGNORECASE)
_PUBLICATION = ("issued", "", "created", "dateCopyrighted")
"""Dates that can stand in 008, the best first."""
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?")


def to_marc(dc: QualifiedDublinCore, origin: Origin = NOWHERE) -> Record:
    """A MARC 21 record that says what the description says, and where it came from.

    Raises LimitError for a description of more than DC_STATEMENTS statements.
    """
    if len(dc.statements) > DC_STATEMENTS:
        seen = len(dc.statements)
        raise LimitError(messages.STATEMENTS_LIMIT, limit="DC_STATEMENTS", seen=seen, allowed=DC_STATEMENTS)
    by_element: dict[str, list[QualifiedStatement]] = {}
    for statement in dc.statements:
        by_element.setdefault(statement.element, []).append(statement)
    fields: list[Field] = []
    for element, make in _MAKERS.items():
        fields += make(by_element.get(element, []))
    if any(field.tag in ("100", "110") for field in fields):
        fields = [field._replace(indicators="10") if field.tag == "245" else field for field in fields]
    leader, fixed, more = _fixed(by_element, origin)
    fields += more
    fields += _provenance(origin)
    fields.append(Field("008", value=fixed))
    return Record.build(leader, sorted(fields, key=lambda field: field.tag))


def deletion(origin: Origin) -> Record:
    """The record of an item its repository has deleted: leader/05 d, and 001."""
    return Record.build("00000dam a22000003  4500", _provenance(origin))


def _field(tag: str, indicators: str, *subfields: tuple[str, str]) -> list[Field]:
    """One field of the subfields that have a value; none when nothing is left."""
    kept = tuple([(code, text) for code, value in subfields if (text := plain(value)[0].strip())])
    return [Field(tag, indicators, kept)] if kept else []


def _titles(given: list[QualifiedStatement]) -> list[Field]:
    """The first unrefined title is 245; a subtitle behind ` : ` becomes $b. The others are 246."""
    made: list[Field] = []
    first = next((one for one in given if not one.term), given[0] if given else None)
    for one in given:
        if one is first:
            title, colon, rest = one.value.partition(" : ")
            made += _field("245", "00", ("a", title + colon.rstrip()), ("b", rest))
        else:
            made += _field("246", "33", ("a", one.value))
    return made


def _creators(given: list[QualifiedStatement]) -> list[Field]:
    """The first creator is the main entry; the others are added entries that say they are creators."""
    made: list[Field] = []
    for number, one in enumerate(given):
        tag, indicators = _name(one.value)
        role = (("4", "cre"),) if number else ()
        made += _field(("7" if number else "1") + tag, indicators, ("a", one.value), *role)
    return made


def _contributors(given: list[QualifiedStatement]) -> list[Field]:
    made: list[Field] = []
    for one in given:
        tag, indicators = _name(one.value)
        made += _field("7" + tag, indicators, ("a", one.value))
    return made


def _name(value: str) -> tuple[str, str]:
    """The last two digits of the tag and the indicators: corporate, inverted personal or direct personal name."""
    if _CORPORATE.match(value):
        return "10", "2 "
    return "00", "1 " if "," in value else "0 "


def _subjects(given: list[QualifiedStatement]) -> list[Field]:
    """Class numbers, headings of a list with their subdivisions, and keywords."""
    made: list[Field] = []
    for one in given:
        if one.scheme in _CLASSES:
            made += _field(*_CLASSES[one.scheme], ("a", one.value))
        elif one.scheme in _HEADINGS:
            main, *rest = one.value.split(" -- ")
            made += _field("650", f" {_HEADINGS[one.scheme]}", ("a", main), *(("x", part) for part in rest))
        else:
            made += _field("653", "  ", ("a", one.value))
    return made


def _descriptions(given: list[QualifiedStatement]) -> list[Field]:
    return [field for one in given for field in _field(*_NOTES.get(one.term, ("520", "  ")), ("a", one.value))]


def _formats(given: list[QualifiedStatement]) -> list[Field]:
    """A media type is 856 $q, the material 340, all else 300."""
    made: list[Field] = []
    for one in given:
        if one.scheme == "IMT" or (not one.term and written_in("IMT", one.value)):
            made += _field("856", "4 ", ("q", one.value))
        elif one.term == "medium":
            made += _field("340", "  ", ("a", one.value))
        else:
            made += _field("300", "  ", ("a", one.value))
    return made


def _identifiers(given: list[QualifiedStatement]) -> list[Field]:
    """An address is 856, a standard number its own field; what neither gives back as it was stands in 024 too."""
    made: list[Field] = []
    for one in given:
        value = one.value
        if one.term == "bibliographicCitation":
            made += _field("773", "0 ", ("g", value))
            continue
        bare = re.sub(r"^(?:urn:)?(?:isbn|issn)[: ]*", "", value, flags=re.IGNORECASE)
        known = ""
        doi = _DOI.fullmatch(value)
        if doi:
            known = f"https://doi.org/{doi[1]}"
            made += _field("024", "7 ", ("a", doi[1]), ("2", "doi"))
        elif known := identifiers.isbn(bare):
            made += _field("020", "  ", ("a", known[9:]))
        elif "-" in bare and (known := identifiers.issn(bare)):
            made += _field("022", "  ", ("a", known[9:]))
        if value.startswith(("http://", "https://", "ftp://")) and value != known:
            made += _field("856", "40", ("u", value))
        elif value != known:
            made += _field("024", "8 ", ("a", value))
    return made


def _relations(given: list[QualifiedStatement]) -> list[Field]:
    made: list[Field] = []
    for one in given:
        if "://" in one.value and " " not in one.value:
            made += _field("856", "42", ("u", one.value))
        else:
            made += _field(*_RELATIONS.get(one.term, ("787", "0 ")), ("t", one.value))
    return made


def _coverages(given: list[QualifiedStatement]) -> list[Field]:
    """A period is 648, a place 651; where the term does not say, a number makes a period."""
    made: list[Field] = []
    for one in given:
        time = one.term == "temporal" or (not one.term and any(sign.isdecimal() for sign in one.value))
        made += _field("648" if time else "651", " 4", ("a", one.value))
    return made


def _rights(given: list[QualifiedStatement]) -> list[Field]:
    made: list[Field] = []
    for one in given:
        if one.term == "accessRights":
            made += _field("506", "  ", ("a", one.value))
        elif one.term == "rightsHolder":
            made += _field("542", "1 ", ("d", one.value))
        else:
            made += _field("540", "  ", ("u" if "://" in one.value and " " not in one.value else "a", one.value))
    return made


def _types(given: list[QualifiedStatement]) -> list[Field]:
    """What leader and 008 do not say (`_fixed`) is 655."""
    said = _coded_types(given)
    return [field for one in given if one.value not in said for field in _field("655", " 4", ("a", one.value))]


def _each(tag: str, indicators: str, code: str) -> Callable[[list[QualifiedStatement]], list[Field]]:
    return lambda given: [field for one in given for field in _field(tag, indicators, (code, one.value))]


_MAKERS: dict[str, Callable[[list[QualifiedStatement]], list[Field]]] = {
    "title": _titles,
    "creator": _creators,
    "subject": _subjects,
    "description": _descriptions,
    "contributor": _contributors,
    "type": _types,
    "format": _formats,
    "identifier": _identifiers,
    "source": _each("534", "  ", "n"),
    "relation": _relations,
    "coverage": _coverages,
    "rights": _rights,
}
"""Publisher, date and language stand in several fields at once and are made together with 008."""


# --- leader, 008, and the fields that belong to them ------------------------------------------------------------


def _coded_types(given: Iterable[QualifiedStatement]) -> list[str]:
    """The DCMI types that leader and 008 can say: one, and Collection beside it."""
    names = list(dict.fromkeys(one.value for one in given if one.value in DCMI_TYPES))
    first = next((name for name in names if name in _KINDS), "")
    return [name for name in names if name in (first, "Collection")]


def _fixed(by_element: dict[str, list[QualifiedStatement]], origin: Origin) -> tuple[str, str, list[Field]]:
    """Leader, 008 and the fields of publisher, date and language."""
    types = _coded_types(by_element.get("type", []))
    collected = "Collection" in types
    kind, place, sign = _KINDS.get(next((name for name in types if name in _KINDS), ""), ("", 0, ""))
    leader = f"00000n{kind or ('p' if collected else 'a')}{'c' if collected else 'm'} a22000003  4500"
    dates, coded, written = _dates(by_element.get("date", []))
    spoken, languages_fields = _languages(by_element.get("language", []))
    signs = list("|" * 17)
    signs[23 - 18] = "o" if kind in ("", "a", "i", "m") else "|"
    if place:
        signs[place - 18] = sign
    entered = _STAMP.match(origin.datestamp)
    day = f"{entered[1][2:]}{entered[2]}{entered[3]}" if entered else "      "
    fixed = f"{day}{coded}xx {''.join(signs)}{spoken}|d"
    publishers = [("b", one.value) for one in by_element.get("publisher", [])]
    imprint = _field("264", " 1", *publishers, ("c", written))
    return leader, fixed, [*imprint, *dates, *languages_fields]


def _dates(given: list[QualifiedStatement]) -> tuple[list[Field], str, str]:
    """The fields of all other dates, 008/06-14, and the date of publication as it stands.

    The date of publication is the one that says so, else one without a time of day: repositories add the moments of
    submission and release. Every other date is 046 or 583, where `qualified` finds it with its term.
    """
    issued = min(given, key=_preference, default=None)
    written = issued.value if issued is not None and issued.term in ("", "issued") else ""
    coded = _coded_date(issued.value if issued is not None and issued.term in _PUBLICATION else "")
    made: list[Field] = []
    for one in given:
        exact = one is issued and written and (fixed_field_date("      " + coded) or written_date(written)) == written
        if exact:
            continue
        code = {"created": "k", "modified": "j"}.get(one.term, "")
        if code and re.fullmatch(r"\d{4}(-\d\d){0,2}", one.value):
            made += _field("046", "  ", (code, one.value), ("2", "edtf"))
        else:
            named = one.term or ("issued" if one is issued else "date")
            source = "dcterms" if one.term or one is issued else "dc"
            made += _field("583", "1 ", ("a", named), ("c", one.value), ("2", source))
    return made, coded, written


def _preference(one: QualifiedStatement) -> tuple[int, bool]:
    rank = _PUBLICATION.index(one.term) if one.term in _PUBLICATION else len(_PUBLICATION)
    return rank, "T" in one.value


def _coded_date(written: str) -> str:
    """008/06-14 of a date as W3CDTF, or of the year in it."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?", written)
    if found and fixed_field_date(f"      e{found[1]}{found[2]}{found[3]}") == "-".join(found.groups()):
        return "e" + "".join(found.groups())
    year = written_date(written)[:4]
    return f"s{year}    " if year else "nuuuuuuuu"


def _languages(given: list[QualifiedStatement]) -> tuple[str, list[Field]]:
    """008/35-37, and 041 where that is not enough; what is no code is 546."""
    codes: list[str] = []
    exact: list[str] = []
    made: list[Field] = []
    for one in given:
        code, source = languages.marc_code(one.value)
        if not code:
            named = languages.named(one.value)
            code, source = languages.marc_code(named[0]) if named else ("", "")
            made += _field("546", "  ", ("a", one.value))
        if source:
            exact.append(code)
        elif code:
            codes.append(code)
    codes, exact = list(dict.fromkeys(codes)), list(dict.fromkeys(exact))
    if len(codes) > 1:
        made += _field("041", "0 ", *(("a", code) for code in codes))
    if exact:
        made += _field("041", " 7", *(("a", code) for code in exact), ("2", "iso639-3"))
    return codes[0] if codes else "und", made


def _provenance(origin: Origin) -> list[Field]:
    """001, 005 and 883 (metadata provenance): where the description was made into MARC from."""
    made: list[Field] = []
    name = plain(origin.identifier)[0].strip()
    if name and len(name) <= LOCAL_ID_CHARACTERS:
        made.append(Field("001", value=name))
    stamp = _STAMP.match(origin.datestamp)
    if stamp:
        made.append(Field("005", value="".join(part or "00" for part in stamp.groups()) + ".0"))
    day = "".join(stamp.groups()[:3]) if stamp else ""
    return made + _field("883", "0 ", ("a", origin.form), ("d", day), ("u", origin.repository), ("w", name))
