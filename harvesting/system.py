"""How the whole server stands: what a system administrator looks at first. Values and sentences, nothing is changed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from catalogue import backup, changes, followers, health, set_sweep
from catalogue import clock as store_clock
from catalogue.health import Finding
from catalogue.store import Store, iso
from foundation.errors import LienThongError, counted
from foundation.settings import Settings
from foundation.settings import file as settings_file
from harvesting import chores
from search.generations import both
from search.index import BrokenIndexError
from union import standing as union_standing
from vietnamese.numbers import written

BEHIND: Final = 5_000
"""Changes that a follower may be behind for a while, after a large import."""
STALE_DAYS: Final = 2
"""A backup that is older is too old for a server that changes every day."""
_SECRET: Final = ("password", "secret", "key", "token")
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force."""

    name: str
    value: str
    """As it is shown; never a secret."""
    origin: str
    """`default`, `file` (lienthong.toml), `environment`, or `command`: the command line that started the server."""


def examine(store: Store, settings: Settings) -> list[Finding]:
    """Everything that can be seen at once. Raises StoreError when the store cannot be read at all."""
    return [
        *health.glance(store, settings.home),
        _database(store, settings),
        _formats(store),
        _search(store, settings),
        _union(store),
        _worker(store),
        _backup(store, settings),
    ]


def _database(store: Store, settings: Settings) -> Finding:
    if not store.sqlite:
        return Finding("store", True, "kho dữ liệu: PostgreSQL.", "store: PostgreSQL.")
    path = Path(str(make_url(settings.database_url).database))
    size = sum(one.stat().st_size for one in (path, Path(f"{path}-wal")) if one.exists()) / 2**20
    return Finding("store", True, f"kho dữ liệu: SQLite, {size:,.1f} MiB.", f"store: SQLite, {size:,.1f} MiB.")


def _formats(store: Store) -> Finding:
    behind, unsorted = followers.behind(store), set_sweep.left(store)
    left = behind.changes + behind.records + unsorted
    if not left:
        return Finding("formats", True, "khổ mẫu và bộ đã theo kịp.", "formats and sets have caught up.")
    return Finding(
        "formats",
        left < BEHIND,
        f"khổ mẫu và bộ còn phải làm {written(left)} việc; máy chủ tự làm tiếp.",
        f"formats and sets have {counted(left, 'thing')} left to do; the server goes on by itself.",
    )


def _search(store: Store, settings: Settings) -> Finding:
    """The indexes of this machine; of the two, the one that is worse off."""
    reason, missing = "", False
    furthest = changes.last(store)
    for generations in both(settings):
        folder = generations.current()
        if folder is None:
            missing = True
            continue
        try:
            index = generations.open(folder)
            furthest = min(furthest, index.last_seq)
            index.close()
        except BrokenIndexError as error:
            reason = error.text("en")
        except LienThongError as error:
            return Finding("search", False, error.text("vi"), error.text("en"))
    if missing or reason:
        why = f" ({reason})" if reason else ""
        return Finding(
            "search",
            False,
            f"chỉ mục tìm kiếm chưa có hoặc bị hỏng{why}; máy chủ đang chạy sẽ tự lập lại.",
            f"the search index is missing or damaged{why}; a running server builds it anew by itself.",
        )
    behind = changes.count_behind(store, furthest)
    if not behind:
        return Finding("search", True, "chỉ mục tìm kiếm đã theo kịp.", "the search index has caught up.")
    return Finding(
        "search",
        behind < BEHIND,
        f"chỉ mục tìm kiếm còn chậm {written(behind)} thay đổi.",
        f"the search index is {counted(behind, 'change')} behind.",
    )


def _union(store: Store) -> Finding:
    with store.read() as connection:
        state, seq = union_standing.read(connection), store_clock.read(connection).seq
    if state is None:
        return Finding(
            "union",
            True,
            "mục lục liên hợp chưa được gộp lần nào; máy chủ sẽ tự gộp khi chạy.",
            "the union was never made; the server makes it while it runs.",
        )
    behind = max(0, seq - state.position)
    if not behind:
        return Finding("union", True, "mục lục liên hợp đã theo kịp.", "the union has caught up.")
    return Finding(
        "union",
        behind < BEHIND,
        f"mục lục liên hợp còn chậm {written(behind)} thay đổi.",
        f"the union is {counted(behind, 'change')} behind.",
    )


def _worker(store: Store) -> Finding:
    """Whoever harvests what is due says every minute that it lives."""
    sign = chores.last_sign(store)
    with store.read() as connection:
        now = store.now(connection)
    if sign is not None and now - sign < chores.ALIVE_SECONDS:
        return Finding("worker", True, "bộ phận chạy nền đang hoạt động.", "the worker is alive.")
    last = "–" if sign is None else iso(sign)
    return Finding(
        "worker",
        False,
        f"bộ phận chạy nền không hoạt động (lần cuối: {last}): nguồn không được thu thập theo lịch, không có sao lưu. "
        "Hãy chạy lienthong serve, hoặc lienthong serve --only worker.",
        f"no worker is alive (last sign: {last}): nothing is harvested by its schedule or backed up. "
        "Run lienthong serve, or lienthong serve --only worker.",
    )


def _backup(store: Store, settings: Settings) -> Finding:
    if not store.sqlite:
        return Finding(
            "backup",
            True,
            "kho ở PostgreSQL: hãy sao lưu bằng công cụ của nó (docs/operations.md).",
            "the store is in PostgreSQL: back it up with its own tools (docs/operations.md).",
        )
    made = backup.kept(backup.place(settings))
    with store.read() as connection:
        now = store.now(connection)
    if made and now - made[0].made < STALE_DAYS * _DAY:
        one = made[0]
        return Finding(
            "backup",
            True,
            f"bản sao lưu gần nhất: {iso(one.made)}, {written(one.records)} biểu ghi, đã đọc lại nguyên vẹn.",
            f"newest backup: {iso(one.made)}, {counted(one.records, 'record')}, read again and whole.",
        )
    last = iso(made[0].made) if made else "–"
    return Finding(
        "backup",
        False,
        f"chưa có bản sao lưu nào trong {STALE_DAYS} ngày qua (gần nhất: {last}). Hãy sao lưu ngay.",
        f"no backup in the last {STALE_DAYS} days (newest: {last}). Make one now.",
    )


def settings_in_force(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Setting]:
    """Every setting, where its value comes from, and the value unless it is a secret."""
    environment = os.environ if environment is None else environment
    path = settings_file(environment, settings.home)
    try:
        written = set(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError):
        written = set()
    found = []
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        origin = "default" if value == entry.default else "command"
        if f"LIENTHONG_{entry.name.upper()}" in environment:
            origin = "environment"
        elif entry.name in written:
            origin = "file"
        found.append(Setting(entry.name, _shown(entry.name, value), origin))
    return found


def _shown(name: str, value: object) -> str:
    """A value without what nobody should read over a shoulder."""
    if name == "database" and value:
        return make_url(str(value)).render_as_string(hide_password=True)
    if value and any(word in name for word in _SECRET) and not isinstance(value, int):
        return "••••••"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)
