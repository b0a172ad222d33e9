"""The map from MARC 21 to Dublin Core as data: one row per rule, read by `dublin_core.crosswalk`.

Guide: Library of Congress, *MARC to Dublin Core Crosswalk* (2008), both columns; where a row goes beyond it or leaves
it, the row's note says so. `docs/crosswalk.md` shows this table to librarians and is tested against it. Simple Dublin
Core reads RULES and does not look at `term` and `scheme`; qualified Dublin Core reads them, and QUALIFIED_RULES.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """What fields of some tags say about one element.

    tags        the tags, separated by spaces
    element     the Dublin Core element
    subfields   codes that take part; they keep the order of the field
    form        how the subfields become values:
                  text      all joined to one value
                  each      every subfield of one code a value of its own
                  title     the title, before all others; the mark behind $h moves before it, a missing " :" is set
                  variant   another title, made in the same way
                  name      one value, or several where one field names several persons
                  heading   main part, then $v $x $y $z behind " -- "
                  link      parts of a linking entry, each closed, joined by ". "
                  number    024: indicator 1, $2 and $a together
                  whole     decided once all fields are read (date, publisher, language, type)
    clean       what is done to a value: a function of `punctuation`, `identifiers`, `dates` or `languages`
    when        which fields: `ind2=1`, `ind2≠2`, `$t`, `$v$x$y` (any of them), `no $t$4cre` (none of them; `$4cre` is
                a $4 that begins with cre); `&` joins two conditions; empty: all
    joiner      between the subfields of form `text`
    note        why, for the documentation
    term        the DCMI term in qualified Dublin Core; empty: the element itself
    scheme      how the value is written, in qualified Dublin Core: a DCMI scheme, or
                  headings  what the second indicator of a subject heading says
                  language  BCP 47 (RFC4646); ISO639-3 for a language that only this has a code for
    """

    tags: str
    element: str
    subfields: str
    form: str = "text"
    clean: str = "collapse"
    when: str = ""
    joiner: str = " "
    note: str = ""
    term: str = ""
    scheme: str = ""


_NOTES = (
    "500 501 504 507 508 510 511 513 514 515 516 518 522 524 525 526 533 535 538 544 545 547 550 552 "
    "555 556 562 563 565 567 580 581 585 586"
)
_NOTE_PARTS = "abcdefghijklmnopqrst"
_PERSON = "abcdq"
_CORPORATE = "abcdn"
_MEETING = "acdenq"
_WORK = "abcdfgklmnopqrst"
_LINKED = "abdgst"

RULES = (
    Rule("245", "title", "abfgknps", "title", "strip_end", note="$h and $c are no part of the title"),
    Rule(
        "242 246 247",
        "title",
        "abnp",
        "variant",
        "strip_end",
        note="Alternative in qualified DC, so title in simple DC",
        term="alternative",
    ),
    Rule("740", "title", "anp", "text", "strip_end", when="ind2≠2", note="Alternative, as 246", term="alternative"),
    Rule(
        "130 240",
        "title",
        "akmnoprs",
        "text",
        "strip_end",
        note="Alternative, as 246; the name of the work",
        term="alternative",
    ),
    Rule(
        "730", "title", "akmnoprs", "text", "strip_end", when="ind2≠2", note="Alternative, as 246", term="alternative"
    ),
    Rule("100", "creator", _PERSON, "name", "persons", note="$e $4 $0 $1 are not the name"),
    Rule("110", "creator", _CORPORATE, "name", "persons"),
    Rule("111", "creator", _MEETING, "name", "persons", note="$e is a unit of the meeting here, $j the role"),
    Rule(
        "600",
        "subject",
        "abcdfgklmnopqrst",
        "heading",
        "strip_end",
        note="$v $x $y $z kept behind --",
        scheme="headings",
    ),
    Rule("610", "subject", "abcdfgklmnoprst", "heading", "strip_end", scheme="headings"),
    Rule("611", "subject", "acdefgklnpqst", "heading", "strip_end", scheme="headings"),
    Rule("630", "subject", "adfgklmnoprst", "heading", "strip_end", scheme="headings"),
    Rule("647 650 654 656 657", "subject", "abcdgk", "heading", "strip_end", scheme="headings"),
    Rule(
        "651",
        "subject",
        "ag",
        "heading",
        "strip_end",
        when="$v$x$y",
        note="a place with an aspect is a subject too",
        scheme="headings",
    ),
    Rule("653", "subject", "a", "each", "strip_end", note="every $a is a keyword"),
    Rule(_NOTES, "description", _NOTE_PARTS, note="once each; 541 583 584 588 59X are the library's own affairs"),
    Rule("505", "description", _NOTE_PARTS, term="tableOfContents"),
    Rule("520", "description", _NOTE_PARTS, term="abstract"),
    Rule("521", "description", _NOTE_PARTS, term="audience"),
    Rule("536", "description", "a", note="$b to $h are contract numbers without a word"),
    Rule("502", "description", "abcdgo", "text", joiner=", ", note="thesis note, also in its parts"),
    Rule("561", "description", "a", "text", when="ind1≠0", note="indicator 1 = 0 means private", term="provenance"),
    Rule("264 260", "publisher", "b", "whole", "strip_brackets", note="264 _1, else other 264 but _4, else 260"),
    Rule("700", "creator", _PERSON, "name", "persons", when="$4cre & no $t", note="a creator of many, as DC counts"),
    Rule("710", "creator", _CORPORATE, "name", "persons", when="$4cre & no $t"),
    Rule("711", "creator", _MEETING, "name", "persons", when="$4cre & no $t"),
    Rule("720", "creator", "a", "name", "persons", when="$4cre"),
    Rule("700", "contributor", _PERSON, "name", "persons", when="no $t$4cre"),
    Rule("710", "contributor", _CORPORATE, "name", "persons", when="no $t$4cre"),
    Rule("711", "contributor", _MEETING, "name", "persons", when="no $t$4cre"),
    Rule("720", "contributor", "a", "name", "persons", when="no $4cre"),
    Rule(
        "008",
        "date",
        "",
        "whole",
        "fixed_field_date",
        note="Date 1 where the type of date allows; W3CDTF",
        term="issued",
        scheme="W3CDTF",
    ),
    Rule(
        "264 260",
        "date",
        "c",
        "whole",
        "written_date",
        note="where 008 has no date; the year in it",
        term="issued",
        scheme="W3CDTF",
    ),
    Rule("655", "type", "abc", "heading", "strip_end", note="after the DCMI type of leader/06-07"),
    Rule("300", "format", "abcefg", "text", "strip_end", note="Extent and Medium in qualified DC", term="extent"),
    Rule("856", "format", "q", "each", scheme="IMT"),
    Rule(
        "020",
        "identifier",
        "a",
        "each",
        "isbn",
        note="urn:isbn: where the check digit is right; else nothing",
        scheme="URI",
    ),
    Rule("022", "identifier", "a", "each", "issn", note="urn:issn: where the check digit is right", scheme="URI"),
    Rule("024", "identifier", "a2", "number", "standard_number", note="DOI and handle as addresses", scheme="URI"),
    Rule("035", "identifier", "a", "each", "control_number", note="with the code of its system, else nothing"),
    Rule("856", "identifier", "u", "each", when="ind2≠2", scheme="URI"),
    Rule("534", "source", "abcefklmnpt", note="original of a reproduction (LoC: Source)"),
    Rule("786", "source", _LINKED, "link", "strip_end", note="data source entry (LoC: Source)"),
    Rule(
        "008 041 546",
        "language",
        "ad",
        "whole",
        "coded",
        note="008/35-37, 041 $a $d as BCP 47; 546 where they are silent",
        scheme="language",
    ),
    Rule("490", "relation", "avx", "text", "strip_end", note="series as it stands on the resource", term="isPartOf"),
    Rule("800 810 811 830", "relation", _WORK + "v", "text", "strip_end", note="series as indexed", term="isPartOf"),
    Rule("700 710 711", "relation", _WORK, "text", "strip_end", when="$t", note="a work, not a contributor"),
    Rule(
        "730 740",
        "relation",
        "adfgklmnoprst",
        "text",
        "strip_end",
        when="ind2=2",
        note="a work contained",
        term="hasPart",
    ),
    Rule("530", "relation", "abcd", note="additional physical form", term="hasFormat"),
    Rule("760 772 773", "relation", _LINKED, "link", "strip_end", term="isPartOf"),
    Rule("762 770 774", "relation", _LINKED, "link", "strip_end", term="hasPart"),
    Rule("765 775", "relation", _LINKED, "link", "strip_end", term="isVersionOf"),
    Rule("767", "relation", _LINKED, "link", "strip_end", term="hasVersion"),
    Rule("776", "relation", _LINKED, "link", "strip_end", term="hasFormat"),
    Rule("780", "relation", _LINKED, "link", "strip_end", term="replaces"),
    Rule("785", "relation", _LINKED, "link", "strip_end", term="isReplacedBy"),
    Rule("777 787", "relation", _LINKED, "link", "strip_end"),
    Rule("856", "relation", "u", "each", when="ind2=2", note="a related resource, not this one", scheme="URI"),
    Rule("648", "coverage", "a", "heading", "strip_end", note="Temporal in qualified DC", term="temporal"),
    Rule("651", "coverage", "agz", "text", "strip_end", joiner=" -- ", note="the place alone; Spatial", term="spatial"),
    Rule(
        "662 752",
        "coverage",
        "abcdfgh",
        "text",
        "strip_end",
        joiner=" -- ",
        note="place from wide to narrow",
        term="spatial",
    ),
    Rule("751", "coverage", "a", "text", "strip_end", term="spatial"),
    Rule("506", "rights", "abcdef", note="access", term="accessRights"),
    Rule("540", "rights", "abcdf", note="use"),
    Rule("540", "rights", "u", "each", note="the address of a licence", term="license", scheme="URI"),
    Rule("542", "rights", "dfgnu", "text", joiner=", ", when="ind1≠0", note="indicator 1 = 0 means private"),
)

TERMED_DATES = (
    "created",
    "available",
    "issued",
    "modified",
    "valid",
    "dateAccepted",
    "dateCopyrighted",
    "dateSubmitted",
)
"""Dates that have no field of their own stand in 583 (action, $a the term, $2 dcterms), where `to_marc` puts them."""

QUALIFIED_RULES = (
    Rule("082", "subject", "a", "each", "dewey", note="a shelf mark is no class number", scheme="DDC"),
    Rule("080", "subject", "a", "each", scheme="UDC"),
    Rule("050", "subject", "a", "each", scheme="LCC"),
    Rule("264", "date", "c", "each", "written_date", when="ind2=0", term="created", scheme="W3CDTF"),
    Rule("264", "date", "c", "each", "written_date", when="ind2=4", term="dateCopyrighted", scheme="W3CDTF"),
    Rule("046", "date", "k", "each", "coded_date", note="ISO 8601", term="created", scheme="W3CDTF"),
    Rule("046", "date", "j", "each", "coded_date", term="modified", scheme="W3CDTF"),
    *(
        Rule("583", "date", "c", "each", when=f"$2dcterms & $a{term}", term=term, scheme="W3CDTF")
        for term in TERMED_DATES
    ),
    Rule("583", "date", "c", "each", when="$2dc & no $2dcterms", note="other dates of a harvest", scheme="W3CDTF"),
    Rule("340", "format", "a", "each", "strip_end", term="medium"),
    Rule("773", "identifier", "dgt", "link", "strip_end", when="$g", term="bibliographicCitation"),
)
"""Rows for what only qualified Dublin Core says. Their values stand behind those of RULES."""
