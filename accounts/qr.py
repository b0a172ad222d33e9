"""QR codes (ISO/IEC 18004:2015): text in byte mode with error correction M, as modules and as SVG.

Only what a page needs to show the secret of one-time codes to a telephone's camera; so versions 1 to 20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from foundation.errors import LimitError, Message

TOO_LONG: Final = Message(
    "qr.long",
    "mã QR chỉ chứa được {allowed} byte, văn bản này có {seen} (giới hạn {limit}). Hãy rút ngắn tên đăng nhập hoặc tên "
    "máy chủ.",
    "a QR code of ours holds {allowed} bytes, this text has {seen} (limit {limit}). Shorten the login or the server's "
    "name.",
)
# Table 9, level M, versions 1 …: codewords of error correction in a block, and blocks.
_CORRECTION: Final = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26)
_BLOCKS: Final = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16)
_LEVEL_M: Final = 0b00
_QUIET: Final = 4
# Table 10: the data mask patterns 0 … 7, by row and column.
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
Grid = list[list[bool]]


def modules(text: str, mask: int | None = None) -> Grid:
    """The rows of the symbol for `text` in UTF-8, true where dark. `mask`: one of 0 … 7, else the best by clause 7.8.3.

    Raises LimitError for a text that is too long.
    """
    data = text.encode()
    version = next((one for one in range(1, len(_BLOCKS) + 1) if len(data) <= _room(one)), 0)
    if not version:
        raise LimitError(TOO_LONG, limit="QR", seen=len(data), allowed=_room(len(_BLOCKS)))
    grid, fixed = _patterns(version)
    _place(grid, fixed, _codewords(data, version))
    made = [_masked(grid, fixed, version, one) for one in (range(8) if mask is None else (mask,))]
    return min(made, key=_penalty)


def svg(text: str, label: str) -> str:
    """The symbol as an SVG element with its quiet zone; `label`: what it says to who cannot see it. No style in it."""
    rows = modules(text)
    size = len(rows) + 2 * _QUIET
    path = "".join(
        f"M{column + _QUIET} {row + _QUIET}h1v1h-1z"
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    )
    said = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" aria-label="{said}" '
        f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{path}"/></svg>'
    )


# --- data and its correction (clauses 7.4 and 7.5) -----------------------------------------------------------


def _capacity(version: int) -> int:
    """Codewords of a symbol: its modules but those of patterns and information, by eight."""
    size = 17 + 4 * version
    aligned = version // 7 + 2 if version > 1 else 0
    found = size * size - 3 * 64 - 2 * (size - 16) - 31  # finders with separators, timing, format and the dark module
    if aligned:
        found -= (aligned * aligned - 3) * 25 - 2 * (
            aligned - 2
        ) * 5  # those across the timing patterns share 5 modules
    if version >= 7:
        found -= 36
    return found // 8


def _data_codewords(version: int) -> int:
    return _capacity(version) - _CORRECTION[version - 1] * _BLOCKS[version - 1]


def _room(version: int) -> int:
    """Bytes of text: the mode takes 4 bits, the count 8 or 16 (Table 3)."""
    return (_data_codewords(version) * 8 - 4 - (8 if version < 10 else 16)) // 8


def _codewords(data: bytes, version: int) -> bytes:
    """Data codewords in blocks with those of correction, interleaved."""
    wide = 8 if version < 10 else 16
    total = _data_codewords(version)
    bits = f"{0b0100:04b}{len(data):0{wide}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, total * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    words += [(0xEC, 0x11)[number % 2] for number in range(total - len(words))]
    blocks, correction = _BLOCKS[version - 1], _CORRECTION[version - 1]
    short, longer = total // blocks, total % blocks
    parts, at = [], 0
    for number in range(blocks):
        length = short + (number >= blocks - longer)
        parts.append(words[at : at + length])
        at += length
    checks = [_remainder(part, correction) for part in parts]
    mixed = [part[at] for at in range(short + 1) for part in parts if at < len(part)]
    return bytes(mixed + [check[at] for at in range(correction) for check in checks])


def _field() -> tuple[list[int], list[int]]:
    """Powers and logarithms of the field GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1."""
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _field()


def _times(left: int, right: int) -> int:
    return _POWERS[_LOGS[left] + _LOGS[right]] if left and right else 0


def _remainder(words: list[int], degree: int) -> list[int]:
    """What is left of the data as a polynomial, divided by (x - 1)(x - 2)(x - 4) …: the codewords of correction."""
    generator = [1]
    for exponent in range(degree):
        root = _POWERS[exponent]
        shifted = [*generator, 0]
        generator = [high ^ _times(root, low) for high, low in zip(shifted, [0, *generator], strict=True)]
    left = [0] * degree
    for word in words:
        factor = word ^ left[0]
        left = [low ^ _times(factor, part) for low, part in zip([*left[1:], 0], generator[1:], strict=True)]
    return left


# --- where modules go (clauses 6.3 and 7.7 to 7.10) ----------------------------------------------------------


def _patterns(version: int) -> tuple[Grid, Grid]:
    """The function patterns, and which modules are theirs."""
    size = 17 + 4 * version
    grid = [[False] * size for _ in range(size)]
    fixed = [[False] * size for _ in range(size)]

    def put(row: int, column: int, dark: bool) -> None:
        if 0 <= row < size and 0 <= column < size:
            grid[row][column], fixed[row][column] = dark, True

    for at in range(size):
        put(6, at, at % 2 == 0)
        put(at, 6, at % 2 == 0)
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for row in range(-1, 8):
            for column in range(-1, 8):
                put(top + row, left + column, max(abs(row - 3), abs(column - 3)) in (0, 1, 3))
    centres = _centres(version, size)
    for row in centres:
        for column in centres:
            if (row, column) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                for down in range(-2, 3):
                    for right in range(-2, 3):
                        put(row + down, column + right, max(abs(down), abs(right)) != 1)
    for row, column in (*_format_places(size), *_version_places(size, version)):
        put(row, column, False)
    put(size - 8, 8, True)
    return grid, fixed


def _centres(version: int, size: int) -> list[int]:
    """Annex E: rows and columns of the centres of alignment patterns, evenly apart from the last one back."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = (size - 13 + 2 * (count - 1) - 1) // (2 * (count - 1)) * 2
    return [6, *(size - 7 - step * back for back in range(count - 2, -1, -1))]


def _format_places(size: int) -> list[tuple[int, int]]:
    """Places of the fifteen bits of format information, the last bit first, twice (Figure 25)."""
    around = [(row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, column) for column in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(8, size - 1 - at) for at in range(8)] + [(size - 7 + at, 8) for at in range(7)]
    return around + apart


def _version_places(size: int, version: int) -> list[tuple[int, int]]:
    """Places of the eighteen bits of version information, the last bit first, twice (Figure 27)."""
    if version < 7:
        return []
    below = [(size - 11 + bit % 3, bit // 3) for bit in range(18)]
    return below + [(column, row) for row, column in below]


def _place(grid: Grid, fixed: Grid, words: bytes) -> None:
    """The bits go up and down in columns two wide, from the right; the timing column is left out."""
    size = len(grid)
    bits = (word >> bit & 1 for word in words for bit in range(7, -1, -1))
    rights = [right if right > 6 else right - 1 for right in range(size - 1, 0, -2)]
    for turn, right in enumerate(rights):
        for step in range(size):
            row = step if turn % 2 else size - 1 - step
            for column in (right, right - 1):
                if not fixed[row][column]:
                    grid[row][column] = bool(next(bits, 0))


def _masked(grid: Grid, fixed: Grid, version: int, mask: int) -> Grid:
    size = len(grid)
    test = _MASKS[mask]
    made = [
        [dark ^ (not fixed[row][column] and test(row, column)) for column, dark in enumerate(line)]
        for row, line in enumerate(grid)
    ]
    said = _checked(_LEVEL_M << 3 | mask, 10, 0x537) ^ 0x5412
    for number, (row, column) in enumerate(_format_places(size)):
        made[row][column] = bool(said >> number % 15 & 1)
    said = _checked(version, 12, 0x1F25)
    for number, (row, column) in enumerate(_version_places(size, version)):
        made[row][column] = bool(said >> number % 18 & 1)
    return made


def _checked(value: int, bits: int, generator: int) -> int:
    """`value` with its bits of a BCH code behind it (Annexes C and D)."""
    left = value << bits
    while left.bit_length() > bits:
        left ^= generator << left.bit_length() - bits - 1
    return value << bits | left


def _penalty(grid: Grid) -> int:
    """Table 11: runs, blocks, what looks like a finder, and an uneven share of dark modules."""
    size = len(grid)
    found = 0
    for line in (*grid, *map(list, zip(*grid, strict=True))):
        found += sum(run - 2 for run in _runs(line) if run >= 5)
        text = "".join("1" if dark else "0" for dark in line)
        for pattern in ("10111010000", "00001011101"):
            found += 40 * sum(text.startswith(pattern, at) for at in range(size - 10))
    for above, below in pairwise(grid):
        for at in range(size - 1):
            found += 3 * (above[at] == above[at + 1] == below[at] == below[at + 1])
    dark = sum(map(sum, grid))
    return found + 10 * (abs(dark * 20 - size * size * 10) // (size * size))


def _runs(line: list[bool]) -> Iterator[int]:
    length = 1
    for here, following in pairwise(line):
        if here == following:
            length += 1
        else:
            yield length
            length = 1
    yield length
