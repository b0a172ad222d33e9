"""The ZeeRex 2.0 record of a database: what it is, what can be searched and how, which schemas and limits there are."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from foundation.limits import SRU_RECORDS, SRU_TERMS
from foundation.xml import escape, escape_attribute
from search.query import Field
from z3950_bridge import sru_schemas
from z3950_bridge.attributes import ORDERED, USE
from z3950_bridge.context_sets import LABELS, SCANNED, SETS, SORTABLE
from z3950_bridge.rpn import BIB1
from z3950_bridge.sru_port import Abilities, Database
from z3950_bridge.sru_request import RECORDS, TERMS, Request

ZEEREX: Final = "http://explain.z3950.org/dtd/2.0/"
_RELATIONS: Final = ("=", "==", "<>", "exact", "adj", "all", "any", "scr")
_ORDERS: Final = ("<", "<=", ">", ">=", "within")
_MODIFIERS: Final = (
    "relevant", "ignoreCase", "ignoreAccents", "respectAccents", "masked", "unmasked", "word", "string", "isoDate",
    "number",
)  # fmt: skip
_BOOLEANS: Final = ("and", "or", "not", "prox")


def record(database: Database, request: Request) -> bytes:
    """One `explain` element with its namespace. Raises StoreError."""
    size, modified = database.catalogue.size(), database.catalogue.modified()
    parts = [f'<explain xmlns="{ZEEREX}" authoritative="true">', _server(database, request, size, modified)]
    parts.append(_database(database))
    if modified:
        parts.append(f"<metaInfo><dateModified>{modified}</dateModified></metaInfo>")
    can = database.abilities
    parts += [_indexes(can), _schemas(), _configuration(can), "</explain>"]
    return "".join(parts).encode()


def _server(database: Database, request: Request, size: int, modified: str) -> str:
    address = urlsplit(database.base_url)
    port = address.port or (443 if address.scheme == "https" else 80)
    updated = f' lastUpdate="{modified}"' if modified else ""
    # Nobody says how much other catalogues have.
    records = f' numRecs="{size}"' if database.abilities.own else ""
    return (
        f'<serverInfo protocol="SRU" version="{request.version}" transport="{escape_attribute(address.scheme)}" '
        f'method="GET POST"><host>{escape(address.hostname or "")}</host><port>{port}</port>'
        f"<database{records}{updated}>"
        f"{escape(address.path.strip('/'))}</database></serverInfo>"
    )


def _database(database: Database) -> str:
    contact = f"<contact>{escape(database.contact)}</contact>" if database.contact else ""
    vi, en = "Biểu ghi thư mục của thư viện khác.", "Bibliographic records of other libraries."
    if database.abilities.own:
        vi = "Biểu ghi thư mục; từ không dấu tìm được từ có dấu."
        en = "Bibliographic records; words without diacritics find all."
    return (
        f'<databaseInfo><title lang="vi" primary="true">{escape(database.title_vi)}</title>'
        f'<title lang="en">{escape(database.title_en)}</title>'
        f'<description lang="vi" primary="true">{vi}</description><description lang="en">{en}</description>'
        f'<langUsage codes="vi en">vi, en</langUsage>{contact}</databaseInfo>'
    )


def _indexes(can: Abilities) -> str:
    parts = ["<indexInfo>"]
    for found in SETS.values():
        parts.append(f'<set name="{found.name}" identifier="{escape_attribute(found.identifiers[0])}"/>')
    parts.append(f'<set name="bib-1" identifier="{BIB1}"/>')
    names: dict[tuple[Field, ...], list[str]] = {}
    for found in SETS.values():
        for name, fields in found.indexes.items():
            if can.fields.issuperset(fields):
                names.setdefault(fields, []).append(f'<map><name set="{found.name}">{name}</name></map>')
    for fields, maps in names.items():
        parts.append(_index(fields, "".join(maps), can.own))
    if can.all_records:
        parts.append(
            '<index search="true" scan="false" sort="false"><title lang="en">All records</title>'
            '<title lang="vi">Mọi biểu ghi</title><map><name set="cql">allRecords</name></map></index>'
        )
    return "".join(parts) + "</indexInfo>"


def _index(fields: tuple[Field, ...], maps: str, own: bool) -> str:
    scan, sort = (_flag(among if own else frozenset(), fields) for among in (SCANNED, SORTABLE))
    flags = f'search="true" scan="{scan}" sort="{sort}"'
    english, vietnamese = (" / ".join(LABELS[field][at] for field in fields) for at in (0, 1))
    numbers = [use for use, found in USE.items() if found == fields]
    attributes = "".join(f'<map><attr type="1" set="bib-1">{use}</attr></map>' for use in numbers)
    relations = (*_RELATIONS, *(_ORDERS if all(field in ORDERED for field in fields) else ()))
    supports = "".join(f'<supports type="relation">{escape(name)}</supports>' for name in relations)
    return (
        f'<index {flags}><title lang="en">{english}</title><title lang="vi">{vietnamese}</title>{maps}{attributes}'
        f"<configInfo>{supports}</configInfo></index>"
    )


def _flag(among: frozenset[Field], fields: tuple[Field, ...]) -> str:
    return "true" if among.intersection(fields) else "false"


def _schemas() -> str:
    parts = [
        f'<schema identifier="{escape_attribute(schema.identifier)}" name="{schema.name}" '
        f'location="{escape_attribute(schema.location)}" sort="false" retrieve="true">'
        f'<title lang="en">{escape(schema.title)}</title></schema>'
        for schema in sru_schemas.SCHEMAS
    ]
    return f"<schemaInfo>{''.join(parts)}</schemaInfo>"


def _configuration(can: Abilities) -> str:
    defaults = {
        "numberOfRecords": RECORDS,
        "numberOfTerms": TERMS,
        "contextSet": "dc",
        "index": "cql.serverChoice",
        "relation": "=",
        "retrieveSchema": sru_schemas.DEFAULT.name,
    }
    settings = {"maximumRecords": SRU_RECORDS, "maximumTerms": SRU_TERMS, "resultSetTTL": 0}
    parts = [f'<default type="{name}">{value}</default>' for name, value in defaults.items()]
    parts += [f'<setting type="{name}">{value}</setting>' for name, value in settings.items()]
    supports = [("maskingCharacter", sign) for sign in ("*?" if can.own else "*")]
    supports += [("anchor", "^"), *([("scan", ""), ("sort", "")] if can.own else []), ("proximity", "")]
    supports += [("relation", name) for name in (*_RELATIONS, *_ORDERS)]
    supports += [("relationModifier", name) for name in _MODIFIERS if can.own or name != "respectAccents"]
    supports += [("booleanModifier", name) for name in ("distance", "unit", "ordered", "unordered")]
    if can.own:
        supports += [("sortModifier", name) for name in ("ascending", "descending", "missingHigh", "missingLow")]
    supports += [("boolean", name) for name in _BOOLEANS]
    parts += [f'<supports type="{kind}">{escape(value)}</supports>' for kind, value in supports]
    return f"<configInfo>{''.join(parts)}</configInfo>"
