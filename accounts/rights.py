"""The one table of rights: which role may do what. `accounts.access` asks it; documentation and tests read it.

Acts are what a person wants done, in a librarian's words, not tables or addresses. Whoever adds a screen, an address
or a command names its act here; what names none is shut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Act(StrEnum):
    """What can be done. The values are kept in the audit trail and never change their meaning."""

    READ = "read"
    ACCOUNT = "account"
    IMPORT = "import"
    PUBLISH = "publish"
    UNDO = "undo"
    SOURCES = "sources"
    RUNS = "runs"
    QUARANTINE = "quarantine"
    DECIDE = "decide"
    UNION_RULES = "union_rules"
    EDIT = "edit"
    COPY = "copy"
    EXPORT = "export"
    QUALITY = "quality"
    STATISTICS = "statistics"
    COLLECTIONS = "collections"
    PUSH = "push"
    MATCH = "match"
    PEOPLE = "people"
    TOKENS = "tokens"
    AUDIT = "audit"
    LIBRARIES = "libraries"
    TARGETS = "targets"
    SYSTEM = "system"


class Role(StrEnum):
    """Who somebody is to a library and those below it."""

    ADMINISTRATOR = "administrator"
    PROVINCIAL_CATALOGUER = "provincial_cataloguer"
    LIBRARY_MANAGER = "library_manager"
    LIBRARY_CATALOGUER = "library_cataloguer"
    CONTRIBUTOR = "contributor"
    PARTNER_PROGRAMME = "partner_programme"


@dataclass(frozen=True, slots=True)
class Words:
    """What an act or a role is called, and one sentence about it."""

    vi: str
    en: str
    about_vi: str = ""
    about_en: str = ""


ROLES: Final = {
    Role.ADMINISTRATOR: Words(
        "Quản trị hệ thống", "Administrator",
        "Làm được mọi việc ở mọi thư viện.", "May do everything at every library.",
    ),
    Role.PROVINCIAL_CATALOGUER: Words(
        "Biên mục viên cấp tỉnh", "Provincial cataloguer",
        "Biên mục, thu thập, gộp trùng cho thư viện của mình và các thư viện bên dưới; lập bộ sưu tập chung.",
        "Catalogues, harvests and settles duplicates for their library and those below it; makes shared collections.",
    ),
    Role.LIBRARY_MANAGER: Words(
        "Phụ trách thư viện", "Library manager",
        "Mọi việc nghiệp vụ của thư viện mình, kể cả mời người và cấp khoá cho chương trình.",
        "All work of their library, inviting people and giving tokens to programs included.",
    ),
    Role.LIBRARY_CATALOGUER: Words(
        "Biên mục viên", "Library cataloguer",
        "Nhập, sửa, công bố và hoàn tác biểu ghi của thư viện mình.",
        "Imports, edits, publishes and undoes records of their library.",
    ),
    Role.CONTRIBUTOR: Words(
        "Cộng tác viên", "Contributor",
        "Nhập và soạn biểu ghi để người khác duyệt; không tự công bố.",
        "Brings and drafts records that somebody else publishes.",
    ),
    Role.PARTNER_PROGRAMME: Words(
        "Chương trình của đối tác", "Partner programme",
        "Không phải người: chương trình dùng khoá của thư viện, chỉ làm những việc ghi trong khoá.",
        "No person: a program with a token of the library, which may do what the token says and nothing else.",
    ),
}  # fmt: skip

ACTS: Final = {
    Act.READ: Words("Tra cứu và thu thập dữ liệu công khai", "Read and harvest what is public"),
    Act.ACCOUNT: Words("Tài khoản của mình", "One's own account"),
    Act.IMPORT: Words("Nhập dữ liệu, chờ duyệt", "Import, to be published later"),
    Act.PUBLISH: Words("Công bố biểu ghi", "Publish records"),
    Act.UNDO: Words("Hoàn tác", "Undo"),
    Act.SOURCES: Words("Nguồn thu thập", "Sources of harvests"),
    Act.RUNS: Words("Phiên thu thập", "Runs of harvests"),
    Act.QUARANTINE: Words("Biểu ghi bị cách ly", "Quarantined records"),
    Act.DECIDE: Words("Xử lý trùng lặp", "Settle duplicates"),
    Act.UNION_RULES: Words("Quy tắc gộp của mục lục liên hợp", "Rules of the union"),
    Act.EDIT: Words("Soạn biểu ghi", "Edit records"),
    Act.COPY: Words("Sao chép biểu ghi từ nơi khác", "Copy records from elsewhere"),
    Act.EXPORT: Words("Xuất dữ liệu", "Export"),
    Act.QUALITY: Words("Chất lượng dữ liệu", "Quality of the data"),
    Act.STATISTICS: Words("Thống kê – báo cáo", "Statistics and reports"),
    Act.COLLECTIONS: Words("Bộ sưu tập chung", "Shared collections"),
    Act.PUSH: Words("Chương trình gửi biểu ghi", "Records sent by a program"),
    Act.MATCH: Words("Chương trình hỏi trùng", "Duplicates asked for by a program"),
    Act.PEOPLE: Words("Người dùng và phân quyền", "People and their roles"),
    Act.TOKENS: Words("Khoá cho chương trình", "Tokens for programs"),
    Act.AUDIT: Words("Nhật ký", "Audit log"),
    Act.LIBRARIES: Words("Thư viện", "Libraries"),
    Act.TARGETS: Words("Mục lục khác để sao chép", "Catalogues to copy from"),
    Act.SYSTEM: Words("Hệ thống", "The system"),
}  # fmt: skip

EVERYBODY: Final = frozenset((Act.READ,))
"""What needs no account: the public doors (web, OAI-PMH, SRU, Z39.50, exports of public records)."""
SIGNED_IN: Final = frozenset((Act.ACCOUNT,))
"""What every person may who is signed in, whatever their roles."""
WHOLE: Final = frozenset((Act.UNION_RULES, Act.COLLECTIONS, Act.TARGETS, Act.SYSTEM))
"""Acts that concern no single library: the role must be held over everything, or over a library that has none above."""

_CONTRIBUTES: Final = frozenset((Act.IMPORT, Act.EDIT, Act.COPY, Act.EXPORT, Act.QUALITY))
_CATALOGUES: Final = _CONTRIBUTES | {
    Act.PUBLISH, Act.UNDO, Act.RUNS, Act.QUARANTINE, Act.DECIDE, Act.STATISTICS,
}  # fmt: skip

RIGHTS: Final = {
    Role.ADMINISTRATOR: frozenset(Act),
    Role.PROVINCIAL_CATALOGUER: _CATALOGUES | {Act.SOURCES, Act.COLLECTIONS, Act.TARGETS},
    Role.LIBRARY_MANAGER: _CATALOGUES
    | {Act.SOURCES, Act.PEOPLE, Act.TOKENS, Act.AUDIT, Act.LIBRARIES, Act.PUSH, Act.MATCH},
    Role.LIBRARY_CATALOGUER: _CATALOGUES,
    Role.CONTRIBUTOR: _CONTRIBUTES,
    Role.PARTNER_PROGRAMME: _CATALOGUES
    | {Act.PUSH, Act.MATCH, Act.SOURCES, Act.LIBRARIES, Act.PEOPLE, Act.TOKENS, Act.AUDIT, Act.UNION_RULES}
    | {Act.COLLECTIONS, Act.TARGETS, Act.SYSTEM},
}
"""Role → acts, at the library of the role and at every library below it."""

SCOPES: Final = {str(act): act for act in sorted(RIGHTS[Role.PARTNER_PROGRAMME])}
"""What a token may be given: the name of an act of partner programmes. Who gives it has to hold the act themselves."""
