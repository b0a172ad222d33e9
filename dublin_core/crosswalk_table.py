"""The map from MARC 21 to simple Dublin Core as data: one row per rule, read by `dublin_core.crosswalk`.

Guide: Library of Congress, *MARC to Dublin Core Crosswalk* (2008), unqualified column; where a row goes beyond it or
leaves it, the row's note says so. `docs/crosswalk.md` shows this table to librarians and is tested against it.
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
    when        which fields: `ind2=1`, `ind2≠2`, `$t`, `no $t`, `$v$x$y` (any of them); empty: all
    joiner      between the subfields of form `text`
    note        why, for the documentation
    """

    tags: str
    element: str
    subfields: str
    form: str = "text"
    clean: str = "collapse"
    when: str = ""
    joiner: str = " "
    note: str = ""


_NOTES = (
    "500 501 504 505 507 508 510 511 513 514 515 516 518 520 521 522 524 525 526 533 535 538 544 545 547 550 552 "
    "555 556 562 563 565 567 580 581 585 586"
)
_PERSON = "abcdq"
_CORPORATE = "abcdn"
_MEETING = "acdenq"
_WORK = "abcdfgklmnopqrst"

RULES = (
    Rule("245", "title", "abfgknps", "title", "strip_end", note="$h and $c are no part of the title"),
    Rule(
        "242 246 247",
        "title",
        "abnp",
        "variant",
        "strip_end",
        note="Alternative in qualified DC, so title in simple DC",
    ),
    Rule("740", "title", "anp", "text", "strip_end", when="ind2≠2", note="Alternative, as 246"),
    Rule("130 240", "title", "akmnoprs", "text", "strip_end", note="Alternative, as 246; the name of the work"),
    Rule("730", "title", "akmnoprs", "text", "strip_end", when="ind2≠2", note="Alternative, as 246"),
    Rule("100", "creator", _PERSON, "name", "persons", note="$e $4 $0 $1 are not the name"),
    Rule("110", "creator", _CORPORATE, "name", "persons"),
    Rule("111", "creator", _MEETING, "name", "persons", note="$e is a unit of the meeting here, $j the role"),
    Rule("600", "subject", "abcdfgklmnopqrst", "heading", "strip_end", note="$v $x $y $z kept behind --"),
    Rule("610", "subject", "abcdfgklmnoprst", "heading", "strip_end"),
    Rule("611", "subject", "acdefgklnpqst", "heading", "strip_end"),
    Rule("630", "subject", "adfgklmnoprst", "heading", "strip_end"),
    Rule("647 650 654 656 657", "subject", "abcdgk", "heading", "strip_end"),
    Rule("651", "subject", "ag", "heading", "strip_end", when="$v$x$y", note="a place with an aspect is a subject too"),
    Rule("653", "subject", "a", "each", "strip_end", note="every $a is a keyword"),
    Rule(
        _NOTES,
        "description",
        "abcdefghijklmnopqrst",
        note="once each; 541 583 584 588 59X are the library's own affairs",
    ),
    Rule("536", "description", "a", note="$b to $h are contract numbers without a word"),
    Rule("502", "description", "abcdgo", "text", joiner=", ", note="thesis note, also in its parts"),
    Rule("561", "description", "a", "text", when="ind1≠0", note="indicator 1 = 0 means private"),
    Rule("264 260", "publisher", "b", "whole", "strip_brackets", note="264 _1, else other 264 but _4, else 260"),
    Rule("700", "contributor", _PERSON, "name", "persons", when="no $t"),
    Rule("710", "contributor", _CORPORATE, "name", "persons", when="no $t"),
    Rule("711", "contributor", _MEETING, "name", "persons", when="no $t"),
    Rule("720", "contributor", "a", "name", "persons"),
    Rule("008", "date", "", "whole", "fixed_field_date", note="Date 1 where the type of date allows; W3CDTF"),
    Rule("264 260", "date", "c", "whole", "written_date", note="where 008 has no date; the year in it"),
    Rule("655", "type", "abc", "heading", "strip_end", note="after the DCMI type of leader/06-07"),
    Rule("300", "format", "abcefg", "text", "strip_end", note="Extent and Medium in qualified DC"),
    Rule("856", "format", "q", "each"),
    Rule("020", "identifier", "a", "each", "isbn", note="urn:isbn: where the check digit is right; else nothing"),
    Rule("022", "identifier", "a", "each", "issn", note="urn:issn: where the check digit is right"),
    Rule("024", "identifier", "a2", "number", "standard_number", note="DOI and handle as addresses"),
    Rule("035", "identifier", "a", "each", "control_number", note="with the code of its system, else nothing"),
    Rule("856", "identifier", "u", "each", when="ind2≠2"),
    Rule("534", "source", "abcefklmnpt", note="original of a reproduction (LoC: Source)"),
    Rule("786", "source", "abdgst", "link", "strip_end", note="data source entry (LoC: Source)"),
    Rule(
        "008 041 546",
        "language",
        "ad",
        "whole",
        "coded",
        note="008/35-37, 041 $a $d as BCP 47; 546 where they are silent",
    ),
    Rule("490", "relation", "avx", "text", "strip_end", note="series as it stands on the resource"),
    Rule("800 810 811 830", "relation", _WORK + "v", "text", "strip_end", note="series as indexed"),
    Rule("700 710 711", "relation", _WORK, "text", "strip_end", when="$t", note="a work, not a contributor"),
    Rule("730 740", "relation", "adfgklmnoprst", "text", "strip_end", when="ind2=2", note="a work contained"),
    Rule("530", "relation", "abcd", note="additional physical form"),
    Rule("760 762 765 767 770 772 773 774 775 776 777 780 785 787", "relation", "abdgst", "link", "strip_end"),
    Rule("856", "relation", "u", "each", when="ind2=2", note="a related resource, not this one"),
    Rule("648", "coverage", "a", "heading", "strip_end", note="Temporal in qualified DC"),
    Rule("651", "coverage", "agz", "text", "strip_end", joiner=" -- ", note="the place alone; Spatial"),
    Rule("662 752", "coverage", "abcdfgh", "text", "strip_end", joiner=" -- ", note="place from wide to narrow"),
    Rule("751", "coverage", "a", "text", "strip_end"),
    Rule("506", "rights", "abcdef", note="access"),
    Rule("540", "rights", "abcdf", note="use"),
    Rule("540", "rights", "u", "each", note="the address of a licence"),
    Rule("542", "rights", "dfgnu", "text", joiner=", ", when="ind1≠0", note="indicator 1 = 0 means private"),
)
