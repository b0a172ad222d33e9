"""The trail is only added to, and shows when it was tampered with."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from accounts import audit
from accounts.access import Who, shell
from accounts.rights import Act
from catalogue.store import Store
from tests.catalogue.conftest import NOW

ANH = Who("person", 1, "anh", "Anh")


def write(store: Store, count: int = 5) -> None:
    for number in range(count):
        with store.write() as connection:
            audit.note(connection, NOW + number, ANH, Act.EDIT, f"BK{number}", library="bk01", change_set=number)


def broken(store: Store) -> int | None:
    with store.read() as connection:
        return audit.verify(connection).broken


def tamper(store: Store, statement: str) -> None:
    """What somebody does who has the database itself, its guards taken away."""
    with store.write() as connection:
        if store.sqlite:
            connection.execute(text("DROP TRIGGER IF EXISTS audit_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_delete"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_change"))
        connection.execute(text(statement))


def test_what_is_noted_is_read_again_the_newest_first(both: Store) -> None:
    write(both)
    with both.write() as connection:
        audit.note(connection, NOW, shell("root"), "sign_out", "x" * 1000, detail="“Ba Bể”", address="::1")
    with both.read() as connection:
        found = list(audit.entries(connection))
        assert [one.number for one in found] == [6, 5, 4, 3, 2, 1]
        assert (found[0].actor, found[0].address, len(found[0].object)) == ("shell:root", "::1", 300)
        assert (found[1].act, found[1].object, found[1].change_set) == ("edit", "BK4", 4)
        assert [one.number for one in audit.entries(connection, before=4, count=2, actor="anh")] == [3, 2]
        assert [one.number for one in audit.entries(connection, reach=["bk02"])] == []
    assert broken(both) is None


@pytest.mark.parametrize(("statement", "number"), [
    ("UPDATE audit SET detail = 'x' WHERE id = 3", 3),
    ("UPDATE audit SET actor = 'ai', act = 'editanh' WHERE id = 2", 2),
    ("DELETE FROM audit WHERE id = 2", 2),
    ("DELETE FROM audit WHERE id = 5", 5),
    ("UPDATE audit SET moment = moment - 1 WHERE id = 5", 5),
    ("UPDATE audit_head SET last = 4", 6),
])  # fmt: skip
def test_tampering_shows(store: Store, statement: str, number: int) -> None:
    write(store)
    assert broken(store) is None
    tamper(store, statement)
    assert broken(store) == number


@pytest.mark.parametrize("statement", ["UPDATE audit SET detail = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_it(both: Store, statement: str) -> None:
    write(both, 1)
    with pytest.raises(DBAPIError, match="only added"), both.engine.connect() as connection, connection.begin():
        connection.execute(text(statement))
    assert broken(both) is None


def test_an_entry_is_kept_with_what_it_is_about_or_not_at_all(store: Store) -> None:
    class SomethingElseError(Exception):
        pass

    def fail() -> None:
        with store.write() as connection:
            audit.note(connection, NOW, ANH, Act.EDIT)
            raise SomethingElseError

    with pytest.raises(SomethingElseError):
        fail()
    with store.read() as connection:
        assert list(audit.entries(connection)) == []


def test_many_at_the_same_time_make_one_chain(both: Store) -> None:
    writers = [threading.Thread(target=write, args=(both, 5)) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with both.read() as connection:
        proof = audit.verify(connection)
    assert (proof.entries, proof.broken) == (20, None)


def test_a_change_set_is_of_who_let_it_be_seen_and_an_undo_of_who_undid(store: Store) -> None:
    """Whoever sent it first, checked it or undid it later is another person."""
    written: list[tuple[str, Act, str, int]] = [
        ("lan", Act.IMPORT, "", 1), ("minh", Act.PUBLISH, "", 1), ("an", Act.UNDO, "", 1),
        ("minh", Act.PUBLISH, f"{audit.DRAFT_OF}lan", 3), ("an", Act.UNDO, "undo", 5),
    ]  # fmt: skip
    with store.write() as connection:
        for login, act, detail, number in written:
            audit.note(connection, 1, Who("person", 1, login), act, "x", detail=detail, change_set=number)
        found = audit.makers(connection, {1: None, 2: 1, 3: None, 4: None, 5: 3})
    assert found == {1: ("minh", ""), 2: ("an", ""), 3: ("minh", "lan"), 5: ("an", "")}
