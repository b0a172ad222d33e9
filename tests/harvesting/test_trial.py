"""Trials over real HTTP: the address is found, and what each source does wrong is said, with what to do about it."""

from __future__ import annotations

import json
import shlex
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from foundation.settings import Settings
from harvesting import trial
from harvesting.trial import Trial, Wish
from tests.harvesting.repository import Repository, serving
from tests.wire import answer

FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>{name}</metadataPrefix><schema>x</schema>"
    "<metadataNamespace>{space}</metadataNamespace></metadataFormat></ListMetadataFormats>"
)
SLIM = "http://www.loc.gov/MARC21/slim"


@dataclass
class Tried(Repository):
    """The repository of the tests with formats and sets, at one path of its server only."""

    path: str = "/oai"
    page_html: str = "<!DOCTYPE html><html>Thư viện</html>"
    formats: str = field(default_factory=lambda: FORMATS.format(name="marcxml", space=SLIM))

    def script(self, connection: socket.socket, head: bytes) -> None:
        target = head.split(b" ", 2)[1].decode()
        if target.partition("?")[0] != self.path:
            connection.sendall(answer(self.page_html.encode(), "404 Not Found", Content_Type="text/html"))
            return
        super().script(connection, head)

    def body(self, arguments: dict[str, str]) -> str:
        if arguments.get("verb") == "ListMetadataFormats":
            return self.formats
        if arguments.get("verb") == "ListSets":
            return "<ListSets><set><setSpec>a</setSpec><setName>Sách</setName></set></ListSets>"
        return super().body(arguments)


def made(count: int = 7) -> Tried:
    repository = Tried(now=int(time.time()))
    for number in range(count):
        repository.put(f"oai:x.vn:{number:03}", f"Then Tày {number}", 1_700_000_000 + number)
    return repository


def attempt(repository: Tried, tmp_path: Path, path: str = "/oai", **more: object) -> Trial:
    with serving(repository) as wire:
        wish = Wish(f"{wire.url}{path}", allow_private=True, **more)  # type: ignore[arg-type]
        return trial.attempt(Settings(home=tmp_path), wish)


def codes(found: Trial, good: bool = False) -> set[str]:
    return {one.problem.code for one in found.findings if one.good is good}


def test_a_good_source_is_good_throughout(tmp_path: Path) -> None:
    found = attempt(made(), tmp_path)
    assert found.works
    assert codes(found) == {"trial.contact"}
    assert codes(found, good=True) >= {
        "trial.seconds", "trial.deletions_kept", "trial.marc", "trial.sets", "trial.tokens", "trial.dates",
        "trial.readable", "trial.size",
    }  # fmt: skip
    assert (found.total, len(found.records), found.quirks) == (7, 6, {})
    assert found.shown is not None
    assert "Then Tày 0" in found.shown.source
    assert "=245  10$aThen Tày 0" in found.shown.marc
    assert "title: Then Tày 0" in found.shown.dc


def test_what_it_found_can_be_written_as_json(tmp_path: Path) -> None:
    shown = json.loads(json.dumps(trial.values(attempt(made(), tmp_path))))
    assert shown["works"] is True
    assert all(one["vi"] and one["en"] for one in shown["findings"])


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/oai", "/oai?verb=Identify"), ("/oai", "/"), ("/oai/request", "/oai"), ("/oai2d", ""),
     ("/cgi-bin/koha/oai.pl", "/cgi-bin/koha/opac-main.pl"), ("/index.php/tay/oai", "/index.php/tay/issue/view/3")],
)  # fmt: skip
def test_the_right_address_is_found(path: str, asked: str, tmp_path: Path) -> None:
    repository = made()
    repository.path = path
    found = attempt(repository, tmp_path, asked)
    assert found.url.endswith(path)
    assert found.works


def test_the_proposed_command_carries_what_was_found(tmp_path: Path) -> None:
    repository = made()
    repository.formats = FORMATS.format(name="oai_dc", space="http://www.openarchives.org/OAI/2.0/oai_dc/")
    found = attempt(repository, tmp_path, library="ba-be")
    words = shlex.split(found.command)
    assert words[:3] == ["lienthong", "harvest", "add"]
    assert words[words.index("--url") + 1] == found.url
    assert words[words.index("--prefix") + 1] == "oai_dc"
    assert words[words.index("--library") + 1] == "ba-be"
    assert "trial.no_marc" in codes(found)


NAMELESS = "<metadataFormat><metadataPrefix/></metadataFormat><metadataFormat><schema>x</schema></metadataFormat>"


def test_formats_without_a_name_are_not_listed(tmp_path: Path) -> None:
    repository = made()
    dc = FORMATS.format(name="oai_dc", space="http://www.openarchives.org/OAI/2.0/oai_dc/")
    repository.formats = dc.replace("<ListMetadataFormats>", f"<ListMetadataFormats>{NAMELESS}")
    found = attempt(repository, tmp_path)
    assert found.formats == (("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),)
    said = next(one.problem.text("vi") for one in found.findings if one.problem.code == "trial.no_marc")
    assert said.startswith("không có MARC 21, chỉ có: oai_dc. Sẽ dùng oai_dc;")


def test_why_a_record_cannot_be_read_is_said_in_one_language(tmp_path: Path) -> None:
    repository = made(1)
    unreadable(repository)
    repository.entries["oai:x.vn:000"].title = "Then Tày 1"
    found = attempt(repository, tmp_path)
    problem = next(one.problem for one in found.findings if one.problem.code == "trial.unreadable")
    assert "the " not in problem.text("vi")
    assert "biểu ghi" not in problem.text("en")
    assert not found.works


Change = Callable[[Tried], None]


def formats(inside: str) -> Change:
    def change(repository: Tried) -> None:
        repository.formats = f"<ListMetadataFormats>{inside}</ListMetadataFormats>"

    return change


def versionless(repository: Tried) -> None:
    repository.trouble = lambda here, asked: answer(
        here.document(here.body(asked)).replace("<protocolVersion>2.0</protocolVersion>", "").encode()
    )


def day(repository: Tried) -> None:
    repository.granularity = "YYYY-MM-DD"


def forgetful(repository: Tried) -> None:
    repository.deleted_record = "no"


def early(repository: Tried) -> None:
    repository.put("oai:x.vn:000", "Cũ", 1_000_000_000)


def wrong_clock(repository: Tried) -> None:
    repository.now -= 86_400


def trouble(condition: Callable[[dict[str, str]], bool], body: str) -> Change:
    def change(repository: Tried) -> None:
        repository.trouble = lambda here, asked: (
            answer(here.document(body).encode(), Content_Type="text/xml") if condition(asked) else None
        )

    return change


BAD_TOKEN = '<error code="badResumptionToken">no</error>'
BAD_ARGUMENT = '<error code="badArgument">no</error>'


def deaf_to_from(repository: Tried) -> None:
    repository.trouble = lambda here, asked: asked.pop("from", None) and None


def notices(repository: Tried) -> None:
    repository.trouble = lambda here, asked: answer(
        b"<b>Notice</b>: x\n" + here.document(here.body(asked)).encode(), Content_Type="text/xml"
    )


def blanks(repository: Tried) -> None:
    def spaced(here: Repository, asked: dict[str, str]) -> bytes | None:
        asked = {name: value.strip() for name, value in asked.items()}
        text = here.document(here.body(asked)).replace("</resumptionToken>", " </resumptionToken>")
        return answer(text.encode(), Content_Type="text/xml")

    repository.trouble = spaced


def deadly_lists(repository: Tried) -> None:
    repository.trouble = lambda here, asked: (
        answer(b"Fatal error", "500 Oops") if asked.get("verb") == "ListRecords" else None
    )


def unreadable(repository: Tried) -> None:
    def broken(here: Repository, asked: dict[str, str]) -> bytes | None:
        text = here.document(here.body(asked)).replace('<subfield code="a">Then Tày 1', '<subfield code="a">a < b <c>')
        return answer(text.encode(), Content_Type="text/xml")

    repository.trouble = broken


FAULTS: dict[str, tuple[Change, dict[str, object]]] = {
    "trial.days": (day, {}),
    "trial.formats_untold": (formats(NAMELESS), {}),
    "trial.version_untold": (versionless, {}),
    "trial.deletions_untold": (forgetful, {}),
    "trial.earliest": (early, {}),
    "trial.clock": (wrong_clock, {}),
    "trial.token_broken": (trouble(lambda asked: "resumptionToken" in asked, BAD_TOKEN), {"window_days": 30}),
    "trial.token_prefix": (
        trouble(lambda asked: "resumptionToken" in asked and "metadataPrefix" not in asked, BAD_ARGUMENT),
        {"prefix_with_token": True},
    ),
    "trial.token_blanks": (blanks, {"trim_token": True}),
    "trial.dates_days": (trouble(lambda asked: "T" in asked.get("from", ""), BAD_ARGUMENT), {"days": True}),
    "trial.dates_ignored": (deaf_to_from, {"no_dates": True}),
    "trial.one_by_one": (deadly_lists, {"one_by_one": True}),
    "harvest.mended_before": (notices, {}),
    "trial.unreadable": (unreadable, {}),
}  # fmt: skip


@pytest.mark.parametrize("code", FAULTS)
def test_what_is_wrong_is_said_and_a_switch_is_proposed(code: str, tmp_path: Path) -> None:
    change, quirks = FAULTS[code]
    repository = made()
    change(repository)
    found = attempt(repository, tmp_path)
    assert code in codes(found)
    assert found.quirks == quirks
    assert all(f"{name}={str(value).lower()}" in found.command for name, value in quirks.items())


def test_where_nothing_is_found_every_address_that_was_tried_is_named(tmp_path: Path) -> None:
    repository = made()
    repository.path = "/nowhere"
    found = attempt(repository, tmp_path, "/trang-chu")
    assert not found.works
    assert "trial.not_found" in codes(found)
    assert len(found.tried) > 5


def test_koha_that_has_it_switched_off_is_told_where_to_switch_it_on(tmp_path: Path) -> None:
    repository = made()
    repository.path, repository.page_html = "/nowhere", "OAI-PMH service is disabled"
    assert "trial.off" in codes(attempt(repository, tmp_path, "/cgi-bin/koha/oai.pl"))


def test_a_private_address_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    with serving(made()) as wire:
        found = trial.attempt(Settings(home=tmp_path), Wish(f"{wire.url}/oai"))
        assert (found.works, codes(found), wire.requests) == (False, {"network.refused"}, [])


def test_a_dead_host_is_not_asked_again_and_again(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = trial.attempt(Settings(home=tmp_path), Wish(f"http://127.0.0.1:{port}/", allow_private=True))
    assert (found.works, len(found.tried)) == (False, 1)
