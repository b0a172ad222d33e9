"""`lienthong backup` and `lienthong restore`: copies of the whole store, and putting one back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from catalogue import backup as backups
from catalogue.store import iso
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import counted
from foundation.settings import load
from vietnamese.numbers import written

To = Annotated[Path | None, typer.Option("--to", help="Thư mục chứa các bản sao lưu / Folder of backups.")]
Listed = Annotated[bool, typer.Option("--list", help="Liệt kê các bản đang có / List those there are.")]
Verify = Annotated[Path | None, typer.Option("--verify", help="Đọc lại một bản, không sao lưu / Read one through.")]
OnlyVerify = Annotated[bool, typer.Option("--verify", help="Chỉ đọc lại, không khôi phục / Only read it through.")]


def backup(
    to: To = None, verify: Verify = None, listed: Listed = False, json: Json = False, quiet: Quiet = False
) -> None:
    """Sao lưu kho dữ liệu khi máy chủ vẫn chạy / Back up the store while the server runs."""
    if verify is not None:
        _verified(verify, json)
        return
    with opened(outside=not listed) as (settings, store):
        if listed:
            found = backups.kept(to or backups.place(settings))
            if json:
                answer([asdict(one) for one in found])
                return
            for one in found:
                out.print(plain(f"{one.name}  {iso(one.made)}  {written(one.records)}  {written(one.size)} B"))
            return
        with bar("Sao lưu / Backing up", quiet or json) as progress:
            folder, made = backups.make(
                store,
                settings,
                to,
                lambda done, every: progress.update(progress.task_ids[0], completed=done, total=every),
            )
    if json:
        answer({"folder": str(folder), **asdict(made)})
        return
    say(
        f"Đã sao lưu {written(made.records)} biểu ghi vào {folder} và đọc lại nguyên vẹn. Giữ kín thư "
        f"mục này: trong đó có "
        "khoá mở mật khẩu của các nguồn.",
        f"{counted(made.records, 'record is', 'records are')} backed up in {folder}, read again and whole. Keep it "
        f"private: the key to the "
        "passwords of sources is in it.",
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="Thư mục của một bản sao lưu / Folder of a backup.")],
    verify: OnlyVerify = False,
    json: Json = False,
) -> None:
    """Khôi phục một bản sao lưu; máy chủ phải dừng trước / Put a backup back; stop the server first."""
    if verify:
        _verified(folder, json)
        return
    found, aside = backups.restore(load(), folder)
    with opened(outside=True):
        pass  # the store that is there now has it in its audit trail
    if json:
        answer({**asdict(found), "aside": None if aside is None else str(aside)})
        return
    say(
        f"Đã khôi phục {written(found.records)} biểu ghi, như lúc {iso(found.made)}.",
        f"{counted(found.records, 'record is', 'records are')} back, as of {iso(found.made)}.",
    )
    if aside is not None:
        say(
            f"Những gì ở đó trước đây nay nằm ở {aside}; xoá khi không còn cần.",
            f"What was there before is in {aside}; delete it when it is no longer needed.",
        )


def _verified(folder: Path, json: bool) -> None:
    found = backups.verify(folder)
    if json:
        answer({**asdict(found), "ok": True})
        return
    say(
        f"Nguyên vẹn: {written(found.records)} biểu ghi, như lúc {iso(found.made)}.",
        f"Whole: {counted(found.records, 'record')}, as of {iso(found.made)}.",
    )
