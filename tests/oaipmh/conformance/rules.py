"""The rules in order: number, where it is said, what it says, and what we do where that leaves a choice.

Sections are those of the protocol document; G: its implementation guidelines; X: OAI-PMH.xsd and the schemas of the
guidelines; P: practice, what harvesters and validators expect beyond the text; RFC: HTTP and gzip.
`docs/oai-pmh-conformance.md` is made from this table: python -m tests.oaipmh.conformance.rules
"""

# ruff: noqa: E501 - one rule, one line

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.oaipmh.conformance.site import Site


class Rule(NamedTuple):
    """One rule."""

    number: int
    source: str
    says: str
    ours: str = ""


_TABLE = """
1|3.1.1|GET and POST give the same answer for all six verbs
2|3.1.1.2|A POST request has its arguments in the body; a query beside it never makes a mixed request|badArgument
3|P|A body beyond its bound is refused; bytes that are no text are badArgument, never a server error|413 beyond OAI_BODY_BYTES
4|3.1.2.2, 3.6|Errors of the protocol come with status 200; other statuses speak of the transport
5|3.1.2.1, 3.2|text/xml in UTF-8 with an XML declaration
6|3.2|The root is OAI-PMH in the namespace of 2.0 with its schemaLocation
7|3.2, 3.3|responseDate is UTC, in seconds, with Z
8|3.2|The text of request is the base URL alone
9|3.2|The attributes of request are exactly the arguments that were sent
10|3.2|After badVerb and badArgument, request has no attributes
11|3.2|After other errors, request has its attributes|The protocol demands them after success and forbids them after badVerb and badArgument; between these we show them
12|3.6|An identifier with a quotation mark gets an error in a well-formed answer|badArgument: it is no URI
13|P|Control characters in any argument are badArgument
14|3.6|Several errors may come together; only the eight codes of the schema
15|4.2|baseURL in Identify is the address that is harvested
16|3.1.2.2|No permanent redirect at the base URL
17|3.1.1, RFC 9110|HEAD answers as GET without a body; other methods are refused with 405
18|RFC 9112|Connections are kept; a client of HTTP/1.0 gets an unchunked answer
19|3.6|A missing, unknown, empty or wrongly written verb is badVerb
20|3.6|A repeated verb is badVerb
21|3.6|Another repeated argument is badArgument
22|3.6|An unknown argument is badArgument, with any verb
23|4|An argument of another verb is badArgument
24|3.6|An empty value is badArgument|also for resumptionToken
25|4.1|GetRecord needs identifier and metadataPrefix
26|4.3, 4.5|A list needs metadataPrefix or resumptionToken
27|4.3, 4.5, 4.6|resumptionToken stands alone|badArgument
28|4|A verb that is not one of the six is badVerb, whoever else knows it
29|3.1.1.1|Names of arguments are written as they are written
30|4.2, X|Identify has its elements in the order of the schema
31|X|adminEmail is an address
32|4.2|earliestDatestamp is not later than any datestamp, those of deleted records included
33|4.2, 3.3|One granularity, and all datestamps have it
34|4.2|compression names what is really served, never identity
35|3.2, 4.2|Each description is one element, valid by its schema
36|G|oai-identifier: once, with a domain that has a dot
37|G|The sample identifier exists
38|G, X|The local part has the characters of the schema, others encoded
39|G|friends, branding and rights are valid where they are given|eprints, toolkit and gateway are not given
40|X|Nothing in a description lacks a schema
41|4.4, 5|oai_dc is always offered
42|X|A metadataPrefix has the characters of the schema
43|4.4|Prefixes are unique, schema and namespace absolute
44|4.4|With identifier: the formats of that item; an unknown one is idDoesNotExist
45|4.4|An item without formats is noMetadataFormats
46|4.4|A deleted item has the formats it had|stable: those of its tombstones
47|2.6, 4.6|Without sets: noSetHierarchy, and no setSpec in headers|a library's own repository
48|X|A setSpec has the characters of the schema
49|4.6, 2.5|setSpecs are unique, and every one in a header is listed
50|2.6|A set above another has its records
51|2.6|The set above a listed one is listed
52|4.3, 4.5|An unknown set is noRecordsMatch
53|4.3, 4.5|An empty set is noRecordsMatch
54|X|ListSets is never empty
55|3.5, 4.6|A token of another verb is badResumptionToken|ListSets has pages and tokens of its own
56|4.6|setDescription is valid
57|2.5.1, 2.7|A record that leaves a set is announced to those who harvest the set|as deleted there
58|2.7.1|from and until are inclusive
59|2.7.1|from later than until is badArgument
60|2.7.1|from and until of two granularities are badArgument
61|2.7.1|from and until finer than the repository's granularity are badArgument|ours is the finest, so what is finer is no date at all
62|2.7.1, 3.3.1|Days are taken by a repository of seconds
63|3.3.1|Dates that do not exist, offsets, fractions and a missing Z are badArgument
64|P|Years from 0001 to 9999 do no harm
65|4.3, 4.5|until before the earliest datestamp is noRecordsMatch
66|4.3, 4.5|from in the future is noRecordsMatch
67|2.7.1|until works without from
68|2.7.1|until may lie in the future; nothing is stamped behind an answered responseDate
69|2.7.1, 3.3|until as a day lasts to 23:59:59 UTC
70|2.5|A datestamp is of the record: of one item in one format
71|2.5|Deletion and change of sets move the datestamp
72|3.6|An empty first answer is noRecordsMatch, never an empty list
73|3.6|cannotDisseminateFormat for a format nobody has, and in GetRecord for one this item lacks; lists leave the item out
74|3.5|A list that is complete at once has no resumptionToken
75|3.5|The last of several pages has one empty resumptionToken
76|3.5|Every other page has one that is not empty
77|3.5|No token leads to nothing
78|3.5|cursor counts what was delivered before
79|3.5|completeListSize is constant in a harvest and right when nothing changes
80|3.5, X|expirationDate is UTC and written so
81|3.5, 3.6|An expired token is badResumptionToken
82|3.6|A forged, cut, foreign or mutated token is badResumptionToken|signed
83|3.5.1|A token given again brings the same records; harvests do not touch each other
84|P|A token has only characters that need no encoding
85|P|A token is short
86|P|A token outlives the server; one of an unknown make is badResumptionToken
87|P|Another page size does no harm to a harvest under way
88|4.3, 4.5|ListIdentifiers and ListRecords have the same items in the same order
89|2.7.1|A record that changes during a harvest is brought by it or the next one, and the harvest ends
90|2.5.1|A record that is deleted during a harvest shifts no other
91|P|The last page costs what the first one costs
92|2.4, 2.5|A header has identifier, datestamp, setSpecs; the identifier is a URI and the same in all formats
93|2.5.1|A deleted record has a header with its status and nothing else, in all three verbs
94|2.5.1, 4.2|persistent: tombstones stay
95|4.1|GetRecord: what never was is idDoesNotExist, a tombstone is a record
96|2.5.1|A record that comes back has a new datestamp and no status
97|2.5.1|A deleted record is listed in the formats it had
98|3.2, 3.4|metadata has one element with namespace and schemaLocation of its own
99|5, X|oai_dc is valid by its schema
100|X|marcxml is valid by its schema
101|G|about tells provenance of what was harvested, and rights
102|G|What is given on has an identifier of ours and names the one it had
103|XML 1.0, 2.2|Characters that XML forbids never come out
104|P|Letters beyond the BMP, combining marks, joiners and marks of direction survive|as they came: what was MARC-8 is NFC, what was UTF-8 keeps its form
105|XML 1.0|&, <, ]]> and CR are escaped
106|P|HTML in a description is text
107|P|One bad record ends no page
108|3.1.3, RFC 9110|Accept-Encoding is honoured with its weights; identity is always there
109|RFC 1952|gzip is one member with right sums
110|3.1.2.2|Overload is 503 with Retry-After in seconds
111|P|Budgets for each client, partners by network
112|P|A page has bounds in bytes too
113|P|Ten harvests at once take bounded memory
114|G|Static repository gateway|not offered: its addresses are 404
115|P|What is for browsers does not disturb harvesters|no stylesheet instruction; a page only for those who ask as browsers do
"""
RULES = {
    rule.number: rule
    for rule in (
        Rule(int(number), *(part.strip() for part in rest))
        for number, *rest in (line.split("|") for line in _TABLE.strip().splitlines())
    )
}

PAGE = Path(__file__).resolve().parents[3] / "docs" / "oai-pmh-conformance.md"
_HEAD = """\
# OAI-PMH: rule by rule

What the provider keeps, one row for each rule of our checklist. Every rule is asked over HTTP of a server as `lienthong serve` starts it, in
`tests/oaipmh/conformance`, where the number of a rule leads to its test; every XML answer is also validated against the schemas.

Where a rule comes from: numbers are sections of the [protocol](http://www.openarchives.org/OAI/openarchivesprotocol.html); G its implementation
guidelines; X its schemas; P practice, what validators and harvesters expect beyond the text. The last column says what we do where that leaves
a choice.

What is not offered: static repository gateway (114), and the descriptions eprints, toolkit and gateway (39), which say nothing of a library.
Rights in `about` are those of the record itself, as the guidelines for rights expressions define it; what MARC fields 506 and 540 say of the book
stands in the metadata. There are no entity tags: every answer holds its responseDate, so none is the same twice, and a harvester asks again with
`from` instead.

| rule | from | says | ours |
|---|---|---|---|
"""


def page() -> str:
    """docs/oai-pmh-conformance.md."""
    rows = (f"| {rule.number} | {rule.source} | {rule.says} | {rule.ours} |" for rule in RULES.values())
    return _HEAD + "\n".join(rows) + "\n"


Case = Callable[[Site], None]
CASES: dict[int, list[Case]] = {}


def proves(*numbers: int) -> Callable[[Case], Case]:
    """This case proves these rules: asked over HTTP, of the server as it is started."""

    def register(case: Case) -> Case:
        for number in numbers:
            CASES.setdefault(number, []).append(case)
        return case

    return register


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
