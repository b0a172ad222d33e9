"""What a harvester has to bear and to keep to, numbered; every case of this folder says which rules it tries.

`docs/harvesting-conformance.md` is made from this table and the cases: python -m tests.harvesting.rules
"""

# ruff: noqa: E501 - one rule, one line

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar


class Rule(NamedTuple):
    """One rule."""

    number: int
    says: str
    ours: str
    """What we do where the rule leaves a choice."""


_TABLE = """
1|Identify comes first; version, granularity, deletion policy and beginning are kept, and a change of any is told|a missing Identify and another version are told and harvested all the same
2|A base address with a query, a slash at its end, a redirect from http to https; credentials stay with their origin|
3|An address is resolved once, judged, and that address is called; loopback, private and the like only where the source allows them|also behind redirects and DNS answers that change
4|Bodies are bounded as sent, unpacked, in their ratio, in time, in silence and in slowness|
5|XML without DTD, entities and network, bounded in depth, attributes, text and elements|
6|A fault is counted and said, and the page is kept for whoever looks|the run says it in words; pages go to the archive of the source, if it has one, before they are read
7|503 and 429 with Retry-After in seconds or as a date, absent, absurd, negative; 500, 502, 504, cut lines, damaged gzip, a short body|six attempts with growing waits; the last three without compression; an absurd wait ends the run until the next
8|The body says what it is, not Content-Type; a login page with status 200 is an error, not an empty list|
9|PHP notices, byte order marks, blank lines, double declarations, wrong encodings, damaged bytes, control characters, HTML entities, bare ampersands|strictly first, then mended and told, then record by record
10|Prefixed names, no namespace, a wrong one, the one of OAI-PMH 1.1|
11|Records without metadata, with several, without an identifier, with wrong or missing datestamps|kept or put into the quarantine, and told; the moment of the answer stands in for a wrong datestamp
12|A token is opaque and sent as it came, encoded; blanks around it are taken away only when it is refused with them; empty or absent is the end|ten empty pages in a row are the end too
13|A list that repeats itself is left: the same token with the same page, or the same page under ever new tokens|one token for all pages is no loop while the records differ
14|completeListSize against what came: a shortfall is told and never taken for deletions|
15|An expired token costs one window; a range that is refused as too long (413) is asked for in smaller ones|30 days, then 7, then 1
16|Token, window and position are kept in the transaction of the page's records|
17|The next run begins at the responseDate of the first page of this one, less a granule|
18|Harvesting what is there already changes nothing|no datestamp moves for our own harvesters either
19|Announced deletions are believed; those that are not announced are found by a whole list, with a brake|more than 10 % and 20 records wait for a person
20|noRecordsMatch is success for what is new, and an alarm for everything|
21|Sets with odd names, sets that vanish, one record in several sets, headers without sets|what one set calls deleted and another shows is asked for by name
22|No sets at all is no fault, and a list of sets that loops ends|
23|Errors in bodies of 4xx and 5xx are read, unknown codes kept, and other names of a format tried|marcxml, marc21, marc-xml, oai_marc, oai_dc
24|Switches for servers that want arguments with the token or POST|POST by itself after 414 and for long addresses
25|One connection to a host, a pause between requests, a User-Agent that says who asks|
26|Memory is that of a page, not of the list|
27|A slow or dead peer holds up nobody else|
28|Each record has its provenance, chains nested|
29|Pages can be kept as they came, to be read again without asking again|
30|What a source says of itself can be had before anything is harvested|the trial stands on the same readings
31|A run can be paused, stopped and watched|
32|TLS is verified, with a certificate of the source's own where it has one|
33|Hosts with letters beyond ASCII|
34|A name and password for each source, encrypted where they are kept|
35|Their clock counts, not ours|more than a day apart is told; a clock that went back makes the run a whole one
36|What breaks the rules of MARC or Dublin Core is put aside with its reason, where its library sees it|
"""

RULES = [Rule(int(n), says, ours) for n, says, ours in (line.split("|") for line in _TABLE.strip().splitlines())]
CASES: dict[int, set[str]] = defaultdict(set)
"""Rule → names of the tests that try it."""
MODULES = ("test_rules", "test_rules_of_lists", "test_bad_peers", "test_course")
Test = TypeVar("Test", bound=Callable[..., None])


def rule(*numbers: int) -> Callable[[Test], Test]:
    """Marks a test as one of these rules."""

    def mark(test: Test) -> Test:
        for number in numbers:
            CASES[number].add(test.__name__)
        return test

    return mark


def document() -> str:
    """The page of documentation."""
    for name in MODULES:
        importlib.import_module(f"tests.harvesting.{name}")
    lines = [
        "# Harvesting: rule by rule",
        "",
        "What our harvester bears and keeps to, one row for each rule of our checklist. Nearly every case is a whole harvest over real HTTP from a",
        "repository that misbehaves in that way (`tests/harvesting`): afterwards the store holds exactly what the repository meant, or the run says in",
        "words why not. The last column counts the cases of a rule, some of which are tables of many ways to do the same wrong. This page is made",
        "from the tests by `python -m tests.harvesting.rules`.",
        "",
        "| rule | says | ours | state | tests |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.number} | {one.says} | {one.ours} | {'tested' if CASES[one.number] else 'not tested'} | {len(CASES[one.number])} |"
        for one in RULES
    ]
    return "\n".join(lines) + "\n"


PAGE = Path(__file__).resolve().parents[2] / "docs" / "harvesting-conformance.md"

if __name__ == "__main__":
    # Under its own name, which is the one that the cases register with.
    PAGE.write_text(importlib.import_module("tests.harvesting.rules").document(), encoding="utf-8")
