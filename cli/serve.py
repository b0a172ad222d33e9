"""`lienthong serve`: everything in one command."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Annotated

import typer

import server
from catalogue.store import Store
from foundation.settings import Settings, load

Host = Annotated[str, typer.Option(help="Địa chỉ lắng nghe / Address to listen on.")]
Port = Annotated[int, typer.Option(help="Cổng / Port.", min=0, max=65535)]


def serve(host: Host = "", port: Port = 0) -> None:
    """Chạy máy chủ: trang web và OAI-PMH / Run the server: web pages and OAI-PMH."""
    settings = load()
    run(replace(settings, host=host or settings.host, port=port or settings.port))


def run(settings: Settings) -> None:
    """Serve with `settings`; server processes read the same ones from the environment."""
    Store.open(settings).close()  # an unusable store is a sentence here, not a server that fails to start
    os.environ["LIENTHONG_HOST"] = settings.host
    os.environ["LIENTHONG_PORT"] = str(settings.port)
    os.environ["LIENTHONG_HOME"] = str(settings.home)
    server.run(settings, _ready)


def _ready(address: str) -> None:
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()
