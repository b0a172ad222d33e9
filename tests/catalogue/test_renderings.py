"""What is rendered for many records at once is what is rendered for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.renderings import render, render_all
from marc import marcxml_runs
from marc.record import Field, Record
from tests.catalogue.conftest import record

ODD = Record.build("00000nam a2200000 i 4500", [
    Field("245", "10", (("a", "Ba Bể & <hồ>"), ("<", "mã lạ"))), Field("001", value="sau"),
])  # fmt: skip


@pytest.mark.parametrize("records", [[], [record("a")], [record("a"), ODD, record("b", "Bắc Kạn \x0b")]])
def test_many_are_rendered_as_each_is(records: list[Record]) -> None:
    assert list(render_all(records)) == [render(one) for one in records]


def test_what_cannot_be_written_together_is_written_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(records: list[Record]) -> Iterator[bytes]:
        yield b"<begun/>"
        raise ValueError("a record that no standard knows")

    monkeypatch.setattr(marcxml_runs, "write_all", fail)
    assert list(render_all([record("a"), ODD])) == [render(record("a")), render(ODD)]
