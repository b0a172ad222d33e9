"""The table of rights of `docs/accounts.md`, from `accounts.rights`; `tests/accounts/test_page.py` compares."""

from __future__ import annotations

from accounts.rights import ACTS, EVERYBODY, RIGHTS, ROLES, SIGNED_IN, WHOLE, Act, Role

COLUMNS = {
    Role.ADMINISTRATOR: "Quản trị",
    Role.PROVINCIAL_CATALOGUER: "Biên mục tỉnh",
    Role.LIBRARY_MANAGER: "Phụ trách",
    Role.LIBRARY_CATALOGUER: "Biên mục",
    Role.CONTRIBUTOR: "Cộng tác",
    Role.PARTNER_PROGRAMME: "Khoá",
}


def table() -> str:
    """The rows, in Markdown."""
    lines = [f"| việc | {' | '.join(COLUMNS.values())} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for act, words in ACTS.items():
        marks = " | ".join("✓" if _may(role, act) else "" for role in ROLES)
        lines.append(f"| {words.vi}{' ★' if act in WHOLE else ''} (`{act}`) | {marks} |")
    return "\n".join(lines)


def _may(role: Role, act: Act) -> bool:
    own = act in SIGNED_IN and role is not Role.PARTNER_PROGRAMME
    return act in RIGHTS[role] or act in EVERYBODY or own
