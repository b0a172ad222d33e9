"""Qualified Dublin Core: MARC 21 → statements, statements → XML as DSpace and its harvesters speak it (`qdc`).

The rules are those of simple Dublin Core: every row marks its values with a term and a scheme, and a few more rows say
what only qualified Dublin Core can. Dumbed down, the description is the simple one and those few values.
"""

from __future__ import annotations

from dublin_core import languages
from dublin_core.crosswalk import ALTERNATES, WAITING, WIDTH, alternates, fill
from dublin_core.crosswalk_table import QUALIFIED_RULES, RULES, Rule
from dublin_core.elements import ELEMENTS
from dublin_core.forms import AT, FORMS, Reading, Sheet, all_of, only
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement, written_in
from dublin_core.xml import DC, XSI, escaped
from marc.record import Record

QDC = "http://dspace.org/qualifieddc/"
DCTERMS = "http://purl.org/dc/terms/"
QDC_SCHEMA = "http://dublincore.org/schemas/xmls/qdc/2008/02/11/dcterms.xsd"
_DC_SCHEMA = "http://dublincore.org/schemas/xmls/qdc/2008/02/11/dc.xsd"

_START = (
    f'<qdc:qualifieddc xmlns:qdc="{QDC}" xmlns:dc="{DC}" xmlns:dcterms="{DCTERMS}" xmlns:xsi="{XSI}" '
    f'xsi:schemaLocation="{DCTERMS} {QDC_SCHEMA} {DC} {_DC_SCHEMA}">'
)
_END = "</qdc:qualifieddc>"

_MARKS = WIDTH  # `term scheme` of the values in the columns of the elements
_MORE = _MARKS + len(ELEMENTS)  # values of QUALIFIED_RULES
_MORE_MARKS = _MORE + len(ELEMENTS)
_ALL = _MORE_MARKS + len(ELEMENTS)
_DATE, _TYPE, _LANGUAGE = AT["date"], AT["type"], AT["language"]

_HEADINGS = {"0": "LCSH", "2": "MESH"}
"""Second indicator of 6XX."""


def qualified(record: Record) -> QualifiedDublinCore:
    """The qualified Dublin Core description of a bibliographic record."""
    sheet = fill(record, _READINGS, _ALL)
    found = [statement for position in range(len(ELEMENTS)) for statement in _statements(sheet, position)]
    if not sheet[ALTERNATES]:
        return QualifiedDublinCore(tuple(dict.fromkeys(found)))
    for linkage, other in alternates(sheet, _READINGS):
        for position in range(len(ELEMENTS)):
            for one in _statements(other, position) if position != _DATE else ():
                found.append(one._replace(language=languages.script_tag(linkage, one.value, sheet[_LANGUAGE])))
    return QualifiedDublinCore.of(found)


def write_qdc(dc: QualifiedDublinCore) -> bytes:
    """The description as one `qdc:qualifieddc` element, UTF-8, without an XML declaration.

    A term is an element of dcterms, an unrefined statement one of dc; the scheme is the `xsi:type` of dcterms.xsd.
    """
    pieces = [_START]
    for element, value, language, term, scheme in dc.statements:
        name = f"dcterms:{term}" if term else f"dc:{element}"
        said = f' xsi:type="dcterms:{scheme}"' if scheme else f' xml:lang="{language}"' if language else ""
        pieces.append(f"<{name}{said}>{escaped(value)}</{name}>")
    pieces.append(_END)
    return "".join(pieces).encode()


def qdc(record: Record) -> bytes:
    """A MARC record as qualified Dublin Core: the bytes of `write_qdc(qualified(record))`."""
    return write_qdc(qualified(record))


def _statements(sheet: Sheet, position: int) -> list[QualifiedStatement]:
    """The statements of one element: its own values, then those only qualified Dublin Core has."""
    name, values, marks = ELEMENTS[position], sheet[position], sheet[_MARKS + position]
    made = []
    for number, value in enumerate(values):
        if position == _LANGUAGE:
            mark = f" {_language_scheme(value)}"
        elif position == _TYPE and number < len(values) - len(marks):
            mark = " DCMIType"
        elif position == _DATE:
            mark = "issued W3CDTF"
        else:
            mark = marks[number - len(values) + len(marks)] if marks else " "
        made.append(_statement(name, value, mark))
    for value, mark in zip(sheet[_MORE + position], sheet[_MORE_MARKS + position], strict=True):
        made.append(_statement(name, value, mark))
    return made


def _statement(name: str, value: str, mark: str) -> QualifiedStatement:
    term, _, scheme = mark.partition(" ")
    if scheme and not written_in(scheme, value):
        scheme = ""
    return QualifiedStatement(name, value, "", term, scheme)


def _language_scheme(tag: str) -> str:
    """A three-letter tag that ISO 639-2 does not know is one of ISO 639-3 (Tày `tyz`)."""
    return "ISO639-3" if len(tag) == 3 and tag not in _KNOWN else "RFC4646"


_KNOWN = frozenset(languages.TAGS.values())


# --- rules that mark their values ------------------------------------------------------------------------------


def _marked(rule: Rule) -> Reading:
    """The rule's reading, which also notes the mark of every value it writes."""
    at, marks = AT[rule.element], _MARKS + AT[rule.element]
    reading, first = only(rule.when, FORMS[rule.form](rule)), rule.form == "title"

    def read(part: str, sheet: Sheet) -> None:
        before = len(sheet[at])
        reading(part, sheet)
        for _ in range(before, len(sheet[at])):
            sheet[marks].insert(0 if first else len(sheet[marks]), _mark(rule, part))

    return read


def _more(rule: Rule) -> Reading:
    """The reading of a row of QUALIFIED_RULES: its values stand in columns of their own."""
    at = AT[rule.element]
    reading = only(rule.when, FORMS[rule.form](rule))

    def read(part: str, sheet: Sheet) -> None:
        own: Sheet = [[] for _ in ELEMENTS]
        reading(part, own)
        sheet[_MORE + at] += own[at]
        sheet[_MORE_MARKS + at] += [_mark(rule, part)] * len(own[at])

    return read


def _mark(rule: Rule, part: str) -> str:
    scheme = _HEADINGS.get(part[4], "") if rule.scheme == "headings" else rule.scheme
    return f"{rule.term} {scheme}"


def _prepare() -> dict[str, Reading]:
    by_tag: dict[str, list[Reading]] = {tag: [reading] for tag, reading in WAITING.items()}
    made = [(rule, _marked(rule)) for rule in RULES if rule.form != "whole"]
    made += [(rule, _more(rule)) for rule in QUALIFIED_RULES]
    for rule, reading in made:
        for tag in rule.tags.split():
            by_tag.setdefault(tag, []).append(reading)
    return {tag: all_of(readings) for tag, readings in by_tag.items()}


_READINGS = _prepare()
