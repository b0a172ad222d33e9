"""XCQL: a CQL query as XML, which SRU echoes (OASIS searchRetrieve Part 5, "XCQL")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from foundation.xml import escape, escape_attribute
from z3950_bridge.cql import Boolean, Clause, Modifier, Node, Prefix, Query, SortKey

NAMESPACES: Final = {
    "1.1": "http://www.loc.gov/zing/cql/xcql/",
    "1.2": "http://www.loc.gov/zing/cql/xcql/",
    "2.0": "http://docs.oasis-open.org/ns/search-ws/xcql",
}
"""By version of SRU."""


def write(query: Query, namespace: str = "") -> str:
    """One `triple` or `searchClause` element, in `namespace` if one is given."""
    attribute = f' xmlns="{escape_attribute(namespace)}"' if namespace else ""
    return _node(query.root, _sort(query.sort), attribute)


def _node(node: Node, tail: str = "", attribute: str = "") -> str:
    ends: list[str] = []
    starts: list[str] = []
    while isinstance(node, Boolean):
        starts.append(
            f"<triple{attribute}>{_prefixes(node.prefixes)}<boolean><value>{node.operator}</value>"
            f"{_modifiers(node.modifiers)}</boolean><leftOperand>"
        )
        ends.append(f"</leftOperand><rightOperand>{_node(node.right)}</rightOperand>{tail}</triple>")
        node, tail, attribute = node.left, "", ""
    return "".join([*starts, _clause(node, tail, attribute), *reversed(ends)])


def _clause(node: Clause, tail: str, attribute: str) -> str:
    return (
        f"<searchClause{attribute}>{_prefixes(node.prefixes)}<index>{escape(node.index)}</index><relation>"
        f"<value>{escape(node.relation)}</value>{_modifiers(node.modifiers)}</relation>"
        f"<term>{escape(node.term)}</term>{tail}</searchClause>"
    )


def _prefixes(prefixes: Sequence[Prefix]) -> str:
    if not prefixes:
        return ""
    inner = "".join(
        "<prefix>"
        + (f"<name>{escape(name)}</name>" if name else "")
        + f"<identifier>{escape(uri)}</identifier></prefix>"
        for name, uri in prefixes
    )
    return f"<prefixes>{inner}</prefixes>"


def _modifiers(modifiers: Sequence[Modifier]) -> str:
    if not modifiers:
        return ""
    inner = []
    for name, comparison, value in modifiers:
        compared = f"<comparison>{escape(comparison)}</comparison><value>{escape(value)}</value>" if comparison else ""
        inner.append(f"<modifier><type>{escape(name)}</type>{compared}</modifier>")
    return f"<modifiers>{''.join(inner)}</modifiers>"


def _sort(keys: Sequence[SortKey]) -> str:
    if not keys:
        return ""
    inner = "".join(f"<key><index>{escape(key.index)}</index>{_modifiers(key.modifiers)}</key>" for key in keys)
    return f"<sortKeys>{inner}</sortKeys>"
