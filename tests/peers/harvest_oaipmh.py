"""python harvest_oaipmh.py BASE_URL PREFIX: every record's identifier and state, a line each."""

import sys

from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry, oai_dc_reader

registry = MetadataRegistry()
# It parses every record; a MARC record is handed over as the element it is.
registry.registerReader(sys.argv[2], oai_dc_reader if sys.argv[2] == "oai_dc" else lambda element: element)
for header, metadata, _about in Client(sys.argv[1], registry).listRecords(metadataPrefix=sys.argv[2]):
    assert header.isDeleted() or metadata is not None
    print(header.identifier(), "deleted" if header.isDeleted() else "live")
