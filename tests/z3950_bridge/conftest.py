"""What the tests of this room share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.z3950_bridge.asking import Talk
from tests.z3950_bridge.listening import target
from tests.z3950_bridge.memory import MemoryCatalogue


@pytest.fixture
def catalogue() -> MemoryCatalogue:
    return MemoryCatalogue({"koha": "bí mật"})


@pytest.fixture
def talk(catalogue: MemoryCatalogue) -> Talk:
    """A session after Init."""
    return Talk(target(catalogue))


@pytest.fixture(scope="session")
def captured(shared: Path) -> list[Path]:
    """PDUs between yaz-client and two YAZ servers."""
    return sorted((shared / "data" / "z3950").glob("*/*.ber"))
