"""How sources and runs stand, as values and in words: what a list, a page or a letter shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue import alarms, runs, sources
from catalogue.alarms import Alarm
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import InputError
from foundation.messages import ADDRESS_REFUSED
from foundation.settings import Settings
from harvesting.due import due
from harvesting.schedule import zone
from vietnamese.numbers import written

Words = tuple[str, str]
"""Vietnamese, English."""

GOOD, LOOK, BAD, NEVER, RESTING = "good", "look", "bad", "never", "resting"

STATES: Final[dict[str, Words]] = {
    runs.RUNNING: ("đang chạy", "running"),
    runs.PAUSED: ("tạm dừng", "paused"),
    runs.CUT: ("bị đứt, sẽ tự đi tiếp", "cut, goes on by itself"),
    runs.WAITING: ("bị phanh, chờ người xem", "held by the brake, waits for a person"),
    runs.DONE: ("xong", "done"),
    runs.FAILED: ("hỏng", "failed"),
    runs.STOPPED: ("đã bỏ", "stopped"),
}
KINDS: Final[dict[str, Words]] = {
    "full": ("toàn bộ", "full"),
    "new": ("phần mới", "what is new"),
    "compare": ("so sánh", "comparison"),
}
COUNTS: Final[dict[str, Words]] = {
    "read": ("nhận", "received"),
    "new": ("mới", "new"),
    "changed": ("thay đổi", "changed"),
    "unchanged": ("không đổi", "unchanged"),
    "deleted": ("xoá", "deleted"),
    "repaired": ("đã sửa lỗi", "repaired"),
    "quarantined": ("cách ly", "quarantined"),
}


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """One source as it stands now."""

    source: Source
    last: Run | None
    """Its newest run."""
    next: int | None
    """When it is due, in seconds since 1970; None: not before a person does something."""
    alarms: tuple[Alarm, ...]
    light: str
    """`good`, `look` (a person should look), `bad`, `never` (not harvested yet), `resting` (a person's wish)."""
    records: int = 0
    """Its records that are shown."""


@dataclass(frozen=True, slots=True)
class RunStanding:
    """One run as it stands now."""

    run: Run
    received: int
    promised: int | None
    """Records of the lists as far as the source says (completeListSize), None where it does not."""
    advice: tuple[Words, ...]
    """What to do next."""


def all_sources(store: Store, settings: Settings) -> list[SourceStanding]:
    """Every source, by library and name. Raises StoreError."""
    counts = sources.records(store)
    return [source_standing(store, settings, one, counts) for one in sources.every(store)]


def source_standing(
    store: Store, settings: Settings, source: Source, counts: Mapping[int, int] | None = None
) -> SourceStanding:
    """How one source stands. `counts`: records of each source, where they are known. Raises StoreError."""
    counts = sources.records(store) if counts is None else counts
    found = runs.latest(store, source.number, 1)
    last = found[0] if found else None
    wrong = tuple(alarms.standing(store, source.number))
    with store.read() as connection:
        now = store.now(connection)
    try:
        moment = due(source, last, now, zone(settings.timezone))
    except InputError:
        moment = None
    if source.state:
        light = RESTING
    elif last is None:
        light = NEVER
    elif wrong or last.state in (runs.WAITING, runs.FAILED):
        light = BAD
    elif last.state in (runs.CUT, runs.PAUSED) or last.counts.get("quarantined"):
        light = LOOK
    else:
        light = GOOD
    return SourceStanding(source, last, moment, wrong, light, counts.get(source.number, 0))


def health_in_words(found: SourceStanding) -> Words:
    """One sentence on how a source stands: the worst that is wrong, else what its newest run came to."""
    last = found.last
    if found.source.state == sources.REMOVED:
        return "đã xoá khỏi danh sách; biểu ghi vẫn giữ nguyên", "removed from the list; its records are kept"
    if found.source.state == sources.PAUSED:
        return "đang nghỉ theo ý người quản trị", "rests, as a person wished"
    if found.alarms:
        return found.alarms[0].reason_vi, found.alarms[0].reason_en
    if last is None:
        return "chưa thu thập lần nào", "not harvested yet"
    state, counts = state_in_words(last), counts_in_words(last)
    if last.state == runs.DONE and not last.counts.get("quarantined"):
        return f"tốt: {counts[0]}", f"well: {counts[1]}"
    said = last.said[-1] if last.said and last.state in (runs.FAILED, runs.CUT) else None
    return (
        f"{state[0]}: {said['vi'] if said else counts[0]}",
        f"{state[1]}: {said['en'] if said else counts[1]}",
    )


def run_standing(run: Run) -> RunStanding:
    """How one run stands."""
    lists = [state for state in run.position.get("lists", {}).values() if isinstance(state, dict)]
    totals = [state["total"] for state in lists if isinstance(state.get("total"), int)]
    promised = sum(totals) if totals and len(totals) == len(lists) else None
    return RunStanding(run, run.counts.get("read", 0), promised, _advice(run))


def _advice(run: Run) -> tuple[Words, ...]:
    number = run.number
    found: list[Words] = []
    if run.state == runs.WAITING:
        found.append(
            (
                f"Công bố: lienthong harvest release {number}. Bỏ: lienthong harvest stop {number}.",
                f"To publish: lienthong harvest release {number}. To drop: lienthong harvest stop {number}.",
            )
        )
    if run.state in (runs.PAUSED, runs.CUT):
        found.append((f"Đi tiếp: lienthong harvest resume {number}.", f"To go on: lienthong harvest resume {number}."))
    if run.counts.get("quarantined"):
        found.append(
            (
                f"Xem biểu ghi bị cách ly: lienthong harvest quarantine {number}.",
                f"To see the quarantined records: lienthong harvest quarantine {number}.",
            )
        )
    if any(said.get("code") == ADDRESS_REFUSED.code for said in run.said):
        found.append(
            (
                f"Nếu đó là máy của đơn vị bạn: lienthong harvest change {run.name} --allow-private.",
                f"If it is a machine of yours: lienthong harvest change {run.name} --allow-private.",
            )
        )
    if run.state in (runs.DONE, runs.FAILED) and runs.brought(run) and not run.undone:
        found.append((f"Hoàn tác: lienthong harvest undo {number}.", f"To undo: lienthong harvest undo {number}."))
    return tuple(found)


def state_in_words(run: Run) -> Words:
    """The state of a run."""
    return ("đã hoàn tác", "taken back") if run.undone else STATES.get(run.state, (run.state, run.state))


def kind_in_words(run: Run) -> Words:
    """The kind of a run."""
    return KINDS.get(run.kind, (run.kind, run.kind))


def counts_in_words(run: Run) -> Words:
    """The counts of a run that are not nought; what it received always."""
    shown = [(words, run.counts.get(name, 0)) for name, words in COUNTS.items()]
    kept = [(words, count) for words, count in shown if count or words == COUNTS["read"]]
    return (
        ", ".join(f"{words[0]} {written(count)}" for words, count in kept),
        ", ".join(f"{words[1]} {count:,}" for words, count in kept),
    )
