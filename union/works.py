"""Editions and translations of one work: a looser grouping beside the clusters, cheap and without scores.

Two clusters are of one work when they share a work key: a uniform title, or an author with a title (the original
title of a translation counts as a title). People's "same work" decisions join, nothing else does; clusters never
change for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from union.clusters import components
from union.features import Features

_LEAST: Final = 4
"""Letters of a title without author that is work enough: "Thơ" by nobody is none."""
CAP: Final = 500
"""Editions of one work key; beyond, it is a phrase ("Báo cáo thường niên") and joins nothing."""


def keys(record: Features) -> list[str]:
    """The work keys of a record, each once."""
    titles = [title for title in (record.title, *record.others) if len(title) >= _LEAST]
    if record.names:
        author = " ".join(sorted(record.names[0].split()))
        found = [f"{author}|{title}" for title in titles]
    else:
        found = [f"|{title}|{record.rest}" for title in titles if title.count(" ") > 1]
    return [f"{key}|{record.kind == 'serial'}" for key in dict.fromkeys(found)]


def works(
    clusters: Mapping[int, Sequence[Features]], same_work: Iterable[tuple[int, int]] = ()
) -> tuple[list[list[int]], list[str]]:
    """(works as sorted lists of clusters, keys that too many clusters share and that therefore joined nothing).

    `same_work` are pairs of clusters that people called editions of one work.
    """
    by_key: dict[str, set[int]] = defaultdict(set)
    for number, members in clusters.items():
        for record in members:
            for key in keys(record):
                by_key[key].add(number)
    crowded = sorted(key for key, found in by_key.items() if len(found) > CAP)
    pairs = [(min(found), number) for found in by_key.values() if 1 < len(found) <= CAP for number in found]
    pairs += [two for two in same_work if two[0] in clusters and two[1] in clusters]
    return components(clusters, pairs), crowded
