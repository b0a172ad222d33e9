"""What the tests of this room share."""

from __future__ import annotations

from tests.province import BASE, Province, province

__all__ = ["BASE", "Province", "province"]
