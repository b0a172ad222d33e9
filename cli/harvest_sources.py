"""`lienthong harvest rest | wake | remove | restore`: letting a source rest, and taking it out of the list."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import harvest_report as show
from cli.terminal import Json, answer, opened, say
from harvesting import desk, standing

app = typer.Typer()

Name = Annotated[str, typer.Argument(help="Tên nguồn / Name of the source.")]


@app.command("rest")
def rest(name: Name, json: Json = False) -> None:
    """Cho nguồn nghỉ: không chạy theo lịch nữa / Let a source rest: its schedule does not count."""
    with opened() as (settings, store):
        made = desk.rest(store, name)
        if json:
            answer(show.source_values(standing.source_standing(store, settings, made)))
            return
    say(f"Nguồn {name} nghỉ. Chạy lại: lienthong harvest wake {name}", f"The source {name} rests.")


@app.command("wake")
def wake(name: Name, json: Json = False) -> None:
    """Cho nguồn chạy lại theo lịch / Let a source that rested go on by its schedule."""
    with opened() as (settings, store):
        made = desk.wake(store, name)
        found = standing.source_standing(store, settings, made)
        if json:
            answer(show.source_values(found))
            return
        say(f"Nguồn {name} chạy lại theo lịch.", f"The source {name} goes by its schedule again.")
        show.when(found, settings)


@app.command("remove")
def remove(name: Name, json: Json = False) -> None:
    """Xoá nguồn khỏi danh sách; biểu ghi giữ nguyên / Remove a source; its records are kept."""
    with opened() as (settings, store):
        made = desk.remove(store, name)
        if json:
            answer(show.source_values(standing.source_standing(store, settings, made)))
            return
    say(
        f"Đã xoá nguồn {name}; biểu ghi của nó giữ nguyên. Khôi phục: lienthong harvest restore {name}",
        f"The source {name} is removed, its records are kept. To have it back: lienthong harvest restore {name}",
    )


@app.command("restore")
def restore(name: Name, json: Json = False) -> None:
    """Khôi phục nguồn đã xoá; nó nghỉ đến khi được gọi / Bring a removed source back; it rests until it is woken."""
    with opened() as (settings, store):
        made = desk.restore(store, name)
        if json:
            answer(show.source_values(standing.source_standing(store, settings, made)))
            return
    say(
        f"Nguồn {name} đã trở lại và đang nghỉ. Chạy lại theo lịch: lienthong harvest wake {name}",
        f"The source {name} is back and rests. To let it go on: lienthong harvest wake {name}",
    )
