"""The diagnostics of the set Bib-1 (Z39.50-2003, Appendix 4 ERR, and the Maintenance Agency's list of
later ones) that the target answers with, each by its number."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

BIB1_DIAGNOSTICS: Final = "1.2.840.10003.4.1"
ADDINFO_CHARACTERS: Final = 200
"""What is given back of a client's own words: a megabyte of it would only come back as a megabyte."""


class Bib1(IntEnum):
    """Numbers as the list gives them; the comment of each is its text there, shortened where it is long."""

    PERMANENT_ERROR = 1
    TEMPORARY_ERROR = 2
    UNSUPPORTED_SEARCH = 3
    TOO_MANY_OPERATORS = 6
    TERM_TOO_LONG = 11
    PRESENT_OUT_OF_RANGE = 13
    PRESENT_ERROR = 14
    OVER_PREFERRED_SIZE = 16
    OVER_RECORD_SIZE = 17
    SET_EXISTS = 21
    NO_DATABASE_COMBINATION = 23
    ELEMENT_SET_INVALID = 25
    SET_GIVEN_UP = 27
    SET_UNKNOWN = 30
    RESOURCES_NO_RESULTS = 31
    ACCESS_FAILURE = 101
    QUERY_TYPE = 107
    MALFORMED_QUERY = 108
    DATABASE_UNAVAILABLE = 109
    TOO_MANY_DATABASES = 111
    TOO_MANY_SETS = 112
    USE_ATTRIBUTE = 114
    TRUNCATION = 120
    ATTRIBUTE_SET = 121
    ATTRIBUTE_COMBINATION = 123
    SET_NAME = 128
    STEP_SIZE = 205
    SORT_SEQUENCE = 207
    SORT_NO_SET = 208
    SORT_TOO_MANY_KEYS = 211
    SORT_MISSING_VALUE = 213
    SORT_RELATION = 214
    SORT_CASE = 215
    SEGMENTS = 217
    ES_TYPE = 221
    MALFORMED_SCAN = 228
    TERM_TYPE = 229
    SORT_TOO_MANY_INPUTS = 230
    SCAN_LIST = 232
    SCAN_POSITION = 233
    DATABASE_UNKNOWN = 235
    DATABASE_DENIED = 236
    SYNTAX_NOT_AVAILABLE = 238
    SYNTAX_UNSUPPORTED = 239
    SEGMENT_SIZE = 242
    TOO_MANY_RANGES = 243
    COMPOSITION = 244
    RESTRICTION = 245
    NO_EXPLAIN = 1007
    BAD_PASSWORD = 1011
    BUSY = 1018
    SERVICE_NOT_FOR_DATABASE = 1025
    RECORD_DELETED = 1028
    UNKNOWN_SCHEMA = 1066


class Refusal(NamedTuple):
    """Why a request is not done."""

    condition: int
    """A number of Bib-1."""
    addinfo: str = ""
    """What exactly: the value that was not taken, or words for whoever reads the client's screen."""


class Refused(Exception):  # noqa: N818 - a value with an answer that goes up to the session and no further
    """Ends the work on a request inside this room; the session answers with the refusal."""

    def __init__(self, condition: int, addinfo: str = "") -> None:
        super().__init__(condition, addinfo)
        self.refusal = Refusal(condition, addinfo)


def shortened(text: str) -> str:
    """A client's words as they may stand in an answer or a log: one line, printable, not long."""
    shown = "".join(
        char if char.isprintable() or "\udc80" <= char <= "\udcff" else " " for char in text[: ADDINFO_CHARACTERS + 1]
    )
    return shown if len(shown) <= ADDINFO_CHARACTERS else shown[: ADDINFO_CHARACTERS - 1] + "…"
