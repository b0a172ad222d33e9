"""What tests of every room may ask for: shared data, foreign programs, a PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url

from catalogue.store import Store
from foundation.settings import Settings
from tests import postgresql, postgresql_stores

ROOT = Path(__file__).resolve().parents[1]

# The programs that tests start are compiled once, not at each start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The time of one example says more about the machine than about the code; `timeout` bounds every test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def missing(reason: str) -> None:
    """Skip with the reason, or fail where LIENTHONG_REQUIRE_PEERS=1 promises that everything is there."""
    if os.environ.get("LIENTHONG_REQUIRE_PEERS") == "1":
        pytest.fail(f"{reason} (LIENTHONG_REQUIRE_PEERS=1)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the repository: real data and official schemas that are not ours to publish."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` beside the repository")
    return folder


@pytest.fixture(scope="session")
def require_peer() -> Callable[[str, str], Path]:
    """`require_peer(name, command)`: the path of a foreign program.

    `command` is a program on the path (`yaz-client`) or inside the peer's own environment (`python`), which
    `make peers` puts into `.peers/NAME`.
    """

    def find(name: str, command: str) -> Path:
        own = ROOT / ".peers" / name / "bin" / command
        if own.exists():
            return own
        has_own = any((ROOT / "tests" / "peers" / place).exists() for place in (f"{name}.txt", name))
        found = None if has_own else shutil.which(command)
        if found is None:
            missing(f"{name} ({command}) is not installed: `make peers`, or see .ci/run for Debian's packages")
        return Path(str(found))

    return find


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """SQLAlchemy URL of a PostgreSQL to do anything with: LIENTHONG_TEST_POSTGRESQL, or a cluster of our own."""
    url = os.environ.get(postgresql.VARIABLE, "")
    with ExitStack() as stack:
        if not url:
            try:
                url = stack.enter_context(postgresql.cluster())
            except RuntimeError as error:
                missing(str(error))
        yield url


# Making the tables of a store takes longer than most tests: they are made once and copied.
@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an empty store in SQLite, to be copied."""
    home = tmp_path_factory.mktemp("empty") / "home"
    Store.open(Settings(home=home)).close()
    return home


@pytest.fixture(scope="session")
def empty_database(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of an empty store in PostgreSQL, to be copied."""
    with postgresql_stores.database(postgresql_url) as url:
        Store.open(Settings(home=tmp_path_factory.mktemp("empty"), database=url)).close()
        yield str(make_url(url).database)
