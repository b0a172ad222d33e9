"""Rules 1-46: the envelope, verbs and arguments, Identify, ListMetadataFormats."""

from __future__ import annotations

import http.client
import re
from urllib.parse import quote, urlencode

from lxml import etree

from foundation.limits import OAI_BODY_BYTES
from tests.oaipmh.conformance.rules import proves
from tests.oaipmh.conformance.site import SETTINGS, Site
from tests.oaipmh.world import OAI

LIST = "verb=ListRecords&metadataPrefix=oai_dc"
VERBS = (
    "verb=Identify",
    "verb=ListMetadataFormats",
    "verb=ListSets",
    "verb=ListIdentifiers&metadataPrefix=marcxml&set=library%3Abk01",
    LIST + "&from=2020-01-01",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:lienthong.example.vn:none",
    "verb=Nope",
)
CODES = {
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch",
    "noMetadataFormats", "noSetHierarchy",
}  # fmt: skip


def without_date(body: bytes) -> bytes:
    return re.sub(
        rb"<responseDate>[^<]*</responseDate>|expirationDate=\"[^\"]*\"|<resumption.*?</resumption[^>]*>", b"", body
    )


@proves(1)
def get_and_post_agree(site: Site) -> None:
    for query in VERBS:
        got, posted = site.ask(query), site.ask(query, method="POST")
        assert (got.status, without_date(got.body)) == (posted.status, without_date(posted.body)), query


@proves(2)
def a_post_with_a_query_is_no_mixture(site: Site) -> None:
    for query, body in (
        ("verb=Identify", "verb=ListSets"),
        ("verb=ListRecords", "metadataPrefix=oai_dc"),
        ("a=b", "verb=Identify"),
    ):
        reply = site.ask(body, path=f"/oai?{query}", method="POST")
        assert reply.codes == ["badArgument"]


@proves(3)
def a_body_has_a_bound(site: Site) -> None:
    assert site.ask("verb=" + "x" * (OAI_BODY_BYTES - 5), method="POST").codes == ["badVerb"]
    assert site.ask("verb=" + "x" * (OAI_BODY_BYTES - 4), method="POST").status == 413
    for nonsense in (b"%", b"%zz", b"%ff%fe", b"%C0%80", "tiếng".encode()[:3]):
        for method in ("GET", "POST"):
            query = LIST.encode() + b"&set=" + (nonsense if method == "POST" else quote(nonsense, safe="%").encode())
            assert site.ask(query, method=method).codes == ["badArgument"], nonsense


@proves(4)
def errors_of_the_protocol_are_answers(site: Site) -> None:
    for query in ("", "verb=x", "verb=ListRecords", "verb=ListRecords&resumptionToken=x", LIST + "&set=none"):
        reply = site.ask(query)
        assert reply.status == 200
        assert reply.codes


@proves(5, 6, 7, 8)
def the_envelope(site: Site) -> None:
    for query in VERBS:
        reply = site.ask(query)
        assert reply.headers["content-type"] == "text/xml; charset=utf-8"
        assert reply.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        reply.body.decode("utf-8")
        root = reply.root
        assert root.tag == f"{OAI}OAI-PMH"
        pairs = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation").split()
        assert dict(zip(pairs[::2], pairs[1::2], strict=True)) == {
            "http://www.openarchives.org/OAI/2.0/": "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
        }
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", root.findtext(f"{OAI}responseDate"))
        request = root.find(f"{OAI}request")
        assert (request.text, len(request)) == (f"{site.address}/oai", 0)


@proves(9, 11)
def request_repeats_the_arguments(site: Site) -> None:
    for arguments in (
        {"verb": "Identify"},
        {"verb": "ListIdentifiers", "metadataPrefix": "marcxml", "from": "2020-01-01", "set": "library:bk01"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:lienthong.example.vn:a&b'(%26)"},
        {"verb": "ListRecords", "metadataPrefix": "none"},
        {"verb": "ListRecords", "resumptionToken": "garbage<&"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"},
    ):
        assert site.ask(urlencode(arguments)).request == arguments


@proves(10)
def a_request_that_is_not_understood_is_not_repeated(site: Site) -> None:
    for query in (
        "verb=Nope&identifier=x",
        LIST + "&from=2021-02-30",
        LIST + "&until=x&foo=1",
        "verb=Identify&verb=Identify",
    ):
        reply = site.ask(query)
        assert set(reply.codes) <= {"badVerb", "badArgument"}
        assert reply.request == {}


@proves(12)
def a_quotation_mark_in_an_identifier(site: Site) -> None:
    assert site.get("GetRecord", metadataPrefix="oai_dc", identifier='invalid"id').codes == ["badArgument"]


@proves(13)
def control_characters(site: Site) -> None:
    for name in ("identifier", "metadataPrefix", "set", "from", "resumptionToken", "verb", "x"):
        for bad in ("%00", "%01", "%0A", "%7F", "%EF%BF%BE", "%EF%BF%BF", "%ED%A0%80"):
            codes = site.ask(f"verb=ListRecords&metadataPrefix=oai_dc&{name}=a{bad}b").codes
            assert set(codes) <= {"badArgument", "badVerb"}, (name, bad)
            assert codes


@proves(14)
def several_errors_together(site: Site) -> None:
    codes = site.ask("verb=ListRecords&from=x&until=y&foo=1&foo=2").codes
    assert len(codes) > 3
    assert set(codes) <= CODES


@proves(15)
def the_base_url_is_the_address(site: Site) -> None:
    for path in ("/oai", "/oai/bk01"):
        assert site.ask("verb=Identify", path).root.findtext(f".//{OAI}baseURL") == site.address + path


@proves(16)
def no_redirect(site: Site) -> None:
    for path in ("/oai", "/oai/", "/oai/bk01", "/oai/bk01/"):
        assert site.ask("verb=Identify", path).status == 200


@proves(17)
def methods(site: Site) -> None:
    get, head = site.ask("verb=ListSets"), site.ask("verb=ListSets", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        reply = site.ask("verb=Identify", method=method)
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST")


@proves(18)
def connections(site: Site) -> None:
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=10)
    sockets = set()
    for query in VERBS * 2:
        connection.request("GET", f"/oai?{query}")
        answer = connection.getresponse()
        assert len(answer.read()) == int(answer.headers["Content-Length"])
        sockets.add(id(connection.sock))
    assert len(sockets) == 1
    connection.close()
    old = site.raw(b"GET /oai?verb=ListSets HTTP/1.0\r\n\r\n")
    head, _, body = old.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert etree.fromstring(body).find(f"{OAI}ListSets") is not None


@proves(19, 28)
def verbs_that_are_none(site: Site) -> None:
    for query in (
        "",
        "metadataPrefix=oai_dc",
        "verb=",
        "verb",
        "verb=listrecords",
        "verb=LISTRECORDS",
        "verb=Identify+",
        "verb=GetMetadata",
        "verb=ListRecord",
        "verb=Xác+định",
    ):
        assert site.ask(quote(query, safe="=&+")).codes == ["badVerb"], query


@proves(20)
def a_repeated_verb(site: Site) -> None:
    for query in ("verb=Identify&verb=Identify", "verb=Identify&verb=ListSets", "verb=Identify&verb="):
        assert site.ask(query).codes == ["badVerb"]


@proves(21, 22, 23, 24, 25, 26, 27, 29)
def arguments_that_do_not_fit(site: Site) -> None:
    token = site.get("ListRecords", metadataPrefix="oai_dc").token.text
    for query in (
        LIST + "&metadataPrefix=oai_dc",
        LIST + "&set=a&set=b",
        "verb=GetRecord&identifier=oai:a:b&identifier=oai:a:b&metadataPrefix=oai_dc",
        "verb=Identify&foo=1",
        "verb=ListSets&foo",
        LIST + "&foo=1",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:a:b&x=",
        "verb=ListSets&metadataPrefix=oai_dc",
        "verb=Identify&identifier=oai:a:b",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:a:b&set=a",
        LIST + "&set=",
        "verb=ListRecords&metadataPrefix=",
        "verb=ListMetadataFormats&identifier=",
        "verb=ListRecords&resumptionToken=",
        LIST + "&from=",
        LIST + "&until=",
        "verb=GetRecord",
        "verb=GetRecord&metadataPrefix=oai_dc",
        "verb=GetRecord&identifier=oai:a:b",
        "verb=ListRecords",
        "verb=ListIdentifiers",
        "verb=ListRecords&from=2020-01-01",
        f"verb=ListRecords&resumptionToken={token}&metadataPrefix=oai_dc",
        f"verb=ListRecords&resumptionToken={token}&until=2030-01-01",
        f"verb=ListRecords&resumptionToken={token}&resumptionToken={token}",
        "verb=ListRecords&MetadataPrefix=oai_dc",
        "Verb=Identify&verb=Identify",
        LIST + "&From=2020-01-01",
    ):
        assert set(site.ask(query).codes) == {"badArgument"}, query


# --- Identify ---


@proves(30, 31, 33, 34)
def identify(site: Site) -> None:
    for path in ("/oai", "/oai/bk02"):
        found = site.ask("verb=Identify", path).root.find(f"{OAI}Identify")
        names = [etree.QName(child).localname for child in found]
        assert names[:8] == ["repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp",
                             "deletedRecord", "granularity", "compression"]  # fmt: skip
        assert set(names[8:]) == {"description"}
        assert found.findtext(f"{OAI}protocolVersion") == "2.0"
        assert re.fullmatch(r"\w{2,}[^@\s]*@(?!localhost)(\S+\.)+\S+", found.findtext(f"{OAI}adminEmail"))
        assert found.findtext(f"{OAI}granularity") == "YYYY-MM-DDThh:mm:ssZ"
        stamps = {moment for moment, _ in site.states(path=path).values()} | {found.findtext(f"{OAI}earliestDatestamp")}
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp) for stamp in stamps)
        coding = found.findtext(f"{OAI}compression")
        assert coding != "identity"
        reply = site.ask("verb=Identify", path, Accept_Encoding=coding)
        assert reply.headers["content-encoding"] == coding


@proves(32)
def the_earliest_datestamp(site: Site) -> None:
    for path in ("/oai", "/oai/bk02"):
        earliest = site.ask("verb=Identify", path).root.findtext(f".//{OAI}earliestDatestamp")
        found = site.states(path=path) | site.states(path=path, metadataPrefix="marcxml")
        assert any(status for _, status in found.values())
        assert earliest <= min(moment for moment, _ in found.values())


@proves(35, 36, 38, 39, 40)
def descriptions(site: Site) -> None:
    # Every answer was held against the schemas already, strictly: a container without one would not have come so far.
    found = list(site.ask("verb=Identify").root.iter(f"{OAI}description"))
    assert all(len(each) == 1 for each in found)
    assert all(each[0].get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") for each in found)
    names = [etree.QName(each[0]).localname for each in found]
    assert names == ["oai-identifier", "rightsManifest", "friends", "branding"]
    scheme = found[0][0]
    assert scheme.tag == "{http://www.openarchives.org/OAI/2.0/oai-identifier}oai-identifier"
    assert re.fullmatch(
        r"[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+", scheme.findtext("{*}repositoryIdentifier")
    )
    local = re.compile(r"oai:lienthong\.example\.vn:[A-Za-z0-9\-_.!~*'();/?:@&=+$,%]+")
    assert all(local.fullmatch(name) for name in site.states())
    assert [each.text for each in found[2][0]] == SETTINGS["friends"].split()


@proves(37)
def the_sample_exists(site: Site) -> None:
    for path in ("/oai", "/oai/bk01"):
        sample = site.ask("verb=Identify", path).root.findtext(".//{*}sampleIdentifier")
        assert site.get("GetRecord", path, metadataPrefix="oai_dc", identifier=sample).codes == []
    empty = site.ask("verb=Identify", "/oai/bk03").root.findtext(".//{*}sampleIdentifier")
    assert empty.startswith("oai:lienthong.example.vn:")


# --- ListMetadataFormats ---


def prefixes(site: Site, path: str = "/oai", **arguments: str) -> list[str]:
    return [
        found.text for found in site.get("ListMetadataFormats", path, **arguments).root.iter(f"{OAI}metadataPrefix")
    ]


@proves(41, 42, 43)
def formats(site: Site) -> None:
    for path in ("/oai", "/oai/bk01", "/oai/bk03"):
        found = prefixes(site, path)
        assert "oai_dc" in found
        assert len(found) == len(set(found))
        assert all(re.fullmatch(r"[A-Za-z0-9\-_.!~*'()]+", prefix) for prefix in found)
        root = site.get("ListMetadataFormats", path).root
        places = [each.text for name in ("schema", "metadataNamespace") for each in root.iter(OAI + name)]
        assert all(re.match(r"(https?|info|urn):", place) for place in places)


@proves(44)
def formats_of_an_item(site: Site) -> None:
    assert "marcxml" in prefixes(site, identifier=site.names["P00"])
    assert prefixes(site, identifier=site.names["DCONLY"]) == ["oai_dc"]
    for unknown in ("oai:lienthong.example.vn:none", "oai:elsewhere.vn:1", "x"):
        assert site.get("ListMetadataFormats", identifier=unknown).codes == ["idDoesNotExist"]
    assert site.get("ListMetadataFormats", "/oai/bk01", identifier=site.names["DCONLY"]).codes == ["idDoesNotExist"]


@proves(45)
def an_item_without_formats(site: Site) -> None:
    assert site.get("ListMetadataFormats", identifier=site.names["NOFORMAT"]).codes == ["noMetadataFormats"]


@proves(46)
def formats_of_a_deleted_item(site: Site) -> None:
    # It died before the formats that are made behind publication were made of it: it had the others.
    had = {"oai_dc", "marcxml", "marc21", "marc-xml"}
    assert had <= set(prefixes(site, identifier=site.names["DEAD"])) <= set(prefixes(site))
