"""The OAI-PMH provider, through its WSGI application, over a feed in memory."""

import pytest

pytest.register_assert_rewrite("tests.oaipmh.feed_contract", "tests.oaipmh.world")
