"""An installation with one library, and a file of made-up records."""

from __future__ import annotations

from pathlib import Path

import pytest

from marc import iso2709
from marc.record import Field, Record
from tests.end_to_end.product import Product

LEADER = "00000nam a2200000 a 4500"


def made(number: int, title: str = "Hồ Ba Bể") -> Record:
    subfields = (("a", f"{title} {number} :"), ("b", "khảo cứu"))
    return Record.build(LEADER, [Field("001", value=f"BK{number:06}"), Field("245", "10", subfields)])


@pytest.fixture
def product(tmp_path: Path) -> Product:
    installed = Product(tmp_path / "home")
    installed.run("library", "add", "bk01", "--name", "Thư viện Ba Bể")
    return installed


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A file of 3,000 records."""
    path = tmp_path / "sach.mrc"
    path.write_bytes(b"".join(iso2709.write(made(number)) for number in range(3000)))
    return path
