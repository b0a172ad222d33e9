"""The official XML schemas beside the repository, made to load without a network."""

import pathlib

import pytest
from lxml import etree

from tests.dublin_core.samples import SHARED

_MOVED = {
    "http://www.loc.gov/mods/xml.xsd": "xml.xsd",
    "http://www.loc.gov/standards/xlink/xlink.xsd": "xlink.xsd",
}


def mods_schema(folder: pathlib.Path) -> etree.XMLSchema:
    """The MODS schema; those it names by their address in the web are the copies beside it.

    The copy is of MODS 3.5, which does not know of later versions: only the list of version numbers is longer here.
    """
    source = SHARED / "schemas"
    if not (source / "mods.xsd").exists():
        pytest.skip("mods.xsd is not beside the repository")
    text = (source / "mods.xsd").read_text(encoding="utf-8")
    for address, name in _MOVED.items():
        text = text.replace(address, (source / name).as_uri())
    text = text.replace('<xs:enumeration value="3.5"/>', '<xs:enumeration value="3.8"/><xs:enumeration value="3.5"/>')
    copy = folder / "mods.xsd"
    copy.write_text(text, encoding="utf-8")
    return etree.XMLSchema(etree.parse(copy))
