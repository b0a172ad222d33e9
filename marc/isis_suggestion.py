"""Mappings for CDS/ISIS bases whose tags are known, and a first mapping for one whose tags are not.

Known are the base CDS that UNESCO gave out with the program as its example, and after which many bases were made
(Reference manual, version 2.3, appendix with its field definition table), the tags of the Common Communication Format
(CCF/B, UNESCO 1992), which UNESCO recommended to users of CDS/ISIS, and bases that use the tags of MARC 21 themselves.
Vietnamese libraries began with CDS/ISIS between 1985 and 2005 and followed all three; their own tables were never
published, so that a suggestion is for a person to correct.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from foundation.limits import ISIS_SAMPLE
from marc import repair
from marc.cdsisis import IsisRecord
from marc.isis_mapping import Mapping, Rule, subfields

_A = {"": "a", "a": "a"}
_ABC = {"": "a", "a": "a", "b": "b", "c": "c"}
_TITLE = {"": "a", "a": "a", "b": "b", "c": "c"}
_VIETNAM = {"country": "vm "}


def _rules(rules: dict[int, Rule]) -> dict[int, tuple[Rule, ...]]:
    return {tag: (rule,) for tag, rule in rules.items()}


CDS: Final = Mapping(
    _rules(
        {
            12: Rule("711", "2 ", _A | {"n": "n", "c": "c", "p": "c", "d": "d", "y": "d"}, first="111"),
            24: Rule("245", "00", _TITLE, filing=True),
            25: Rule("250", "  ", _A | {"b": "b"}),
            26: Rule("260", "  ", _ABC),
            30: Rule("300", "  ", _ABC),
            44: Rule("490", "0 ", _A | {"v": "v", "z": "v"}, filing=True),
            50: Rule("500", "  ", _A),
            69: Rule("653", "  ", _A, split="<>"),
            70: Rule("700", "1 ", _A, split="%", first="100"),
            71: Rule("710", "2 ", _A | {"b": "b"}, first="110"),
            72: Rule("711", "2 ", _A | {"n": "n", "c": "c", "p": "c", "d": "d", "y": "d"}, first="111"),
            74: Rule("246", "3 ", _TITLE, filing=True),
            76: Rule("246", "31", _A | {"z": ""}, filing=True),
        }
    ),
    "CDS",
)
"""The example base of UNESCO: conference, title, edition, imprint, collation, series, notes, keywords in angles,
persons, corporate bodies, meetings, added title, title in another language."""

CCF: Final = Mapping(
    _rules(
        {
            1: Rule("001"),
            40: Rule("041", "0 ", _A),
            100: Rule("020", "  ", _A),
            101: Rule("022", "  ", _A),
            110: Rule("015", "  ", _A),
            200: Rule("245", "00", {"": "a", "a": "a", "b": "c"}, {"c": " ; "}, filing=True),
            210: Rule("246", "31", _A),
            221: Rule("246", "14", _A),
            230: Rule("246", "3 ", _A),
            240: Rule("240", "10", _A),
            260: Rule("250", "  ", _A | {"b": "b"}),
            300: Rule(
                "700",
                "1 ",
                {"": "a", "a": "a", "b": "a", "c": "c", "d": "d", "e": "e", "f": "e"},
                {"a": ", "},
                first="100",
            ),
            310: Rule("710", "2 ", _A | {"b": "b", "e": "e"}, first="110"),
            320: Rule("711", "2 ", _A | {"e": "c", "g": "d", "j": "n"}, first="111"),
            400: Rule("260", "  ", {"": "a", "a": "a", "b": "b", "c": "", "d": ""}),
            440: Rule("264", " 1", {"": "c", "a": "c", "b": "c"}, {"c": " "}),
            460: Rule("300", "  ", _ABC | {"d": "e"}),
            480: Rule("490", "0 ", _A | {"b": "v", "c": "x"}),
            500: Rule("500", "  ", _A),
            530: Rule("505", "0 ", _A),
            600: Rule("520", "  ", _A | {"b": ""}),
            610: Rule("084", "  ", _A | {"b": "2"}),
            620: Rule("653", "  ", _A | {"b": ""}, split=";"),
        }
    ),
    "CCF",
)
"""The Common Communication Format, as far as a bibliographic record needs it."""


_TAGS: Final = 200
_VALUES: Final = 100
_CHARACTERS: Final = 400
"""Tags of a base, values of a tag and characters of a value that are looked at."""


@dataclass(slots=True)
class _Seen:
    """What the values of one tag look like."""

    records: int = 0
    total: int = 0
    values: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, value: str) -> None:
        """Take a value in; those beyond the first `_VALUES` are only counted."""
        self.total += 1
        if len(self.values) < _VALUES:
            self.values.append(value)
            self.codes.update({code for code, _ in subfields(value)})

    def share(self, test: Callable[[str], object]) -> float:
        """The share of the values for which the test holds."""
        return sum(bool(test(value)) for value in self.values) / len(self.values)


def suggest(records: Iterable[IsisRecord]) -> Mapping:
    """A mapping for the base that these records come from, of which the first `ISIS_SAMPLE` are looked at.

    Where the tags are those of a known mapping, that one, with what it lacks added; otherwise each tag is judged by
    how often it occurs and by what stands in it. Tags that say nothing are left out, so that imports tell of them.
    """
    sample = list(islice(records, ISIS_SAMPLE))
    often = Counter(tag for record in sample for tag in {tag for tag, _ in record.fields})
    seen = {tag: _Seen(records) for tag, records in often.most_common(_TAGS)}
    for record in sample:
        for tag, value in record.fields:
            if tag in seen:
                seen[tag].add(value[:_CHARACTERS])
    if not seen:
        return Mapping({}, defaults=_VIETNAM)
    if 245 in seen and seen[245].records >= 0.8 * len(sample):
        return _marc21(seen)
    known = next((mapping for mapping in (CDS, CCF) if _is_known(mapping, seen, len(sample))), None)
    rules = dict(known.rules) if known else {}
    rest = {tag: found for tag, found in seen.items() if tag not in rules}
    rules |= _guessed(rest, len(sample), {rule.tag for group in rules.values() for rule in group})
    for tag, found in seen.items():
        if tag in rules and not known:
            rules[tag] = (_with_codes(rules[tag][0], found),)
    return Mapping({tag: rules[tag] for tag in sorted(rules)}, known.name if known else "", defaults=_VIETNAM)


def _marc21(seen: dict[int, _Seen]) -> Mapping:
    """Every tag as it is, with the indicators that the values begin with."""
    rules: dict[int, tuple[Rule, ...]] = {}
    for tag, found in sorted(seen.items()):
        name = f"{tag:03}"
        if not repair.TAG.fullmatch(name):
            continue
        head = found.share(lambda value: re.match(r"[0-9 #_]{1,2}\^", value))
        codes = {code: code or "a" for code in sorted(found.codes) if not code or repair.CODE.fullmatch(code)}
        rules[tag] = (Rule(name, "" if head > 0.5 else "  ", codes),)
    return Mapping(rules, "MARC21", defaults=_VIETNAM)


def _is_known(mapping: Mapping, seen: dict[int, _Seen], records: int) -> bool:
    """Whether most fields have tags of the mapping, its title is in most records and looks like one."""
    title = next(tag for tag, rules in mapping.rules.items() if rules[0].tag == "245")
    if title not in seen or seen[title].records < 0.6 * records or seen[title].share(_is_title) < 0.6:
        return False
    total = sum(found.total for found in seen.values())
    covered = sum(found.total for tag, found in seen.items() if tag in mapping.rules)
    return covered >= 0.7 * total


# --- what a value looks like ----------------------------------------------------------------------------------------
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_EXTENT = re.compile(r"(?<!\w)\d+\s*(tr|trang|p|pp|pages?|s|cm|v|vol|tờ)\b|(?<!\w)(tr|pp?)\. ?\d", re.IGNORECASE)
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){1,5}(?: ?\([\w .]+\))?")
_LANGUAGES = {
    "vie",
    "eng",
    "fre",
    "rus",
    "chi",
    "ger",
    "vn",
    "vi",
    "en",
    "fr",
    "ru",
    "việt",
    "anh",
    "pháp",
    "nga",
    "trung",
}


def _text(value: str) -> str:
    return " ".join(text for _, text in subfields(value))


def _is_title(value: str) -> bool:
    text = _text(value)
    return (
        8 <= len(text) <= 400 and " " in text and sum(char.isalpha() or char == " " for char in text) > 0.75 * len(text)
    )


def _is_person(text: str) -> bool:
    words = text.replace(",", " ").split()
    return bool(_PERSON.fullmatch(text)) and len(text) < 50 and sum(word[:1].isupper() for word in words) >= 2


def _is_imprint(value: str) -> bool:
    return len(value) < 200 and bool(_YEAR.search(value)) and ("^" in value or bool(re.search(r"[:;,]", value)))


_TESTS: Final[tuple[tuple[Rule, Callable[[str], object], float], ...]] = (
    (Rule("020"), re.compile(r"\W*(?:ISBN\W*)?(?:97[89][\W_]?)?(?:\d[- ]?){9}[\dXx]\b").match, 0.7),
    (Rule("022"), re.compile(r"\W*(?:ISSN\W*)?\d{4}-\d{3}[\dXx]\b").match, 0.7),
    (Rule("856", "40", {"": "u", "a": "u", "u": "u"}), re.compile(r"(?:\^.)?(?:https?|ftp)://").match, 0.7),
    (Rule("041", "0 "), lambda value: _text(value).lower() in _LANGUAGES, 0.7),
    (Rule("300", subfields=_ABC), lambda value: _EXTENT.search(_text(value)), 0.6),
    (Rule("082", "04"), re.compile(r"(?:\^a)?\d{3}(?:\.\d+)?\b(?![\d-])").match, 0.8),
    (Rule("260", subfields=_ABC), _is_imprint, 0.6),
    (Rule("653", split="<>"), re.compile(r"<[^<>]+>").search, 0.6),
    (Rule("653", split=";"), re.compile(r"[^;]{2,40}(?:;[^;]{2,40}){2,}").fullmatch, 0.5),
    (Rule("084"), re.compile(r"(?:\^a)?[A-Z0-9]{1,4}[.(:/=+-][\w.()\"=:/+-]*\s*").fullmatch, 0.6),
    (Rule("700", "1 ", first="100"), lambda value: _is_person(_text(value)), 0.6),
    (Rule("264", " 1", {"": "c", "a": "c"}), re.compile(r"\W*(?:\^.)?\W*(1[4-9]\d\d|20\d\d)\W*").fullmatch, 0.7),
    (Rule("520"), lambda value: len(value) > 250, 0.5),
)
"""(rule, what a value of it looks like, which share of the values must); the narrow ones first."""

_ONCE: Final = {"020", "022", "041", "245", "260", "300", "520"}
"""What one tag of a base is enough for; a second one that looks alike is something else."""


def _guessed(seen: dict[int, _Seen], records: int, taken: set[str]) -> dict[int, tuple[Rule, ...]]:
    rules: dict[int, tuple[Rule, ...]] = {}
    for rule, test, least in _TESTS:
        for tag, found in sorted(seen.items(), key=lambda item: -item[1].records):
            if tag in rules or (rule.tag in _ONCE and rule.tag in taken) or found.share(test) < least:
                continue
            rules[tag] = (rule,)
            taken.add(rule.tag)
    if "245" not in taken:
        titles = [(tag, found) for tag, found in seen.items() if tag not in rules and found.share(_is_title) >= 0.6]
        if titles:
            best, _ = max(titles, key=lambda item: _title_score(item[1], records))
            rules[best] = (Rule("245", "00", _TITLE, filing=True),)
    return rules


def _title_score(found: _Seen, records: int) -> float:
    """A title is in every record, once, and hardly two are the same."""
    return found.records / records * len(set(found.values)) / len(found.values) * found.records / found.total


def _with_codes(rule: Rule, found: _Seen) -> Rule:
    """The rule with the date of an imprint or the size of an extent in the subfield where it stands in this base."""
    if rule.tag != "260" or len(found.codes) < 2:
        return rule
    years: Counter[str] = Counter()
    for value in found.values:
        years.update({code for code, text in subfields(value) if _YEAR.search(text)})
    dated = years.most_common(1)[0][0] if years else ""
    others = [code for code in sorted(found.codes) if code != dated]
    targets = {**dict(zip(others, "ab", strict=False)), dated: "c"}
    return Rule(rule.tag, rule.indicators, targets)
