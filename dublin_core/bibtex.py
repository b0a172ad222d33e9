"""BibTeX out, in UTF-8 as biblatex and every BibTeX of today read it."""

from __future__ import annotations

from typing import Final

from dublin_core.citation import AUTHOR, EDITOR, PERSON, TRANSLATOR, Citation, Name, citation
from marc.record import Record

_TYPES: Final = {"book": "book", "article": "article", "thesis": "phdthesis", "manuscript": "unpublished"}
"""The entry types of BibTeX itself; everything else is `misc`."""
_SPECIAL: Final = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
_URL: Final = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20", '"': "%22", "<": "%3C", ">": "%3E"})


def write(record: Record, key: str) -> bytes:
    """One entry with the empty line behind it. `key` (ASCII letters and digits) is what a text cites it by."""
    found = citation(record)
    fields = [
        ("title", _protected(found.title)),
        ("author", _people(found.names, AUTHOR)),
        ("editor", _people(found.names, EDITOR)),
        ("translator", _people(found.names, TRANSLATOR)),
        ("journal", _text(found.host)),
        ("series", _text("; ".join(one.title for one in found.series))),
        ("number", _text("; ".join(one.number for one in found.series if one.number))),
        ("edition", _text(found.edition)),
        ("address", _text(found.place)),
        ("school" if found.kind == "thesis" else "publisher", _text(found.publisher)),
        ("year", _text(found.date[:4])),
        ("pagetotal", str(found.pages) if found.pages else ""),
        ("isbn", _text(", ".join(found.isbns))),
        ("issn", _text(", ".join(found.issns))),
        ("language", _text(", ".join(found.languages))),
        ("keywords", _text(", ".join(found.subjects))),
        ("abstract", _text(found.abstract)),
        ("url", _address(found)),
    ]
    said = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields if value)
    return f"@{_TYPES.get(found.kind, 'misc')}{{{key},\n{said}\n}}\n\n".encode()


def _text(value: str) -> str:
    """A value inside braces: TeX's own characters escaped, braces as commands, since BibTeX counts them."""
    return " ".join(value.split()).translate(_SPECIAL)


def _protected(value: str) -> str:
    """A title that keeps its capitals: styles make all others small."""
    return f"{{{_text(value)}}}" if value else ""


def _people(names: tuple[Name, ...], role: str) -> str:
    """Names joined by `and`. Only an inverted personal name may be taken apart; any other stands in braces.

    Vietnamese names begin with the family name: BibTeX would take `Thích Nhất Hạnh` for one of the family Hạnh.
    """
    said = []
    for name in names:
        if name.role == role:
            text = _text(name.text)
            inverted = name.kind == PERSON and name.text.count(",") == 1 and " and " not in name.text.lower()
            said.append(text if inverted else f"{{{text}}}")
    return " and ".join(said)


def _address(found: Citation) -> str:
    """The first address of the resource itself; BibTeX gives urls verbatim, so that braces are percent-encoded."""
    return next((link.address.translate(_URL) for link in found.links if not link.related), "")
