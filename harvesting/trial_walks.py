"""A trial of an SRU server or a ResourceSync source: what it says of itself, and its first records."""

from __future__ import annotations

import shlex
from typing import Any, Final
from urllib.parse import urlsplit

from dublin_core.crosswalk import crosswalk
from dublin_core.to_marc import Origin
from foundation.errors import InputError, LienThongError, PeerError, Problem
from foundation.network import Client, Line
from harvesting import messages, sync_documents, trial
from harvesting import trial_messages as told
from harvesting.dialogue import RECORDS, Finding, Sample
from harvesting.faults import visible
from harvesting.kinds import SRU, SYNC
from harvesting.settings import SruSettings
from harvesting.sru_walk import retrieved
from harvesting.sync_walk import CHANGES, RESOURCES, capabilities, resource
from harvesting.trial import Shown, Trial, Wish
from harvesting.walking import fetched, reading
from marc import mrk
from marc.reading import Reading
from z3950_bridge import sru_answers
from z3950_bridge.origin import Given

_SHOWN: Final = 20_000
_DATES: Final = ("rec.lastModificationDate", "rec.lastmodificationdate", "dc.modified", "dcterms.modified")
_QUERIES: Final = ("cql.allRecords=1", "cql.allRecords=*", 'cql.serverChoice=" "')


def is_sru(head: bytes) -> bool:
    """Whether a document that begins so is an answer of SRU."""
    return b"searchRetrieveResponse" in head[:2_000] or b"explainResponse" in head[:2_000]


def is_sync(head: bytes) -> bool:
    """Whether a document that begins so is one of ResourceSync."""
    return b"openarchives.org/rs/terms" in head[:2_000]


def sru(line: Line, url: str, wish: Wish) -> Trial:
    """Try an SRU server."""
    findings: list[Finding] = []
    with Client(line) as client:
        joint = "&" if urlsplit(url).query else "?"
        try:
            said = sru_answers.explained(_must(client, f"{url}{joint}version=1.1&operation=explain"))
        except LienThongError as error:
            return Trial(url, "", (), (Finding(False, error.problem),), kind=SRU)
        schema = next((one for one in said.schemas if "marcxml" in one.lower()), "")
        schema = schema or next((one for one in said.schemas if "marc" in one.lower()), "") or "marcxml"
        since = next((one for one in _DATES if one in said.indexes), "")
        settings = SruSettings(url=url, schema=schema, since_index=since, page=min(50, said.records or 50))
        readings, total = [], None
        for query in _QUERIES:
            try:
                found = retrieved(client, settings, query, 1, RECORDS, None)
            except LienThongError as error:
                findings.append(Finding(False, error.problem))
                break
            if found.records:
                settings, total = SruSettings(**{**settings.stored(), "query": query}), found.hits
                readings = [
                    reading(place, one.data, "", Origin(repository=url, form=schema))
                    if isinstance(one, Given)
                    else Reading(place, -1, b"", None)
                    for place, one in enumerate(found.records, 1)
                ]
                break
    title = said.title or url
    findings.insert(0, Finding(True, Problem(told.IS_SRU, values={"title": title, "schemas": ", ".join(said.schemas)})))
    findings.append(
        Finding(bool(since), Problem(told.SRU_DATES if since else told.SRU_NO_DATES, values={"index": since}))
    )
    kept = {name: value for name, value in settings.stored().items() if name != "url"}
    more = ["--sru", "--schema", schema, *(["--since-index", since] if since else [])]
    return _made(url, SRU, findings, readings, total, kept, _command(wish, url, more))


def sync(line: Line, url: str, wish: Wish) -> Trial:
    """Try a ResourceSync source."""
    findings: list[Finding] = []
    with Client(line) as client:

        def get(address: str) -> sync_documents.Document:
            return sync_documents.read(_must(client, address))

        try:
            lists = capabilities(get, url)
            if RESOURCES not in lists:
                raise InputError(messages.NO_RESOURCE_LIST, url=url)
            document, parts = get(lists[RESOURCES]), 1
            if document.is_index and document.entries:
                parts = len(document.entries)
                document = get(document.entries[0].loc)
            some = enumerate(document.entries[:RECORDS], 1)
            readings = [resource(client, url, place, one.loc, None) for place, one in some]
        except LienThongError as error:
            return Trial(url, "", (), (Finding(False, error.problem),), kind=SYNC)
    total = len(document.entries) if parts == 1 else None
    findings.append(Finding(True, Problem(told.IS_SYNC, values={"parts": parts})))
    findings.append(Finding(CHANGES in lists, Problem(told.SYNC_CHANGES if CHANGES in lists else told.SYNC_NO_CHANGES)))
    return _made(url, SYNC, findings, readings, total, {}, _command(wish, url, ["--resourcesync"]))


def _made(
    url: str, kind: str, findings: list[Finding], readings: list[Reading], total: int | None, kept: dict[str, Any],
    command: str,
) -> Trial:  # fmt: skip
    samples = tuple(
        Sample(
            one.name or f"#{one.number}", None, one.deleted, one.record is not None,
            tuple((problem.text("vi"), problem.text("en")) for problem in one.problems),
        )
        for one in readings
    )  # fmt: skip
    unread = sum(not one.readable for one in samples)
    if unread:
        findings.append(Finding(False, Problem(told.UNREAD_SOME, values={"count": unread, "every": len(samples)})))
    shown = None
    for one in readings:
        if one.record is not None:
            dc = "\n".join(f"{element}: {value}" for element, value, _ in crosswalk(one.record).statements)
            text = mrk.write(one.record).decode()
            shown = Shown(one.name, visible(one.original[:_SHOWN]), text[:_SHOWN], dc[:_SHOWN])
            break
    return Trial(
        url, url, (), tuple(findings), total=total, records=samples, shown=shown, command=command, kind=kind,
        settings=kept,
    )  # fmt: skip


def _command(wish: Wish, url: str, more: list[str]) -> str:
    words = ["lienthong", "harvest", "add", trial.name_for(url), "--url", url, *more]
    words += ["--library", wish.library or "CODE"]
    words += ["--allow-private"] if wish.allow_private else []
    words += ["--user", wish.user, "--password-stdin"] if wish.user else []
    return shlex.join([*words, "--schedule", "hằng đêm"])


def _must(client: Client, url: str) -> bytes:
    data = fetched(client, url, None)
    if data is None:
        raise PeerError(messages.STATUS, status=404, url=url, attempts=1)
    return data
