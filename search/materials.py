"""What kind of thing a record describes, in the words people filter by."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "book", "serial", "article", "manuscript", "thesis", "map", "score", "sound", "video", "image", "software", "kit",
    "object", "mixed", "electronic", "large-print", "braille", "microform",
)  # fmt: skip

_KINDS: Final = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "sound", "j": "sound", "k": "image",
    "m": "software", "o": "kit", "p": "mixed", "r": "object",
}  # fmt: skip
"""Leader/06 of what is no text."""
_HANDWRITTEN: Final = "dft"
_FORMS: Final = {
    "a": "microform", "b": "microform", "c": "microform", "d": "large-print", "f": "braille", "o": "electronic",
    "q": "electronic", "s": "electronic",
}  # fmt: skip
"""Form of item: 008/23, for maps and visual materials 008/29."""


def materials(leader: str, fixed: str, seen: str) -> list[str]:
    """The kinds of a record by leader/06-07, its 008 and `seen`: 007/00 of every 007, and T when there is a 502.

    First what it is (book, serial, map …), then what else is true of it (manuscript, thesis, electronic …).
    """
    kind, level = leader[6:7] or " ", leader[7:8] or " "
    if kind in _KINDS:
        found = [_KINDS[kind]]
    elif level in "sib":
        found = ["article" if level == "b" else "serial"]
    else:
        found = ["article" if level == "a" else "manuscript" if kind == "t" else "book"]
    if kind in _HANDWRITTEN and "manuscript" not in found:
        found.append("manuscript")
    if "T" in seen or (kind in "at" and len(fixed) > 27 and "m" in fixed[24:28] and level in "mc"):
        # Nature of contents m: theses (008/24-27 of books). A thesis in typescript is no old manuscript.
        found = ["thesis", *(name for name in found if name != "manuscript")]
    form = _FORMS.get(fixed[29:30] if kind in "efgkor" else fixed[23:24], "")
    if form or "c" in seen:
        found.append(form or "electronic")
    return found
