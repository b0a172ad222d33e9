"""What every page owes to those who do not see it or use no mouse, told from its HTML and its style sheet alone."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from lxml import etree, html

from accounts.rights import Act, Role
from catalogue import changesets, errands, runs, uploads
from catalogue.libraries import KINDS
from catalogue.store import Store
from foundation.settings import Settings
from marc.rules.profiles import PROFILES
from portal import app as portal
from tests.portal.conftest import province, signed_in
from tests.portal.shown import Screen, furnish, screens
from tests.portal.test_axe import WAYS, WORDS
from tests.province import load
from union import trials
from union.decisions import Verdict
from union.doubts import REASONS

__all__ = ["province"]


PRESSED: Final = (".top", ".skip", ".screens", ".take", ".on-screen", "button")
"""What is pressed and not read."""


def test_paper_has_what_is_read_without_what_is_pressed(seen: list[Screen]) -> None:
    sheet = next(Path(portal.__file__).parent.glob("static/style.css")).read_text(encoding="utf-8")
    printed = sheet.partition("@media print {")[2]
    hidden = {one.strip() for one in printed.partition("{ display: none; }")[0].split(",")}
    assert set(PRESSED) <= hidden
    record = next(tree(one.page) for one in seen if one.endpoint == "records.record")
    title = record.findtext(".//h1")
    for one in record.xpath("//*[contains(@class, 'on-screen')]"):
        one.getparent().remove(one)
    paper = " ".join(record.find(".//main").itertext())
    assert str(title).strip() in paper
    assert "MARC-in-JSON" not in paper
    assert "oai:" in paper, "where it is found again"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Screen]]:
    """Every page, as a reader and as an administrator."""
    settings = Settings(home=tmp_path_factory.mktemp("accessible"))
    with closing(Store.open(settings)) as store:
        load(store, settings)
        world = furnish(settings, store, "http://localhost", itertools.cycle(WORDS))
        public = list(screens(world.app.test_client(), "/", "/sign-in", *WAYS))
        yield public + list(screens(signed_in(world.app, Role.ADMINISTRATOR), "/workshop", *world.doors))


def tree(page: bytes) -> etree._Element:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def said(one: etree._Element) -> str:
    return " ".join("".join(one.itertext()).split()) or one.get("aria-label", "")


def structure(page: etree._Element) -> list[str]:
    """WCAG 2.2, 1.3.1, 2.4.1, 2.4.2, 2.4.6, 3.1.1: language, title, one h1, no step of headings left out, landmarks."""
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    wrong = [] if page.get("lang") in ("vi", "en") else ["no language"]
    wrong += [] if (page.findtext(".//title") or "").strip() else ["no title"]
    wrong += [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    wrong += [f"h{one} before h{two}" for one, two in itertools.pairwise(levels) if two > one + 1]
    wrong += [f"{len(page.findall('.//main'))} main"] if len(page.findall(".//main")) != 1 else []
    skip = page.find(".//body/a")
    wrong += [] if skip is not None and skip.get("href") == "#content" else ["no way past the navigation"]
    return wrong


def names(page: etree._Element) -> list[str]:
    """4.1.2, 2.4.4 and 1.1.1: every control, link, table header and picture is called something; ids are given once."""
    labelled = {one.get("for") for one in page.iter("label")}
    wrong = [f"id {one} {count} times" for one, count in Counter(page.xpath("//@id")).items() if count > 1]
    for one in page.iter("input", "select", "textarea"):
        if one.get("type") in ("hidden", "submit", "button"):
            continue
        inside = any(up.tag == "label" and said(up) for up in one.iterancestors())
        if not (inside or one.get("id") in labelled or one.get("aria-label") or one.get("aria-labelledby")):
            wrong.append(f"no label: {one.get('name')}")
    for one in page.iter("a", "button", "summary", "th"):
        if not said(one) and one.get("aria-hidden") != "true":
            wrong.append(f"silent {one.tag}: {dict(one.attrib)}")
    wrong += [f"no alt: {one.get('src')}" for one in page.iter("img") if one.get("alt") is None]
    wrong += [f"svg without a name: {dict(one.attrib)}" for one in page.iter("{*}svg", "svg") if not _told(one)]
    targets = set(page.xpath("//@id"))
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for value in page.xpath(f"//@{attribute}"):
            wrong += [f"{attribute}={name} is nowhere" for name in value.split() if name not in targets]
    return wrong


def _told(svg: etree._Element) -> bool:
    hidden = any(up.get("aria-hidden") == "true" for up in (svg, *svg.iterancestors()))
    return hidden or bool(svg.get("aria-label") or svg.findtext(".//{*}title") or svg.findtext(".//title"))


def tables(page: etree._Element) -> list[str]:
    """1.3.1: headers say what they head."""
    wrong = [f"th without scope: {said(one)}" for one in page.iter("th") if not one.get("scope")]
    return wrong + [
        f"table without headers: {said(one)[:60]}" for one in page.iter("table") if one.find(".//th") is None
    ]


RAW: Final = frozenset(
    str(getattr(one, "value", one))
    for one in (
        *Role, *Verdict, *REASONS, *KINDS, *PROFILES, *Act, runs.RUNNING, runs.PAUSED, runs.WAITING, runs.STOPPED,
        runs.DONE, runs.FAILED, changesets.STAGING, changesets.STAGED, changesets.PUBLISHED, changesets.UNDONE,
        changesets.DISCARDED, changesets.ANNOUNCED, errands.CHECK, errands.MATCH, errands.FIX, trials.READY,
        trials.APPROVED, trials.PUBLISHING, trials.DROPPED, uploads.RECEIVING, uploads.RECEIVED, uploads.REFUSED,
        "z3950", "enabled", "disabled", "known", "default", "unchanged", "quarantined",
    )
)  # fmt: skip
"""Values that the code compares and nobody should read."""


def own_words(page: etree._Element) -> list[str]:
    """3.1.1: a Vietnamese page says what it says in Vietnamese, and shows no value of ours as it is kept.

    Codes stand in `code`, text in English says so (`lang`), and addresses and names of files are no words.
    """
    wrong = []
    for one in page.xpath(
        "//main//*[not(ancestor-or-self::code or ancestor-or-self::pre or ancestor-or-self::textarea)]"
    ):
        if one.xpath("ancestor-or-self::*[@lang][1]/@lang")[-1:] == ["en"]:
            continue
        for text in filter(None, (one.text, *(below.tail for below in one))):
            wrong += [f"{word} in “{' '.join(text.split())[:60]}”" for word in RAW & set(_WORD.findall(text))]
    return wrong


_WORD: Final = re.compile(r"(?<![\w./:@#-])[a-z_0-9]{3,}(?![\w/:@#-]|\.\w)")


def test_a_vietnamese_page_shows_no_value_as_it_is_kept(seen: list[Screen]) -> None:
    told = [one for one in seen if not one.endpoint.startswith(("described.", "connect."))]
    assert {one.address: bad for one in told if (bad := own_words(tree(one.page)))} == {}


@pytest.mark.parametrize("shown", ["published", "a different b", "hồ sơ “default”", "library_cataloguer"])
def test_a_value_that_is_shown_is_found(shown: str) -> None:
    assert own_words(tree(f"<main><p>{shown}</p></main>".encode()))
    assert not own_words(tree(f"<main><code>{shown}</code><p lang=en>{shown}</p></main>".encode()))


@pytest.mark.parametrize("check", [structure, names, tables])
def test_every_screen(seen: list[Screen], check) -> None:  # type: ignore[no-untyped-def]
    assert len(seen) > 60
    wrong = {f"{one.endpoint} {one.address}": bad for one in seen if (bad := check(tree(one.page)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("check", "page"),
    [(structure, "<html lang=vi><title>x</title><main><h1>a</h1><h3>b</h3></main>"),
     (structure, "<html><title>x</title><main><h1>a</h1></main>"),
     (names, "<input name=q>"), (names, "<a href=/></a>"), (names, "<p id=a></p><p id=a></p>"),
     (names, "<img src=x>"),
     (names, "<p aria-labelledby=no>x</p>"), (tables, "<table><tr><td>x</table>"),
     (tables, "<table><tr><th>x</table>")],
)  # fmt: skip
def test_a_fault_is_found(check, page: str) -> None:  # type: ignore[no-untyped-def]
    assert check(tree(page.encode()))


# --- colours --------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance of sRGB (WCAG 2.2, definition)."""
    plain = colour.lstrip("#")
    plain = "".join(2 * one for one in plain) if len(plain) == 3 else plain
    parts = [int(plain[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_the_standard_does() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


LIGHT, DARK = "#ffffff", "#13171f"
"""Pico's backgrounds."""


def test_every_pair_of_the_style_sheet_has_contrast(root) -> None:  # type: ignore[no-untyped-def]
    """1.4.3: 4.5 to 1 for what a rule writes on a ground of its own, and for colours of text on the page's ground."""
    sheet = (root / "portal/static/style.css").read_text(encoding="utf-8")
    wrong = []
    for rule in re.findall(r"\{([^{}]*)\}", sheet):
        ground = re.search(r"background: (#[0-9a-f]{3,6})", rule)
        text = re.search(r"(?<![-\w])color: (#[0-9a-f]{3,6})", rule)
        if ground and text and contrast(ground[1], text[1]) < 4.5:
            wrong.append(rule.strip())
    assert wrong == []
    primary = re.findall(r"--pico-primary: (#[0-9a-f]{3,6})", sheet)
    red = re.findall(r"--lt-red: (#[0-9a-f]{3,6})", sheet)
    grounds = [LIGHT, DARK, "#ffffff", "#000000"]
    assert [contrast(one, ground) >= 4.5 for one, ground in zip(primary, grounds, strict=True)] == [True] * 4
    assert [contrast(one, ground) >= 4.5 for one, ground in zip(red, grounds[:2], strict=True)] == [True] * 2
    assert contrast(re.findall(r"--lt-green: (#[0-9a-f]{3,6})", sheet)[0], "#fff") >= 4.5


def test_every_block_of_the_style_sheet_is_closed(root) -> None:  # type: ignore[no-untyped-def]
    """One that is not takes in all that follows: for a while half of the screens were laid out in the dark alone."""
    sheet = re.sub(r"/\*.*?\*/", "", (root / "portal/static/style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    depth = 0
    for line in sheet.splitlines():
        assert depth == 0 or not line.startswith("@media"), line
        depth += line.count("{") - line.count("}")
    assert depth == 0


# --- what a reader chooses ------------------------------------------------------------------------------------


def test_letters_and_contrast_are_chosen_without_script_and_kept(province) -> None:  # type: ignore[no-untyped-def]
    client = province.client()
    page = client.get("/search?q=then&letters=large")
    assert '<html lang="vi" data-letters="large">' in page.text
    assert 'href="?q=then&amp;contrast=high"' in page.text
    assert 'data-letters="large" data-contrast="high"' in client.get("/?contrast=high").text
    assert 'data-letters="large" data-contrast="high"' in client.get("/browse").text
    assert 'data-letters="large"' not in client.get("/?letters=normal").text
    assert "data-contrast" not in client.get("/?contrast=normal").text
    assert "<script" not in client.get("/?letters=%22%3E%3Cscript%3E").text


def test_a_record_that_looks_otherwise_is_another_answer(province) -> None:  # type: ignore[no-untyped-def]
    client = province.client()
    found = re.search(r'href="(/record/[^"?]+)"', client.get("/search?q=then").text)
    assert found is not None
    plain = client.get(found[1]).headers["ETag"]
    assert client.get(found[1] + "?contrast=high").headers["ETag"] != plain
