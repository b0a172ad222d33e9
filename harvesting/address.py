"""A file at an address: fetched when it has changed, and gone on with where the line was cut."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from foundation import limits
from foundation.errors import PeerError
from foundation.network import Answer, Client
from foundation.pace import backoff
from harvesting import messages
from harvesting.contract import Sleep
from harvesting.files import Fetched, kept_as

_ATTEMPTS: Final = 6
_PART: Final = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/(?:[0-9]{1,15}|\*)")


class Address:
    """The file at `url`. `copies`: where it is put together."""

    def __init__(self, client: Client, url: str, copies: Path, sleep: Sleep = time.sleep) -> None:
        self._client, self._url, self._copies, self._sleep = client, url, copies, sleep
        self._part, self._note = copies / "download.part", copies / "download.json"
        self._chance = random.Random()  # noqa: S311 - spreads load, guards nothing

    def files(self, kept: dict[str, Any], *, everything: bool) -> Iterator[Fetched]:
        """As `Place.files`: the one file, unless the server says that it has not changed."""
        known = {} if everything else dict(kept)
        self._copies.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                fresh = self._fetch(known)
                break
            except PeerError:
                if attempt == _ATTEMPTS:
                    raise
                self._sleep(backoff(attempt, self._chance))
        if fresh is None:
            return
        with self._part.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        self._note.unlink(missing_ok=True)
        kept.clear()
        kept.update(fresh)
        yield kept_as(self._part, self._copies, _name(self._url), digest)

    def begun(self) -> int:
        """As `Place.begun`."""
        return self._part.stat().st_size if self._part.exists() else 0

    def _fetch(self, known: dict[str, Any]) -> dict[str, Any] | None:
        """Bring PART to its end; returns by what the server will know this file again, None when it is not new."""
        headers = {"Accept-Encoding": "identity"}  # ranges are of what is sent
        begun = self._begun()
        if begun is not None:
            # RFC 9110, 13.1.5: the rest of the same file, or all of another one.
            headers |= {"Range": f"bytes={self._part.stat().st_size}-", "If-Range": begun}
        elif known.get("etag"):
            headers["If-None-Match"] = known["etag"]
        elif known.get("modified"):
            headers["If-Modified-Since"] = known["modified"]
        with self._client.request(self._url, headers=headers) as answer:
            if answer.status == 304:
                return None
            if answer.status == 416:  # what is here is no part of what is there
                self._forget()
                raise PeerError(messages.STATUS, status=416, url=self._url, attempts=1)
            if answer.status not in (200, 206):
                raise PeerError(messages.STATUS, status=answer.status, url=self._url, attempts=1)
            self._keep(answer)
            headers_of = answer.headers
        return {"etag": headers_of.get("etag", "")[:1000], "modified": headers_of.get("last-modified", "")[:100]}

    def _keep(self, answer: Answer) -> None:
        start = 0
        if answer.status == 206:
            span = _PART.fullmatch(answer.headers.get("content-range", "").strip())
            start = int(span[1]) if span else -1
            if not self._part.exists() or start != self._part.stat().st_size:
                self._forget()
                raise PeerError(messages.STATUS, status=206, url=self._url, attempts=1)
        else:
            self._forget()
            etag = answer.headers.get("etag", "")
            validator = etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified", "")
            self._note.write_text(json.dumps({"url": self._url, "validator": validator}), encoding="utf-8")
        with self._part.open("ab") as out:
            try:
                for piece in answer.chunks():
                    out.write(piece)
                    start += len(piece)
                    if start > limits.SOURCE_FILE_BYTES:
                        raise messages.file_limit(_name(self._url), start)
            except PeerError:
                raise
            except BaseException:
                self._forget()
                raise

    def _begun(self) -> str | None:
        """By what the server knows the file that is half here; None when nothing is, or it cannot be gone on with."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            if note["url"] == self._url and note["validator"] and self._part.stat().st_size:
                return str(note["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self._forget()
        return None

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def _name(url: str) -> str:
    """What the file is called: the last part of its path, fit to be shown."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return "".join(letter if letter.isprintable() and letter not in '\\:"' else "_" for letter in last)[:200] or "tệp"
