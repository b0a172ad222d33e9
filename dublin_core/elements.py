"""Simple Dublin Core: the fifteen elements and what one description says with them.

Source: Dublin Core Metadata Element Set 1.1 (ISO 15836-1, RFC 5013); the order is that of the element set and of
oai_dc.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ELEMENTS = (
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
)

Statement = tuple[str, str, str]
"""Element, value, language of the value as a BCP 47 tag (empty: not said)."""

_POSITION = {name: position for position, name in enumerate(ELEMENTS)}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production [2] Char
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # xs:language


@dataclass(frozen=True, slots=True)
class DublinCore:
    """One description: statements in the order of `ELEMENTS`, none empty, none twice.

    The constructor takes statements that hold this already (the crosswalk makes them so); `of` takes any.
    """

    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, statements: Iterable[tuple[str, str] | Statement]) -> DublinCore:
        """A description from (element, value) or (element, value, language) in any order.

        White space is collapsed, characters XML 1.0 forbids are left out, and so are empty values, repeated
        statements, elements that are not among the fifteen, and language tags that are none.
        """
        kept: dict[Statement, None] = {}
        for element, value, *rest in statements:
            text = clean_text(value)
            language = clean_language(rest[0]) if rest else ""
            if text and element in _POSITION:
                kept[element, text, language] = None
        return cls(tuple(sorted(kept, key=lambda statement: _POSITION[statement[0]])))

    def values(self, element: str) -> list[str]:
        """The values of one element, in order."""
        return [value for name, value, _ in self.statements if name == element]

    def __bool__(self) -> bool:
        return bool(self.statements)


def clean_text(value: str) -> str:
    """`value` as a statement may hold it: white space collapsed, without what XML 1.0 forbids."""
    return " ".join(_FORBIDDEN.sub("", value).split())


def clean_language(tag: str) -> str:
    """`tag` where it has the form of a language tag, else an empty string."""
    return tag if _LANGUAGE_TAG.fullmatch(tag) else ""
