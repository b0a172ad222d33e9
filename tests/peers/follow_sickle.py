"""python follow_sickle.py BASE_URL COPY: bring a copy (JSON: since, identifier → MARCXML) up to date incrementally."""

import json
import sys
from pathlib import Path

from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

path = Path(sys.argv[2])
held = json.loads(path.read_text()) if path.exists() else {"since": None, "records": {}}
client = Sickle(sys.argv[1])
asked = {"metadataPrefix": "marcxml", **({"from": held["since"]} if held["since"] else {})}
try:
    found = client.ListRecords(ignore_deleted=False, **asked)
    answered = found.oai_response.xml.findtext("{http://www.openarchives.org/OAI/2.0/}responseDate")
    for record in found:
        if record.header.deleted:
            held["records"].pop(record.header.identifier, None)
        else:
            held["records"][record.header.identifier] = record.raw[record.raw.index("<metadata>") :]
except NoRecordsMatch:
    answered = held["since"]
held["since"] = answered
path.write_text(json.dumps(held))
