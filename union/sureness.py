"""How sure the union is of itself: on what its clusters stand, what it may have missed, how often people agree with it.

The probabilities are those of the rules in force; they are as good as the labelled pairs the rules were trained on
(docs/matching-evaluation.md). What people decided is counted beside them and measures the rules on this catalogue.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import case, func, select

from catalogue.store import Store
from catalogue.tables import record, source
from catalogue.union_tables import STANDING, union_cluster, union_doubt, union_link, union_member
from union import doubts, standing
from union.decisions import Verdict
from union.doubts import probability
from union.features import Features
from union.rules import shipped
from union.scoring import Scorer
from union.shelf import Shelf

_SCALE: Final = 1000
SURE, FAIR, THIN = "sure", "fair", "thin"


class Sureness(NamedTuple):
    """The figures of `union stats`."""

    alone: int
    """Union records of one record."""
    several: int
    """Of two and more."""
    gathered: int
    """Records in those of two and more."""
    libraries: dict[int, int]
    """How many libraries hold it → union records."""
    pairs: dict[str, int]
    """Pairs of different descriptions that stand together, by how sure their score is: sure, fair, thin; `unlinked`:
    together by others alone."""
    expected_wrong: float
    """Of those pairs, how many are probably not one edition."""
    questions: dict[str, int]
    """What waits for a person, by reason."""
    expected_missed: float
    """Pairs of clusters kept apart that are probably one edition."""
    judged: int
    """Pairs that people called the same or different."""
    agreed: int
    """Of these, how many the rules alone would have judged likewise."""

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        found = self._asdict()
        found["expected_wrong"] = round(self.expected_wrong, 1)
        found["expected_missed"] = round(self.expected_missed, 1)
        found["libraries"] = {str(number): count for number, count in self.libraries.items()}
        return found


def sureness(store: Store) -> Sureness:
    """The figures as the store has them now; a second for each few hundred thousand records."""
    with store.read() as connection:
        state = standing.read(connection)
        rules = state.rules if state else shipped()
        size = select(func.count(union_member.c.record_id).label("size")).group_by(union_member.c.cluster).subquery()
        sizes: dict[int, int] = dict(connection.execute(select(size.c.size, func.count()).group_by(size.c.size)).all())
        libraries = _libraries(connection)
        pairs, wrong = _pairs(connection, rules.thresholds.sure, (rules.thresholds.link + rules.thresholds.sure) / 2)
        query = select(union_doubt.c.reason, func.count()).group_by(union_doubt.c.reason)
        questions = dict.fromkeys(doubts.REASONS, 0) | dict(connection.execute(query).all())
        scores = select(union_doubt.c.score).where(union_doubt.c.reason == doubts.DOUBT)
        missed = sum(probability(score / _SCALE) for score in connection.scalars(scores))
        judged, agreed = _judged(Shelf(store, connection), connection, Scorer(rules))
    several = {number: count for number, count in sizes.items() if number > 1}
    gathered = sum(number * count for number, count in several.items())
    return Sureness(
        sizes.get(1, 0), sum(several.values()), gathered, libraries, pairs, wrong, questions, missed, judged, agreed
    )


def _libraries(connection: Any) -> dict[int, int]:
    held = (
        select(func.count(source.c.library_id.distinct()).label("held"))
        .select_from(union_member)
        .join(record, record.c.id == union_member.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(union_cluster, union_cluster.c.number == union_member.c.cluster)
        .where(union_cluster.c.state == STANDING)
        .group_by(union_member.c.cluster)
        .subquery()
    )
    query = select(held.c.held, func.count()).group_by(held.c.held).order_by(held.c.held)
    return dict(connection.execute(query).all())


def _pairs(connection: Any, sure: float, thin: float) -> tuple[dict[str, int], float]:
    """The pairs of descriptions within clusters by the band of their score, and how many of them are probably wrong."""
    mine = select(union_member.c.node, func.min(union_member.c.cluster).label("cluster")).group_by(union_member.c.node)
    one, other = mine.subquery(), mine.subquery()
    tenth = func.round(union_link.c.score / 100.0)
    query = (
        select(tenth, func.count())
        .select_from(union_link)
        .join(one, one.c.node == union_link.c.node)
        .join(other, other.c.node == union_link.c.other)
        .where(union_link.c.node < union_link.c.other, one.c.cluster == other.c.cluster)
        .group_by(tenth)
    )
    found = {SURE: 0, FAIR: 0, THIN: 0}
    wrong = 0.0
    for score, count in connection.execute(query):
        value = float(score) / 10
        found[SURE if value >= sure else FAIR if value >= thin else THIN] += count
        wrong += count * (1 - probability(value))
    nodes = select(func.count(union_member.c.node.distinct()).label("n")).group_by(union_member.c.cluster).subquery()
    together = func.sum(case((nodes.c.n > 1, nodes.c.n * (nodes.c.n - 1) / 2), else_=0))
    possible = int(connection.execute(select(together)).scalar() or 0)
    found["unlinked"] = max(0, possible - sum(found.values()))
    return found, wrong


def _judged(shelf: Shelf, connection: Any, scorer: Scorer) -> tuple[int, int]:
    """(pairs that people judged and that hold, those of them that the rules alone would have judged likewise)."""
    settled = standing.settled(connection)[1]
    said = dict.fromkeys(settled.same, Verdict.SAME) | dict.fromkeys(settled.different, Verdict.DIFFERENT)
    placed = shelf.placed({one for two in said for one in two})
    known = shelf.features({node for node, _ in placed.values()})

    def of(record: str) -> Features | None:
        return known.get(placed[record][0]) if record in placed else None

    judged = agreed = 0
    for (a, b), verdict in said.items():
        left, right = of(a), of(b)
        if left is None or right is None:
            continue
        judged += 1
        agreed += (scorer.explain(left, right).outcome == "same") == (verdict is Verdict.SAME)
    return judged, agreed
