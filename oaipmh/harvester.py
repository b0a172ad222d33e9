"""One list of another repository, from its first request to its last: pure, no connection, no clock, no store.

    harvest = Harvest(Wish("marcxml", since=…), quirks)
    while (arguments := harvest.request()) is not None:
        …send them, read the answer (`oaipmh.answers`)…
        received = harvest.receive(answer)
        …keep received.records, and harvest.state in the same transaction…

`receive` says what comes next. After a kill, `Harvest.resumed(state)` goes on behind the last page that was kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any, Final

from foundation.errors import Problem
from oaipmh import harvest_messages as messages
from oaipmh.answers import Answer, Harvested
from oaipmh.dates import format_datestamp
from oaipmh.quirks import STANDARD, Quirks

_DAY: Final = 86_400
_RESTARTS: Final = 5
"""How often one window is begun anew, or one page asked for again, before it is given up."""
_REPEATS: Final = 3
"""How often the same records may come again under ever new tokens."""
_FALLBACKS: Final = ("marcxml", "marc21", "marc-xml", "oai_marc", "oai_dc")
"""Other names of what is asked for, in the order they are tried (cannotDisseminateFormat)."""
_WINDOW_AT_FIRST: Final = 30


class Then(Enum):
    """What comes after an answer."""

    GO_ON = "go on"
    """Ask for the next page."""
    AGAIN = "again"
    """Ask the same once more, after a wait: the page was cut off."""
    DONE = "done"
    FAILED = "failed"
    """Nothing more can be had in this run; the last problem says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be harvested."""

    prefix: str
    set_spec: str = ""
    since: int | None = None
    until: int | None = None
    identifiers: bool = False
    """Headers only (ListIdentifiers), to compare what is there with what is kept."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a harvest is; what `resumed` needs, as plain values."""

    prefix: str
    set_spec: str
    since: int | None
    until: int | None
    identifiers: bool
    window: int | None
    """Where the window that is being read begins; None: at the beginning of everything."""
    window_days: int
    token: str = ""
    pages: int = 0
    received: int = 0
    window_received: int = 0
    total: int | None = None
    """completeListSize of this window, as its first page gave it."""
    started: int | None = None
    """responseDate of the first page of the run: where the next incremental run begins."""
    last_stamp: int | None = None
    restarts: int = 0
    cuts: int = 0
    """How often the page that is asked for now has come cut off."""
    empty: int = 0
    done: bool = False
    failed: bool = False
    """It ended before its end: nothing more can be had in this run."""
    first: bool = True
    """The window is the first one: of a list of everything it has no beginning, whatever earliestDatestamp says."""
    short: bool = False
    """Something is missing, so that what was not met is not to be taken for deleted."""


@dataclass(frozen=True, slots=True)
class Received:
    """What an answer brought."""

    then: Then
    records: tuple[Harvested, ...] = ()
    problems: tuple[Problem, ...] = ()


class Harvest:
    """One list. `earliest` is the repository's earliestDatestamp and `clock` its own time when the run began; both are
    needed where windows are cut."""

    def __init__(
        self,
        wish: Wish,
        quirks: Quirks = STANDARD,
        *,
        days: bool = False,
        earliest: int | None = None,
        clock: int | None = None,
    ) -> None:
        self._quirks = quirks
        self._clock = clock
        self._days = days or quirks.days
        since = None if quirks.no_dates else wish.since
        window_days = 0 if quirks.no_dates else quirks.window_days
        window = since if since is not None or not window_days else earliest
        self._earliest = earliest
        self._tried = {wish.prefix}
        self._seen: set[tuple[str, int]] = set()
        self._pages: Counter[int] = Counter()
        self.state = State(
            wish.prefix,
            wish.set_spec,
            since,
            None if quirks.no_dates else wish.until,
            wish.identifiers,
            window,
            window_days,
        )

    @classmethod
    def resumed(
        cls,
        state: Mapping[str, Any],
        quirks: Quirks = STANDARD,
        *,
        days: bool = False,
        earliest: int | None = None,
        clock: int | None = None,
    ) -> Harvest:
        """The harvest that `asdict(state)` was kept of, to go on behind its last page."""
        known = State(**state)
        wish = Wish(known.prefix, known.set_spec, known.since, known.until)
        made = cls(wish, quirks, days=days, earliest=earliest, clock=clock)
        made.state = known
        return made

    @property
    def kept(self) -> dict[str, Any]:
        """The state as plain values."""
        return asdict(self.state)

    def request(self) -> dict[str, str] | None:
        """The arguments of the next request; None when the list is at its end."""
        state = self.state
        if state.done:
            return None
        arguments = {"verb": "ListIdentifiers" if state.identifiers or self._quirks.one_by_one else "ListRecords"}
        if state.token and not self._quirks.prefix_with_token:
            return arguments | {"resumptionToken": state.token}
        arguments["metadataPrefix"] = state.prefix
        if state.set_spec:
            arguments["set"] = state.set_spec
        if state.window is not None and not self._from_the_beginning:
            arguments["from"] = self._moment(state.window)
        end = self._window_end()
        if end is not None:
            arguments["until"] = self._moment(end)
        return arguments | ({"resumptionToken": state.token} if state.token else {})

    def receive(self, answer: Answer) -> Received:
        """What the answer to `request()` brought, and what comes next."""
        if answer.errors:
            return self._refused(answer)
        state = self.state
        if state.started is None and answer.response_date is not None:
            state = replace(state, started=answer.response_date)
        fresh = not state.token
        stamps = [record.datestamp for record in answer.records if record.datestamp is not None]
        token = answer.token
        if not answer.complete:
            # What came of it comes again, and is counted then.
            self.state = replace(state, cuts=state.cuts + 1)
            then = Then.AGAIN if state.cuts < _RESTARTS else Then.FAILED
            return Received(then, answer.records, answer.problems)
        self.state = state = replace(
            state,
            pages=state.pages + 1,
            received=state.received + len(answer.records),
            window_received=state.window_received + len(answer.records),
            total=token.total if fresh and token is not None else state.total,
            last_stamp=stamps[-1] if stamps else state.last_stamp,
            cuts=0,
            empty=0 if answer.records else state.empty + 1,
            # One without a name may be any that is kept.
            short=state.short or not all(record.identifier for record in answer.records),
        )
        text = "" if token is None else token.text
        text = text.strip() if self._quirks.trim_token or not text.strip() else text
        if not text:
            return self._window_ended(answer.records, answer.problems)
        stuck = self._stuck(text, answer.records)
        if stuck is not None:
            self.state = replace(self.state, done=True, failed=True)
            return Received(Then.FAILED, answer.records, (*answer.problems, stuck))
        self.state = replace(self.state, token=text)
        return Received(Then.GO_ON, answer.records, answer.problems)

    # --- ends and errors ------------------------------------------------------------------------------------
    def _stuck(self, token: str, records: tuple[Harvested, ...]) -> Problem | None:
        """Why the list will never end, if it will not: the same token behind the same records, the same records under
        ever new tokens, or empty pages only.

        Some repositories give one token for all pages, so a repeated token alone proves nothing.
        """
        if self.state.empty > self._quirks.empty_pages:
            return Problem(messages.EMPTY_PAGES, values={"count": self.state.empty})
        page = hash(tuple(record.identifier for record in records))
        self._pages[page] += bool(records)
        if (token, page) in self._seen or self._pages[page] > _REPEATS:
            return Problem(messages.TOKEN_LOOP, values={"page": self.state.pages})
        self._seen.add((token, page))
        return None

    def _window_ended(self, records: tuple[Harvested, ...], problems: tuple[Problem, ...]) -> Received:
        state = self.state
        if state.total is not None and state.window_received < state.total and not self._quirks.ignore_shortfall:
            values = {"received": state.window_received, "total": state.total}
            problems = (*problems, Problem(messages.SHORTFALL, values=values))
            state = replace(state, short=True)
        end = self._window_end()
        self._forget()
        following = None if end is None else end + 1
        limits = [limit for limit in (state.until, self._now) if limit is not None]
        last = following is None or not limits or following > min(limits)
        self.state = replace(
            state,
            window=state.window if last else following,
            first=state.first and last,
            token="",
            window_received=0,
            total=state.total if last else None,
            last_stamp=None,
            restarts=0,
            cuts=0,
            empty=0,
            done=last,
        )
        return Received(Then.DONE if last else Then.GO_ON, records, problems)

    def _refused(self, answer: Answer) -> Received:
        codes = {code for code, _ in answer.errors}
        said = Problem(messages.PEER_SAID, values={"said": answer.said})
        if self.state.started is None and answer.response_date is not None:
            self.state = replace(self.state, started=answer.response_date)
        if "noRecordsMatch" in codes:
            return self._window_ended((), answer.problems)
        if "badResumptionToken" in codes and self.state.token:
            return self._expired(said)
        if "cannotDisseminateFormat" in codes and not self.state.token:
            following = next((name for name in _FALLBACKS if name not in self._tried), None)
            if following is not None:
                self._tried.add(following)
                self.state = replace(self.state, prefix=following)
                return Received(Then.GO_ON, (), (said,))
        if "badArgument" in codes and not self.state.token and self.state.window is not None:
            if self._from_the_beginning:
                self.state = replace(self.state, first=False)  # one that takes no `until` without `from`
                return Received(Then.GO_ON, (), (said,))
            if not self._days:
                self._days = True  # one that promises seconds in Identify and takes days only
                return Received(Then.GO_ON, (), (said,))
        self.state = replace(self.state, done=True, failed=True)
        return Received(Then.FAILED, (), (said,))

    def _expired(self, said: Problem) -> Received:
        """Begin the window anew: behind what is kept where the source lists in order, else in smaller windows."""
        state = self.state
        if state.token != state.token.strip():
            self.state = replace(state, token=state.token.strip())  # the blanks around it were layout after all
            return Received(Then.GO_ON, (), (said,))
        if state.restarts >= _RESTARTS:
            self.state = replace(state, done=True, failed=True)
            return Received(Then.FAILED, (), (said,))
        window, window_days = state.window, state.window_days
        if not self._quirks.no_dates:
            if self._quirks.ordered and state.last_stamp is not None and state.last_stamp != window:
                window, state = state.last_stamp, replace(state, restarts=0, first=False)
            elif not window_days and (window is not None or self._earliest is not None):
                window = window if window is not None else self._earliest
                window_days = _WINDOW_AT_FIRST
            elif window_days > 1:
                window_days = max(1, window_days // 4)
        self._begin_anew(window, window_days)
        self.state = replace(self.state, first=state.first, restarts=state.restarts + 1)
        return Received(Then.GO_ON, (), (said, Problem(messages.TOKEN_EXPIRED)))

    def _begin_anew(self, window: int | None, window_days: int) -> None:
        self._forget()
        self.state = replace(
            self.state,
            window=window,
            window_days=window_days,
            token="",
            window_received=0,
            total=None,
            last_stamp=None,
        )

    def _forget(self) -> None:
        self._seen.clear()
        self._pages.clear()

    def too_much(self) -> Received:
        """The repository refuses so long a list as a whole (HTTP 413): the same in smaller windows, down to a day."""
        state = self.state
        window = self._earliest if state.window is None else state.window
        if self._quirks.no_dates or window is None or state.window_days == 1:
            self.state = replace(state, done=True, failed=True)
            return Received(Then.FAILED, (), (Problem(messages.TOO_MUCH_STILL),))
        self._begin_anew(window, max(1, state.window_days // 4) if state.window_days else _WINDOW_AT_FIRST)
        return Received(Then.GO_ON, (), (Problem(messages.TOO_MUCH, values={"days": self.state.window_days}),))

    # --- windows --------------------------------------------------------------------------------------------
    @property
    def _from_the_beginning(self) -> bool:
        return self.state.first and self.state.since is None

    def _window_end(self) -> int | None:
        """The last second of the window that is being read; None: open, as the one is that the repository's own time
        falls into, for there are records dated in the future."""
        state = self.state
        if state.window is None or not state.window_days:
            return state.until
        start = state.window - state.window % _DAY if self._days else state.window
        end = start + state.window_days * _DAY - 1
        now = self._now
        if state.until is None and now is not None and end >= now:
            return None
        return end if state.until is None else min(end, state.until)

    @property
    def _now(self) -> int | None:
        """When the run began, as far as anybody knows."""
        return self._clock if self.state.started is None else self.state.started

    def _moment(self, seconds: int) -> str:
        text = format_datestamp(seconds).decode("ascii")
        return text[:10] if self._days else text


def since_of(started: int | None, quirks: Quirks, *, days: bool) -> int | None:
    """Where the run after one whose first page was answered at `started` begins: a granule earlier, or more.

    Not the local clock, which may be another than theirs, nor the last datestamp, behind which others may yet appear.
    """
    if started is None:
        return None
    return max(0, started - max(quirks.overlap_seconds, _DAY if days or quirks.days else 1))
