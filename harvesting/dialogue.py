"""The talk of a trial with a source that was found: one question after the other, each answer judged.

Pure but for `ask`, which sends a request once. A question that fails costs its own answer and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from foundation.errors import LienThongError, Message, Problem
from harvesting import trial_messages as messages
from oaipmh.answers import Answer, Harvested
from oaipmh.dates import format_datestamp
from oaipmh.identity import Identity, formats, identity, sets
from oaipmh.quirks import Quirks

RECORDS: Final = 10
_MARC_SPACE: Final = "MARC21/slim"
_MARC_NAMES: Final = ("marcxml", "marc21", "marc-xml", "marc")
_DAY: Final = 86_400
_SKEW: Final = 300
_SLOW: Final = 10.0

Ask = Callable[[dict[str, str], Quirks], Answer]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is good or bad about a source."""

    good: bool
    problem: Problem


@dataclass(frozen=True, slots=True)
class Sample:
    """One record of the trial, as a harvest would take it."""

    identifier: str
    datestamp: int | None
    deleted: bool
    readable: bool
    problems: tuple[tuple[str, str], ...]
    """(Vietnamese, English): what was repaired, or at last why it cannot be read."""


class Dialogue:
    """What was found, as far as the talk has come."""

    def __init__(self, ask: Ask, quirks: Quirks, prefix: str, tell: Callable[[str], None]) -> None:
        self._ask = ask
        self._tell = tell
        self._wanted = prefix
        self.quirks = quirks
        self.prefix = prefix or "marcxml"
        self.identity: Identity | None = None
        self.formats: list[tuple[str, str]] = []
        self.sets: list[tuple[str, str]] = []
        self.records: list[Harvested] = []
        self.page = 0
        """Records of its first page."""
        self.total: int | None = None
        self.seconds = 0.0
        self.moment = 0
        self.findings: list[Finding] = []
        self._stamps: list[int] = []

    def go(self, first: Answer, took: float) -> None:
        """The whole talk; `first`: its Identify answer, which took so many seconds."""
        self.seconds = took
        self.moment = first.response_date or int(time.time())
        self._identify(first)
        self._formats()
        self._sets()
        page = self._first_page()
        if page is not None:
            self._second_page(page)
            self._dates()
            self._size()

    # --- questions ------------------------------------------------------------------------------------------
    def _identify(self, answer: Answer) -> None:
        said = self.identity = identity(answer)
        self._mends(answer)
        if not said.version:
            self._bad(messages.VERSION_UNTOLD)
        elif said.version != "2.0":
            self._bad(messages.VERSION, version=said.version)
        if said.days:
            self._bad(messages.DAYS)
        else:
            self._good(messages.SECONDS)
        if said.keeps_deletions:
            self._good(messages.DELETIONS_KEPT)
        elif said.deleted_record == "transient":
            self._bad(messages.DELETIONS_FOR_A_WHILE)
        else:
            self._bad(messages.DELETIONS_UNTOLD, policy=said.deleted_record or "–")
        now = int(time.time())
        if answer.response_date is not None and abs(answer.response_date - now) > _SKEW:
            self._bad(messages.CLOCK, seconds=f"{answer.response_date - now:+,}")
        if not said.emails:
            self._bad(messages.NO_CONTACT)

    def _formats(self) -> None:
        answer = self._asked({"verb": "ListMetadataFormats"})
        self.formats = [] if answer is None else formats(answer)
        marc = [name for name, space in self.formats if _MARC_SPACE in space or name.lower() in _MARC_NAMES]
        names = [name for name, _ in self.formats]
        if self._wanted:
            return
        if marc or not names:
            self.prefix = next((name for name in _MARC_NAMES if name in marc), (marc or ["marcxml"])[0])
            if marc:
                self._good(messages.MARC_THERE, prefix=self.prefix)
            elif answer is not None:
                self._bad(messages.FORMATS_UNTOLD, prefix=self.prefix)
            return
        self.prefix = "oai_dc" if "oai_dc" in names else names[0]
        self._bad(messages.MARC_MISSING, prefix=self.prefix, known=", ".join(names[:20]))

    def _sets(self) -> None:
        answer = self._asked({"verb": "ListSets"}, errors=("noSetHierarchy",))
        if answer is None:
            return
        self.sets = sets(answer)
        more = "+" if answer.token is not None and answer.token.text.strip() else ""
        if self.sets:
            self._good(messages.SETS, count=f"{len(self.sets)}{more}")
        else:
            self._good(messages.NO_SETS)

    def _first_page(self) -> Answer | None:
        began = time.monotonic()
        answer = self._asked({"verb": "ListRecords", "metadataPrefix": self.prefix}, errors=("noRecordsMatch",))
        if answer is None:
            return self._singly()
        self.seconds = time.monotonic() - began
        self._take(answer)
        if not answer.records:
            self._bad(messages.EMPTY)
            return None
        return answer

    def _singly(self) -> Answer | None:
        """ListRecords died: whether headers and single records can be had."""
        listed = self._asked({"verb": "ListIdentifiers", "metadataPrefix": self.prefix})
        if listed is None:
            return None
        found: list[Harvested] = []
        for header in listed.records[:RECORDS]:
            asked = {"verb": "GetRecord", "identifier": header.identifier, "metadataPrefix": self.prefix}
            answer = None if header.deleted else self._asked(asked, quiet=True)
            found += () if answer is None else answer.records
        if not found:
            return None
        self._bad(messages.RECORD_BY_RECORD)
        self.quirks = replace(self.quirks, one_by_one=True)
        self._take(replace(listed, records=tuple(found)))
        return listed

    def _second_page(self, page: Answer) -> None:
        token = page.token
        if token is None or not token.text.strip():
            return
        if token.text != token.text.strip():
            self._bad(messages.TOKEN_BLANKS)
            self.quirks = replace(self.quirks, trim_token=True)
        text = token.text.strip()
        verb = "ListIdentifiers" if self.quirks.one_by_one else "ListRecords"
        bare = {"verb": verb, "resumptionToken": text}
        said = ""
        attempts: tuple[tuple[Message | None, Quirks, dict[str, str]], ...] = (
            (None, self.quirks, bare),
            (messages.TOKEN_PLAIN, replace(self.quirks, plain_token=True), bare),
            (
                messages.TOKEN_WITH_PREFIX,
                replace(self.quirks, prefix_with_token=True),
                bare | {"metadataPrefix": self.prefix},
            ),
        )
        for message, quirks, arguments in attempts:
            began = time.monotonic()
            self._tell(verb)
            try:
                answer = self._ask(arguments, quirks)
            except LienThongError as error:
                said = said or error.text("en")
                continue
            if answer.errors:
                said = said or answer.said
                continue
            self.seconds = (self.seconds + time.monotonic() - began) / 2
            if message is not None:
                self._bad(message)
                self.quirks = quirks
            before = [one.identifier for one in page.records]
            if answer.records and [one.identifier for one in answer.records] == before:
                self._bad(messages.TOKEN_REPEATS)
            else:
                self._good(messages.TOKENS_GOOD)
                self._take(answer)
            return
        self._bad(messages.TOKEN_BROKEN, said=said)
        self.quirks = replace(self.quirks, window_days=30)

    def _dates(self) -> None:
        """Whether from selects, in the granularity that it promises; and whether anything is older than it says."""
        said = self.identity
        if said is None or not self._stamps:
            return
        newest, days = max(self._stamps), said.days
        answer = self._from(newest, days)
        if answer is not None and not days and "badArgument" in {code for code, _ in answer.errors}:
            answer, days = self._from(newest, True), True
            if answer is not None and not answer.errors:
                self._bad(messages.DATES_DAYS)
                self.quirks = replace(self.quirks, days=True)
        if answer is not None:
            low = newest - newest % _DAY if days else newest
            older = [one for one in answer.records if one.datestamp is not None and one.datestamp < low]
            if older:
                self._bad(messages.DATES_IGNORED)
                self.quirks = replace(self.quirks, no_dates=True)
            elif "noRecordsMatch" in {code for code, _ in answer.errors}:
                self._bad(messages.DATES_LOSE)
                self.quirks = replace(self.quirks, overlap_seconds=_DAY)
            elif answer.records:
                self._good(messages.DATES_GOOD)
        earliest = said.earliest
        shown = "–" if earliest is None else format_datestamp(earliest).decode()
        if earliest is None or earliest > self.moment + _DAY or min(self._stamps) < earliest:
            self._bad(messages.EARLIEST_WRONG, said=shown)
        elif earliest >= _DAY and not self.quirks.no_dates:
            until = self._written(earliest - (_DAY if days else 1), days)
            asked = {"verb": "ListIdentifiers", "metadataPrefix": self.prefix, "until": until}
            before = self._asked(asked, errors=("noRecordsMatch", "badArgument"), quiet=True)
            if before is not None and before.records:
                self._bad(messages.EARLIEST_WRONG, said=shown)

    def _from(self, moment: int, days: bool) -> Answer | None:
        asked = {"verb": "ListIdentifiers", "metadataPrefix": self.prefix, "from": self._written(moment, days)}
        return self._asked(asked, errors=("badArgument", "noRecordsMatch"))

    @staticmethod
    def _written(moment: int, days: bool) -> str:
        return format_datestamp(moment).decode()[: 10 if days else 20]

    def _size(self) -> None:
        seconds = f"{self.seconds:.1f}"
        if self.total is None and self.page:
            self._bad(messages.SIZE_UNKNOWN, page=self.page, seconds=seconds)
        elif self.total is not None and self.page:
            minutes = max(1, round(self.total / self.page * self.seconds / 60))
            self._good(messages.SIZE, total=f"{self.total:,}", page=self.page, seconds=seconds, minutes=f"{minutes:,}")
        if self.seconds > _SLOW:
            self._bad(messages.SLOW, seconds=seconds)

    # --- judging --------------------------------------------------------------------------------------------
    def judge(self, samples: Sequence[tuple[Sample, tuple[Problem, ...]]]) -> None:
        """What is to be said of the records, each given with its problems."""
        every = len(samples)
        unread = [problems for one, problems in samples if not one.readable]
        repaired = [problems for one, problems in samples if one.readable and problems]
        for message, found in ((messages.UNREADABLE, unread), (messages.REPAIRED, repaired)):
            if found:
                reason = found[0][-1] if found[0] else "–"
                self._bad(message, count=len(found), every=every, reason=reason)
        if every and not unread:
            self._good(messages.READABLE, count=every)

    def _take(self, answer: Answer) -> None:
        self._mends(answer)
        if not self.page:
            self.page = len(answer.records)
            token = answer.token
            self.total = len(answer.records) if token is None or not token.text.strip() else token.total
        self.records += answer.records[: RECORDS - len(self.records)]
        self._stamps += [one.datestamp for one in answer.records if one.datestamp is not None]

    def _mends(self, answer: Answer) -> None:
        """What had to be mended in a page is bad news of the source, each kind once."""
        known = {one.problem.code for one in self.findings}
        self.findings += [Finding(False, problem) for problem in answer.problems if problem.code not in known]

    def _asked(self, arguments: dict[str, str], errors: tuple[str, ...] = (), quiet: bool = False) -> Answer | None:
        """The answer to a question; None when it failed, which is told. `errors`: those that are answers too."""
        self._tell(arguments["verb"])
        try:
            answer = self._ask(arguments, self.quirks)
        except LienThongError as error:
            if not quiet:
                self._bad(messages.FAILED, verb=arguments["verb"], reason=str(error))
            return None
        if answer.errors and not {code for code, _ in answer.errors} & set(errors):
            if not quiet:
                self._bad(messages.FAILED, verb=arguments["verb"], reason=answer.said)
            return None
        return answer

    def _good(self, message: Message, **values: object) -> None:
        self.findings.append(Finding(True, Problem(message, values=values)))

    def _bad(self, message: Message, **values: object) -> None:
        self.findings.append(Finding(False, Problem(message, values=values)))
