"""The copies a library holds, from MARC 21 holdings embedded in the record: 852, and 952 as Koha writes it.

Price, date of acquisition and loans are the library's own affairs and are not read.
"""

from __future__ import annotations

from typing import NamedTuple

from dublin_core.punctuation import collapse
from marc.record import Field, Record


class Copy(NamedTuple):
    """One copy, as far as the record tells."""

    location: str = ""
    """The library's own code or name (852 $a, 952 $b or $a)."""
    sublocation: str = ""
    """Collection or shelving location (852 $b $c, 952 $c)."""
    shelf_mark: str = ""
    """Call number (852 $k $h $i $m, 952 $o)."""
    barcode: str = ""
    """852 $p, 952 $p."""
    number: str = ""
    """Another number of the copy: shelving control number (852 $j), inventory number (952 $i)."""


def copies(record: Record) -> list[Copy]:
    """The copies in the order of the record, each once; fields that name neither place nor number are passed over."""
    found: dict[Copy, None] = {}
    for field in record.select("852", "952"):
        copy = _marc21(field) if field.tag == "852" else _koha(field)
        if any(copy[1:]):
            found[copy] = None
    return list(found)


def _marc21(field: Field) -> Copy:
    """MARC 21 Format for Holdings Data, field 852."""
    mark = [field.get(code) for code in "khim"]
    return Copy(
        collapse(field.get("a")),
        collapse(" ".join(field.all("bc"))),
        collapse(" ".join(filter(None, mark))),
        collapse(field.get("p")),
        collapse(field.get("j")),
    )


def _koha(field: Field) -> Copy:
    """Koha's items in MARC: $a home and $b holding branch, $c location, $i inventory, $o call number, $p barcode."""
    return Copy(
        collapse(field.get("b") or field.get("a")),
        collapse(field.get("c")),
        collapse(field.get("o")),
        collapse(field.get("p")),
        collapse(field.get("i")),
    )
