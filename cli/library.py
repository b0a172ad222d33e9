"""`lienthong library`: who contributes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from catalogue import libraries
from cli.terminal import Json, answer, opened, out, plain, say
from vietnamese.numbers import written

app = typer.Typer(help="Thư viện tham gia / The libraries that contribute.", no_args_is_help=True)


@app.command("add")
def add(
    code: Annotated[str, typer.Argument(help="Mã, không đổi về sau / A code, for ever.")],
    name: Annotated[str, typer.Option(help="Tên tiếng Việt / Name in Vietnamese.")],
    name_en: Annotated[str, typer.Option(help="Tên tiếng Anh / Name in English.")] = "",
    kind: Annotated[str, typer.Option(help=" | ".join(libraries.KINDS))] = "district",
    parent: Annotated[str, typer.Option(help="Mã thư viện cấp trên / Code of the library above.")] = "",
    email: Annotated[str, typer.Option(help="Thư điện tử liên hệ / Contact e-mail.")] = "",
) -> None:
    """Thêm một thư viện / Add a library."""
    with opened() as (_, store):
        libraries.add(store, libraries.Library(code, name, name_en, kind, email, parent))
    say(f"Đã thêm thư viện {code}: {name}.", f"Added library {code}: {name_en or name}.")


@app.command("list")
def show(json: Json = False) -> None:
    """Các thư viện và số biểu ghi / The libraries and their records."""
    with opened() as (_, store):
        found = libraries.all_libraries(store)
    if json:
        answer([asdict(library) for library in found])
        return
    table = Table("Mã/Code", "Tên/Name", "Loại/Kind", "Thuộc/Parent")
    table.add_column("Biểu ghi/Records", justify="right")
    for library in found:
        table.add_row(library.code, plain(library.name_vi), library.kind, library.parent, written(library.records))
    out.print(table)
