"""Rules of harvesting about who a source is, where it is and what it may cost; `tests.harvesting.rules` says them."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import runs, sources
from catalogue.store import Store
from foundation.errors import PeerError
from foundation.network import Budget, Client, Line
from harvesting.course import COMPARE, FULL
from harvesting.peer import Peer
from oaipmh import answers
from oaipmh.quirks import STANDARD
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import NOW, Repository
from tests.harvesting.rules import rule
from tests.harvesting.test_bad_peers import always
from tests.harvesting.test_course import codes, fill, held, meant
from tests.wire import Wire, answer, wire

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Arguments = dict[str, str]
DAY = 86_400


def headers(repository: Repository, name: str) -> set[str]:
    """Every value of a header that was sent."""
    lines = [line.decode() for head in repository.heads for line in head.split(b"\r\n")]
    return {line.partition(": ")[2] for line in lines if line.lower().startswith(name.lower() + ":")}


# --- who it is ----------------------------------------------------------------------------------------------


@rule(1)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('<error code="badVerb">no</error>', "harvesting.not_identified"),
        ("<Identify><protocolVersion>1.1</protocolVersion></Identify>", "harvesting.version"),
    ],
)
def test_a_source_that_does_not_say_who_it_is_is_harvested_all_the_same(
    said: str, code: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    document = answer(repository.document(said).encode())
    repository.trouble = lambda repository, arguments: document if arguments["verb"] == "Identify" else None
    run = harvester.run()
    assert (run.state, codes(run), held(store)) == (runs.DONE, [code], meant(repository))


@rule(1)
def test_a_source_that_once_did_not_say_who_it_is_has_not_changed(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    harvester.run()
    refused = answer(repository.document('<error code="badVerb"/>').encode())
    repository.trouble = lambda repository, arguments: refused if arguments["verb"] == "Identify" else None
    assert "harvesting.changed" not in codes(harvester.run())
    repository.trouble = lambda repository, arguments: None
    assert codes(harvester.run()) == []


@rule(1)
def test_what_a_source_has_changed_is_told_for_people(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    harvester.run()
    changed = repository.document(repository.body({"verb": "Identify"}))
    changed = changed.replace("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z").replace("persistent", "")
    repository.trouble = lambda here, asked: answer(changed.encode()) if asked["verb"] == "Identify" else None
    told = [entry["vi"] for entry in harvester.run().said]
    assert any("persistent" in one and "–" in one for one in told)
    assert any("2020-01-01T00:00:00Z" in one and "2021-01-01T00:00:00Z" in one for one in told)


@rule(1, 18)
def test_a_source_that_goes_from_seconds_to_days_and_back_changes_nothing(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.run()
    for granularity in ("YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"):
        repository.granularity = granularity
        run = harvester.run(COMPARE)
        assert (run.counts["changed"], codes(run)) == (0, ["harvesting.changed"])
    assert not any(asked["verb"] == "GetRecord" for asked in repository.asked)


# --- addresses ----------------------------------------------------------------------------------------------


@rule(2)
@pytest.mark.parametrize("path", ["/oai", "/oai/", "/index.php?page=oai", "/index.php?page=oai&", "/oai?"])
def test_a_base_address_keeps_what_it_has(
    path: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.change(url=harvester.source.settings["url"].removesuffix("/oai") + path)
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)
    lines = [head.split(b" ")[1].decode() for head in repository.heads]
    assert all(("page=oai&verb=" in line) == ("page" in path) and line.count("?") == 1 for line in lines)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for thu-vien.example, and the certificate to trust."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=thu-vien.example",
         "-addext", "subjectAltName=DNS:thu-vien.example", "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path.with_suffix(".crt"), path)
    return context, path.with_suffix(".crt")


@rule(2, 32, 34)
def test_from_http_to_https_with_a_certificate_and_a_password_of_its_own(
    harvester: Harvester, repository: Repository, store: Store, tls: tuple[ssl.SSLContext, Path]
) -> None:
    fill(repository)
    safe = Wire(repository.script, tls=tls[0])

    def moved(connection: object, head: bytes) -> None:
        target = f"https://thu-vien.example:{safe.port}{head.split(b' ')[1].decode()}"
        connection.sendall(answer(b"", "301 Moved", Location=target))  # type: ignore[attr-defined]

    harvester.resolver = lambda host, port: ["127.0.0.1"]
    with wire(moved) as plain:
        secret = harvester.vault.lock("mật khẩu", harvester.source.name)
        harvester.change(url=f"http://thu-vien.example:{plain.port}/oai", user="u", password=secret)
        untrusted = harvester.run()
        assert (untrusted.state, held(store)) == (runs.CUT, {})
        assert "network.tls" in codes(untrusted)
        harvester.change(ca_file=str(tls[1]))
        assert harvester.run().state == runs.DONE
    safe.close()
    assert held(store) == meant(repository)
    assert headers(repository, "Authorization") == {"Basic dTptw6JzIGto4bqpdQ=="} or headers(
        repository, "Authorization"
    )
    assert "mật khẩu" not in json.dumps(sources.named(store, harvester.source.name).settings, ensure_ascii=False)


@rule(2, 34)
def test_a_password_does_not_follow_a_redirect_to_another_host(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)

    def moved(connection: object, head: bytes) -> None:
        target = harvester_url + head.split(b" ")[1].decode()
        connection.sendall(answer(b"", "302 Found", Location=target))  # type: ignore[attr-defined]

    harvester_url = harvester.source.settings["url"].removesuffix("/oai")
    with wire(moved) as elsewhere:
        secret = harvester.vault.lock("x", harvester.source.name)
        harvester.change(url=f"{elsewhere.url}/oai", user="u", password=secret)
        assert harvester.run().state == runs.DONE
        assert all(b"Authorization: Basic" in head for head in elsewhere.requests)
    assert headers(repository, "Authorization") == set()
    assert held(store) == meant(repository)


@rule(3)
@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/oai", "http://169.254.169.254/latest/meta-data", "http://[::1]:8000/", "http://[::ffff:10.0.0.1]/",
     "http://0/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://u:p@127.0.0.1/"],
)  # fmt: skip
def test_a_redirect_into_a_network_that_is_not_open_to_it_ends_the_run_in_words(
    target: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    repository.trouble = always(answer(b"", "302 Found", Location=target))
    run = harvester.run()
    assert (run.state, held(store)) == (runs.FAILED, {})
    assert run.said[-1]["code"].startswith("network.")


@rule(3)
def test_a_name_whose_address_changes_leads_nowhere_else(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    told = iter([["127.0.0.1"]])
    harvester.resolver = lambda host, port: next(told, ["10.0.0.5"])
    harvester.change(url=harvester.source.settings["url"].replace("127.0.0.1", "oai.example.vn"))
    requests = iter(range(100))
    repository.trouble = lambda repository, arguments: b"" if next(requests) == 2 else None
    run = harvester.run()
    assert (run.state, len(held(store))) == (runs.FAILED, 3)
    assert "10.0.0.5" in run.said[-1]["en"]


@rule(3)
def test_loopback_is_not_called_unless_its_source_allows_it(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.change(allow=())
    run = harvester.run()
    assert (run.state, repository.asked, bool(run.said)) == (runs.FAILED, [], True)


@rule(33)
def test_a_host_with_letters_beyond_ascii(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    asked = []
    harvester.resolver = lambda host, port: asked.append(host) or ["127.0.0.1"]  # type: ignore[func-returns-value]
    harvester.change(url=harvester.source.settings["url"].replace("127.0.0.1", "thưviện.vn"))
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)
    assert asked[0].startswith("xn--")
    assert {host.partition(":")[0] for host in headers(repository, "Host")} == {asked[0]}


# --- costs --------------------------------------------------------------------------------------------------


@rule(4, 27)
def test_a_body_that_drips_is_given_up_and_comes_the_next_time(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)

    def drip(connection: object, head: bytes) -> None:
        if b"ListRecords" not in head or healed:
            repository.script(connection, head)  # type: ignore[arg-type]
            return
        for byte in answer(b"<OAI-PMH>" + b" " * 5000):
            connection.sendall(bytes([byte]))  # type: ignore[attr-defined]
            time.sleep(0.02)

    healed: list[bool] = []
    harvester.budget = Budget(total_seconds=0.4)
    with wire(drip) as slow:
        harvester.change(url=f"{slow.url}/oai")
        start = time.monotonic()
        run = harvester.run()
        assert (run.state in (runs.CUT, runs.FAILED), time.monotonic() - start < 30) == (True, True)
        assert run.said
        healed.append(True)
        harvester.budget = Budget()
        assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(7)
@pytest.mark.parametrize("said", ["0", "-5", "Thu, 01 Jan 2004 00:00:00 GMT"])
def test_a_moment_that_has_passed_is_no_leave_to_ask_without_end_at_once(
    said: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    turn = iter(range(1000))
    repository.trouble = lambda repository, arguments: (
        answer(b"", "503 Later", Retry_After=said) if next(turn) < 4 else None
    )
    assert harvester.run().state == runs.DONE
    assert len(harvester.waits) == 4
    assert all(wait >= 1 for wait in harvester.waits), harvester.waits
    assert held(store) == meant(repository)


@rule(4)
@pytest.mark.parametrize("limit", ["sent_bytes", "plain_bytes"])
def test_a_page_beyond_its_budget_is_refused_in_words(limit: str, harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    harvester.budget = Budget(**{limit: 900})  # type: ignore[arg-type]
    run = harvester.run()
    assert (run.state, run.said[-1]["code"]) == (runs.FAILED, "network.limit")
    assert "900" in run.said[-1]["en"]


@rule(6, 29)
def test_every_page_can_be_kept_as_it_came_also_one_that_cannot_be_read(
    harvester: Harvester, repository: Repository
) -> None:
    fill(repository)
    broken = [answer(b"<html>?</html>")]
    repository.trouble = lambda repository, arguments: broken.pop() if broken and len(arguments) > 1 else None
    harvester.run()
    assert b"<html>?</html>" in harvester.pages
    again = [answers.read(page) for page in harvester.pages if b"OAI-PMH" in page]
    assert {one.identifier for page in again for one in page.records} == set(meant(repository))


@rule(25)
def test_one_connection_with_pauses_and_a_name(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    harvester.change(pause=0.15)
    start = time.monotonic()
    harvester.run()
    assert time.monotonic() - start > 0.15 * (len(repository.asked) - 1)
    assert headers(repository, "User-Agent") == {"LienThong test"}
    assert held(store) == meant(repository)


@rule(26)
def test_memory_is_that_of_a_page(harvester: Harvester, repository: Repository) -> None:
    import tracemalloc  # noqa: PLC0415 - only here, for it slows everything down

    peaks = []
    for count in (4, 40):
        repository.entries.clear()
        repository.page = 2
        for number in range(count):
            repository.put(f"oai:x.vn:{count:02}{number:03}", f"{number} " * 40_000, NOW - 5)
        tracemalloc.start()
        harvester.pages.clear()
        harvester.pages = _Nothing()
        assert harvester.run(FULL).counts["new"] + len(repository.entries) == 2 * count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 1_000_000


class _Nothing(list[bytes]):
    """Keeps nothing."""

    def append(self, page: bytes) -> None:
        pass


@rule(27)
def test_a_dead_peer_holds_up_nobody(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    dead = Wire(lambda connection, head: time.sleep(3), host="127.0.0.2")
    line = Line(allowed=harvester.course().settings.line(harvester.vault, "x", "y").allowed)
    waiting = Peer(Client(replace(line, budget=Budget(idle_seconds=2))), dead.url, STANDARD, sleep=lambda seconds: None)
    refused: list[str] = []

    def ask() -> None:
        try:
            waiting.ask({"verb": "Identify"})
        except PeerError as error:
            refused.append(error.problem.code)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    start = time.monotonic()
    assert harvester.run().state == runs.DONE
    assert (time.monotonic() - start < 2, thread.is_alive()) == (True, True)
    dead.close()
