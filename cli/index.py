"""`lienthong index`: the search index of this machine."""

from __future__ import annotations

from dataclasses import asdict

import typer

from catalogue import changes, contents, headings
from catalogue.store import Store
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import RefusedError, counted
from search import messages
from search.follower import Follower
from search.generations import Generations, both
from search.index import BrokenIndexError
from search.verification import Verification, verify
from vietnamese.numbers import written

app = typer.Typer(help="Chỉ mục tìm kiếm / The search index.", no_args_is_help=True)


@app.command()
def status(json: Json = False) -> None:
    """Chỉ mục đã theo kịp kho đến đâu / How far the indexes have followed the store."""
    with opened() as (settings, store):
        said = _standing(store, Generations(settings))
        said["headings_behind"] = changes.last(store) - headings.followed(store)
        said["contributed"] = other = _standing(store, Generations(settings, union=False))
    if json:
        answer(said)
    else:
        for prefix, mine in (("", said), ("contributed.", other)):
            for name, value in mine.items():
                if name != "contributed":
                    shown = written(value) if isinstance(value, int) and value is not True else value
                    out.print(plain(f"{prefix}{name}: {shown}"))
    if said["state"] != "ok" or other["state"] != "ok":
        raise typer.Exit(1)


def _standing(store: Store, generations: Generations) -> dict[str, object]:
    """What there is of one index."""
    shown, _ = contents.extent(store, generations.union)
    last = changes.last(store)
    said: dict[str, object] = {"engine": generations.engine, "state": "missing", "shown": shown, "changes": last}
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
    return said


@app.command()
def rebuild(quiet: Quiet = False) -> None:
    """Lập lại chỉ mục từ kho; chỉ mục cũ vẫn trả lời đến khi xong / Build the indexes anew beside the old ones."""
    total = 0
    with opened() as (settings, store):
        for generations in both(settings):
            with generations.writing(wait=2) as held:
                if not held:
                    raise RefusedError(messages.INDEX_BUSY)
                follower = Follower(store, generations)
                shown, _ = contents.extent(store, generations.union)
                with bar("Lập chỉ mục / Building", quiet) as progress:
                    task = progress.task_ids[0]
                    progress.update(task, total=shown)
                    follower.rebuild(lambda done: progress.update(task, completed=done, note=written(done)))  # noqa: B023
                    follower.catch_up()
                follower.close()
                total += shown
    say(f"Đã lập chỉ mục {written(total)} biểu ghi.", f"{counted(total, 'record')} indexed.")


@app.command("verify")
def verify_(json: Json = False) -> None:
    """So chỉ mục với kho, từng biểu ghi / Compare the indexes with the store, record by record."""
    with opened() as (settings, store):
        found, other = (_verified(store, generations) for generations in both(settings))
    if json:
        answer({**asdict(found), "ok": found.ok, "contributed": {**asdict(other), "ok": other.ok}})
    for one in () if json else (found, other):
        if one.ok:
            say(f"Đúng: {written(one.indexed)} biểu ghi.", f"Right: {counted(one.indexed, 'record')}.")
        else:
            _complain(one)
    if not (found.ok and other.ok):
        raise typer.Exit(1)


def _verified(store: Store, generations: Generations) -> Verification:
    folder = generations.current()
    if folder is None:
        raise RefusedError(messages.INDEX_MISSING)
    try:
        index = generations.open(folder)
    except BrokenIndexError as error:
        shown = contents.extent(store, generations.union)[0]
        return Verification(shown, 0, 0, 0, 0, 0, (), str(error.problem.values["reason"]))
    found = verify(store, index, generations.union)
    index.close()
    return found


def _complain(found: Verification) -> None:
    out.print(
        plain(
            f"thiếu {written(found.missing)}, cũ {written(found.stale)}, thừa {written(found.extra)}; chưa "
            f"theo {written(found.behind)}"
        )
    )
    out.print(f"missing {found.missing:,}, stale {found.stale:,}, extra {found.extra:,}; behind {found.behind:,}")
    if found.damage:
        out.print(plain(f"hỏng / damaged: {found.damage}"))
    for name in found.named:
        out.print(plain(f"  {name}"))
    say("Hãy chạy lienthong index rebuild.", "Run lienthong index rebuild.")
