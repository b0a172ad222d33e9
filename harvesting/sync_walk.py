"""A ResourceSync source walked (ANSI/NISO Z39.99-2017): its resource list for everything, its change lists for news."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin

from dublin_core.to_marc import Origin
from foundation.errors import FormatError, InputError, PeerError, Problem, RefusedError
from foundation.network import Client
from harvesting import messages, sync_documents
from harvesting.contract import Sleep
from harvesting.settings import SyncSettings
from harvesting.sync_documents import Document, Entry
from harvesting.walking import BUSY, Step, fetched, reading
from marc.reading import Reading

WELL_KNOWN: Final = "/.well-known/resourcesync"
RESOURCES: Final = "resourcelist"
CHANGES: Final = "changelist"
_LISTS: Final = ("description", "capabilitylist")
_BATCH: Final = 50
_MOST_LISTS: Final = 5_000
_DEPTH: Final = 4


class SyncWalk:
    """The resources of one source, each a record in XML, known by their addresses."""

    def __init__(self, client: Client, settings: SyncSettings, sleep: Sleep) -> None:
        self._client, self._settings, self._sleep = client, settings, sleep

    def steps(self, since: dict[str, Any], at: dict[str, Any]) -> Iterator[Step]:
        """As `Walk.steps`."""
        lists = capabilities(self._get, self._settings.url)
        moment = since.get("moment")
        if moment is not None and CHANGES in lists:
            yield from self._changes(lists[CHANGES], int(moment), at)
            return
        if RESOURCES not in lists:
            raise InputError(messages.NO_RESOURCE_LIST, url=self._settings.url)
        yield from self._resources(lists[RESOURCES], at)

    # --- everything -----------------------------------------------------------------------------------------
    def _resources(self, url: str, at: dict[str, Any]) -> Iterator[Step]:
        first: int | None = None
        for place, (address, document) in enumerate(self._parts(url)):
            if document.moment is not None:
                first = document.moment if first is None else min(first, document.moment)
            yield from self._list(place, address, document, list(document.entries), at)
        at["next"] = {} if first is None else {"moment": first}
        yield Step([])

    # --- what is new ----------------------------------------------------------------------------------------
    def _changes(self, url: str, since: int, at: dict[str, Any]) -> Iterator[Step]:
        latest = since
        for place, (address, document) in enumerate(self._parts(url, since)):
            newest: dict[str, Entry] = {}
            for entry in document.entries:
                if entry.moment is None or entry.moment >= since:  # the last change of a resource is what counts
                    newest.pop(entry.loc, None)
                    newest[entry.loc] = entry
                    latest = max(latest, entry.moment or since)
            yield from self._list(place, address, document, [*newest.values()], at)
        at["next"] = {"moment": latest}
        yield Step([])

    def _list(
        self, place: int, address: str, document: Document, entries: list[Entry], at: dict[str, Any]
    ) -> Iterator[Step]:
        """The resources of one list, behind those that a walk that was cut has kept."""
        known = hashlib.sha256(repr(entries).encode()).hexdigest()[:16]
        stands = at.get("list", -1), at.get("known", "")
        if place < stands[0]:
            return
        begin = int(at.get("entry", 0)) if stands == (place, known) else 0
        at |= {"list": place, "known": known, "entry": begin, "address": address}
        for start in range(begin, len(entries), _BATCH):
            some, refused = entries[start : start + _BATCH], list[PeerError]()
            readings = [self._reading(start + more, entry, refused) for more, entry in enumerate(some, 1)]
            if len(refused) == len(some) > 1:  # nobody is let in any more: no fault of a resource
                raise refused[0]
            at["entry"] = start + len(some)
            yield Step([one for one in readings if one is not None])

    def _parts(self, url: str, since: int | None = None) -> Iterator[tuple[str, Document]]:
        """The lists at an address: itself, or those of an index, without those that were closed before `since`."""
        document = self._get(url)
        if not document.is_index:
            yield url, document
            return
        for entry in document.entries[:_MOST_LISTS]:
            if since is None or entry.until is None or entry.until >= since:
                yield entry.loc, self._get(urljoin(url, entry.loc))

    def _reading(self, number: int, entry: Entry, refused: list[PeerError]) -> Reading | None:
        if entry.change == "deleted":
            return Reading(number, -1, b"", None, name=entry.loc, deleted=True)
        try:
            found = resource(self._client, self._settings.url, number, entry.loc, self._sleep)
        except PeerError as error:
            if error.problem.values.get("status", 0) in {0, *BUSY}:
                raise
            refused.append(error)
            return Reading(number, -1, b"", None, (error.problem,), name=entry.loc)
        gone = any(one.code == messages.NOT_THERE.code for one in found.problems)
        return None if gone and entry.change else found  # its deletion is in this list or the next one

    def _get(self, url: str) -> Document:
        data = fetched(self._client, url, self._sleep)
        if data is None:
            raise PeerError(messages.STATUS, status=404, url=url, attempts=1)
        return sync_documents.read(data)


def resource(client: Client, source: str, number: int, url: str, sleep: Sleep | None) -> Reading:
    """The record at `url`; one that cannot be had, for its address or its size, costs itself alone.

    Raises PeerError when the line breaks or the server refuses it.
    """
    try:
        data = fetched(client, url, sleep)
    except (InputError, RefusedError) as error:
        return Reading(number, -1, b"", None, (error.problem,), name=url)
    if data is None:
        return Reading(number, -1, b"", None, (Problem(messages.NOT_THERE, values={"url": url}),), name=url)
    return reading(number, data, url, Origin(identifier=url, repository=source))


def capabilities(get: Any, url: str) -> dict[str, str]:
    """Capability → address of its list, from any document of a source, or from the address of its site.

    `get`: address → Document; raises PeerError, InputError.
    """
    try:
        document: Document = get(url)
    except (FormatError, PeerError):
        url = urljoin(url, WELL_KNOWN)
        document = get(url)
    found: dict[str, str] = {}
    waiting, seen = [(url, document, 0)], {url}
    while waiting:
        here, document, depth = waiting.pop(0)
        if document.capability not in _LISTS:
            found.setdefault(document.capability, here)
            continue
        for entry in document.entries:
            address = urljoin(here, entry.loc)
            if entry.capability in _LISTS or document.is_index:
                if depth < _DEPTH and address not in seen and len(seen) < _BATCH:
                    seen.add(address)
                    waiting.append((address, get(address), depth + 1))
            elif entry.capability:
                found.setdefault(entry.capability, address)
    return found
