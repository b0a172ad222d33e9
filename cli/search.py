"""`lienthong search`: find records from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from catalogue.contents import Content
from catalogue.store import Store
from cli.terminal import Json, answer, err, opened, out, plain
from dublin_core.online import ONLINE
from foundation.errors import InputError
from foundation.settings import Settings
from search import box, messages
from search.finder import Finder
from search.follower import Follower
from search.generations import both
from search.headings import heading
from search.index import Answer, Facet, Scope
from search.query import And, Field, Query, SortKey, Term
from union.follower import Follower as Union
from vietnamese.numbers import written

Asked = Annotated[str, typer.Argument(help='Từ cần tìm: từ, "cụm từ", -bỏ, trường:giá-trị / What to find.')]
In = Annotated[list[str] | None, typer.Option("--field", help="trường=giá-trị / FIELD=VALUE, repeatable.")]
Sort = Annotated[str, typer.Option(help="title, author, date …; -date: giảm dần / descending.")]
Limit = Annotated[int, typer.Option(min=0, max=1000, help="Số kết quả / How many.")]
Offset = Annotated[int, typer.Option(min=0, help="Bỏ qua bấy nhiêu kết quả đầu / Skip so many.")]
Library = Annotated[str, typer.Option(help="Chỉ của thư viện này / Of this library alone.")]
Online = Annotated[bool, typer.Option("--online", help="Chỉ những gì đọc được trực tuyến / What can be read online.")]
Facets = Annotated[str, typer.Option("--facets", help="Đếm theo: library,language,… / Count by these.")]


def search(
    query: Asked,
    field: In = None,
    sort: Sort = "",
    limit: Limit = 20,
    offset: Offset = 0,
    library: Library = "",
    online: Online = False,
    facets: Facets = "",
    json: Json = False,
) -> None:
    """Tìm biểu ghi / Find records."""
    asked = _query(query, field or [])
    if online:
        asked = And((asked, Term(Field.ACCESS, ONLINE)))
    with opened() as (settings, store):
        catch_up(store, settings)
        finder = Finder(store, settings)
        found = finder.search(
            asked,
            sort=_sort(sort),
            offset=offset,
            limit=limit,
            facets=[Facet(_field(name)) for name in facets.split(",") if name.strip()],
            scope=Scope(library=library),
        )
        records = finder.contents(found.records)
        finder.close()
    if json:
        answer(_json(found, records))
    else:
        _show(found, records, offset)


def catch_up(store: Store, settings: Settings) -> None:
    """Bring the union and the indexes up to the store, unless a server is doing so."""
    Union(store).follow()
    for generations in both(settings):
        with generations.writing(wait=0) as held:
            if held:
                follower = Follower(store, generations)
                try:
                    follower.catch_up()
                finally:
                    follower.close()


def _query(text: str, fields: list[str]) -> Query:
    parts = [box.parse(text)]
    for one in fields:
        name, mark, value = one.partition("=")
        if not mark:
            raise typer.BadParameter("--field title=… | --field nhan-đề=…")
        parts.append(Term(_field(name), value))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _field(name: str) -> Field:
    found = box.named(name.strip())
    if found is None:
        raise InputError(messages.FIELD_UNKNOWN, field=name, known=", ".join(field.value for field in Field))
    return found


def _sort(text: str) -> list[SortKey]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return [SortKey(_field(name.removeprefix("-")), descending=name.startswith("-")) for name in names]


def _shown(one: Content) -> tuple[str, str, str]:
    """(title, author, imprint) as they are listed."""
    title = " ".join([" ".join(field.all("abnp")) for field in one.record.select("245")][:1])
    author = " ".join([field.get("a") for field in one.record.select("100", "110", "111", "700", "710")][:1])
    imprint = " ".join([" ".join(field.all("abc")) for field in one.record.select("260", "264")][:1])
    return heading(title), heading(author), imprint


def _json(found: Answer, records: list[Content]) -> dict[str, object]:
    listed = []
    for one in records:
        title, author, imprint = _shown(one)
        listed.append(
            {
                "identifier": one.identifier,
                "libraries": list(one.libraries),
                "title": title,
                "author": author,
                "imprint": imprint,
            }
        )
    counted = {
        field.value: [{"value": one.value, "count": one.count} for one in values]
        for field, values in found.facets.items()
    }
    return {"count": found.count, "records": listed, "facets": counted}


def _show(found: Answer, records: list[Content], offset: int) -> None:
    err.print(f"{written(found.count)} kết quả / results", style="dim")
    for number, one in enumerate(records, offset + 1):
        title, author, imprint = _shown(one)
        out.print(f"[bold]{number:>4}.[/bold] {plain(title)}")
        said = filter(None, (author, imprint, ", ".join(one.libraries), one.identifier))
        out.print(f"      {plain(' · '.join(said))}", style="dim")
    for field, values in found.facets.items():
        counts = ", ".join(f"{one.value} {written(one.count)}" for one in values)
        out.print(plain(f"{field.value}: {counts}"))
