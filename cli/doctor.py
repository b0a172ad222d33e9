"""`lienthong doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from catalogue import clock, health
from catalogue.store import iso
from cli.terminal import Json, answer, opened, out, plain, say

AcceptClock = Annotated[bool, typer.Option("--accept-clock", help="Xác nhận giờ máy chủ đúng / The clock is right.")]


def doctor(accept_clock: AcceptClock = False, json: Json = False) -> None:
    """Xem kho dữ liệu có gì không ổn / Look for anything wrong with the store."""
    with opened() as (settings, store):
        if accept_clock:
            now = iso(clock.accept(store))
            say(f"Đã xác nhận giờ máy chủ: {now}.", f"The server's clock is confirmed: {now}.")
        found = health.examine(store, settings.home)
    if json:
        answer([asdict(finding) for finding in found])
    else:
        for finding in found:
            sign = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
            out.print(f"{sign} {plain(finding.vi)}\n  [dim]{plain(finding.en)}[/dim]")
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)
