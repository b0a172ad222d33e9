"""Libraries: reading them, adding one, giving one other names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from accounts.rights import Act
from catalogue import libraries
from catalogue.libraries import KINDS, Library
from portal.rest.door import missing, permit
from portal.rest.operation import PAGED, Answer, Call, Rooms, Table, listed, page
from portal.rest.schema import one_of, ref, text, thing
from portal.rest.shapes import SHAPES
from portal.workshop import noted

_NAMES: Final[dict[str, Any]] = {
    "name_vi": text(200, 1),
    "name_en": text(200),
    "email": text(200),
    "kind": one_of(*KINDS),
}


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    store = rooms.store
    table.group = "libraries"

    @table.on(
        "GET", "/libraries", "libraries", Act.READ, "Mọi thư viện.", "All libraries.", listed(ref("Library")), *PAGED
    )
    def every(call: Call) -> Answer:
        found = [one for one in libraries.all_libraries(store) if one.code > call.after]
        return page(found[: call.limit + 1], call.limit, row, lambda one: one.code)

    @table.on("GET", "/libraries/{library}", "library", Act.READ, "Một thư viện.", "One library.", ref("Library"))
    def one(call: Call) -> Answer:
        found = next((one for one in libraries.all_libraries(store) if one.code == call.library), None)
        return Answer(row(found)) if found else missing()

    @table.on(
        "POST",
        "/libraries",
        "add_library",
        Act.LIBRARIES,
        "Thêm thư viện; khoá phải có quyền ở thư viện cấp trên, hoặc quyền `system` nếu không có cấp trên.",
        "Add a library; the token needs the scope at the library above, or `system` when there is none.",
        ref("Library"),
        status=201,
        body=thing("code name_vi kind", code=text(40, 1, "[A-Za-z0-9-]+"), parent=text(40), **_NAMES),
    )
    def make(call: Call) -> Answer:
        parent = call.body.get("parent", "")
        permit(Act.LIBRARIES, parent) if parent else permit(Act.SYSTEM)
        new = Library(**call.body)
        new = replace(new, name_vi=" ".join(new.name_vi.split()), name_en=" ".join(new.name_en.split()))
        libraries.add(store, new)
        noted(Act.LIBRARIES, "+", library=new.code, detail=new.name_vi)
        return Answer(row(new), location=f"/libraries/{new.code}")

    @table.on(
        "PATCH",
        "/libraries/{library}",
        "change_library",
        Act.LIBRARIES,
        "Đổi tên, loại, địa chỉ thư hoặc cấp trên của thư viện; đổi cấp trên cần quyền ở cả hai nơi, hoặc `system`.",
        "Change a library's names, kind, address for letters or the library above; for that one the scope is needed "
        "at both, or `system`.",
        ref("Library"),
        body=thing(**_NAMES, parent=text(40)),
    )
    def change(call: Call) -> Answer:
        before = libraries.get(store, call.library)
        if before is None:
            missing()
        values = {name: call.body.get(name, getattr(before, name)) for name in _NAMES}
        parent = call.body.get("parent", before.parent)
        if parent != before.parent:  # it leaves one library's reach and comes into another's
            for above in (before.parent, parent):
                permit(Act.LIBRARIES, above) if above else permit(Act.SYSTEM)
        with store.write() as connection:
            libraries.change(connection, call.library, parent=parent, **values)
            noted(Act.LIBRARIES, "=", library=call.library, detail=values["name_vi"], connection=connection)
        return one(call)


def row(found: Library) -> dict[str, Any]:
    """A library; its address for letters is for those who look after it, on their screen."""
    names = SHAPES["Library"]["properties"]
    return {name: getattr(found, name) for name in names}
