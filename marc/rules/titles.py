"""Rules 36 to 40, 55, 57, 59 and 60: title, entries, imprint and punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marc.record import Field, Record, pack
from marc.rules import messages
from marc.rules.rule import Entry, Spot, View, rebuilt, rule
from vietnamese.syllables import is_vietnamese_syllable
from vietnamese.text import normalise

MAIN = ("100", "110", "111", "130")


@rule(36, "E", messages.TITLE_MISSING)
def title_missing(view: View) -> Iterator[Spot]:
    if "245" not in view.by_tag:
        yield Spot("245", subfield="a")
    for entry in view.each("245"):
        # Archives are named by the form alone: 245 $k (245, Guidelines for Applying Content Designators).
        if not any(value.strip() for value in entry.field.all("akfg")):
            yield entry.at("a")


_ARTICLES = {
    code: frozenset(words.split())
    for code, words in {
        "eng": "a an the",
        "fre": "le la les l' un une",
        "ger": "der die das ein eine",
        "spa": "el la los las un una",
        "ita": "il lo la i gli le l' un uno una un'",
        "por": "o a os as um uma",
        "dut": "de het een",
        "swe": "en ett den det de",
        "dan": "en et den det de",
        "nor": "en et den det de",
        "hun": "a az egy",
        "rum": "un o",
    }.items()
}
"""Initial articles that sorting skips, by MARC language code (MARC 21, Appendix E). Vietnamese has none: một, các and
những are words of the title."""

_ARTICLE = re.compile(r"(\W*)(\w+'|\w+(?=[ \u00a0]))(\s*)")
_NOT_ARTICLES = re.compile(
    r"(?:la|los|las|el|le) (?:jolla|angeles|vegas|salvador|paso|crosse|niñ[oa]|alamos|mesa|porte|grande|plata|havre)"
    r"|a (?:to|is|and|for|or|posteriori|priori|cappella|la) |an? ?[&+/.]",
    re.IGNORECASE,
)
"""Names and phrases that begin like an article."""


def _skipped(title: str, language: str) -> int | None:
    """How many characters sorting skips, None when the language's articles are not known."""
    if language == "vie":
        return 0
    articles = _ARTICLES.get(language)
    if articles is None:
        return None
    found = _ARTICLE.match(title)
    if not found or found[2].lower() not in articles or _NOT_ARTICLES.match(title[len(found[1]) :]):
        return 0
    return found.end()


@rule(37, "W", messages.NONFILING)
def nonfiling(view: View) -> Iterator[Spot]:
    for entry in view.each("245"):
        title, indicator = entry.field.get("a"), entry.field.indicators[1]
        skipped = _skipped(title, view.language)
        if not title or skipped is None or not indicator.isdecimal():
            continue
        marks = len(title) - len(title.lstrip("\"'“‘«[("))
        if int(indicator) != skipped and not (skipped == 0 and int(indicator) == marks) and skipped < 10:
            yield entry.at(seen=indicator, wanted=str(skipped), position=1)


@rule(38, "W", messages.TITLE_ENTRY)
def title_entry(view: View) -> Iterator[Spot]:
    wanted = "1" if any(tag in view.by_tag for tag in MAIN) else "0"
    for entry in view.each("245"):
        seen = entry.field.indicators[0]
        if seen in "01" and seen != wanted:
            yield entry.at(seen=seen, wanted=wanted, position=0)


@rule(39, "E", messages.MAIN_ENTRIES)
def main_entries(view: View) -> Iterator[Spot]:
    found = list(view.each(*MAIN))
    yield from (entry.at(seen=entry.field.tag) for entry in found[1:])


@rule(40, "W", messages.IMPRINT)
def imprint(view: View) -> Iterator[Spot]:
    if "260" in view.by_tag:
        yield from (entry.at(seen="260 + 264") for entry in view.each("264") if entry.field.indicators[1] == "1")


_BEFORE = {
    ("245", "b"): ":=;.",
    ("245", "c"): "/",
    ("260", "b"): ":",
    ("260", "c"): ",",
    ("264", "b"): ":",
    ("264", "c"): ",",
    ("300", "b"): ":",
    ("300", "c"): ";",
    ("300", "e"): "+",
}
"""Subfield → the signs of ISBD that go before it (ISBD consolidated edition, A.3)."""


@rule(55, "W", messages.PUNCTUATION)
def punctuation(view: View) -> Iterator[Spot]:
    form = view.leader[18]
    if form not in "aic" or not any(view.by_tag.get(tag) for tag in ("245", "260", "264", "300")):
        return
    for entry in view.each("245", "260", "264", "300"):
        if entry.field.tag == "264" and entry.field.indicators[1] == "4":
            continue  # a copyright date stands alone
        yield from _ill_punctuated(entry, form != "c")


def _ill_punctuated(entry: Entry, wanted: bool) -> Iterator[Spot]:
    """Joints between subfields whose sign is missing, or there although it should not be."""
    for (before, text), (code, _) in zip(entry.field.subfields, entry.field.subfields[1:], strict=False):
        signs = _BEFORE.get((entry.field.tag, code))
        if not signs or before in "368" or not text.strip():
            continue
        end = text.rstrip()[-1]
        if wanted and end not in signs and not (end in "]-" and code == "c" and entry.field.tag in ("260", "264")):
            yield entry.at(before, text, f"… {signs[0]}")
        elif not wanted and end in ":/;=" and text.rstrip()[:-1].endswith(" "):
            yield entry.at(before, text)


def _once(record: Record) -> Record:
    seen: set[str] = set()
    kept = []
    for field in record.fields:
        mark = pack(field)
        if mark not in seen or not _may_repeat(field):
            kept.append(field)
        seen.add(mark)
    return rebuilt(record, kept)


def _may_repeat(field: Field) -> bool:
    """Whether a word for word copy of a field says nothing. Items (9XX, 852, 876) may be alike and still be two."""
    return field.tag[0] in "012345678" and "9" not in field.tag[1:] and field.tag not in _ITEMS


_ITEMS = frozenset(["852", "866", "867", "868", "876", "877", "878", "880"])


@rule(57, "W", messages.DUPLICATE, _once)
def duplicate(view: View) -> Iterator[Spot]:
    seen: set[str] = set()
    for entry in view.entries:
        mark = pack(entry.field)
        if mark in seen and _may_repeat(entry.field):
            yield entry.at(seen=mark[3:].replace("\x1f", "$").strip())
        seen.add(mark)


_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 4


@rule(59, "W", messages.TEXT_LANGUAGE)
def text_language(view: View) -> Iterator[Spot]:
    codes = {value[:3] for _, _, value in view.values(("041",), "adj")}
    if view.fixed[35:38] in ("vie", "mul") or "vie" in codes or not view.fixed:
        return
    for entry in view.each("245"):
        title = normalise(" ".join(entry.field.all("ab")))
        words = _WORD.findall(title)
        syllables = sum(map(is_vietnamese_syllable, words))
        marked = sum(not word.isascii() for word in words)
        if len(words) >= _LEAST_WORDS and syllables >= 0.8 * len(words) and marked >= 0.3 * len(words):
            yield Spot("008", 1, position=35, seen=f"{view.fixed[35:38]} ({title[:60]})", wanted="vie")


@rule(60, "W", messages.CAPITALS)
def capitals(view: View) -> Iterator[Spot]:
    for entry in view.each("245"):
        title = entry.field.get("a")
        words = [word for word in _WORD.findall(title) if len(word) > 1]
        if len(words) >= _LEAST_WORDS and all(word.isupper() for word in words):
            yield entry.at("a", title, title.capitalize())
