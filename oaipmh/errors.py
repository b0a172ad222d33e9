"""The error conditions of OAI-PMH 2.0, section 3.6: values that are answered, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SHOWN_CHARACTERS = 60
"""How much of a value an error text repeats; enough to recognise it, too little to fill a log."""


class Code(StrEnum):
    """The eight codes that OAI-PMH.xsd knows."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"  # noqa: S105 - a code of the standard, no password
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE_FORMAT = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_RECORDS_MATCH = "noRecordsMatch"
    NO_METADATA_FORMATS = "noMetadataFormats"
    NO_SET_HIERARCHY = "noSetHierarchy"


@dataclass(frozen=True, slots=True)
class OaiError:
    """One `error` element: its code and a sentence that names what was seen and what to do."""

    code: Code
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not understood; every flaw that was found is reported at once (3.6)."""

    errors: tuple[OaiError, ...]


def shown(value: str) -> str:
    """`value` between quotation marks, shortened, for an error text."""
    return f'"{value}"' if len(value) <= SHOWN_CHARACTERS else f'"{value[:SHOWN_CHARACTERS]}…"'
