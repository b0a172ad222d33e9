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


@pytest.mark.parametrize("times", [1, 4])  # some, and so many that they are written together
@pytest.mark.parametrize("records", [[], [record("a")], [record("a"), ODD, record("b", "Bắc Kạn \x0b")]])
def test_many_are_rendered_as_each_is(records: list[Record], times: int) -> None:
    assert list(render_all(records * times)) == [render(one) for one in records] * times


@pytest.mark.parametrize("times", [1, 4])
def test_what_is_written_already_is_taken_and_the_rest_is_written(times: int) -> None:
    records = [record("a"), ODD, record("b")] * times
    written = [b"<record>a</record>", b"", b""] * times
    shown = [{one.format.name: one.data for one in made} for made, _ in render_all(records, written)]
    alone = [{one.format.name: one.data for one in render(one)[0]} for one in records]
    assert [one["oai_dc"] for one in shown] == [one["oai_dc"] for one in alone]
    assert [one["marcxml"] for one in shown[:3]] == [written[0], alone[1]["marcxml"], alone[2]["marcxml"]]


def test_what_cannot_be_written_together_is_written_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(records: list[Record]) -> Iterator[bytes]:
        yield b"<begun/>"
        raise ValueError("a record that no standard knows")

    monkeypatch.setattr(marcxml_runs, "write_all", fail)
    assert list(render_all([record("a"), ODD] * 5)) == [render(record("a")), render(ODD)] * 5
