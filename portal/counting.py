"""Counts what readers use: a view says what it gives, and it is counted once the answer is known to be one.

COUNTER, Code of Practice, Release 5, 7.1 (return codes): 200 and 304 are uses, errors and redirects are not.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

from reports.doors import Doors

_USED: Final = (200, 304)


def note(kind: str, library: str, item: str, detail: str = "") -> None:
    """In a view: what this request gives. `library`: code, or empty for all together; `item`: what tells it from others
    of its kind; `detail`: the format of a download."""
    g.used = kind, library, detail, item


def install(app: Flask, doors: Doors | None) -> None:
    """Count in `app` what its views note; without `doors` nothing is counted."""
    if doors is None:
        return
    counted = doors

    @app.after_request
    def count(response: Response) -> Response:
        used = g.pop("used", None)
        if used is not None and request.method == "GET" and response.status_code in _USED:
            kind, library, detail, item = used
            counted.web(kind, library, detail, item, request.environ)
        return response
