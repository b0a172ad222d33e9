"""ISBD punctuation: what separates the parts of a MARC description and has no place at the end of a Dublin Core value.

MARC keeps the mark that introduces the next part at the end of the part before it (ISBD, A.3); cut into elements,
a value would end in " /" or " :". Every function takes and gives text in Unicode NFC.
"""

from __future__ import annotations

import re

_MARKS = " ,;:/="
_ENDS = _MARKS + "."

_ABBREVIATIONS = (
    "assn ave bd bros ca cie co col comp corp dept dist dr ed eds est etc ft gen gov govt hon inc jr ltd mass mfg mr "
    "mrs mt off print pseud pub publ rev sr ste supt tex univ v vol vols wash bs gs ks nxb pgs ths tp tr ts tx"
)
"""Lower case words whose full stop belongs to them: English ones as headings of government bodies end, Vietnamese ones
of persons, places and pages (ThS., Tp., tr., Nxb.)."""
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())

_LINK = re.compile(r"https?://\S*")
_OTHERS = re.compile(r"\[(?:và những người khác|và người khác|et al\.?|and others)\]", re.IGNORECASE)


def collapse(value: str) -> str:
    """No white space at the ends, single spaces inside."""
    return " ".join(value.split()) if "  " in value else value.strip()


def strip_end(value: str) -> str:
    """Collapsed, without the ISBD mark at the end; a full stop stays where it belongs to the last word."""
    if "  " in value:
        value = " ".join(value.split())
    elif value[:1] == " ":
        value = value[1:]
    if value[-1:] not in _ENDS:  # nearly half of all values
        return value
    value = value.rstrip(_MARKS)
    if value[-1:] != ".":
        return value
    word = value[value.rfind(" ") + 1 : -1]
    # An initial, an abbreviation with stops inside (U.S.), a known one and an ellipsis keep theirs.
    short = len(word) < 2 or "." in word or (len(word) < 7 and word.lower() in _ABBREVIATED)
    if short and (word.replace(".", "").isalpha() or word[-2:] == ".."):
        return value
    return value[:-1].rstrip(_MARKS)


def strip_brackets(value: str) -> str:
    """`strip_end` without the square brackets that say the cataloguer supplied it (ISBD A.6.3)."""
    if "[" in value or "]" in value:
        value = value.replace("[", "").replace("]", "")
    return strip_end(value)


def without_links(value: str) -> str:
    """Without web addresses: an identity that strayed into a name or a heading is no part of it."""
    return _LINK.sub("", value) if "http" in value else value


def persons(value: str) -> list[str]:
    """The names in one heading, mostly one.

    Vietnamese records write several persons into one 100 $a, with semicolons, and "... [và những người khác]" behind
    them. A comma tells nothing: it stands between persons, before a role, and in inverted names.
    """
    if "http" in value or ";" in value or "[" in value:
        pieces = _OTHERS.sub(";", without_links(value)).split(";")
        return [name for piece in pieces if (name := strip_end(strip_end(piece).removesuffix("...")))]
    name = strip_end(value)
    return [name] if name else []
