"""Alarms: judged by a source's own past, told once and again when over, by real mail and real webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from catalogue import alarms as kept
from catalogue import runs
from catalogue.runs import Run
from catalogue.store import Store
from foundation import mail
from foundation.errors import PeerError, RefusedError
from foundation.settings import Settings
from harvesting import alarms, desk
from harvesting.alarms import BRAKE, FAILING, FEWER, REJECTED, SILENT, judge
from tests.harvesting.conftest import Harvester
from tests.harvesting.post_office import PostOffice, post_office
from tests.harvesting.repository import NOW, Repository
from tests.wire import answer, wire

DAY = 86_400


def run(number: int, days_ago: float = 0, state: str = runs.DONE, kind: str = "new", **counts: int) -> Run:
    started = NOW - int(days_ago * DAY)
    return Run(number, 1, "x", "ba-be", number, kind, state, "", {}, counts, [], started, started, started)


def history(*days: float, **counts: int) -> list[Run]:
    return [run(100 - place, ago, **(counts or {"new": 1})) for place, ago in enumerate(days)]


QUIET = {
    "never harvested": [],
    "all is well": history(0.1, 1.1, 2.1, 3.1, 4.1, 5.1),
    "a source that is rarely heard of": history(20, 50, 80, 110, 140, 170),
    "too young to have a habit": history(40, 41, 42),
    "a little smaller": [run(2, kind="full", read=95), run(1, 1, kind="full", read=100)],
    "a small increment behind a full one": [run(2, read=3), run(1, 1, kind="full", read=100)],
    "a few refused": [run(1, read=1000, quarantined=20)],
    "two of three refused": [run(1, read=3, quarantined=2)],
    "failed twice": [run(3, state=runs.FAILED), run(2, state=runs.FAILED), run(1)],
}
LOUD = {
    "silent beyond its habit": (SILENT, [run(200, 0.1), *history(7, 8, 9, 10, 11, 12)]),
    "a fall in counts": (FEWER, [run(2, kind="full", read=80), run(1, 1, kind="full", read=100)]),
    "much refused": (REJECTED, [run(1, read=100, quarantined=6)]),
    "the brake": (BRAKE, [run(1, state=runs.WAITING)]),
    "failed three times": (FAILING, [run(number, state=runs.FAILED) for number in (3, 2, 1)]),
    "cut again and again": (FAILING, [replace(run(1, state=runs.CUT), position={"cuts": 3})]),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_is_usual_raises_no_alarm(name: str) -> None:
    assert judge(QUIET[name], NOW) == {}


@pytest.mark.parametrize("name", LOUD)
def test_what_is_not_usual_raises_one(name: str) -> None:
    kind, past = LOUD[name]
    found = judge(past, NOW)
    assert set(found) == {kind}
    assert found[kind].text("vi") != found[kind].text("en")


# --- telling ------------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def reachable(settings: Settings, office: PostOffice) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none")


def hold(harvester: Harvester, repository: Repository) -> Run:
    """A run that the brake holds."""
    for number in range(8):
        repository.put(f"oai:x.vn:{number:03}", f"Then {number}", NOW - 10_000 + number)
    harvester.run()
    repository.now += 1000
    for number in range(6):
        repository.drop(f"oai:x.vn:{number:03}")
    held = harvester.run()
    assert held.state == runs.WAITING
    return held


def test_an_alarm_is_mailed_once_and_its_end_once(
    harvester: Harvester, repository: Repository, store: Store, reachable: Settings, office: PostOffice
) -> None:
    harvester.change(notify=("tinh@x.vn",))
    held = hold(harvester, repository)
    for _ in range(3):
        alarms.watch(store, reachable)
    assert len(office.to("tinh@x.vn")) == 1
    assert f"đợt {held.number} bị phanh" in office.to("tinh@x.vn")[0]
    assert [one.kind for one in kept.standing(store)] == [BRAKE]
    desk.release(store, held.number)
    for _ in range(3):
        alarms.watch(store, reachable)
    assert len(office.to("tinh@x.vn")) == 2
    assert "đã hết" in office.to("tinh@x.vn")[1]
    assert kept.standing(store) == []
    assert [one.cleared is not None for one in kept.latest(store)] == [True]


def test_a_mail_that_is_not_taken_is_tried_again_and_nobody_else_is_told_twice(
    harvester: Harvester, repository: Repository, store: Store, reachable: Settings, office: PostOffice
) -> None:
    with wire(answer(b"", "204 No Content")) as hook:
        harvester.change(notify=("tinh@x.vn", f"{hook.url}/bao"))
        hold(harvester, repository)
        office.closed = True
        told = replace(reachable, notify_allow=("127.0.0.1",))
        alarms.watch(store, told)
        assert (len(hook.requests), office.mails) == (1, [])
        office.closed = False
        alarms.watch(store, told)
        alarms.watch(store, told)
    assert (len(hook.requests), len(office.mails)) == (1, 1)


def test_a_webhook_gets_json_and_only_where_it_may_be_called(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    bodies: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        harvester.change(notify=(f"http://127.0.0.1:{server.server_address[1]}/bao",))
        hold(harvester, repository)
        alarms.watch(store, settings)
        assert bodies == []
        alarms.watch(store, replace(settings, notify_allow=("127.0.0.0/8",)))
        server.shutdown()
    [body] = bodies
    found = json.loads(body)
    assert (found["event"], found["kind"], found["source"]) == ("raised", BRAKE, "ba-be-oai")
    assert found["vi"] != found["en"]


def test_mail_without_a_server_is_refused_and_a_dead_server_is_the_peer_s_fault(settings: Settings) -> None:
    with pytest.raises(RefusedError):
        mail.send(settings, "a@x.vn", "s", "t")
    with pytest.raises(PeerError) as caught:
        mail.send(replace(settings, smtp_host="127.0.0.1", smtp_port=1, smtp_security="none"), "a@x.vn", "s", "t")
    assert "smtp_" in caught.value.text("vi")


def test_a_mail_cannot_be_given_more_headers(reachable: Settings, office: PostOffice) -> None:
    mail.send(reachable, "a@x.vn", "một\r\nBcc: khac@x.vn", "Kính gửi")
    assert [one["Bcc"] for one in office.mails] == [None]
    with pytest.raises(PeerError):
        mail.send(reachable, "a@x.vn\r\nBcc: khac@x.vn", "s", "t")
