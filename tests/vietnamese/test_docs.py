"""`docs/vietnamese.md`: its examples are true."""

import doctest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "vietnamese.md"


def test_the_examples_are_true() -> None:
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", optionflags=options)
    assert found.attempted > 20
    assert found.failed == 0
