"""The {names} of characters in mnemonic MARC text (Library of Congress MARCMaker and MarcBreaker; MarcEdit).

A mark's name stands before its letter, as in MARC-8: {acute}e is é.
"""

from __future__ import annotations

import re

CHARACTERS = {
    "dollar": "$",
    "lcub": "{",
    "rcub": "}",
    "bsol": "\\",
    "lsqb": "[",
    "rsqb": "]",
    "lpar": "(",
    "rpar": ")",
    "lt": "<",
    "gt": ">",
    "amp": "&",
    "quot": '"',
    "apos": "'",
    "num": "#",
    "percnt": "%",
    "ast": "*",
    "plus": "+",
    "comma": ",",
    "hyphen": "-",
    "period": ".",
    "sol": "/",
    "colon": ":",
    "semi": ";",
    "equals": "=",
    "quest": "?",
    "commat": "@",
    "excl": "!",
    "lowbar": "_",
    "verbar": "|",
    "space": " ",
    "Lstrok": "Ł",
    "Ostrok": "Ø",
    "Dstrok": "Đ",
    "THORN": "Þ",
    "AElig": "Æ",
    "OElig": "Œ",
    "softsign": "ʹ",
    "middot": "·",
    "flat": "♭",
    "reg": "®",
    "plusmn": "±",
    "Ohorn": "Ơ",
    "Uhorn": "Ư",
    "mlrhring": "ʼ",
    "mllhring": "ʻ",
    "lstrok": "ł",
    "ostrok": "ø",
    "dstrok": "đ",
    "thorn": "þ",
    "aelig": "æ",
    "oelig": "œ",
    "hardsign": "ʺ",
    "inodot": "ı",
    "pound": "£",
    "eth": "ð",
    "ohorn": "ơ",
    "uhorn": "ư",
    "deg": "°",
    "scriptl": "ℓ",
    "phono": "℗",
    "copy": "©",
    "sharp": "♯",
    "iquest": "¿",
    "iexcl": "¡",
    "szlig": "ß",
    "euro": "€",
    "alif": "ʼ",
    "ayn": "ʻ",
}
MARKS = {
    "hooka": "\u0309",
    "grave": "\u0300",
    "acute": "\u0301",
    "circ": "\u0302",
    "tilde": "\u0303",
    "macr": "\u0304",
    "breve": "\u0306",
    "dot": "\u0307",
    "uml": "\u0308",
    "caron": "\u030c",
    "ring": "\u030a",
    "llig": "\ufe20",
    "rlig": "\ufe21",
    "rcommaa": "\u0315",
    "dblac": "\u030b",
    "candra": "\u0310",
    "cedil": "\u0327",
    "ogon": "\u0328",
    "dotb": "\u0323",
    "dbldotb": "\u0324",
    "ringb": "\u0325",
    "dblunder": "\u0333",
    "under": "\u0332",
    "commab": "\u0326",
    "rcedil": "\u031c",
    "breveb": "\u032e",
    "ldbltil": "\ufe22",
    "rdbltil": "\ufe23",
    "commaa": "\u0313",
}
_NAME = re.compile(r"\{([A-Za-z]{2,10})\}")
_MARKED = re.compile(r"((?:\{(?:" + "|".join(MARKS) + r")\})+)(\{[A-Za-z]{2,10}\}|[^{])")
_ESCAPES = str.maketrans({"$": "{dollar}", "{": "{lcub}", "}": "{rcub}", "\\": "{bsol}"})


def read(text: str) -> tuple[str, list[str]]:
    """Text with every known name replaced, and the names that are not known, which stay as they are.

    Several marks of one letter are written from the outermost to the innermost, as MARC-8 writes them; Unicode has
    them the other way round (MARC 21 Specifications, Character Sets, Part 2).
    """
    if "{" not in text:
        return text, []
    unknown: list[str] = []

    def character(found: re.Match[str]) -> str:
        name = found[1]
        known = CHARACTERS.get(name) or MARKS.get(name)
        if known is None:
            unknown.append(found[0])
            return found[0]
        return known

    text = _MARKED.sub(_behind, text)
    return _NAME.sub(character, text), unknown


def _behind(found: re.Match[str]) -> str:
    marks = [MARKS[name] for name in reversed(_NAME.findall(found[1]))]
    return found[2] + "".join(marks)


def write(text: str) -> str:
    """Text with names for the characters that mean something in a line: $ { } and the backslash."""
    return text.translate(_ESCAPES)
