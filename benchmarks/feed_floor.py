"""The floor under a feed: a bare WSGI application that streams rows written beforehand, by keyset, and nothing else.

Served by granian as ours is. FLOOR_DATABASE has the table `whole`: rowid, record (the bytes of <record>…</record>).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

PAGE = 500
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
_local = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(os.environ["FLOOR_DATABASE"])
    after = int(dict(parse_qsl(environ["QUERY_STRING"])).get("resumptionToken", "0"))
    rows = _local.connection.execute(
        "SELECT rowid, record FROM whole WHERE rowid > ? ORDER BY rowid LIMIT ?", (after, PAGE)
    ).fetchall()
    token = b"<resumptionToken>%d</resumptionToken>" % rows[-1][0] if len(rows) == PAGE else b""
    body = b"".join((HEAD, *(record for _, record in rows), token, b"</ListRecords></OAI-PMH>"))
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]
