"""`lienthong index`: the search index of this machine."""

from __future__ import annotations

from dataclasses import asdict

import typer

from catalogue import changes, contents, headings
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import RefusedError
from search import messages
from search.follower import Follower
from search.generations import Generations
from search.index import BrokenIndexError
from search.verification import Verification, verify

app = typer.Typer(help="Chỉ mục tìm kiếm / The search index.", no_args_is_help=True)


@app.command()
def status(json: Json = False) -> None:
    """Chỉ mục đã theo kịp kho đến đâu / How far the index has followed the store."""
    with opened() as (settings, store):
        generations = Generations(settings)
        shown, _ = contents.extent(store)
        last = changes.last(store)
        said: dict[str, object] = {"engine": generations.engine, "state": "missing", "shown": shown, "changes": last}
        said["headings_behind"] = last - headings.followed(store)
        if folder := generations.current():
            said["bytes"] = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
            try:
                index = generations.open(folder)
                said |= {"state": "ok", "indexed": index.count, "behind": max(0, last - index.last_seq)}
                index.close()
            except BrokenIndexError as error:
                said |= {"state": "damaged", "reason": error.text("en")}
        with generations.writing(wait=0) as free:
            said["followed"] = not free
    if json:
        answer(said)
    else:
        for name, value in said.items():
            out.print(
                plain(f"{name}: {value:,}" if isinstance(value, int) and value is not True else f"{name}: {value}")
            )
    if said["state"] != "ok":
        raise typer.Exit(1)


@app.command()
def rebuild(quiet: Quiet = False) -> None:
    """Lập lại chỉ mục từ kho; chỉ mục cũ vẫn trả lời đến khi xong / Build the index anew beside the old one."""
    with opened() as (settings, store):
        generations = Generations(settings)
        with generations.writing(wait=2) as held:
            if not held:
                raise RefusedError(messages.INDEX_BUSY)
            follower = Follower(store, generations)
            shown, _ = contents.extent(store)
            with bar("Lập chỉ mục / Building", quiet) as progress:
                task = progress.task_ids[0]
                progress.update(task, total=shown)
                follower.rebuild(lambda done: progress.update(task, completed=done, note=f"{done:,}"))
                follower.catch_up()
            follower.close()
    say(f"Đã lập chỉ mục {shown:,} biểu ghi.", f"{shown:,} records indexed.")


@app.command("verify")
def verify_(json: Json = False) -> None:
    """So chỉ mục với kho, từng biểu ghi / Compare the index with the store, record by record."""
    with opened() as (settings, store):
        generations = Generations(settings)
        folder = generations.current()
        if folder is None:
            raise RefusedError(messages.INDEX_MISSING)
        try:
            index = generations.open(folder)
        except BrokenIndexError as error:
            found = Verification(contents.extent(store)[0], 0, 0, 0, 0, 0, (), str(error.problem.values["reason"]))
        else:
            found = verify(store, index)
            index.close()
    if json:
        answer({**asdict(found), "ok": found.ok})
    elif found.ok:
        say(f"Đúng: {found.indexed:,} biểu ghi.", f"Right: {found.indexed:,} records.")
    else:
        _complain(found)
    if not found.ok:
        raise typer.Exit(1)


def _complain(found: Verification) -> None:
    out.print(plain(f"thiếu {found.missing:,}, cũ {found.stale:,}, thừa {found.extra:,}; chưa theo {found.behind:,}"))
    out.print(f"missing {found.missing:,}, stale {found.stale:,}, extra {found.extra:,}; behind {found.behind:,}")
    if found.damage:
        out.print(plain(f"hỏng / damaged: {found.damage}"))
    for name in found.named:
        out.print(plain(f"  {name}"))
    say("Hãy chạy lienthong index rebuild.", "Run lienthong index rebuild.")
