"""MARC names → MODS name, with their roles."""

from __future__ import annotations

import re

from dublin_core.mods_parts import address, attribute, identity, joined, tag, wrap
from dublin_core.punctuation import persons, strip_end, without_links
from marc.record import Field

_RELATOR = re.compile(r"[a-z]{3}")
_RELATOR_ADDRESS = re.compile(r"https?://id\.loc\.gov/vocabulary/relators/([a-z]{3})/?")


def name(field: Field, link: str) -> str:
    """100 110 111 700 710 711 720 without $t. Several persons in one field become several names."""
    kind = kind_of(field)
    usage = ' usage="primary"' if field.tag[0] == "1" and " script=" not in link else ""
    attributes = kind + usage + identity(field) + link
    roles = _roles(field)
    if field.tag in ("100", "700", "720"):
        given = persons(field.get("a"))
        if len(given) > 1:
            return "".join(
                [
                    wrap("name", tag("namePart", one) + roles, attributes if number == 0 else kind + link)
                    for number, one in enumerate(given)
                ]
            )
    parts = name_parts(field)
    return wrap("name", parts + roles, attributes) if parts else ""


def kind_of(field: Field) -> str:
    """The type attribute of a name by tag and first indicator."""
    last, first = field.tag[1:], field.indicators[:1]
    if last == "20":
        return {"1": ' type="personal"', "2": ' type="corporate"'}.get(first, "")
    if last == "00":
        return ' type="family"' if first == "3" else ' type="personal"'
    return ' type="corporate"' if last == "10" else ' type="conference"'


def name_parts(field: Field) -> str:
    """namePart elements, by the kind of the name; empty where there is no name."""
    kind = field.tag[1:]
    if kind == "00":
        main = tag("namePart", strip_end(without_links(_own(field, "aq"))))
        terms = tag("namePart", strip_end(_own(field, "bc")), ' type="termsOfAddress"')
        dates = tag("namePart", strip_end(_own(field, "d")), ' type="date"')
        return main + terms + dates if main else ""
    if kind == "10":
        units = [tag("namePart", strip_end(value)) for code, value in field.subfields if code in "ab"]
        return "".join(units) + tag("namePart", _before_title(field, "dnc"))
    return tag("namePart", strip_end(without_links(_own(field, "acdenq" if kind == "11" else "a"))))


def _own(field: Field, codes: str) -> str:
    """The subfields of the name itself: from $t on, they belong to the title."""
    found = []
    for code, value in field.subfields:
        if code == "t":
            break
        if code in codes:
            found.append(value)
    return " ".join(found)


def _before_title(field: Field, codes: str) -> str:
    return strip_end(_own(field, codes))


def _roles(field: Field) -> str:
    """role: the word of $e ($j of meetings) and the code of $4; one that is a MARC relator says so."""
    words = field.all("j" if field.tag[1:] == "11" else "e")
    made = tag("affiliation", joined(field, "u"))
    for value in words:
        made += wrap("role", tag("roleTerm", strip_end(value), ' type="text"'))
    for value in field.all("4"):
        found = _RELATOR_ADDRESS.fullmatch(value)
        code = found[1] if found else value.strip()
        if _RELATOR.fullmatch(code):
            said = ' type="code" authority="marcrelator"' + attribute("valueURI", address(value) if found else "")
            made += wrap("role", tag("roleTerm", code, said))
    return made
