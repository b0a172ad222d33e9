"""PyPI's oai-repo as a server over a table of Dublin Core: a peer that the feed's speed is measured against.

python serve_oai_repo.py DATABASE PORT PAGE. The table `written` has rowid, identifier, stamp (seconds), metadata (the
XML of the record's Dublin Core). Headers and metadata of a page are read at once, as its interface allows.
"""

import sqlite3
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import oai_repo
from gunicorn.app.base import BaseApplication
from lxml import etree

DATABASE, PORT, PAGE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


class Records(oai_repo.DataInterface):
    limit = PAGE

    def __init__(self):
        self.connection = sqlite3.connect(DATABASE, check_same_thread=False)
        self.page = {}

    def get_identify(self):
        identify = oai_repo.Identify()
        identify.repository_name, identify.base_url = "peer", f"http://127.0.0.1:{PORT}/oai"
        identify.admin_email, identify.deleted_record = ["a@example.org"], "no"
        identify.granularity, identify.earliest_datestamp = "YYYY-MM-DDThh:mm:ssZ", "2000-01-01T00:00:00Z"
        return identify

    def get_metadata_formats(self, identifier=None):
        schema = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
        return [oai_repo.MetadataFormat("oai_dc", schema, "http://www.openarchives.org/OAI/2.0/oai_dc/")]

    def list_identifiers(self, metadataprefix, filter_from=None, filter_until=None, filter_set=None, cursor=0):
        rows = self.connection.execute(
            "SELECT identifier, stamp, metadata FROM written ORDER BY rowid LIMIT ? OFFSET ?", (PAGE, cursor)
        ).fetchall()
        self.page = {identifier: (stamp, metadata) for identifier, stamp, metadata in rows}
        return list(self.page), self.connection.execute("SELECT count(*) FROM written").fetchone()[0], None

    def get_records_header(self, identifiers):
        return [
            oai_repo.RecordHeader(name, datetime.fromtimestamp(self.page[name][0], UTC), [], None)
            for name in identifiers
        ]

    def get_records_metadata(self, identifiers, metadataprefix):
        return [etree.fromstring(self.page[name][1]) for name in identifiers]

    def get_records_abouts(self, identifiers):
        return [[] for _ in identifiers]


repository = oai_repo.OAIRepository(Records())


def application(environ, start_response):
    body = bytes(repository.process(dict(parse_qsl(environ["QUERY_STRING"]))))
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


class Server(BaseApplication):
    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{PORT}", "workers": 1, "worker_class": "sync"}.items():
            self.cfg.set(name, value)

    def load(self):
        return application


Server().run()
