"""`lienthong serve`: everything in one command."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

import typer

import server
from catalogue.store import Store
from foundation.settings import Settings, load

Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / Address to listen on.")]
Port = Annotated[int, typer.Option(help="Cổng / Port.", min=0, max=65535)]


Only = Annotated[str, typer.Option(help="Chỉ chạy / Run only: web, worker (cách nhau bằng dấu phẩy / with commas).")]
PARTS = ("web", "worker")


def serve(host: Host = "", port: Port = 0, only: Only = "") -> None:
    """Chạy máy chủ: trang web, OAI-PMH và thu thập / Run the server: web pages, OAI-PMH and harvesting."""
    settings = load()
    parts = set(filter(None, map(str.strip, only.split(",")))) or set(PARTS)
    if not parts <= set(PARTS):
        raise typer.BadParameter(", ".join(PARTS), param_hint="--only")
    run(replace(settings, host=host or settings.host, port=port or settings.port), parts)


def run(settings: Settings, parts: Collection[str] = PARTS) -> None:
    """Serve with `settings`; server processes read the same ones from the environment."""
    Store.open(settings).close()  # an unusable store is a sentence here, not a server that fails to start
    os.environ["LIENTHONG_HOST"] = settings.host
    os.environ["LIENTHONG_PORT"] = str(settings.port)
    os.environ["LIENTHONG_HOME"] = str(settings.home)
    if "web" in parts:
        server.run(settings, _ready, harvests="worker" in parts)
    else:
        server.run_worker(settings, _ready)


def _ready(address: str) -> None:
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()
