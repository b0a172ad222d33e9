"""A small OAI-PMH repository over real HTTP that a test fills, changes and makes misbehave."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from oaipmh.dates import format_datestamp, parse_datestamp
from tests.wire import Wire, answer

NOW = 1_800_000_000
MARC = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
    '<controlfield tag="001">{number}</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">{title}'
    "</subfield></datafield></record>"
)
Trouble = Callable[["Repository", dict[str, str]], "bytes | None"]


class Cut(bytes):
    """An answer behind which the line is cut."""


@dataclass
class Entry:
    title: str
    stamp: int
    deleted: bool = False
    sets: tuple[str, ...] = ()
    about: str = ""


@dataclass
class Repository:
    """What it holds, and how it answers. `trouble` may give a whole HTTP answer, or b"" to hang up."""

    entries: dict[str, Entry] = field(default_factory=dict)
    now: int = NOW
    page: int = 3
    deleted_record: str = "persistent"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    trouble: Trouble = lambda repository, arguments: None
    asked: list[dict[str, str]] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def put(self, name: str, title: str, stamp: int | None = None, **more: object) -> None:
        self.entries[name] = Entry(title, self.now if stamp is None else stamp, **more)  # type: ignore[arg-type]

    def drop(self, name: str) -> None:
        self.entries[name] = Entry("", self.now, deleted=True, sets=self.entries[name].sets)

    # --- answers --------------------------------------------------------------------------------------------
    def script(self, connection: socket.socket, head: bytes) -> None:
        line = head.split(b"\r\n", 1)[0].split()[1].decode()
        query = head.partition(b"\r\n\r\n")[2].decode() if head.startswith(b"POST") else urlsplit(line).query
        arguments = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        self.asked.append(arguments)
        self.heads.append(head)
        said = self.trouble(self, arguments)
        if said is None:
            said = answer(self.document(self.body(arguments)).encode(), Content_Type="text/xml")
        if said:
            connection.sendall(said)
        if not said or isinstance(said, Cut):
            connection.close()

    def document(self, body: str) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{format_datestamp(self.now).decode()}</responseDate><request>x</request>{body}</OAI-PMH>"
        )

    def body(self, arguments: dict[str, str]) -> str:
        verb = arguments.get("verb", "")
        if verb == "Identify":
            return (
                "<Identify><repositoryName>Thử</repositoryName><baseURL>x</baseURL><protocolVersion>2.0</protocolVersion>"
                f"<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp><deletedRecord>{self.deleted_record}"
                f"</deletedRecord><granularity>{self.granularity}</granularity></Identify>"
            )
        if verb == "GetRecord":
            name = arguments["identifier"]
            return f"<GetRecord>{self.record(name)}</GetRecord>"
        return self.listing(verb, arguments)

    def listing(self, verb: str, arguments: dict[str, str]) -> str:
        token = arguments.get("resumptionToken", "")
        if token:
            low, high, spec, at = token.split("|")
        else:
            low, high, spec, at = (
                self.moment(arguments, "from"),
                self.moment(arguments, "until"),
                arguments.get("set", ""),
                "0",
            )
        found = [
            name
            for name, one in sorted(self.entries.items())
            if int(low or 0) <= one.stamp <= int(high or 9e12)
            and (not spec or spec in one.sets)
            and not (one.deleted and self.deleted_record == "no")
        ]
        if not found:
            return '<error code="noRecordsMatch">none</error>'
        start = int(at)
        write = self.record if verb == "ListRecords" else self.header
        inside = "".join(write(name) for name in found[start : start + self.page])
        more = start + self.page < len(found)
        follow = f"{low}|{high}|{spec}|{start + self.page}" if more else ""
        if more or start:
            inside += f'<resumptionToken completeListSize="{len(found)}">{follow}</resumptionToken>'
        return f"<{verb}>{inside}</{verb}>"

    @staticmethod
    def moment(arguments: dict[str, str], name: str) -> str:
        found = parse_datestamp(arguments.get(name, ""))
        return "" if found is None else str(found.first if name == "from" else found.last)

    def header(self, name: str) -> str:
        one = self.entries[name]
        stamp = format_datestamp(one.stamp).decode()[: 10 if "T" not in self.granularity else 20]
        sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in one.sets)
        status = ' status="deleted"' if one.deleted else ""
        return f"<header{status}><identifier>{name}</identifier><datestamp>{stamp}</datestamp>{sets}</header>"

    def record(self, name: str) -> str:
        one = self.entries[name]
        inside = "" if one.deleted else f"<metadata>{MARC.format(number=name[-3:], title=one.title)}</metadata>"
        about = f"<about>{one.about}</about>" if one.about else ""
        return f"<record>{self.header(name)}{inside}{about}</record>"


@contextmanager
def serving(repository: Repository) -> Iterator[Wire]:
    made = Wire(repository.script)
    try:
        yield made
    finally:
        made.close()
