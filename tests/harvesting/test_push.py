"""What the program that sends a folder does not do."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from foundation.addresses import networks
from foundation.errors import InputError, PeerError
from foundation.network import Client, Line
from harvesting.listing import Entry
from harvesting.push import REFUSED, TAKEN, Sender, State, token
from tests.wire import answer, wire


def test_a_token_is_never_shown_to_where_a_redirect_leads(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.mrc").write_bytes(b"x")
    with wire(answer(b"{}", "404 Not Found")) as thief:
        with wire(answer(b"", "307 Temporary Redirect", Location=f"{thief.url}/api/v1/push/x")) as server:
            line = Line(allowed=networks(["127.0.0.0/8"]), bearer="lt_1_secret")
            with Client(line) as client:
                sender = Sender(
                    client, server.url, folder, State(tmp_path / "state"), patience=-1, sleep=lambda seconds: None
                )
                with pytest.raises(PeerError):
                    list(sender.send_all())
            assert b"Bearer lt_1_secret" in server.requests[0]
        assert thief.requests
        assert not any(b"secret" in head for head in thief.requests)


@pytest.mark.parametrize("text", ["", "x", "lt_1_a b", "lt_1_é", "lt_1\nlt_2"])
def test_a_file_that_holds_no_token_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "k").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        token(tmp_path / "k")


def kept(number: int) -> Entry:
    return Entry(f"nă/{number}.mrc", number + 1, number)


def test_a_file_that_arrived_adds_a_line_and_rewrites_nothing(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep(kept(0), "0" * 64, "taken")
    (file,) = tmp_path.iterdir()
    inode = file.stat().st_ino
    sizes = []
    for number in range(1, 300):
        state.keep(kept(number), "0" * 64, "taken")
        sizes.append(file.stat().st_size)
    assert file.stat().st_ino == inode
    assert max(later - sooner for sooner, later in pairwise(sizes)) < 300
    assert all(State(tmp_path).done(kept(number)) for number in range(300))


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_a_line_that_a_kill_cut_off_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    state = State(tmp_path)
    for number in range(3):
        state.keep(kept(number), "0" * 64, "taken")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-cut])
    again = State(tmp_path)
    again.keep(kept(3), "0" * 64, "taken")
    assert [State(tmp_path).done(kept(number)) for number in (0, 1, 3)] == [True, True, True]
    assert not (cut > 1 and State(tmp_path).done(kept(2)))


def test_what_is_kept_of_a_file_that_changes_for_ever_does_not_grow_for_ever(tmp_path: Path) -> None:
    state = State(tmp_path)
    for number in range(1200):
        state.keep(kept(0)._replace(modified=number), "0" * 64, "taken")
    assert State(tmp_path).done(kept(0)._replace(modified=1199))
    (file,) = tmp_path.iterdir()
    assert len(file.read_bytes().splitlines()) == 1


def test_a_file_that_cannot_be_read_keeps_no_other_waiting(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.mrc").write_bytes(b"x")
    taken = b'{"state": "taken", "change_set": 1, "counts": {"read": 1}}'
    with wire(answer(taken)) as server, Client(Line(allowed=networks(["127.0.0.0/8"]))) as client:
        state = State(tmp_path / "state")
        found = Sender(client, server.url, folder, state, sleep=lambda seconds: None).send_all()
        assert next(found).state == TAKEN
        (folder / "b.mrc").unlink()
        (folder / "c.mrc").unlink()
        (folder / "c.mrc").mkdir()
        refused, last = found
    assert (refused.name, refused.state, last.name, last.state) == ("c.mrc", REFUSED, "d.mrc", TAKEN)
    assert refused.reason["code"] == "push.file_unreadable"
    assert not list((tmp_path / "state").glob("*.zst*"))
