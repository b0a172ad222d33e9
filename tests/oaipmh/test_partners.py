"""The log of partners: what it understands of requests, what it keeps of people, and that it stands in nobody's way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import messages, partners
from catalogue.partners import Walk
from catalogue.store import Store
from foundation.errors import InputError, RefusedError, StoreError
from foundation.settings import Settings
from oaipmh import partners as watching
from oaipmh.asking import InProcess
from oaipmh.partners import Watch
from oaipmh.repositories import application
from oaipmh.tokens import position_of
from tests.catalogue.conftest import NOW, Time, record
from tests.catalogue.follow import put_united as put
from tests.oaipmh.world import Answer

SETTINGS = Settings(page_records=4, page_headers=5)


class Partner:
    """A harvester at an address."""

    def __init__(self, store: Store, time: Time, watch: Watch, **environ: str) -> None:
        self.app, self.environ, self.watch = application(store, SETTINGS, watch), environ, watch

    def ask(self, path: str = "/oai", **arguments: str) -> Answer:
        values: dict[str, str] = {"HTTP_USER_AGENT": "sickle/0.7", "REMOTE_ADDR": "203.0.113.77"} | self.environ

        def asked(environ: dict[str, Any], start_response: Any) -> Any:
            return self.app(environ | values, start_response)

        found = InProcess(asked, path)({name.rstrip("_"): value for name, value in arguments.items()})
        return Answer(str(found.status), {}, found.body)

    def harvest(self, pages: int = 99, **arguments: str) -> None:
        answer = self.ask(**arguments)
        while answer.token and (pages := pages - 1):
            answer = self.ask(verb=arguments["verb"], resumptionToken=answer.token)


@pytest.fixture
def watch(store: Store, time: Time) -> Watch:
    put(store, *(record(f"n{number}") for number in range(10)))
    time.pass_()
    return Watch(store, 30, time)


def only(store: Store) -> tuple[partners.Partner, list[Walk]]:
    [one] = partners.all_partners(store)
    return one, partners.walks(store, one.number)


def test_a_whole_harvest_is_one_line(store: Store, time: Time, watch: Watch) -> None:
    Partner(store, time, watch).harvest(verb="ListRecords", metadataPrefix="marcxml")
    assert watch.flush() == 0
    one, [walk] = only(store)
    assert (one.name, one.network, one.requests) == ("203.0.113.0/24 sickle", "203.0.113.0/24", 3)
    assert (walk.verb, walk.format, walk.delivered, walk.total, walk.complete) == (
        "ListRecords",
        "marcxml",
        10,
        10,
        True,
    )
    assert walk.bytes == one.bytes > 0


def test_what_cannot_be_noted_waits_for_the_next_time(
    store: Store, time: Time, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    Partner(store, time, watch).harvest(verb="ListRecords", metadataPrefix="marcxml")

    def away(*_: object) -> bool:
        raise StoreError(messages.STORE_FAILED, reason="away")

    with monkeypatch.context() as patched:
        patched.setattr(partners, "note", away)
        with pytest.raises(StoreError):
            watch.flush()
    assert watch.flush() == 0
    assert only(store)[0].requests == 3


def test_a_harvest_that_stopped_shows_how_far_it_came(store: Store, time: Time, watch: Watch) -> None:
    partner = Partner(store, time, watch)
    partner.harvest(2, verb="ListRecords", metadataPrefix="marc21", set="library:bk01")
    watch.flush()
    _, [walk] = only(store)
    assert (walk.format, walk.set_spec) == ("marcxml", "library:bk01")
    assert (walk.delivered, walk.total, walk.complete) == (8, 10, False)


def test_pages_that_are_written_at_different_times_are_one_line(store: Store, time: Time, watch: Watch) -> None:
    partner = Partner(store, time, watch)
    first = partner.ask(verb="ListRecords", metadataPrefix="oai_dc")
    watch.flush()
    time.pass_(60)
    other = Watch(store, 30, time)  # another server process
    Partner(store, time, other).harvest(verb="ListRecords", resumptionToken=first.token or "")
    other.flush()
    _, [walk] = only(store)
    assert (walk.requests, walk.delivered, walk.complete) == (3, 10, True)
    assert (walk.started, walk.last) == (NOW + 1, NOW + 61)


def test_a_list_of_one_page_counts_its_records(store: Store, time: Time, watch: Watch) -> None:
    put(store, record("m1"), record("m2"), library="bk02")
    Partner(store, time, watch).ask("/oai/bk02", verb="ListIdentifiers", metadataPrefix="oai_dc")
    watch.flush()
    _, [walk] = only(store)
    assert (walk.repository, walk.delivered, walk.total, walk.complete) == ("bk02", 2, 2, True)


def test_looking_in_and_finding_nothing_new_adds_no_lines(store: Store, time: Time, watch: Watch) -> None:
    partner = Partner(store, time, watch)
    partner.harvest(verb="ListRecords", metadataPrefix="oai_dc")
    for hour in range(5):
        partner.ask(verb="ListRecords", metadataPrefix="oai_dc", from_=f"2100-01-01T0{hour}:00:00Z")
        watch.flush()
    one, [walk] = only(store)
    assert (walk.requests, walk.delivered) == (8, 10)
    assert one.errors == {}


def test_errors_are_counted_by_their_codes(store: Store, time: Time, watch: Watch) -> None:
    partner = Partner(store, time, watch)
    for _ in range(2):
        partner.ask(verb="ListRecords", resumptionToken="nonsense")
    partner.ask(verb="Nonsense")
    partner.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:x:1")
    partner.ask(verb="Identify")
    watch.flush()
    one, walks = only(store)
    assert one.errors == {"badResumptionToken": 2, "badVerb": 1, "idDoesNotExist": 1}
    assert (one.requests, walks) == (5, [])


def test_addresses_are_not_kept(store: Store, time: Time, watch: Watch) -> None:
    Partner(store, time, watch, REMOTE_ADDR="2001:db8:1:2::77").ask(verb="Identify")
    Partner(store, time, watch, REMOTE_ADDR="::ffff:198.51.100.9").ask(verb="Identify")
    Partner(store, time, watch, REMOTE_ADDR="unix:").ask(verb="Identify")
    watch.flush()
    kept = {one.network for one in partners.all_partners(store)}
    assert kept == {"2001:db8:1::/48", "198.51.100.0/24", ""}


def test_a_named_partner_is_recognised_whatever_program_it_comes_with(store: Store, time: Time, watch: Watch) -> None:
    partners.name(store, "Thư viện Quốc gia", "203.0.113.0/24", "", "")
    partners.name(store, "Koha", "", "koha", "")
    for agent, address in (
        ("a/1", "203.0.113.1"),
        ("b/2", "203.0.113.2"),
        ("Koha/24", "192.0.2.1"),
        ("c", "192.0.2.1"),
    ):
        Partner(store, time, watch, HTTP_USER_AGENT=agent, REMOTE_ADDR=address).ask(verb="Identify")
    watch.flush()
    found = {one.name: one.requests for one in partners.all_partners(store)}
    assert found == {"Thư viện Quốc gia": 2, "Koha": 1, "192.0.2.0/24 c": 1}


@pytest.mark.parametrize("said", [("", "", ""), ("300.1.1.1/24", "", ""), ("", "x", "")])
def test_a_name_needs_something_to_be_recognised_by(store: Store, said: tuple[str, str, str]) -> None:
    partners.name(store, "x", "", "x", "")
    with pytest.raises((InputError, RefusedError)):
        partners.name(store, "x" if said[1] else "y", *said)


def test_what_is_old_is_forgotten(store: Store, time: Time, watch: Watch) -> None:
    Partner(store, time, watch).harvest(verb="ListRecords", metadataPrefix="oai_dc")
    watch.flush()
    time.pass_(31 * 86_400)
    Partner(store, time, watch, REMOTE_ADDR="192.0.2.1").ask(verb="Identify")
    watch.flush()
    assert [one.network for one in partners.all_partners(store)] == ["192.0.2.0/24"]


def test_clients_that_call_themselves_anything_do_not_fill_the_store(
    store: Store, time: Time, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "PARTNERS", 3)
    for number in range(9):
        Partner(store, time, watch, HTTP_USER_AGENT=f"x{number}").ask(verb="Identify")
    watch.flush()
    found = {one.name: one.requests for one in partners.all_partners(store)}
    assert found[partners.OTHERS] == 6
    assert len(found) == 4


def test_nothing_is_lost_while_the_store_is_busy(store: Store, time: Time, watch: Watch) -> None:
    Partner(store, time, watch).harvest(verb="ListRecords", metadataPrefix="oai_dc")
    with store.locks.hold("partners", wait=0):
        assert watch.flush() == 3
    assert watch.flush() == 0
    assert only(store)[0].requests == 3


def test_our_own_check_is_no_partner(store: Store, time: Time, watch: Watch) -> None:
    Partner(store, time, watch, HTTP_USER_AGENT="LienThong-feed-check/1").ask(verb="Identify")
    watch.flush()
    assert partners.all_partners(store) == []


@given(st.text(st.characters(codec="latin-1"), max_size=50), st.text(max_size=20), st.text(max_size=80))
def test_whatever_a_client_says_can_be_noted(agent: str, address: str, token: str) -> None:
    seen = watching.summed([watching.Observation(1, address, agent, agent, "", None, b"", 0, 0)])
    assert all(char.isprintable() for one in seen for char in one.client.agent + one.client.mail)
    position_of(token)
