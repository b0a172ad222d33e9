"""MARC titles → MODS titleInfo."""

from __future__ import annotations

from dublin_core.mods_parts import attribute, identity, joined, tag, wrap
from dublin_core.punctuation import strip_brackets, strip_end
from marc.record import Field

_ARTICLE_ENDS = " '’-(\""

_KINDS = {
    "130": ' type="uniform"',
    "210": ' type="abbreviated"',
    "222": ' type="alternative" displayLabel="Key title"',
    "240": ' type="uniform"',
    "242": ' type="translated"',
    "247": ' type="alternative" displayLabel="Former title"',
    "730": ' type="uniform"',
    "740": ' type="alternative"',
}
_VARIANTS = {
    "2": "Distinctive title",
    "4": "Cover title",
    "5": "Added title page title",
    "6": "Caption title",
    "7": "Running title",
    "8": "Spine title",
}
"""246, second indicator; 0 is a portion of the title and 1 a parallel one, which MODS calls translated."""


def main_title(field: Field, link: str) -> str:
    """245: the title, a parallel one behind ` = `, and the statement of responsibility as a note."""
    parallel = ""
    words, rest = "", ""
    for code, value in field.subfields:
        if code == "b":
            if (words.rstrip().endswith("=") and not rest) or value.lstrip()[:1] == "=":
                parallel += tag("title", strip_end(value.lstrip(" =")))
            else:
                rest += tag("subTitle", strip_end(value.lstrip(" :")))
        elif code in "np":
            rest += _part(code, value)
        elif code in "afgks":
            words += f" {value}" if words else value
    title = wrap("titleInfo", _title(words, field.indicators[1:]) + rest, ' usage="primary"' + link)
    other = wrap("titleInfo", parallel, ' type="translated"' + link)
    return title + other + tag("note", strip_end(field.get("c")), ' type="statement of responsibility"' + link)


def other_title(field: Field, link: str) -> str:
    """130 210 222 240 242 246 247 730 740."""
    return wrap("titleInfo", content(field, "abfgklmors"), _kind(field) + identity(field) + link)


def content(field: Field, codes: str, skipping: bool = True) -> str:
    """What stands in a titleInfo: title of `codes` but the subtitle, then part numbers and names in their order."""
    words, rest = "", ""
    for code, value in field.subfields:
        if code == "b" and "b" in codes:
            rest += tag("subTitle", strip_end(value.lstrip(" :")))
        elif code in "np":
            rest += _part(code, value)
        elif code in codes:
            words += f" {value}" if words else value
    return _title(words, _skipped(field) if skipping else "0") + rest


def _kind(field: Field) -> str:
    if field.tag != "246":
        return _KINDS.get(field.tag, "")
    if field.indicators[1] == "1":
        return ' type="translated"'
    said = strip_brackets(field.get("i")) or _VARIANTS.get(field.indicators[1], "")
    return ' type="alternative"' + attribute("displayLabel", said)


def _skipped(field: Field) -> str:
    """The indicator that counts nonfiling characters."""
    if field.tag in ("240", "242", "222", "830"):
        return field.indicators[1]
    return field.indicators[0] if field.tag in ("130", "630", "730", "740") else "0"


def _title(words: str, skip: str) -> str:
    """title, and nonSort before it where the indicator counts an article (and not into the middle of a word)."""
    count = int(skip) if skip in "123456789" and skip else 0
    if 0 < count < len(words) and words[count - 1] in _ARTICLE_ENDS:
        return tag("nonSort", words[:count].strip()) + tag("title", strip_end(words[count:]))
    return tag("title", strip_end(words))


def _part(code: str, value: str) -> str:
    return tag("partNumber" if code == "n" else "partName", strip_end(value))


def series_title(field: Field) -> str:
    """440 490 830: the title of a series with its number and, where the series has one, its ISSN."""
    title = wrap(
        "titleInfo",
        content(field, "abfgklmors") + tag("partNumber", joined(field, "v")),
        identity(field) if field.tag == "830" else "",
    )
    return title + tag("identifier", joined(field, "x"), ' type="issn"')
