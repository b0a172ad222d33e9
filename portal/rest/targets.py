"""The catalogues to search and copy from: which there are, adding and changing them, on and off, a trial."""

from __future__ import annotations

from typing import Any

from accounts.rights import Act
from harvesting.target_trial import Trial
from portal import targets as screens
from portal.rest.operation import Answer, Call, Rooms, Table
from portal.rest.schema import array, flag, one_of, ref, text, thing
from portal.workshop import language
from z3950_bridge.peer import SRU, Z3950


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    table.group = "elsewhere"
    _keeping(table, rooms)
    _turning(table, rooms)


def _keeping(table: Table, rooms: Rooms) -> None:
    targets = rooms.targets

    @table.on(
        "GET",
        "/targets/every",
        "every_target",
        Act.TARGETS,
        "Mọi nguồn sao chép đã khai và nguồn công cộng có sẵn, cùng thiết đặt; mật khẩu không bao giờ hiện.",
        "Every target that is kept or known, with its settings; passwords are never shown.",
        thing("*", items=array(ref("TargetInFull"))),
    )
    def every(call: Call) -> Answer:
        return Answer({"items": screens.rows(targets)})

    @table.on(
        "PUT",
        "/targets/{target}",
        "put_target",
        Act.TARGETS,
        "Thêm nguồn sao chép, hoặc đổi những thiết đặt được nêu. Mạng nội bộ cần thêm quyền `system`; mật khẩu không "
        "nêu thì giữ, rỗng thì bỏ.",
        "Add a target, or change the settings that are named. A private network needs the scope `system` too; a "
        "password that is left out is kept, an empty one takes it away.",
        ref("TargetInFull"),
        body=thing(
            "protocol settings",
            protocol=one_of(Z3950, SRU),
            settings={"type": "object"},
            password=text(2_000),
            enabled=flag(),
        ),
    )
    def put(call: Call) -> Answer:
        said, name = call.body, call.path["target"]
        password = said.get("password", ...) or None
        enabled = next((one.enabled for one, _made in targets.every() if one.name == name), True)
        screens.kept(
            targets, name, said["protocol"], said["settings"], password, enabled=said.get("enabled", enabled)
        )  # fmt: skip
        return Answer(next(row for row in screens.rows(targets) if row["name"] == name))


def _turning(table: Table, rooms: Rooms) -> None:
    targets = rooms.targets
    ways = {
        "enable": ("POST", "/targets/{target}/enable", "Bật nguồn sao chép.", "Let a target be searched."),
        "disable": ("POST", "/targets/{target}/disable", "Tắt; thiết đặt được giữ.", "Let it not be searched."),
        "remove": ("DELETE", "/targets/{target}", "Bỏ; biểu ghi đã sao chép vẫn còn.", "Forget it; copies stay."),
    }
    for what, (method, path, vi, en) in ways.items():

        def turn(call: Call, what: str = what) -> Answer:
            screens.turned(targets, call.path["target"], what)
            return Answer()

        table.put(method, path, f"{what}_target", Act.TARGETS, vi, en, None, do=turn)

    @table.on(
        "POST",
        "/targets/{target}/try",
        "try_target",
        Act.TARGETS,
        "Gọi thử: có trả lời không, tìm được gì, biểu ghi đọc được không. Không lưu gì.",
        "Call it: does it answer, what does it find, can its records be read. Nothing is kept.",
        ref("TargetTrial"),
        body=thing(query=text(500)),
    )
    def attempt(call: Call) -> Answer:
        return Answer(_trial(screens.tried(targets, call.path["target"], call.body.get("query", ""))))


def _trial(made: Trial) -> dict[str, Any]:
    return {
        "place": made.place,
        "answers": made.answers,
        "said": made.said,
        "indexes": list(made.indexes),
        "schemas": list(made.schemas),
        "hits": made.hits,
        "samples": [
            {"position": one.position, "title": one.title, "problems": [said.text(language()) for said in one.problems]}
            for one in made.samples
        ],
        "problem": None if made.problem is None else made.problem.text(language()),
    }
