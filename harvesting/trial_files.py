"""A trial of what is no OAI-PMH repository: a file at an address, or a folder of this machine. Nothing is stored."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

from catalogue import forms, ingest
from catalogue.store import Store
from dublin_core import readers as dublin_core
from dublin_core.crosswalk import crosswalk
from foundation import addresses, archives, limits
from foundation.errors import FormatError, InputError, LienThongError, Problem
from foundation.network import Budget, Client, Line
from foundation.settings import Settings
from harvesting import desk, listing, trial, trial_walks
from harvesting import trial_messages as messages
from harvesting.address_forms import cleaned
from harvesting.dialogue import RECORDS, Finding, Sample
from harvesting.faults import visible
from harvesting.kinds import FILE, FOLDER
from harvesting.opening import agent
from harvesting.trial import Shown, Tell, Trial, Wish
from marc import mrk
from marc import readers as marc
from marc.reading import Reading

LOOK_BYTES: Final = 16 * limits.MIB
"""What of a file is looked at."""
_COUNT_SECONDS: Final = 10.0
_SHOWN: Final = 20_000
_BUDGET: Final = Budget(connect_seconds=10, idle_seconds=30, total_seconds=60)


def attempt(store: Store, settings: Settings, wish: Wish, tell: Tell = lambda what: None) -> Trial:
    """Try an address: a file if what is there is one, else whatever OAI-PMH can be found behind it.

    Raises as `harvesting.trial.attempt`.
    """
    asked = cleaned(wish.url)
    addresses.url(asked)
    tell(asked)
    found = _fetched(settings, wish, asked)
    if found is not None:
        data, whole, known_again, size = found
        form = _form(data)
        if trial_walks.is_sru(data):
            return trial_walks.sru(line_of(settings, wish, asked), asked, wish)
        if trial_walks.is_sync(data):
            return trial_walks.sync(line_of(settings, wish, asked), asked, wish)
        if form:
            made = _file(store, wish, asked, data, whole=whole)
            first = Finding(True, Problem(messages.IS_FILE, values={"form": form, "size": f"{size:,}"}))
            again = Finding(known_again, Problem(messages.KNOWN_AGAIN if known_again else messages.NOT_KNOWN_AGAIN))
            return _judged(asked, FILE, made, (first, again), _file_command(wish, asked), part="" if whole else size)
    return trial.attempt(settings, wish, tell)


def attempt_folder(store: Store, folder: str, library: str) -> Trial:
    """Try a folder of this machine, by its newest file. Raises InputError for a path that is not absolute."""
    path = Path(folder)
    command = shlex.join(
        ["lienthong", "harvest", "add", path.name or "thu-muc", "--folder", folder, "--library", library or "CODE"]
    )
    try:
        entries = listing.look(path)
    except (OSError, InputError) as error:
        reason = error.text("vi") if isinstance(error, InputError) else error.strerror or str(error)
        problem = Problem(messages.NO_FOLDER, values={"folder": folder, "reason": reason})
        return Trial(folder, "", (), (Finding(False, problem),), kind=FOLDER)
    first = Finding(True, Problem(messages.IS_FOLDER, values={"count": len(entries)}))
    if not entries:
        empty = Finding(False, Problem(messages.EMPTY_FOLDER, values={"folder": folder}))
        return Trial(folder, folder, (), (first, empty), command=command, kind=FOLDER)
    newest = max(entries, key=lambda entry: entry.modified)
    try:
        with (path / newest.name).open("rb") as stream:
            data = stream.read(LOOK_BYTES)
    except OSError as error:
        problem = Problem(messages.NO_FOLDER, values={"folder": newest.name, "reason": error.strerror or ""})
        return Trial(folder, "", (), (first, Finding(False, problem)), kind=FOLDER)
    return judged(store, folder, FOLDER, (newest.name, newest.size), data, (first,), command, library)


def judged(
    store: Store, asked: str, kind: str, file: tuple[str, int], data: bytes, first: tuple[Finding, ...], command: str,
    library: str,
) -> Trial:  # fmt: skip
    """The trial of a folder by `data`, how one of its files (name, bytes) begins. `first`: what is known yet."""
    name, size = file
    whole = size <= LOOK_BYTES
    made = _file(store, Wish(name, library=library), name, data, whole=whole)
    return _judged(asked, kind, made, first, command, part="" if whole else size)


def line_of(settings: Settings, wish: Wish, url: str) -> Line:
    """How the server of a trial is called. Raises InputError for a network that is none."""
    allowed = (*wish.allow, *(desk.private_addresses(url) if wish.allow_private else ()))
    return Line(
        allowed=addresses.networks(allowed), user=wish.user, password=wish.password, agent=agent(settings),
        budget=_BUDGET,
    )  # fmt: skip


# --- what is there --------------------------------------------------------------------------------------------


def _fetched(settings: Settings, wish: Wish, url: str) -> tuple[bytes, bool, bool, int] | None:
    """(first bytes, whether they are all, whether the server knows a file again, bytes in all); None: nothing there."""
    body = bytearray()
    try:
        with Client(line_of(settings, wish, url)) as client, client.request(url) as answer:
            if answer.status != 200:
                return None
            whole = True
            for piece in answer.chunks():
                body += piece
                if len(body) > LOOK_BYTES or (len(body) > forms.HEAD_BYTES and not _form(bytes(body))):
                    whole = False
                    break
            known = bool(answer.headers.get("etag") or answer.headers.get("last-modified"))
            size = answer.headers.get("content-length", "")
    except LienThongError:
        return None  # the search for OAI-PMH says what is wrong with the line, and tries http
    return bytes(body), whole, known, int(size) if size.isdecimal() and not whole else len(body)


def _form(data: bytes) -> str:
    """What kind of file begins so; empty: none, or an answer of OAI-PMH or another protocol."""
    head = archives.begins(data[: forms.HEAD_BYTES])
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if b"<OAI-PMH" in head or b"OAI-PMH xmlns" in head or trial_walks.is_sru(head) or trial_walks.is_sync(head):
        return ""
    try:
        if dublin_core.recognise(head):
            return "Dublin Core"
        if forms.is_list_of_books(head):
            return "bảng tính / spreadsheet"
        return marc.recognise(head).value
    except FormatError:
        return ""


class _Read:
    """What reading a file brought."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.shown: Shown | None = None
        self.total: int | None = None
        self.problem: Problem | None = None


def _file(store: Store, wish: Wish, url: str, data: bytes, *, whole: bool) -> _Read:
    """The first records as a harvest would take them; how many there are, where that is soon counted."""
    found = _Read()
    name = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]) or url
    end = time.monotonic() + _COUNT_SECONDS
    try:
        every = _readings(store, wish.library, BytesIO(data), name)
        for one in islice(every, RECORDS):
            found.samples.append(_sample(one))
            if found.shown is None and one.record is not None:
                dc = "\n".join(f"{element}: {value}" for element, value, _ in crosswalk(one.record).statements)
                source, text = visible(one.original[:_SHOWN]), mrk.write(one.record).decode()
                found.shown = Shown(ingest.local_id(one), source, text[:_SHOWN], dc[:_SHOWN])
        if whole:
            count = len(found.samples)
            for _ in every:
                count += 1
                if time.monotonic() > end:
                    return found
            found.total = count
    except LienThongError as error:
        if whole or not found.samples:
            found.problem = error.problem
    return found


def _readings(store: Store, library: str, stream: BinaryIO, name: str) -> Iterator[Reading]:
    return forms.readings(store, library, stream, name)


def _sample(one: Reading) -> Sample:
    told = tuple((problem.text("vi"), problem.text("en")) for problem in one.problems)
    return Sample(ingest.local_id(one) or f"#{one.number}", None, one.deleted, one.record is not None, told)


def _judged(
    asked: str, kind: str, made: _Read, first: tuple[Finding, ...], command: str, part: int | str
) -> Trial:  # fmt: skip
    findings = [*first]
    every = len(made.samples)
    unread = sum(not one.readable for one in made.samples)
    repaired = sum(one.readable and bool(one.problems) for one in made.samples)
    if unread:
        findings.append(Finding(False, Problem(messages.UNREAD_SOME, values={"count": unread, "every": every})))
    if repaired:
        findings.append(Finding(False, Problem(messages.REPAIRED_SOME, values={"count": repaired, "every": every})))
    if part:
        findings.append(Finding(False, Problem(messages.LOOKED_AT_PART, values={"seen": f"{LOOK_BYTES:,}"})))
    if made.problem is not None:
        findings.append(Finding(False, made.problem))
    return Trial(
        asked, asked, (), tuple(findings), total=made.total, records=tuple(made.samples), shown=made.shown,
        command=command, kind=kind,
    )  # fmt: skip


def _file_command(wish: Wish, url: str) -> str:
    words = ["lienthong", "harvest", "add", trial.name_for(url), "--url", url, "--file"]
    words += ["--library", wish.library or "CODE"]
    for network in wish.allow:
        words += ["--allow", network]
    if wish.allow_private:
        words.append("--allow-private")
    if wish.user:
        words += ["--user", wish.user, "--password-stdin"]
    return shlex.join([*words, "--schedule", "hằng đêm"])
