"""Numbers of clusters are kept, redirected and never given twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from union.identity import Change, Event, Register


def test_the_larger_part_keeps_the_number_and_the_smaller_is_named() -> None:
    register = Register()
    register.regroup([["a", "b", "c"]])
    events = register.regroup([["a", "b"], ["c"]])
    assert register.members == {1: {"a", "b"}, 2: {"c"}}
    assert Event(Change.SPLIT, 1, 2) in events


def test_of_equals_the_oldest_number_wins_and_the_other_leads_on() -> None:
    register = Register()
    register.regroup([["z"]])
    register.regroup([["a"]])
    events = register.regroup([["a", "z"]])
    assert register.members == {1: {"a", "z"}}
    assert register.where(2) == (1,)
    assert [event.change for event in events] == [Change.LEAVE, Change.JOIN, Change.MERGE, Change.RETIRE]


def test_a_cluster_whose_records_went_apart_leads_to_both() -> None:
    register = Register()
    register.regroup([["a", "b", "c"]])  # 1
    register.regroup([["d", "e"], ["f", "g"]])  # 2, 3
    register.regroup([["a", "d", "e", "b"], ["c", "f", "g"]])
    assert len(register.members) == 2
    gone = next(number for number in (1, 2, 3) if number not in register.members)
    assert set(register.where(gone)) <= set(register.members)
    assert register.where(1) or register.where(2)


def test_a_record_that_comes_back_has_its_number_again() -> None:
    register = Register()
    register.regroup([["a"]])
    assert register.regroup([], gone=["a"])[-1] == Event(Change.RETIRE, 1, 0)
    assert register.where(1) == ()
    assert register.regroup([["a"]])[0] == Event(Change.REVIVE, 1)
    assert register.members == {1: {"a"}}


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), max_size=8))
def test_every_record_is_in_one_cluster_and_no_number_comes_twice(rounds: list[list[int]]) -> None:
    register = Register()
    seen: set[int] = set()
    for homes in rounds:
        groups: dict[int, list[str]] = {}
        for record, home in zip("abcdef", homes, strict=True):
            groups.setdefault(home, []).append(record)
        for event in register.regroup(groups.values()):
            if event.change is Change.NEW:
                assert event.cluster not in seen
                seen.add(event.cluster)
        assert sorted(map(sorted, register.members.values())) == sorted(map(sorted, groups.values()))
        assert all(set(register.where(number)) <= set(register.members) for number in seen)
        assert all(register.where(number) for number in seen)
