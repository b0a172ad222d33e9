"""Writes the tables of `docs/checks.md` from the rules; a test of the rules fails while it is behind.

python -m tools.checks_page
"""

from __future__ import annotations

from pathlib import Path

from dublin_core import quality
from marc.rules import RULES
from marc.rules.profiles import PROFILES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checks.md"
BEGIN, END = "<!-- rules: written by tools/checks_page.py -->", "<!-- end of rules -->"
GROUPS = {0: "Structure", 21: "The format", 36: "Content"}


def tables() -> str:
    """Every rule and profile, as the page shows them."""
    lines: list[str] = []
    for rule in RULES:
        if GROUPS.get(rule.number) and not any(GROUPS[rule.number] in line for line in lines):
            lines += ["", f"### {GROUPS[rule.number]}", "", "| no. | code | | fix | says |", "|---|---|---|---|---|"]
        fix = "`--fix`" if rule.mend else "on reading" if rule.on_reading else ""
        says = f"{rule.message.vi}<br>{rule.message.en}".replace("|", "\\|")
        lines.append(f"| {rule.number} | `{rule.code}` | {rule.severity} | {fix} | {says} |")
    lines += [
        "",
        "### Dublin Core",
        "",
        "| no. | code | oai_dc | openaire | europeana | says |",
        "|---|---|---|---|---|---|",
    ]
    for found in quality.RULES:
        severities = " | ".join(quality.PROFILES[name].get(found.number, "") for name in quality.PROFILES)
        says = f"{found.message.vi}<br>{found.message.en}"
        lines.append(f"| {found.number} | `{found.code}` | {severities} | {says} |")
    lines += ["", "### Profiles", "", "| profile | for | changes |", "|---|---|---|"]
    for profile in PROFILES.values():
        changes = [f"no `{code}`" for code in sorted(profile.off)]
        changes += [f"`{code}` is {level}" for code, level in sorted(profile.severity.items())]
        changes += [f"field {tag} is local" for tag in sorted(profile.local_fields)]
        changes += [f"source `{code}` is local" for code in sorted(profile.local_sources)]
        lines.append(f"| `{profile.name}` | {profile.vi}<br>{profile.en} | {', '.join(changes)} |")
    return "\n".join(lines).strip() + "\n"


def page(old: str) -> str:
    """The page with the tables of today."""
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{tables()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
