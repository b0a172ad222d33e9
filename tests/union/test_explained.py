"""The worked examples of `docs/union.md` are what the rules say of the demonstration's records today."""

from __future__ import annotations

import re
from pathlib import Path

from marc import readers
from union import features, rules, wording
from union.scoring import Explanation, Scorer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/union.md").read_text(encoding="utf-8")
FIRST, SECOND = (part.partition("\n## ")[0] for part in PAGE.split("## Một ví dụ")[1:])


def explained(part: str) -> Explanation:
    """What the command in an example gives."""
    pair = []
    for file, wanted in re.findall(r'"(fixtures/\S+)#(\S+)"', part):
        with (ROOT / file).open("rb") as stream:
            found = [one.record for one in readers.read(stream, file) if one.record]
        pair.append(features.read(next(one for one in found if one.control("001").strip() == wanted)))
    return Scorer(rules.shipped()).explain(*pair)


def signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−").replace(".", ",")


def test_the_example_of_two_that_are_one() -> None:
    found, rest = explained(FIRST), explained(FIRST).score
    words = {wording.comparison(name, "vi"): (level, weight) for name, level, weight in found.levels}
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([+−][\d,]+) \|$", FIRST, re.MULTILINE)
    assert rows[0][2] == signed(found.bias)
    for name, level, shown in rows[1:-1]:
        assert (wording.level(words[name][0], "vi"), signed(words[name][1])) == (level, shown)
    others = rest - found.bias - sum(words[name][1] for name, _, _ in rows[1:-1])
    assert rows[-1][2] == signed(others)
    assert f"**{signed(found.score)}**" in FIRST
    assert found.outcome == "same"


def test_the_example_for_a_person_to_decide() -> None:
    found = explained(SECOND)
    weights = {signed(weight) for _, _, weight in found.levels}
    told = re.findall(r"\(([+−][\d,]+)\)", SECOND)
    assert len(told) == 5
    assert set(told) <= weights
    assert f"tổng {signed(found.score)}" in SECOND
    assert found.outcome == "review"
