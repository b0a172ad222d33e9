"""What the store keeps of matching, read many rows at a time: nodes, keys, links, members.

Every answer is as the transaction of the connection sees it. A record is named by its number with leading zeros, so
that names sort as numbers do and decisions, clusters and nodes can speak of it in one way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from catalogue import bulk
from catalogue.store import Store
from union.blocks import Node
from union.features import Features, load

FEATURES: Final = "features"
"""Kind of the dictionary that features are compressed with."""
_AT_ONCE: Final = 500
_SIGN: Final = 1 << 63
T = TypeVar("T")

Prefix = tuple[int, ...]
"""One to three numbers of a chain of keys."""


Row = tuple[Any, ...]
"""One node in one block, behind the rest of its chain: year, author, node, and whatever was read with them."""


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
        unpack = self._store.compression.decompressor
        rows = self._rows("SELECT node, dictionary, features FROM union_node WHERE node {}", nodes)
        return {bytes(node): load(unpack(self._connection, dictionary)(bytes(blob))) for node, dictionary, blob in rows}

    def sketches(self, nodes: Collection[Node]) -> dict[Node, bytes]:
        """The sketches of nodes; those that are not there are left out."""
        rows = self._rows("SELECT node, sketch FROM union_node WHERE node {}", nodes)
        return {bytes(node): bytes(drawn) for node, drawn in rows}

    def known(self, nodes: Collection[Node]) -> set[Node]:
        """Those of the nodes that are there."""
        return {bytes(node) for (node,) in self._rows("SELECT node FROM union_node WHERE node {}", nodes)}

    def links(self, nodes: Collection[Node]) -> dict[Node, dict[Node, float]]:
        """The neighbours of each of the nodes, with their scores."""
        found: dict[Node, dict[Node, float]] = {node: {} for node in nodes}
        for node, other, score in self._rows("SELECT node, other, score FROM union_link WHERE node {}", nodes):
            found[bytes(node)][bytes(other)] = score / 1000
        return found

    def holders(self, nodes: Collection[Node]) -> dict[Node, dict[str, int]]:
        """The records of each of the nodes, and their clusters."""
        found: dict[Node, dict[str, int]] = {node: {} for node in nodes}
        for record, node, cluster in self._members("node", nodes):
            found[node][record] = cluster
        return found

    def any_holder(self, nodes: Collection[Node]) -> dict[Node, int]:
        """For each node that has records, the cluster of the first of them."""
        first = "SELECT cluster FROM union_member WHERE node = {} ORDER BY record_id LIMIT 1"
        if self._store.sqlite:
            ask, question = self._driver().execute, first.format("?")
            rows = ((node, ask(question, (node,)).fetchone()) for node in sorted(nodes))
            return {node: int(row[0]) for node, row in rows if row is not None}
        # In one question: each would wait for the network.
        asked = f"SELECT w.one, x.cluster FROM unnest(%s) AS w(one) CROSS JOIN LATERAL ({first.format('w.one')}) x"  # noqa: S608
        found = self._connection.exec_driver_sql(asked, (list(nodes),)) if nodes else ()
        return {bytes(node): int(cluster) for node, cluster in found}

    def clusters(self, numbers: Collection[int]) -> dict[int, dict[str, Node]]:
        """The members of each of the clusters, and their nodes."""
        found: dict[int, dict[str, Node]] = {number: {} for number in numbers}
        for record, node, cluster in self._members("cluster", numbers):
            found[cluster][record] = node
        return found

    def placed(self, records: Collection[str]) -> dict[str, tuple[Node, int]]:
        """Node and cluster of each of the records that is a member."""
        rows = self._members("record_id", map(int, records))
        return {record: (node, cluster) for record, node, cluster in rows}

    def past(self, records: Collection[str]) -> dict[str, int]:
        """The clusters in which deleted records were last."""
        rows = self._rows("SELECT record_id, cluster FROM union_past WHERE record_id {}", map(int, records))
        return {name(number): cluster for number, cluster in rows}

    def heirs(self, numbers: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Where retired clusters lead, most of their records first."""
        found: dict[int, tuple[int, ...]] = {}
        rows = self._rows("SELECT cluster, place, heir FROM union_heir WHERE cluster {}", numbers)
        for number, _, heir in sorted(rows):
            found[number] = (*found.get(number, ()), heir)
        return found

    def absorbed(self, numbers: Collection[int]) -> dict[int, dict[int, str]]:
        """The retired clusters that lead to each of the clusters, with their identifiers."""
        found: dict[int, dict[int, str]] = {}
        query = (
            "SELECT union_heir.heir, union_heir.cluster, union_cluster.identifier FROM union_heir "
            "JOIN union_cluster ON union_cluster.number = union_heir.cluster WHERE union_heir.heir {}"
        )
        for heir, number, identifier in self._rows(query, numbers):
            found.setdefault(heir, {})[number] = identifier
        return found

    def blocks(self, wanted: Mapping[Prefix, int]) -> dict[Prefix, list[Row]]:
        """The nodes of each block, at most as many of each as are wanted."""
        if not wanted:
            return {}
        return self._blocks_each(wanted) if self._store.sqlite else self._blocks_joined(wanted)

    def crowds(self, blocks: Collection[Prefix], cap: int) -> set[Prefix]:
        """Those of the blocks of plain keys that may have more nodes than the cap; on PostgreSQL, where each question
        waits for the network and `blocks` asks only one, all of them."""
        if not self._store.sqlite:
            return set(blocks)
        found: set[Prefix] = set()
        ask, most = self._driver().execute, _TOGETHER * (cap + 1)
        for some in _some(sorted([prefix[0] for prefix in blocks]), _TOGETHER):
            asked = some + some[-1:] * (_TOGETHER - len(some))
            sizes = ask(_SIZES, (*asked, most)).fetchall()
            all_seen = sum(size for _, size in sizes) < most
            found.update([(key,) for key, size in sizes if size > cap] if all_seen else [(key,) for key in some])
        return found

    def small(self, plain: Collection[int], most: int) -> dict[int, list[Node]]:
        """Who is in each of the blocks of plain keys that have at most so many nodes: most blocks are small, so some
        are asked for at once, and what refines them need not be read. Of other blocks some may be left out, and on
        PostgreSQL all are, where `blocks` asks one question for whatever it is asked."""
        found: dict[int, list[Node]] = {}
        if not self._store.sqlite:
            return found
        ask = self._driver().execute
        for some in _some(sorted(plain), _TOGETHER):
            rows = ask(_SOME, some + some[-1:] * (_TOGETHER - len(some))).fetchall()
            if len(rows) < _ROWS:
                mine: dict[int, list[Node]] = {key: [] for key in some}
                for key, node in rows:
                    mine[key].append(node)
                found |= mine
        return {key: nodes for key, nodes in found.items() if len(nodes) <= most}

    def _blocks_each(self, wanted: Mapping[Prefix, int]) -> dict[Prefix, list[Row]]:
        ask = self._driver().execute
        return {prefix: ask(_LIMITED[len(prefix) - 1], (*prefix, limit)).fetchall() for prefix, limit in wanted.items()}

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
                    found[tuple(row[:length])].append((row[-3], row[-2], bytes(row[-1])))
        return found

    def _members(self, column: str, values: Iterable[Any]) -> Iterator[tuple[str, Node, int]]:
        for number, node, cluster in self._rows(
            f"SELECT record_id, node, cluster FROM union_member WHERE {column} {{}}",  # noqa: S608 - our own names
            values,
        ):
            yield name(number), bytes(node), cluster

    def _rows(self, statement: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        return bulk.fetch(self._connection, statement, values)

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection


_BLOCK: Final = (
    "SELECT year, author, node FROM union_key WHERE plain = {}",
    "SELECT year, author, node FROM union_key WHERE plain = {} AND year = {}",
    "SELECT year, author, node FROM union_key WHERE plain = {} AND year = {} AND author = {}",
)
_TOGETHER: Final = 20
_ROWS: Final = 1000
_AMONG: Final = f"FROM union_key WHERE plain IN ({', '.join('?' * _TOGETHER)})"
_SOME: Final = f"SELECT plain, node {_AMONG} LIMIT {_ROWS}"
_SIZES: Final = f"SELECT plain, COUNT(*) FROM (SELECT plain {_AMONG} LIMIT ?) GROUP BY plain"  # noqa: S608
_LIMITED: Final = tuple(f"{block.format(*'???')} LIMIT ?" for block in _BLOCK)


def _some(values: Iterable[T], many: int = _AT_ONCE) -> Iterator[list[T]]:
    ahead = iter(values)
    while found := list(islice(ahead, many)):
        yield found
