"""RIS out: what Zotero, EndNote and Mendeley read (Research Information Systems, tagged format)."""

from __future__ import annotations

from typing import Final

from dublin_core.citation import AUTHOR, EDITOR, TRANSLATOR, citation
from dublin_core.copies import copies
from marc.record import Record

_TYPES: Final = {
    "book": "BOOK", "serial": "SER", "article": "JOUR", "thesis": "THES", "map": "MAP", "score": "MUSIC",
    "sound": "SOUND", "video": "VIDEO", "image": "FIGURE", "software": "COMP", "manuscript": "UNPB",
    "website": "ELEC", "collection": "GEN", "object": "GEN",
}  # fmt: skip
_NAMES: Final = {AUTHOR: "AU", EDITOR: "A2", TRANSLATOR: "A4"}


def write(record: Record, identifier: str = "") -> bytes:
    """One reference in UTF-8, each line ending in CR LF, with the empty line behind it.

    `identifier` goes into ID. A value is one line: what ends lines in the record becomes a blank.
    """
    found = citation(record)
    lines = [("TY", _TYPES[found.kind]), ("ID", identifier), ("TI", found.title)]
    lines += [(_NAMES.get(name.role, "A3"), name.text) for name in found.names]
    lines += [
        ("T2", found.host),
        *(("T3" if found.host else "T2", f"{one.title} ; {one.number}" if one.number else one.title)
          for one in found.series),
        ("ET", found.edition),
        ("CY", found.place),
        ("PB", found.publisher),
        ("PY", found.date[:4]),
        ("SP", str(found.pages) if found.pages else ""),
        *(("SN", number) for number in (*found.isbns, *found.issns)),
        *(("LA", tag) for tag in found.languages),
        *(("KW", subject) for subject in found.subjects),
        ("AB", found.abstract),
        *(("N1", note) for note in found.notes),
        *(("UR", link.address) for link in found.links if not link.related),
        ("CN", next((copy.shelf_mark for copy in copies(record) if copy.shelf_mark), found.classification)),
    ]  # fmt: skip
    said = [f"{tag}  - {' '.join(value.split())}" for tag, value in lines if value.strip()]
    return "\r\n".join([*said, "ER  - ", "", ""]).encode()
