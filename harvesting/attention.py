"""What needs a person: what waits, fails or stands still, counted, one sentence each, the most urgent first."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from catalogue import jobs, overview, quarantine, runs, sources
from catalogue.health import SILENT_SECONDS
from catalogue.jobs import Job
from catalogue.runs import Run
from catalogue.store import Store
from foundation.errors import InputError, counted
from foundation.settings import Settings
from harvesting import standing
from harvesting.due import due
from harvesting.schedule import zone
from vietnamese.numbers import written

HELD: Final = "held"
FAILING: Final = "failing"
BATCHES: Final = "batches"
DRAFTS: Final = "drafts"
RETURNED: Final = "returned"
QUARANTINE: Final = "quarantine"
DOUBTS: Final = "doubts"
TOKENS: Final = "tokens"
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to see to."""

    kind: str
    count: int
    vi: str
    en: str
    number: int = 0
    """Of the run or the change set, where it is a single one."""


def matters(
    store: Store, settings: Settings, libraries: Collection[str] | None = None, *, doubts: int = 0, tokens: int = 0,
    drafts: int = 0, returned: int = 0,
) -> list[Matter]:  # fmt: skip
    """What waits for the people of these libraries (None: all), the most urgent first.

    `doubts`: pairs of records of which somebody should say whether they are one; `tokens`: those that end soon;
    `drafts`: records that were sent for approval; `returned`: those that came back to who wrote them.
    Raises StoreError.
    """
    found = [*_held(store, libraries), *_failing(store, settings, libraries), *_batches(store, libraries)]
    if returned:
        found.append(
            Matter(
                RETURNED,
                returned,
                f"{written(returned)} biểu ghi bạn soạn được trả lại kèm lời nhắn: sửa rồi gửi duyệt lại.",
                f"{counted(returned, 'record you wrote', 'records you wrote')} came back with a note: mend and send "
                f"again.",
            )
        )
    if drafts:
        found.append(
            Matter(
                DRAFTS,
                drafts,
                f"{written(drafts)} biểu ghi đã soạn đang chờ bạn duyệt: công bố hoặc trả lại kèm lời nhắn.",
                f"{counted(drafts, 'written record waits', 'written records wait')} for you: publish, or return with "
                f"a note.",
            )
        )
    aside = quarantine.waiting(store, libraries)
    if aside:
        found.append(
            Matter(
                QUARANTINE,
                aside,
                f"{written(aside)} biểu ghi không đọc được đang bị cách ly: xem lý do, đọc lại hoặc bỏ.",
                f"{counted(aside, 'record that could not be read is', 'records that could not be read are')} kept "
                f"aside: see why, read again or discard.",
            )
        )
    if doubts:
        found.append(
            Matter(
                DOUBTS,
                doubts,
                f"{written(doubts)} cặp biểu ghi có thể trùng nhau: cần người quyết định.",
                f"{counted(doubts, 'pair')} of records may be one: somebody has to say.",
            )
        )
    if tokens:
        found.append(
            Matter(
                TOKENS,
                tokens,
                f"{written(tokens)} khoá của chương trình sắp hết hạn: cấp khoá mới trước khi chương trình bị từ chối.",
                f"{counted(tokens, 'token of a program ends', 'tokens of programs end')} soon: renew before it is "
                f"refused.",
            )
        )
    return found


def at_work(store: Store, libraries: Collection[str] | None = None) -> tuple[list[Run], list[Job]]:
    """The harvests and the long jobs that go on now; a job that has been silent for minutes was killed."""
    going = runs.page(store, libraries, states=(runs.RUNNING,), limit=20)
    with store.read() as connection:
        now = store.now(connection)
    alive = [one for one in jobs.latest(store) if one.state == jobs.RUNNING and now - one.heartbeat < SILENT_SECONDS]
    return going, alive


def resting(store: Store, settings: Settings, libraries: Collection[str] | None = None) -> list[tuple[Run, int]]:
    """The harvests that were cut and go on by themselves, each with the moment at which they do, the next one first."""
    here, found = zone(settings.timezone), []
    with store.read() as connection:
        now = store.now(connection)
    for one in runs.page(store, libraries, states=(runs.CUT,), limit=20):
        with suppress(InputError):  # a source that cannot be read any more is told of as a matter
            moment = due(sources.get(store, one.source), one, now, here)
            if moment is not None:
                found.append((one, moment))
    return sorted(found, key=lambda each: each[1])


def _held(store: Store, libraries: Collection[str] | None) -> list[Matter]:
    return [
        Matter(
            HELD,
            1,
            f"Đợt {one.number} của nguồn {one.name} bị phanh vì sẽ xoá nhiều biểu ghi: xem rồi công bố hoặc bỏ.",
            f"Run {one.number} of the source {one.name} would delete much and is held: look, then release or drop it.",
            one.number,
        )
        for one in runs.page(store, libraries, states=(runs.WAITING,))
    ]


def _failing(store: Store, settings: Settings, libraries: Collection[str] | None) -> list[Matter]:
    """Sources with an alarm or a run that failed; those that are held are told of already."""
    wrong = [
        one
        for one in standing.all_sources(store, settings)
        if (libraries is None or one.source.library in libraries)
        and one.light == standing.BAD
        and not (one.last is not None and one.last.state == runs.WAITING)
    ]
    if not wrong:
        return []
    names = ", ".join(one.source.name for one in wrong[:_SHOWN]) + (" …" if len(wrong) > _SHOWN else "")
    words = standing.health_in_words(wrong[0])
    if len(wrong) == 1:
        return [Matter(FAILING, 1, f"Nguồn {names}: {words[0]}", f"Source {names}: {words[1]}")]
    return [
        Matter(
            FAILING,
            len(wrong),
            f"{len(wrong)} nguồn có vấn đề: {names}.",
            f"{counted(len(wrong), 'source is', 'sources are')} in trouble: {names}.",
        )
    ]


def _batches(store: Store, libraries: Collection[str] | None) -> list[Matter]:
    found = overview.waiting(store, libraries)
    if not found:
        return []
    if len(found) == 1:
        one = found[0]
        return [
            Matter(
                BATCHES,
                1,
                f"Lô nhập {one.change_set} ({one.title}) đang chờ duyệt và công bố.",
                f"Batch {one.change_set} ({one.title}) waits to be looked at and published.",
                one.change_set,
            )
        ]
    return [
        Matter(
            BATCHES,
            len(found),
            f"{len(found)} lô nhập đang chờ duyệt và công bố.",
            f"{counted(len(found), 'batch waits', 'batches wait')} to be looked at and published.",
        )
    ]
