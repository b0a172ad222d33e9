"""`lienthong collection`: collections, named by an import, by the records themselves, by a query, or filled by hand."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalogue import collecting, contents, sets
from catalogue.membership import COLLECTION
from catalogue.sets import DefinedSet
from catalogue.store import Store
from cli.files import UNREADABLE
from cli.search import catch_up
from cli.sets import About, AboutEn, Name, NameEn, Replace, Slug, report, sweep
from cli.terminal import Json, Quiet, answer, opened, out, plain, say
from foundation.errors import InputError, counted
from foundation.limits import COLLECTION_RECORDS
from foundation.settings import Settings
from search import box
from search.finder import Finder
from union.follower import Follower as Union
from vietnamese.numbers import written

app = typer.Typer(help="Bộ sưu tập / Collections.", no_args_is_help=True)

Library = Annotated[str, typer.Option(help="Của riêng thư viện này / Of this library alone.")]
Called = Annotated[
    list[str] | None,
    typer.Option(
        "--called", help="Tên khác trong biểu ghi, như mã handle / Another name in records, such as a handle."
    ),
]
Asked = Annotated[str, typer.Option("--query", help="Thêm những biểu ghi theo câu chọn / Also records of this query.")]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Mã biểu ghi, mã OAI, địa chỉ trang, bk01/1234 / Identifiers, addresses of pages, CODE/NUMBER."
    ),
]
Searched = Annotated[
    str, typer.Option("--search", help="Mọi biểu ghi mà ô tìm kiếm tìm ra / All that the search box finds.")
]
Listed = Annotated[
    Path | None,
    typer.Option("--file", help="Tệp mỗi dòng một mã; - là đầu vào chuẩn / A name a line; - is standard in."),
]


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
        table.add_row(one.slug, plain(one.name_vi), one.library, plain(one.query), called, written(one.members))
    out.print(table)


@app.command("remove")
def remove(slug: Slug, quiet: Quiet = False) -> None:
    """Bỏ bộ sưu tập; biểu ghi vẫn còn / Take a collection away; its records stay."""
    with opened() as (_, store):
        sets.remove(store, COLLECTION, slug)
        sweep(store, quiet)
    say(f"Đã bỏ bộ sưu tập {slug}.", f"Removed the collection {slug}.")


@app.command("put")
def put(
    slug: Slug, names: Names = None, search: Searched = "", file: Listed = None, json: Json = False
) -> None:  # fmt: skip
    """Xếp biểu ghi vào bộ sưu tập / Put records into a collection."""
    _place(slug, names or [], search, file, json, True)


@app.command("take")
def take(
    slug: Slug, names: Names = None, search: Searched = "", file: Listed = None, json: Json = False
) -> None:  # fmt: skip
    """Lấy biểu ghi ra khỏi bộ sưu tập / Take records out of a collection."""
    _place(slug, names or [], search, file, json, False)


@app.command("undo")
def undo(
    slug: Slug,
    number: Annotated[int, typer.Argument(help="Số của lần xếp hay lấy / The number of what was done.")],
    json: Json = False,
) -> None:
    """Hoàn tác một lần xếp hay lấy / Undo one time of putting in or taking out."""
    with opened() as (_, store):
        back = collecting.take_back(store, slug, number)
        Union(store).follow()
    if json:
        answer(back._asdict())
        return
    say(
        f"Đã hoàn tác lần số {number}: {written(back.records)} biểu ghi của thư viện"
        + (f"; {written(back.kept)} biểu ghi đã thay đổi từ đó nên giữ nguyên." if back.kept else "."),
        f"Undid number {number}: {back.records:,} contributed records"
        + (f"; {back.kept:,} changed since and stay as they are." if back.kept else "."),
    )


def _place(slug: str, names: list[str], search: str, file: Path | None, json: bool, inside: bool) -> None:
    """What is named, listed and found is put in or taken out, in one commit."""
    with opened() as (settings, store):
        meant = [*names, *collecting.named(_listed(file)), *_found(store, settings, search)]
        done = (collecting.put if inside else collecting.take)(store, slug, meant)
        Union(store).follow()
    if json:
        answer(done._asdict())
        return
    vi, en = ("Đã xếp vào", "Put in") if inside else ("Đã lấy ra", "Taken out")
    say(f"{vi}: {written(done.titles)} biểu ghi.", f"{en}: {counted(done.titles, 'record')}.")
    if done.same and inside:
        say(f"Đã ở trong từ trước: {written(done.same)}.", f"There already: {done.same:,}.")
    elif done.same:
        say(f"Không do ai xếp vào: {written(done.same)}.", f"Put in by nobody: {done.same:,}.")
    if done.foreign:
        say(
            f"Của thư viện khác, bộ này không nhận: {written(done.foreign)}.",
            f"Of other libraries, not taken: {done.foreign:,}.",
        )
    if done.unknown:
        some = ", ".join(done.unknown[:10])
        say(f"Không tìm thấy: {written(len(done.unknown))} ({some})", f"Not found: {len(done.unknown):,} ({some})")
    if done.act is not None:
        back = f"lienthong collection undo {slug} {done.act}"
        say(f"Hoàn tác: {back}", f"To undo it: {back}")


def _listed(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(UNREADABLE, name=file, reason=error.strerror or error) from error
    return data.decode("utf-8-sig", "replace")


def _found(store: Store, settings: Settings, search: str) -> list[str]:
    """The identifiers of what a search finds; one more than can be put in at once is enough to be told so."""
    if not search.strip():
        return []
    catch_up(store, settings)
    finder = Finder(store, settings)
    try:
        _count, numbers = finder.identifiers(box.parse(search), limit=COLLECTION_RECORDS + 1)
    finally:
        finder.close()
    return contents.identifiers(store, list(numbers))
