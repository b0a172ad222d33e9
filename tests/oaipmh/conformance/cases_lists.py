"""Rules 47-91: sets, selective harvesting, lists and their tokens."""

from __future__ import annotations

import random
import re
import statistics
import time
from datetime import UTC, datetime
from itertools import zip_longest
from urllib.parse import quote

from oaipmh.protocol import Verb
from oaipmh.tokens import Position, Tokens
from tests.catalogue.conftest import record
from tests.oaipmh.conformance.rules import proves
from tests.oaipmh.conformance.site import GONE, PLAIN, UNITED, Site, is_token, send, stamp
from tests.oaipmh.world import OAI

DC = {"metadataPrefix": "oai_dc"}


# --- sets ---


@proves(47)
def a_repository_without_sets(site: Site) -> None:
    assert site.get("ListSets", "/oai/bk01").codes == ["noSetHierarchy"]
    assert site.get("ListRecords", "/oai/bk01", set="library:bk01", **DC).codes == ["noSetHierarchy"]
    assert site.get("ListIdentifiers", "/oai/bk01", set="x", **DC).codes == ["noSetHierarchy"]
    assert list(site.get("ListIdentifiers", "/oai/bk01", **DC).root.iter(f"{OAI}setSpec")) == []


@proves(48, 49, 51, 54, 56)
def the_sets(site: Site) -> None:
    reply = site.get("ListSets")
    specs = [found.text for found in reply.root.iter(f"{OAI}setSpec")]
    assert specs
    assert len(specs) == len(set(specs))
    assert all(re.fullmatch(r"([A-Za-z0-9\-_.!~*'()])+(:[A-Za-z0-9\-_.!~*'()]+)*", spec) for spec in specs)
    assert all(spec.rpartition(":")[0] in {"", *specs} for spec in specs)
    used = {each.text for page in site.pages("ListIdentifiers", **DC) for each in page.root.iter(f"{OAI}setSpec")}
    assert used <= set(specs)
    assert len(used) >= 2
    titles = [found.text for found in reply.root.iter("{http://purl.org/dc/elements/1.1/}title")]
    assert "Library bk01 & <old>" in titles


@proves(50)
def a_set_above_has_the_records_below(site: Site) -> None:
    above, below = site.states(set="library"), site.states(set="library:bk01")
    assert above.keys() >= {name for name, (_, status) in below.items() if not status}
    assert above == site.states()


@proves(52, 53)
def sets_with_nothing_in_them(site: Site) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        for spec in ("none", "library:none", "library:bk01:none", "library:bk03"):
            assert site.get(verb, set=spec, **DC).codes == ["noRecordsMatch"], spec


@proves(55)
def sets_have_tokens_of_their_own(site: Site) -> None:
    token = site.get("ListRecords", **DC).token.text
    for given in ("abc", token):
        assert site.get("ListSets", resumptionToken=given).codes == ["badResumptionToken"]
    address, query, pages = site.other(page_headers="1"), "verb=ListSets", []
    while query:
        pages.append(send(address, query))
        token = pages[-1].token.text
        query = f"verb=ListSets&resumptionToken={token}" if token else ""
    paged = [found.text for page in pages for found in page.root.iter(f"{OAI}setSpec")]
    assert paged == [found.text for found in site.get("ListSets").root.iter(f"{OAI}setSpec")]
    assert [page.token.get("cursor") for page in pages] == [str(number) for number in range(len(pages))]
    assert send(address, f"verb=ListRecords&resumptionToken={pages[0].token.text}").codes == ["badResumptionToken"]


@proves(57)
def a_record_that_left_a_set(site: Site) -> None:
    name = site.names["LEFT"]
    assert site.states(set="library:bk01")[name][1] == "deleted"
    assert site.states()[name][1] == ""
    assert site.states(set="library:bk02")[name][1] == ""


# --- selective harvesting ---


@proves(58, 62, 69)
def bounds_are_inclusive(site: Site) -> None:
    every = site.states()
    for moment in sorted({state[0] for state in every.values()})[:3]:
        assert site.states(from_=moment, until=moment) == {n: s for n, s in every.items() if s[0] == moment}
    day = min(moment for moment, _ in every.values())[:10]
    of_day = {name: state for name, state in every.items() if state[0][:10] == day}
    assert of_day
    assert site.states(from_=day, until=day) == of_day
    # Until the end of the UTC day, not of the day in Hà Nội, which ends at 16:59:59 UTC.
    site.put(record("LATE"))
    store = site.store
    with store.read() as connection:
        now = datetime.fromtimestamp(store.now(connection), UTC)
    late = int(now.replace(hour=23, minute=59, second=59).timestamp()) - 86_400
    site.sql(f"UPDATE feed SET datestamp = ? WHERE record_id = {UNITED}", late, "LATE")
    yesterday = stamp(late)[:10]
    assert stamp(late) in {found for found, _ in site.states(from_=yesterday, until=yesterday).values()}


@proves(59, 60, 61, 63)
def dates_that_do_not_fit(site: Site) -> None:
    for since, until in (
        ("2026-01-02", "2026-01-01"),
        ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01", "2026-01-02T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-02"),
        ("2026-01-01T00:00:00.5Z", ""),
        ("2021-02-30", ""),
        ("0000-00-00", ""),
        ("2026-01-01T24:00:00Z", ""),
        ("2026-01-01T00:00:60Z", ""),
        ("2026-01-01T07:00:00+07:00", ""),
        ("2026-01-01T00:00:00", ""),
        ("", "2026-1-1"),
        ("", "20260101"),
        ("", "2026"),
        ("", "2026-13-01"),
        ("2026-01-01 00:00:00Z", ""),
        ("٢٠٢٦-٠١-٠١", ""),
        ("-001-01-01", ""),
    ):
        dates = {name: value for name, value in (("from", since), ("until", until)) if value}
        assert set(site.get("ListRecords", **DC, **dates).codes) == {"badArgument"}, dates


@proves(64, 65, 66, 67)
def years_far_away(site: Site) -> None:
    every = site.states()
    for since in ("0001-01-01", "0999-12-31", "1000-01-01T00:00:00Z"):
        assert site.states(from_=since) == every
    for until in ("9999-12-31", "9999-12-31T23:59:59Z"):
        assert site.states(until=until) == every
        assert site.states(from_="0001-01-01T00:00:00Z"[: len(until)], until=until) == every
    for dates in (
        {"until": "1999-12-31"},
        {"until": "0001-01-01"},
        {"from": "9999-12-31"},
        {"from": "2999-01-01T00:00:00Z"},
    ):
        assert site.get("ListIdentifiers", **DC, **dates).codes == ["noRecordsMatch"]


@proves(68)
def nothing_is_stamped_behind_an_answer(site: Site) -> None:
    for number in range(3):
        before = site.get("Identify").root.findtext(f"{OAI}responseDate")
        site.put(record(f"AFTER{number}"))
        found = site.states(from_=before, until="2999-01-01T00:00:00Z")
        assert len(found) >= 1
        assert all(moment >= before for moment, _ in found.values())
        title = [page.text for page in site.pages("ListRecords", metadataPrefix="marcxml", from_=before)]
        assert any(f"AFTER{number}".encode() in text for text in title)


@proves(70)
def a_datestamp_is_of_one_format(site: Site) -> None:
    site.put(record("FORMAT", "Trước"))
    [name] = [name for name in site.states() if name not in site.names.values() and title(site, name) == "Trước"]
    before = {prefix: site.states(metadataPrefix=prefix)[name][0] for prefix in ("oai_dc", "marcxml")}
    time.sleep(1.1)
    changed = record("FORMAT", "Trước")
    site.put(type(changed).build("00000nam a2200000 i 4500", list(changed.fields)))
    after = {prefix: site.states(metadataPrefix=prefix)[name][0] for prefix in ("oai_dc", "marcxml")}
    assert after["oai_dc"] == before["oai_dc"]
    assert after["marcxml"] > before["marcxml"]


def title(site: Site, name: str) -> str:
    root = site.get("GetRecord", identifier=name, **DC).root
    return str(root.findtext(".//{http://purl.org/dc/elements/1.1/}title"))


@proves(71)
def deletion_moves_the_datestamp(site: Site) -> None:
    site.put(record("MOVES"))
    before = site.states()
    time.sleep(1.1)
    site.put(record("MOVES", leader=GONE))
    moved = {name: state for name, state in site.states().items() if state != before[name]}
    [(name, (moment, status))] = moved.items()
    assert (status, moment > before[name][0]) == ("deleted", True)
    assert site.states(set="library:bk01")[site.names["LEFT"]][0] >= site.states()[site.names["P00"]][0]


# --- lists and tokens ---


@proves(72)
def an_empty_answer(site: Site) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        reply = site.get(verb, until="1990-01-01", **DC)
        assert reply.codes == ["noRecordsMatch"]
        assert reply.root.find(OAI + verb) is None


@proves(73)
def formats_that_are_not_there(site: Site) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        assert site.get(verb, metadataPrefix="mods99").codes == ["cannotDisseminateFormat"]
    assert site.record("P00", "mods99").codes == ["cannotDisseminateFormat"]
    assert site.record("DCONLY", "marcxml").codes == ["cannotDisseminateFormat"]
    assert site.names["DCONLY"] in site.states()
    assert site.names["DCONLY"] not in site.states(metadataPrefix="marcxml")


@proves(74, 75, 76, 77, 78, 79, 80)
def tokens_of_a_list(site: Site) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        for spec in ("library:bk01", "library:bk02"):
            pages = list(site.pages(verb, set=spec, **DC))
            counts = [len(page.headers_listed) for page in pages]
            assert min(counts) > 0
            tokens = [page.token for page in pages]
            assert all(token.text for token in tokens[:-1])
            if len(pages) > 1:
                assert tokens[-1].text is None
            else:
                assert tokens[-1] is None
            delivered = 0
            for token, count in zip(tokens, counts, strict=True):
                if token is None:
                    continue
                assert int(token.get("cursor")) == delivered
                delivered += count
                # A damaged record is counted, and left out of what ListRecords gives.
                assert abs(int(token.get("completeListSize")) - sum(counts)) <= 1
                if token.text:
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", token.get("expirationDate"))
            assert len({token.get("completeListSize") for token in tokens if token is not None}) <= 1
    whole = site.get("ListRecords", until=stamp(0), **DC)
    assert whole.token is None
    assert len(list(site.pages("ListRecords", set="library:bk01", **DC))) > 2
    moments = sorted({moment for moment, _ in site.states(set="library:bk01").values()})
    single = site.get("ListIdentifiers", from_=moments[-1], **DC)
    assert len(single.headers_listed) < 20
    assert single.token is None


def signer(site: Site) -> Tokens:
    return Tokens(site.store.keys("oai-token"), "/oai", 30 * 86_400)


def position(site: Site, **changes: object) -> Position:
    first = site.get("ListRecords", **DC)
    found = signer(site).read(first.token.text, Verb.LIST_RECORDS, int(time.time()))
    assert isinstance(found, Position)
    values = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return Position(**(values | changes))


@proves(81)
def an_expired_token(site: Site) -> None:
    now = int(time.time())
    fresh = signer(site).sign(position(site, given=now - 29 * 86_400))
    stale = signer(site).sign(position(site, given=now - 31 * 86_400))
    assert site.get("ListRecords", resumptionToken=fresh).codes == []
    assert site.get("ListRecords", resumptionToken=stale).codes == ["badResumptionToken"]


@proves(82)
def tokens_that_are_not_ours(site: Site) -> None:
    token = site.get("ListRecords", **DC).token.text
    chance = random.Random(82)
    letters = "ABCxyz019-_"
    bad = [
        "x",
        "0",
        "cursor=-5",
        token[:-1],
        token[1:],
        token + "A",
        token * 2,
        token.swapcase(),
        token + "=",
        " " + token,
    ]
    for _ in range(60):
        place = chance.randrange(len(token))
        other = chance.choice([letter for letter in letters if letter != token[place]])
        bad.append(token[:place] + other + token[place + 1 :])
    bad.append(Tokens([b"another key of 32 bytes, not ours"], "/oai", 86_400).sign(position(site)))
    for given in bad:
        assert site.get("ListRecords", resumptionToken=given).codes == ["badResumptionToken"], given
    assert site.get("ListIdentifiers", resumptionToken=token).codes == ["badResumptionToken"]
    assert site.get("ListRecords", "/oai/bk01", resumptionToken=token).codes == ["badResumptionToken"]


@proves(83)
def a_token_twice(site: Site) -> None:
    token = site.get("ListRecords", **DC).token.text
    replies = [site.get("ListRecords", resumptionToken=token) for _ in range(3)]
    assert len({tuple(reply.identifiers) for reply in replies}) == 1
    asked = ({"metadataPrefix": "oai_dc"}, {"metadataPrefix": "marcxml", "set": "library:bk02"})
    alone = [[page.identifiers for page in site.pages("ListIdentifiers", **each)] for each in asked]
    both = [site.pages("ListIdentifiers", **each) for each in asked]
    together: list[list[list[str]]] = [[], []]
    for pages in zip_longest(*both):
        for seen, page in zip(together, pages, strict=True):
            if page:
                seen.append(page.identifiers)
    assert together == alone
    assert [len(each) > 1 for each in alone] == [True, False]


@proves(84, 85)
def what_a_token_looks_like(site: Site) -> None:
    arguments = {"set": "library:bk01", "from": "2020-01-01T00:00:00Z", "until": "2999-12-31T23:59:59Z"}
    for page in site.pages("ListRecords", **DC, **arguments):
        token = page.token.text
        assert token is None or (is_token(token) and len(token) < 200 and quote(token, safe="") == token)


@proves(86)
def a_token_outlives_the_server(site: Site) -> None:
    token = site.get("ListRecords", **DC).token.text
    here = site.get("ListRecords", resumptionToken=token)
    there = send(site.other(), f"verb=ListRecords&resumptionToken={token}")
    assert there.identifiers == here.identifiers
    from oaipmh import tokens  # noqa: PLC0415 - for its version

    made, tokens._VERSION = tokens._VERSION, tokens._VERSION + 1
    try:
        future = signer(site).sign(_known(site))
    finally:
        tokens._VERSION = made
    assert site.get("ListRecords", resumptionToken=future).codes == ["badResumptionToken"]


def _known(site: Site) -> Position:
    from catalogue.feed import Cursor, Selection  # noqa: PLC0415 - beside the version above

    now = int(time.time())
    return Position(Verb.LIST_RECORDS, Selection("oai_dc", "", None, now), now, True, Cursor(0, 0), 1, 2, now)


@proves(87)
def another_page_size(site: Site) -> None:
    names = [name for page in site.pages("ListRecords", **DC) for name in page.identifiers]
    first = site.get("ListRecords", **DC)
    rest = send(site.other(page_records="1000"), f"verb=ListRecords&resumptionToken={first.token.text}")
    assert first.identifiers + rest.identifiers == names


@proves(88)
def both_lists_have_one_order(site: Site) -> None:
    for arguments in (DC, {"metadataPrefix": "marcxml", "set": "library:bk01"}):
        lists = [
            [name for page in site.pages(verb, **arguments) for name in page.identifiers]
            for verb in ("ListIdentifiers", "ListRecords")
        ]
        damaged = site.names["DAMAGED"]
        assert [name for name in lists[0] if name != damaged] == lists[1]


@proves(89)
def a_record_that_changes_during_a_harvest(site: Site) -> None:
    pages = site.pages("ListRecords", set="library:bk01", **DC)
    first = next(pages)
    time.sleep(1.1)
    site.put(record(f"P{PLAIN - 1}", "Đã sửa"), record("P00", "Cũng sửa"))
    seen = set(first.identifiers)
    for page in pages:
        seen |= set(page.identifiers)
    start = first.root.findtext(f"{OAI}responseDate")
    later = site.states(from_=start, set="library:bk01")
    assert {site.names["P00"], site.names[f"P{PLAIN - 1}"]} <= later.keys()
    assert seen | later.keys() == site.states(set="library:bk01").keys()


@proves(90)
def a_record_that_is_deleted_during_a_harvest(site: Site) -> None:
    before = set(site.states(set="library:bk01"))
    pages = site.pages("ListIdentifiers", set="library:bk01", **DC)
    first = next(pages)
    site.put(record("P01", leader=GONE), record("P39", leader=GONE))
    seen = set(first.identifiers).union(*(page.identifiers for page in pages))
    assert before - seen <= {site.names["P01"], site.names["P39"]}
    later = site.states(from_=first.root.findtext(f"{OAI}responseDate"))
    assert {later[site.names[name]][1] for name in ("P01", "P39")} == {"deleted"}
    site.put(record("P01"), record("P39"))


@proves(91)
def the_last_page_costs_what_the_first_costs(site: Site) -> None:
    site.put(*(record(f"M{number}", f"Sách {number}") for number in range(300)), library="bk04")
    address = site.other(page_headers="1")
    path, query, tokens = "/oai/bk04", "metadataPrefix=marcxml", []
    while query:
        token = send(address, f"verb=ListIdentifiers&{query}", path).token.text
        tokens.append(token)
        query = f"resumptionToken={token}" if token else ""
    assert len(tokens) == 300

    def cost(token: str) -> float:
        taken = []
        for _ in range(15):
            start = time.perf_counter()
            assert send(address, f"verb=ListIdentifiers&resumptionToken={token}", path).codes == []
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    assert cost(tokens[-3]) < 3 * cost(tokens[0]) + 0.005
