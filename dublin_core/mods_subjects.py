"""MARC subjects → MODS subject, geographicCode, cartographics and genre."""

from __future__ import annotations

from dublin_core.mods_codes import HEADINGS
from dublin_core.mods_names import kind_of, name_parts
from dublin_core.mods_parts import attribute, identity, joined, tag, wrap
from dublin_core.mods_titles import content
from dublin_core.punctuation import collapse, strip_end
from marc.record import Field

_SUBDIVISIONS = {"v": "genre", "x": "topic", "y": "temporal", "z": "geographic"}
_MAIN = {
    "647": "topic",
    "648": "temporal",
    "650": "topic",
    "651": "geographic",
    "654": "topic",
    "656": "occupation",
    "657": "topic",
    "751": "geographic",
}
_PLACES = {
    "a": "country",
    "b": "state",
    "c": "county",
    "d": "city",
    "f": "citySection",
    "g": "area",
    "h": "extraterrestrialArea",
}
_KEYWORDS = {"4": "temporal", "5": "geographic", "6": "genre"}
_KEYWORD_NAMES = {"1": ' type="personal"', "2": ' type="corporate"', "3": ' type="conference"'}


def authority(field: Field) -> str:
    """The authority of a heading: $2, or what the second indicator of 6XX stands for, and its valueURI."""
    kind = field.indicators[1]
    code = field.get("2") if kind == "7" else HEADINGS.get(kind, "")
    return attribute("authority", code.strip()) + identity(field)


def subject(field: Field, link: str) -> str:
    """600 610 611 630 647 648 650 651 654 656 657 751: the main part, then the subdivisions in their order."""
    if field.tag in ("600", "610", "611"):
        made = wrap("name", name_parts(field), kind_of(field))
        made += wrap("titleInfo", content(field, "tfklmors", skipping=False) if field.get("t") else "")
    elif field.tag == "630":
        made = wrap("titleInfo", content(field, "adfgklmors"))
    else:
        made = tag(_MAIN[field.tag], joined(field, "abcdg" if field.tag != "651" else "ag"))
    for code, value in field.subfields:
        name = _SUBDIVISIONS.get(code)
        if name:
            made += tag(name, strip_end(value))
    return wrap("subject", made, authority(field) + link)


def keywords(field: Field, link: str) -> str:
    """653: every $a a subject of its own, of the kind the second indicator says."""
    kind = field.indicators[1]
    made = ""
    for value in field.all("a"):
        word = strip_end(value)
        if kind in _KEYWORD_NAMES:
            inner = wrap("name", tag("namePart", word), _KEYWORD_NAMES[kind])
        else:
            inner = tag(_KEYWORDS.get(kind, "topic"), word)
        made += wrap("subject", inner, link)
    return made


def place(field: Field, link: str) -> str:
    """662 752: places from wide to narrow."""
    parts = "".join([tag(_PLACES[code], strip_end(value)) for code, value in field.subfields if code in _PLACES])
    return wrap("subject", wrap("hierarchicalGeographic", parts), attribute("authority", field.get("2").strip()) + link)


def area_codes(field: Field, link: str) -> str:
    """043: geographic area codes without their filling hyphens; ISO 3166 codes of $c."""
    made = ""
    for code, value in field.subfields:
        if code == "a":
            made += tag("geographicCode", value.strip().rstrip("-"), ' authority="marcgac"')
        elif code == "c":
            made += tag("geographicCode", value.strip(), ' authority="iso3166"')
    return wrap("subject", made, link)


def cartographics(field: Field, link: str) -> str:
    """034 (coded) and 255 (in words): scale, projection, coordinates."""
    if field.tag == "034":
        corners = [collapse(value) for code, value in field.subfields if code in "defg"]
        made = tag("scale", joined(field, "b")) + tag("coordinates", " ".join(filter(None, corners)))
    else:
        made = (
            tag("scale", joined(field, "a"))
            + tag("projection", joined(field, "b"))
            + tag("coordinates", joined(field, "c"))
        )
    return wrap("subject", wrap("cartographics", made), link)


def genre(field: Field, link: str) -> str:
    """655: the genre with its subdivisions."""
    value = joined(field, "abc")
    for code, part in field.subfields:
        if code in _SUBDIVISIONS:
            value += f" -- {strip_end(part)}"
    return tag("genre", value, authority(field) + link)


def content_type(field: Field, link: str) -> str:
    """336: the RDA content type."""
    return tag("genre", joined(field, "a"), attribute("authority", field.get("2").strip()) + link)
