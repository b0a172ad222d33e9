"""What is said of runs and sources is read on pages, in letters and on a terminal alike."""

from __future__ import annotations

import re
import threading

import pytest

from catalogue.store import Store
from foundation.errors import InputError, Message, RefusedError
from foundation.settings import Settings
from harvesting import messages, trials
from harvesting.trial import Wish

SAID = {name: one for name, one in vars(messages).items() if isinstance(one, Message)}
OF_THE_SHELL = re.compile(r"lienthong |\((release|stop|quarantine|backup)\)")


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_message_names_no_command_where_a_page_has_a_button(name: str) -> None:
    one = SAID[name]
    assert OF_THE_SHELL.findall(one.vi + one.en) == []


def test_no_more_addresses_are_tried_at_once_than_the_limit_says(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a thread: a program that asks for many waits, and what has ended makes room."""
    let = threading.Event()
    monkeypatch.setattr(trials, "_room", threading.BoundedSemaphore(2))
    monkeypatch.setattr(trials.trial_files, "attempt", lambda *_: _refused(let))
    numbers = [trials.begin(store, settings, "lan", Wish(f"https://{n}.example.vn/")) for n in range(2)]
    with pytest.raises(RefusedError, match="SOURCE_TRIALS"):
        trials.begin(store, settings, "lan", Wish("https://3.example.vn/"))
    let.set()
    _joined()
    assert all(found is not None and found.over for found in (trials.get(store, one, "lan") for one in numbers))
    trials.begin(store, settings, "lan", Wish("https://3.example.vn/"))
    _joined()


def _joined() -> None:
    for thread in threading.enumerate():
        if thread.name == "trial":
            thread.join(10)


def _refused(let: threading.Event) -> None:
    let.wait(10)
    raise InputError(messages.COPY_NO_WORDS)
