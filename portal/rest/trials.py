"""Sources tried before they are added, and changed afterwards."""

from __future__ import annotations

from typing import Any, Final

from accounts.rights import Act
from harvesting import standing, trials
from portal import sources as screens
from portal.rest.door import missing, permit
from portal.rest.harvests import source_of
from portal.rest.operation import Answer, Call, Rooms, Table
from portal.rest.schema import flag, ref, text, thing
from portal.workshop import who

_SECRET: Final = 10_000
"""Characters of a password, or of a private key with which a program logs in."""
_WISH: Final = thing(
    "address", address=text(2_000, 1), prefix=text(100), user=text(200), password=text(_SECRET), host_key=text(200),
    allow_private=flag(),
)  # fmt: skip


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    store, settings = rooms.store, rooms.settings
    table.group = "harvests"

    @table.on(
        "POST",
        "/libraries/{library}/trials",
        "try_source",
        Act.SOURCES,
        "Thử một địa chỉ trước khi thêm nguồn; kết quả đến dần ở Location. Mạng hoặc ổ đĩa riêng cần thêm `system`.",
        "Try an address before it is added; what is found comes in at the Location. A private network or disk needs "
        "`system` too.",
        ref("SourceTrial"),
        status=202,
        body=_WISH,
    )
    def attempt(call: Call) -> Answer:
        said = call.body
        made = screens.begin_trial(
            store, settings, call.library, said["address"].strip(), private=said.get("allow_private", False),
            **{name: said.get(name, "") for name in ("prefix", "user", "password", "host_key")},
        )  # fmt: skip
        found = trials.get(store, made, who().actor) or missing()
        return Answer(_trial(made, found), location=f"/trials/{made}")

    @table.on(
        "GET",
        "/trials/{trial}",
        "source_trial",
        Act.SOURCES,
        "Lần thử đến đâu; `over` khi xong, `settings` là những gì nên đặt cho nguồn.",
        "How far the trial is; `over` when it has ended, `settings` what the source should be given.",
        ref("SourceTrial"),
    )
    def tried(call: Call) -> Answer:
        return Answer(
            _trial(call.path["trial"], trials.get(store, call.path["trial"], who().actor) or missing())
        )  # fmt: skip

    @table.on(
        "PATCH",
        "/sources/{number}",
        "change_source",
        (Act.RUNS, Act.SOURCES),
        "Đổi một số điều đã đặt cho nguồn; điều không nhắc đến giữ nguyên. Mạng hoặc ổ đĩa riêng cần thêm `system`.",
        "Give some settings of a source other values; the others stay. A private network or disk needs `system` too.",
        ref("SourceInFull"),
        body=thing(settings={"type": "object"}, password=text(_SECRET)),
    )
    def change(call: Call) -> Answer:
        found = source_of(rooms, call.number)
        permit(Act.SOURCES, found.library)
        given = {name: value for name, value in call.body.get("settings", {}).items() if name != "password"}
        made = screens.change_settings(store, settings, found, given, call.body.get("password", ""))
        kept = {name: value for name, value in made.settings.items() if name != "password"}
        return Answer({"source": screens.row(standing.source_standing(store, settings, made)), "settings": kept})


def _trial(number: str, found: trials.Kept) -> dict[str, Any]:
    made = found.found
    proposed: dict[str, Any] = {}
    if made is not None and made.get("url"):
        proposed = {name: made[name] for name in ("url", "prefix", "quirks") if made.get(name)}
        proposed |= made.get("settings", {})
    return {
        "trial": number,
        "library": found.wish["library"],
        "over": found.over,
        "at": found.at,
        "kind": str(made.get("kind", "")) if made else "",
        "settings": proposed,
        "found": made,
        "error": found.error or None,
    }
