"""Answers as bytes (section 3.2). Metadata is put in as it was rendered; nothing here parses or builds a tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from catalogue.feed import Entry, SetDescription
from oaipmh import containers
from oaipmh.compression import Piece
from oaipmh.dates import GRANULARITY, format_datestamp
from oaipmh.errors import OaiError
from oaipmh.protocol import Request
from oaipmh.repository import MetadataFormat, Repository, local_part
from oaipmh.text import escape

_OPENING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    b'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
)


def document(repository: Repository, response_date: int, request: Request | None, body: Iterable[Piece]) -> list[Piece]:
    """A whole answer. `request` is None after badVerb and badArgument: then only the base URL may be shown (3.2)."""
    attributes = b""
    if request is not None:
        shown = (("verb", str(request.verb)), *request.arguments)
        attributes = b"".join(b' %b="%b"' % (name.encode(), escape(value)) for name, value in shown)
    head = b"<responseDate>%b</responseDate><request%b>%b</request>" % (
        format_datestamp(response_date),
        attributes,
        escape(repository.base_url),
    )
    return [_OPENING, head, *body, b"</OAI-PMH>\n"]


def errors(found: Iterable[OaiError]) -> list[bytes]:
    """The `error` elements (3.6)."""
    return [b'<error code="%b">%b</error>' % (error.code.encode(), escape(error.text)) for error in found]


def identify(repository: Repository, earliest: int, sample: str) -> list[bytes]:
    """Section 4.2. `sample`: opaque id of an item that exists, empty in an empty repository.

    Every record is kept as deleted for ever (`persistent`, 2.5.1).
    """
    emails = b"".join(b"<adminEmail>%b</adminEmail>" % escape(email) for email in repository.admin_emails)
    return [
        b"<Identify><repositoryName>%b</repositoryName><baseURL>%b</baseURL><protocolVersion>2.0</protocolVersion>"
        % (escape(repository.name), escape(repository.base_url)),
        emails,
        b"<earliestDatestamp>%b</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        b"<granularity>%b</granularity><compression>gzip</compression>"
        % (format_datestamp(earliest), GRANULARITY.encode()),
        *containers.descriptions(repository, sample),
        b"</Identify>",
    ]


def metadata_formats(formats: Iterable[MetadataFormat]) -> list[bytes]:
    """Section 4.4."""
    element = (
        b"<metadataFormat><metadataPrefix>%b</metadataPrefix><schema>%b</schema>"
        b"<metadataNamespace>%b</metadataNamespace></metadataFormat>"
    )
    listed = [element % (escape(f.prefix), escape(f.schema), escape(f.namespace)) for f in formats]
    return [b"<ListMetadataFormats>", *listed, b"</ListMetadataFormats>"]


def sets(repository: Repository, described: Iterable[SetDescription], token: bytes = b"") -> list[bytes]:
    """Section 4.6: the name in Vietnamese, and in English as an oai_dc description; a licence where it has its own."""
    listed = (_set(entry, repository.licences.get(entry.spec)) for entry in described)
    return [b"<ListSets>", *listed, token, b"</ListSets>"]


def _set(entry: SetDescription, licence: str | None) -> bytes:
    description = b""
    said = [
        b'<dc:%b xml:lang="%b">%b</dc:%b>' % (element, language, escape(text), element)
        for element, language, text in (
            (b"title", b"en", entry.name_en),
            (b"description", b"vi", entry.about_vi),
            (b"description", b"en", entry.about_en),
        )
        if text
    ]
    if said:
        description = (
            b'<setDescription><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            b'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            b'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ '
            b'http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
            b"%b</oai_dc:dc></setDescription>" % b"".join(said)
        )
    if licence:
        description += b"<setDescription>%b</setDescription>" % containers.manifest([licence])
    name = entry.name_vi or entry.name_en or entry.spec
    return b"<set><setSpec>%b</setSpec><setName>%b</setName>%b</set>" % (escape(entry.spec), escape(name), description)


def headers(repository: Repository, entries: Iterable[Entry]) -> list[bytes]:
    """The `header` elements (2.5) of `entries`."""
    start = escape(f"oai:{repository.domain}:")
    no_sets = not repository.has_sets
    return [
        b"<header%b><identifier>%b%b</identifier><datestamp>%b</datestamp>%b</header>"
        % (
            b' status="deleted"' if entry.deleted else b"",
            start,
            local_part(entry.identifier).encode(),
            format_datestamp(entry.datestamp),
            b"" if no_sets else _set_specs(entry.sets),
        )
        for entry in entries
    ]


@lru_cache(maxsize=4096)  # there are far fewer combinations of sets than records
def _set_specs(specs: tuple[str, ...]) -> bytes:
    return b"".join(b"<setSpec>%b</setSpec>" % escape(spec) for spec in specs)


def deliverable(entry: Entry) -> bool:
    """Whether a record is whole: one without its metadata is only allowed when it is deleted (2.5)."""
    return entry.deleted or bool(entry.metadata)


def records(repository: Repository, entries: Sequence[Entry]) -> list[bytes]:
    """The `record` elements of `entries`; a deleted one has a header and nothing else, no `about` either (2.5.1)."""
    parts: list[bytes] = []
    says = bool(repository.licence or repository.licences)
    for header, entry in zip(headers(repository, entries), entries, strict=True):
        if entry.deleted or entry.metadata is None:
            parts += (b"<record>", header, b"</record>")
        else:
            parts += (b"<record>", header, b"<metadata>", entry.metadata, b"</metadata>")
            if says:
                licence = repository.licence_of(entry.sets)
                parts += (containers.rights(licence),) if licence else ()
            if entry.provenance:
                parts.append(containers.provenance(entry.provenance))
            parts.append(b"</record>")
    return parts


def resumption(token: str, total: int, delivered: int, expires: int | None) -> bytes:
    """The `resumptionToken` element (3.5); `token` is empty on the last page, `expires` None then."""
    until = b"" if expires is None else b' expirationDate="%b"' % format_datestamp(expires)
    attributes = b'%b completeListSize="%d" cursor="%d"' % (until, total, delivered)
    return b"<resumptionToken%b>%b</resumptionToken>" % (attributes, token.encode())
