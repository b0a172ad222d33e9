"""Copy cataloguing: what other catalogues gave as one list, marked where we have it, and kept as records of a library.

A copy is a record of the library that took it: its number in the other catalogue goes to 035 with the code of that
catalogue before it (MARC 21 Bibliographic, 001 and 035: the incoming 001 and 003 are moved there), the library gets
a number of its own, and 040 says who modified it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from catalogue.imports import Imported, import_readings
from catalogue.store import Store
from foundation.errors import InputError, RefusedError
from foundation.limits import LOCAL_ID_CHARACTERS
from harvesting import messages
from marc.reading import Reading
from marc.record import Field, Record
from marc.rules.profiles import DEFAULT
from search import box
from search import messages as search_messages
from search.finder import Finder
from search.headings import heading
from search.numbers import isbn_keys
from search.query import And, Match, Query, Term
from search.query import Field as Index
from vietnamese.text import fold, normalise
from z3950_bridge.peer_records import Taken

NO_WORDS: Final = messages.COPY_NO_WORDS
NO_TARGETS: Final = messages.COPY_NO_TARGETS
NOTHING_CHOSEN: Final = messages.COPY_NOTHING
_MASK: Final = re.compile(r"[*?\\]")
_CODE: Final = re.compile(r"[^A-Za-z0-9._~-]+")
_LEAST_TITLE: Final = 8
"""Letters of a title that says something: `Báo cáo` alone is no reason to call two records the same."""


class Held(NamedTuple):
    """A record of ours that seems to be the same."""

    identifier: str
    library: str
    by: str
    """`isbn`, `control_number` or `title`."""


class Line(NamedTuple):
    """One line of the list: a record, or why there is none."""

    number: int
    """From 1, in the order of arrival; what `save` is told."""
    taken: Taken
    same_as: int = 0
    """The number of an earlier line with the same book from another target, 0: it is the first."""
    held: Held | None = None


class Merged:
    """The lines of a search as they arrive."""

    def __init__(self, finder: Finder | None = None) -> None:
        """`finder`: of our own catalogue, where duplicates in it shall be marked."""
        self._finder = finder
        self._seen: dict[str, int] = {}
        self.lines: list[Line] = []

    def add(self, taken: Taken) -> Line:
        """The line of what has just come."""
        number, same = len(self.lines) + 1, 0
        held: Held | None = None
        if taken.record is not None:
            earlier = [self._seen.setdefault(key, number) for key in keys(taken.record)]
            same = next((one for one in earlier if one != number), 0)
            held = self._held(taken.record)
        line = Line(number, taken, same, held)
        self.lines.append(line)
        return line

    def _held(self, record: Record) -> Held | None:
        """Ours, by its ISBN, else by a control number, else by title and author or year."""
        if self._finder is None:
            return None
        for by, query in _questions(record):
            try:
                found = self._finder.search(query, limit=1).records
                contents = self._finder.contents(found)
            except (InputError, RefusedError):
                continue  # a title the index cannot be asked for, or no index yet: nothing is marked
            if contents:
                return Held(contents[0].identifier, contents[0].library, by)
        return None


def keys(record: Record) -> list[str]:
    """What tells that two catalogues describe the same book: its ISBNs, or its title with author and year."""
    found = [f"isbn {number}" for number in _isbns(record)]
    title, author, year = described(record)
    plain = "".join(filter(str.isalnum, fold(normalise(title)).lower()))
    if len(plain) >= _LEAST_TITLE and (author or year):
        first = "".join(filter(str.isalnum, fold(normalise(author)).lower()))
        found.append(f"title {plain} {first[:20]} {year}")
    return found


def described(record: Record) -> tuple[str, str, str]:
    """(title, author, year) as they are listed."""
    title = next((" ".join(one.all("abnp")) for one in record.select("245")), "")
    author = next((one.get("a") for one in record.select("100", "110", "111", "700", "710")), "")
    imprint = next((one.get("c") for one in record.select("260", "264") if one.get("c")), "")
    year = re.search(r"[0-9]{4}", record.control("008")[7:11]) or re.search(r"[0-9]{4}", imprint)
    return heading(title), heading(author), year[0] if year else ""


def _isbns(record: Record) -> list[str]:
    numbers = [isbn_keys(one.get("a")) for one in record.select("020") if one.get("a")]
    return list(dict.fromkeys(found[0] for found in numbers if found and len(found[0]) == 13))


def _questions(record: Record) -> Iterable[tuple[str, Query]]:
    for number in _isbns(record)[:5]:
        yield "isbn", Term(Index.ISBN, number)
    for number in _numbers(record)[:5]:
        yield "control_number", Term(Index.CONTROL_NUMBER, _MASK.sub(r"\\\g<0>", number))
    title, author, year = described(record)
    if len(title) < _LEAST_TITLE or not (author or year):
        return
    parts: list[Query] = [Term(Index.TITLE, _MASK.sub(" ", title), Match.PHRASE)]
    if author:
        parts.append(Term(Index.AUTHOR, _MASK.sub(" ", author)))
    if year:
        parts.append(Term(Index.DATE, year))
    yield "title", And(tuple(parts))


def _numbers(record: Record) -> list[str]:
    """Control numbers with the code of the system that gave them: without one they would mean another book."""
    own, code = record.control("001").strip(), record.control("003").strip()
    found = [f"({code}){own}"] if own and code else []
    return [*found, *(one.get("a").strip() for one in record.select("035") if one.get("a").startswith("("))]


class Rule(NamedTuple):
    """What of another library's record is taken over beside the description."""

    local: bool = True
    """Its local fields: 9XX, X9X but 490 (MARC 21, "Local fields")."""
    holdings: bool = True
    """Its copies and shelf marks: 841-878 but 856, which leads to the text itself, and the Koha field 952."""
    subjects: bool = True
    """Its subject headings: 600-69X."""

    def keeps(self, tag: str) -> bool:
        """Whether a field with this tag is taken over."""
        if "841" <= tag <= "878" and tag != "856":
            return self.holdings
        if tag[0] == "6" and not self.subjects:
            return False
        return self.local or not DEFAULT.is_local(tag)


def asked(text: str, name: str) -> Query:
    """The query of what was typed; `name`: the field in which all of it is looked for, or empty.

    Raises InputError for a field that does not exist.
    """
    if not name:
        return box.parse(text)
    field = box.named(name)
    if field is None:
        raise InputError(search_messages.FIELD_UNKNOWN, field=name, known=", ".join(one.value for one in Index))
    return Term(field, text.replace("\\", "\\\\").replace("?", "\\?"))


def onto(own: Record, incoming: Record, rule: Rule) -> Record:
    """Our record described anew by another library's: its fields, and of ours the numbers, what is local, the copies,
    and whatever the other one does not say."""
    theirs = [one for one in incoming.fields if one.tag not in ("001", "003", "005") and rule.keeps(one.tag)]
    said = {one.tag for one in theirs}
    ours = [one for one in own.fields if one.tag not in said or not Rule(False, False).keeps(one.tag)]
    kept = [one for one in theirs if one not in ours]
    fields = sorted([*ours, *kept], key=lambda one: one.tag)
    return Record.build(incoming.leader, fields)


def copy(record: Record, library: str, target: str, rule: Rule = Rule()) -> Record:  # noqa: B008 - a value
    """The record as `library` keeps it, copied from `target`, with what `rule` takes over.

    The same record copied again is the same number again, so it becomes a new version and not a second record.
    """
    own, code = record.control("001").strip(), record.control("003").strip()
    local = _CODE.sub("-", own) or hashlib.blake2b(record.text.encode(), digest_size=8).hexdigest()
    fields = [Field("001", value=f"{target}-{local}"[:LOCAL_ID_CHARACTERS]), Field("003", value=library)]
    fields += [one for one in record.fields if one.tag not in ("001", "003") and rule.keeps(one.tag)]
    if own:
        system = Field("035", "  ", (("a", f"({code or target}){own}"),))
        if system not in fields:
            fields.insert(_place(fields, "035"), system)
    agency = next((one for one in fields if one.tag == "040"), None)
    if agency is None:
        made = Field("040", "  ", (("a", code or target), ("c", library)))
        fields.insert(_place(fields, "040"), made)
    elif not any(pair == ("d", library) for pair in agency.subfields[-1:]):
        fields[fields.index(agency)] = agency._replace(subfields=(*agency.subfields, ("d", library)))
    return Record.build(record.leader, fields)


def _place(fields: Sequence[Field], tag: str) -> int:
    """Behind the last field that is not after `tag`, for other catalogues do not keep the order strictly."""
    return max((at for at, one in enumerate(fields, 1) if one.tag <= tag and one.tag[0] == "0"), default=0)


def save(
    store: Store,
    library: str,
    chosen: Sequence[Taken],
    *,
    preview: bool = False,
    rule: Rule = Rule(),  # noqa: B008
) -> Imported:
    """Keeps records as one change set of `library`, the bytes as they came beside each.

    Raises RefusedError (unknown library, another import of it running), StoreError.
    """
    readings = [
        Reading(number, -1, one.original, copy(one.record, library, one.peer, rule), one.problems)
        for number, one in enumerate(chosen, 1)
        if one.record is not None
    ]
    title = "copy: " + ", ".join(dict.fromkeys(one.peer for one in chosen))
    return import_readings(store, library, title[:1000], readings, preview=preview)
