"""The Europeana Data Model, as providers send it (EDM external): for records with a digital object one can look at.

    edm:ProvidedCHO    what is described, in Dublin Core
    edm:WebResource    each file or page that shows it
    ore:Aggregation    both together: who provides, where it is shown, under which rights

Sources: *Europeana Data Model – Mapping Guidelines* v2.4, which properties each class has and which are mandatory;
EDM-EXTERNAL-MAIN.xsd, EDM-COMMON-MAIN.xsd and ORE.xsd with their Schematron rules for the order and the obligations.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote

from dublin_core.kinds import KINDS, kind
from dublin_core.qualified import DCTERMS, qualified
from dublin_core.terms import CLASSIFICATIONS, QualifiedDublinCore
from dublin_core.xml import DC, XSI, escaped
from marc.record import Record

EDM: Final = "http://www.europeana.eu/schemas/edm/"
EDM_SCHEMA: Final = "http://www.europeana.eu/schemas/edm/EDM.xsd"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ORE: Final = "http://www.openarchives.org/ore/terms/"
NOT_EVALUATED: Final = "http://rightsstatements.org/vocab/CNE/1.0/"
"""What edm:rights says when the record says nothing that Europeana accepts: nobody has evaluated the copyright."""

_START: Final = (
    f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:edm="{EDM}" xmlns:ore="{ORE}" xmlns:dc="{DC}" xmlns:dcterms="{DCTERMS}" '
    f'xmlns:xsi="{XSI}" xsi:schemaLocation="{RDF} {EDM_SCHEMA}">'
)
_END: Final = "</rdf:RDF>"

_WORDS: Final = (
    "alternative conformsTo created extent hasFormat hasPart hasVersion isFormatOf isPartOf isReferencedBy "
    "isReplacedBy isRequiredBy issued isVersionOf medium provenance references replaces requires spatial "
    "tableOfContents temporal"
)
_TERMS: Final = frozenset(_WORDS.split())
"""The terms of EuropeanaType; what any other term says is said with its element."""
_TYPES: Final = {"map": "IMAGE", "image": "IMAGE", "object": "IMAGE", "sound": "SOUND", "video": "VIDEO"}
"""edm:type by kind of material; all others are TEXT."""
_FILES: Final = (
    (re.compile(r"\.(?:mp3|wav|flac|ogg|oga|m4a|aac)$", re.IGNORECASE), "SOUND"),
    (re.compile(r"\.(?:mp4|m4v|mov|webm|avi|mkv|mpe?g|ogv)$", re.IGNORECASE), "VIDEO"),
    (re.compile(r"\.(?:jpe?g|png|gif|tiff?|jp2|webp)$", re.IGNORECASE), ""),
    (re.compile(r"\.(?:pdf|epub|djvu|txt|docx?)$", re.IGNORECASE), ""),
)
"""Files that can be looked at by themselves, and the edm:type some of them force: a song sung is sound."""
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_URI: Final = "!#$%&'()*+,/:;=?@[]~-._"
_LICENCE: Final = re.compile(
    r"https?://(?:www\.)?(creativecommons\.org/(?:licenses/(?:by|by-sa|by-nd|by-nc|by-nc-sa|by-nc-nd)/\d\.\d"
    r"|publicdomain/(?:zero|mark)/1\.0)|rightsstatements\.org/(?:vocab|page)/"
    r"(?:NoC-NC|NoC-OKLR|InC|InC-EDU|InC-OW-EU|CNE)/1\.0)\b",
    re.IGNORECASE,
)
"""The addresses that the rules for edm:rights accept, ports to single countries left aside."""


class Showing(NamedTuple):
    """What a record does not know of itself: where it is shown, and by whom."""

    page: str = ""
    """Address of its page."""
    library: str = ""
    """Name of the library that holds it (edm:dataProvider)."""
    provider: str = ""
    """Name of who passes it on (edm:provider)."""


class _Web(NamedTuple):
    """One address at which the object can be seen."""

    address: str
    media_type: str
    file: bool
    forces: str


def edm(record: Record, showing: Showing) -> bytes | None:
    """A record as one `rdf:RDF` element, UTF-8, without an XML declaration; None when it may not be sent.

    It may not without a digital object (856 with second indicator 0, 1 or none) or without any title or description.
    """
    webs = _webs(record)
    dc = qualified(record) if webs else QualifiedDublinCore(())
    if not (dc.values("title") or dc.values("description")):
        return None
    name = kind(record)
    shape = next((web.forces for web in webs if web.forces), "") or _TYPES.get(name, "TEXT")
    rights = _rights(record, dc)
    pieces = [_START, f'<edm:ProvidedCHO rdf:about="{_attribute(showing.page)}#resource">']
    pieces += _statements(dc)
    if not (dc.values("type") or any(one.element == "subject" for one in dc.statements)):
        pieces.append(f'<dc:type xml:lang="en">{KINDS[name].en}</dc:type>')
    if shape == "TEXT" and not dc.values("language"):
        pieces.append("<dc:language>und</dc:language>")
    pieces.append(f"<edm:type>{shape}</edm:type></edm:ProvidedCHO>")
    for web in webs:
        media = f"<dc:format>{escaped(web.media_type)}</dc:format>" if web.media_type else ""
        about = _attribute(web.address)
        pieces.append(f'<edm:WebResource rdf:about="{about}">{media}{_link("edm:rights", rights)}</edm:WebResource>')
    pieces += [_aggregation(webs, showing, rights), _END]
    return "".join(pieces).encode()


def _statements(dc: QualifiedDublinCore) -> list[str]:
    made: dict[str, None] = {}
    for element, value, language, term, scheme in dc.statements:
        if scheme not in CLASSIFICATIONS:
            name = f"dcterms:{term}" if term in _TERMS else f"dc:{element}"
            said = f' xml:lang="{language}"' if language else ""
            made[f"<{name}{said}>{escaped(value)}</{name}>"] = None
    return list(made)


def _aggregation(webs: list[_Web], showing: Showing, rights: str) -> str:
    """A file is what the object is shown by, and our page what it is shown at; a page elsewhere is the latter itself.

    Mapping Guidelines: isShownAt is "in its full information context", isShownBy the object alone.
    """
    files, pages = [web.address for web in webs if web.file], [web.address for web in webs if not web.file]
    shown_at = pages[0] if pages else showing.page
    views = [*files[1:], *pages[1:]]
    library = showing.library or showing.provider
    return "".join(
        [
            f'<ore:Aggregation rdf:about="{_attribute(showing.page)}#aggregation">',
            _link("edm:aggregatedCHO", f"{showing.page}#resource"),
            f"<edm:dataProvider>{escaped(library)}</edm:dataProvider>",
            *(_link("edm:hasView", address) for address in views),
            _link("edm:isShownAt", shown_at),
            *(_link("edm:isShownBy", address) for address in files[:1]),
            f"<edm:provider>{escaped(showing.provider or library)}</edm:provider>",
            _link("edm:rights", rights),
            "</ore:Aggregation>",
        ]
    )


def _webs(record: Record) -> list[_Web]:
    """The addresses of the object itself, each once; what is only about it or like it (second indicator 2) is not."""
    found: dict[str, _Web] = {}
    if "\x1e856" not in record.text:
        return []
    for field in record.select("856"):
        if field.indicators[1:] == "2":
            continue
        for value in field.all("u"):
            address = quote(value.strip(), safe=_URI)
            if _ADDRESS.fullmatch(address) and len(address) > len("https://"):
                path = address.partition("#")[0].partition("?")[0]
                forces = next((forced for pattern, forced in _FILES if pattern.search(path)), None)
                web = _Web(address, field.get("q").strip(), forces is not None, forces or "")
                found.setdefault(address, web)
    return list(found.values())


def _rights(record: Record, dc: QualifiedDublinCore) -> str:
    """The first licence or rights statement whose address is one that Europeana accepts."""
    told = [value for field in record.select("540", "506") for value in field.all("uaf")]
    for value in (*told, *dc.values("license"), *dc.values("rights")):
        match = _LICENCE.search(value)
        if match:
            return "http://" + _spelt(match[1]) + "/"
    return NOT_EVALUATED


def _spelt(address: str) -> str:
    """The address in the spelling the rules want: host and CC codes small, the codes of rightsstatements.org not."""
    host, _, path = address.partition("/")
    if host.lower() == "creativecommons.org":
        return address.lower()
    _, code, version = path.split("/")
    codes = {known.lower(): known for known in ("NoC-NC", "NoC-OKLR", "InC", "InC-EDU", "InC-OW-EU", "CNE")}
    return f"rightsstatements.org/vocab/{codes[code.lower()]}/{version}"


def _link(name: str, address: str) -> str:
    return f'<{name} rdf:resource="{_attribute(address)}"/>'


def _attribute(value: str) -> str:
    return escaped(value).replace('"', "&quot;")
