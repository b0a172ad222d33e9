"""The table of rules and its page of documentation."""

from __future__ import annotations

from tests.harvesting import rules


def test_every_rule_has_a_case_and_the_page_says_so() -> None:
    assert rules.PAGE.read_text(encoding="utf-8") == rules.document()
    assert [one.number for one in rules.RULES] == list(range(1, 37))
    assert {one.number for one in rules.RULES if not rules.CASES[one.number]} == set()
    assert set(rules.CASES) <= {one.number for one in rules.RULES}
