"""Where segments stand, when they go, and who may store them."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from catalogue import clock
from catalogue.feed import Cursor, Segment
from catalogue.segments import START, Filling, Hole, Shelf, changed_sets, following, holes, invalidate, keep
from catalogue.store import Store
from catalogue.tables import EVERYTHING, OWN, segment
from tests.catalogue.conftest import Time, put, record
from tests.catalogue.follow import unite

SHELF = Shelf("words", EVERYTHING, 0)


def one(after: tuple[int, int], last: tuple[int, int], records: int = 10) -> Segment:
    """A segment whose first entry is the very next position there can be."""
    return Segment(Cursor(*after), Cursor(after[0], after[1] + 1), Cursor(*last), records, 100 * records, 1, 2, b"data")


def lay(store: Store, *made: Segment, shelf: Shelf = SHELF) -> None:
    with store.read() as connection:
        sequence = clock.read(connection).seq
    assert keep(store, shelf, sequence, [Filling(Hole(START, None), list(made), None)])


def lasts(store: Store, shelf: Shelf = SHELF, at: Cursor = START) -> list[Cursor]:
    with store.read() as connection:
        return [found.last for found in following(connection, shelf, at, 2)]


THREE = (one((-1, -1), (5, 3)), one((5, 3), (5, 9)), one((5, 9), (8, 1)))


def test_they_come_back_as_they_were_from_where_one_stands(store: Store) -> None:
    lay(store, *THREE)
    lay(store, one((-1, -1), (7, 7)), shelf=SHELF._replace(kind="other words"))
    with store.read() as connection:
        assert tuple(following(connection, SHELF, START, 2)) == THREE
    assert lasts(store, at=Cursor(5, 3)) == [(5, 9), (8, 1)]
    assert lasts(store, at=Cursor(5, 2)) == [(5, 3), (5, 9), (8, 1)]
    assert lasts(store, at=Cursor(8, 1)) == []


@pytest.mark.parametrize(
    ("position", "left"),
    [
        ((5, 0), [(5, 9), (8, 1)]),
        ((5, 3), [(5, 9), (8, 1)]),
        ((5, 4), [(5, 3), (8, 1)]),
        ((5, 9), [(5, 3), (8, 1)]),
        ((7, 500), [(5, 3), (5, 9)]),
        ((8, 1), [(5, 3), (5, 9)]),
        ((8, 2), [(5, 3), (5, 9), (8, 1)]),
    ],
)
def test_a_segment_goes_with_any_position_it_speaks_of(
    store: Store, position: tuple[int, int], left: list[tuple[int, int]]
) -> None:
    lay(store, *THREE)
    with store.write() as connection:
        invalidate(connection, [(7, *position), (EVERYTHING, *position)])
    assert lasts(store) == left


def test_many_positions_at_once_are_as_each_by_itself(store: Store) -> None:
    chance = random.Random(1)
    ends = sorted({(chance.randint(0, 30), chance.randint(0, 9)) for _ in range(200)})
    made = [one(after, last) for after, last in pairwise(ends)]
    for size in (1, 2, 5, 40):
        with store.write() as connection:
            connection.execute(segment.delete())
        lay(store, *made)
        positions = [(chance.randint(0, 30), chance.randint(0, 9)) for _ in range(size)]
        with store.write() as connection:
            invalidate(connection, [(EVERYTHING, *position) for position in positions])
        expected = [s.last for s in made if not any(s.after < position <= s.last for position in positions)]
        assert lasts(store) == expected


def test_what_a_publisher_has_overtaken_is_not_stored(store: Store) -> None:
    filling = Filling(Hole(START, None), [THREE[0]], None)
    with store.read() as connection:
        sequence = clock.read(connection).seq
    put(store, record("a"))
    assert not keep(store, SHELF, sequence, [filling])
    assert keep(store, SHELF, sequence + 1, [filling])


def test_nobody_is_waited_for(store: Store) -> None:
    with store.write() as connection:
        _, sequence = clock.take(store, connection)
        assert not keep(store, SHELF, sequence, [Filling(Hole(START, None), [THREE[0]], None)])
    assert lasts(store) == []


def test_holes_are_what_lies_between_and_the_open_end(store: Store) -> None:
    with store.read() as connection:
        assert holes(connection, SHELF, 10, 9999) == [Hole(START, None)]
    lay(store, THREE[0], THREE[2])
    with store.read() as connection:
        found = holes(connection, SHELF, 10, 9999)
        numbers = list(connection.scalars(select(segment.c.id).order_by(segment.c.id)))
    assert found == [Hole(Cursor(5, 3), Cursor(5, 9), numbers[1]), Hole(Cursor(8, 1), None)]


@pytest.mark.parametrize(("records", "size", "expected"), [(20, 2000, 2), (19, 2000, 1), (20, 1999, 1)])
def test_neighbours_that_fit_into_one_are_a_hole(store: Store, records: int, size: int, expected: int) -> None:
    lay(store, *THREE)
    with store.read() as connection:
        assert len(holes(connection, SHELF, records, size)) == expected


def test_a_hole_without_entries_is_closed_by_the_next_segment(store: Store) -> None:
    lay(store, THREE[0], THREE[2])
    with store.read() as connection:
        (hole, _), sequence = holes(connection, SHELF, 10, 9999), clock.read(connection).seq
    assert keep(store, SHELF, sequence, [Filling(hole, [], hole.after)])
    with store.read() as connection:
        assert holes(connection, SHELF, 10, 9999) == [Hole(Cursor(8, 1), None)]


def test_sets_that_changed_are_named_since_a_change(store: Store, time: Time) -> None:
    put(store, record("a"))
    put(store, record("b", "Khác"), library="bk02")
    with store.read() as connection:
        assert changed_sets(connection, None) == {0, 1, 2, OWN + 1, OWN + 2}
        assert changed_sets(connection, 1) == {OWN + 2}
        assert changed_sets(connection, 2) == set()
    unite(store)
    with store.read() as connection:
        assert changed_sets(connection, 2) == {0, 1, 2}


def test_they_are_found_by_position_in_the_index(store: Store) -> None:
    if not store.sqlite:
        pytest.skip("PostgreSQL plans by statistics, which an empty table has not")
    near = (
        "SELECT id FROM segment WHERE set_id = 0 "
        "AND (last_stamp, last_record) >= (5, 5) AND (after_stamp, after_record) < (7, 7)"
    )
    next_one = (
        "SELECT bytes FROM segment WHERE set_id = 0 AND kind = 'x' AND format = 0 "
        "AND (last_stamp, last_record) > (5, 5) ORDER BY last_stamp, last_record LIMIT 6"
    )
    with store.read() as connection:
        plans = [connection.execute(text("EXPLAIN QUERY PLAN " + sql)).all() for sql in (near, next_one)]
    # One step each: neither the whole table is read nor anything sorted.
    assert [len(plan) for plan in plans] == [1, 1]
    assert all("ix_segment_run (set_id=? AND (last_stamp,last_record)>(?,?)" in plan[0][3] for plan in plans)
    assert "COVERING" in plans[0][0][3]
