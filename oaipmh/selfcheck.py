"""A harvest of a whole repository to find out whether it can be trusted: every verb, format and set, walked to the end.

The repository is asked as any harvester asks it. What it answers is held against the protocol (`oaipmh.rules`),
against itself (both list verbs, GetRecord, incremental harvests), and, where the store is at hand, against the
records themselves. Lists of any length are compared on disk (`oaipmh.ledger`); memory stays flat.
"""

from __future__ import annotations

import hashlib
import heapq
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from lxml import etree

from oaipmh import inspected, ledger, rules
from oaipmh.asking import Ask
from oaipmh.dates import GRANULARITY, parse_datestamp
from oaipmh.inspected import Header, Page
from oaipmh.ledger import Ledger, Line
from oaipmh.rules import Findings

SAMPLES: Final = 16
"""Live records of each format that are asked for by GetRecord, and a quarter as many deleted ones."""
ASKED_AGAIN: Final = 20_000
"""Records on which lists disagree that are looked at once more, since they may have changed meanwhile: as many as an
import brings while a check runs. Each is looked at once in each format."""
SAMPLE_PAGES: Final = 2
"""Pages of records that are read of a set that is sampled."""
UNLISTED: Final = 20
"""Sets in headers that ListSets did not have, for each of which it is asked again."""
SETTLE_SECONDS: Final = 2.5
_DAY: Final = "YYYY-MM-DD"


class Expected(Protocol):
    """One item as the store knows it (`catalogue.feed_truth.Expected`)."""

    @property
    def identifier(self) -> str: ...
    @property
    def deleted(self) -> bool: ...
    @property
    def digest(self) -> str: ...
    @property
    def sound(self) -> bool: ...


Truth = Callable[[str, str, bool], Iterable[Expected]]
"""What the list of (set, format) has to show, with whole OAI identifiers; True: also whether the stored is sound."""


class StoppedError(Exception):
    """Somebody asked the check to stop; it never leaves this module's `run`."""


@dataclass(slots=True)
class Report:
    """How a check ended."""

    stopped: bool = False
    findings: Findings = field(default_factory=Findings)
    counts: dict[str, int] = field(default_factory=dict)
    """requests, bytes (on the wire), lists, records, formats, sets; of our own feed also what is still being made:
    behind (records in formats made after publication), unsorted (records that are to be put into sets)."""

    def count(self, name: str, number: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + number


class Check:
    """One check of one repository.

    `ask`: how it is asked. `truth`: what its lists must show, if anybody knows. `grammar`: the XML schemas, if they
    are at hand. `tell` hears the counts after each page; `stop` is asked before each request. `formats` and `sets`:
    only these, empty for all. `records` False: lists of headers alone. `sampled`: of these sets every header is read,
    and a few pages of records; what a record holds is seen in the list of everything. `aliases`: prefix → the prefix
    of which it is another name, which is only looked into.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        truth: Truth | None = None,
        grammar: etree.XMLSchema | None = None,
        tell: Callable[[dict[str, int]], object] = lambda counts: None,
        stop: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], object] = time.sleep,
        formats: Collection[str] = (),
        sets: Collection[str] = (),
        records: bool = True,
        sampled: Callable[[str], bool] = lambda spec: False,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._sampled, self._aliases = sampled, aliases or {}
        self._ask, self._truth, self._grammar, self._tell, self._stop = ask, truth, grammar, tell, stop
        self._sleep = sleep
        self._formats, self._sets, self._records = formats, sets, records
        self.report = Report()
        self._base_url = self._earliest = self._granularity = self._policy = self._until = ""
        self._known_sets: set[str] = set()
        self._unlisted: set[str] = set()
        self._again: dict[tuple[str, str], bool] = {}
        self._got: dict[tuple[str, str], bytes] = {}

    def run(self) -> Report:
        """The whole check. What the repository does wrong is in the report; raises StoreError if the store fails."""
        try:
            if self._identify():
                prefixes = self._metadata_formats()
                specs = self._list_sets()
                self._wrong_requests(prefixes)
                self._transport()
                for prefix, same_as in prefixes.items():
                    if self._formats and prefix not in self._formats:
                        continue
                    if same_as:
                        self._alias(prefix, same_as)
                        continue
                    self.report.count("formats")
                    if not self._sets:
                        self._list(prefix, "")
                    for spec in specs:
                        if not self._sets or spec in self._sets:
                            self._list(prefix, spec)
        except StoppedError:
            self.report.stopped = True
        return self.report

    # --- asking ---------------------------------------------------------------------------------------------
    def _page(self, arguments: dict[str, str], **how: Any) -> Page | None:
        if self._stop():
            raise StoppedError
        answer = self._ask(arguments, **how)
        self.report.count("requests")
        self.report.count("bytes", answer.wire_bytes)
        self._tell(self.report.counts)
        return inspected.read(answer, _where(arguments), self._base_url, self._grammar, self.report.findings)

    def _found(self, rule: rules.Rule, example: str) -> None:
        self.report.findings.add(rule, example)

    # --- what the repository says of itself -----------------------------------------------------------------
    def _identify(self) -> bool:
        page = self._page({"verb": "Identify"})
        if page is None:
            return False
        wanted = ("repositoryName", "baseURL", "adminEmail", "earliestDatestamp", "deletedRecord", "granularity")
        for name in wanted:
            if not page.text(name):
                self._found(rules.IDENTIFY, f"{name} is missing")
        if page.text("protocolVersion") != "2.0":
            self._found(rules.IDENTIFY, f"protocolVersion {page.text('protocolVersion')!r}")
        self._granularity, self._policy = page.text("granularity"), page.text("deletedRecord")
        if self._granularity not in (_DAY, GRANULARITY):
            self._found(rules.IDENTIFY, f"granularity {self._granularity!r}")
        if self._policy not in ("no", "transient", "persistent"):
            self._found(rules.IDENTIFY, f"deletedRecord {self._policy!r}")
        self._earliest = page.text("earliestDatestamp")
        if parse_datestamp(self._earliest) is None or len(self._earliest) != len(self._stamp_of(page.response_date)):
            self._found(rules.IDENTIFY, f"earliestDatestamp {self._earliest!r}")
        self._base_url = page.text("baseURL")
        said = (page.root.findtext(f"{inspected.OAI}request") or "").strip()
        if said != self._base_url:
            self._found(rules.IDENTIFY, f"baseURL {self._base_url!r}, request {said!r}")
        # Lists end with this second. Once the repository names a later one, no stamp given later can lie in it.
        self._until = self._stamp_of(page.response_date)
        for _ in range(5):
            again = self._page({"verb": "Identify"})
            if again is None or again.response_date > page.response_date:
                break
            self._sleep(SETTLE_SECONDS / 5)
        return True

    def _stamp_of(self, response_date: str) -> str:
        """A responseDate in the repository's granularity."""
        return response_date[:10] if self._granularity == _DAY else response_date

    def _metadata_formats(self) -> dict[str, str]:
        """Prefix → the prefix of which it is another name, or nothing."""
        page = self._page({"verb": "ListMetadataFormats"})
        found: dict[str, str] = {}
        for element in page.root.iter(f"{inspected.OAI}metadataFormat") if page else ():
            prefix, schema, space = (
                (element.findtext(f"{inspected.OAI}{name}") or "").strip()
                for name in ("metadataPrefix", "schema", "metadataNamespace")
            )
            if prefix in found:
                self._found(rules.FORMATS, f"{prefix} twice")
            if not schema or not space:
                self._found(rules.FORMATS, f"{prefix} has no schema or no metadataNamespace")
            found[prefix] = self._aliases.get(prefix, "")
        if "oai_dc" not in found:
            self._found(rules.FORMATS, "no oai_dc")
        return found

    def _list_sets(self) -> list[str]:
        found = self._all_sets()
        self._known_sets = set(found)
        for spec in found:
            if found.count(spec) > 1:
                self._found(rules.SETS, f"{spec} twice")
            if ":" in spec and spec.rpartition(":")[0] not in self._known_sets:
                self._found(rules.SETS, f"{spec}: its parent is not listed")
        self.report.count("sets", len(self._known_sets))
        return sorted(self._known_sets)

    def _all_sets(self) -> list[str]:
        found: list[str] = []
        arguments = {"verb": "ListSets"}
        seen: set[str] = set()
        while page := self._page(arguments):
            if page.errors:
                if page.errors != ("noSetHierarchy",):
                    self._found(rules.SETS, f"ListSets: {', '.join(page.errors)}")
                break
            found += [
                (element.findtext(f"{inspected.OAI}setSpec") or "").strip()
                for element in page.root.iter(f"{inspected.OAI}set")
            ]
            token = page.token
            if token is None or not token.value:
                break
            if token.value in seen:
                self._found(rules.TOKENS, "ListSets: the same token again")
                break
            seen.add(token.value)
            arguments = {"verb": "ListSets", "resumptionToken": token.value}
        return found

    def _wrong_requests(self, prefixes: Collection[str]) -> None:
        """Requests with one flaw each, and the code that has to come (3.6)."""
        lists = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        bad: list[tuple[dict[str, str], tuple[str, ...]]] = [
            ({}, ("badVerb",)),
            ({"verb": "listrecords"}, ("badVerb",)),
            ({"verb": "Identify", "until": "2002-02-05"}, ("badArgument",)),
            ({"verb": "ListRecords"}, ("badArgument",)),
            ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, ("badArgument",)),
            ({**lists, "from": "2002-02-30"}, ("badArgument",)),
            ({**lists, "from": "2002-02-05", "until": "2002-02-06T05:35:00Z"}, ("badArgument",)),
            ({**lists, "from": "2002-02-06", "until": "2002-02-05"}, ("badArgument", "noRecordsMatch")),
            ({**lists, "until": "1970-01-01"}, ("noRecordsMatch",)),
            ({"verb": "ListRecords", "metadataPrefix": "no-such-format"}, ("cannotDisseminateFormat",)),
            ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "no-such-item"}, ("idDoesNotExist",)),
            ({"verb": "ListMetadataFormats", "identifier": "no-such-item"}, ("idDoesNotExist",)),
            ({"verb": "ListRecords", "resumptionToken": "no-such-token"}, ("badResumptionToken",)),
            ({**lists, "set": "no-such-set"}, ("noRecordsMatch", "noSetHierarchy", "badArgument")),
        ]
        for arguments, codes in bad:
            page = self._page(arguments)
            if page is not None and not set(page.errors) & set(codes):
                said = ", ".join(page.errors) or "no error"
                self._found(rules.ERRORS, f"{_where(arguments)}: {said}, not {codes[0]}")

    def _transport(self) -> None:
        """POST and GET, compressed and plain (3.1.1, 3.1.3)."""
        for verb in ("Identify", "ListMetadataFormats"):
            arguments = {"verb": verb}
            pages = [self._page(arguments), self._page(arguments, post=True), self._page(arguments, gzip=False)]
            bodies = [None if page is None else _without_date(page) for page in pages]
            if bodies[1] != bodies[0]:
                self._found(rules.POST, verb)
            if bodies[2] != bodies[0]:
                self._found(rules.COMPRESSION, verb)

    def _alias(self, prefix: str, same_as: str) -> None:
        """Another name of a format begins with the same records."""
        pages = [self._page({"verb": "ListIdentifiers", "metadataPrefix": one}) for one in (prefix, same_as)]
        names = [[] if page is None else page.texts("identifier") for page in pages]
        if names[0] != names[1]:
            self._found(rules.FORMATS, f"{prefix} and {same_as} are one format and list other records")

    # --- lists ----------------------------------------------------------------------------------------------
    def _list(self, prefix: str, spec: str) -> None:
        """Both list verbs of one set and format, held against each other, the store and themselves."""
        arguments = {"metadataPrefix": prefix, "until": self._until} | ({"set": spec} if spec else {})
        name = f"{prefix}{' ' + spec if spec else ''}"
        sampled = self._records and self._sampled(spec)
        with Ledger() as full, Ledger() as short:
            samples: list[tuple[int, Header]] = []
            whole = self.walk({"verb": "ListIdentifiers", **arguments}, short)
            kept = short
            if sampled and whole:
                # Each is as the list has it by GetRecord below, and that is as the list of everything has it.
                self.walk({"verb": "ListRecords", **arguments}, full, samples, SAMPLE_PAGES)
                self._compare(rules.SAME_LISTS, name, prefix, full, short, part=True)
            elif self._records:
                whole = self.walk({"verb": "ListRecords", **arguments}, full, samples) and whole
                kept = full
                if whole:
                    self._compare(rules.SAME_LISTS, name, prefix, full, short)
            if whole and self._truth is not None:
                self._hold_against_store(prefix, spec, kept)
            if whole and kept.count:
                self._incremental(arguments, name, prefix, kept, self._records and not sampled)
            for _, header in samples:
                self._get_record(prefix, spec, header)

    def walk(
        self,
        arguments: dict[str, str],
        into: Ledger,
        samples: list[tuple[int, Header]] | None = None,
        pages: int | None = None,
    ) -> bool:
        """Follow a list request to its end, or for some `pages`, and note every entry; False when it could not be
        followed."""
        verb, where = arguments["verb"], _where(arguments)
        self.report.count("lists")
        sizes: set[int] = set()
        seen: set[int] = set()
        asked, first = arguments, True
        while True:
            page = self._page(asked)
            if page is None:
                return False
            if page.errors:
                if not (first and page.errors == ("noRecordsMatch",)):
                    self._found(rules.TOKENS, f"{where}: {', '.join(page.errors)} behind {into.count}")
                return first and page.errors == ("noRecordsMatch",)
            before = into.count
            for header in inspected.headers(page, where, self.report.findings):
                self._entry(header, arguments, where)
                into.add(header.identifier, Line(header.datestamp, header.deleted, header.digest))
                if samples is not None:
                    _sample(samples, header)
            self.report.count("records", into.count - before)
            if into.count == before:
                self._found(rules.TOKENS, f"{where}: an empty list")
                return False
            token = page.token
            if token is None:
                if not first:
                    self._found(rules.TOKENS, f"{where}: the last page has no empty token")
                break
            if token.cursor is not None and token.cursor != before:
                self._found(rules.CURSOR, f"{where}: cursor {token.cursor} behind {before}")
            if token.size is not None:
                sizes.add(token.size)
            if not token.value:
                if first:
                    self._found(rules.TOKENS, f"{where}: an empty token on a list of one page")
                break
            pages = None if pages is None else pages - 1
            if pages == 0:
                break
            mark = hash(token.value)
            if mark in seen:
                self._found(rules.TOKENS, f"{where}: the same token again behind {into.count}")
                return False
            seen.add(mark)
            asked, first = {"verb": verb, "resumptionToken": token.value}, False
        for size in sizes - {into.count} if pages is None else ():
            self._found(rules.SIZE, f"{where}: {size}, received {into.count}")
        self._twice(into, where)
        return True

    def _twice(self, found: Ledger, where: str) -> None:
        for number in range(ledger.BUCKETS):
            for identifier in found.bucket(number)[1]:
                self._found(rules.TWICE, f"{where}: {identifier}")

    def _entry(self, header: Header, arguments: dict[str, str], where: str) -> None:
        stamp = header.datestamp
        if parse_datestamp(stamp) is None or len(stamp) != len(self._earliest or stamp):
            self._found(rules.DATESTAMP, f"{where}: {header.identifier} {stamp!r}")
        elif not max(self._earliest, arguments.get("from", "")) <= stamp <= arguments.get("until", stamp):
            self._found(rules.DATESTAMP, f"{where}: {header.identifier} {stamp}")
        if header.deleted and self._policy == "no":
            self._found(rules.POLICY, f"{where}: {header.identifier}")
        for spec in header.sets:
            if self._known_sets and spec not in self._known_sets and not self._listed_by_now(spec):
                self._found(rules.SETS, f"{where}: {header.identifier} is in {spec}, which is not listed")

    def _listed_by_now(self, spec: str) -> bool:
        """Whether a set is listed that had its first member just now; asked once for each of a few."""
        if spec not in self._unlisted and len(self._unlisted) < UNLISTED:
            self._unlisted.add(spec)
            self._known_sets.update(self._all_sets())
        return spec in self._known_sets

    def _compare(
        self,
        rule: rules.Rule,
        name: str,
        prefix: str,
        ours: Ledger,
        theirs: Ledger,
        since: str = "",
        part: bool = False,
    ) -> None:
        """`part`: ours is only the beginning of the list."""
        for identifier, one, other in ledger.compare(ours, theirs, since):
            if part and one is None:
                continue
            if not self._moved_since(identifier, prefix):
                self._found(rule, f"{name}: {identifier} {_said(one)} ≠ {_said(other)}")

    def _moved_since(self, identifier: str, prefix: str) -> bool:
        """Whether a record changed after the check began, which explains why two lists disagree on it."""
        known = self._again.get((identifier, prefix))
        if known is None and len(self._again) < ASKED_AGAIN:
            page = self._page({"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix})
            known = self._again[identifier, prefix] = page is not None and page.text("datestamp") > self._until
        return bool(known)

    def _hold_against_store(self, prefix: str, spec: str, shown: Ledger) -> None:
        assert self._truth is not None
        name = f"{prefix}{' ' + spec if spec else ''}"
        with Ledger() as wanted:
            for one in self._truth(spec, prefix, self._records and not spec):
                if self._stop():
                    raise StoppedError
                wanted.add(one.identifier, Line("", one.deleted, one.digest))
                if not one.sound:
                    self._found(rules.DAMAGED, f"{name}: {one.identifier}")
            for identifier, want, have in ledger.compare(wanted, shown):
                if want is None and have is not None and have.deleted and spec:
                    continue  # it left the set, and the set says so
                if self._moved_since(identifier, prefix):
                    continue
                rule = rules.MISSING if have is None else rules.STRANGE
                if want is not None and have is not None and want.deleted == have.deleted:
                    rule = rules.OTHER_BYTES
                self._found(rule, f"{name}: {identifier} {_said(want)} ≠ {_said(have)}")

    def _incremental(self, arguments: dict[str, str], name: str, prefix: str, full: Ledger, records: bool) -> None:
        """`from` the newest datestamp: exactly what the whole list shows of it."""
        since = full.latest()
        if parse_datestamp(since) is None:
            return
        with Ledger() as part:
            verb = "ListRecords" if records else "ListIdentifiers"
            if self.walk({"verb": verb, **arguments, "from": since}, part):
                self._compare(rules.INCREMENTAL, f"{name} from={since}", prefix, full, part, since)

    def _get_record(self, prefix: str, spec: str, header: Header) -> None:
        # A record in many sets is asked for once, as long as all of their lists show it alike.
        digest = hashlib.blake2b(header.record, digest_size=16).digest()
        if self._got.get((header.identifier, prefix)) == digest:
            return
        arguments = {"verb": "GetRecord", "identifier": header.identifier, "metadataPrefix": prefix}
        page = self._page(arguments)
        if page is None:
            return
        found = list(inspected.headers(page, _where(arguments), self.report.findings))
        if found and found[0].datestamp > self._until:
            return
        if found and found[0].record == header.record:
            self._got[header.identifier, prefix] = digest
        elif not (found and header.deleted and spec and not _is_in(found[0], spec)):  # it left the set, and lives on
            self._found(rules.GET_RECORD, f"{prefix}: {header.identifier} {', '.join(page.errors)}")


def _sample(samples: list[tuple[int, Header]], header: Header) -> None:
    """Keep a few records, chosen by their names, so that each check of the same list asks for the same ones."""
    limit = SAMPLES // 4 if header.deleted else SAMPLES
    rank = -zlib.crc32(header.identifier.encode())
    mine = [one for one in samples if one[1].deleted == header.deleted]
    if len(mine) < limit:
        heapq.heappush(samples, (rank, header))
    elif rank > (lowest := min(mine))[0]:
        samples.remove(lowest)
        heapq.heapify(samples)
        heapq.heappush(samples, (rank, header))


def _is_in(header: Header, spec: str) -> bool:
    """Whether a record says that it is in a set or in one below it (2.6)."""
    return any(f"{one}:".startswith(f"{spec}:") for one in header.sets)


def _without_date(page: Page) -> bytes:
    return page.body.replace(page.response_date.encode(), b"", 1)


def _where(arguments: dict[str, str]) -> str:
    return " ".join(arguments.values())[:200] or "–"


def _said(line: Line | None) -> str:
    return (
        "∅"
        if line is None
        else " ".join(filter(None, (line.datestamp, "deleted" if line.deleted else "", line.digest)))
    )
