"""A trial of a source before anything is stored: find its address, talk to it, and say what is good and bad about it.

At most some twenty small requests, each tried once and bounded in time. What it finds are values (`Trial`); what to do
about them is said with them, down to the command that adds the source.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from dublin_core.crosswalk import crosswalk
from foundation import addresses
from foundation import messages as foundation_messages
from foundation.errors import InputError, LienThongError, PeerError, Problem, RefusedError
from foundation.network import Budget, Client, Line
from foundation.settings import Settings
from harvesting import desk, messages, trial_messages
from harvesting.address_forms import cleaned, forms
from harvesting.dialogue import Dialogue, Finding, Sample
from harvesting.opening import agent
from harvesting.peer import Peer
from harvesting.taking import reading
from marc import mrk
from oaipmh.answers import Answer
from oaipmh.identity import Identity, identity
from oaipmh.quirks import STANDARD, Quirks, changed

_BUDGET: Final = Budget(connect_seconds=10, idle_seconds=30, total_seconds=45)
_PAGE_BYTES: Final = 2_000_000
_SHOWN: Final = 20_000
_LINE_DEAD: Final = frozenset(one.code for one in (foundation_messages.HOST_UNKNOWN, foundation_messages.UNREACHABLE))
"""After these every other address of the same scheme and host fails alike."""
_REFUSED: Final = foundation_messages.ADDRESS_REFUSED.code
_MOST_SECONDS: Final = 180

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be tried."""

    url: str
    prefix: str = ""
    """metadataPrefix; empty: the best there is."""
    library: str = ""
    allow: tuple[str, ...] = ()
    allow_private: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    host_key: str = ""
    """Of an SFTP server, as a person accepted it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One address and why it was not the one."""

    url: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One record three ways."""

    identifier: str
    source: str
    marc: str
    dc: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found. Without `url` no OAI-PMH was found."""

    asked: str
    url: str
    tried: tuple[Tried, ...]
    findings: tuple[Finding, ...]
    identity: Identity | None = None
    formats: tuple[tuple[str, str], ...] = ()
    """(metadataPrefix, namespace)"""
    sets: tuple[tuple[str, str], ...] = ()
    """(setSpec, name), the first page of them."""
    prefix: str = ""
    total: int | None = None
    seconds: float = 0.0
    """Of one page."""
    records: tuple[Sample, ...] = ()
    shown: Shown | None = None
    quirks: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    kind: str = "oai"
    """Which kind of source it would be (`harvesting.kinds`)."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings of it that the trial found, beside the address."""

    @property
    def works(self) -> bool:
        """Whether records came that can be read."""
        return any(one.readable for one in self.records)


def attempt(settings: Settings, wish: Wish, tell: Tell = lambda what: None) -> Trial:
    """Try a source; nothing is stored. `tell` hears what is being asked.

    Whatever is wrong with the source is in the trial. Raises InputError for an address or network that is none.
    """
    asked = cleaned(wish.url)
    addresses.url(asked)
    allowed = (*wish.allow, *(desk.private_addresses(asked) if wish.allow_private else ()))
    line = Line(
        allowed=addresses.networks(allowed),
        user=wish.user,
        password=wish.password,
        agent=agent(settings),
        budget=_BUDGET,
    )
    with Client(line) as client:
        search = _Search(client, asked, tell, has_scheme="://" in wish.url)
        found = search.find()
        if found is None:
            return Trial(asked, "", tuple(search.tried), tuple(search.findings))
        url, quirks, first, took = found
        dialogue = Dialogue(_asking(client, url), quirks, wish.prefix, tell)
        dialogue.findings += search.findings
        if url.rstrip("/") != asked.rstrip("/"):
            values = {"url": url, "asked": asked}
            dialogue.findings.append(Finding(False, Problem(trial_messages.OTHER_ADDRESS, values=values)))
        if url.startswith("http://") and not wish.allow_private:
            dialogue.findings.append(Finding(False, Problem(trial_messages.NO_ENCRYPTION)))
        dialogue.go(first, took)
    said = dialogue.identity
    samples, shown = _samples(dialogue, url, said)
    return Trial(
        asked,
        url,
        tuple(search.tried),
        tuple(dialogue.findings),
        said,
        tuple(dialogue.formats),
        tuple(dialogue.sets),
        dialogue.prefix,
        dialogue.total,
        round(dialogue.seconds, 3),
        samples,
        shown,
        changed(dialogue.quirks),
        _command(wish, url, dialogue),
    )


def values(found: Trial) -> dict[str, Any]:
    """A trial as plain values for JSON."""
    made = {name: getattr(found, name) for name in Trial.__dataclass_fields__ if name not in ("findings", "identity")}
    made["tried"] = [asdict(one) for one in found.tried]
    made["records"] = [asdict(one) for one in found.records]
    made["shown"] = None if found.shown is None else asdict(found.shown)
    made["identity"] = None if found.identity is None else asdict(found.identity)
    made["findings"] = [
        {"good": one.good, "code": one.problem.code, "vi": one.problem.text("vi"), "en": one.problem.text("en")}
        for one in found.findings
    ]
    return made | {"works": found.works}


def name_for(url: str) -> str:
    """What a source at an address may be called: its host without what all of them have."""
    host = urlsplit(url).hostname or "nguon"
    labels = [label for label in host.split(".") if label not in ("www", "opac", "oai", "lib", "thuvien")]
    plain = host if host.replace(".", "").isdigit() or ":" in host else (labels or [host])[0]
    return re.sub(r"[^\w-]+", "-", plain).strip("-") or "nguon"


def _asking(client: Client, url: str) -> Callable[[dict[str, str], Quirks], Answer]:
    def ask(arguments: dict[str, str], quirks: Quirks) -> Answer:
        """One attempt. Raises what `Peer.ask` raises, with the reason and not the waiting."""
        peer = Peer(client, url, quirks, sleep=_no_waiting)
        try:
            return peer.ask(arguments)
        except PeerError as error:
            heard = peer.heard()
            if error.problem.code != messages.INTERRUPTED.code or not heard:
                raise
            reason = heard[-1]
            if reason.code == messages.WAITED.code:  # nobody waits here
                raise PeerError(messages.STATUS, status=reason.values["status"], url=url, attempts=1) from error
            raise PeerError(reason.message, **reason.values) from error

    return ask


def _no_waiting(seconds: float) -> None:
    raise PeerError(messages.INTERRUPTED)


class _Search:
    """Looks for the OAI-PMH address among those that may have been meant."""

    def __init__(self, client: Client, asked: str, tell: Tell, *, has_scheme: bool) -> None:
        self._client = client
        self._asked = asked
        self._tell = tell
        self._has_scheme = has_scheme
        self.tried: list[Tried] = []
        self.findings: list[Finding] = []

    def find(self) -> tuple[str, Quirks, Answer, float] | None:
        """The address, quirks needed so far, its Identify answer, and the seconds that took; None: nothing found."""
        end = time.monotonic() + _MOST_SECONDS
        page = ""
        waiting = [self._asked]
        seen: set[str] = set()
        dead: set[tuple[str, str]] = set()
        while waiting and time.monotonic() < end:
            url = waiting.pop(0)
            parts = urlsplit(url)
            origin = (parts.scheme, parts.netloc)
            if url in seen or origin in dead:
                continue
            seen.add(url)
            self._tell(url)
            found = self._attempt(url)
            if isinstance(found, tuple):
                return (url, *found)
            if found in _LINE_DEAD or found in (foundation_messages.TLS_FAILED.code, _REFUSED):
                dead.add(origin)
                if found != _REFUSED and parts.scheme == "https" and not self._has_scheme:
                    waiting.insert(0, "http" + url[5:])
            if len(seen) == 1 or (not self._has_scheme and url == "http" + self._asked[5:]):
                page = "" if origin in dead else self._page(url)
                waiting += forms(url, page)
        if not any(finding.problem.code == _REFUSED for finding in self.findings):
            told = {"url": self._asked, "tried": len(self.tried) - 1}
            self.findings.append(Finding(False, Problem(trial_messages.NOT_FOUND, values=told)))
        return None

    def _attempt(self, url: str) -> tuple[Quirks, Answer, float] | str:
        """An Identify answer, or the code of what came instead."""
        began = time.monotonic()
        quirks = STANDARD
        try:
            try:
                answer = _asking(self._client, url)({"verb": "Identify"}, quirks)
            except PeerError as error:
                if error.problem.code != foundation_messages.BROKE_OFF.code or not error.problem.values.get("seen"):
                    raise
                quirks = replace(STANDARD, no_gzip=True)
                answer = _asking(self._client, url)({"verb": "Identify"}, quirks)
                self.findings.append(Finding(False, Problem(trial_messages.GZIP_DAMAGED)))
        except RefusedError as error:
            self._not(url, error.problem)
            self.findings.append(Finding(False, error.problem))
            return _REFUSED
        except LienThongError as error:
            self._not(url, error.problem)
            self._shut(url, error.problem.values.get("status"))
            return str(error.problem.code)
        said = identity(answer)
        if not (said.name or said.version or answer.errors):
            self._not(url, Problem(trial_messages.VERSION_UNTOLD))
            return trial_messages.VERSION_UNTOLD.code
        return quirks, answer, time.monotonic() - began

    def _shut(self, url: str, status: object) -> None:
        """Tell of a server that lets nobody in, or not us, once."""
        told = {401: trial_messages.LOGIN_WANTED, 403: trial_messages.FORBIDDEN}.get(status)  # type: ignore[call-overload]
        if told is not None and not any(one.problem.code == told.code for one in self.findings):
            self.findings.append(Finding(False, Problem(told, values={"url": url})))

    def _not(self, url: str, problem: Problem) -> None:
        self.tried.append(Tried(url, problem.text("vi"), problem.text("en")))

    def _page(self, url: str) -> str:
        """What a browser is shown there; empty when nothing is."""
        try:
            with self._client.request(url, headers={"Accept": "text/html"}) as answer:
                body = bytearray()
                for piece in answer.chunks():
                    body += piece
                    if len(body) > _PAGE_BYTES:
                        break
        except (LienThongError, InputError):
            return ""
        text = body.decode("utf-8", "replace")
        if "OAI-PMH service is disabled" in text:
            self.findings.append(Finding(False, Problem(trial_messages.SWITCHED_OFF, values={"url": url})))
        return text


# --- what came ----------------------------------------------------------------------------------------------


def _samples(dialogue: Dialogue, url: str, said: Identity | None) -> tuple[tuple[Sample, ...], Shown | None]:
    """The records of the trial read as a harvest would read them, and the first that can be shown."""
    made: list[tuple[Sample, tuple[Problem, ...]]] = []
    shown: Shown | None = None
    days = said is not None and said.days
    for number, one in enumerate(dialogue.records, 1):
        found = reading(number, one, url, dialogue.prefix, dialogue.moment, days=days)
        problems = tuple((problem.text("vi"), problem.text("en")) for problem in found.problems)
        readable = one.deleted or found.record is not None
        made.append((Sample(one.identifier, one.datestamp, one.deleted, readable, problems), found.problems))
        if shown is None and found.record is not None and one.metadata is not None:
            source = re.sub(r">\s*<", ">\n<", one.metadata.decode("utf-8", "replace"))[:_SHOWN]
            statements = crosswalk(found.record).statements
            dc = "\n".join(f"{element}: {value}" for element, value, _ in statements)
            shown = Shown(one.identifier, source, mrk.write(found.record).decode()[:_SHOWN], dc[:_SHOWN])
    dialogue.judge(made)
    return tuple(one for one, _ in made), shown


def _command(wish: Wish, url: str, dialogue: Dialogue) -> str:
    """The command that adds the source as it was found."""
    words = ["lienthong", "harvest", "add", name_for(url), "--url", url, "--library", wish.library or "CODE"]
    if dialogue.prefix and dialogue.prefix != "marcxml":
        words += ["--prefix", dialogue.prefix]
    for network_text in wish.allow:
        words += ["--allow", network_text]
    if wish.allow_private:
        words.append("--allow-private")
    for quirk, value in changed(dialogue.quirks).items():
        words += ["--quirk", f"{quirk}={str(value).lower()}"]
    if wish.user:
        words += ["--user", wish.user, "--password-stdin"]
    return shlex.join([*words, "--schedule", "hằng đêm"])
