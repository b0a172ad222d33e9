"""The store's own fixtures, for what the provider does with a real store."""

from tests.catalogue.conftest import settings, store, time

__all__ = ["settings", "store", "time"]
