"""`lienthong token`: what lets a library's own program in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from accounts import tokens
from accounts.rights import SCOPES
from catalogue.store import iso
from cli.terminal import Json, answer, opened, out, plain, say

app = typer.Typer(help="Khoá cho chương trình của thư viện / Tokens for programs of libraries.", no_args_is_help=True)

Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]
Name = Annotated[str, typer.Option(help="Tên để nhận ra khoá / A name to know it by.")]


@app.command("add")
def add(
    library: Library,
    name: Name = "push",
    scope: Annotated[list[str], typer.Option(help=" | ".join(SCOPES))] = [tokens.PUSH],  # noqa: B006 - Typer copies it
    days: Annotated[int, typer.Option(help="Số ngày còn dùng được; 0: mãi / Days it is good; 0: for ever.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Tạo một khoá; chỉ hiện ra một lần / Make a token; it is shown once."""
    with opened() as (_, store):
        made, secret = tokens.add(store, library, name, scope, days or None)
    if json:
        answer(asdict(made) | {"token": secret})
        return
    typer.echo(secret)
    say(
        f"Khoá “{name}” của thư viện {library}, chỉ hiện lần này. Chép dòng trên vào một tệp trên máy của thư viện.",
        f"Token “{name}” of the library {library}, shown this once. Put the line above into a file on its machine.",
    )


@app.command("list")
def show(
    library: Annotated[str, typer.Option(help="Chỉ thư viện này / Only this one.")] = "", json: Json = False
) -> None:
    """Các khoá và lần dùng cuối / The tokens and when they were last used."""
    with opened() as (_, store):
        found = tokens.every(store, library)
        with store.read() as connection:
            now = store.now(connection)
    if json:
        answer([asdict(one) | {"good": one.good(now)} for one in found])
        return
    table = Table("Thư viện/Library", "Tên/Name", "Trạng thái/State", "Tạo/Made", "Hết hạn/Ends", "Dùng/Used")
    for one in found:
        state = "dùng được/good" if one.good(now) else "đã thu hồi/revoked" if one.revoked else "hết hạn/expired"
        moments = [iso(moment) if moment else "–" for moment in (one.created, one.expires, one.used)]
        table.add_row(one.library, plain(one.name), state, *moments)
    out.print(table)


@app.command("revoke")
def revoke(library: Library, name: Name = "push") -> None:
    """Thu hồi một khoá / Let a token in no more."""
    with opened() as (_, store):
        tokens.revoke(store, library, name)
    say(f"Đã thu hồi khoá “{name}” của thư viện {library}.", f"Revoked the token “{name}” of the library {library}.")
