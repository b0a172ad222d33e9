"""`lienthong collection`: collections, named by an import, by the records themselves, or by a query."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from catalogue import sets
from catalogue.membership import COLLECTION
from catalogue.sets import DefinedSet
from cli.sets import About, AboutEn, Name, NameEn, Replace, Slug, report, sweep
from cli.terminal import Json, Quiet, answer, opened, out, plain, say

app = typer.Typer(help="Bộ sưu tập / Collections.", no_args_is_help=True)

Library = Annotated[str, typer.Option(help="Của riêng thư viện này / Of this library alone.")]
Called = Annotated[
    list[str] | None,
    typer.Option(
        "--called", help="Tên khác trong biểu ghi, như mã handle / Another name in records, such as a handle."
    ),
]
Asked = Annotated[str, typer.Option("--query", help="Thêm những biểu ghi theo câu chọn / Also records of this query.")]


@app.command("add")
def add(
    slug: Slug,
    name: Name,
    name_en: NameEn = "",
    library: Library = "",
    called: Called = None,
    query: Asked = "",
    about: About = "",
    about_en: AboutEn = "",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Lập bộ sưu tập / Make a collection."""
    new = DefinedSet(COLLECTION, slug, name, name_en, query, about, about_en, library, tuple(called or ()))
    with opened() as (_, store):
        sets.add(store, new, replace)
        report(store, COLLECTION, slug, quiet)


@app.command("list")
def show(json: Json = False) -> None:
    """Các bộ sưu tập / The collections."""
    with opened() as (_, store):
        found = sets.defined(store, COLLECTION)
    if json:
        answer([asdict(one) for one in found])
        return
    table = Table("Tên ngắn/Slug", "Tên/Name", "Thư viện/Library", "Câu chọn/Query", "Tên khác/Called")
    table.add_column("Biểu ghi/Records", justify="right")
    for one in found:
        called = plain(", ".join(one.called))
        table.add_row(one.slug, plain(one.name_vi), one.library, plain(one.query), called, f"{one.members:,}")
    out.print(table)


@app.command("remove")
def remove(slug: Slug, quiet: Quiet = False) -> None:
    """Bỏ bộ sưu tập; biểu ghi vẫn còn / Take a collection away; its records stay."""
    with opened() as (_, store):
        sets.remove(store, COLLECTION, slug)
        sweep(store, quiet)
    say(f"Đã bỏ bộ sưu tập {slug}.", f"Removed the collection {slug}.")
