"""What encodings and forms of files are called on pages: by the names that people know them under.

called("utf-8-tcvn3")       # "TCVN3 (ABC) lưu nhầm thành UTF-8"
UNICODE                     # what needs no look: text that is as it should be
"""

from __future__ import annotations

from typing import Final

from portal.wording import language

UNICODE: Final = frozenset(("utf-8", "utf-8-nfd", "utf-16", "ascii"))
_NAMES: Final = {
    "ascii": "ASCII", "utf-8": "Unicode (UTF-8)", "utf-16": "Unicode (UTF-16)", "tcvn3": "TCVN3 (ABC)", "vni": "VNI",
    "viscii": "VISCII", "vps": "VPS", "cp1258": "Windows-1258", "cp1252": "Windows-1252", "cp850": "DOS 850",
    "cp437": "DOS 437", "viqr": "VIQR", "marc8": "MARC-8", "marc-8": "MARC-8",
}  # fmt: skip
_SAID: Final = {
    "utf-8-nfd": ("Unicode tổ hợp (UTF-8)", "Unicode with combining marks (UTF-8)"),
    "utf-8-twice": ("UTF-8 bị lưu hai lần", "UTF-8 saved twice"),
    "unknown": ("chưa rõ", "not recognised"),
}
_FORMS: Final = {"iso2709": "ISO 2709", "marcxml": "MARCXML", "marcjson": "MARC-in-JSON", "mrk": ".mrk", "csv": "CSV"}


def called(name: str) -> str:
    """An encoding in the language of the page; one that nobody has named as it is."""
    return named(name)[language() == "en"]


def named(name: str) -> tuple[str, str]:
    """The same in Vietnamese and in English."""
    if name in _SAID:
        return _SAID[name]
    if name.startswith("utf-8-") and name[6:] in _NAMES:
        inner = _NAMES[name[6:]]
        return f"{inner} lưu nhầm thành UTF-8", f"{inner} mistaken and saved as UTF-8"
    return _NAMES.get(name, name), _NAMES.get(name, name)


def form(name: str) -> str:
    """What a file was recognised as."""
    return _FORMS.get(name, name)
