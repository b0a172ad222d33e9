"""`lienthong demo`: the demonstration province, loaded and served."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

import fixtures
from accounts import invitations, passwords, people
from accounts.rights import ROLES, Role
from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli import serve
from cli.acts import me
from cli.terminal import Quiet, bar, opened, out, plain, say
from fixtures.generator import generate
from foundation.errors import Message, RefusedError, counted
from marc import iso2709
from marc.record import Field, Record
from union import rebuilding
from union.follower import Follower
from vietnamese.numbers import written

OTHER_DATA = Message(
    "demo.other_data",
    "kho dữ liệu ở {home} đã có thư viện khác ({codes}). Dữ liệu trình diễn chỉ nạp vào kho riêng: hãy đặt "
    "LIENTHONG_HOME sang một thư mục trống rồi chạy lại.",
    "the store at {home} already has other libraries ({codes}). The demonstration goes into a store of its own: set "
    "LIENTHONG_HOME to an empty folder and run it again.",
)

NoServe = Annotated[bool, typer.Option("--no-serve", help="Chỉ nạp, không chạy máy chủ / Load only.")]


Records = Annotated[int, typer.Option(help="Thêm bấy nhiêu biểu ghi sinh sẵn / Add so many generated records.", min=0)]


def demo(no_serve: NoServe = False, records: Records = 0, quiet: Quiet = False) -> None:
    """Nạp tỉnh trình diễn rồi chạy máy chủ / Load the demonstration province and serve it."""
    with opened() as (settings, store):
        rows = fixtures.libraries()
        there = {library.code for library in libraries.all_libraries(store)}
        if others := sorted(there - {row.code for row in rows}):
            raise RefusedError(OTHER_DATA, home=settings.home, codes=", ".join(others[:5]))
        for row in rows:
            if row.code not in there:
                libraries.add(store, Library(**row._asdict()))
        _load(store, quiet)
        if records:
            _generate(store, records)
        with bar("Ghép mục lục liên hợp / Matching", quiet) as progress:
            task = progress.task_ids[0]
            Follower(store).follow(lambda done: progress.update(task, note=written(done)))
        found = rebuilding.counts(store)
        accounts = _people(store)
    total, united = found["records"], found["union_records"]
    say(
        f"Tỉnh trình diễn: {len(rows)} thư viện, {written(total)} biểu ghi, thành {written(united)} biểu ghi chung. "
        "Một ví dụ: lienthong union list --several",
        f"The demonstration province: {counted(len(rows), 'library', 'libraries')}, {counted(total, 'record')}, "
        f"{counted(united, 'union record')} of them. See: "
        "lienthong union list --several",
    )
    for role, login in accounts.logins:
        out.print(f"  {login:<10} {plain(ROLES[role].vi)} / {ROLES[role].en}")
    say(
        f"Đăng nhập ở {settings.public_url}/sign-in với một trong các tên trên, mật khẩu: {accounts.password}",
        f"Sign in at {settings.public_url}/sign-in with one of these logins and the password {accounts.password}",
    )
    if not no_serve:
        serve.run(settings)


class _Accounts(NamedTuple):
    """Who may sign in to the demonstration."""

    password: str
    logins: list[tuple[Role, str]]


def _people(store: Store) -> _Accounts:
    """Somebody of every role, with one password that is new each time, so that none is known to others."""
    top, below = (row.code for row in fixtures.libraries()[:2])
    wanted = (
        (Role.ADMINISTRATOR, "quantri", "Hoàng Thị Quản Trị", ""),
        (Role.PROVINCIAL_CATALOGUER, "tinh", "Nông Văn Tỉnh", top),
        (Role.LIBRARY_MANAGER, "phutrach", "Ma Thị Phụ Trách", below),
        (Role.LIBRARY_CATALOGUER, "bienmuc", "Lý Thị Biên Mục", below),
        (Role.CONTRIBUTOR, "congtac", "Triệu Văn Cộng Tác", below),
    )
    password = secrets.token_urlsafe(12)
    hashed = passwords.make(password)
    with store.write() as connection:
        now = store.now(connection)
        there = {one.login: one.number for one in people.listed(connection)}
        for role, login, name, library in wanted:
            if login not in there:
                there[login] = people.create(connection, now, login, name).number
                people.give(connection, now, there[login], str(role), library, me().actor)
            invitations.set_password(connection, now, there[login], hashed)
    return _Accounts(password, [(role, login) for role, login, _, _ in wanted])


def _generate(store: Store, count: int) -> None:
    """`count` generated records for the provincial library; the same number again changes nothing."""
    code = fixtures.libraries()[0].code
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"generated-{count}.mrc"
        with path.open("wb") as stream:
            for number, record in enumerate(generate(count, library=code), 1):
                # Numbers of their own, beside those of the library's written records.
                fields = [Field("001", value=f"G{number:07}"), *(f for f in record.fields if f.tag != "001")]
                stream.write(iso2709.write(Record.build(record.leader, fields)))
        imports.import_files(store, code, [imports.of_path(path)])


def _load(store: Store, quiet: bool) -> None:
    """Every library's file; what is there already stays as it is."""
    files = fixtures.province_files()
    with bar("Nạp tỉnh trình diễn / Loading", quiet) as progress:
        task = progress.task_ids[0]
        progress.update(task, total=len(files))
        for code, path in files:
            imports.import_files(store, code, [imports.of_path(path)])
            progress.update(task, advance=1, note=code)
