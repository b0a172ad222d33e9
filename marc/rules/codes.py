"""Rules 44 to 47 and 49 to 51: languages, places, roles, RDA types, sources of headings, linkage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marc import marc21
from marc.record import Field, Record
from marc.rules import messages
from marc.rules.rule import Entry, Spot, View, mended, rule

_LANGUAGES = "abdefghijkmnpqrt"
"""Subfields of 041 that hold codes."""


def _part_languages(field: Field) -> Field:
    """`engfre` of before 2001 in subfields of their own, capitals made small."""
    if field.get("2"):
        return field
    subfields = []
    for code, value in field.subfields:
        pieces = _pieces(value) if code in _LANGUAGES else None
        subfields += [(code, piece) for piece in pieces] if pieces else [(code, value)]
    return field._replace(subfields=tuple(subfields))


def _pieces(value: str) -> list[str] | None:
    """The codes in a value that is nothing but codes; None when it is something else."""
    bare = value.lower().replace(" ", "")
    pieces = [bare[at : at + 3] for at in range(0, len(bare), 3)]
    known = marc21.code_list("LANGUAGES")
    if not bare or any(piece not in known.codes and piece not in known.obsolete for piece in pieces):
        return None
    return pieces


def _part_all(record: Record) -> Record:
    return mended(record, ("041",), _part_languages)


@rule(44, "W", messages.LANGUAGE_JOINED, _part_all)
def language_joined(view: View) -> Iterator[Spot]:
    for entry in view.each("041"):
        after = _part_languages(entry.field)
        if after != entry.field:
            codes = " ".join(f"${code}{value}" for code, value in after.subfields)
            yield entry.at(seen="".join(f"${code}{value}" for code, value in entry.field.subfields), wanted=codes)


@rule(44, "E", messages.LANGUAGE_CODE)
def language_code(view: View) -> Iterator[Spot]:
    known = marc21.code_list("LANGUAGES")
    for entry, code, value in view.values(("041",), _LANGUAGES):
        if not entry.field.get("2") and entry.field.indicators[1] != "7" and _pieces(value) is None and value.strip():
            yield entry.at(code, value)
    code = view.fixed[35:38]
    if code.strip() and code != "|||" and code not in known.codes and code not in known.obsolete:
        yield Spot("008", 1, position=35, seen=code)


@rule(44, "W", messages.LANGUAGE_DIFFERS)
def language_differs(view: View) -> Iterator[Spot]:
    codes = [
        piece
        for entry, _, value in view.values(("041",), "ad")
        if not entry.field.get("2")
        for piece in _pieces(value) or ()
    ]
    if view.language and codes and view.language not in codes:
        yield Spot("008", 1, position=35, seen=view.language, wanted=codes[0])


_NAMESAKES = {"yao": "ium", "day": "tyz"}
"""Codes that look like a people of Vietnam and are of Africa and Borneo, and the ISO 639-3 code of that people."""


@rule(44, "W", messages.MINORITY_LANGUAGE)
def minority_language(view: View) -> Iterator[Spot]:
    vietnamese = "vie" in view.fixed[35:38] or view.fixed[15:17] == "vm"
    for entry, code, value in view.values(("041",), _LANGUAGES):
        for piece in _pieces(value) or ():
            if piece in _NAMESAKES and not entry.field.get("2"):
                yield entry.at(code, piece, _NAMESAKES[piece])
    if vietnamese and view.language in _NAMESAKES:
        yield Spot("008", 1, position=35, seen=view.language, wanted=_NAMESAKES[view.language])


@rule(45, "E", messages.PLACE_CODE)
def place_code(view: View) -> Iterator[Spot]:
    areas, countries = marc21.code_list("AREAS"), marc21.code_list("COUNTRIES")
    for entry, code, value in view.values(("043",), "a"):
        bare = value.rstrip("-")
        if len(value) != 7 or (bare not in areas.codes and bare not in areas.obsolete):
            yield entry.at(code, value, bare.ljust(7, "-") if bare in areas.codes else "")
    for entry, code, value in view.values(("044",), "a"):
        if value.strip() not in countries.codes and value.strip() not in countries.obsolete:
            yield entry.at(code, value)
    place = view.fixed[15:18].strip()
    if place and place not in ("|||", "xx|") and place not in countries.codes and place not in countries.obsolete:
        yield Spot("008", 1, position=15, seen=view.fixed[15:18])


_WITH_ROLES = ("100", "110", "111", "700", "710", "711", "720", "751", "752", "800", "810", "811")


@rule(46, "W", messages.RELATOR)
def relator(view: View) -> Iterator[Spot]:
    known = marc21.code_list("RELATORS").codes
    for entry, code, value in view.values(_WITH_ROLES, "4e"):
        word = value.strip()
        if code == "4" and word not in known and "://" not in word:
            yield entry.at(code, value)
        elif code == "e" and entry.kind not in ("111", "711", "811") and word in known and len(word) == 3:
            yield entry.at(code, value, f"$4 {word}")


_CONTENT_OF = {
    "a": "txt tct tci cri crt cod snd tdi tdm xxx",
    "t": "txt tct tci cri crt xxx",
    "c": "ntm ntv tcm tcn tct",
    "d": "ntm ntv tcm tcn tct",
    "e": "cri crt crm crn crf crd cod tct sti",
    "f": "cri crt crm crn crf crd cod tct sti",
    "g": "tdi tdm sti",
    "i": "spw snd",
    "j": "prm snd",
    "k": "sti tci",
    "r": "tdf tdm tcf",
}
"""Leader/06 → codes of 336, one of which the record should have. Any fits computer files and mixed materials."""
_LISTS = {"336": "CONTENT", "337": "MEDIA", "338": "CARRIER"}
_RDA_SOURCES = {"336": "rdacontent", "337": "rdamedia", "338": "rdacarrier"}


@rule(47, "W", messages.RDA)
def rda(view: View) -> Iterator[Spot]:
    for tag, name in _LISTS.items():
        known = marc21.code_list(name).codes
        for entry, code, value in view.values((tag,), "b"):
            if value not in known and entry.field.get("2") in ("", _RDA_SOURCES[tag]):
                yield entry.at(code, value)
    kinds = [(entry, value) for entry, _, value in view.values(("336",), "b") if entry.field.get("2") == "rdacontent"]
    wanted = _CONTENT_OF.get(view.leader[6], "").split()
    if wanted and kinds and not any(value in wanted for _, value in kinds):
        yield kinds[0][0].at("b", kinds[0][1], f"LDR/06 = {view.leader[6]}")


_SOURCED = ("600", "610", "611", "630", "647", "648", "650", "651", "655")


@rule(49, "E", messages.SUBJECT_SOURCE)
def subject_source(view: View) -> Iterator[Spot]:
    for entry in view.each(*_SOURCED):
        if entry.field.indicators[1] == "7" and not entry.field.get("2"):
            yield entry.at("2", seen="7")


@rule(49, "W", messages.SUBJECT_SOURCE_UNKNOWN)
def subject_source_unknown(view: View) -> Iterator[Spot]:
    lists = [marc21.code_list(name).codes for name in ("SUBJECT_SOURCES", "GENRE_SOURCES", "NAME_SOURCES")]
    lists.append(view.profile.local_sources)
    for entry, code, value in view.values(_SOURCED, "2"):
        if not any(value in known for known in lists):
            yield entry.at(code, value)


_LINK = re.compile(r"(\d{3})-(\d{2,3})(/[^/]*)?(/r)?", re.ASCII)


@rule(50, "E", messages.LINKAGE)
def linkage(view: View) -> Iterator[Spot]:
    here: dict[tuple[str, str], int] = {}
    for entry in view.entries:
        for value in entry.field.all("6"):
            found = _LINK.fullmatch(value)
            if found:
                key = (entry.field.tag, f"{found[1]}-{found[2]}")
                here[key] = here.get(key, 0) + 1
    for entry in view.entries:
        links = entry.field.all("6")
        if entry.field.tag == "880" and not links:
            yield entry.at("6")
        for value in links:
            if not _answered(entry, value, here):
                yield entry.at("6", value)


def _answered(entry: Entry, value: str, here: dict[tuple[str, str], int]) -> bool:
    """Whether the field that a $6 names points back. Occurrence 00 has no counterpart (Appendix A, $6)."""
    found = _LINK.fullmatch(value)
    if not found:
        return False
    if entry.field.tag != "880":
        return found[1] == "880" and (f"880-{found[2]}" == "880-00" or ("880", f"{entry.field.tag}-{found[2]}") in here)
    return found[2] == "00" or (found[1], f"880-{found[2]}") in here


_SCRIPTS = frozenset(["(3", "(B", "$1", "(N", "(Q", "(S", "(2", "(4"])
"""Script codes of $6 (MARC 21, Appendix A); since 2018 also ISO 15924: `Hani`."""


@rule(51, "W", messages.SCRIPT_CODE)
def script_code(view: View) -> Iterator[Spot]:
    for entry in view.entries:
        for value in entry.field.all("6"):
            found = _LINK.fullmatch(value)
            code = (found[3] or "")[1:] if found else ""
            if code and code not in _SCRIPTS and code != "r" and not re.fullmatch("[A-Z][a-z]{3}", code):
                yield entry.at("6", value)
