"""Pictures of every screen: the demonstration on a store of its own, as each role, in both widths and both languages.

python -m tools.pictures FOLDER [--only WORD] [--dark]

`FOLDER/vi-360/administrator-batches.batch.png` and so on. Needs Chromium. With `--only`, views whose name has the word.
`--dark`: as browsers show them that wish for dark pages, `FOLDER/vi-360-dark/…`.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from accounts.rights import Role
from catalogue.store import Store
from foundation.settings import Settings
from tests.portal.conftest import signed_in
from tests.portal.shown import World, furnish, screens
from tests.portal.test_axe import WAYS, WORDS, served
from tests.province import load
from tools.browser import Browser, BrowserError

WIDTHS: Final = (360, 1280)
LANGUAGES: Final = ("vi", "en")


def take(world: World, folder: Path, only: str, dark: bool = False) -> int:
    """The pictures of all that a role alone sees; how many were made."""
    top = world.library
    roles = (None, *(role for role in Role if role is not Role.PARTNER_PROGRAMME))  # programs sign in nowhere
    made = 0
    with served(world) as here, Browser.started() as browser:
        for role, width in itertools.product(roles, WIDTHS):
            client = world.app.test_client()
            if role is not None:
                client = signed_in(world.app, role, "" if role is Role.ADMINISTRATOR else top)
            page = browser.page(width, dark=dark)
            kept = client.get_cookie("lienthong")
            if kept is not None:
                page.cookie(here, "lienthong", kept.value)
            ways = ("/workshop", *world.doors) if role else ("/", "/sign-in", *WAYS)
            for screen in screens(client, *ways):
                if only not in screen.endpoint or (role not in (None, Role.ADMINISTRATOR) and screen.endpoint in SAME):
                    continue
                for language in LANGUAGES:
                    sign = "&" if "?" in screen.address else "?"
                    page.open(f"{here}{screen.address}{sign}lang={language}")
                    place = folder / f"{language}-{width}{'-dark' if dark else ''}"
                    place.mkdir(parents=True, exist_ok=True)
                    page.picture(place / f"{role or 'reader'}-{screen.endpoint}.png")
                    made += 1
    return made


SAME: Final = frozenset(("home", "search.search", "search.browse", "records.record", "feed.health", "connect.connect"))
"""What everybody sees alike."""


def main() -> int:
    """The command. Returns its exit code."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("folder", type=Path)
    wanted.add_argument("--only", default="")
    wanted.add_argument("--dark", action="store_true")
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        with closing(Store.open(settings)) as store:
            load(store, settings)
            world = furnish(settings, store, "http://localhost", itertools.cycle(WORDS))
            try:
                made = take(world, asked.folder, asked.only, asked.dark)
            except BrowserError as error:
                sys.stderr.write(f"{error}\n")
                return 1
    sys.stdout.write(f"{made} pictures in {asked.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
