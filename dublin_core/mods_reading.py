"""MODS → Dublin Core statements (Library of Congress, MODS to Dublin Core mapping, with the qualified terms)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from dublin_core import identifiers, languages
from dublin_core.terms import QualifiedStatement

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CREATORS = frozenset(("cre", "aut", "creator", "author", "tác giả"))
_TYPES = {
    "text": "Text",
    "cartographic": "StillImage",
    "notated music": "Text",
    "sound recording": "Sound",
    "sound recording-musical": "Sound",
    "sound recording-nonmusical": "Sound",
    "still image": "StillImage",
    "moving image": "MovingImage",
    "three dimensional object": "PhysicalObject",
    "software, multimedia": "Software",
    "mixed material": "Collection",
}
_DATES = {
    "dateIssued": "issued",
    "dateCreated": "created",
    "dateCaptured": "available",
    "dateValid": "valid",
    "dateModified": "modified",
    "copyrightDate": "dateCopyrighted",
    "dateOther": "",
}
_RELATED = {
    "host": ("relation", "isPartOf"),
    "series": ("relation", "isPartOf"),
    "constituent": ("relation", "hasPart"),
    "otherVersion": ("relation", "isVersionOf"),
    "otherFormat": ("relation", "hasFormat"),
    "preceding": ("relation", "replaces"),
    "succeeding": ("relation", "isReplacedBy"),
    "isReferencedBy": ("relation", "isReferencedBy"),
    "references": ("relation", "references"),
    "original": ("source", ""),
}
_PHYSICAL = {"extent": ("extent", ""), "form": ("medium", ""), "internetMediaType": ("", "IMT")}
_TEXTS = {
    "abstract": ("description", "abstract"),
    "tableOfContents": ("description", "tableOfContents"),
    "targetAudience": ("description", "audience"),
    "note": ("description", ""),
    "genre": ("type", ""),
}
_HEADINGS = {"lcsh": "LCSH", "mesh": "MESH"}
_CLASSES = {"ddc": "DDC", "udc": "UDC", "lcc": "LCC"}


def statements(mods: _Element) -> Iterator[QualifiedStatement]:
    """The statements of one `mods` element."""
    for child in mods:
        name = _local(child)
        language = str(child.get(_XML_LANG, ""))
        if name in _TEXTS:
            element, term = _TEXTS[name]
            yield QualifiedStatement(element, _text(child), language, term)
        elif name == "titleInfo":
            yield QualifiedStatement("title", _title(child), language, "alternative" if child.get("type") else "")
        elif name == "name":
            yield QualifiedStatement(_role(child), _name(child), language)
        elif name == "subject":
            yield from _subject(child, language)
        elif name in _READERS:
            yield from _READERS[name](child)


def title(element: _Element) -> str:
    """The title of a `mods` or `relatedItem` element, as one text; empty when it has none."""
    found = next((child for child in element if _local(child) == "titleInfo"), None)
    return "" if found is None else _title(found)


def record_identifier(mods: _Element) -> str:
    """recordInfo/recordIdentifier."""
    return next((_text(one) for one in mods.iterdescendants("{*}recordIdentifier")), "")


def _title(element: _Element) -> str:
    made = ""
    before = {"subTitle": " : ", "partNumber": ". ", "partName": ", " if _has(element, "partNumber") else ". "}
    for child in element:
        text = _text(child)
        if text:
            joint = before.get(_local(child), "" if made[-1:] in ("'", "’", "-") else " ")
            made += (joint if made else "") + text
    return made


def _name(element: _Element) -> str:
    """A name as one heading: family and given name, terms of address, dates; units of a corporate body with stops."""
    parts: dict[str, list[str]] = {}
    for child in element:
        if _local(child) == "namePart" and _text(child):
            parts.setdefault(str(child.get("type", "")), []).append(_text(child))
    joint = ". " if element.get("type") == "corporate" else " "
    main = joint.join(parts.get("", []))
    named = ", ".join(filter(None, (" ".join(parts.get("family", [])), " ".join(parts.get("given", [])))))
    rest = [*parts.get("termsOfAddress", []), *parts.get("date", [])]
    shown = next((_text(child) for child in element if _local(child) == "displayForm"), "")
    return ", ".join(filter(None, (" ".join(filter(None, (main, named))), *rest))) or shown


def _role(element: _Element) -> str:
    roles = {_text(term).lower() for term in element.iterdescendants("{*}roleTerm")}
    if element.get("usage") == "primary" or roles & _CREATORS or not roles:
        return "creator"
    return "contributor"


def _kind(element: _Element) -> Iterator[QualifiedStatement]:
    if element.get("collection"):
        yield QualifiedStatement("type", "Collection", "", "", "DCMIType")
    yield QualifiedStatement("type", _TYPES.get(_text(element), _text(element)), "", "", "DCMIType")


def _origin(element: _Element) -> Iterator[QualifiedStatement]:
    for child in element:
        name = _local(child)
        if name == "publisher":
            yield QualifiedStatement("publisher", _text(child), str(child.get(_XML_LANG, "")))
        elif name == "edition":
            yield QualifiedStatement("description", _text(child))
        elif name in _DATES and child.get("point") != "end":
            yield QualifiedStatement("date", _text(child), "", _DATES[name], "W3CDTF")


def _language(element: _Element) -> Iterator[QualifiedStatement]:
    if element.get("objectPart"):
        return
    terms = [child for child in element if _local(child) == "languageTerm"]
    coded = [child for child in terms if child.get("type") == "code"] or terms
    for child in coded:
        known = languages.TAGS.get(_text(child))
        scheme = "ISO639-3" if child.get("authority") == "iso639-3" and not known else "RFC4646"
        yield QualifiedStatement("language", known or _text(child), "", "", scheme)


def _physical(element: _Element) -> Iterator[QualifiedStatement]:
    for child in element:
        term, scheme = _PHYSICAL.get(_local(child), (None, ""))
        if term is not None:
            yield QualifiedStatement("format", _text(child), "", term, scheme)
        elif _local(child) == "note":
            yield QualifiedStatement("description", _text(child))


def _subject(element: _Element, language: str) -> Iterator[QualifiedStatement]:
    """The heading as a whole; its places and times also for themselves."""
    parts = []
    scheme = _HEADINGS.get(str(element.get("authority", "")), "")
    for child in element:
        name = _local(child)
        if name == "hierarchicalGeographic":
            yield QualifiedStatement("coverage", " -- ".join(filter(None, map(_text, child))), language, "spatial")
        elif name == "cartographics":
            for one in child:
                if _local(one) == "coordinates":
                    yield QualifiedStatement("coverage", _text(one), "", "spatial")
        elif name != "geographicCode":
            value = _name(child) if name == "name" else _title(child) if name == "titleInfo" else _text(child)
            parts.append(value)
            if name in ("geographic", "temporal"):
                yield QualifiedStatement("coverage", value, language, "spatial" if name == "geographic" else "temporal")
    if len(element) != 1 or _local(element[0]) not in ("geographic", "temporal"):
        yield QualifiedStatement("subject", " -- ".join(filter(None, parts)), "" if scheme else language, "", scheme)


def _class_number(element: _Element) -> Iterator[QualifiedStatement]:
    scheme = _CLASSES.get(str(element.get("authority", "")))
    if scheme:
        yield QualifiedStatement("subject", _text(element), "", "", scheme)


def _related(element: _Element) -> Iterator[QualifiedStatement]:
    name, term = _RELATED.get(str(element.get("type", "")), ("relation", ""))
    part = " ".join([_text(one) for one in element.iterdescendants("{*}text")])
    found = ". ".join(filter(None, (title(element), part)))
    urls = [_text(one) for one in element.iterdescendants("{*}url")]
    notes = [_text(child) for child in element if _local(child) in ("note", "identifier")]
    value = found or next(iter([*urls, *notes]), "")
    yield QualifiedStatement(name, value, "", term, "" if found else "URI")


def _identifier(element: _Element) -> Iterator[QualifiedStatement]:
    if element.get("invalid"):
        return
    kind, value = str(element.get("type", "")).lower(), _text(element)
    if kind in ("isbn", "issn"):
        found = identifiers.isbn(value) if kind == "isbn" else identifiers.issn(value)
        made = found or f"{kind}:{value}"
    elif kind in ("doi", "hdl", "uri"):
        made = identifiers.standard_number("7", kind, value)
    else:
        made = value if not kind or kind == "local" or not value else f"{kind}:{value}"
    yield QualifiedStatement("identifier", made, "", "", "URI")


def _location(element: _Element) -> Iterator[QualifiedStatement]:
    for child in element:
        if _local(child) == "url":
            yield QualifiedStatement("identifier", _text(child), "", "", "URI")


def _access(element: _Element) -> Iterator[QualifiedStatement]:
    term = "accessRights" if str(element.get("type", "")).startswith("restriction") else ""
    yield QualifiedStatement("rights", _text(element), str(element.get(_XML_LANG, "")), term)
    href = str(element.get("{http://www.w3.org/1999/xlink}href", ""))
    yield QualifiedStatement("rights", href, "", "license", "URI")


_READERS = {
    "typeOfResource": _kind,
    "originInfo": _origin,
    "language": _language,
    "physicalDescription": _physical,
    "classification": _class_number,
    "relatedItem": _related,
    "identifier": _identifier,
    "location": _location,
    "accessCondition": _access,
}


def _has(element: _Element, name: str) -> bool:
    return any(_local(child) == name for child in element)


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: _Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
