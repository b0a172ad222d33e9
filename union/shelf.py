"""What the store keeps of matching, read many rows at a time: nodes, keys, links, members.

Every answer is as the transaction of the connection sees it. A record is named by its number with leading zeros, so
that names sort as numbers do and decisions, clusters and nodes can speak of it in one way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, select

from catalogue.store import Store
from catalogue.union_tables import union_cluster, union_heir, union_link, union_member, union_node, union_past
from union.blocks import Node
from union.features import Features, load

FEATURES: Final = "features"
"""Kind of the dictionary that features are compressed with."""
_AT_ONCE: Final = 500
_SIGN: Final = 1 << 63
T = TypeVar("T")

Prefix = tuple[int, ...]
"""One to three numbers of a chain of keys."""


class Row(NamedTuple):
    """One node in one block: the rest of its chain."""

    year: int
    author: int
    node: Node


def name(number: int) -> str:
    """How matching calls a record."""
    return f"{number:012d}"


def signed(key: int) -> int:
    """An unsigned 64-bit key as the databases keep it."""
    return key - (1 << 64) if key >= _SIGN else key


class Shelf:
    """Reading, in one transaction."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection

    def features(self, nodes: Collection[Node]) -> dict[Node, Features]:
        """The features of nodes; those that are not there are left out."""
        found = {}
        unpack = self._store.compression.decompressor
        for some in _some(nodes):
            query = select(union_node.c.node, union_node.c.dictionary, union_node.c.features)
            for node, dictionary, blob in self._connection.execute(query.where(union_node.c.node.in_(some))):
                found[bytes(node)] = load(unpack(self._connection, dictionary)(bytes(blob)))
        return found

    def known(self, nodes: Collection[Node]) -> set[Node]:
        """Those of the nodes that are there."""
        found: set[Node] = set()
        for some in _some(nodes):
            query = select(union_node.c.node).where(union_node.c.node.in_(some))
            found.update(map(bytes, self._connection.scalars(query)))
        return found

    def links(self, nodes: Collection[Node]) -> dict[Node, dict[Node, float]]:
        """The neighbours of each of the nodes, with their scores."""
        found: dict[Node, dict[Node, float]] = {node: {} for node in nodes}
        for some in _some(nodes):
            query = select(union_link.c.node, union_link.c.other, union_link.c.score)
            for node, other, score in self._connection.execute(query.where(union_link.c.node.in_(some))):
                found[bytes(node)][bytes(other)] = score / 1000
        return found

    def holders(self, nodes: Collection[Node]) -> dict[Node, dict[str, int]]:
        """The records of each of the nodes, and their clusters."""
        found: dict[Node, dict[str, int]] = {node: {} for node in nodes}
        for record, node, cluster in self._members(union_member.c.node, nodes):
            found[node][record] = cluster
        return found

    def any_holder(self, nodes: Collection[Node]) -> dict[Node, int]:
        """For each node that has records, the cluster of the first of them."""
        found = {}
        query = "SELECT cluster FROM union_member WHERE node = {} ORDER BY record_id LIMIT 1"
        for node in nodes:
            row = self._raw(query, (node,)).fetchone()
            if row is not None:
                found[node] = int(row[0])
        return found

    def clusters(self, numbers: Collection[int]) -> dict[int, dict[str, Node]]:
        """The members of each of the clusters, and their nodes."""
        found: dict[int, dict[str, Node]] = {number: {} for number in numbers}
        for record, node, cluster in self._members(union_member.c.cluster, numbers):
            found[cluster][record] = node
        return found

    def placed(self, records: Collection[str]) -> dict[str, tuple[Node, int]]:
        """Node and cluster of each of the records that is a member."""
        rows = self._members(union_member.c.record_id, [int(record) for record in records])
        return {record: (node, cluster) for record, node, cluster in rows}

    def past(self, records: Collection[str]) -> dict[str, int]:
        """The clusters in which deleted records were last."""
        found = {}
        for some in _some([int(record) for record in records]):
            query = select(union_past.c.record_id, union_past.c.cluster).where(union_past.c.record_id.in_(some))
            found.update({name(number): cluster for number, cluster in self._connection.execute(query)})
        return found

    def heirs(self, numbers: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Where retired clusters lead, most of their records first."""
        found: dict[int, tuple[int, ...]] = {}
        for some in _some(numbers):
            query = select(union_heir.c.cluster, union_heir.c.heir).where(union_heir.c.cluster.in_(some))
            for number, heir in self._connection.execute(query.order_by(union_heir.c.cluster, union_heir.c.place)):
                found[number] = (*found.get(number, ()), heir)
        return found

    def absorbed(self, numbers: Collection[int]) -> dict[int, dict[int, str]]:
        """The retired clusters that lead to each of the clusters, with their identifiers."""
        found: dict[int, dict[int, str]] = {}
        for some in _some(numbers):
            query = (
                select(union_heir.c.heir, union_heir.c.cluster, union_cluster.c.identifier)
                .join(union_cluster, union_cluster.c.number == union_heir.c.cluster)
                .where(union_heir.c.heir.in_(some))
            )
            for heir, number, identifier in self._connection.execute(query):
                found.setdefault(heir, {})[number] = identifier
        return found

    def blocks(self, wanted: Mapping[Prefix, int]) -> dict[Prefix, list[Row]]:
        """The nodes of each block, at most as many of each as are wanted."""
        if not wanted:
            return {}
        return self._blocks_each(wanted) if self._store.sqlite else self._blocks_joined(wanted)

    def _blocks_each(self, wanted: Mapping[Prefix, int]) -> dict[Prefix, list[Row]]:
        found = {}
        ask = cast(Any, self._connection.connection.driver_connection).execute
        for prefix, limit in wanted.items():
            rows = ask(f"{_BLOCK[len(prefix) - 1].format(*'???')} LIMIT ?", (*prefix, limit)).fetchall()
            found[prefix] = [Row(*row) for row in rows]
        return found

    def _blocks_joined(self, wanted: Mapping[Prefix, int]) -> dict[Prefix, list[Row]]:
        """In one question for each length of prefix: a question for each would wait for the network each time."""
        found: dict[Prefix, list[Row]] = {prefix: [] for prefix in wanted}
        for length in (1, 2, 3):
            mine = [prefix for prefix in wanted if len(prefix) == length]
            block = _BLOCK[length - 1].format(*(f"w.k{place}" for place in range(3)))
            columns = ", ".join([*(f"k{place}" for place in range(length)), "most"])
            arrays = ", ".join(["%s::bigint[]"] * (length + 1))
            statement = (
                f"SELECT {columns}, x.* FROM unnest({arrays}) AS w({columns}) "  # noqa: S608 - our own names
                f"CROSS JOIN LATERAL ({block} LIMIT w.most) x"
            )
            for some in _some(mine):
                lists = [[prefix[place] for prefix in some] for place in range(length)]
                rows = self._connection.exec_driver_sql(statement, (*lists, [wanted[prefix] for prefix in some]))
                for row in rows:
                    found[tuple(row[:length])].append(Row(row[-3], row[-2], bytes(row[-1])))
        return found

    def _members(self, column: Any, values: Collection[Any]) -> Iterator[tuple[str, Node, int]]:
        query = select(union_member.c.record_id, union_member.c.node, union_member.c.cluster)
        for some in _some(values):
            for number, node, cluster in self._connection.execute(query.where(column.in_(some))):
                yield name(number), bytes(node), cluster

    def _raw(self, statement: str, values: tuple[Any, ...]) -> Any:
        return self._connection.exec_driver_sql(statement.format("?" if self._store.sqlite else "%s"), values)


_BLOCK: Final = (
    "SELECT year, author, node FROM union_key WHERE plain = {}",
    "SELECT year, author, node FROM union_key WHERE plain = {} AND year = {}",
    "SELECT year, author, node FROM union_key WHERE plain = {} AND year = {} AND author = {}",
)


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    ahead = iter(values)
    while found := list(islice(ahead, _AT_ONCE)):
        yield found
