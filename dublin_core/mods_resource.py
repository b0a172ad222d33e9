"""The rest of MARC → MODS: kind, language, extent, notes, class numbers, identifiers, places, the record."""

from __future__ import annotations

import re

from dublin_core import languages
from dublin_core.mods_codes import (
    AUDIENCES,
    CONTENTS,
    CONTINUING,
    FORM_AT_29,
    FORMS,
    LANGUAGE_AUTHORITIES,
    LANGUAGE_PARTS,
    LITERARY,
    MANUSCRIPTS,
    NOTES,
    STILL_PROJECTIONS,
    TYPES,
)
from dublin_core.mods_parts import address, attribute, joined, note_text, tag, wrap
from dublin_core.punctuation import collapse, strip_end
from marc.record import Field

_CODE = re.compile(r"[a-z]{3}")
_DAY = re.compile(r"[0-9]{6}")
_STAMP = re.compile(r"[0-9]{14}(\.[0-9])?")
_STANDARD = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean", "4": "sici"}
_PUBLISHER_NUMBERS = {
    "0": "issue number",
    "1": "matrix number",
    "2": "music plate",
    "3": "music publisher",
    "4": "videorecording identifier",
}
_ABSTRACTS = {"0": "subject", "1": "review", "2": "scope and content", "4": "content advice"}
_CLASSES = {"050": "lcc", "055": "lcc", "060": "nlm", "070": "nal", "080": "udc", "082": "ddc", "083": "ddc"}
_RULES = {"a": "aacr2", "c": "isbd", "i": "isbd"}


def kind(leader: str, fixed: str) -> str:
    """typeOfResource, by leader/06-07 and 008/33."""
    name = TYPES.get(leader[6], "")
    if leader[6] == "g" and fixed[33:34] in STILL_PROJECTIONS and fixed[33:34]:
        name = "still image"
    attributes = ' collection="yes"' if leader[7] in "cd" else ""
    return tag("typeOfResource", name, attributes + (' manuscript="yes"' if leader[6] in MANUSCRIPTS else ""))


def genres(leader: str, fixed: str) -> str:
    """genre (marcgt), by 008."""
    words: list[str] = []
    if leader[6] in "at" and leader[7] in "acdm":
        words = [CONTENTS.get(sign, "") for sign in fixed[24:28]]
        words += ["conference publication" if fixed[29:30] == "1" else "", LITERARY.get(fixed[33:34], "")]
        words += ["festschrift" if fixed[30:31] == "1" else "", "biography" if fixed[34:35] in ("a", "b", "c") else ""]
    elif leader[6] == "a" and leader[7] in "bis":
        words = [CONTINUING.get(fixed[21:22], ""), *(CONTENTS.get(sign, "") for sign in fixed[25:28])]
    return "".join([tag("genre", word, ' authority="marcgt"') for word in dict.fromkeys(filter(None, words))])


def form(leader: str, fixed: str) -> str:
    """physicalDescription/form (marcform), by 008/23 or 29."""
    sign = fixed[29:30] if leader[6] in FORM_AT_29 else fixed[23:24]
    return tag("form", FORMS.get(sign, ""), ' authority="marcform"')


def audience_code(leader: str, fixed: str) -> str:
    """targetAudience (marctarget), by 008/22."""
    if leader[6] in "efp" or leader[7] in "bis":
        return ""
    return tag("targetAudience", AUDIENCES.get(fixed[22:23], ""), ' authority="marctarget"')


def described_languages(fixed: str, fields: list[Field]) -> str:
    """language: 008/35-37 first, then 041 with the part each code speaks of."""
    main = fixed[35:38]
    if main in ("und", "zxx", "mul") or not _CODE.fullmatch(main):
        main = ""
    made = _language(main, "iso639-2b", ' usage="primary"') if main else ""
    for field in fields:
        source = field.get("2").strip() if field.indicators[1] == "7" else "iso639-2b"
        for code, value in field.subfields:
            if code not in LANGUAGE_PARTS:
                continue
            part = attribute("objectPart", LANGUAGE_PARTS[code])
            for one in _codes(value, source):
                if part or one != main:
                    made += _language(one, source, part)
    return made


def _codes(value: str, source: str) -> list[str]:
    """The codes in one subfield of 041; before 2001 several stood in one."""
    value = value.strip()
    if source != "iso639-2b":
        return [value] if value else []
    packed = value.replace(" ", "").lower()
    return [one for one in (packed[at : at + 3] for at in range(0, len(packed), 3)) if _CODE.fullmatch(one)]


def _language(code: str, source: str, attributes: str) -> str:
    authority = f' authority="{source}"' if source in LANGUAGE_AUTHORITIES else ""
    return wrap("language", tag("languageTerm", code, f' type="code"{authority}'), attributes)


def extent(field: Field) -> str:
    """300."""
    return tag("extent", joined(field, "abcefg"))


def carrier(field: Field) -> str:
    """337 338 340: media type, carrier, material."""
    attributes = ' type="material"' if field.tag == "340" else ""
    return tag("form", joined(field, "a"), attributes + attribute("authority", field.get("2").strip()))


def media_type(field: Field) -> str:
    """856 $q."""
    return "".join([tag("internetMediaType", collapse(value)) for value in field.all("q")])


def note(field: Field, link: str) -> str:
    """5XX, each with its type; 561 with first indicator 0 is private."""
    if field.tag == "561" and field.indicators[0] == "0":
        return ""
    return tag("note", note_text(field), attribute("type", NOTES[field.tag]) + link)


def contents(field: Field, link: str) -> str:
    """505."""
    return tag("tableOfContents", note_text(field), link)


def abstract(field: Field, link: str) -> str:
    """520."""
    return tag("abstract", note_text(field), attribute("type", _ABSTRACTS.get(field.indicators[0], "")) + link)


def audience(field: Field, link: str) -> str:
    """521."""
    return tag("targetAudience", note_text(field), link)


def access(field: Field, link: str) -> str:
    """506 540: who may see it, what may be done with it; the address of a licence is the link."""
    kind = "restriction on access" if field.tag == "506" else "use and reproduction"
    found = address(field.get("u"))
    href = attribute("xlink:href", found)
    return tag("accessCondition", note_text(field) or found, f' type="{kind}"{href}{link}')


def class_number(field: Field, link: str) -> str:
    """050 055 060 070 080 082 083 084 086."""
    authority = _CLASSES.get(field.tag) or ("sudocs" if field.indicators[0] == "0" and field.tag == "086" else "")
    if field.tag in ("084", "086") and not authority:
        authority = field.get("2").strip()
    edition = attribute("edition", field.get("2").strip()) if field.tag in ("080", "082", "083") else ""
    value = collapse(" ".join([value for code, value in field.subfields if code in "ab"]))
    return tag("classification", value, attribute("authority", authority) + edition + link)


def identifier(field: Field, link: str) -> str:
    """010 020 022 024 027 028 035 088: each number with its type; those cancelled or wrong say so."""
    good, wrong, type_name = "a", "z", ""
    if field.tag == "024":
        type_name = field.get("2").strip() if field.indicators[0] == "7" else _STANDARD.get(field.indicators[0], "")
    elif field.tag == "028":
        type_name, wrong = _PUBLISHER_NUMBERS.get(field.indicators[0], "publisher number"), ""
    elif field.tag == "035":
        type_name = "oclc" if field.get("a").startswith("(OCoLC)") else "local"
    else:
        type_name = {"010": "lccn", "020": "isbn", "022": "issn", "027": "strn", "088": "report number"}[field.tag]
        wrong = "yz" if field.tag == "022" else "z"
    made = ""
    for code, value in field.subfields:
        text = collapse(value.removeprefix("(OCoLC)") if type_name == "oclc" else value)
        if code == good:
            made += tag("identifier", text, attribute("type", type_name) + link)
        elif wrong and code in wrong:
            made += tag("identifier", text, attribute("type", type_name) + ' invalid="yes"' + link)
        elif code == "l" and field.tag == "022":
            made += tag("identifier", text, ' type="issn-l"' + link)
    return made


def electronic(field: Field, link: str) -> str:
    """856 but second indicator 2: addresses of the resource or a version of it; one that is no URI becomes a note."""
    label = attribute("displayLabel", strip_end(field.get("3") or field.get("y")))
    said = attribute("note", collapse(field.get("z")))
    urls = rest = ""
    for value in field.all("u"):
        found = address(value)
        if found:
            usage = ' usage="primary display"' if field.indicators[1] == "0" and not urls else ""
            urls += tag("url", found, label + said + usage)
        else:
            rest += tag("note", collapse(value), ' type="electronic location"')
    return wrap("location", urls, link) + rest


def holding(field: Field, link: str) -> str:
    """852: library, part of it, and shelf mark."""
    made = tag("physicalLocation", joined(field, "abc", ", "))
    return wrap("location", made + tag("shelfLocator", joined(field, "hijklm")), link)


def record_info(leader: str, fixed: str, controls: dict[str, str], source: Field | None) -> str:
    """recordInfo: who described it, when, by which rules, and that this was made from MARC."""
    rules = [_RULES.get(leader[18], ""), *(map(collapse, source.all("e")) if source is not None else ())]
    made = "".join([tag("descriptionStandard", one) for one in dict.fromkeys(rules)])
    made += tag("recordContentSource", collapse(source.get("a")) if source is not None else "")
    if _DAY.fullmatch(fixed[:6]):
        made += tag("recordCreationDate", fixed[:6], ' encoding="marc"')
    if _STAMP.fullmatch(controls.get("005", "")):
        made += tag("recordChangeDate", controls["005"], ' encoding="iso8601"')
    number, giver = controls.get("001", "").strip(), controls.get("003", "").strip()
    made += tag("recordIdentifier", number, attribute("source", giver))
    made += tag("recordOrigin", "Converted from MARC 21 by Liên Thông")
    spoken = source.get("b").strip() if source is not None else ""
    if languages.tag(spoken, ""):
        made += wrap("languageOfCataloging", tag("languageTerm", spoken, ' type="code" authority="iso639-2b"'))
    return wrap("recordInfo", made)
