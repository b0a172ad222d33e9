"""UNIMARC records to MARC 21, by the table of `marc.unimarc_table`.

UNIMARC has the same structure (ISO 2709, MARCXML) and other tags: the title is 200, and 100 holds codes instead of a
name. It leaves the punctuation of ISBD to the program that shows the record, and MARC 21 writes it into the fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from foundation.errors import Problem
from marc import form_messages, repair
from marc.record import FIELD_TERMINATOR, Field, Record
from marc.unimarc_coded import coded, label
from marc.unimarc_table import CODED, MEETING, RELATORS, RULES, Rule

_CODES = re.compile("\x1e100..\x1fa[0-9 ]{8}[a-z| -]")
"""Field 100 as only UNIMARC has it: the date of entry and a code of dates."""
_SIGNS = tuple(FIELD_TERMINATOR + tag for tag in ("210", "215", "225", "700", "701", "702", "710", "801"))
_FILING = re.compile(r"<<([^<>]{0,100})>>(\s{0,10})")
_THESAURI = {"lc": "0", "lcsh": "0", "lcch": "1", "mesh": "2", "nal": "3", "rvm": "6"}
_RELATOR = re.compile("[a-z]{3}")
_ORDER = {"4": "atbdghoxzyw0", "830": "anpvxw0"}
"""Subfields of linking and series entries stand in this order, whatever UNIMARC has."""
_EMBEDDED = {"200": "t", "500": "t", "010": "y", "011": "x", "856": "u"}
"""Field inside a linking field → the subfield of the linking field that says the same of its $a."""
_INSIDE = {
    ("200", "h"): "h",
    ("200", "i"): "i",
    ("200", "v"): "v",
    ("200", "e"): "o",
    ("210", "d"): "d",
    ("856", "u"): "u",
}


def recognise(record: Record) -> bool:
    """Whether a record is UNIMARC: a title in 200 and none in 245, with the codes of 100 or other fields of UNIMARC."""
    text = record.text
    if "\x1e200" not in text or "\x1e245" in text:
        return False
    return _CODES.search(text) is not None or ("\x1e008" not in text and sum(sign in text for sign in _SIGNS) >= 2)


def to_marc21(record: Record) -> tuple[Record, tuple[Problem, ...]]:
    """The record as MARC 21, its fields in the order of their tags; and what had no place there. Raises nothing.

    Local fields (9 in the tag) stay as they are. 008 is made of 100, 101, 102, 105 and 110.
    """
    fields = record.fields
    left: set[str] = set()
    made = [field for field in fields if field.tag in ("001", "003", "005")]
    made.append(Field("008", value=coded(fields, record.leader)))
    made += _described(fields)
    main = ""
    for field in fields:
        for found in _field(field, left):
            again = main and found.tag[0] == "1"
            made.append(found._replace(tag="7" + found.tag[1:]) if again else found)
            main = main or (found.tag if found.tag[0] == "1" else "")
    traced = any(field.tag == "410" for field in fields)
    parts: list[str] = []
    problems = [Problem(form_messages.UNIMARC)]
    for one in sorted((_settled(one, main, traced) for one in made), key=lambda one: one.tag):
        part, told = _packed(one)
        parts.append(part)
        problems += told
    fields_left = sorted(name for name in left if len(name) == 3)
    subfields_left = sorted(name for name in left if len(name) > 3 and name[:3] not in left)
    if fields_left:
        problems.append(Problem(form_messages.UNIMARC_LEFT, values={"tags": ", ".join(fields_left[:50])}))
    if subfields_left:
        values = {"subfields": ", ".join(subfields_left[:50])}
        problems.append(Problem(form_messages.UNIMARC_SUBFIELDS, values=values))
    return Record(FIELD_TERMINATOR.join([label(record.leader), *filter(None, parts)])), tuple(problems)


def _packed(field: Field) -> tuple[str, list[Problem]]:
    if field.tag.startswith("00"):
        return repair.field(field.tag, field.value)
    return repair.data_field(field.tag, field.indicators, list(field.subfields))


def _settled(field: Field, main: str, traced: bool) -> Field:
    """What depends on the record as a whole: who has the main entry, and whether the series has an added entry."""
    if field.tag == "245" and main:
        return field._replace(indicators="1" + field.indicators[1])
    if field.tag == "240" and not main:
        return field._replace(tag="130", indicators="0 ")
    if field.tag == "490" and traced:
        return field._replace(indicators="1 ")
    return field


def _described(fields: list[Field]) -> Iterator[Field]:
    """Field 040 of all 801: who catalogued ($a), transcribed ($c) and changed ($d) the record, in what language."""
    codes = {"0": "a", "1": "c", "2": "d", "3": "d"}
    agencies = [(codes.get(field.indicators[1], "d"), field.get("b")) for field in fields if field.tag == "801"]
    general = next((field.get("a") for field in fields if field.tag == "100"), "")
    language = [("b", general[22:25])] if re.fullmatch(r"[a-z]{3}", general[22:25]) else []
    rules = [("e", field.get("g")) for field in fields if field.tag == "801" and field.get("g")][:1]
    found = sorted({pair for pair in (*agencies, *language) if pair[1]}) + rules
    if found:
        yield Field("040", "  ", tuple(found))


def _field(field: Field, left: set[str]) -> Iterator[Field]:
    """The MARC 21 fields that one UNIMARC field becomes; adds to `left` what has no place."""
    if field.tag in CODED or field.tag == "801":
        return
    rule = RULES.get(field.tag)
    if rule is None:
        if "9" in field.tag and not field.tag.startswith("00"):
            yield field
        elif field.tag not in ("001", "003", "005"):
            left.add(field.tag)
        return
    tag = MEETING[rule.tag] if rule.tag in MEETING and field.indicators[0] == "1" else rule.tag
    skip = [0]
    pairs = list(field.subfields)
    if field.tag[0] == "4":
        pairs = _linked(field, left)
    elif field.tag == "200":  # $b, the kind of material, stands behind the title proper in MARC 21
        at = next((at for at, (code, _) in enumerate(pairs) if code == "a"), -1) + 1
        pairs = (
            pairs[:at]
            + [pair for pair in pairs[at:] if pair[0] == "b"]
            + [pair for pair in pairs[at:] if pair[0] != "b"]
        )
    subfields = _subfields(field.tag, pairs, rule, left, skip)
    if field.tag[0] == "4":
        order_of = _ORDER.get(tag, _ORDER["4"])
        subfields.sort(key=lambda pair: order_of.find(pair[0]))
    if not subfields:
        return
    thesaurus = next((value for code, value in field.subfields if code == "2"), "")
    indicators = "".join(_indicator(name, field, skip[0], thesaurus) for name in rule.indicators)
    if rule.indicators[1] == "thesaurus" and indicators[1] != "7":
        subfields = [pair for pair in subfields if pair[0] != "2"]
    yield Field(tag, indicators, tuple(subfields))


def _subfields(
    tag: str, pairs: list[tuple[str, str]], rule: Rule, left: set[str], skip: list[int]
) -> list[tuple[str, str]]:
    """The subfields with the marks of ISBD between them; `skip` takes how many characters are not filed."""
    made: list[tuple[str, list[str]]] = []
    unclosed = False
    for code, raw in pairs:
        found = rule.subfields.get(code)
        if found is None:
            left.add(tag + "$" + code)
            continue
        if found.code == "4":  # the number of a relator, or what somebody wrote in its place
            relator = RELATORS.get(raw.strip(), raw.strip())
            made.append(("4" if _RELATOR.fullmatch(relator) else "e", [relator]))
            continue
        value = raw.strip()
        if "<<" in value:
            first = _FILING.match(value)
            skip[0] = len(first[1] + first[2]) if first and not made else skip[0]
            value = _FILING.sub(r"\1\2", value)
        value = _unmarked(value, found.mark)
        if not value:
            continue
        if found.joins and made and made[-1][0] == found.code:
            made[-1][1].append(_between(made[-1][1][-1], found.mark) + value + found.close)
            continue
        if made and found.mark and not found.mark.endswith(("(", "[")):
            made[-1][1].append(_between(made[-1][1][-1], found.mark).rstrip())
        opened = found.mark.strip() if found.mark.endswith(("(", "[")) else ""
        unclosed = unclosed or bool(opened and not found.close)
        made.append((found.code, [opened + value + found.close]))
    if unclosed:  # what stands in parentheses goes on to the end: place, name and date of manufacture
        made[-1][1].append(")")
    return [(code, "".join(texts)) for code, texts in made]


def _unmarked(value: str, mark: str) -> str:
    """The value without the mark that some systems write into UNIMARC all the same (`$b, Isaac`)."""
    sign = mark.strip(" ()[]")
    return value.removeprefix(sign).lstrip() if sign else value


def _between(before: str, mark: str) -> str:
    """The mark, or only its blank where the value before ends in it already."""
    sign = mark.strip()
    return " " if sign and before.rstrip().endswith(sign) else mark


def _linked(field: Field, left: set[str]) -> list[tuple[str, str]]:
    """The subfields of a linking field, also where it holds whole fields behind $1 (UNIMARC Manual, 4--, embedded)."""
    pairs: list[tuple[str, str]] = []
    inside = ""
    for code, value in field.subfields:
        if code == "1":
            inside = value[:3]
            if inside == "001" and value[3:]:
                pairs.append(("0", value[3:]))
        elif not inside:
            pairs.append((code, value))
        elif inside[:2] in ("70", "71", "72") and code in "ab":
            name = next((at for at, pair in enumerate(pairs) if pair[0] == "a"), None)
            if name is None:
                pairs.append(("a", value))
            elif code == "b":
                pairs[name] = ("a", f"{pairs[name][1]}, {_unmarked(value, ',')}")
        elif code == "a" and inside in _EMBEDDED:
            pairs.append((_EMBEDDED[inside], value))
        elif (inside, code) in _INSIDE:
            pairs.append((_INSIDE[inside, code], value))
        else:
            left.add(field.tag + "$1")
    return pairs


def _indicator(name: str, field: Field, skip: int, thesaurus: str) -> str:
    first, second = field.indicators[0], field.indicators[1]
    found = {
        "=1": first,
        "=2": second,
        "main": "0",
        "skip": str(min(skip, 9)),
        "name": second if second in "01" else "1",
        "body": second if second in "012" else "2",
        "thesaurus": _THESAURI.get(thesaurus, "7" if thesaurus else "4"),
        "language": {"0": "0", "1": "1", "2": "1"}.get(first, " "),
        "publication": {"0": "1", "1": "0", "2": "2", "3": "3", "4": "4"}.get(second, "1"),
    }
    return found.get(name, name)
