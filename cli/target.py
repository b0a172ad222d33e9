"""`lienthong target`: the catalogues of other libraries that may be searched and copied from."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.terminal import Json, answer, opened, out, plain, say
from foundation.errors import counted
from foundation.vault import Vault
from harvesting import target_trial
from harvesting.targets import Targets, known
from vietnamese.numbers import written
from z3950_bridge.peer import SRU, Z3950, Peer, peer, typed

app = typer.Typer(help="Nguồn sao chép: mục lục của thư viện khác / Catalogues to copy from.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Tên ngắn: a-z 0-9 . _ - / A short name.")]
_ASK = "-"


@app.command("add")
def add(
    name: Name,
    host: Annotated[str, typer.Option(help="Máy chủ Z39.50 / Host of Z39.50.")] = "",
    port: Annotated[int, typer.Option(help="Cổng Z39.50 / Its port.", min=0, max=65535)] = 0,
    database: Annotated[str, typer.Option(help="Cơ sở dữ liệu / Database; A+B: cả hai / both.")] = "",
    url: Annotated[str, typer.Option(help="Địa chỉ SRU / Address of SRU.")] = "",
    user: Annotated[str, typer.Option(help="Tên đăng nhập / User name.")] = "",
    password: Annotated[str, typer.Option(help="Mật khẩu; -: đọc từ bàn phím / Password; -: read it.")] = "",
    allow: Annotated[
        list[str] | None,
        typer.Option(help="Mạng riêng được gọi, vd. 10.1.0.0/16 / Private network that may be called."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="thiết-đặt=giá-trị, lặp lại được / SETTING=VALUE, repeatable.")
    ] = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Chưa bật / Not enabled yet.")] = False,
) -> None:
    """Thêm một nguồn; nguồn có sẵn trong danh sách thì chỉ cần tên / Add a target; a known one needs its name only."""
    given: dict[str, Any] = {"host": host, "port": port, "database": database, "url": url, "user": user}
    values: dict[str, Any] = {key: value for key, value in given.items() if value}
    values |= {"allow": tuple(allow)} if allow else {}
    if password:
        asked = password == _ASK
        values["password"] = sys.stdin.readline().rstrip("\r\n") if asked else password
    for one in settings or ():
        key, mark, text = one.partition("=")
        if not mark:
            raise typer.BadParameter("--set folded=true")
        values[key.strip()] = typed(key.strip(), text.strip())
    if name in known() and not (host or url):
        shipped = known()[name].peer
        made = peer(name, shipped.protocol, shipped.stored() | values)
    else:
        made = peer(name, SRU if url else Z3950, values)
    with opened() as (configured, store):
        Targets(store, Vault(configured.home / "vault.key")).add(made, enabled=not disabled)
    say(f"Đã thêm nguồn {name}: {made.place}.", f"Added target {name}: {made.place}.")


@app.command("list")
def show(json: Json = False) -> None:
    """Các nguồn đã khai và các nguồn công cộng có sẵn / Configured targets and public ones that are known."""
    with opened() as (configured, store):
        found = Targets(store, Vault(configured.home / "vault.key")).every()
    mine = {one.name for one, _ in found}
    others = [(name, entry) for name, entry in known().items() if name not in mine]
    if json:
        listed = [_row(made, "enabled" if one.enabled else "disabled") for one, made in found]
        answer(listed + [_row(entry.peer, "known") | {"source": entry.source} for _, entry in others])
        return
    table = Table("Tên/Name", "Kiểu/Kind")
    table.add_column("Địa chỉ/Address", overflow="fold")
    table.add_column("Trạng thái/State")
    table.add_column("Gọi là/Title")
    for one, made in found:
        state = "bật/enabled" if one.enabled else "tắt/disabled"
        table.add_row(plain(one.name), one.kind, plain(made.place), state, plain(made.title))
    for name, entry in others:
        table.add_row(name, entry.peer.protocol, plain(entry.peer.place), "có sẵn/known", plain(entry.peer.title))
    out.print(table)


@app.command("try")
def try_(
    name: Name,
    search: Annotated[str, typer.Argument(help="Từ để tìm thử / Words to search for.")] = "",
) -> None:
    """Gọi thử một nguồn: có trả lời không, biểu ghi đọc được không / Call a target: does it answer, can we read it."""
    with opened() as (configured, store):
        targets = Targets(store, Vault(configured.home / "vault.key"))
        configured_names = {one.name for one, _ in targets.every()}
        chosen = targets.get(name) if name in configured_names or name not in known() else known()[name].peer
    made = target_trial.attempt(chosen, search)
    if made.silent is not None:  # many servers search well and explain nothing
        said = made.silent
        say(f"{made.place} không tự giới thiệu (explain): {said.text('vi')}", f"No explain: {said.text('en')}")
    elif made.answers:
        say(f"{made.place} trả lời: {made.said or '(không xưng tên)'}.", f"It answers: {made.said or '(no name)'}.")
    if made.indexes:
        out.print(plain("index:  " + ", ".join(made.indexes)))
        out.print(plain("schema: " + ", ".join(made.schemas)))
    if made.hits is not None:
        say(f"Tìm được {written(made.hits)} biểu ghi.", f"Found {counted(made.hits, 'record')}.")
    for one in made.samples:
        out.print(f"{one.position:>3}. {plain(one.title or '–')}")
        for problem in one.problems:
            out.print(f"     {plain(problem.text('vi'))}", style="dim")
    if made.error is not None:
        raise made.error


@app.command("enable")
def enable(name: Name) -> None:
    """Bật một nguồn / Enable a target."""
    with opened() as (configured, store):
        Targets(store, Vault(configured.home / "vault.key")).enable(name, True)
    say(f"Đã bật nguồn {name}.", f"Enabled target {name}.")


@app.command("disable")
def disable(name: Name) -> None:
    """Tắt một nguồn, giữ thiết đặt / Disable a target, keep its settings."""
    with opened() as (configured, store):
        Targets(store, Vault(configured.home / "vault.key")).enable(name, False)
    say(f"Đã tắt nguồn {name}.", f"Disabled target {name}.")


@app.command("remove")
def remove(name: Name) -> None:
    """Bỏ một nguồn; biểu ghi đã sao chép vẫn còn / Forget a target; copied records stay."""
    with opened() as (configured, store):
        Targets(store, Vault(configured.home / "vault.key")).remove(name)
    say(f"Đã bỏ nguồn {name}.", f"Removed target {name}.")


def _row(made: Peer, state: str) -> dict[str, Any]:
    shown = {key: value for key, value in made.stored().items() if key != "password"}
    return {"name": made.name, "protocol": made.protocol, "state": state, "settings": shown}
