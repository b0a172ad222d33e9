"""`lienthong set`: sets of the feed that a saved query makes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from catalogue import jobs, set_sweep, sets
from catalogue.membership import QUERY
from catalogue.sets import DefinedSet
from catalogue.snapshot import Feed
from catalogue.store import Store
from cli.terminal import Json, Quiet, answer, opened, out, plain, say
from cli.waiting import finish
from foundation.errors import LienThongError, counted
from vietnamese.numbers import written

app = typer.Typer(help="Bộ của nguồn phát / Sets of the feed.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="Tên ngắn, không dấu: tieng-tay / A short name: tieng-tay.")]
Name = Annotated[str, typer.Option(help="Tên tiếng Việt / Name in Vietnamese.")]
NameEn = Annotated[str, typer.Option(help="Tên tiếng Anh / Name in English.")]
About = Annotated[str, typer.Option(help="Mô tả tiếng Việt / Description in Vietnamese.")]
AboutEn = Annotated[str, typer.Option(help="Mô tả tiếng Anh / Description in English.")]
Replace = Annotated[bool, typer.Option("--replace", help="Thay bộ đã có / Change the one that is there.")]
Asked = Annotated[str, typer.Option("--query", help='Câu chọn / Query: language=tyz or 650a~"dân tộc Tày"')]


@app.command("add")
def add(
    slug: Slug,
    query: Asked,
    name: Name,
    name_en: NameEn = "",
    about: About = "",
    about_en: AboutEn = "",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Lập bộ theo câu chọn / Make a set of a saved query."""
    with opened() as (_, store):
        sets.add(store, DefinedSet(QUERY, slug, name, name_en, query, about, about_en), replace)
        report(store, QUERY, slug, quiet)


@app.command("list")
def show(json: Json = False) -> None:
    """Mọi bộ đang phát / Every set of the feed."""
    with opened() as (_, store):
        with Feed(store).snapshot() as snapshot:
            listed = snapshot.sets()
        defined = {one.spec: one for one in sets.defined(store)}
    if json:
        known = {spec: asdict(one) for spec, one in defined.items()}
        answer([{**asdict(one), "defined": known.get(one.spec)} for one in listed])
        return
    table = Table("setSpec", "Tên/Name", "Câu chọn/Query")
    table.add_column("Biểu ghi/Records", justify="right")
    for one in listed:
        mine = defined.get(one.spec)
        table.add_row(
            one.spec, plain(one.name_vi), plain(mine.query) if mine else "", written(mine.members) if mine else ""
        )
    out.print(table)


@app.command("preview")
def preview(query: Annotated[str, typer.Argument(help="Câu chọn / Query.")], json: Json = False) -> None:
    """Xem câu chọn lấy được gì, không thay đổi gì / What a query would hold; nothing changes."""
    with opened() as (_, store):
        found = sets.preview(store, query)
    if json:
        answer(asdict(found))
        return
    say(
        f"{written(found.members)} trong {written(found.looked)} biểu ghi.",
        f"{found.members:,} of {counted(found.looked, 'record')}.",
    )
    for code, count in sorted(found.libraries.items()):
        out.print(f"  {code}: {written(count)}")
    for local_id, title in found.samples:
        out.print(f"  {plain(local_id)}  {plain(title)}")


@app.command("remove")
def remove(slug: Slug, quiet: Quiet = False) -> None:
    """Bỏ bộ; thành viên được báo là đã ra / Take a set away; its members are announced as having left."""
    with opened() as (_, store):
        sets.remove(store, QUERY, slug)
        sweep(store, quiet)
    say(f"Đã bỏ bộ {QUERY}:{slug}.", f"Removed the set {QUERY}:{slug}.")


def report(store: Store, kind: str, slug: str, quiet: bool) -> None:
    """Fill a set that was defined or changed, and say how many are in it."""
    sweep(store, quiet)
    found = next(one for one in sets.defined(store, kind) if one.slug == slug)
    say(
        f"Bộ {found.spec}: {written(found.members)} biểu ghi.", f"Set {found.spec}: {counted(found.members, 'record')}."
    )


def sweep(store: Store, quiet: bool) -> None:
    """Ask every record in which sets it is now; killed in the middle, the server or `feed catch-up` goes on."""
    job = jobs.start(store, "sets")
    try:
        finish(store, lambda: set_sweep.run(store), lambda: set_sweep.left(store), quiet, "Xếp bộ / Sets", job)
    except LienThongError as error:
        jobs.finish(store, job, jobs.FAILED, f"{error.text('vi')} / {error.text('en')}")
        raise
    jobs.finish(store, job)
