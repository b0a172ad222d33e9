"""The index of keys in memory: who shares a key with whom, with crowded blocks refined and never dropped in silence.

Which pairs are candidates is a function of the records that are there, not of how they came: two records are compared
when some chain of keys they share has a block within the cap (`keys.refined`). When a block grows over the cap, pairs
that only it supported are no longer candidates; when it shrinks back, they are again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from union.features import Features
from union.keys import DEPTH, SIGN, refined

Node = bytes

_NONE: Final[frozenset[Node]] = frozenset()


class Blocks:
    """Nodes by key. `features` of a node must stay the same while it is in."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._blocks: dict[str, set[Node] | Node] = {}
        self._keys: dict[Node, tuple[list[str], Features]] = {}

    def __contains__(self, node: Node) -> bool:
        return node in self._keys

    def add(self, node: Node, keys: list[str], features: Features) -> tuple[set[Node], list[set[Node]]]:
        """Put a node in: its candidates, and the blocks that have just become crowded (their pairs may be none now)."""
        self._keys[node] = (keys, features)
        candidates: set[Node] = set()
        crowded: list[set[Node]] = []
        for key in keys:
            for depth in range(DEPTH):
                block = self._grown(refined(key, features, depth), node)
                if len(block) <= self.cap:
                    candidates |= block
                    break
                if len(block) == self.cap + 1:
                    crowded.append(block)
                    candidates |= self._pushed(key, depth, block, node)
                    break
        candidates.discard(node)
        return candidates, crowded

    def remove(self, node: Node) -> list[set[Node]]:
        """Take a node out: the blocks that are no longer crowded, whose pairs are candidates again."""
        keys, features = self._keys.pop(node)
        revived: list[set[Node]] = []
        for key in keys:
            path = self._path(key, features)
            for depth, name in enumerate(path):
                block = self._shrunk(name, node)
                if len(block) == self.cap and depth + 1 < DEPTH:
                    self._collapse(key, depth, block, features, path)
                    revived.append(block)
                    break
                if len(block) == self.cap:
                    revived.append(block)
        return revived

    def supported(self, a: Node, b: Node) -> bool:
        """Whether two nodes that are in are candidates."""
        (ours, left), (theirs, right) = self._keys[a], self._keys[b]
        others = set(theirs)
        for key in ours:
            if key not in others:
                continue
            for depth in range(DEPTH):
                name = refined(key, left, depth)
                if name != refined(key, right, depth):
                    break
                if len(self._block(name)) <= self.cap:
                    return True
        return False

    def crowds(self) -> Iterator[tuple[str, int]]:
        """(key, size) of every block that no refinement made small enough: these were not compared with each other."""
        for name, block in self._blocks.items():
            if isinstance(block, set) and len(block) > self.cap and name.count(SIGN) == DEPTH - 1:
                yield name, len(block)

    def _block(self, name: str) -> set[Node] | frozenset[Node]:
        block = self._blocks.get(name)
        return _NONE if block is None else block if isinstance(block, set) else frozenset((block,))

    def _grown(self, name: str, node: Node) -> set[Node]:
        block = self._blocks.get(name)
        if block is None:  # most keys have one node: it is kept bare
            self._blocks[name] = node
            return {node}
        if not isinstance(block, set):
            block = {block}
            self._blocks[name] = block
        block.add(node)
        return block

    def _shrunk(self, name: str, node: Node) -> set[Node]:
        block = self._blocks.get(name)
        if block is None or not isinstance(block, set):
            self._blocks.pop(name, None)
            return set()
        block.discard(node)
        if not block:
            del self._blocks[name]
        return block

    def _path(self, key: str, features: Features) -> list[str]:
        """The blocks of a key that a node is in, from the plain one down."""
        names = []
        for depth in range(DEPTH):
            names.append(refined(key, features, depth))
            if len(self._block(names[-1])) <= self.cap:
                break
        return names

    def _pushed(self, key: str, depth: int, block: Iterable[Node], node: Node) -> set[Node]:
        """Refine a block that has become crowded: the candidates of `node` in what it falls into."""
        if depth + 1 >= DEPTH:
            return set()
        children: dict[str, set[Node]] = {}
        for member in block:
            children.setdefault(refined(key, self._keys[member][1], depth + 1), set()).add(member)
        candidates: set[Node] = set()
        for name, members in children.items():
            self._blocks[name] = members
            if len(members) > self.cap:
                candidates |= self._pushed(key, depth + 1, members, node)
            elif node in members:
                candidates |= members
        return candidates

    def _collapse(self, key: str, depth: int, block: Iterable[Node], gone: Features, path: list[str]) -> None:
        """Forget the refinements of a block that is small again."""
        for below in range(depth + 1, DEPTH):
            for member in block:
                self._blocks.pop(refined(key, self._keys[member][1], below), None)
            if below < len(path):
                self._blocks.pop(refined(key, gone, below), None)
