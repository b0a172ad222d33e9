"""MARC 21 with the holdings embedded: every copy in field 852, however the library's system wrote it.

MARC 21 Format for Bibliographic Data, Appendix "Embedded Holdings Information": 852 and the fields 853-878 may stand in
a bibliographic record. Those of the record stay as they are, linked by $8 or not; the items of local systems become
852: Koha's 952, and 949 in the layout that Innovative's and SirsiDynix's loaders use ($a call number, $i barcode,
$l location, $c copy). What a copy cost, who lent it and what staff noted is left out, whatever the field.
"""

from __future__ import annotations

from typing import Final

from marc.record import Field, Record, pack

_LOCAL: Final = ("949", "952")
_SCHEMES: Final = {"ddc": "1", "lcc": "0", "nlm": "2", "udc": "7"}
"""852, first indicator: 0 LC, 1 Dewey, 2 NLM, 7 the scheme that $2 names."""
_KOHA: Final = (
    ("3", "h"), ("a", "b"), ("c", "c"), ("h", "o"), ("j", "i"), ("p", "p"), ("t", "t"), ("z", "z"),
)  # fmt: skip
"""852's subfields and the one of 952 that fills each: enumeration, holding branch, shelving location, call number,
inventory number, barcode, copy, public note."""
_LOADER: Final = (("c", "l"), ("h", "a"), ("p", "i"), ("t", "c"), ("z", "z"))


def with_holdings(record: Record) -> Record:
    """The record with its local items as 852, in the place where 852 stands; the same object when it has none."""
    if "\x1e949" not in record.text and "\x1e952" not in record.text:
        return record
    kept = [part for part in record.parts() if part[:3] not in _LOCAL]
    made = dict.fromkeys(filter(None, (_holding(field) for field in record.select(*_LOCAL))))
    new = [one for one in made if one not in kept]
    after = sum(part[:3] <= "852" or not part[:3].isdigit() for part in kept)
    return Record("\x1e".join([record.text[:24], *kept[:after], *new, *kept[after:]]))


def _holding(field: Field) -> str:
    """The 852 of a local item, packed; empty when the field names neither a place nor a copy."""
    pairs = _KOHA if field.tag == "952" else _LOADER
    if field.tag == "949" and not (field.get("l") or field.get("i")):
        return ""  # 949 is anybody's; without location and barcode it is not an item
    found = [(code, field.get(source).strip()) for code, source in pairs]
    if field.tag == "952" and not field.get("b"):
        found[1] = ("a", field.get("a").strip())
    subfields = tuple((code, value) for code, value in found if value)
    if not any(code in "chjpt" for code, _ in subfields):
        return ""
    scheme = field.get("2").strip().lower() if field.tag == "952" else ""
    first = _SCHEMES.get(scheme, " ") if field.get("o") else " "
    if first == "7":
        subfields = (*subfields, ("2", scheme))
    return pack(Field("852", f"{first} ", subfields))
