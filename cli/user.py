"""`lienthong user`: people and their roles. Whoever has a shell and the store is the administrator."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection

from accounts import audit, delegation, invitations, messages, passwords, people, totp
from accounts.rights import ACTS, RIGHTS, ROLES, Role
from catalogue.store import Store, iso
from cli.acts import me
from cli.terminal import Json, answer, opened, out, plain, say
from foundation.errors import RefusedError, counted
from foundation.settings import Settings

app = typer.Typer(help="Người dùng và phân quyền / People and their roles.", no_args_is_help=True)

_GIVEN = " | ".join(str(role) for role in Role if role is not Role.PARTNER_PROGRAMME)
Login = Annotated[str, typer.Argument(help="Tên đăng nhập / Login.")]
RoleName = Annotated[str, typer.Option(help=_GIVEN)]
Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]
Until = Annotated[str, typer.Option(help="Đến hết ngày, như 2026-12-31 / Until the end of this day.")]


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Họ và tên / Full name.")],
    email: Annotated[str, typer.Option(help="Thư điện tử / E-mail.")] = "",
    administrator: Annotated[bool, typer.Option("--administrator", help="Quản trị hệ thống / Administrator.")] = False,
    role: RoleName = "",
    library: Library = "",
    until: Until = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ dòng đầu / Read the password from the first line.")
    ] = False,
) -> None:
    """Thêm một người; hỏi mật khẩu, hoặc in đường dẫn để người ấy tự đặt / Add somebody."""
    with opened() as (settings, store):
        password = _password(password_stdin, login, name)
        hashed = passwords.make(password) if password else ""
        with store.write() as connection:
            now = store.now(connection)
            made = people.create(connection, now, login, name, email, hashed)
            if administrator or role:
                role = str(Role.ADMINISTRATOR) if administrator else role
                _give(connection, now, settings, made.login, role, library, until)
            link = "" if password else invitations.reset(connection, now, me(), made)
    say(f"Đã thêm {made.login}: {made.name}.", f"Added {made.login}: {made.name}.")
    if link:
        _show(settings, link, made.name)


@app.command("invite")
def invite(
    role: RoleName,
    library: Library = "",
    name: Annotated[str, typer.Option(help="Họ và tên / Full name.")] = "",
    email: Annotated[str, typer.Option(help="Thư điện tử / E-mail.")] = "",
    until: Until = "",
) -> None:
    """In một đường dẫn mời, dùng một lần / Print an invitation, good once."""
    with opened() as (settings, store), store.write() as connection:
        ends = people.end_of_day(until, settings.timezone)
        secret = invitations.invite(
            connection, store.now(connection), me(), role, library, name=name, email=email, ends=ends
        )  # fmt: skip
    _show(settings, secret, name or email or "?")


@app.command("list")
def show(library: Library = "", json: Json = False) -> None:
    """Những người đang có vai trò / Those who hold a role."""
    with opened() as (_, store):
        found = people.every(store)
        with store.read() as connection:
            now = store.now(connection)
            held = [one for one in people.duties(connection, codes=[library] if library else None) if one.good(now)]
    shown = [one for one in found if not library or any(duty.login == one.login for duty in held)]
    if json:
        answer([asdict(one) | {"roles": [asdict(duty) for duty in held if duty.login == one.login]} for one in shown])
        return
    table = Table("Đăng nhập/Login", "Tên/Name", "Vai trò/Roles", "Lần cuối/Seen", "Trạng thái/State")
    for one in shown:
        roles = [
            f"{duty.role} {duty.library or '*'}{f' ≤ {iso(duty.ends)}' if duty.ends else ''}"
            for duty in held
            if duty.login == one.login
        ]
        state = "khoá/locked" if one.locked else "2 bước/2 steps" if one.has_totp else ""
        table.add_row(plain(one.login), plain(one.name), "\n".join(roles), iso(one.seen) if one.seen else "–", state)
    out.print(table)


@app.command("role")
def role(
    login: Login,
    role: Annotated[str, typer.Argument(help=_GIVEN)],
    library: Library = "",
    until: Until = "",
    end: Annotated[bool, typer.Option("--end", help="Thu hồi / Take it away.")] = False,
) -> None:
    """Cấp hoặc thu hồi một vai trò / Give a role, or take it away."""
    with opened() as (settings, store), store.write() as connection:
        now = store.now(connection)
        before = people.administrators(connection, now)
        if not end:
            _give(connection, now, settings, login, role, library, until)
        else:
            held = people.duties(connection, of=people.find(connection, login).number)
            ending = [one for one in held if one.revoked is None and (one.role, one.library) == (role, library)]
            if not ending:
                raise RefusedError(messages.ROLE_NOT_HELD, login=login, role=role, library=library or "*")
            for one in ending:
                delegation.take(connection, now, me(), one.number)
        left = people.administrators(connection, now)
    done = ("Đã thu hồi", "Took") if end else ("Đã cấp", "Gave")
    say(f"{done[0]} vai trò {role} ({library or '*'}): {login}.", f"{done[1]} {role} ({library or '*'}): {login}.")
    _tell_of_nobody(before, left)


@app.command("lock")
def lock(login: Login, unlock: Annotated[bool, typer.Option("--unlock", help="Mở khoá / Unlock.")] = False) -> None:
    """Khoá một tài khoản, kết thúc mọi phiên / Lock an account and end its sessions."""
    with opened() as (_, store), store.write() as connection:
        found, now = people.find(connection, login), store.now(connection)
        before = people.administrators(connection, now)
        if unlock:
            people.unlock(connection, found.number)
        else:
            delegation.lock(connection, now, me(), found)
        left = people.administrators(connection, now)
    done = ("Đã mở khoá", "Unlocked") if unlock else ("Đã khoá", "Locked")
    say(f"{done[0]} tài khoản {login}.", f"{done[1]} the account {login}.")
    _tell_of_nobody(before, left)


@app.command("reset")
def reset(
    login: Login,
    codes_off: Annotated[
        bool, typer.Option("--codes-off", help="Tắt cả mã dùng một lần / Turn off one-time codes too.")
    ] = False,
) -> None:
    """In đường dẫn để đặt mật khẩu mới / Print a link to choose a new password."""
    with opened() as (settings, store), store.write() as connection:
        found = people.find(connection, login)
        if codes_off:
            totp.turn_off(connection, found.number)
        secret = invitations.reset(connection, store.now(connection), me(), found)
    _show(settings, secret, found.name)


@app.command("rights")
def rights(json: Json = False) -> None:
    """Vai trò nào được làm gì / Which role may do what."""
    if json:
        answer({str(held): sorted(map(str, acts)) for held, acts in RIGHTS.items()})
        return
    table = Table("Việc/Act", *(f"{words.vi}/{words.en}" for words in ROLES.values()))
    for act, words in ACTS.items():
        table.add_row(f"{words.vi}/{words.en}", *("✓" if act in RIGHTS[held] else "" for held in ROLES))
    out.print(table)


@app.command("audit")
def log(
    library: Library = "",
    count: Annotated[int, typer.Option(help="Số dòng mới nhất / So many of the newest.", min=1)] = 50,
    verify: Annotated[
        bool, typer.Option("--verify", help="Kiểm tra có bị sửa không / Check that it is whole.")
    ] = False,
    json: Json = False,
) -> None:
    """Nhật ký: ai đã làm gì / The audit trail: who did what."""
    with opened() as (_, store), store.read() as connection:
        if verify:
            _proved(audit.verify(connection), json)
            return
        found = list(audit.entries(connection, count=count, reach=[library] if library else None))
    if json:
        answer([asdict(one) for one in found])
        return
    table = Table("#", "Lúc/When", "Ai/Who", "Việc/Act", "Với/To", "Thư viện/Library", "Chi tiết/Detail")
    for one in found:
        what = (plain(one.actor or "–"), one.act, plain(one.object), one.library, plain(one.detail))
        table.add_row(str(one.number), iso(one.moment), *what)
    out.print(table)


def _proved(proof: audit.Proof, json: bool) -> None:
    if json:
        answer(asdict(proof))
    elif proof.broken is None:
        say(
            f"Nguyên vẹn: {proof.entries} dòng, {proof.head}",
            f"Whole: {counted(proof.entries, 'entry', 'entries')}, {proof.head}",
        )
    else:
        say(f"Đã bị sửa từ dòng {proof.broken}.", f"Altered from entry {proof.broken} on.")
    if proof.broken is not None:
        raise typer.Exit(1)


def _give(
    connection: Connection, now: int, settings: Settings, login: str, role: str, library: str, until: str
) -> None:  # fmt: skip
    ends = people.end_of_day(until, settings.timezone)
    delegation.give(connection, now, me(), login, role, library, ends=ends)


def _tell_of_nobody(before: set[str], administrators: set[str]) -> None:
    if before and not administrators:
        say(
            "Không còn ai là quản trị. Cấp cho một người: lienthong user role TÊN administrator",
            "Nobody is an administrator now. Make somebody one: lienthong user role LOGIN administrator",
        )


def _password(from_stdin: bool, login: str, name: str) -> str:
    """What was typed twice, or the first line that comes in; empty where nobody can be asked. Raises InputError."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True)
    else:
        return ""
    passwords.judge(password, login, name)
    return password


def _show(settings: Settings, secret: str, name: str) -> None:
    typer.echo(f"{settings.public_url}/invitation/{secret}")
    say(
        f"Đưa đường dẫn trên cho {name}, và chỉ cho người ấy; nó dùng được một lần.",
        f"Give the link above to {name} and to nobody else; it is good once.",
    )


def first_link(store: Store, settings: Settings) -> str:
    """The link by which the first administrator comes in, while there is nobody; else empty."""
    with store.write() as connection:
        secret = invitations.first(connection, store.now(connection), me())
    return f"{settings.public_url}/invitation/{secret}" if secret else ""
