"""Rules 61 to 72: whether a Dublin Core description will do for those who harvest it.

Profiles: `oai_dc` asks what every harvester needs; `openaire` the mandatory properties of the OpenAIRE Guidelines for
Literature Repositories v4; `europeana` the mandatory elements of the Europeana Data Model (EDM mapping guidelines).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dublin_core import quality_messages as messages
from dublin_core.elements import ELEMENTS
from dublin_core.languages import TAGS
from foundation.errors import InputError, Message

Severity = Literal["E", "W"]


class Statement(NamedTuple):
    """One element as it was received, before anything is cleaned.

    `element` is a name of the fifteen, or of EDM with its prefix (`edm:isShownAt`); `attributes` are the names of the
    attributes other than xml:lang.
    """

    element: str
    value: str
    language: str = ""
    attributes: tuple[str, ...] = ()


class Finding(NamedTuple):
    """One rule broken: by which statement (its number from 1 among those of its element, 0: none is there)."""

    rule: Rule
    severity: Severity
    element: str
    occurrence: int = 0
    seen: str = ""


Broken = tuple[str, int, str]
"""Element, occurrence, what was seen."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong with a description."""

    number: int
    message: Message
    check: Callable[[Description], Iterable[Broken]]

    @property
    def code(self) -> str:
        """The stable name: `dc_title`."""
        return self.message.code.removeprefix("quality.")


class Description:
    """Statements, by element."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements = list(statements)
        self.by_element: dict[str, list[Statement]] = {}
        for statement in self.statements:
            self.by_element.setdefault(statement.element, []).append(statement)

    def values(self, *elements: str) -> list[str]:
        """The values of these elements that say something."""
        return [found.value for name in elements for found in self.by_element.get(name, ()) if found.value.strip()]

    def each(self, element: str) -> Iterator[tuple[int, str]]:
        """Number and value of each statement of an element."""
        return ((number, found.value) for number, found in enumerate(self.by_element.get(element, ()), 1))


def _lacking(description: Description, *elements: str) -> Iterator[Broken]:
    if not description.values(*elements):
        yield elements[0], 0, ""


def _title(description: Description) -> Iterator[Broken]:
    return _lacking(description, "title")


_W3CDTF = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)


def _date(description: Description) -> Iterator[Broken]:
    yield from _lacking(description, "date")
    # A span (1990/1999, ISO 8601) is two such dates; the vocabulary of embargoes is OpenAIRE's own.
    for number, value in description.each("date"):
        parts = value.strip().split("/")
        dated = len(parts) <= 2 and all(_W3CDTF.fullmatch(part) for part in parts)
        if not dated and not value.startswith("info:eu-repo/date/"):
            yield "date", number, value


_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{2,8})*")
_KNOWN = frozenset(TAGS) | frozenset(TAGS.values()) | {"und", "mul", "zxx", "mis"}


def _language(description: Description) -> Iterator[Broken]:
    for number, value in description.each("language"):
        found = _LANGUAGE.fullmatch(value.strip())
        # ISO 639-3 has 7,900 codes of three letters (tyz, nut, ium); two letters must be of the 184.
        if not found or (len(found[1]) == 2 and found[1].lower() not in _KNOWN):
            yield "language", number, value


_TYPES = frozenset(
    [
        "Collection",
        "Dataset",
        "Event",
        "Image",
        "InteractiveResource",
        "MovingImage",
        "PhysicalObject",
        "Service",
        "Software",
        "Sound",
        "StillImage",
        "Text",
    ]
)
"""DCMI Type Vocabulary."""
_TYPE_URI = re.compile(r"https?://purl\.org/(coar/resource_type/c_\w+|dc/dcmitype/\w+)|info:eu-repo/semantics/\w+")


def _type(description: Description) -> Iterator[Broken]:
    if not any(value in _TYPES or _TYPE_URI.fullmatch(value) for value in description.values("type")):
        yield "type", 0, "; ".join(description.values("type"))


_ADDRESS = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")


def _identifier(description: Description) -> Iterator[Broken]:
    if not any(_ADDRESS.fullmatch(value.strip()) for value in description.values("identifier", "edm:isShownAt")):
        yield "identifier", 0, "; ".join(description.values("identifier"))


_RIGHTS = re.compile(
    r"https?://(creativecommons\.org/(licenses|publicdomain)/|rightsstatements\.org/(vocab|page)/)\S+", re.IGNORECASE
)


def _rights(description: Description) -> Iterator[Broken]:
    if not any(_RIGHTS.match(value.strip()) for value in description.values("rights", "edm:rights")):
        yield "rights", 0, "; ".join(description.values("rights"))[:100]


def _europeana(description: Description) -> Iterator[Broken]:
    yield from _lacking(description, "title", "description")
    yield from _lacking(description, "subject", "type", "coverage")
    yield from _lacking(description, "edm:provider")
    yield from _lacking(description, "edm:dataProvider")
    yield from _lacking(description, "edm:isShownAt", "edm:isShownBy")
    if "Text" in description.values("type") or "TEXT" in description.values("edm:type"):
        yield from _lacking(description, "language")


_ACCESS = re.compile(
    r"info:eu-repo/semantics/(open|restricted|embargoed|closed)Access|https?://purl\.org/coar/access_right/c_\w+|"
    r"(open|restricted|embargoed|metadata only) access",
    re.IGNORECASE,
)


def _openaire(description: Description) -> Iterator[Broken]:
    for element in ("creator", "title", "date", "type"):
        yield from _lacking(description, element)
    if not any(_ACCESS.fullmatch(value.strip()) for value in description.values("rights")):
        yield "rights", 0, "; ".join(description.values("rights"))[:100]


def _statements(description: Description, wrong: Callable[[Statement], bool]) -> Iterator[Broken]:
    for element, found in description.by_element.items():
        for number, statement in enumerate(found, 1):
            if wrong(statement):
                yield element, number, statement.value[:100]


def _empty(description: Description) -> Iterator[Broken]:
    return _statements(description, lambda statement: not statement.value.strip())


def _attributes(description: Description) -> Iterator[Broken]:
    return _statements(description, lambda statement: bool(statement.attributes) and statement.element in ELEMENTS)


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production [2] Char


def _characters(description: Description) -> Iterator[Broken]:
    for element, number, seen in _statements(description, lambda found: bool(_FORBIDDEN.search(found.value))):
        yield element, number, seen.encode("ascii", "backslashreplace").decode()


def _duplicates(description: Description) -> Iterator[Broken]:
    seen: set[tuple[str, str, str]] = set()

    def again(statement: Statement) -> bool:
        key = (statement.element, " ".join(statement.value.split()), statement.language)
        if key in seen:
            return True
        seen.add(key)
        return False

    return _statements(description, again)


RULES = (
    Rule(61, messages.TITLE, _title),
    Rule(62, messages.DATE, _date),
    Rule(63, messages.LANGUAGE, _language),
    Rule(64, messages.TYPE, _type),
    Rule(65, messages.IDENTIFIER, _identifier),
    Rule(66, messages.RIGHTS, _rights),
    Rule(67, messages.EUROPEANA, _europeana),
    Rule(68, messages.OPENAIRE, _openaire),
    Rule(69, messages.EMPTY, _empty),
    Rule(70, messages.ATTRIBUTES, _attributes),
    Rule(71, messages.CHARACTERS, _characters),
    Rule(72, messages.DUPLICATES, _duplicates),
)

_FORM: Mapping[int, Severity] = {69: "E", 70: "E", 71: "E", 72: "W"}
PROFILES: Mapping[str, Mapping[int, Severity]] = {
    "oai_dc": {61: "E", 62: "W", 63: "W", 64: "W", 65: "W", 66: "W", **_FORM},
    "openaire": {61: "E", 62: "E", 63: "E", 64: "E", 65: "E", 66: "W", 68: "E", **_FORM},
    "europeana": {62: "W", 63: "E", 64: "W", 65: "W", 66: "E", 67: "E", **_FORM},
}
"""Profile → rules that hold in it, by number, and how severe they are."""


def check(statements: Iterable[Statement], profile: str = "oai_dc") -> list[Finding]:
    """Everything the rules of a profile find in one description. Raises InputError for an unknown profile."""
    severities = PROFILES.get(profile)
    if severities is None:
        raise InputError(messages.UNKNOWN_PROFILE, seen=profile, profiles=", ".join(PROFILES))
    description = Description(statements)
    return [
        Finding(rule, severities[rule.number], element, occurrence, seen)
        for rule in RULES
        if rule.number in severities
        for element, occurrence, seen in rule.check(description)
    ]
