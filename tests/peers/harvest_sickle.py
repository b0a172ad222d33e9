"""python harvest_sickle.py BASE_URL PREFIX: every record's identifier and state, a line each."""

import sys

from sickle import Sickle

for record in Sickle(sys.argv[1]).ListRecords(metadataPrefix=sys.argv[2], ignore_deleted=False):
    assert record.header.deleted or record.metadata
    print(record.header.identifier, "deleted" if record.header.deleted else "live")
