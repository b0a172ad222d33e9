"""PyPI's cql-parser as a process: a line of JSON with a list of queries in, [how many it can read, seconds] out."""

import json
import logging
import sys
import time

import cql

logging.disable(logging.CRITICAL)
parser = cql.CQLParser12()
parser.build()


def readable(query):
    try:
        parser.parse(query)
    except Exception:
        return False
    return True


for line in sys.stdin:
    queries = json.loads(line)
    good = [query for query in queries if readable(query)]
    start = time.process_time()
    for query in good:
        parser.parse(query)
    print(json.dumps([good, time.process_time() - start]), flush=True)
