"""What the tests of this room share."""

from __future__ import annotations

from tests.catalogue.conftest import settings, store, time

__all__ = ["settings", "store", "time"]
