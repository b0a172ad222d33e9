"""`catalogue.restamp` against the promise it serves: a harvester of any set and format that asks for what changed since
its last visit ends with the same catalogue as one that asks for everything."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from catalogue.restamp import FeedRow, Move, restamp
from catalogue.tables import DELETED, LEFT, LIVE

FORMATS = 0b111
SETS = (0, 1, 2)


@dataclass(frozen=True)
class State:
    """A record as a person would describe it: alive or not, where, and the bytes of each format."""

    alive: bool
    sets: frozenset[int]
    bytes: dict[int, int] = field(default_factory=dict)


STATES = st.builds(
    State,
    st.booleans(),
    st.sets(st.sampled_from(SETS[1:]), max_size=2).map(lambda some: frozenset({0, *some})),
    st.dictionaries(st.sampled_from([0, 1, 2]), st.integers(0, 1), min_size=1),
)


def move(stamp: int, before: State | None, after: State) -> Move:
    mask = sum(1 << bit for bit in after.bytes) if after.alive else 0
    old = before.bytes if before is not None and before.alive else {}
    changed = sum(1 << bit for bit, value in after.bytes.items() if old.get(bit) != value) if after.alive else 0
    sets = after.sets if after.alive or before is None else before.sets
    return Move(stamp, sets, mask, changed)


def told(rows: list[FeedRow], set_id: int, bit: int, since: int) -> FeedRow | None:
    found = [row for row in rows if row.set_id == set_id and row.formats >> bit & 1]
    assert len(found) <= 1, "a format stands in one row of a set"
    return found[0] if found and found[0].datestamp >= since else None


@given(st.lists(STATES, min_size=1, max_size=8), st.data())
def test_whoever_follows_the_feed_has_what_is_there(states: list[State], data: st.DataObject) -> None:
    rows: list[FeedRow] = []
    copies: dict[tuple[int, int], int] = {}
    seen_at = dict.fromkeys([(set_id, bit) for set_id in SETS for bit in range(3)], 0)
    before: State | None = None
    ever_alive = False
    for stamp, state in enumerate(states, 1):
        if not state.alive and not ever_alive:
            continue
        ever_alive = True
        step = move(stamp, before, state)
        rows = restamp(rows, step)
        now = State(state.alive, frozenset(step.sets), state.bytes if state.alive else {})
        for (set_id, bit), since in seen_at.items():
            if data.draw(st.booleans(), label=f"harvest set {set_id} format {bit} at {stamp}"):
                row = told(rows, set_id, bit, since)
                if row is not None and row.status == LIVE:
                    copies[set_id, bit] = now.bytes[bit]
                elif row is not None:
                    assert row.status in (DELETED, LEFT)
                    copies.pop((set_id, bit), None)
                seen_at[set_id, bit] = stamp
                truth = now.bytes.get(bit) if now.alive and set_id in now.sets else None
                assert copies.get((set_id, bit)) == truth
        before = now


@given(st.lists(STATES, min_size=1, max_size=6))
def test_nothing_moves_when_nothing_changed(states: list[State]) -> None:
    rows: list[FeedRow] = []
    before: State | None = None
    for stamp, state in enumerate(states, 1):
        step = move(stamp, before, state)
        rows = restamp(rows, step)
        before = State(state.alive, frozenset(step.sets), state.bytes if state.alive else {})
        again = restamp(rows, move(99, before, before))
        assert sorted(again) == sorted(rows)


def test_one_changed_format_moves_alone() -> None:
    rows = restamp([], Move(1, (0, 5), 0b11, 0b11))
    assert sorted(rows) == [FeedRow(0, 1, LIVE, 0b11), FeedRow(5, 1, LIVE, 0b11)]
    rows = restamp(rows, Move(2, (0, 5), 0b11, 0b10))
    assert sorted(rows) == [
        FeedRow(0, 1, LIVE, 0b01),
        FeedRow(0, 2, LIVE, 0b10),
        FeedRow(5, 1, LIVE, 0b01),
        FeedRow(5, 2, LIVE, 0b10),
    ]


def test_leaving_a_set_is_announced_in_it_and_the_header_changes_everywhere() -> None:
    rows = restamp([], Move(1, (0, 5), 0b1, 0b1))
    rows = restamp(rows, Move(2, (0,), 0b1, 0))
    assert sorted(rows) == [FeedRow(0, 2, LIVE, 1), FeedRow(5, 2, LEFT, 1)]
