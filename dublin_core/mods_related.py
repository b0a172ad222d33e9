"""Series, linking entries and contained works → MODS relatedItem."""

from __future__ import annotations

import re

from dublin_core.mods_names import kind_of, name_parts
from dublin_core.mods_parts import address, attribute, identity, joined, note_text, tag, wrap
from dublin_core.mods_titles import content, series_title
from dublin_core.punctuation import collapse, strip_brackets, strip_end
from marc.record import Field

_LINKS = {
    "760": ' type="series"',
    "762": ' type="constituent"',
    "765": ' type="original"',
    "767": ' type="otherVersion"',
    "770": ' type="constituent"',
    "772": ' type="host"',
    "773": ' type="host"',
    "774": ' type="constituent"',
    "775": ' type="otherVersion"',
    "776": ' type="otherFormat"',
    "777": "",
    "780": ' type="preceding"',
    "785": ' type="succeeding"',
    "786": ' type="original"',
    "787": "",
}
_PAGES = re.compile(r"\b(?:tr|pp?|trang|pages?)\. ?(\d+)(?: ?[-–] ?(\d+))?", re.IGNORECASE)


def series(field: Field, link: str) -> str:
    """440 490."""
    return wrap("relatedItem", series_title(field), ' type="series"')


def traced_series(field: Field, link: str) -> str:
    """800 810 811 830."""
    if field.tag == "830":
        inner = wrap("titleInfo", content(field, "abfgklmors") + tag("partNumber", joined(field, "v")), identity(field))
        return wrap("relatedItem", inner, ' type="series"')
    inner = wrap("titleInfo", content(field, "tfgklmors", skipping=False) + tag("partNumber", joined(field, "v")))
    return wrap("relatedItem", inner + wrap("name", name_parts(field), kind_of(field)), ' type="series"')


def work(field: Field, link: str) -> str:
    """700 710 711 with $t: a work; with second indicator 2 it is contained in this one."""
    inner = wrap("titleInfo", content(field, "tfklmors", skipping=False))
    inner += wrap("name", name_parts(field), kind_of(field) + identity(field))
    return wrap("relatedItem", inner, ' type="constituent"' if field.indicators[1] == "2" else "")


def titled_work(field: Field, link: str) -> str:
    """730 740 with second indicator 2: a work contained."""
    return wrap("relatedItem", wrap("titleInfo", content(field, "adfgklmors")), ' type="constituent"')


def linked(field: Field, link: str) -> str:
    """76X-78X: title, name, imprint, part, numbers; $i says the relation in words."""
    made = wrap("titleInfo", tag("title", strip_end(field.get("t") or field.get("s"))))
    made += wrap("name", tag("namePart", strip_end(field.get("a"))))
    made += wrap("originInfo", tag("edition", joined(field, "b")) + tag("publisher", joined(field, "d")))
    made += wrap("physicalDescription", tag("extent", joined(field, "h")))
    made += "".join([tag("note", collapse(value)) for value in field.all("n")])
    for code, kind in (("x", "issn"), ("z", "isbn"), ("u", "strn"), ("r", "report number"), ("w", "local"), ("o", "")):
        made += "".join([tag("identifier", collapse(value), attribute("type", kind)) for value in field.all(code)])
    for value in field.all("g"):
        made += wrap("part", _pages(value) + tag("text", collapse(value)))
    made += "".join([wrap("part", tag("text", collapse(value), ' type="enumeration"')) for value in field.all("q")])
    kind = _LINKS[field.tag] + attribute("displayLabel", strip_brackets(field.get("i")))
    return wrap("relatedItem", made, kind)


def _pages(value: str) -> str:
    """The pages in a statement of the part: `Số 5 (2010), tr. 3-10`."""
    found = _PAGES.search(value)
    if not found:
        return ""
    return wrap("extent", tag("start", found[1]) + tag("end", found[2] or ""), ' unit="pages"')


def citation(field: Field, link: str) -> str:
    """510: a description of this resource elsewhere."""
    return wrap("relatedItem", tag("note", note_text(field)), ' type="isReferencedBy"')


def related_address(field: Field, link: str) -> str:
    """856 with second indicator 2: another resource."""
    found = filter(None, map(address, field.all("u")))
    label = attribute("displayLabel", strip_end(field.get("3") or field.get("y")))
    return wrap("relatedItem", wrap("location", "".join([tag("url", one, label) for one in found])))
