"""The figures of one year, as a library reports them: uses, holdings, digitised documents, harvests.

What is a use: a search, a record page, a record downloaded in a format at the web pages, and a search over SRU or
Z39.50, which a reader of another catalogue made. Records that programs take, by the thousand over OAI-PMH and ten at a
time over SRU and Z39.50, are shown beside and never added.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from sqlalchemy import func, select

from catalogue import runs, uses
from catalogue.harvest_tables import run
from catalogue.libraries import Library, all_libraries
from catalogue.store import Store
from catalogue.tables import library, source
from catalogue.uses import DOWNLOAD, OAI, RECORDS, REPEAT, ROBOT, SEARCH, SRU, VIEW, WEB, Z3950, Counted, Use, month_of
from foundation.errors import InputError
from foundation.settings import Settings
from harvesting.schedule import zone
from reports import follower, messages, shelf
from reports.traits import ALL, CLEAN, HERITAGE, HERITAGE_DIGITISED, MINORITY, OLD

DOORS: Final = (WEB, SRU, Z3950)
"""Doors whose uses are added up."""
KINDS: Final = ((WEB, SEARCH), (WEB, VIEW), (WEB, DOWNLOAD), (SRU, SEARCH), (Z3950, SEARCH))
"""What is a use: (door, kind)."""
BESIDE: Final = ((SRU, RECORDS), (Z3950, RECORDS), (OAI, RECORDS))
"""Records given to programs, which are not added."""
_ENOUGH_DAYS: Final = 14
"""Days of counting from which a year can be foretold."""
_HELD: Final = (ALL, CLEAN, HERITAGE, HERITAGE_DIGITISED, MINORITY, OLD)


class Share(NamedTuple):
    """Old documents and those of ethnic minorities, and how many of them are digitised."""

    documents: int
    digitised: int
    minority: int
    old: int

    @property
    def percent(self) -> float:
        return 100 * self.digitised / self.documents if self.documents else 0.0


class LibraryYear(NamedTuple):
    """One library's year."""

    library: Library
    searches: int
    views: int
    downloads: int
    given: int
    """Records given to programs that asked this library alone."""
    records: int | None
    """At the end of the year, or so far; None for a year before counting began."""
    records_before: int | None
    """At the end of the year before."""
    share: Share
    harvests: int
    """Runs that came to a good end."""
    failed: int

    @property
    def uses(self) -> int:
        return self.searches + self.views + self.downloads


@dataclass(frozen=True, slots=True)
class Year:
    """Everything the screen, the command line and the workbook show of one year."""

    year: int
    months: tuple[int, ...]
    """202601 … 202612."""
    counts: Mapping[tuple[str, str], tuple[int, ...]]
    """(door, kind) → times in each month; those of `KINDS` and `BESIDE`, all of them."""
    downloads: Mapping[str, int]
    """Format → downloads."""
    partners: tuple[tuple[str, int], ...]
    """Who harvested from us, and how many records they were given; the most first. Only where all is looked at."""
    robots: int
    repeats: int
    """What was left out, at the web pages."""
    before: int | None
    """Uses of the year before; None when they were not counted then."""
    libraries: tuple[LibraryYear, ...]
    growth: Mapping[int, int]
    """Month → records at its end, for months that are known."""
    share: Share
    forecast: int | None
    """Uses of the whole year if it goes on like this; of a year that is over, and in its first two weeks, none."""
    whole: bool
    """Whether all libraries are looked at, and what is asked of all of them together too."""
    since: int | None
    """The month from which uses were counted; None when none was."""
    behind: int
    """Records that are still to be looked at."""

    @property
    def by_month(self) -> tuple[int, ...]:
        """Uses of each month."""
        return tuple(sum(self.counts[key][place] for key in KINDS) for place in range(12))

    @property
    def uses(self) -> int:
        return sum(self.by_month)


def year_of(text: str) -> int:
    """A year as somebody writes it. Raises InputError for what is none."""
    if len(text) == 4 and text.isascii() and text.isdecimal() and text.startswith("2"):
        return int(text)
    raise InputError(messages.YEAR, seen=text[:20])


def this_year(store: Store, settings: Settings) -> int:
    """The year that is now where the library is."""
    with store.read() as connection:
        return month_of(store.now(connection), zone(settings.timezone)) // 100


def years(store: Store, settings: Settings) -> list[int]:
    """The years of which there is something, and this one; newest first."""
    now = this_year(store, settings)
    first = min((month for month in (uses.first_month(store), shelf.first_month(store)) if month), default=now * 100)
    return list(range(now, min(now, first // 100) - 1, -1))


def year(store: Store, settings: Settings, wanted: int, owners: Collection[str] | None = None) -> Year:
    """The figures of a year. `owners`: codes of the libraries that are looked at; None: all, and what is asked of all
    together (a search in the whole catalogue is no single library's)."""
    here = zone(settings.timezone)
    with store.read() as connection:
        now = store.now(connection)
    months = tuple(wanted * 100 + number for number in range(1, 13))
    counted = _mine(uses.between(store, months[0], months[-1]), owners)
    before = _mine(uses.between(store, months[0] - 100, months[-1] - 100), owners)
    last = min(months[-1], month_of(now, here))
    growth = shelf.months(store, (ALL,), months[0], last, owners)[ALL] if last >= months[0] else {}
    libraries = _libraries(store, here, wanted, last, owners, counted)
    since = uses.first_month(store)
    total = sum(one.times for one in counted if (one.use.door, one.use.kind) in KINDS)
    return Year(
        year=wanted,
        months=months,
        counts={key: _monthly(counted, key, months) for key in (*KINDS, *BESIDE)},
        downloads=_details(counted, (WEB, DOWNLOAD)),
        partners=tuple(_details(counted, (OAI, RECORDS)).items()) if owners is None else (),
        robots=sum(one.times for one in counted if one.use.kind == ROBOT),
        repeats=sum(one.times for one in counted if one.use.kind == REPEAT),
        before=sum(one.times for one in before if (one.use.door, one.use.kind) in KINDS) if before else None,
        libraries=libraries,
        growth=growth,
        share=Share(*(sum(one.share[place] for one in libraries) for place in range(4))),
        forecast=_forecast(total, wanted, now, here, since),
        whole=owners is None,
        since=since,
        behind=follower.behind(store),
    )


def _mine(counted: Sequence[Counted], owners: Collection[str] | None) -> list[Counted]:
    return [one for one in counted if owners is None or one.use.library in owners]


def _monthly(counted: Sequence[Counted], key: tuple[str, str], months: Sequence[int]) -> tuple[int, ...]:
    found = dict.fromkeys(months, 0)
    for one in counted:
        if (one.use.door, one.use.kind) == key:
            found[one.month] += one.times
    return tuple(found.values())


def _details(counted: Sequence[Counted], key: tuple[str, str]) -> dict[str, int]:
    """Detail → times, the most first."""
    found: dict[str, int] = {}
    for one in counted:
        if (one.use.door, one.use.kind) == key:
            found[one.use.detail] = found.get(one.use.detail, 0) + one.times
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _libraries(
    store: Store, here: tzinfo, wanted: int, last: int, owners: Collection[str] | None, counted: Sequence[Counted]
) -> tuple[LibraryYear, ...]:
    times: dict[Use, int] = {}
    for _, use, number in counted:
        plain = use._replace(detail="")
        times[plain] = times.get(plain, 0) + number
    held = shelf.at_end(store, _HELD, last) if last >= wanted * 100 else {}
    held_before = shelf.at_end(store, (ALL,), wanted * 100 - 88)
    begun = shelf.first_month(store)
    ran = _harvests(store, here, wanted)
    made = []
    for one in all_libraries(store):
        if owners is not None and one.code not in owners:
            continue
        counts = held.get(one.code, {})
        searches = sum(times.get(Use(door, SEARCH, one.code), 0) for door in DOORS)
        made.append(
            LibraryYear(
                one,
                searches,
                times.get(Use(WEB, VIEW, one.code), 0),
                times.get(Use(WEB, DOWNLOAD, one.code), 0),
                sum(times.get(Use(door, RECORDS, one.code), 0) for door, _ in BESIDE),
                counts.get(ALL, 0) if begun is not None and begun <= last else None,
                held_before.get(one.code, {}).get(ALL, 0) if begun is not None and begun < wanted * 100 else None,
                Share(*(counts.get(code, 0) for code in (HERITAGE, HERITAGE_DIGITISED, MINORITY, OLD))),
                ran.get((one.code, runs.DONE), 0),
                ran.get((one.code, runs.FAILED), 0),
            )
        )
    return tuple(made)


def _harvests(store: Store, here: tzinfo, wanted: int) -> dict[tuple[str, str], int]:
    """(code of a library, state) → runs that began in the year."""
    begin, end = (int(datetime(one, 1, 1, tzinfo=here).timestamp()) for one in (wanted, wanted + 1))
    query = (
        select(library.c.code, run.c.state, func.count())
        .join(source, source.c.id == run.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(run.c.started >= begin, run.c.started < end)
        .group_by(library.c.code, run.c.state)
    )
    with store.read() as connection:
        return {(code, state): count for code, state, count in connection.execute(query)}


def _forecast(total: int, wanted: int, now: int, here: tzinfo, since: int | None) -> int | None:
    """`since`: the month from which uses were counted; before it nothing is known, and nothing is added for it."""
    moment = datetime.fromtimestamp(now, here)
    if moment.year != wanted or since is None:
        return None
    begun = datetime(wanted, since % 100 if since > wanted * 100 else 1, 1, tzinfo=here)
    days = (moment - begun).days + 1
    left = (datetime(wanted, 12, 31, tzinfo=here) - moment).days + 1
    return round(total + total * left / days) if days > _ENOUGH_DAYS else None
