"""Pages as they came, kept compressed in a folder, so that they can be read again by better readers."""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

import zstandard

from catalogue.store import Store


class Pages:
    """Keeps each page in a file of its own: `20261122T100000-PROCESS-000001.xml.zst`."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._numbers = count(1)

    def keep(self, page: bytes) -> None:
        """Raises StoreError when the disk is full."""
        moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        path = self._folder / f"{moment}-{os.getpid()}-{next(self._numbers):06}.xml.zst"
        with self._store.failures():
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zstandard.ZstdCompressor(level=6).compress(page))
