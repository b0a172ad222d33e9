"""PyPI's oaipmh 4 as a server over a table of Dublin Core: the peer that the feed's speed is measured against.

python serve_oaipmh.py DATABASE PORT PAGE. The table `record` has rowid, identifier, stamp (seconds) and fields (JSON).
"""

import json
import sqlite3
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from gunicorn.app.base import BaseApplication

from oaipmh import common, metadata, server

DATABASE, PORT, PAGE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
DC = "title creator subject description publisher contributor date type format identifier source language relation"
FIELDS = [*DC.split(), "coverage", "rights"]


class Records:
    """IBatchingOAI over SQLite, by offset, as its interface asks for."""

    def __init__(self):
        self.connection = sqlite3.connect(DATABASE, check_same_thread=False)

    def identify(self):
        start = datetime(2000, 1, 1)
        return common.Identify(
            "peer", f"http://127.0.0.1:{PORT}/oai", "2.0", ["a@example.org"], start, "no", "YYYY-MM-DDThh:mm:ssZ", []
        )

    def listMetadataFormats(self, identifier=None):
        return [("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", server.NS_OAIDC)]

    def listRecords(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=10):
        rows = self.connection.execute(
            "SELECT identifier, stamp, fields FROM record ORDER BY rowid LIMIT ? OFFSET ?", (batch_size, cursor)
        )
        return [
            (
                common.Header(None, name, datetime.fromtimestamp(stamp, UTC).replace(tzinfo=None), [], False),
                common.Metadata(None, {field: [] for field in FIELDS} | json.loads(fields)),
                None,
            )
            for name, stamp, fields in rows
        ]


registry = metadata.MetadataRegistry()
registry.registerWriter("oai_dc", server.oai_dc_writer)
oai = server.BatchingServer(Records(), metadata_registry=registry, resumption_batch_size=PAGE)


def application(environ, start_response):
    arguments = dict(parse_qsl(environ["QUERY_STRING"]))
    body = oai.handleRequest(arguments)
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


class Server(BaseApplication):
    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{PORT}", "workers": 1, "threads": 2, "worker_class": "gthread"}.items():
            self.cfg.set(name, value)

    def load(self):
        return application


Server().run()
