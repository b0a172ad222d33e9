"""Letters: to a library, what came from it and what was refused; to the people of a source, what they have to mend.

In Vietnamese with the English behind it; values first, words after, so that a web page can show the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from catalogue import alarms, libraries, runs
from catalogue.libraries import Library
from catalogue.quarantine import Quarantined
from catalogue.runs import Run
from catalogue.store import Store
from foundation import mail
from foundation.errors import LienThongError, counted
from foundation.settings import Settings
from harvesting import quarantine
from harvesting.schedule import zone
from harvesting.standing import counts_in_words, state_in_words

_log = logging.getLogger("lienthong.report")
_NAMES: Final = 50
"""Identifiers that a letter lists for one reason; how many more there are is said."""
_PIECES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Records refused for one reason."""

    code: str
    vi: str
    en: str
    count: int
    names: tuple[str, ...]
    """Their identifiers, the first of them."""


@dataclass(frozen=True, slots=True)
class LibraryReport:
    """What the harvests of one library did between two moments (seconds since 1970)."""

    library: Library
    since: int
    until: int
    runs: tuple[Run, ...]
    refusals: tuple[Refusal, ...]
    alarms: tuple[alarms.Alarm, ...] = field(default=())


def refusals(entries: Iterable[Quarantined]) -> tuple[Refusal, ...]:
    """Quarantined pieces by their reason, the most frequent first."""
    found: dict[tuple[str, str], list[Quarantined]] = {}
    for entry in entries:
        found.setdefault((entry.code, entry.reason_vi), []).append(entry)
    made = [
        Refusal(
            code,
            vi,
            held[0].reason_en,
            len(held),
            tuple(one.name or f"#{one.record}" for one in held[:_NAMES]),
        )
        for (code, vi), held in found.items()
    ]
    return tuple(sorted(made, key=lambda one: -one.count))


def collect(store: Store, library: Library, ended: Iterable[Run], since: int, until: int) -> LibraryReport:
    """The report of one library; `ended`: the runs that ended between the two moments, of all libraries."""
    mine = tuple(run for run in ended if run.library == library.code)
    pieces = islice((entry for run in mine for entry in quarantine.left(store, run)), _PIECES)
    trouble = tuple(one for one in alarms.standing(store) if one.library == library.code)
    return LibraryReport(library, since, until, mine, refusals(pieces), trouble)


def mail_all(store: Store, settings: Settings, since: int, until: int) -> int:
    """Mail every library that has an address and news; returns how many letters went out.

    A library whose mail is not taken hears of these hours in its next letter. Raises StoreError.
    """
    return sum(
        _mailed(store, settings, library, since, until) for library in libraries.all_libraries(store) if library.email
    )


def _mailed(store: Store, settings: Settings, library: Library, since: int, until: int) -> int:
    """Letters that one library was sent.

    Until when a letter goes is kept before it is sent: where nobody knows whether it was taken, the very same letter is
    sent again, known by its Message-ID, and what came since goes into one of its own.
    """
    name, sent = f"report {library.code}", 0
    begin, tried = int(alarms.recall(store, name) or since), int(alarms.recall(store, f"report to {library.code}") or 0)
    for end in (tried, until) if begin < tried < until else (until,):
        found = collect(store, library, runs.ended_between(store, begin, end), begin, end)
        if found.runs or found.alarms:
            alarms.remember(store, f"report to {library.code}", str(end))
            try:
                letter = library_letter(found, zone(settings.timezone))
                mail.send(settings, library.email, *letter, event=f"{name} {begin} {end}")
            except LienThongError as error:
                _log.warning("the report to %s waits: %s", library.code, error.text("en"))
                alarms.remember(store, name, str(begin))
                if not mail.is_away(error):
                    alarms.remember(store, f"report to {library.code}", "")
                return sent
            sent += 1
        alarms.remember(store, name, str(end))
        begin = end
    return sent


# --- words --------------------------------------------------------------------------------------------------


def library_letter(found: LibraryReport, here: ZoneInfo) -> tuple[str, str]:
    """Subject and text for the library."""
    since, until = _moment(found.since, here), _moment(found.until, here)
    vi = [
        f"Kính gửi {found.library.name_vi},",
        "",
        f"Kết quả thu thập biểu ghi từ {since} đến {until}:",
        "",
    ]
    en = ["", "---", "", f"Harvests from {since} to {until}:", ""]
    for run in found.runs:
        state, counts = state_in_words(run), counts_in_words(run)
        moment = _moment(run.finished or run.started, here)
        vi.append(f"- {moment}, nguồn {run.name} (đợt {run.number}): {state[0]}; {counts[0]}.")
        en.append(f"- {moment}, source {run.name} (run {run.number}): {state[1]}; {counts[1]}.")
    if not found.runs:
        vi.append("- không có đợt thu thập nào kết thúc.")
        en.append("- no harvest ended.")
    if found.alarms:
        vi += ["", "Cần xem ngay:", *(f"- {one.name}: {one.reason_vi}" for one in found.alarms)]
        en += ["", "Needs a look:", *(f"- {one.name}: {one.reason_en}" for one in found.alarms)]
    if found.refusals:
        vi += ["", "Biểu ghi không nhận được, và vì sao:", *_listed(found.refusals, "vi")]
        vi += ["", "Hãy sửa các biểu ghi này trong phần mềm của thư viện và lưu lại; đợt sau sẽ tự lấy bản đã sửa."]
        en += ["", "Records that could not be taken in, and why:", *_listed(found.refusals, "en")]
        en += ["", "Mend these records in the library's own software and save them; the next harvest takes them."]
    return f"[Liên Thông] {found.library.name_vi}: {until[:10]}", "\n".join([*vi, *en]) + "\n"


def source_letter(run: Run, url: str, found: Iterable[Refusal], language: str) -> str:
    """A message to the people of a source, ready to be sent: which of their records cannot be read, and why."""
    found = tuple(found)
    total = sum(one.count for one in found)
    if language == "vi":
        lines = [
            "Kính gửi Quý đơn vị,",
            "",
            f"Khi thu thập biểu ghi từ {url} qua OAI-PMH, chúng tôi không đọc được {total} biểu ghi.",
            "Danh sách theo lý do:",
            *_listed(found, "vi"),
            "",
            "Kính đề nghị Quý đơn vị sửa các biểu ghi này; khi được lưu lại, chúng sẽ tự được thu thập ở lần sau.",
            "Trân trọng cảm ơn.",
        ]
    else:
        lines = [
            "Dear colleagues,",
            "",
            f"harvesting {url} over OAI-PMH (run {run.number}) left {counted(total, 'record')} unread. By reason:",
            *_listed(found, "en"),
            "",
            "Could you mend them? Once they are saved again, the next harvest takes them by itself.",
            "Thank you.",
        ]
    return "\n".join(lines) + "\n"


def _listed(found: Iterable[Refusal], language: str) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"- {one.vi if language == 'vi' else one.en} ({one.count})")
        lines += [f"    {name}" for name in one.names]
        if one.count > len(one.names):
            more = one.count - len(one.names)
            lines.append(f"    … và {more} biểu ghi nữa" if language == "vi" else f"    … and {more} more")
    return lines


def _moment(seconds: int, here: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(here).strftime("%d/%m/%Y %H:%M")
