"""Cut a stream of JSON objects into single ones, without reading it whole.

The objects may stand one to a line, in an array, spread over lines, or in an object around them. Where one is broken,
the cut is made where the next record begins: `{"leader":` and `{"fields":` cannot stand inside a JSON string, because
its quotation marks would be escaped there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from foundation.limits import MARC_RECORD_BYTES, READ_CHUNK


class Frame(NamedTuple):
    data: bytes
    offset: int
    """Of the first byte, in the stream, from 0."""
    line: int
    """Of the first byte, from 1."""


_BETWEEN = re.compile(rb"[\s,\[\]}\x00\x1a\x1e\xef\xbb\xbf]*")  # 1E begins a line in RFC 7464
_KEY = rb'\s*+"[^"\\{}]{1,100}+"\s*+:\s*+'
_AROUND = re.compile(
    rb"\{(?:"
    + _KEY
    + rb'(?:"[^"\\]{0,1000}+"|[\w.+-]{1,100}+)\s*+,)*+'
    + _KEY
    + rb'\[?\s*+(?=\{\s*"(?:leader|fields)"\s*:)'
)
"""The beginning of an object around the records: an answer with a list of them, an index entry with its source."""
_RECORD = re.compile(rb'\{\s*"(?:leader|fields)"\s*:')
_BRACE = re.compile(rb'(?:[^"{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([{}])', re.DOTALL)
"""Up to the next brace outside strings. Possessive: no input makes it go back."""
_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([{}\[\]])', re.DOTALL)
_OPEN = ord("{")
_LEADER = b'"leader"'
_GUESSED = 16 * 1024
"""How far a record's end is guessed before it is walked to; what is looked for may be nowhere."""
_TRAIL = b" \t\r\n,]"
_HEAD = 4096
"""What must be in sight to tell `_AROUND`."""


class _Walk:
    """Where the way through the braces of one object stands, so that more data continues it."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.depth = 0

    def end(self, buffer: bytes) -> int:
        """Where the object ends, or -1 when that is not in the buffer."""
        at, depth = self.at, self.depth
        while found := _BRACE.match(buffer, at):
            at = found.end()
            depth += 1 if found[1] == b"{" else -1
            if depth == 0:
                return at
        self.at, self.depth = at, depth
        return -1


def frames(stream: BinaryIO) -> Iterator[Frame]:
    """The objects of a stream in order, and as frames of their own what stands between them and is no object.

    The stream only needs `read(size)`. Memory is bounded by `MARC_RECORD_BYTES`; an object that is longer is cut there.
    """
    buffer, position, start, line, ended = b"", 0, 0, 1, False
    walk: _Walk | None = None
    while True:
        if walk is None:
            between = _BETWEEN.match(buffer, position)
            after = between.end() if between else position
            line += buffer.count(b"\n", position, after)
            position = after
        end = -1
        if position < len(buffer) and (ended or len(buffer) - position >= _HEAD):
            if walk is None and (around := _AROUND.match(buffer, position)):
                line += buffer.count(b"\n", position, around.end())
                position = around.end()
                continue
            walk = walk or _Walk(position)
            end = _end(buffer, position, walk, ended)
        if end < 0 and not ended:
            chunk = stream.read(READ_CHUNK)
            ended = not chunk
            if walk is not None:
                walk.at -= position
            buffer, start, position = buffer[position:] + chunk, start + position, 0
        elif end < 0:
            return
        else:
            yield Frame(buffer[position:end].rstrip(_TRAIL), start + position, line)
            line += buffer.count(b"\n", position, end)
            position, walk = end, None


def _end(buffer: bytes, position: int, walk: _Walk, ended: bool) -> int:
    """Where the frame at `position` ends, or -1 when more must be read to say it."""
    furthest = position + MARC_RECORD_BYTES
    if buffer[position] != _OPEN:  # junk: up to what may be an object
        brace = buffer.find(b"{", position, furthest)
        if brace >= 0 or ended or len(buffer) >= furthest:
            return brace if brace >= 0 else min(len(buffer), furthest)
        return -1
    if walk.at == position:
        for end in _guesses(buffer, position, position + _GUESSED):
            if end > position and _is_record(buffer[position:end]):
                return end
    end = walk.end(buffer)
    following = _RECORD.search(buffer, position + 1, min(end if end >= 0 else len(buffer), furthest))
    if following:
        return following.start()
    if end >= 0 or len(buffer) >= furthest:
        return min(end if end >= 0 else len(buffer), furthest)
    return len(buffer) if ended else -1


def _guesses(buffer: bytes, position: int, end: int) -> Iterator[int]:
    """Where a record seems to end: at the end of its line, or before the brace in front of the next leader."""
    yield buffer.find(b"\n", position, end)
    own = buffer.find(_LEADER, position, end)
    following = buffer.find(_LEADER, own + 1, end) if own >= 0 else -1
    yield buffer.rfind(b"{", position + 1, following) if following >= 0 else -1


def _is_record(data: bytes) -> bool:
    """Whether this is one record for all that can be counted, which is much quicker than a walk and seldom wrong.

    Braces inside strings that do not match each other only make it say no.
    """
    return data.count(_LEADER) == 1 and data.count(b"{") == data.count(b"}") and data.rstrip(_TRAIL)[-1:] == b"}"


def depth(data: bytes, enough: int) -> int:
    """How deep the brackets and braces of JSON are nested at most, counted up to `enough`; strings are skipped."""
    at = deepest = now = 0
    while deepest < enough and (found := _BRACKET.match(data, at)):
        at = found.end()
        now += 1 if found[1] in b"{[" else -1
        deepest = max(deepest, now)
    return deepest
