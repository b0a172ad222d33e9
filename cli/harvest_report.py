"""How sources, runs, trials and quarantines are shown on a terminal, and as values for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from rich.columns import Columns
from rich.panel import Panel
from rich.table import Table

from catalogue.quarantine import Quarantined
from catalogue.runs import Run
from catalogue.store import iso
from cli.terminal import bar, out, plain, say
from foundation.settings import Settings
from harvesting import standing
from harvesting.quarantine import OUTDATED, PROPOSED, READABLE, UNREADABLE, Again, Retried
from harvesting.report import Refusal
from harvesting.schedule import zone
from harvesting.standing import RunStanding, SourceStanding
from harvesting.trial import Trial
from vietnamese.numbers import written

_T = TypeVar("_T")
_LINES: Final = 40
_LIGHTS: Final = {
    standing.GOOD: "[green]●[/green]",
    standing.LOOK: "[yellow]●[/yellow]",
    standing.BAD: "[red]●[/red]",
    standing.NEVER: "○",
    standing.RESTING: "[dim]‖[/dim]",
}
_OUTCOMES: Final = {
    READABLE: ("đọc được", "readable now"),
    PROPOSED: ("đọc được nếu sửa như đề nghị (--repair)", "readable with the proposed repair (--repair)"),
    OUTDATED: ("nguồn đã gửi bản khác", "the source has sent another since"),
    UNREADABLE: ("vẫn không đọc được", "still unreadable"),
}


# --- values -------------------------------------------------------------------------------------------------


def source_values(found: SourceStanding) -> dict[str, Any]:
    """A source for programs; its password is never in it."""
    settings = {name: value for name, value in found.source.settings.items() if name != "password"}
    return {
        "name": found.source.name,
        "library": found.source.library,
        "kind": found.source.kind,
        "settings": settings,
        "has_password": bool(found.source.settings.get("password")),
        "light": found.light,
        "state": found.source.state,
        "records": found.records,
        "next": None if found.next is None else iso(found.next),
        "last": None if found.last is None else run_values(standing.run_standing(found.last)),
        "alarms": [asdict(one) for one in found.alarms],
    }


def run_values(found: RunStanding) -> dict[str, Any]:
    """A run for programs."""
    run = found.run
    return {
        "run": run.number,
        "source": run.name,
        "library": run.library,
        "kind": run.kind,
        "state": run.state,
        "wish": run.wish,
        "undone": run.undone,
        "change_set": run.change_set,
        "counts": run.counts,
        "received": found.received,
        "promised": found.promised,
        "started": iso(run.started),
        "heartbeat": iso(run.heartbeat),
        "finished": None if run.finished is None else iso(run.finished),
        "said": run.said,
        "advice": [{"vi": vi, "en": en} for vi, en in found.advice],
    }


def entry_values(entry: Quarantined) -> dict[str, Any]:
    """A quarantined piece for programs, without its bytes."""
    return {
        "number": entry.number,
        "identifier": entry.name,
        "record": entry.record,
        "bytes": len(entry.data),
        "code": entry.code,
        "vi": entry.reason_vi,
        "en": entry.reason_en,
    }


def again_values(found: Again) -> dict[str, Any]:
    """A second look at a piece, for programs."""
    problems = [{"code": one.code, "vi": one.text("vi"), "en": one.text("en")} for one in found.problems]
    return entry_values(found.entry) | {"outcome": found.outcome, "problems": problems}


# --- for people ---------------------------------------------------------------------------------------------


def when(found: SourceStanding, settings: Settings) -> None:
    """When a source is harvested next."""
    if found.next is None:
        say("Không có lịch: chỉ thu thập khi được gọi.", "No schedule: harvested by hand only.")
        return
    moment = _local(found.next, settings)
    say(f"Lần tới: {moment} ({settings.timezone}).", f"Next: {moment} ({settings.timezone}).")


def source_table(found: Sequence[SourceStanding], settings: Settings) -> None:
    """All sources in a table."""
    if not found:
        say(
            "Chưa có nguồn nào. Thử một địa chỉ, không lưu gì: lienthong harvest try URL",
            "There is no source yet. To try an address, storing nothing: lienthong harvest try URL",
        )
        return
    table = Table("", "Nguồn/Source", "Thư viện/Library", "Đợt/Run", "Kết quả/Result", "Lần tới/Next")
    for one in found:
        last, result = one.last, "chưa thu thập/not yet"
        if last is not None:
            state, counts = standing.state_in_words(last), standing.counts_in_words(last)
            result = f"{state[0]}: {counts[0]}"
        table.add_row(
            _LIGHTS[one.light],
            plain(one.source.name),
            one.source.library,
            "" if last is None else str(last.number),
            plain(result),
            "" if one.next is None else _local(one.next, settings),
        )
    out.print(table)
    for one in found:
        _alarms(one)


def source(found: SourceStanding, latest: Sequence[Run], settings: Settings) -> None:
    """One source: what it is, its alarms, its newest runs, and the last of them in full."""
    url = str(found.source.settings.get("url", ""))
    say(
        f"Nguồn {found.source.name} của thư viện {found.source.library}: {url}",
        f"Source {found.source.name} of the library {found.source.library}: {url}",
    )
    when(found, settings)
    _alarms(found)
    table = Table("Đợt/Run", "Lúc/When", "Loại/Kind", "Trạng thái/State", "Kết quả/Result")
    for one in latest:
        kind, state = standing.kind_in_words(one)[0], standing.state_in_words(one)[0]
        counts = standing.counts_in_words(one)[0]
        table.add_row(str(one.number), _local(one.started, settings), kind, state, counts)
    if latest:
        out.print(table)
        run(standing.run_standing(latest[0]))
    else:
        say(
            f"Chưa thu thập lần nào. Thu thập ngay: lienthong harvest run {found.source.name}",
            f"Not harvested yet. To harvest now: lienthong harvest run {found.source.name}",
        )


def _alarms(found: SourceStanding) -> None:
    for one in found.alarms:
        out.print(f"[red]![/red] {plain(one.name)}: {plain(one.reason_vi)}")
        out.print(f"  {plain(one.reason_en)}", style="dim")


def run(found: RunStanding) -> None:
    """One run: what came, what did not and why, what to do."""
    one = found.run
    kind, state, counts = standing.kind_in_words(one), standing.state_in_words(one), standing.counts_in_words(one)
    promised = "" if found.promised is None else f" / {written(found.promised)}"
    say(
        f"Đợt {one.number}, nguồn {one.name} ({kind[0]}): {state[0]}; {counts[0]}{promised}.",
        f"Run {one.number}, source {one.name} ({kind[1]}): {state[1]}; {counts[1]}{promised}.",
    )
    for entry in one.said:
        times = f" (×{written(entry['count'])})" if entry["count"] > 1 else ""
        out.print(f"  · {plain(entry['vi'])}{times}")
        out.print(f"    {plain(entry['en'])}{times}", style="dim")
    for vi, en in found.advice:
        say(vi, en)


def quarantine(one: Run, found: Sequence[Refusal]) -> None:
    """What a run could not take in, by reason."""
    if not found:
        say(f"Đợt {one.number} không còn gì bị cách ly.", f"Run {one.number} has nothing left in quarantine.")
        return
    for refusal in found:
        out.print(f"{plain(refusal.vi)} [bold]({written(refusal.count)})[/bold]")
        out.print(f"  {plain(refusal.en)} ({refusal.code})", style="dim")
        for name in refusal.names[:10]:
            out.print(f"    {plain(name)}")
    say(
        f"Đọc lại: lienthong harvest retry {one.number}. Thư gửi nguồn: lienthong harvest quarantine {one.number} "
        "--letter vi",
        f"To read them again: lienthong harvest retry {one.number}. A letter to the source: lienthong harvest "
        f"quarantine {one.number} --letter en",
    )


def again(found: Iterable[Again]) -> None:
    """A second look at each piece."""
    for one in found:
        words = _OUTCOMES[one.outcome]
        out.print(f"{plain(one.entry.name or f'#{one.entry.record}')}: {words[0]} [dim]/ {words[1]}[/dim]")
        for problem in one.problems:
            out.print(f"    {plain(problem.text('vi'))}")
            out.print(f"    {plain(problem.text('en'))}", style="dim")


def retried(found: Retried) -> None:
    """What came of reading the quarantine again."""
    shown = [(_OUTCOMES[name], count) for name, count in found.counts.items() if count]
    say(
        "; ".join(f"{words[0]}: {written(count)}" for words, count in shown) or "Không còn gì bị cách ly.",
        "; ".join(f"{words[1]}: {count:,}" for words, count in shown) or "Nothing is left in quarantine.",
    )
    if found.change_set is not None:
        number = found.change_set
        say(f"Đã nhận (đợt thay đổi {number}).", f"Taken in (change set {number}).")


def trial(found: Trial) -> None:
    """What a trial found, with one record side by side and the command that adds the source."""
    if found.url:
        said = found.identity
        name = "" if said is None else said.name
        say(*[f"{name}: {found.url}" if name else found.url] * 2)
        if found.tried:
            count = len(found.tried)
            say(f"Trước đó đã thử {count} địa chỉ khác.", f"Other addresses tried before: {count}.")
    for one in () if found.url else found.tried:
        out.print(f"[red]✗[/red] {plain(one.url)}: {plain(one.vi)}")
        out.print(f"  {plain(one.en)}", style="dim")
    told = set() if found.url else {one.vi for one in found.tried}
    for finding in found.findings:
        if finding.problem.text("vi") in told:
            continue
        sign = "[green]✓[/green]" if finding.good else "[yellow]![/yellow]"
        out.print(f"{sign} {plain(finding.problem.text('vi'))}")
        out.print(f"  {plain(finding.problem.text('en'))}", style="dim")
    for spec, name in found.sets[:20]:
        out.print(f"  {plain(spec)}  {plain(name)}")
    if found.shown is not None:
        width = max(30, out.width // 3 - 2)
        parts = (
            ("Nguồn/Source", _cut(found.shown.source)),
            ("MARC", found.shown.marc),
            ("Dublin Core", found.shown.dc),
        )
        out.print(Columns([Panel(plain(text), title=title, width=width) for title, text in parts]), soft_wrap=False)
    if found.works:
        say(f"Để thêm nguồn này:\n  {found.command}", "That command adds the source; nothing has been stored.")
    elif found.command and "host_key" in found.settings:
        say(f"Khoá đúng thì thử tiếp:\n  {found.command}", "If the key is theirs, go on with that command.")


def _cut(text: str) -> str:
    """The first lines of a long text; all of it is in the JSON."""
    lines = text.splitlines()
    return "\n".join(lines[:_LINES] + ["…"] * (len(lines) > _LINES))


def waiting(work: Callable[[Callable[[str], None]], _T], title: str, quiet: bool) -> _T:
    """Do `work` and show what it says it is at."""
    with bar(plain(title)[:60], quiet) as progress:
        return work(lambda what: progress.update(progress.task_ids[0], note=plain(what)))


def _local(moment: int, settings: Settings) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone(settings.timezone)).strftime("%d/%m/%Y %H:%M")
