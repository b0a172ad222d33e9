"""sruthi against an SRU address: python search_sruthi.py URL VERSION QUERY → JSON of what it understood."""

import json
import sys

import sruthi

url, version, query = sys.argv[1:]
client = sruthi.Client(url=url, sru_version=version, maximum_records=7, record_schema="marcxml")
try:
    found = client.searchretrieve(query)
    records = [record for record, _ in zip(found, range(20), strict=False)]
except sruthi.errors.SruError as error:
    print(json.dumps({"error": str(error)}))
    sys.exit()
explain = client.explain()
print(
    json.dumps(
        {
            "count": found.count,
            "schemas": sorted({record["schema"] for record in records}),
            "got": len(records),
            "record": json.dumps(records[0], ensure_ascii=False) if records else "",
            "server": explain.get("server"),
            "indexes": len(explain.get("index", {}).get("dc", {}))
            if isinstance(explain.get("index"), dict)
            else str(type(explain.get("index"))),
            "schema_names": sorted(explain.get("schema", {})),
        }
    )
)
