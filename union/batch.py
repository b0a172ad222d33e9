"""A whole catalogue from nothing: the clusters of `memory.Union`, for a million records in bounded memory on all cores.

Four passes over files in a scratch folder: features and keys of every record; pairs that share a key, block by block;
the scores of the pairs; the groups of every component. Only numbers of nodes, keys of identity and offsets stay in
memory. What comes out is what the incremental engine gives, to the record.
"""

from __future__ import annotations

import gc
import marshal
import mmap
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from hashlib import blake2b
from itertools import combinations, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from foundation import collecting
from marc.record import Record
from union import features
from union.clusters import Edge, Judge, group
from union.features import Features
from union.keys import DEPTH, chains, keys
from union.rules import Rules
from union.scoring import Scorer

_CHUNK: Final = 500
_PARTS: Final = 32
"""Files that keys and pairs are spread over; each is held in memory whole by one process."""
_ROW: Final = DEPTH + 1
_LOW: Final = (1 << 32) - 1
_CACHED: Final = 50_000
"""Descriptions that a process keeps, about 3 KB each."""
_COMPONENTS: Final = 2_000


class Clustered(NamedTuple):
    """The clusters, each sorted, in order; and the sizes of blocks whose records were not compared with each other."""

    clusters: list[list[str]]
    crowds: list[int]


def cluster(records: Iterable[tuple[str, Record]], rules: Rules, folder: Path, processes: int = 2) -> Clustered:
    """The clusters of (id, record); ids are unique. `folder` is empty and needs about 1 kB for each record.

    Raises OSError when the folder cannot be written.
    """
    pool_of = ProcessPoolExecutor(processes, initializer=_start, initargs=(rules, folder))
    with collecting.paused(), pool_of as pool:
        catalogue = _Catalogue(folder)
        chunks = _chunks(records)
        while window := list(islice(chunks, 4 * processes)):
            described = pool.map(_described, [[one.text for _, one in chunk] for chunk in window])
            for chunk, found in zip(window, described, strict=True):
                catalogue.add([name for name, _ in chunk], found)
        catalogue.close()
        if not catalogue.ids:
            return Clustered([], [])
        width = len(catalogue.members) // _PARTS + 1
        crowds = [size for found in pool.map(_paired, range(_PARTS), [width] * _PARTS) for size in found]
        edges: list[tuple[int, int, float]] = []
        for found_edges in pool.map(_scored, range(_PARTS)):
            edges += found_edges
        groups = list(_grouped(pool, catalogue, edges))
    return Clustered(sorted([sorted(catalogue.ids[record] for record in found) for found in groups]), sorted(crowds))


def _chunks(records: Iterable[tuple[str, Record]]) -> Iterator[list[tuple[str, Record]]]:
    stream = iter(records)
    while chunk := list(islice(stream, _CHUNK)):
        yield chunk


_Described = tuple[bytes, bytes, bool, list[int]]
"""(identity, features as this program keeps them for itself, whether it can be matched, rows of keys)."""


class _Catalogue:
    """What the passes leave in the folder, and the little that stays in memory."""

    def __init__(self, folder: Path) -> None:
        self.ids: list[str] = []
        self.nodes: dict[bytes, int] = {}
        self.members: list[list[int]] = []
        self.matched = bytearray()
        self.offsets = array("Q")
        self._folder = folder
        self._stack = ExitStack()
        self._features = self._stack.enter_context((folder / "features").open("wb"))
        self._keys = [self._stack.enter_context((folder / f"keys{part}").open("wb")) for part in range(_PARTS)]

    def add(self, ids: Sequence[str], described: Sequence[_Described]) -> None:
        for name, (identity, data, matched, rows) in zip(ids, described, strict=True):
            record = len(self.ids)
            self.ids.append(name)
            node = self.nodes.get(identity)
            if node is not None:
                self.members[node].append(record)
                continue
            node = self.nodes[identity] = len(self.members)
            self.members.append([record])
            self.matched.append(matched)
            self.offsets.append(self._features.tell())
            self._features.write(data)
            for start in range(0, len(rows), DEPTH):
                row = array("Q", [*rows[start : start + DEPTH], node])
                self._keys[rows[start] % _PARTS].write(row.tobytes())

    def close(self) -> None:
        self.offsets.append(self._features.tell())
        self._stack.close()
        (self._folder / "offsets").write_bytes(self.offsets.tobytes())
        (self._folder / "matched").write_bytes(bytes(self.matched))


# --- what each process does ------------------------------------------------------------------------------------------


class _Work:
    """What a process keeps between calls."""

    scorer: Scorer
    folder: Path
    known: _Known


_work = _Work()


class _Known:
    """Features of nodes, read from the file when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.offsets = array("Q", (folder / "offsets").read_bytes())
        self.matched = (folder / "matched").read_bytes()
        with (folder / "features").open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._cache: dict[int, Features] = {}

    def __getitem__(self, node: int) -> Features:
        found = self._cache.get(node)
        if found is None:
            # Most pairs at a million are of two that were not looked at lately; JSON takes three times as long.
            data = self._data[self.offsets[node] : self.offsets[node + 1]]
            found = Features._make(marshal.loads(data))  # noqa: S302 - written by `_described` a moment ago
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[node] = found
        return found


def _start(rules: Rules, folder: Path) -> None:
    gc.disable()  # what a process keeps is bounded, and has no cycles
    _work.scorer, _work.folder = Scorer(rules), folder


def _known() -> _Known:
    if not hasattr(_work, "known"):
        _work.known = _Known(_work.folder)
    return _work.known


def _described(texts: list[str]) -> list[_Described]:
    scorer = _work.scorer
    link = scorer.rules.thresholds.link
    found = []
    for text in texts:
        one = features.read(Record(text))
        data = features.dump(one)
        matched = features.tells(one) and scorer.candidate(one, one, link) is not None
        rows = chains(keys(one), one)
        found.append((blake2b(data, digest_size=12).digest(), marshal.dumps(tuple(one)), matched, rows))
    return found


def _paired(part: int, width: int) -> list[int]:
    """Write the pairs of one part of the keys, by the range of their first node; the sizes of crowds."""
    rows = array("Q", (_work.folder / f"keys{part}").read_bytes())
    table = sorted(zip(*[rows[column::_ROW] for column in range(_ROW)], strict=True))
    matched, cap = _known().matched, _work.scorer.rules.block_cap
    pairs = [array("Q") for _ in range(_PARTS)]
    crowds: list[int] = []

    def blocks(found: list[tuple[int, ...]], depth: int) -> None:
        if len(found) <= cap:
            nodes = sorted({row[-1] for row in found if matched[row[-1]]})
            for a, b in combinations(nodes, 2):
                pairs[a // width].append(a << 32 | b)
        elif depth + 1 == DEPTH:
            crowds.append(len(found))
        else:
            for _, inner in groupby(sorted(found, key=itemgetter(depth + 1)), itemgetter(depth + 1)):
                blocks(list(inner), depth + 1)

    for _, block in groupby(table, itemgetter(0)):
        found = list(block)
        if len(found) > 1:
            blocks(found, 0)
    for place, some in enumerate(pairs):
        (_work.folder / f"pairs{place}-{part}").write_bytes(array("Q", sorted(set(some))).tobytes())
    return crowds


def _scored(place: int) -> list[tuple[int, int, float]]:
    """The edges among the pairs whose first node is in one range."""
    pairs = array("Q")
    for part in range(_PARTS):
        pairs.frombytes((_work.folder / f"pairs{place}-{part}").read_bytes())
    known, scorer = _known(), _work.scorer
    link = scorer.rules.thresholds.link
    edges = []
    for pair, _ in groupby(sorted(pairs)):
        a, b = pair >> 32, pair & _LOW
        score = scorer.candidate(known[a], known[b], link)
        if score is not None:
            edges.append((a, b, score))
    return edges


_Component = tuple[list[tuple[bytes, int]], list[tuple[int, int, float]]]


def _settled(components: list[_Component]) -> list[list[int]]:
    """The groups of components, as nodes. Nodes go by their identity, as they do in the incremental engine."""
    scorer = _work.scorer
    found: list[list[int]] = []
    for members, edges in components:
        node_of = dict(members)
        name_of = {node: name for name, node in members}
        scores: dict[tuple[bytes, bytes], float] = {}
        for a, b, value in edges:
            left, right = sorted((name_of[a], name_of[b]))
            scores[left, right] = value
        links = [Edge(a, b, value) for (a, b), value in scores.items()]
        grouping = group(sorted(node_of), links, _judge(node_of, scores), scorer.rules)
        found += [[node_of[name] for name in names] for names in grouping.groups]
    return found


def _judge(node_of: dict[bytes, int], scores: dict[tuple[bytes, bytes], float]) -> Judge:
    known, scorer, told = _known(), _work.scorer, dict[tuple[bytes, bytes], float | None](scores)

    def score(a: bytes, b: bytes) -> float:
        return scorer.score(known[node_of[a]], known[node_of[b]])

    def judged(a: bytes, b: bytes) -> float | None:
        two = a, b
        if two not in told:
            forbidden = scorer.forbidden(known[node_of[a]], known[node_of[b]])
            told[two] = None if forbidden else score(a, b)
        return told[two]

    return Judge(judged, score)


def _grouped(
    pool: ProcessPoolExecutor, catalogue: _Catalogue, edges: list[tuple[int, int, float]]
) -> Iterator[list[int]]:
    """The records of each cluster, as places in `catalogue.ids`."""
    parent = array("L", range(len(catalogue.members)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b, _ in edges:
        parent[root(a)] = root(b)
    links: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for edge in edges:
        links[root(edge[0])].append(edge)
    linked = {node for a, b, _ in edges for node in (a, b)}
    for node, members in enumerate(catalogue.members):
        if node in linked:
            continue
        if catalogue.matched[node]:
            yield members
        else:
            yield from [[record] for record in members]
    identity = {node: name for name, node in catalogue.nodes.items() if node in linked}
    work: list[_Component] = []
    for inner in links.values():
        nodes = sorted({node for a, b, _ in inner for node in (a, b)})
        work.append(([(identity[node], node) for node in nodes], inner))
    batches = [work[start : start + _COMPONENTS] for start in range(0, len(work), _COMPONENTS)]
    for found in pool.map(_settled, batches):
        for nodes in found:
            yield [record for node in nodes for record in catalogue.members[node]]
