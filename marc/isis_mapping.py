"""From the tags of one CDS/ISIS base to MARC 21: a mapping that a library keeps, corrects and uses for every import.

As JSON:

    {"name": "CDS", "leader": "00000nam a2200000 a 4500", "defaults": {"country": "vm ", "language": "vie"},
     "constants": [{"tag": "040", "subfields": [["a", "TVBK"]]}],
     "fields": {"24": {"tag": "245", "indicators": "00", "subfields": {"": "a", "b": "b"}},
                "70": {"tag": "700", "first": "100", "indicators": "1 ", "subfields": {"": "a"}}}}

A tag may have one rule or a list of them. In `subfields` the key is the code in CDS/ISIS ("" is what stands before the
first mark), the value is the code in MARC, or "" for what shall be left out without a word. See `Rule` for the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from foundation.errors import FormatError, Problem
from foundation.limits import ISIS_MAPPED_VALUES
from marc import decoding, form_messages, repair
from marc.cdsisis import IsisReading, IsisRecord, decoded, raw_records
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, Field, Record

DEFAULTS = {"entered": "000000", "country": "xx ", "language": "und"}
"""Positions of 008: 00-05, 15-17, 35-37, where a record says nothing of them."""

_MARK = re.compile(r"\^(.)", re.DOTALL)
_ANGLES = re.compile(r"<([^<>]+)>")
_FILING = re.compile(r"<([^<>=]*)(?:=[^<>]*)?>")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_OPTIONS = {"tag", "indicators", "subfields", "join", "split", "first", "filing"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one CDS/ISIS field."""

    tag: str
    """The MARC tag; for a control field the whole value goes there."""
    indicators: str = "  "
    """Two characters, or none where the value itself begins with them (bases of IsisMarc)."""
    subfields: dict[str, str] = field(default_factory=lambda: {"": "a"})
    join: dict[str, str] = field(default_factory=dict)
    """MARC code → what stands between two values that meet in it; without it each becomes a subfield."""
    split: str = ""
    """What divides one value into several fields: a character such as ";" or "%", or "<>" for terms in angles."""
    first: str = ""
    """The tag of the first field made, where the record has no 1XX yet: the main entry."""
    filing: bool = False
    """Take CDS/ISIS filing marks out (`<The> Hobbit`, `<1984=Nineteen>`); a leading one gives the second indicator."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """The rules by CDS/ISIS tag, what every record gets, and what 008 says by default."""

    rules: dict[int, tuple[Rule, ...]]
    name: str = ""
    leader: str = repair.LEADER_BLANK
    constants: tuple[Field, ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The mapping as its JSON, indented, for people to edit; `from_json` gives it back."""
        fields = {str(tag): [_plain(rule) for rule in rules] for tag, rules in sorted(self.rules.items())}
        value = {
            "name": self.name,
            "leader": self.leader,
            "defaults": self.defaults,
            "constants": [_plain_field(constant) for constant in self.constants],
            "fields": {tag: rules[0] if len(rules) == 1 else rules for tag, rules in fields.items()},
        }
        return json.dumps(value, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """The mapping that a JSON text says. Raises FormatError that names the place which is wrong."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _wrong("JSON", error) from error
        where = "JSON"
        try:
            rules = {}
            for tag, found in value["fields"].items():
                where = f"fields/{tag}"
                rules[int(tag)] = tuple([_rule(one, where) for one in (found if isinstance(found, list) else [found])])
            where = "constants"
            constants = tuple([_constant(one) for one in value.get("constants", [])])
            where = "leader"
            leader = repair.leader(value.get("leader", repair.LEADER_BLANK))[0]
            where = "defaults"
            defaults = {str(key): str(one) for key, one in value.get("defaults", {}).items()}
            if set(defaults) - set(DEFAULTS) or any(len(one) != len(DEFAULTS[key]) for key, one in defaults.items()):
                raise _wrong(where, ", ".join(f"{key} ({len(one)})" for key, one in DEFAULTS.items()))
            return cls(rules, str(value.get("name", "")), leader, constants, defaults)
        except FormatError as error:
            raise error if error.problem.message is form_messages.MAPPING_BROKEN else _wrong(where, error) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _wrong(where, error) from error


def _wrong(where: str, reason: object) -> FormatError:
    return FormatError(form_messages.MAPPING_BROKEN, where=where, reason=reason)


def _plain(rule: Rule) -> dict[str, Any]:
    value = {
        name: getattr(rule, name) for name in ("tag", "indicators", "subfields", "join", "split", "first", "filing")
    }
    return {name: one for name, one in value.items() if one or name in ("tag", "indicators", "subfields")}


def _plain_field(constant: Field) -> dict[str, Any]:
    if constant.value:
        return {"tag": constant.tag, "value": constant.value}
    subfields = [list(pair) for pair in constant.subfields]
    return {"tag": constant.tag, "indicators": constant.indicators, "subfields": subfields}


def _constant(value: dict[str, Any]) -> Field:
    if "value" in value:
        made = Field(str(value["tag"]), value=str(value["value"]))
    else:
        pairs = tuple([(str(code), str(text)) for code, text in value["subfields"]])
        made = Field(str(value["tag"]), str(value.get("indicators", "  ")), pairs)
    broken = repair.check(Record.build(repair.LEADER_BLANK, [made]))
    if broken or (made.tag.startswith("00") and not made.value):
        raise _wrong("constants", made.tag)
    return made


def _rule(value: dict[str, Any], where: str) -> Rule:
    if set(value) - _OPTIONS:
        raise _wrong(where, ", ".join(sorted(set(value) - _OPTIONS)))
    rule = Rule(**value)
    texts = [rule.tag, rule.indicators, rule.split, rule.first, *rule.subfields.values(), *rule.join.values()]
    if not all(isinstance(text, str) for text in texts) or not isinstance(rule.filing, bool):
        raise _wrong(where, "text")
    for tag in filter(None, (rule.tag, rule.first)):
        if not repair.TAG.fullmatch(tag):
            raise _wrong(where, tag)
    if rule.indicators and not repair.INDICATORS.fullmatch(rule.indicators):
        raise _wrong(where, rule.indicators)
    for code in (*filter(None, rule.subfields.values()), *rule.join):
        if not repair.CODE.fullmatch(code):
            raise _wrong(where, code)
    if any(len(code) > 1 for code in rule.subfields):
        raise _wrong(where, ", ".join(rule.subfields))
    return rule


def readings(stream: BinaryIO, mapping: Mapping, *, encoding: str = decoding.AUTO) -> Iterator[Reading]:
    """Every record of a CDS/ISIS export as MARC. Raises InputError for an unknown encoding, and nothing else."""
    return mapped(decoded(raw_records(stream), encoding), mapping)


def mapped(found: Iterator[IsisReading], mapping: Mapping) -> Iterator[Reading]:
    """The same from records that are read already: an export, or a master file."""
    for number, offset, original, isis, problems in found:
        if isis is None:
            yield Reading(number, offset, original, None, problems)
        else:
            record, told = apply(mapping, isis)
            yield Reading(number, offset, original, record, (*problems, *told))


def apply(mapping: Mapping, record: IsisRecord) -> tuple[Record, tuple[Problem, ...]]:
    """The MARC record that the mapping makes, its fields in the order of their tags, and what it left out or mended.

    001 is the MFN and 008 is made of the date, language and defaults where no rule makes them; 245 gets the first
    indicator 1 where there is a main entry. Raises nothing for a mapping that `from_json` accepts.
    """
    problems: list[Problem] = []
    unmapped: set[str] = set()
    made = [*mapping.constants, *islice(_made(mapping, record, unmapped), ISIS_MAPPED_VALUES)]
    if len(made) - len(mapping.constants) == ISIS_MAPPED_VALUES:
        values = {"limit": "ISIS_MAPPED_VALUES", "allowed": ISIS_MAPPED_VALUES}
        problems.append(Problem(form_messages.ISIS_VALUES, values=values))
    main = any(one.tag[0] == "1" for one in made)
    if not any(one.tag == "001" for one in made):
        made.append(Field("001", value=str(record.mfn)))
    if not any(one.tag == "008" for one in made):
        made.append(Field("008", value=_coded(made, DEFAULTS | mapping.defaults)))
    parts = []
    for one in sorted(_once(made), key=lambda one: one.tag):
        indicators = "1" + one.indicators[1:] if main and one.tag == "245" else one.indicators
        if one.tag.startswith("00"):
            part, told = repair.field(one.tag, one.value)
        else:
            part, told = repair.data_field(one.tag, indicators, list(one.subfields))
        parts.append(part)
        problems += told
    if unmapped:
        tags = ", ".join(sorted(unmapped, key=lambda name: (name.partition("^")[0].zfill(6), name))[:50])
        problems.append(Problem(form_messages.ISIS_UNMAPPED, values={"tags": tags}))
    return Record(FIELD_TERMINATOR.join([mapping.leader, *filter(None, parts)])), tuple(problems)


def _made(mapping: Mapping, record: IsisRecord, unmapped: set[str]) -> Iterator[Field]:
    """The fields that the rules make, in the order of CDS/ISIS; adds to `unmapped` what no rule speaks of."""
    has_main = any(one.tag[0] == "1" for one in mapping.constants)
    for tag, value in record.fields:
        rules = mapping.rules.get(tag)
        if rules is None:
            unmapped.add(str(tag))
        for rule in rules or ():
            for piece in _pieces(value, rule.split):
                made = _field(rule, tag, piece, has_main, unmapped)
                if made is not None:
                    has_main = has_main or made.tag[0] == "1"
                    yield made


def _once(made: list[Field]) -> Iterator[Field]:
    """The fields, with a second main entry as an added one and a second title as a varying one: neither is repeated."""
    seen: set[str] = set()
    for one in made:
        kind = "1" if one.tag[0] == "1" else one.tag
        if kind in seen and kind == "1":
            yield one._replace(tag="7" + one.tag[1:])
        elif kind in seen and kind == "245":
            yield one._replace(tag="246", indicators="3 ")
        else:
            yield one
        seen.add(kind)


def _pieces(value: str, split: str) -> list[str]:
    if not split:
        return [value]
    if split == "<>":
        return [piece.strip() for piece in _ANGLES.findall(value)] or [value]
    return [piece.strip() for piece in value.split(split) if piece.strip()]


def subfields(value: str) -> list[tuple[str, str]]:
    """The subfields of a CDS/ISIS value: (code in small letters, text); code "" is what stands before the first mark.

    Codes are the same in capitals and small letters (Reference manual, "Subfields"). Empty texts are left out.
    """
    head, *rest = _MARK.split(value)
    pairs = [("", head), *((rest[at].lower(), rest[at + 1]) for at in range(0, len(rest), 2))]
    return [(code, text.strip()) for code, text in pairs if text.strip()]


def _field(rule: Rule, tag: int, value: str, has_main: bool, unmapped: set[str]) -> Field | None:
    used = rule.first if rule.first and not has_main else rule.tag
    if used.startswith("00"):
        text = "".join(text for _, text in subfields(value))
        return Field(used, value=text) if text else None
    indicators = rule.indicators
    if not indicators:
        head = re.match(r"[0-9a-z #_]{1,2}(?=\^)", value)
        indicators = (head[0] if head else "").replace("#", " ").replace("_", " ").ljust(2)
        value = value[head.end() :] if head else value
    made: list[tuple[str, list[str]]] = []
    joined: dict[str, list[str]] = {}
    for code, text in subfields(value):
        target = rule.subfields.get(code)
        if target is None:
            unmapped.add(f"{tag}^{code}" if code else str(tag))
        elif target:
            shown, skipped = _filed(text) if rule.filing else (text, 0)
            if skipped and not made:
                indicators = f"{indicators[0]}{min(skipped, 9)}"
            if target in joined:
                joined[target].append(shown)
                continue
            made.append((target, [shown]))
            if target in rule.join:
                joined[target] = made[-1][1]
    found = tuple([(code, rule.join.get(code, "").join(texts)) for code, texts in made])
    return Field(used, indicators, found) if found else None


def _filed(text: str) -> tuple[str, int]:
    """Text without filing marks, and how many characters at its beginning are not filed."""
    found = _FILING.match(text)
    shown = _FILING.sub(lambda mark: mark[1], text)
    if found is None or "=" in found[0]:
        return shown, 0
    return shown, len(found[1]) + len(text[found.end() :]) - len(text[found.end() :].lstrip())


def _coded(made: list[Field], defaults: dict[str, str]) -> str:
    """Field 008: date of publication from 260 or 264 $c, language from 041 $a, the rest by default or not coded (|)."""
    dates = " ".join(one.get("c") for one in made if one.tag in ("260", "264"))
    year = _YEAR.search(dates)
    languages = [one.get("a") for one in made if one.tag == "041"]
    language = next((one.lower() for one in languages if re.fullmatch(r"[A-Za-z]{3}", one)), defaults["language"])
    kind, date = ("s", year[1]) if year else ("n", "uuuu")
    return f"{defaults['entered']}{kind}{date}    {defaults['country']}{'|' * 17}{language} d"
