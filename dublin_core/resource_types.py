"""What kind of thing a record describes, in the words of the DCMI Type Vocabulary (DCMI Metadata Terms, section 7)."""

from __future__ import annotations

_TYPES = {
    "a": "Text",
    "c": "Text",
    "d": "Text",
    "e": "StillImage",
    "f": "StillImage",
    "i": "Sound",
    "j": "Sound",
    "k": "StillImage",
    "o": "Collection",
    "p": "Collection",
    "r": "PhysicalObject",
    "t": "Text",
}
"""Leader/06. Notated music is Text as in LoC's crosswalk; maps are StillImage as in DCMI's own examples."""

_PROJECTED = {"f": "StillImage", "s": "StillImage", "t": "StillImage", "v": "MovingImage", "m": "MovingImage"}
"""008/33 of visual materials: filmstrip, slide, transparency, videorecording, motion picture."""

_COMPUTER_FILE = {
    "a": "Dataset",
    "b": "Software",
    "c": "Image",
    "d": "Text",
    "e": "Dataset",
    "f": "Text",
    "g": "Software",
    "h": "Sound",
    "i": "InteractiveResource",
    "j": "Service",
}
"""008/26 of computer files."""


def dcmi_types(leader: str, fixed: str) -> list[str]:
    """The types of a record by leader/06-07 and field 008; an unknown kind gives none.

    A collection (leader/07 c or d) is said in a value of its own before the type of what it collects.
    """
    kind = leader[6:7]
    if kind == "g":
        found = _PROJECTED.get(fixed[33:34], "Image")
    elif kind == "m":
        found = _COMPUTER_FILE.get(fixed[26:27], "Software")
    else:
        found = _TYPES.get(kind, "")
    types = ["Collection"] if leader[7:8] in ("c", "d") else []
    if found and found not in types:
        types.append(found)
    return types
