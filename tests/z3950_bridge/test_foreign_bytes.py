"""Whatever bytes another catalogue sends: a value, or our error."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as some

from foundation.errors import InputError
from z3950_bridge import sru_answers
from z3950_bridge.asking import Row
from z3950_bridge.origin import Given, Said
from z3950_bridge.peer import peer
from z3950_bridge.peer_records import taken

PEER = peer("there", "z3950", {"host": "x.example"})
NAMES = ("searchRetrieveResponse", "records", "record", "recordData", "numberOfRecords", "diagnostics", "diagnostic",
         "uri", "explain", "serverInfo", "name", "schema", "setting")  # fmt: skip
TEXT = some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
)
XML = some.recursive(
    TEXT,
    lambda inner: some.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        some.sampled_from(NAMES),
        some.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@given(XML)
def test_an_answer_of_sru(inner: str) -> None:
    for root in ("searchRetrieveResponse", "explainResponse"):
        data = f"<{root}>{inner}</{root}>".encode()
        for read in (sru_answers.retrieved, sru_answers.explained):
            with suppress(InputError):
                read(data)


@given(
    some.lists(some.tuples(some.sampled_from(["marc", "xml", "sutrs", "1.2.3"]), some.binary(max_size=200)), max_size=4)
)
def test_records_come_out_one_for_one(records: list[tuple[str, bytes]]) -> None:
    rows = [Row(place, Given(kind, data)) for place, (kind, data) in enumerate(records, 1)]
    rows.append(Row(len(rows) + 1, Said(14, "", "")))
    made = list(taken(PEER, rows))
    assert [one.position for one in made] == [row.position for row in rows]
    assert all(one.record is not None or one.problems for one in made)


@given(some.binary(max_size=300))
def test_marc_that_begins_well(data: bytes) -> None:
    head = b"00200nam a2200061 a 4500245001000000\x1e10\x1fa"
    assert len(list(taken(PEER, [Row(1, Given("marc", head + data))]))) == 1
