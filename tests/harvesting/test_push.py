"""What the program that sends a folder does not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundation.addresses import networks
from foundation.errors import InputError, PeerError
from foundation.network import Client, Line
from harvesting.push import Sender, State, token
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
