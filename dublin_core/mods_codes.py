"""MARC codes in the words of MODS: types, genres, forms, frequencies (Library of Congress, MARC to MODS mapping)."""

from __future__ import annotations

TYPES = {
    "a": "text",
    "c": "notated music",
    "d": "notated music",
    "e": "cartographic",
    "f": "cartographic",
    "g": "moving image",
    "i": "sound recording-nonmusical",
    "j": "sound recording-musical",
    "k": "still image",
    "m": "software, multimedia",
    "o": "mixed material",
    "p": "mixed material",
    "r": "three dimensional object",
    "t": "text",
}
"""Leader/06, typeOfResource."""
STILL_PROJECTIONS = "fst"
"""008/33 of projected media that do not move: filmstrip, slide, transparency."""
MANUSCRIPTS = "dfpt"
"""Leader/06."""

ISSUANCE = {
    "a": "monographic",
    "b": "serial",
    "c": "monographic",
    "d": "monographic",
    "i": "integrating resource",
    "m": "monographic",
    "s": "serial",
}
"""Leader/07."""

FORMS = {
    "a": "microfilm",
    "b": "microfiche",
    "c": "microopaque",
    "d": "large print",
    "f": "braille",
    "o": "electronic",
    "q": "electronic",
    "r": "print",
    "s": "electronic",
}
"""Form of item: 008/23, or 008/29 of maps and visual materials (marcform)."""
FORM_AT_29 = "efgkor"
"""Leader/06 of the materials whose form of item is in 008/29."""

AUDIENCES = {
    "a": "preschool",
    "b": "primary",
    "c": "pre-adolescent",
    "d": "adolescent",
    "e": "adult",
    "f": "specialized",
    "g": "general",
    "j": "juvenile",
}
"""008/22 of all but continuing resources, maps and mixed materials (marctarget)."""

FREQUENCIES = {
    "a": "Annual",
    "b": "Bimonthly",
    "c": "Semiweekly",
    "d": "Daily",
    "e": "Biweekly",
    "f": "Semiannual",
    "g": "Biennial",
    "h": "Triennial",
    "i": "Three times a week",
    "j": "Three times a month",
    "k": "Continuously updated",
    "m": "Monthly",
    "q": "Quarterly",
    "s": "Semimonthly",
    "t": "Three times a year",
    "w": "Weekly",
}
"""008/18 of continuing resources (marcfrequency)."""

CONTENTS = {
    "a": "abstract or summary",
    "b": "bibliography",
    "c": "catalog",
    "d": "dictionary",
    "e": "encyclopedia",
    "f": "handbook",
    "g": "legal article",
    "i": "index",
    "k": "discography",
    "l": "legislation",
    "m": "theses",
    "n": "survey of literature",
    "o": "review",
    "p": "programmed text",
    "q": "filmography",
    "r": "directory",
    "s": "statistics",
    "t": "technical report",
    "v": "legal case and case notes",
    "w": "law report or digest",
    "z": "treaty",
}
"""008/24-27 of books, 008/25-27 of continuing resources (marcgt)."""
CONTINUING = {"d": "database", "l": "loose-leaf", "m": "series", "n": "newspaper", "p": "periodical", "w": "web site"}
"""008/21 of continuing resources (marcgt)."""
LITERARY = {
    "1": "fiction",
    "d": "drama",
    "e": "essay",
    "f": "novel",
    "h": "humor, satire",
    "i": "letter",
    "j": "short story",
    "p": "poetry",
    "s": "speech",
}
"""008/33 of books (marcgt)."""

HEADINGS = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "csh", "6": "rvm"}
"""Second indicator of 6XX."""

LANGUAGE_PARTS = {
    "a": "",
    "b": "summary",
    "d": "",
    "e": "libretto",
    "f": "table of contents",
    "g": "accompanying material",
    "h": "original",
    "j": "subtitle or caption",
    "k": "intermediate translation",
    "m": "original accompanying material",
    "n": "original libretto",
    "p": "caption",
    "q": "accessible audio",
    "r": "accessible visual language",
}
"""041: the part of the resource that is in this language; empty for the text or sung words themselves."""
LANGUAGE_AUTHORITIES = frozenset(("iso639-2b", "iso639-3", "rfc3066", "rfc4646", "rfc5646"))
"""What the schema allows beside languageTerm."""

NOTES = {
    "500": "",
    "501": "with",
    "502": "thesis",
    "504": "bibliography",
    "507": "scale",
    "508": "creation/production credits",
    "511": "performers",
    "513": "report type",
    "514": "data quality",
    "515": "numbering",
    "516": "type of computer file",
    "518": "venue",
    "522": "geographic coverage",
    "524": "preferred citation",
    "525": "supplement",
    "526": "study program",
    "530": "additional physical form",
    "533": "reproduction",
    "534": "original version",
    "535": "original location",
    "536": "funding",
    "538": "system details",
    "544": "associated materials",
    "545": "biographical/historical",
    "546": "language",
    "547": "former title complexity",
    "550": "issuing body",
    "552": "entity and attribute",
    "555": "index",
    "556": "documentation",
    "561": "ownership",
    "562": "version identification",
    "563": "binding",
    "565": "case file characteristics",
    "567": "methodology",
    "580": "linking entry complexity",
    "581": "publications",
    "585": "exhibitions",
    "586": "awards",
}
"""5XX, note/@type. The library's own affairs (541, 583, 584, 588, 59X) are not there."""
