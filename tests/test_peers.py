"""The means of test themselves: the foreign programs are there and the throw-away PostgreSQL answers and goes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests import postgresql


@pytest.mark.peer
@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("sickle", "sickle"),
        ("scythe", "oaipmh_scythe"),
        ("oaipmh", "oaipmh"),
        ("sruthi", "sruthi"),
        ("cql_parser", "cql"),
    ],
)
def test_client_imports_in_its_own_environment(
    name: str, module: str, require_peer: Callable[[str, str], Path], tmp_path: Path
) -> None:
    python = require_peer(name, "python")
    done = subprocess.run(
        [python, "-c", f"import {module}; print({module}.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ".peers" in done.stdout


@pytest.mark.peer
def test_postgresql_answers(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        assert connection.execute("select 'Bắc Kạn'").fetchone() == ("Bắc Kạn",)


@pytest.mark.peer
def test_own_cluster_is_gone_afterwards() -> None:
    if postgresql.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.cluster() as url:
        plain = url.replace("+psycopg", "")
        psycopg.connect(plain).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain, connect_timeout=2)
