"""The record schemas of SRU: what a client may call them, and how a stored rendering becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dublin_core import mods
from dublin_core.xml import DC, OAI_DC, OAI_DC_SCHEMA
from marc import marcxml

SRW_DC: Final = "info:srw/schema/1/dc-schema"
DIAGNOSTICS: Final = "info:srw/schema/1/diagnostics-v1.1"
_DC_START: Final = f'<srw_dc:dc xmlns:srw_dc="{SRW_DC}" xmlns:dc="{DC}">'.encode()
_OAI_DC_END: Final = b"</oai_dc:dc>"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema by its short name and its identifier, and the stored rendering it is made of."""

    name: str
    identifier: str
    location: str
    title: str
    format_name: str
    aliases: tuple[str, ...]
    """Other names in small letters, URIs among them."""


SCHEMAS: Final = (
    Schema(
        "marcxml",
        "info:srw/schema/1/marcxml-v1.1",
        marcxml.SCHEMA,
        "MARC 21 XML",
        "marcxml",
        ("marc21", "marc", "marc-xml", "marcxml-v1.1", "marc21slim", "usmarc", marcxml.NAMESPACE.lower(),
         "info:srw/schema/1/marcxml", "info:srw/schema/1/marcxml-v1.0"),
    ),
    Schema(
        "mods",
        "info:srw/schema/1/mods-v3.8",
        mods.MODS_SCHEMA,
        "MODS",
        "mods",
        ("mods3", "modsxml", mods.MODS, "http://www.loc.gov/mods",
         *(f"info:srw/schema/1/mods-v3.{minor}" for minor in range(9)), "info:srw/schema/1/mods-v3"),
    ),
    Schema(
        "dc",
        "info:srw/schema/1/dc-v1.1",
        "http://www.loc.gov/standards/sru/recordSchemas/dc-schema.xsd",
        "Dublin Core",
        "oai_dc",
        ("dublincore", "simpledc", "srw_dc", SRW_DC, "http://purl.org/dc/elements/1.1", "http://www.loc.gov/zing/srw/dcschema/v1.0"),
    ),
    Schema("oai_dc", OAI_DC.rstrip("/") + "/", OAI_DC_SCHEMA, "Dublin Core (OAI-PMH)", "oai_dc", ("oai-dc",)),
)  # fmt: skip
DEFAULT: Final = SCHEMAS[0]
_KNOWN: Final = {
    name.lower().rstrip("/"): schema
    for schema in SCHEMAS
    for name in (schema.name, schema.identifier, schema.location, *schema.aliases)
}


def find(name: str) -> Schema | None:
    """The schema a client means by a short name or an identifier; None for an unknown one."""
    return _KNOWN.get(name.lower().rstrip("/"))


def data(schema: Schema, rendering: bytes) -> bytes:
    """The record in the schema. Only `dc` is not the rendering itself: the same elements in SRU's own wrapping."""
    if schema.name != "dc" or not rendering.endswith(_OAI_DC_END):
        return rendering
    inner = rendering[rendering.index(b">") + 1 : -len(_OAI_DC_END)]
    return b"".join((_DC_START, inner, b"</srw_dc:dc>"))
