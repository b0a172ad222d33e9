"""Rules 41 to 43, 48, 52, 53 and 58: standard numbers, class numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marc.record import Field, Record
from marc.rules import messages
from marc.rules.rule import Spot, View, mended, rule

_ISBN_SHAPE = re.compile(r"\s*([0-9Xx][0-9Xx\- ]*[0-9Xx])\s*(.*)", re.DOTALL)
_PRICE = re.compile(r"\(?\s*\d[\d.,]*\s*(?:đ|₫|đồng|vnđ|vnd|usd|\$|€)\)?\.?", re.IGNORECASE)


def _parted(value: str) -> tuple[str, str]:
    """The number that 020 $a begins with, bare, and what stands behind it; no number: ("", value)."""
    found = _ISBN_SHAPE.fullmatch(value)
    if not found or value.isdigit():
        return (value, "") if value.isascii() and value.isdigit() else ("", value)
    number = found[1].replace("-", "").replace(" ", "").upper()
    return number, found[2].strip()


def isbn_digit(number: str) -> str:
    """The check digit that the first 9 or 12 digits of an ISBN ask for (ISO 2108, Annex A); empty for other lengths."""
    if not (number.isascii() and number.isdigit()):
        return ""
    if len(number) == 9:
        rest = sum((10 - place) * int(sign) for place, sign in enumerate(number)) % 11
        return "0123456789X"[-rest % 11]
    if len(number) == 12:
        return str(-sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(number)) % 10)
    return ""


def _is_running(number: str, value: str) -> bool:
    """Whether 020 $a holds something of the library's own: a short number, a bar code, a price alone."""
    return bool(number) and len(number) < 8 and "-" not in value


@rule(41, "E", messages.ISBN)
def isbn(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values(("020",), "a"):
        number, _ = _parted(value)
        if _is_running(number, value) or not value.strip():
            continue
        digit = isbn_digit(number[:-1])
        if not digit or (len(number) == 13 and number[:3] not in ("978", "979")):
            if not _BARCODE.fullmatch(value):
                yield entry.at(code, value)
        elif digit != number[-1]:
            yield entry.at(code, value, number[:-1] + digit)


_BARCODE = re.compile(r"[A-Za-z]{1,6}[.\-/]?\d{3,}|0{2,}\d+")


def _mend_isbn(field: Field) -> Field:
    """$a with the bare number; a price behind it to $c, other words to $q (020, Input Conventions)."""
    value = field.get("a")
    if len(field.all("a")) != 1:
        return field
    number, rest = _parted(value)
    if len(number) not in (10, 13) or isbn_digit(number[:-1]) != number[-1]:
        return field
    rest = rest.strip(" :;,")
    if _PRICE.fullmatch(rest) and not field.get("c"):
        added = [("c", rest.strip("()"))]
    elif rest.startswith("(") and rest.endswith(")"):
        added = [("q", rest)]
    elif rest:
        return field
    else:
        added = []
    subfields = []
    for code, text in field.subfields:
        subfields += [("a", number), *added] if code == "a" else [(code, text)]
    return field._replace(subfields=tuple(subfields))


def _mend_isbns(record: Record) -> Record:
    return mended(record, ("020",), _mend_isbn)


@rule(41, "W", messages.ISBN_FORM, _mend_isbns)
def isbn_form(view: View) -> Iterator[Spot]:
    for entry in view.each("020"):
        after = _mend_isbn(entry.field)
        if after != entry.field:
            yield entry.at("a", entry.field.get("a"), _told(after))


def _told(field: Field) -> str:
    return " ".join(f"${code} {value}" for code, value in field.subfields)


@rule(42, "W", messages.RUNNING_NUMBER)
def running_number(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values(("020",), "a"):
        number, _ = _parted(value)
        if _is_running(number, value) or _BARCODE.fullmatch(value):
            yield entry.at(code, value)


_ISSN = re.compile(r"\d{4}-\d{3}[\dX]", re.ASCII)


def issn_holds(value: str) -> bool:
    """Whether a number is an ISSN in its form with its check digit (ISO 3297, Annex A)."""
    if not _ISSN.fullmatch(value):
        return False
    number = value.replace("-", "")
    return sum((8 - place) * (10 if sign == "X" else int(sign)) for place, sign in enumerate(number)) % 11 == 0


@rule(43, "E", messages.ISSN)
def issn(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values(("022",), "al"):
        if not issn_holds(value.strip()):
            yield entry.at(code, value)


_DDC = re.compile(r"\[?\d{3}[/']?(?:\.(?:[/' ]?\d)*[/']?)?\]?( s)?|\[?(?:E|Fic|FIC|B|JUV)\]?", re.ASCII)
"""With marks where it may be shortened (/ or '), `s` for the number of a series, brackets for an optional number."""
_LONGEST_NUMBER = 60
"""Characters of a class number with its item number; what is longer is none, and would cost time in its square."""
_CUTTER = re.compile(r"(\d{3}(?:\.\d+(?: \d+)*)?)(?:\s*-{1,2}\s*|\s+|/)([^\W\d_][\w.\-]*(?:[ \-][\w.\-]+)?)")


def _mend_ddc(field: Field) -> Field:
    """The item number of the library moved from $a to $b; the groups of three in which DDC is printed set together."""
    value = field.get("a").strip()
    if len(value) > _LONGEST_NUMBER or field.get("b") or len(field.all("a")) != 1:
        return field
    found = _CUTTER.fullmatch(value)
    if not found:
        return field
    subfields: list[tuple[str, str]] = []
    for code, value in field.subfields:
        subfields += [("a", found[1].replace(" ", "")), ("b", found[2])] if code == "a" else [(code, value)]
    return field._replace(subfields=tuple(subfields))


def _mend_ddcs(record: Record) -> Record:
    return mended(record, ("082",), _mend_ddc)


@rule(48, "W", messages.DDC_CUTTER, _mend_ddcs)
def ddc_cutter(view: View) -> Iterator[Spot]:
    for entry in view.each("082"):
        after = _mend_ddc(entry.field)
        if after != entry.field:
            yield entry.at("a", entry.field.get("a"), _told(after))


@rule(48, "W", messages.DDC_SHAPE)
def ddc_shape(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values(("082",), "a"):
        if not _DDC.fullmatch(value.strip()) and _mend_ddc(entry.field) == entry.field:
            yield entry.at(code, value)


@rule(48, "W", messages.DDC_EDITION)
def ddc_edition(view: View) -> Iterator[Spot]:
    for entry in view.each("082"):
        if not entry.field.get("2") and entry.field.get("a"):
            yield entry.at("2")


_SCHEMES = frozenset(["http", "https", "ftp", "ftps", "urn", "doi", "hdl", "info", "ark", "mailto", "telnet"])
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):[^\s<>\"{}|\\^`]+")


@rule(52, "W", messages.ADDRESS)
def address(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values(("856", "857"), "u"):
        found = _URI.fullmatch(value.strip())
        if not found or found[1].lower() not in _SCHEMES:
            yield entry.at(code, value, f"https://{value}" if value.startswith("www.") else "")


_LINKING = tuple(str(tag) for tag in range(760, 789))
_NUMBER = re.compile(r"\([^()\s][^()]*\)\s*\S.*")


@rule(53, "W", messages.LINK_NUMBER)
def link_number(view: View) -> Iterator[Spot]:
    for entry, code, value in view.values((tag for tag in _LINKING if tag in view.by_tag), "w"):
        if not _NUMBER.fullmatch(value):
            yield entry.at(code, value)


_CONTROLLED = re.compile(r"1[0-5].|24[03]|3[3-8].|6[0-8].|7[0-8].|8[0-3].")


@rule(58, "W", messages.URI)
def uri(view: View) -> Iterator[Spot]:
    for entry in view.entries:
        if _CONTROLLED.fullmatch(entry.kind):
            for code, value in entry.field.subfields:
                if code in "01" and not (_URI.fullmatch(value) or (code == "0" and _NUMBER.fullmatch(value))):
                    yield entry.at(code, value)
