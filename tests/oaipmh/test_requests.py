"""Requests: which are refused and with what, a row for each rule of the standard; and nothing ends in a fault."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foundation.limits import OAI_ARGUMENTS
from oaipmh.errors import Refusal
from oaipmh.protocol import Request, Verb, parse
from tests.oaipmh.world import World, library, responded

UNHURRIED = settings(deadline=None)  # the machine may be busy
WORLD = library(3)
ID = "oai:thuvien.example.vn:w1"
GET = "verb=GetRecord&metadataPrefix=oai_dc&identifier="
LIST = "verb=ListRecords&metadataPrefix=oai_dc"
BOTH = ("ListRecords", "ListIdentifiers")

BAD_VERB = {
    "rule 19: missing": "",
    "rule 19: missing beside another argument": "metadataPrefix=oai_dc",
    "rule 19: unknown": "verb=Junk",
    "rule 19: wrong case": "verb=listrecords",
    "rule 19: empty": "verb=",
    "rule 19: without a value": "verb",
    "rule 20: repeated": "verb=Identify&verb=Identify",
    "rule 20: repeated and different": "verb=Identify&verb=ListSets",
    "rule 28: unofficial": "verb=GetMetadata&identifier=a:b&metadataPrefix=oai_dc",
    "rule 29: the name is case-sensitive": "Verb=Identify",
    "rule 3: broken escape in the verb": "verb=%zzIdentify",
    "rule 3: not UTF-8 in the verb": "verb=%ff",
    "rule 13: control character in the verb": "verb=Identify%00",
    "blank around the verb": "verb=Identify+",
}
BAD_ARGUMENT = {
    "rule 3: broken escape": GET + "%zz",
    "rule 3: escape cut short": GET + "oai:x:%4",
    "rule 3: not UTF-8": GET + "%ff%fe",
    "rule 3: overlong UTF-8": GET + "%c0%80",
    "rule 3: encoded surrogate": GET + "%ed%a0%80",
    "rule 3: broken escape in a name": "verb=Identify&%zz=1",
    "rule 12: quotation mark": GET + 'invalid"id',
    "rule 12: blank": GET + "oai:x:a%20b",
    "rule 12: letters that no URI has": GET + quote("oai:x:kiều"),
    "rule 21: repeated": GET + ID + "&metadataPrefix=oai_dc",
    "rule 21: set repeated": LIST + "&set=lib&set=lib",
    "rule 22: unknown": "verb=Identify&foo=1",
    "rule 22: unknown on a list": LIST + "&foo=1",
    "rule 22: unknown beside a token": "verb=ListRecords&resumptionToken=x&foo=1",
    "rule 23: of another verb, ListSets": "verb=ListSets&metadataPrefix=oai_dc",
    "rule 23: of another verb, Identify": "verb=Identify&identifier=a:b",
    "rule 23: of another verb, GetRecord": GET + ID + "&from=2020-01-01",
    "rule 23: of another verb, token": GET + ID + "&resumptionToken=x",
    "rule 24: set empty": LIST + "&set=",
    "rule 24: prefix empty": "verb=ListRecords&metadataPrefix=",
    "rule 24: identifier empty": GET,
    "rule 24: from empty": LIST + "&from=",
    "rule 24: token empty": "verb=ListRecords&resumptionToken=",
    "rule 24: set without a value": LIST + "&set",
    "rule 25: GetRecord without identifier": "verb=GetRecord&metadataPrefix=oai_dc",
    "rule 25: GetRecord without prefix": "verb=GetRecord&identifier=" + ID,
    "rule 26: ListRecords without prefix": "verb=ListRecords",
    "rule 26: ListIdentifiers without prefix": "verb=ListIdentifiers&set=lib",
    "rule 27: prefix with a token": LIST + "&resumptionToken=x",
    "rule 27: from with a token": "verb=ListRecords&resumptionToken=x&from=2020-01-01",
    "rule 29: names are case-sensitive": "verb=ListRecords&metadataprefix=oai_dc",
    "rule 42: prefix with a blank": "verb=ListRecords&metadataPrefix=oai+dc",
    "rule 42: prefix with a colon": "verb=ListRecords&metadataPrefix=oai:dc",
    "rule 48: set with letters beyond the pattern": LIST + "&set=" + quote("địa-chí"),
    "rule 48: set with an empty step": LIST + "&set=lib::bk",
    "rule 48: set with a slash": LIST + "&set=lib/bk",
    "too many arguments": "&".join(["verb=Identify", *(f"a{n}=1" for n in range(OAI_ARGUMENTS))]),
}
BAD_DATES = {
    "rule 59: from after until": "from=2021-01-02&until=2021-01-01",
    "rule 59: from after until by a second": "from=2021-01-01T00:00:01Z&until=2021-01-01T00:00:00Z",
    "rule 60: day and second": "from=2021-01-01&until=2021-01-02T00:00:00Z",
    "rule 60: second and day": "from=2021-01-01T00:00:00Z&until=2021-01-02",
    "rule 61: fraction": "from=2021-01-01T00:00:00.5Z",
    "rule 63: 30 February": "from=2021-02-30",
    "rule 63: 29 February of a common year": "until=2021-02-29",
    "rule 63: zeros": "from=0000-00-00",
    "rule 63: year zero": "from=0000-01-01",
    "rule 63: 24:00:00": "until=2021-01-01T24:00:00Z",
    "rule 63: leap second": "until=2016-12-31T23:59:60Z",
    "rule 63: offset": "from=2021-01-01T00:00:00%2B07:00",
    "rule 63: no Z": "from=2021-01-01T00:00:00",
    "rule 63: small letters": "from=2021-01-01t00:00:00z",
    "rule 63: minutes only": "from=2021-01-01T00:00Z",
    "rule 63: year only": "from=2021",
    "rule 63: month only": "from=2021-01",
    "rule 63: no zeros": "from=2021-1-1",
    "rule 63: Vietnamese order": "from=01-02-2021",
    "rule 63: other digits": "from=" + quote("２０２１-01-01"),
    "rule 63: sign": "from=-2021-01-01",
    "rule 63: five digits": "from=12021-01-01",
    "rule 63: newline behind": "from=2021-01-01%0A",
    "rule 63: blank before": "from=+2021-01-01",
    "rule 63: words": "until=yesterday",
    "rule 63: only a part impossible": "from=2021-01-01&until=2021-13-01",
}
CONTROLS = ("%00", "%01", "%08", "%0B", "%1F", "%7F", "%C2%85", "%EF%BF%BE", "%EF%BF%BF")
LEGAL = {
    "rule 62: days": ("from=2021-01-01&until=2021-01-31", ["noRecordsMatch"]),
    "rule 64: year 1": ("from=0001-01-01", []),
    "rule 64: until year 1": ("until=0001-01-01", ["noRecordsMatch"]),
    "rule 64: year 999": ("from=0999-12-31T23:59:59Z", []),
    "rule 64: year 9999": ("until=9999-12-31", []),
    "rule 64: last second there is": ("until=9999-12-31T23:59:59Z", []),
    "rule 64: from year 9999": ("from=9999-12-31", ["noRecordsMatch"]),
    "rule 63: 29 February of a leap year": ("until=2020-02-29", ["noRecordsMatch"]),
    "rule 65: until before the earliest": ("until=1970-01-01", ["noRecordsMatch"]),
    "rule 66: from in the future": ("from=2100-01-01T00:00:00Z", ["noRecordsMatch"]),
    "rule 67: until alone": ("until=2023-11-14T22:13:20Z", []),
    "rule 68: until in the future": ("until=2100-01-01", []),
    "rule 58: one second": ("from=2023-11-14T22:13:20Z&until=2023-11-14T22:13:20Z", []),
    "rule 58: one day": ("from=2023-11-14&until=2023-11-14", []),
    "rule 52: unknown set": ("set=nowhere", ["noRecordsMatch"]),
}
OTHER = {
    "rule 55: a token that ListSets never gave": ("verb=ListSets&resumptionToken=abc", "badResumptionToken"),
    "rule 82: garbage token": ("verb=ListRecords&resumptionToken=abc", "badResumptionToken"),
    "rule 82: a token of another server": ("verb=ListRecords&resumptionToken=cursor%3D-5", "badResumptionToken"),
    "rule 73: unknown prefix, ListRecords": ("verb=ListRecords&metadataPrefix=nope", "cannotDisseminateFormat"),
    "rule 73: unknown prefix, ListIdentifiers": ("verb=ListIdentifiers&metadataPrefix=nope", "cannotDisseminateFormat"),
    "rule 73: unknown prefix, GetRecord": (
        "verb=GetRecord&metadataPrefix=nope&identifier=" + ID,
        "cannotDisseminateFormat",
    ),
    "rule 95: never existed": (GET + "oai:thuvien.example.vn:w99", "idDoesNotExist"),
    "rule 95: another domain": (GET + "oai:elsewhere.example.vn:w1", "idDoesNotExist"),
    "rule 95: no colon": (GET + "w1", "idDoesNotExist"),
    "rule 95: another scheme": (GET + "http://hdl.handle.net/1/2", "idDoesNotExist"),
    "rule 95: nothing behind the domain": (GET + "oai:thuvien.example.vn:", "idDoesNotExist"),
    "rule 95: another spelling of the same": (GET + "oai:thuvien.example.vn:%2577%2531", "idDoesNotExist"),
    "rule 44: unknown item": ("verb=ListMetadataFormats&identifier=oai:thuvien.example.vn:w99", "idDoesNotExist"),
}


@pytest.mark.parametrize("query", BAD_VERB.values(), ids=BAD_VERB.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bad_verb_shows_the_base_url_alone(query: str, method: str) -> None:
    answer = WORLD.ask(query, method=method)
    assert (answer.status, answer.codes) == ("200 OK", ["badVerb"])  # rule 4
    assert (answer.request.text, dict(answer.request.attrib)) == (WORLD.base_url, {})  # rule 10


@pytest.mark.parametrize("query", BAD_ARGUMENT.values(), ids=BAD_ARGUMENT.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bad_argument_shows_the_base_url_alone(query: str, method: str) -> None:
    answer = WORLD.ask(query, method=method)
    assert (answer.status, set(answer.codes)) == ("200 OK", {"badArgument"})
    assert (answer.request.text, dict(answer.request.attrib)) == (WORLD.base_url, {})


@pytest.mark.parametrize("dates", BAD_DATES.values(), ids=BAD_DATES.keys())
@pytest.mark.parametrize("verb", BOTH)
def test_bad_date_is_a_bad_argument(dates: str, verb: str) -> None:
    answer = WORLD.ask(f"verb={verb}&metadataPrefix=oai_dc&{dates}")
    assert answer.codes == ["badArgument"]
    assert not answer.request.attrib  # rule 10: an invalid date would make the answer invalid


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("name", ["identifier", "metadataPrefix", "from", "until", "set", "resumptionToken", "foo"])
def test_rule_13_control_characters_are_a_bad_argument(control: str, name: str) -> None:
    verb = "GetRecord" if name == "identifier" else "ListRecords"
    assert set(WORLD.ask(f"verb={verb}&{name}=a{control}b").codes) == {"badArgument"}


@pytest.mark.parametrize(("dates", "codes"), LEGAL.values(), ids=LEGAL.keys())
@pytest.mark.parametrize("verb", BOTH)
def test_legal_selection_is_echoed_as_it_was_sent(dates: str, codes: list[str], verb: str) -> None:
    answer = WORLD.ask(f"verb={verb}&metadataPrefix=oai_dc&{dates}")
    assert answer.codes == codes
    sent = dict(pair.split("=") for pair in dates.split("&"))
    assert dict(answer.request.attrib) == {"verb": verb, "metadataPrefix": "oai_dc"} | sent  # rules 9, 11


@pytest.mark.parametrize(("query", "code"), OTHER.values(), ids=OTHER.keys())
def test_other_errors_show_the_arguments(query: str, code: str) -> None:
    answer = WORLD.ask(query)
    assert answer.codes == [code]
    assert answer.request.get("verb") == query.partition("&")[0].removeprefix("verb=")  # rule 11


def test_rule_14_every_flaw_is_reported() -> None:
    assert WORLD.ask("verb=ListRecords&from=x&until=y&foo=1").codes == ["badArgument"] * 4


def test_rule_9_arguments_are_unescaped_then_escaped_for_xml() -> None:
    answer = WORLD.ask(GET + "oai:x:a%26b'%3C".replace("%3C", "%253C"))
    assert answer.request.get("identifier") == "oai:x:a&b'%3C"


def test_an_error_text_repeats_little_of_what_was_sent() -> None:
    answer = WORLD.ask("verb=" + "<%26x" * 1000)
    assert len(answer.body) < 1000
    assert answer.codes == ["badVerb"]


def test_rule_1_get_and_post_answer_alike() -> None:
    queries = [f"verb={verb}" for verb in ("Identify", "ListSets", "ListMetadataFormats")]
    queries += [f"verb={verb}&metadataPrefix=marcxml" for verb in BOTH] + [GET + quote(ID)]
    for query in queries:
        assert WORLD.ask(query).body == WORLD.ask(query, method="POST").body


def test_rule_2_a_post_with_a_query_is_refused() -> None:
    answer = WORLD.ask("metadataPrefix=oai_dc", method="POST", QUERY_STRING="verb=ListRecords")
    assert answer.codes == ["badArgument"]


def test_empty_pieces_between_ampersands_are_no_arguments() -> None:
    assert WORLD.ask("&verb=Identify&&").codes == []


def test_a_plus_is_a_blank() -> None:
    request = parse(b"verb=ListSets&resumptionToken=a+b%2Bc")
    assert isinstance(request, Request)
    assert request.token == "a b+c"


WORDS = """verb = & ListRecords GetRecord ListMetadataFormats identifier oai : // @ metadataPrefix oai_dc from until
2021-01-01 T00:00:00Z set lib:bk % %20 resumptionToken %00 \xff + ' " < ]]> ? / # [ 1 ."""
PIECES = st.sampled_from([word.encode("latin-1") for word in WORDS.split()])
RAW = st.binary(max_size=80) | st.lists(PIECES, max_size=20).map(b"".join)
SIGNS = "abz019:/?#[]@!$&'()*+,;=-._~%<>\"{}|\\^`ế "
VALUES = st.text(st.sampled_from(SIGNS) | st.characters(codec="utf-8"), max_size=12)


@UNHURRIED
@given(RAW, st.sampled_from(["GET", "POST"]))
def test_any_bytes_have_a_valid_answer(raw: bytes, method: str) -> None:
    assert WORLD.ask(raw, method=method).status == "200 OK"


@UNHURRIED
@given(VALUES, st.sampled_from([v for v in Verb if v not in (Verb.IDENTIFY, Verb.LIST_SETS)]))
@example("//a:b", Verb.GET_RECORD)
@example("a://b:c", Verb.GET_RECORD)
@example("a://[", Verb.GET_RECORD)
@example("a:%4", Verb.GET_RECORD)
@example("a://b@c", Verb.GET_RECORD)
@example("1:2", Verb.GET_RECORD)
def test_any_text_as_a_value_has_a_valid_answer(text: str, verb: Verb) -> None:
    value = quote(text, safe="")
    for name in ("identifier", "metadataPrefix", "set"):
        others = {"identifier": "&metadataPrefix=oai_dc", "set": "&metadataPrefix=oai_dc"}.get(name, "")
        assert WORLD.ask(f"verb={verb}&{name}={value}{others}").status == "200 OK"


@UNHURRIED
@given(st.binary(max_size=200))
def test_parse_gives_a_request_or_a_refusal(raw: bytes) -> None:
    assert isinstance(parse(raw), Request | Refusal)


def test_a_refusal_does_not_touch_the_store() -> None:
    class Away:
        def snapshot(self) -> None:
            raise AssertionError("the store was asked")

    world = World()
    provider = world.app._lookup("")
    assert provider is not None
    provider._feed = Away()  # type: ignore[assignment]
    assert b"badVerb" in responded(provider, "verb=x")


@pytest.mark.parametrize(
    "query",
    [
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=%FF", "verb=ListRecords&metadataPrefix=%ZZ",
        "verb=ListRecords&resumptionToken=%FF", "verb=ListSets&resumptionToken=%01",
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_read_is_not_also_missing(query: str) -> None:
    refused = parse(query.encode())
    assert isinstance(refused, Refusal)
    assert [error.text.partition(" as ")[0] for error in refused.errors] == ["not readable"]
