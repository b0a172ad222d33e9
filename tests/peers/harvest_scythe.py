"""python harvest_scythe.py BASE_URL PREFIX: every record's identifier and state, a line each."""

import sys

from oaipmh_scythe import Scythe

with Scythe(sys.argv[1]) as client:
    for record in client.list_records(metadata_prefix=sys.argv[2], ignore_deleted=False):
        assert record.header.deleted or record.metadata
        print(record.header.identifier, "deleted" if record.header.deleted else "live")
