"""Pages compressed on the wire, for lines that are slow.

Only what is public: a page behind the sign-in holds a secret beside text that others can choose, and its compressed
size would tell of the secret (the attack known as BREACH, CVE-2013-3587).
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request
from isal import isal_zlib

from portal.workshop import is_public

LEAST: Final = 1_000
"""Bytes; what is shorter fits into one packet as it is."""
LEVEL: Final = 2
_KINDS: Final = frozenset(
    (
        "text/html", "text/csv", "text/plain", "text/turtle", "application/json", "application/ld+json",
        "application/atom+xml", "application/rdf+xml", "application/xml", "application/mods+xml",
        "application/marcxml+xml", "application/n-triples", "application/opensearchdescription+xml",
    )
)  # fmt: skip


def install(app: Flask) -> None:
    """Compress the public answers of `app` for clients that take gzip."""

    @app.after_request
    def pack(answer: Response) -> Response:
        if not _packable(answer):
            return answer
        answer.vary.add("Accept-Encoding")
        if answer.status_code == 304 or request.accept_encodings["gzip"] <= 0:
            return answer
        data = answer.get_data()
        if len(data) < LEAST:
            return answer
        answer.set_data(isal_zlib.compress(data, LEVEL, 31))  # 31: as a gzip member (RFC 1952)
        answer.headers["Content-Encoding"] = "gzip"
        tag, weak = answer.get_etag()
        if tag is not None and not weak:
            answer.set_etag(tag, weak=True)  # the same content in another coding: RFC 9110, 8.8.3.3
        return answer


def _packable(answer: Response) -> bool:
    return (
        request.endpoint != "static"
        and (request.endpoint is None or is_public(request.endpoint))
        and "who" not in g
        and answer.is_sequence
        and "Content-Encoding" not in answer.headers
        and "Content-Range" not in answer.headers
        and answer.mimetype in _KINDS
    )
