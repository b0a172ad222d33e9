"""For administrators: tokens, and the system: how it stands, its backups, its index, its settings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from accounts import tokens
from accounts.rights import SCOPES, Act
from accounts.tokens import Token
from catalogue import alarms, backup, jobs
from catalogue.alarms import Alarm
from catalogue.backup import Backup
from catalogue.jobs import Job
from catalogue.store import iso
from harvesting import chores, system
from portal.rest.door import missing, number
from portal.rest.operation import PAGED, Answer, Call, Rooms, Table, listed, page
from portal.rest.schema import array, flag, one_of, ref, text, thing, whole
from portal.workshop import allowed, noted, who
from search.generations import both

_MOST_DAYS: Final = 3660
_JOBS: Final = 200


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "administration"
    _tokens(table, rooms)
    _system(table, rooms)
    _chores(table, rooms)


def _tokens(table: Table, rooms: Rooms) -> None:
    store = rooms.store

    @table.on(
        "GET",
        "/tokens",
        "tokens",
        Act.TOKENS,
        "Các khoá, mới nhất trước; không có bí mật.",
        "Tokens without their secrets, the newest first.",
        listed(ref("Token")),
        *PAGED,
    )
    def every(call: Call) -> Answer:
        behind = number(call.after)
        found = [one for one in tokens.every(store) if allowed(Act.TOKENS, one.library)]
        found = [one for one in found if not behind or one.number < behind]
        return page(found[: call.limit + 1], call.limit, _token, lambda one: one.number)

    @table.on(
        "POST",
        "/libraries/{library}/tokens",
        "add_token",
        Act.TOKENS,
        "Tạo khoá; chỉ với những quyền và thời hạn mà khoá đang dùng có. Bí mật chỉ hiện một lần.",
        "Make a token, with no more scopes and no longer than the one in use. Its secret is shown once.",
        ref("NewToken"),
        status=201,
        secret=True,
        body=thing(
            "name scopes", name=text(100, 1), scopes=array(one_of(*SCOPES), len(SCOPES), 1), days=whole(1, _MOST_DAYS)
        ),
    )
    def make(call: Call) -> Answer:
        wanted = list(dict.fromkeys(call.body["scopes"]))
        made, secret = tokens.give(
            store, who(), call.library, " ".join(call.body["name"].split()), wanted, call.body.get("days")
        )
        noted(Act.TOKENS, f"+{made.name}", library=call.library, detail=" ".join(made.scopes))
        return Answer({"token": _token(made), "secret": secret})

    @table.on(
        "POST",
        "/libraries/{library}/tokens/revoke",
        "revoke_token",
        Act.TOKENS,
        "Thu hồi khoá mang tên này.",
        "Revoke the token of this name.",
        ref("Token"),
        body=thing("name", name=text(100, 1)),
    )
    def revoke(call: Call) -> Answer:
        gone = tokens.revoke(store, call.library, call.body["name"])
        noted(Act.TOKENS, f"-{gone.name}", library=call.library)
        return Answer(_token(gone))


def _system(table: Table, rooms: Rooms) -> None:
    store, settings = rooms.store, rooms.settings

    @table.on(
        "GET",
        "/system",
        "system",
        Act.SYSTEM,
        "Máy chủ có khoẻ không: từng điều đã xem.",
        "Whether the server is well: everything that was looked at.",
        ref("Health"),
    )
    def health(call: Call) -> Answer:
        found = system.examine(store, settings)
        return Answer({"ok": all(one.ok for one in found), "findings": [asdict(one) for one in found]})

    @table.on(
        "GET",
        "/system/jobs",
        "jobs",
        Act.SYSTEM,
        "Việc chạy lâu, mới nhất trước.",
        "Long work, the newest first.",
        thing("*", items=array(ref("Job"))),
    )
    def work(call: Call) -> Answer:
        return Answer({"items": [_job(one) for one in jobs.latest(store, _JOBS)]})

    @table.on(
        "GET",
        "/system/alarms",
        "alarms",
        Act.SYSTEM,
        "Những điều đã báo động.",
        "What was raised as an alarm.",
        thing("*", items=array(ref("Alarm"))),
    )
    def log(call: Call) -> Answer:
        return Answer({"items": [_alarm(one) for one in alarms.latest(store, limit=_JOBS)[::-1]]})


def _chores(table: Table, rooms: Rooms) -> None:
    store, settings = rooms.store, rooms.settings
    work = {
        chores.BACKUP: ("backup", "Sao lưu ngay, ở phía sau.", "Make a backup now, behind the scenes."),
        chores.EXAMINE: ("examine", "Kiểm tra toàn bộ kho, ở phía sau.", "Look the whole store through, behind."),
    }
    for kind, (path, vi, en) in work.items():

        def ask(call: Call, kind: str = kind) -> Answer:
            chores.ask(store, kind)
            noted(Act.SYSTEM, kind)
            return Answer({"asked": chores.asked(store, kind)})

        table.put("POST", f"/system/{path}", f"{path}_system", Act.SYSTEM, vi, en, thing("*", asked=flag()), status=202,
                  do=ask)  # fmt: skip

    @table.on(
        "POST",
        "/system/index",
        "rebuild_index",
        Act.SYSTEM,
        "Lập lại chỉ mục tìm kiếm; chỉ mục cũ vẫn trả lời cho đến khi xong.",
        "Build the search index anew; the old one answers until that is done.",
        thing("*", asked=flag()),
        status=202,
    )
    def rebuild(call: Call) -> Answer:
        for generations in both(settings):
            generations.ask_rebuild()
        noted(Act.SYSTEM, "index rebuild")
        return Answer({"asked": True})

    @table.on(
        "GET",
        "/system/backups",
        "backups",
        Act.SYSTEM,
        "Các bản sao lưu còn giữ, mới nhất trước.",
        "The backups that are kept, the newest first.",
        thing("*", items=array(ref("Backup"))),
    )
    def kept(call: Call) -> Answer:
        found = backup.kept(backup.place(settings)) if store.sqlite else []
        return Answer({"items": [_backup(one) for one in found]})

    @table.on(
        "POST",
        "/system/backups/{backup}/verify",
        "verify_backup",
        Act.SYSTEM,
        "Đọc lại một bản sao lưu xem có nguyên vẹn không.",
        "Read a backup again to see whether it is whole.",
        ref("Backup"),
    )
    def verify(call: Call) -> Answer:
        known = {one.name for one in backup.kept(backup.place(settings))}
        if call.path["backup"] not in known:
            missing()
        return Answer(_backup(backup.verify(backup.place(settings) / call.path["backup"])))

    @table.on(
        "GET",
        "/system/settings",
        "settings",
        Act.SYSTEM,
        "Cấu hình đang có hiệu lực; bí mật không hiện.",
        "The settings in force, without secrets.",
        thing("*", items=array({"type": "object"})),
    )
    def in_force(call: Call) -> Answer:
        return Answer({"items": [_plain(asdict(one)) for one in system.settings_in_force(settings)]})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON has them."""
    known: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return known


def _backup(one: Backup) -> dict[str, Any]:
    return {"name": one.name, "made": iso(one.made), "records": one.records, "size": one.size}


def _token(one: Token) -> dict[str, Any]:
    return {
        "number": one.number,
        "library": one.library,
        "name": one.name,
        "scopes": list(one.scopes),
        "created": iso(one.created),
        "expires": _when(one.expires),
        "revoked": _when(one.revoked),
        "used": _when(one.used),
    }


def _job(one: Job) -> dict[str, Any]:
    moments = {"started": iso(one.started), "heartbeat": iso(one.heartbeat), "finished": _when(one.finished)}
    return asdict(one) | moments


def _alarm(one: Alarm) -> dict[str, Any]:
    return {
        "number": one.number,
        "source": one.name,
        "library": one.library,
        "kind": one.kind,
        "vi": one.reason_vi,
        "en": one.reason_en,
        "raised": iso(one.raised),
        "cleared": _when(one.cleared),
        "told": list(one.told),
    }


def _when(seconds: int | None) -> str | None:
    return None if seconds is None else iso(seconds)
