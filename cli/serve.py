"""`lienthong serve`: everything in one command."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import replace
from typing import Annotated

import typer

from catalogue.store import Store
from cli import user
from cli.terminal import hint
from foundation.settings import Settings, load
from server import processes

Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / Address to listen on.")]
Port = Annotated[int, typer.Option(help="Cổng / Port.", min=0, max=65535)]
Z3950Port = Annotated[int, typer.Option("--z3950-port", help="Cổng Z39.50 / Port of Z39.50.", min=0, max=65535)]
Only = Annotated[str, typer.Option(help="Chỉ chạy, cách nhau bằng dấu phẩy / Run only: web,z3950,worker.")]


def serve(host: Host = "", port: Port = 0, z3950_port: Z3950Port = 0, only: Only = "") -> None:
    """Chạy máy chủ: web, OAI-PMH, SRU, Z39.50, thu thập / Run the server: web, OAI-PMH, SRU, Z39.50, harvesting."""
    settings = load()
    parts = tuple(filter(None, map(str.strip, only.split(","))))
    if not set(parts) <= set(processes.PARTS):
        raise typer.BadParameter(", ".join(processes.PARTS), param_hint="--only")
    chosen = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        z3950_port=z3950_port or settings.z3950_port,
        only=parts or settings.only,
    )
    run(chosen)


def run(settings: Settings) -> None:
    """Serve with `settings`; server processes read the same ones from the environment."""
    with closing(
        Store.open(settings)
    ) as store:  # an unusable store is a sentence here, not a server that does not start
        link = user.first_link(store, settings)
    if link:
        hint(
            f"Chưa có tài khoản nào. Người quản trị đầu tiên vào bằng đường dẫn này (một lần, trong một ngày): {link}",
            "There is no account yet. The first administrator comes in by the link above (once, within a day).",
        )
    os.environ["LIENTHONG_HOST"] = settings.host
    os.environ["LIENTHONG_PORT"] = str(settings.port)
    os.environ["LIENTHONG_HOME"] = str(settings.home)
    os.environ["LIENTHONG_Z3950_PORT"] = str(settings.z3950_port)
    os.environ["LIENTHONG_ONLY"] = " ".join(settings.only)
    processes.run(settings, _ready)


def _ready(address: str) -> None:
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()
