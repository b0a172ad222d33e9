"""Every address of the application and every command, tried as every role, against the one table of rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from accounts import access, people, tokens
from accounts.access import Who, may, shell
from accounts.rights import EVERYBODY, RIGHTS, SCOPES, SIGNED_IN, WHOLE, Act, Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.parts import Parts
from catalogue.store import Store
from cli import acts
from cli.main import app as commands
from foundation.settings import Settings
from oaipmh import repositories
from portal import app as portal
from portal.workshop import PUBLIC_VIEWS, SCREENS, act_of, is_public
from tests.portal.conftest import signed_in
from z3950_bridge.databases import Databases

PEOPLE = [role for role in Role if role is not Role.PARTNER_PROGRAMME]
SAMPLES = {"library": "bk01", "login": "nobody", "secret": "x", "upload": "0" * 64, "spec": "all", "prefix": "oai_dc"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(home=tmp_path_factory.mktemp("rights"))
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
        for code in ("bk01", "bk02"):
            libraries.add(store, Library(code, f"Thư viện {code}", parent="bk00"))
        people.add(store, "ai", "Ai đó")
        made = portal.create(store, settings, "http://localhost")
        # What a view does is for its own tests: here it is only told whether it was let in.
        for endpoint, view in list(made.view_functions.items()):
            if not is_public(endpoint) and act_of(made, endpoint) is not Act.PUSH:
                made.view_functions[endpoint] = _entered(view)
        yield made


def _entered(view: Any) -> Any:
    def inside(**_values: Any) -> tuple[str, int]:
        return "inside", 299

    inside.act = getattr(view, "act", None)  # type: ignore[attr-defined]
    return inside


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not is_public(rule.endpoint)]


def _by_token_alone(rule: Rule, act: Act) -> bool:
    """Whether an address is for programs: no cookie lets anybody in there."""
    return rule.rule.startswith("/api/") and act not in EVERYBODY


def samples_of(rule: Rule) -> dict[str, Any]:
    """A value for each part of an address; where it may be one of some words, the first of them."""
    words = {name: part.items for name, part in rule._converters.items() if isinstance(part, AnyConverter)}
    return {name: min(words[name]) if name in words else SAMPLES.get(name, 1) for name in rule.arguments}


def asked(client: FlaskClient, rule: Rule, **headers: str) -> int:
    """What the address answers, with samples for its parts and the token that its form would carry."""
    values = samples_of(rule)
    with client.application.test_request_context():
        path = client.application.url_for(rule.endpoint, **values)
    method = next(one for one in ("GET", "POST", "PUT", "PATCH", "DELETE") if one in (rule.methods or ()))
    sent = {"X-CSRFToken": _csrf(client)} if method != "GET" and not headers else {}
    return client.open(path, method=method, headers=headers | sent).status_code


def _csrf(client: FlaskClient) -> str:
    from flask_wtf.csrf import generate_csrf  # noqa: PLC0415

    with client.session_transaction() as session:
        kept = dict(session)
    with client.application.test_request_context():
        from flask import session as current  # noqa: PLC0415

        current.update(kept)
        token = generate_csrf()
        raw = current["csrf_token"]
    with client.session_transaction() as session:
        session["csrf_token"] = raw
    return str(token)


def test_every_address_names_its_act(app: Flask) -> None:
    assert [rule.endpoint for rule in app.url_map.iter_rules() if act_of(app, rule.endpoint) is None] == []
    assert set(app.view_functions) >= PUBLIC_VIEWS


def test_an_address_that_names_none_is_shut_to_everybody(tmp_path: Path) -> None:
    with closing(Store.open(Settings(home=tmp_path))) as store:
        made = portal.create(store, Settings(home=tmp_path), "http://localhost")
        made.add_url_rule("/forgotten", "forgotten", lambda: "inside")
        assert made.test_client().get("/forgotten").status_code == 403
        assert signed_in(made, Role.ADMINISTRATOR).get("/forgotten").status_code == 403


@pytest.mark.parametrize("role", PEOPLE)
def test_every_address_lets_in_whom_the_table_says(app: Flask, role: Role) -> None:
    library = "" if role is Role.ADMINISTRATOR else "bk00" if role is Role.PROVINCIAL_CATALOGUER else "bk01"
    client = signed_in(app, role, library)
    wrong = []
    for rule in rules(app):
        act = act_of(app, rule.endpoint)
        assert act is not None
        allowed = act in RIGHTS[role] | EVERYBODY | SIGNED_IN
        status = asked(client, rule)
        wanted = 401 if _by_token_alone(rule, act) else 299 if allowed else 403
        if status != wanted:
            wrong.append((rule.rule, act, status, wanted))
    assert wrong == []


def test_every_address_sends_nobody_to_the_sign_in(app: Flask) -> None:
    wrong = []
    for rule in rules(app):
        act = act_of(app, rule.endpoint)
        status = asked(app.test_client(), rule)
        wanted = 299 if act in EVERYBODY else 401 if _by_token_alone(rule, act) else 303
        if status != wanted:
            wrong.append((rule.rule, act, status, wanted))
    assert wrong == []


@pytest.mark.parametrize("scope", SCOPES)
def test_every_address_lets_a_token_in_for_its_scope_alone(app: Flask, scope: str) -> None:
    store: Store = app.extensions["workshop"].store
    library = "bk00" if SCOPES[scope] in WHOLE else "bk01"
    secret = tokens.add(store, library, f"máy {scope}", (scope,))[1]
    wrong = []
    for rule in rules(app):
        act = act_of(app, rule.endpoint)
        if act is Act.PUSH:
            continue  # it looks at its tokens itself (tests/portal/test_push.py)
        status = asked(app.test_client(), rule, Authorization=f"Bearer {secret}")
        wanted = 299 if act in EVERYBODY or str(act) == scope else 403
        if status != wanted:
            wrong.append((rule.rule, act, status, wanted))
    assert wrong == []


def test_an_address_about_a_library_is_for_those_of_that_library(app: Flask) -> None:
    """The part `library` of an address is asked about, whoever wrote the view."""
    # Those for programs let in no cookie; tests/portal/test_rest_described.py asks about them with tokens.
    about = [rule for rule in rules(app) if "library" in rule.arguments and not rule.rule.startswith("/api/")]
    assert len(about) >= 3
    for rule in about:
        act = act_of(app, rule.endpoint)
        assert act is not None
        for role in PEOPLE[2:]:
            allowed = act in RIGHTS[role]
            own, other = signed_in(app, role, "bk01"), signed_in(app, role, "bk02")
            assert (asked(own, rule), asked(other, rule)) == (299 if allowed else 403, 403), (rule.rule, role)


def test_the_navigation_shows_what_one_may(app: Flask) -> None:
    for screen in SCREENS:
        assert act_of(app, screen.endpoint) is screen.act, screen


# --- the doors that everybody reads --------------------------------------------------------------------------


def test_the_doors_of_protocols_ask_the_same_table(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """OAI-PMH, SRU and Z39.50: shut at once if the table ever says that reading is not for everybody."""
    store: Store = app.extensions["workshop"].store
    provider = repositories.lookup(store, Settings(home=store.locks._folder.parent))
    databases = Databases(Parts(store))
    assert provider("bk01") is not None
    assert provider("") is not None
    assert databases.find("Default") is None
    monkeypatch.setattr(access, "EVERYBODY", frozenset())
    assert (provider("bk01"), provider("")) == (None, None)
    for name in ("bk01", "Default"):
        with pytest.raises(KeyError):
            databases.find(name)


# --- commands ------------------------------------------------------------------------------------------------


def tree(group: Any, above: str = "") -> Iterator[str]:
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            yield from tree(command, f"{above}{name} ")
        else:
            yield above + name


def test_every_command_names_its_act() -> None:
    assert set(tree(typer.main.get_command(commands))) == set(acts.COMMANDS)
    assert set(acts.CHANGES) & set(acts.LOOKS) == set()


@pytest.mark.parametrize("command", sorted(acts.COMMANDS))
def test_a_command_is_for_whoever_has_the_shell(command: str) -> None:
    act = acts.COMMANDS[command]
    assert may(shell("root"), act, "bk01")
    assert bool(may(Who("person", 1, "anh"), act, "bk01")) == (act in EVERYBODY | SIGNED_IN)
    assert [role for role in Role if act in RIGHTS[role]][:1] == [Role.ADMINISTRATOR]
