"""Sending the files of a folder to a server of Liên Thông, over lines that break, from machines that are switched off.

For each file: the name and SHA-256 of its content make the name of its upload, so that whoever sends it after a cut, a
reboot or a kill asks the server how far that upload is and goes on there. What is kept here serves only to send less:
the compressed bytes until they have arrived, and which files were taken at which length and time. Losing it costs
nothing but the line's time, for the server knows what it has.

Pure Python and the standard paths, so that it runs on the PC of a district library as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import zstandard

from foundation import limits
from foundation.errors import InputError, LienThongError, PeerError, RefusedError
from foundation.network import Answer, Client
from foundation.pace import backoff, retry_after
from harvesting import listing, push_messages
from harvesting.listing import Entry

TAKEN: Final = "taken"
REFUSED: Final = "refused"
_LEAST, _FIRST, _MOST = 8 * limits.KIB, 64 * limits.KIB, 1 * limits.MIB
_STUCK: Final = 10
"""Pieces in a row of which nothing is kept."""
_LONG: Final = 20.0
"""Seconds that one piece should not take: what a cut costs."""
_SPARE: Final = 1000
"""Lines of what is kept that may be out of date before it is written anew."""
_PLACE: Final = "/api/v1/push/"
_FOR_NOW: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file."""

    name: str
    state: str
    """`taken` or `refused`."""
    change_set: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    reason: dict[str, str] = field(default_factory=dict)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    bytes_sent: int = 0
    """Over the line, by this process."""


@dataclass(frozen=True, slots=True)
class Moving:
    """How far a file is on its way, for whoever watches."""

    name: str
    offset: int
    total: int
    trouble: LienThongError | None = None
    """What has just gone wrong and is tried again."""


class State:
    """What is kept between two processes, in a folder of the user's own: `state.jsonl`, and compressed files.

    A file that has arrived adds a line; the last line of a name counts, and one that a kill cut off counts for nothing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / "state.jsonl"
        self._files: dict[str, dict[str, Any]] = {}
        lines, whole = _lines(self._path)
        for line in lines:
            with suppress(ValueError, KeyError, TypeError):
                kept = json.loads(line)
                self._files[kept["name"]] = kept
        if not whole or len(lines) > 2 * len(self._files) + _SPARE:
            self._write_anew()

    def done(self, entry: Entry) -> bool:
        """Whether the file has arrived, or was refused for good, as this look shows it."""
        kept = self._files.get(entry.name, {})
        return kept.get("size") == entry.size and kept.get("modified") == entry.modified

    def keep(self, entry: Entry, digest: str, state: str) -> None:
        kept = {**entry._asdict(), "sha256": digest, "state": state}
        self._files[entry.name] = kept
        _write(self._path, "a", [kept])

    def _write_anew(self) -> None:
        made = self._path.with_suffix(".new")
        _write(made, "w", self._files.values())
        os.replace(made, self._path)


class Sender:
    """Sends the files of `folder` through `client` to the server at `address`. `sleep` and `chance` are for tests."""

    def __init__(
        self,
        client: Client,
        address: str,
        folder: Path,
        state: State,
        *,
        patience: float = 3600.0,
        tell: Callable[[Moving], None] = lambda moving: None,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._client = client
        self._address = address.rstrip("/") + "/api/v1/push"
        self._folder = folder
        self._state = state
        self._patience = patience
        self._tell = tell
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._piece = _FIRST
        self._seen: list[Entry] = []

    def send_all(self, settle: float = 2.0) -> Iterator[Sent]:
        """Send what is new or changed in the folder and at rest; what became of each file, one after the other.

        `settle`: seconds between the two looks where no earlier one is known. Raises OSError when the folder cannot be
        read, PeerError when the line stays broken for `patience` seconds, RefusedError when the token is not let in.
        """
        now = listing.look(self._folder)
        fresh = [entry for entry in now if not self._state.done(entry)]
        if not set(fresh) <= set(self._seen):
            self._seen = now
            self._sleep(settle)
            now = listing.look(self._folder)
            fresh = [entry for entry in now if not self._state.done(entry)]
        ready, self._seen = listing.at_rest(self._seen, fresh), now
        for entry in ready:
            sent = self._send(entry)
            if sent is not None:
                yield sent

    def _send(self, entry: Entry) -> Sent | None:
        """One file; None when it changed under us and has to come to rest first, or is gone."""
        path = self._folder / entry.name
        try:
            digest = _digest(path)
        except FileNotFoundError:
            return None
        except OSError as error:  # held by another program: the others go on, and it is tried at the next look
            said = InputError(push_messages.FILE_UNREADABLE, name=entry.name, reason=error.strerror or error)
            return Sent(entry.name, REFUSED, reason=_reason(said))
        upload = hashlib.sha256(f"{entry.name}\n{digest}".encode()).hexdigest()
        packed = self._packed(path, upload)
        total = packed.stat().st_size
        if _digest(path) != digest:
            packed.unlink()
            return None
        if total > limits.PUSH_BYTES:
            said = InputError(push_messages.TOO_LARGE, limit="PUSH_BYTES", seen=total, allowed=limits.PUSH_BYTES)
            sent = Sent(entry.name, REFUSED, reason=_reason(said))
        else:
            sent = _Upload(self, entry.name, upload, digest, packed, total).carry()
        # Later looks trust length and time, so this must be what was sent.
        self._state.keep(entry, digest, sent.state)
        packed.unlink(missing_ok=True)
        return sent

    def _packed(self, path: Path, upload: str) -> Path:
        """The file compressed; the same bytes as before a kill, for the upload goes on in the middle of them."""
        packed = self._state.folder / f"{upload}.zst"
        if not packed.exists():
            for old in self._state.folder.glob("*.zst"):
                old.unlink()  # of a file that has changed since: the server forgets its upload, too
            made = packed.with_suffix(".new")
            with path.open("rb") as stream, made.open("wb") as out:
                engine = zstandard.ZstdCompressor(level=10, write_checksum=True)
                engine.copy_stream(stream, out)
                out.flush()
                os.fsync(out.fileno())
            os.replace(made, packed)
        return packed

    # --- one request, as often as it takes --------------------------------------------------------------------
    def ask(
        self, method: str, upload: str, name: str, offset: int, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any], float | None]:
        """(status, what is said, seconds to wait). Raises PeerError, RefusedError (the token), InputError."""
        address = f"{self._address}/{upload}?name={quote(name, safe='')}"
        sent = {"Accept-Language": "vi", "Accept": "application/json"} | headers
        if body is not None:
            sent |= {"Content-Type": "application/octet-stream"}
        with self._client.request(address, method=method, body=body, headers=sent) as answer:
            status = answer.status
            wait = retry_after(answer.headers.get("retry-after"), time.time())
            said = _said(answer)
            if method == "GET" and _PLACE in answer.url:
                # Where a redirect has led to: a PUT to where it comes from would arrive as a GET.
                self._address = answer.url[: answer.url.index(_PLACE)] + _PLACE.rstrip("/")
        if status in (401, 403):
            raise RefusedError(push_messages.STATUS, url=self._address, status=status, said=str(said.get("title", "–")))
        if status in _FOR_NOW:
            raise PeerError(push_messages.STATUS, url=self._address, status=status, said=str(said.get("title", "–")))
        if "code" not in said and "state" not in said:
            raise PeerError(push_messages.NOT_OURS, url=self._address, reason=str(status))
        return status, said, wait

    def piece(self) -> int:
        """Bytes of the next piece."""
        return self._piece

    def learned(self, seconds: float) -> None:
        """A piece has arrived in so many seconds: the next one may be larger, or had better be smaller."""
        if seconds > _LONG:
            self._piece = max(_LEAST, self._piece // 2)
        elif seconds < _LONG / 4:
            self._piece = min(_MOST, self._piece * 2)

    def cut(self, moving: Moving, attempt: int) -> None:
        """A piece was lost: wait, and take smaller ones."""
        self._piece = max(_LEAST, self._piece // 2)
        self._tell(moving)
        self._sleep(min(60.0, backoff(attempt, self._chance)))

    def tell(self, moving: Moving) -> None:
        self._tell(moving)

    def rest(self, seconds: float) -> None:
        self._sleep(seconds)

    @property
    def patience(self) -> float:
        return self._patience


class _Upload:
    """One file on its way."""

    def __init__(self, sender: Sender, name: str, upload: str, digest: str, packed: Path, total: int) -> None:
        self._sender = sender
        self._name, self._upload, self._digest = name, upload, digest
        self._packed, self._total = packed, total
        self._sent = 0
        self._restarted = False
        self._chance = random.Random()  # noqa: S311 - spreads load, guards nothing

    def carry(self) -> Sent:
        """Bring it there, and say what became of it. Raises PeerError when the line stays broken."""
        attempt, since = 0, time.monotonic()
        offset: int | None = None
        while True:
            before = offset
            try:
                done, offset = self._step(offset)
            except PeerError as error:
                attempt += 1
                if time.monotonic() - since > self._sender.patience:
                    raise
                self._sender.cut(Moving(self._name, before or 0, self._total, error), attempt)
                offset = None  # only the server knows what has arrived
                continue
            if done is not None:
                return done
            if before is not None and offset is not None and offset <= before < self._total:
                attempt += 1  # it answers, and keeps nothing
                if attempt > _STUCK:
                    raise PeerError(push_messages.NOT_OURS, url=self._upload, reason=f"Upload-Offset: {offset}")
                self._sender.rest(backoff(attempt, self._chance))
            else:
                attempt, since = 0, time.monotonic()
            self._sender.tell(Moving(self._name, offset or 0, self._total))

    def _step(self, offset: int | None) -> tuple[Sent | None, int | None]:
        """Ask how far it is, or send one piece; returns what became of it, or how far it is now."""
        if offset is None:
            status, said, wait = self._ask("GET", 0, None)
            if status == 404:
                return None, 0
        elif offset >= self._total:
            status, said, wait = self._ask("GET", 0, None)
        else:
            with self._packed.open("rb") as file:
                file.seek(offset)
                piece = file.read(self._sender.piece())
            began = time.monotonic()
            status, said, wait = self._ask("PUT", offset, piece)
            self._sender.learned(time.monotonic() - began)
            self._sent += len(piece)
        return self._judged(status, said, wait)

    def _judged(self, status: int, said: dict[str, Any], wait: float | None) -> tuple[Sent | None, int | None]:
        state = said.get("state")
        if status == 409 and said.get("code") == push_messages.OFFSET.code and type(said.get("offset")) is int:
            return None, said["offset"]
        if status == 409 and said.get("code") == push_messages.OTHER.code and not self._restarted:
            self._restarted = True  # compressed otherwise before: by an earlier release, or its spool was lost
            self._ask("DELETE", 0, None)
            return None, 0
        if state == "receiving":
            if (said.get("total"), said.get("key")) != (self._total, self._digest):
                self._ask("DELETE", 0, None)
                return None, 0
            return None, min(int(said["offset"]), self._total)
        if state == "taking":
            self._sender.rest(min(60.0, wait or 5.0))
            return None, self._total
        counts, reason = said.get("counts"), {key: str(said.get(key, "")) for key in ("code", "vi", "en")}
        if state == TAKEN and isinstance(counts, dict):
            told = said.get("quarantined") or []
            return Sent(self._name, TAKEN, said.get("change_set"), counts, {}, told, self._sent), None
        if state == REFUSED and isinstance(said.get("reason"), dict):
            if said["reason"].get("code") == push_messages.DAMAGED.code and not self._restarted:
                return self._again()
            return Sent(self._name, REFUSED, reason=said["reason"], bytes_sent=self._sent), None
        if status == 422 and reason["code"] == push_messages.DAMAGED.code and not self._restarted:
            return self._again()
        if "title" in said:
            reason = {key: value or str(said["title"]) for key, value in reason.items()}
            return Sent(self._name, REFUSED, reason=reason, bytes_sent=self._sent), None
        raise PeerError(push_messages.NOT_OURS, url=self._upload, reason=str(status))

    def _again(self) -> tuple[Sent | None, int | None]:
        """It arrived altered: once more from the beginning."""
        self._restarted = True
        return None, 0

    def _ask(self, method: str, offset: int, body: bytes | None) -> tuple[int, dict[str, Any], float | None]:
        headers = {}
        if body is not None:
            headers = {
                "Content-Encoding": "zstd",
                "Idempotency-Key": self._digest,
                "Content-Range": f"bytes {offset}-{offset + len(body) - 1}/{self._total}",
            }
        return self._sender.ask(method, self._upload, self._name, offset, body, headers)


def token(path: Path) -> str:
    """The token in a file of one line. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(push_messages.TOKEN_FILE, path=path, reason=error) from error
    if not (text.isascii() and text.isprintable() and text.startswith("lt_") and " " not in text and len(text) < 200):
        raise InputError(push_messages.TOKEN_FILE, path=path, reason="lt_…")
    return text


def values(sent: Sent) -> dict[str, Any]:
    """For programs."""
    return asdict(sent)


def _lines(path: Path) -> tuple[list[bytes], bool]:
    """The lines of a file, and whether the last one is whole; none where there is no file."""
    try:
        data = path.read_bytes()
    except OSError:
        return [], True
    return data.splitlines(), data[-1:] in (b"", b"\n")


def _write(path: Path, mode: str, lines: Iterable[dict[str, Any]]) -> None:
    with path.open(mode, encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _reason(error: LienThongError) -> dict[str, str]:
    return {"code": error.problem.code, "vi": error.text("vi"), "en": error.text("en")}


def _said(answer: Answer) -> dict[str, Any]:
    """What an answer says as JSON; nothing when it is something else, of a proxy or a login page."""
    if answer.status == 204:
        return {"code": ""}
    data = answer.body()
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
