"""The model keeps the contract of a feed."""

import pytest

from tests.oaipmh.feed_contract import FeedContract
from tests.oaipmh.memory_feed import MemoryStore


class TestMemoryFeed(FeedContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
