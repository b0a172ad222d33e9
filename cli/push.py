"""`lienthong push`: send the files of a folder to the provincial library. All it needs is an address and a token."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from catalogue.locks import hold_file
from cli.terminal import Json, Quiet, answer, bar, complain, err, out, plain, say
from foundation import addresses
from foundation.errors import InputError, LienThongError, PeerError, RefusedError, counted
from foundation.network import Budget, Client, Line
from harvesting import push as sending
from harvesting import push_messages
from harvesting.push import TAKEN, Moving, Sender, Sent, State
from vietnamese.numbers import written

_WORDS = {
    "new": ("mới", "new"),
    "changed": ("thay đổi", "changed"),
    "unchanged": ("không đổi", "unchanged"),
    "deleted": ("xoá", "deleted"),
    "quarantined": ("chưa nhận", "not taken"),
}
_ANYWHERE = addresses.networks(("0.0.0.0/0", "::/0"))
"""The address is the user's own choice, and often one inside of the province's network."""


def push(
    folder: Annotated[Path, typer.Argument(help="Thư mục có tệp biểu ghi / Folder with files of records.")],
    to: Annotated[str, typer.Option("--to", help="Địa chỉ máy chủ / Address of the server: https://…")],
    token_file: Annotated[Path, typer.Option("--token-file", help="Tệp chứa khoá / File with the token.")],
    watch: Annotated[
        int, typer.Option(help="Xem lại sau bấy nhiêu giây; 0: gửi một lần / Look again after SECONDS; 0: once.", min=0)
    ] = 0,
    patience: Annotated[
        int, typer.Option(help="Phút chờ khi mất mạng / Minutes to wait while the line is down.", min=0)
    ] = 60,
    state: Annotated[Path | None, typer.Option(help="Nơi nhớ việc đã gửi / Where it keeps what it has sent.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Chứng thư tin thêm (PEM) / Certificates to trust.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Gửi tệp mới của một thư mục lên máy chủ / Send the new files of a folder to the server."""
    if not folder.is_dir():
        raise InputError(push_messages.NO_FOLDER, folder=folder)
    at = addresses.url(to)
    line = Line(
        allowed=_ANYWHERE,
        bearer=sending.token(token_file),
        agent="LienThong push",
        ca_file=str(ca_file) if ca_file else None,
        budget=Budget(idle_seconds=60, total_seconds=600),
    )
    if at.scheme == "http" and not at.host.startswith(("127.", "10.", "192.168.", "localhost")) and not quiet:
        complain(InputError(push_messages.NOT_SECRET, url=to))
    place = state or _usual_place(folder, to)
    with _alone(place, folder), Client(line) as client, bar(str(folder), quiet or json) as progress:
        work = progress.task_ids[0]

        def tell(moving: Moving) -> None:
            progress.update(work, description=moving.name[-40:], total=moving.total, completed=moving.offset)
            if moving.trouble is not None and not (json or quiet):
                err.print(plain(f"… {moving.trouble.text('vi')}"), style="dim")

        sender = Sender(client, to, folder, State(place), patience=patience * 60.0, tell=tell)
        found = _sent(sender, watch, quiet) if watch else sender.send_all()
        done = _report(found, json)
    if not (done or json or quiet):
        say("Không có gì mới để gửi.", "There is nothing new to send.")
    if any(one.state != TAKEN or one.counts.get("quarantined") for one in done):
        raise typer.Exit(3)


def _usual_place(folder: Path, to: str) -> Path:
    named = hashlib.sha256(f"{folder.resolve()}\n{urlsplit(to).netloc}".encode()).hexdigest()
    return Path.home() / ".lienthong" / "push" / named[:16]


@contextmanager
def _alone(place: Path, folder: Path) -> Iterator[None]:
    with hold_file(place, "push", 0) as held:
        if not held:
            raise RefusedError(push_messages.ALREADY, folder=folder)
        yield


def _sent(sender: Sender, watch: int, quiet: bool) -> Iterator[Sent]:
    """What was sent, for ever. A line that is down, or a folder that is away, is waited for."""
    while True:
        try:
            yield from sender.send_all(settle=0)
        except PeerError as error:
            if not quiet:
                complain(error)
        except OSError as error:
            if not quiet:
                complain(InputError(push_messages.UNREADABLE, reason=error.strerror or error))
        try:
            time.sleep(watch)
        except KeyboardInterrupt:
            return


def _report(found: Iterator[Sent], json: bool) -> list[Sent]:
    """Say what became of each file as soon as it is known."""
    done: list[Sent] = []
    try:
        for one in found:
            done.append(one)
            if not json:
                _tell(one)
    except LienThongError:
        if json:
            answer([sending.values(one) for one in done])
        raise
    if json:
        answer([sending.values(one) for one in done])
    return done


def _tell(one: Sent) -> None:
    if one.state != TAKEN:
        out.print(f"[red]✗[/red] {plain(one.name)}: không nhận được / refused")
        out.print(f"  {plain(one.reason.get('vi', ''))}")
        out.print(f"  {plain(one.reason.get('en', ''))}", style="dim")
        return
    shown = [(words, one.counts.get(name, 0)) for name, words in _WORDS.items()]
    vi = ", ".join(f"{words[0]} {written(count)}" for words, count in shown if count)
    en = ", ".join(f"{words[1]} {count:,}" for words, count in shown if count)
    read = one.counts.get("read", 0)
    say(
        f"✓ {one.name}: đã nhận {written(read)} biểu ghi ({vi or 'không có gì'}), đợt {one.change_set}.",
        f"  {counted(read, 'record')} received ({en or 'none'}), change set {one.change_set}.",
    )
    for entry in one.quarantined[:20]:
        place = f"dòng {entry['line']}" if entry.get("line") else f"biểu ghi thứ {entry.get('record', 0)}"
        out.print(f"  • {plain(place)}: {plain(str(entry.get('vi', '')))}")
    left = one.counts.get("quarantined", 0) - len(one.quarantined[:20])
    if left > 0:
        say(f"  … và {written(left)} biểu ghi khác chưa nhận.", f"  … and {left:,} more that were not taken.")
