"""What the tests of this room share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from accounts import people, sessions
from accounts.rights import Role
from foundation.errors import RefusedError
from portal.workshop import TICKET
from tests.province import BASE, Province, province

__all__ = ["BASE", "Province", "csrf_of", "province", "signed_in"]


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Nearly every test makes an application, for which werkzeug writes and compiles two functions of each address;
    they depend on the address alone, and are most of the time that it takes."""
    compiled: dict[Any, Callable[..., tuple[str, str]]] = {}
    compile_one = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


def signed_in(app: Flask, role: Role | str, library: str = "", login: str = "") -> FlaskClient:
    """A browser in which somebody with `role` over the library (empty: everything) is signed in.

    The person is made when there is none; called `login`, or after the role and the library.
    """
    store = app.extensions["workshop"].store
    login = login or f"{role}.{library or 'all'}".replace("_", "-").lower()
    with store.write() as connection:
        now = store.now(connection)
        try:
            person = people.find(connection, login)
        except RefusedError:
            person = people.create(connection, now, login, f"Người thử {login}")
            people.give(connection, now, person.number, str(role), library, "test")
        ticket = sessions.begin(connection, now, person.number, "127.0.0.1", "test")
    client = app.test_client()
    with client.session_transaction() as session:
        session[TICKET] = ticket
    return client


def csrf_of(client: FlaskClient, path: str = "/workshop") -> str:
    """The hidden field of the forms on a page, to be sent back as `csrf_token`."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, path
    return found[1]
