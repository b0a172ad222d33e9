"""Stores as the tests of the catalogue have them."""

from __future__ import annotations

from tests.catalogue.conftest import settings, store, time

__all__ = ["settings", "store", "time"]
