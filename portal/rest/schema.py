"""JSON Schema (2020-12, as OpenAPI 3.1 takes it) as plain values, and the check of what programs send against it.

Only the words that are used here are known: type, enum, const, minimum, maximum, minLength, maxLength, pattern, items,
minItems, maxItems, properties, required, additionalProperties, $ref.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = dict[str, Any]
NUMBER_MOST: Final = 10**15 - 1
"""The largest number of anything: it fits into every database and into what JavaScript counts exactly."""
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_NEVER: Final = re.compile("[\0\ud800-\udfff]")
"""NUL, which PostgreSQL takes in no text, and halves of characters, which are no text at all."""


def text(longest: int = 0, shortest: int = 0, pattern: str = "", **more: Any) -> Schema:
    """A string; `longest` 0: as long as it likes (of what is answered)."""
    made: Schema = {"type": "string"}
    made |= {"minLength": shortest} if shortest else {}
    made |= {"maxLength": longest} if longest else {}
    made |= {"pattern": f"^{pattern}$"} if pattern else {}
    return made | more


def whole(least: int = 0, most: int = NUMBER_MOST, **more: Any) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def flag(**more: Any) -> Schema:
    """true or false."""
    return {"type": "boolean", **more}


def share() -> Schema:
    """A number with decimals."""
    return {"type": "number"}


def one_of(*values: str, **more: Any) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(values), **more}


def array(of: Schema, most: int = 0, least: int = 0) -> Schema:
    """A list; `most` 0: as long as it likes."""
    made: Schema = {"type": "array", "items": of}
    return made | ({"maxItems": most} if most else {}) | ({"minItems": least} if least else {})


def thing(required: str = "", /, *, free: bool = False, **properties: Schema) -> Schema:
    """An object. `required`: names with blanks between them, `*` for all; `free`: others may be there too."""
    wanted = list(properties) if required == "*" else required.split()
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": free}
    return made | ({"required": wanted} if wanted else {})


def table(of: Schema) -> Schema:
    """An object with whatever names, all values alike."""
    return {"type": "object", "additionalProperties": of}


def maybe(of: Schema) -> Schema:
    """The same, or null."""
    kinds = of["type"] if isinstance(of["type"], list) else [of["type"]]
    return of | {"type": [*kinds, "null"]} | ({"enum": [*of["enum"], None]} if "enum" in of else {})


def ref(name: str) -> Schema:
    """A shape that has a name (`portal.rest.shapes`)."""
    return {"$ref": f"#/components/schemas/{name}"}


def meant(schema: Schema, named: Mapping[str, Schema]) -> Schema:
    """The shape itself, where it is said by its name. Raises KeyError."""
    return named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def flaws(schema: Schema, value: Any, named: Mapping[str, Schema], place: str = "") -> Iterator[tuple[str, str]]:
    """(place, what is wanted there) for everything in `value` that does not fit. Raises KeyError."""
    schema = meant(schema, named)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield place, " | ".join(kinds)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield place, " | ".join(map(str, schema["enum"]))
    if isinstance(value, str):
        yield from _text(schema, value, place)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum"), schema.get("maximum")
        if (least is not None and value < least) or (most is not None and value > most):
            yield place, f"{least} … {most}"
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield place, f"{schema.get('minItems', 0)} … {schema.get('maxItems', '')} ×"
            return
        for number, one in enumerate(value):
            yield from flaws(schema.get("items", {}), one, named, f"{place}[{number}]")
    elif isinstance(value, dict):
        yield from _object(schema, value, named, place)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and not (isinstance(value, bool) and kind in ("integer", "number"))


def _text(schema: Schema, value: str, place: str) -> Iterator[tuple[str, str]]:
    longest = schema.get("maxLength")
    if len(value) < schema.get("minLength", 0) or (longest is not None and len(value) > longest):
        yield place, f"{schema.get('minLength', 0)} … {longest or ''} ch."
    elif "pattern" in schema and not re.fullmatch(schema["pattern"].removesuffix("$"), value):
        yield place, schema["pattern"]
    elif _NEVER.search(value):
        yield place, "Unicode"


def _object(
    schema: Schema, value: dict[str, Any], named: Mapping[str, Schema], place: str
) -> Iterator[tuple[str, str]]:  # fmt: skip
    known: Mapping[str, Schema] = schema.get("properties", {})
    others: Any = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield _inside(place, name), "…"
    for name, one in value.items():
        if _NEVER.search(name):
            yield place, "Unicode"
        elif name in known:
            yield from flaws(known[name], one, named, _inside(place, name))
        elif others is False:
            yield _inside(place, name[:60]), " | ".join(known) or "–"
        else:
            yield from flaws(others if isinstance(others, dict) else {}, one, named, _inside(place, name[:60]))


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
