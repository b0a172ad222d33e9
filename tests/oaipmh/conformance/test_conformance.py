"""Every rule of `rules`, over HTTP, of one server as `lienthong serve` starts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.oaipmh.conformance import cases_lists, cases_records, cases_requests
from tests.oaipmh.conformance.rules import CASES, PAGE, RULES, Case, page
from tests.oaipmh.conformance.site import Site, build

MODULES = (cases_requests, cases_lists, cases_records)
ORDERED = list(dict.fromkeys(case for number in sorted(CASES) for case in CASES[number]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        yield build(tmp_path_factory.mktemp("home"), stack)


def test_every_rule_has_a_case() -> None:
    assert list(RULES) == list(range(1, 116))
    assert sorted(CASES) == list(RULES)
    assert {case.__module__ for case in ORDERED} == {module.__name__ for module in MODULES}


def test_the_page_says_what_is_tested() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.oaipmh.conformance.rules"


def name(case: Case) -> str:
    return "rules_" + "_".join(str(number) for number, cases in CASES.items() if case in cases) + f"_{case.__name__}"


@pytest.mark.parametrize("case", ORDERED, ids=name)
def test_rule(case: Case, site: Site) -> None:
    case(site)
