"""Local exceptions: which rules hold for whom.

A profile takes rules away, changes how severe they are, and names what a library has defined for itself. It never adds
a rule: what is wrong everywhere is a rule, what is wrong here only belongs in the library's own practice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from foundation.errors import InputError, Message

UNKNOWN_PROFILE = Message(
    "rules.unknown_profile",
    "không có hồ sơ kiểm tra {seen!r}. Hãy chọn một trong: {profiles}.",
    "there is no profile {seen!r}. Choose one of: {profiles}.",
)

_LOCAL_TAG = re.compile(r"9..|.9.|..9")
"""The figure 9 marks what is local, in tags as in subfield codes; what the format defines (490) is not."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one community checks. Rules are named by their codes (`isbn`), see docs/checks.md."""

    name: str
    vi: str
    en: str
    off: frozenset[str] = frozenset()
    """Rules that do not hold here."""
    severity: Mapping[str, Literal["E", "W"]] = field(default_factory=dict)
    """Rules that are more or less severe here."""
    local_fields: frozenset[str] = frozenset()
    """Tags the community has defined for itself; their content is not judged."""
    local_subfields: Mapping[str, str] = field(default_factory=dict)
    """Tag → subfield codes it has defined."""
    local_indicators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Tag → values it has defined for the first and the second indicator."""
    local_sources: frozenset[str] = frozenset()
    """Codes of its own for sources of headings (6XX $2)."""
    leader_codes: Mapping[int, str] = field(default_factory=dict)
    """Leader position → codes it has defined."""

    def is_local(self, tag: str) -> bool:
        """Whether the content of fields with this tag is the library's own affair."""
        return tag in self.local_fields or (tag not in _DEFINED_WITH_NINE and _LOCAL_TAG.fullmatch(tag) is not None)


_DEFINED_WITH_NINE = frozenset(["490"])

_OCLC_LEVELS = {17: "IJKLMEP"}
"""Encoding levels of OCLC, which stand in catalogues all over the world (OCLC Bibliographic Formats, ELvl)."""

DEFAULT = Profile(
    "default",
    "MARC 21 như Thư viện Quốc hội Mỹ công bố, có chừa trường riêng của thư viện",
    "MARC 21 as the Library of Congress publishes it; local fields are left alone",
    leader_codes=_OCLC_LEVELS,
)

NATIONAL = Profile(
    "national",
    "Để gửi biểu ghi cho mục lục liên hợp quốc gia: thêm yêu cầu về nguồn, ngôn ngữ và phân loại",
    "For records sent to a national union catalogue: stricter on source, language and class number",
    severity={
        "control_agency": "E",
        "running_number": "E",
        "ddc_cutter": "E",
        "language_differs": "E",
        "minority_language": "E",
        "name_several": "E",
        "replacement": "E",
        "mojibake": "E",
        "future_date": "E",
    },
    leader_codes=_OCLC_LEVELS,
)

GPO = Profile(
    "gpo",
    "Mục lục ấn phẩm chính phủ Hoa Kỳ (GPO)",
    "Catalog of U.S. Government Publications (GPO)",
    off=frozenset(["control_agency", "nonfiling"]),
    local_fields=frozenset(["012"]),
    local_sources=frozenset(["cgpa"]),
    leader_codes=_OCLC_LEVELS,
)

TCVN7539 = Profile(
    "tcvn7539",
    "TCVN 7539:2005 (chưa điền: danh sách trường của tiêu chuẩn chưa có; hiện kiểm tra như MARC 21)",
    "TCVN 7539:2005 (to be filled in: the standard's list of fields is not at hand; MARC 21 holds meanwhile)",
    leader_codes=_OCLC_LEVELS,
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in (DEFAULT, NATIONAL, GPO, TCVN7539)}


def profile(name: str) -> Profile:
    """The profile of this name. Raises InputError that lists those there are."""
    found = PROFILES.get(name)
    if found is None:
        raise InputError(UNKNOWN_PROFILE, seen=name, profiles=", ".join(PROFILES))
    return found
