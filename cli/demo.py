"""`lienthong demo`: the demonstration province, loaded and served."""

from __future__ import annotations

from typing import Annotated

import typer

import fixtures
from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli import serve
from cli.terminal import Quiet, bar, opened, say
from foundation.errors import Message, RefusedError

OTHER_DATA = Message(
    "demo.other_data",
    "kho dữ liệu ở {home} đã có thư viện khác ({codes}). Dữ liệu trình diễn chỉ nạp vào kho riêng: hãy đặt "
    "LIENTHONG_HOME sang một thư mục trống rồi chạy lại.",
    "the store at {home} already has other libraries ({codes}). The demonstration goes into a store of its own: set "
    "LIENTHONG_HOME to an empty folder and run it again.",
)

NoServe = Annotated[bool, typer.Option("--no-serve", help="Chỉ nạp, không chạy máy chủ / Load only.")]


def demo(no_serve: NoServe = False, quiet: Quiet = False) -> None:
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
        total = sum(library.records for library in libraries.all_libraries(store))
    say(
        f"Tỉnh trình diễn: {len(rows)} thư viện, {total:,} biểu ghi.",
        f"The demonstration province: {len(rows)} libraries, {total:,} records.",
    )
    if not no_serve:
        serve.run(settings)


def _load(store: Store, quiet: bool) -> None:
    """Every library's file; what is there already stays as it is."""
    files = fixtures.province_files()
    with bar("Nạp tỉnh trình diễn / Loading", quiet) as progress:
        task = progress.task_ids[0]
        progress.update(task, total=len(files))
        for code, path in files:
            imports.import_files(store, code, [imports.of_path(path)])
            progress.update(task, advance=1, note=code)
