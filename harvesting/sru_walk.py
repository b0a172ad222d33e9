"""An SRU server walked from its first record to its last (SRU 1.1, 1.2 and 2.0: searchRetrieve), by one query.

SRU promises no order that stays and no deletions. So a walk counts what it was promised, and one that got less than
that proves nothing about what is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from dublin_core.to_marc import Origin
from foundation.errors import InputError, PeerError, Problem
from foundation.network import Client
from harvesting import messages
from harvesting.contract import Sleep
from harvesting.settings import SruSettings
from harvesting.walking import Step, fetched, reading
from marc.reading import Reading
from z3950_bridge import sru_answers
from z3950_bridge.origin import Given, Said
from z3950_bridge.sru_answers import Retrieved

_DAY: Final = 86_400


class SruWalk:
    """`clock`: seconds since 1970, from which the next walk's restriction by date is taken."""

    def __init__(self, client: Client, settings: SruSettings, sleep: Sleep, clock: int) -> None:
        self._client, self._settings, self._sleep, self._clock = client, settings, sleep, clock

    def steps(self, since: dict[str, Any], at: dict[str, Any]) -> Iterator[Step]:
        """As `Walk.steps`."""
        at.setdefault("began", self._clock)
        query = self._query(since)
        start = int(at.get("start", 1))
        while True:
            found = retrieved(self._client, self._settings, query, start, self._settings.page, self._sleep)
            if found.diagnostics and not found.records:
                said = found.diagnostics[0]
                if start == 1:
                    raise InputError(messages.SRU_SAID, said=_words(said))
                yield Step([], complete=False)  # many servers give no more than some thousands of any result
                break
            # A server that has lost its result under way says that there is nothing more; what it promised says so not.
            promised = max(found.hits, int(at.get("total", 0)))
            known = hashlib.sha256(repr(found.records).encode()).hexdigest()[:16]
            again = len(found.records) > 1 and known == at.get("known")  # it does not look at startRecord
            readings = [self._reading(place, one) for place, one in enumerate(found.records, start)]
            start += len(readings)
            at |= {"start": start, "total": promised, "known": known}
            done = start > promised or not readings or again
            complete = start > promised and not again
            if done:
                # Of what is new and did not come, the next walk asks again.
                fresh = {"date": at["began"]} if complete or not since else since
                at["next"] = fresh if self._settings.since_index else {}
            yield Step(readings, complete=complete or not done)
            if done:
                break

    def _query(self, since: dict[str, Any]) -> str:
        """The query, and where the last walk began. A day earlier, for clocks that differ and dates without hours."""
        if not since.get("date"):
            return self._settings.query
        day = datetime.fromtimestamp(int(since["date"]) - _DAY, UTC).strftime("%Y-%m-%d")
        return f'({self._settings.query}) and {self._settings.since_index} >= "{day}"'

    def _reading(self, place: int, one: Given | Said) -> Reading:
        if isinstance(one, Said):
            return Reading(place, -1, b"", None, (Problem(messages.SRU_SAID, values={"said": _words(one)}),))
        return reading(place, one.data, "", Origin(repository=self._settings.url, form=self._settings.schema))


def retrieved(
    client: Client, settings: SruSettings, query: str, start: int, number: int, sleep: Sleep | None
) -> Retrieved:  # fmt: skip
    """One answer. Raises PeerError, InputError for an answer that is no SRU."""
    arguments = {"version": settings.version, "query": query, "startRecord": str(start), "maximumRecords": str(number)}
    if settings.version != "2.0":  # 2.0 has no `operation` (Part 3, 2.1)
        arguments["operation"] = "searchRetrieve"
    if settings.schema:
        arguments["recordSchema"] = settings.schema
    joint = "&" if urlsplit(settings.url).query else "?"
    data = fetched(client, settings.url.rstrip("?&") + joint + urlencode(arguments), sleep)
    if data is None:
        raise PeerError(messages.STATUS, status=404, url=settings.url, attempts=1)
    return sru_answers.retrieved(data)


def _words(said: Said) -> str:
    return " ".join(filter(None, (str(said.condition or ""), said.addinfo))) or "–"
