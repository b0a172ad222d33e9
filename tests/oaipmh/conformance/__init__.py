"""Every rule a provider must keep, as a table (`rules`), and what proves it over HTTP (`cases_…`)."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.oaipmh.conformance.{name}" for name in ("site", "cases_requests", "cases_lists", "cases_records"))
)
