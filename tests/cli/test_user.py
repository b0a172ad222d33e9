"""People on the command line, and what commands leave in the trail."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from accounts import audit, people
from accounts.audit import Entry
from catalogue import messages
from catalogue.store import Store
from cli.main import app
from cli.user import first_link
from foundation.errors import InputError, RefusedError, StoreError
from foundation.settings import Settings
from marc import iso2709
from tests.catalogue.conftest import record

PASSWORD = "một câu dễ nhớ của tôi"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIENTHONG_HOME", str(tmp_path))
    run("library", "add", "bk01", "--name", "Thư viện Pác Nặm")
    return tmp_path


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=typed)


def trail(home: Path) -> list[Entry]:
    with closing(Store.open(Settings(home=home))) as store, store.read() as connection:
        return list(audit.entries(connection))


def test_the_first_administrator_is_added_with_a_password(home: Path) -> None:
    done = run("user", "add", "anh", "--name", "Ngọc Anh", "--administrator", "--password-stdin", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    with closing(Store.open(Settings(home=home))) as store:
        assert people.checked(store, "anh", PASSWORD) is not None
        assert first_link(store, Settings(home=home)) == ""
    [row] = json.loads(run("user", "list", "--json").stdout)
    assert [(one["role"], one["library"]) for one in row["roles"]] == [("administrator", "")]
    assert PASSWORD not in repr(trail(home))


def test_without_a_terminal_a_link_is_printed(home: Path) -> None:
    done = run("user", "add", "anh", "--name", "Ngọc Anh", "--role", "library_manager", "--library", "bk01")
    assert "http://127.0.0.1:8080/invitation/" in done.stdout


@pytest.mark.parametrize(("words", "error"), [
    (("user", "add", "Ngọc", "--name", "X"), RefusedError),
    (("user", "add", "anh", "--name", "X", "--role", "king", "--library", "bk01"), RefusedError),
    (("user", "add", "anh", "--name", "X", "--role", "contributor"), RefusedError),
    (("user", "invite", "--role", "contributor", "--library", "bk01", "--until", "mai"), InputError),
    (("user", "role", "khongco", "contributor", "--library", "bk01"), RefusedError),
    (("user", "lock", "khongco"), RefusedError),
])  # fmt: skip
def test_what_cannot_be_is_refused_wholly(home: Path, words: tuple[str, ...], error: type[Exception]) -> None:
    before = trail(home)
    done = run(*words)
    assert isinstance(done.exception, error)
    assert trail(home) == before
    assert json.loads(run("user", "list", "--json").stdout) == []


def test_roles_are_given_and_taken_and_accounts_locked(home: Path) -> None:
    run("user", "add", "anh", "--name", "Ngọc Anh")
    run("user", "role", "anh", "library_cataloguer", "--library", "bk01", "--until", "2999-12-31")
    [row] = json.loads(run("user", "list", "--library", "bk01", "--json").stdout)
    assert row["roles"][0]["ends"] is not None
    run("user", "role", "anh", "library_cataloguer", "--library", "bk01", "--end")
    assert json.loads(run("user", "list", "--library", "bk01", "--json").stdout) == []
    run("user", "lock", "anh")
    assert json.loads(run("user", "list", "--json").stdout)[0]["locked"] is not None
    run("user", "lock", "anh", "--unlock")
    assert json.loads(run("user", "list", "--json").stdout)[0]["locked"] is None


def test_a_role_that_is_not_held_is_not_said_to_be_taken(home: Path) -> None:
    run("user", "add", "anh", "--name", "Ngọc Anh")
    done = run("user", "role", "anh", "contributor", "--library", "bk01", "--end")
    assert isinstance(done.exception, RefusedError)


def test_at_the_machine_the_last_administrator_is_dismissed_and_that_is_told(home: Path) -> None:
    run("user", "add", "anh", "--name", "Ngọc Anh", "--administrator")
    assert "Nobody is an administrator" not in run("user", "role", "anh", "contributor", "--library", "bk01").stdout
    for words in (("lock", "anh"), ("role", "anh", "administrator", "--end")):
        assert "Nobody is an administrator" in run("user", *words).stdout
        run("user", "lock", "anh", "--unlock")
    assert run("user", "role", "anh", "administrator").exit_code == 0


def test_the_trail_is_listed_and_proved(home: Path) -> None:
    run("user", "add", "anh", "--name", "Ngọc Anh")
    rows = json.loads(run("user", "audit", "--json").stdout)
    assert {row["actor"].split(":")[0] for row in rows} == {"shell"}
    assert json.loads(run("user", "audit", "--verify", "--json").stdout)["broken"] is None
    with closing(Store.open(Settings(home=home))) as store, store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_update")
        connection.exec_driver_sql("UPDATE audit SET actor = 'ai' WHERE id = 1")
    done = run("user", "audit", "--verify", "--json")
    assert (json.loads(done.stdout)["broken"], done.exit_code) == (1, 1)


def test_what_a_command_changed_is_written_down_and_what_it_looked_at_is_not(home: Path) -> None:
    for words in (("library", "list"), ("token", "list"), ("user", "list"), ("token", "add", "--library", "khongco")):
        run(*words)
    secret = run("token", "add", "--library", "bk01", "--name", "máy").stdout.split()[0]
    found = [(one.act, one.object, one.library) for one in trail(home)]
    assert found == [("tokens", "token add", "bk01"), ("libraries", "library add", "")]
    assert secret not in repr(trail(home))


def test_a_scope_is_an_act_of_programmes() -> None:
    assert run("token", "add", "--library", "bk01", "--scope", "match", "--scope", "export").exit_code == 0
    refused = run("token", "add", "--library", "bk01", "--name", "x", "--scope", "account").exception
    assert isinstance(refused, RefusedError)


def told(home: Path) -> list[tuple[str, str]]:
    return [(one.object, one.detail) for one in trail(home)]


def test_a_command_that_changes_nothing_leaves_no_note(home: Path) -> None:
    before = told(home)
    for words in (
        ("import", "--list"),
        ("backup", "--list"),
        ("import", "--publish", "99"),
        ("user", "lock", "nobody"),
    ):
        run(*words)
    assert told(home) == before
    assert run("backup").exit_code == 0
    assert told(home)[0][0] == "backup"


def test_a_command_that_ends_half_way_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "a.mrc").write_bytes(iso2709.write(record("1")))

    def full(*_: object) -> None:
        raise StoreError(messages.STORE_FULL, reason="full")

    monkeypatch.setattr("catalogue.imports.publish", full)
    assert run("import", str(home / "a.mrc"), "--library", "bk01", "--quiet").exit_code != 0
    [(name, detail), *_] = told(home)
    assert name == "import"
    assert detail.startswith("dở dang / half way: hết chỗ")
