"""What pages load: style sheets, scripts, the icon, small on the wire and fetched once.

The address of a file carries a digest of its bytes (`/static/style.css?v=…`), so a browser keeps it for a year without
asking (RFC 8246, immutable) and has the new one as soon as a page names it.
"""

from __future__ import annotations

import hashlib
import mimetypes
import zlib
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

FOLDER: Final = Path(__file__).resolve().parent / "static"
KEPT: Final = "public, max-age=31536000, immutable"
_TEXT: Final = ("text/", "application/javascript", "image/svg+xml", "application/manifest+json")
_TYPES: Final = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".svg": "image/svg+xml"}


class _File(NamedTuple):
    """A file as it was read; `packed` is empty where gzip saves nothing."""

    changed: int
    data: bytes
    packed: bytes
    digest: str
    content_type: str


def install(app: Flask) -> None:
    """The view `static` of `app`, which was made with `static_folder=None`, and digests in its addresses."""
    shelf = _Shelf()

    @app.get("/static/<path:filename>")
    def static(filename: str) -> Response:
        found = shelf.file(filename)
        if found is None:
            abort(404)
        packs = bool(found.packed) and request.accept_encodings["gzip"] > 0
        answer = Response(found.packed if packs else found.data, content_type=found.content_type)
        if packs:
            answer.headers["Content-Encoding"] = "gzip"
        if found.packed:
            answer.vary.add("Accept-Encoding")
        named = request.args.get("v") == found.digest
        answer.headers["Cache-Control"] = KEPT if named else "no-cache"
        answer.set_etag(found.digest + ("-gzip" if packs else ""))
        answer.make_conditional(request)
        return answer

    def address(filename: str) -> str:
        """Where a file of ours is; the same as `url_for` says, which takes longer than all else in a page's head."""
        found = shelf.file(filename)
        return f"/static/{filename}" if found is None else f"/static/{filename}?v={found.digest}"

    app.jinja_env.globals["static"] = address

    @app.url_defaults
    def digested(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (found := shelf.file(values.get("filename", ""))) is not None:
            values["v"] = found.digest


class _Shelf:
    """The files in memory, read again when one was replaced on the disk."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._lock = Lock()

    def file(self, name: str) -> _File | None:
        joined = safe_join(str(FOLDER), name)
        if joined is None:
            return None
        path = Path(joined)
        try:
            changed = path.stat().st_mtime_ns
            known = self._files.get(name)
            if known is not None and known.changed == changed:
                return known
            data = path.read_bytes()
        except (OSError, ValueError):  # no such file, a folder, a name that no file can have
            return None
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith(_TEXT)
        packed = zlib.compress(data, 9, wbits=31) if text and len(data) > 200 else b""
        made = _File(
            changed, data, packed, hashlib.blake2b(data, digest_size=8).hexdigest(),
            f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        )  # fmt: skip
        with self._lock:
            self._files[name] = made
        return made
