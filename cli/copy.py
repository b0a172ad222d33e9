"""`lienthong copy`: search other libraries' catalogues at the same time, and keep what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from catalogue import libraries
from catalogue.store import Store
from cli.search import catch_up
from cli.terminal import Json, answer, err, opened, out, plain
from foundation.errors import Message, RefusedError
from foundation.limits import PEER_RECORDS
from foundation.vault import Vault
from harvesting import copying
from harvesting.copying import Line, Merged
from harvesting.targets import Targets
from search.finder import Finder
from vietnamese.numbers import written
from z3950_bridge import together
from z3950_bridge.peer_records import Taken
from z3950_bridge.together import Counted, Ended

NOTHING_TO_ASK = Message(
    "copy.no_target",
    "chưa có nguồn sao chép nào được bật. Xem: lienthong target list; bật: lienthong target enable TÊN.",
    "no target is enabled. See: lienthong target list; to enable one: lienthong target enable NAME.",
)
NOT_FOUND = Message(
    "copy.not_found",
    "không có biểu ghi {reference!r} trong kết quả, hoặc không đọc được; chưa ghi gì. Viết như trong danh sách: "
    "{known}.",
    "there is no record {reference!r} in the list, or it cannot be read; nothing was saved. Write it as listed: "
    "{known}.",
)
NOBODY = Message(
    "copy.nobody",
    "không nguồn nào trả lời được: {names}. Hãy thử lại sau.",
    "none of the targets could answer: {names}. Try again later.",
)

Asked = Annotated[
    str, typer.Argument(help="Từ cần tìm, như ở lienthong search / What to find, as in lienthong search.")
]
To = Annotated[
    list[str] | None,
    typer.Option("--target", "-t", help="Nguồn, lặp lại được; bỏ trống: mọi nguồn đang bật / Targets."),
]
In = Annotated[
    str, typer.Option("--field", help="title, author, isbn, issn, subject, …: tìm cả cụm trong trường này / Field.")
]
Limit = Annotated[
    int, typer.Option(min=1, max=PEER_RECORDS, help="Số biểu ghi của mỗi nguồn / Records from each target.")
]
Save = Annotated[
    list[str] | None, typer.Option("--save", help="NGUỒN:SỐ như trong danh sách, lặp lại được / TARGET:N.")
]
For = Annotated[str, typer.Option("--library", help="Mã thư viện nhận biểu ghi / Code of the library that keeps them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ chuẩn bị, chưa công bố / Stage without publishing.")]


def copy(
    query: Asked,
    target: To = None,
    field: In = "",
    limit: Limit = 10,
    save: Save = None,
    library: For = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Tìm ở thư viện khác và sao chép biểu ghi / Search other libraries and copy records."""
    asked = copying.asked(query, field)
    if save and not library:
        raise typer.BadParameter("--save … --library CODE")
    with opened() as (settings, store):
        if library:
            with store.read() as connection:
                libraries.identify(connection, library)
        peers = Targets(store, Vault(settings.home / "vault.key")).enabled(*dict.fromkeys(target or ()))
        if not peers:
            raise RefusedError(NOTHING_TO_ASK)
        catch_up(store, settings)
        finder = Finder(store, settings)
        merged, ends = Merged(finder), list[Ended]()
        for event in together.search(peers, asked, limit):
            if isinstance(event, Taken):
                line = merged.add(event)
                if not json:
                    _show(line, merged)
            elif isinstance(event, Ended):
                ends.append(event)
            _tell(event)
        finder.close()
        saved = _save(store, merged, save, library, dry_run) if save else None
    if json:
        answer({"records": list(_lines(merged)), "targets": [_ended(one) for one in ends], "change_set": saved})
    elif not merged.lines and all(one.problem is not None for one in ends):
        raise RefusedError(NOBODY, names=", ".join(one.peer for one in ends))


def _save(store: Store, merged: Merged, wanted: list[str], library: str, dry_run: bool) -> int:
    readable = {_reference(line): line for line in merged.lines if line.taken.record is not None}
    chosen = []
    for reference in dict.fromkeys(wanted):
        if reference not in readable:
            raise RefusedError(NOT_FOUND, reference=reference, known=", ".join([*readable][:10]) or "–")
        line = readable[reference]
        if line.held is not None:
            vi = f"{reference}: kho đã có {line.held.identifier} ({line.held.library}), trùng {line.held.by}."
            err.print(plain(vi), style="yellow")
        chosen.append(line.taken)
    done = copying.save(store, library, chosen, preview=dry_run)
    counts = done.counts
    added, changed, same = counts.get("new", 0), counts.get("changed", 0), counts.get("unchanged", 0)
    err.print(plain(f"Đợt {done.change_set} ({done.state}): mới {added}, đổi {changed}, như cũ {same}."))
    err.print(plain(f"Change set {done.change_set} ({done.state}): new {added}, changed {changed}, unchanged {same}."))
    undo = f"lienthong import --publish {done.change_set}" if dry_run else f"lienthong import --undo {done.change_set}"
    err.print(plain(undo), style="dim")
    return done.change_set


def _reference(line: Line) -> str:
    return f"{line.taken.peer}:{line.taken.position}"


def _show(line: Line, merged: Merged) -> None:
    record = line.taken.record
    if record is None:
        reason = line.taken.problems[-1]
        err.print(plain(f"{_reference(line)}  {reason.text('vi')}"), style="dim")
        return
    title, author, year = copying.described(record)
    marks = []
    if line.same_as:
        marks.append(f"= {_reference(merged.lines[line.same_as - 1])}")
    if line.held is not None:
        marks.append(f"đã có / held: {line.held.library} {line.held.identifier} ({line.held.by})")
    shown = plain(" · ".join(filter(None, (title or "–", author, year))))
    out.print(
        f"[bold]{plain(_reference(line)):>14}[/bold]  {shown}"
        + (f"  [green]{plain('; '.join(marks))}[/green]" if marks else "")
    )


def _tell(event: object) -> None:
    """Progress, on standard error: who has answered, who will not."""
    if isinstance(event, Counted):
        err.print(plain(f"{event.peer}: {written(event.hits)} kết quả / results ({event.seconds:.1f} s)"), style="dim")
    elif isinstance(event, Ended) and event.problem is not None:
        err.print(f"[red]✗[/red] {plain(event.problem.text('vi'))}")
        err.print(f"  {plain(event.problem.text('en'))}", style="dim")


def _lines(merged: Merged) -> Iterator[dict[str, Any]]:
    for line in merged.lines:
        record = line.taken.record
        title, author, year = copying.described(record) if record is not None else ("", "", "")
        isbn = [one.get("a") for one in record.select("020")] if record is not None else []
        yield {
            "reference": _reference(line),
            "title": title,
            "author": author,
            "year": year,
            "isbn": isbn,
            "same_as": _reference(merged.lines[line.same_as - 1]) if line.same_as else None,
            "held": line.held._asdict() if line.held is not None else None,
            "problems": [problem.text("en") for problem in line.taken.problems],
        }


def _ended(one: Ended) -> dict[str, Any]:
    problem = one.problem.text("en") if one.problem is not None else None
    return {"target": one.peer, "seconds": round(one.seconds, 3), "problem": problem}
