"""A record whose tags do not match, made to match: a proposal that a person looks at, never done unasked.

An angle bracket that begins no tag becomes text; an end tag closes what was left open inside of it; one that closes
nothing goes; what is open at the end is closed. The words of the record stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

_ATTRIBUTE: Final = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_TAG: Final = re.compile(
    rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(/?)([A-Za-z_][\w:.-]*)((?:{_ATTRIBUTE})*)\s*(/?)>|<", re.DOTALL
)


def mended(text: str) -> tuple[str, int]:
    """`text` with tags that match, and how many places were changed."""
    made: list[str] = []
    opened: list[str] = []
    changes, at = 0, 0
    for found in _TAG.finditer(text):
        made.append(text[at : found.start()])
        at = found.end()
        name = found[2]
        if found[0] == "<":
            made.append("&lt;")
            changes += 1
        elif name is None or found[4]:
            made.append(found[0])
        elif not found[1]:
            opened.append(name)
            made.append(found[0])
        elif name not in opened:
            changes += 1
        else:
            while (inner := opened.pop()) != name:
                made.append(f"</{inner}>")
                changes += 1
            made.append(found[0])
    made.append(text[at:])
    made += [f"</{name}>" for name in reversed(opened)]
    return "".join(made), changes + len(opened)
