"""`docs/crosswalk.md` shows every rule of the table, and no other."""

import pathlib

from dublin_core.crosswalk_table import QUALIFIED_RULES, RULES, Rule

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "crosswalk.md"


def row(rule: Rule) -> str:
    """The rule as the page shows it."""
    fields = rule.tags + (f" ({rule.when})" if rule.when else "")
    subfields = " ".join(f"${code}" for code in rule.subfields)
    made = " + ".join(dict.fromkeys((rule.form, rule.clean)))
    qualified = " ".join(filter(None, (rule.term, rule.scheme and f"({rule.scheme})")))
    return f"| {fields} | {subfields} | {rule.element} | {qualified} | {made} | {rule.note} |"


def test_the_page_shows_the_table() -> None:
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and line[2:5].isdecimal()
    ]
    assert rows == [row(rule) for rule in (*RULES, *QUALIFIED_RULES)]
