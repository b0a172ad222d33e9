"""The daily work on the feed: when it is due, and that it leaves manifests and a result."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalogue import feed_checks, manifests
from catalogue.store import Store
from foundation.settings import Settings
from oaipmh import selfcheck
from oaipmh.nightly import Nightly
from oaipmh.repositories import application, whole_repository
from tests.catalogue.conftest import NOW, Time, record
from tests.catalogue.follow import put_united as put

TODAY = datetime.fromtimestamp(NOW, UTC).replace(minute=0, second=0)


def nightly(store: Store, settings: Settings, hour: int = 3) -> Nightly:
    chosen = replace(settings, feed_hour=hour)
    whole = whole_repository(chosen)
    return Nightly(store, application(store, chosen), whole, chosen, chosen.public_url)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "SETTLE_SECONDS", 0)


@pytest.mark.usefixtures("quick")
def test_it_is_done_once_a_day_and_later_when_the_server_slept(store: Store, settings: Settings, time: Time) -> None:
    work = nightly(store, settings)
    assert not work.due(TODAY.replace(hour=4)), "there is nothing to check yet"
    put(store, record("1"))
    assert not work.due(TODAY.replace(hour=23)), "the first time is the first night, not the first start"
    today, tomorrow = (TODAY.replace(day=TODAY.day + days) for days in (1, 2))
    assert work.due(today.replace(hour=4))
    time.now = int(today.replace(hour=4).timestamp())
    work.run(threading.Event())
    assert not work.due(today.replace(hour=4, minute=1))
    assert not work.due(today.replace(hour=23))
    assert not work.due(tomorrow.replace(hour=2))
    assert work.due(tomorrow.replace(hour=3))
    assert work.due(tomorrow.replace(hour=21))


@pytest.mark.usefixtures("quick")
def test_it_leaves_manifests_and_a_result(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    nightly(store, settings).run(threading.Event())
    assert [one.state for one in feed_checks.latest(store)] == [feed_checks.SOUND]
    assert len(manifests.all_made(store, manifests.MANIFEST)) == 7 * 5


def test_it_can_be_switched_off(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    assert not nightly(store, settings, 24).due(TODAY.replace(hour=4))
