"""`lienthong feed`: the formats that are made behind publication, looked at and driven by hand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from catalogue import followers, jobs, set_sweep
from catalogue.followers import Follower, Site
from catalogue.renderings import BY_NAME, FORMATS
from catalogue.store import Store, iso
from cli import feed_health
from cli.terminal import Json, Quiet, answer, opened, out, plain, say
from cli.waiting import finish
from foundation.errors import LienThongError, Message, RefusedError
from foundation.settings import Settings
from vietnamese.numbers import written

app = typer.Typer(help="Khổ mẫu và bộ của nguồn phát / Formats and sets of the feed.", no_args_is_help=True)
app.add_typer(feed_health.app)  # without a name: its commands stand beside the others

FORMAT_MISSING = Message(
    "feed.format",
    "không có khổ mẫu {seen!r}. Các khổ mẫu: {known}.",
    "there is no format {seen!r}. The formats are: {known}.",
)

Formats = Annotated[
    list[str] | None, typer.Option("--format", "-f", help="Chỉ khổ mẫu này / This format alone; may be repeated.")
]


@app.command("render")
def render(formats: Formats = None, quiet: Quiet = False) -> None:
    """Tạo lại khổ mẫu cho mọi biểu ghi / Make formats anew for every record.

    Chỉ biểu ghi có nội dung đổi mới nhận dấu thời gian mới / Only records whose bytes change get a new datestamp.
    """
    for name in formats or ():
        if name not in BY_NAME:
            raise RefusedError(FORMAT_MISSING, seen=name, known=", ".join(BY_NAME))
    mask = sum(BY_NAME[name].mask for name in {*(formats or BY_NAME)})
    with opened() as (settings, store):
        with store.write() as connection:
            followers.ask(connection, mask)
        _drive(store, settings, "render", quiet)
    _tell(store)


@app.command("catch-up")
def catch_up(quiet: Quiet = False) -> None:
    """Làm cho xong khổ mẫu và bộ còn chờ, không cần máy chủ / Finish waiting formats and sets, without the server."""
    with opened() as (settings, store):
        _drive(store, settings, "catch-up", quiet)
    _tell(store)


@app.command("status")
def status(json: Json = False) -> None:
    """Còn bao nhiêu việc chờ / How much is waiting."""
    with opened() as (_, store):
        left, asked = followers.behind(store), set_sweep.left(store)
        failed = len(followers.problems(store))
    if json:
        answer({**left._asdict(), "formats": list(left.formats), "set_records": asked, "problems": failed})
        return
    say(
        f"Thay đổi chờ tạo khổ mẫu: {written(left.changes)}. Biểu ghi chờ tạo lại: {written(left.records)} "
        f"({', '.join(left.formats) or '–'}). Biểu ghi chờ xếp bộ: {written(asked)}. Không tạo được: "
        f"{written(failed)}.",
        f"Changes waiting for formats: {left.changes:,}. Records waiting to be made anew: {left.records:,} "
        f"({', '.join(left.formats) or '–'}). Records waiting for sets: {asked:,}. Could not be made: {failed:,}.",
    )


@app.command("formats")
def formats(json: Json = False) -> None:
    """Các khổ mẫu / The formats."""
    if json:
        answer([{"name": one.name, "namespace": one.namespace, "schema": one.schema} for one in FORMATS])
        return
    table = Table("Khổ mẫu/Format", "Namespace", "Schema")
    for one in FORMATS:
        table.add_row(one.name, one.namespace, one.schema)
    out.print(table)


@app.command("problems")
def problems(json: Json = False) -> None:
    """Biểu ghi không tạo được ở một khổ mẫu / Records that could not be made in a format."""
    with opened() as (_, store):
        found = followers.problems(store)
    if json:
        answer([one._asdict() for one in found])
        return
    if not found:
        say("Không có biểu ghi nào.", "There are none.")
        return
    table = Table("Thư viện/Library", "Số/Number", "Khổ mẫu/Format", "Lý do/Reason", "Từ/Since")
    for one in found:
        table.add_row(one.library, plain(one.local_id), one.format, plain(one.reason), iso(one.noted))
    out.print(table)


def _drive(store: Store, settings: Settings, kind: str, quiet: bool) -> None:
    follower = Follower(store, Site.of(settings))
    job = jobs.start(store, kind)

    def left() -> int:
        waiting = followers.behind(store)
        return waiting.changes + waiting.records + set_sweep.left(store)

    def step() -> bool:
        # Both in turn: what entered a set was restamped, and is not made anew for it.
        return set_sweep.run(store) and follower.follow()

    try:
        finish(store, step, left, quiet, "Khổ mẫu và bộ / Formats and sets", job)
    except LienThongError as error:
        jobs.finish(store, job, jobs.FAILED, f"{error.text('vi')} / {error.text('en')}")
        raise
    jobs.finish(store, job)


def _tell(store: Store) -> None:
    failed = len(followers.problems(store))
    say(
        f"Xong: nguồn phát đã đủ mọi khổ mẫu. Không tạo được: {written(failed)}.",
        f"Done: the feed is complete in every format. Could not be made: {failed:,}.",
    )
