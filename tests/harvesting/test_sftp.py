"""Files and folders of other servers over SFTP, from a real server that fails as servers and lines do."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import libraries, runs
from catalogue.libraries import Library
from catalogue.store import Store
from foundation import addresses, limits, messages, sftp
from foundation.errors import InputError, LienThongError, LimitError, PeerError, RefusedError
from foundation.network import Budget, Line
from foundation.settings import Settings
from foundation.sftp import Sftp
from foundation.vault import Vault
from harvesting import desk, kinds, remote, trials
from harvesting.contract import Means
from harvesting.settings import SftpSettings
from harvesting.trial import Trial, Wish
from tests.harvesting.test_files import Driven, file
from tests.sftp_place import PASSWORD, USER, SftpPlace, sftp_place

LINE = Line(allowed=addresses.networks(["127.0.0.1"]), user=USER, password=PASSWORD, budget=Budget(idle_seconds=5))


@pytest.fixture
def server() -> Iterator[SftpPlace]:
    with sftp_place() as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Of one kind: what comes is kept as that of any folder is, which is tested with both."""
    made = Store.open(Settings(home=tmp_path / "home"))
    libraries.add(made, Library("bk01", "Thư viện Ba Bể"))
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "kho"
    made.mkdir()
    return made


@pytest.fixture
def means(tmp_path: Path) -> Means:
    folders = {"folder": tmp_path / "sources", "pages": tmp_path / "pages"}
    return Means(vault=Vault(tmp_path / "vault.key"), agent="LienThong test", sleep=lambda seconds: None, **folders)


@pytest.fixture
def source(store: Store, means: Means, server: SftpPlace) -> Callable[..., Driven]:
    def add(path: Path, **more: Any) -> Driven:
        values = {"url": server.url(path), "user": USER, "password": PASSWORD, "host_key": server.pin}
        values |= {"allow": ["127.0.0.1"], "settle": 0.0} | more
        return Driven(store, means, kinds.add(store, means, "bk01", "kho xa", kinds.SFTP, values))

    return add


def client(server: SftpPlace, **more: Any) -> Sftp:
    return Sftp(replace(LINE, **more), sftp.address(server.url("/")), server.pin)


def code(caught: pytest.ExceptionInfo[LienThongError]) -> str:
    return caught.value.problem.code


# --- what comes ---------------------------------------------------------------------------------------------


def test_each_new_file_of_a_folder_is_a_run_once(source: Callable[..., Driven], folder: Path) -> None:
    (folder / "a.mrc").write_bytes(file(1, 2))
    (folder / "năm 2024").mkdir()
    (folder / "năm 2024" / "b #1?.mrc").write_bytes(file(3))
    driven = source(folder)
    assert driven.go().state == runs.DONE
    assert driven.live() == ["BK001", "BK002", "BK003"]
    assert len(runs.latest(driven.store)) == 2
    assert driven.go().change_set is None
    os.utime(folder / "a.mrc", (1, 1))
    assert driven.go().change_set is None
    (folder / "a.mrc").write_bytes(file(1, 2, title="Hồ khác"))
    assert driven.go().counts["changed"] == 2
    assert list(Path(driven.means.folder, str(driven.source.number)).iterdir()) == []


def test_one_file_is_taken_and_nothing_beside_it(source: Callable[..., Driven], folder: Path) -> None:
    (folder / "a.mrc").write_bytes(file(1))
    (folder / "b.mrc").write_bytes(file(2))
    driven = source(folder / "a.mrc")
    assert (driven.go().state, driven.live()) == (runs.DONE, ["BK001"])


def test_a_login_by_key(source: Callable[..., Driven], server: SftpPlace, folder: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    server.users_key = key.convert_to_public()
    (folder / "a.mrc").write_bytes(file(1))
    driven = source(folder, password=key.export_private_key().decode().replace("\n", "\r\n"))
    assert "BEGIN" not in str(driven.source.settings)
    assert (driven.go().state, driven.live()) == (runs.DONE, ["BK001"])


# --- who it is ----------------------------------------------------------------------------------------------


def test_another_host_key_is_refused_before_the_password_is_shown(
    source: Callable[..., Driven], server: SftpPlace, folder: Path
) -> None:
    (folder / "a.mrc").write_bytes(file(1))
    driven = source(folder)
    known, server.host_key = server.pin, asyncssh.generate_private_key("ssh-ed25519")
    server.begin_again()
    run = driven.go()
    assert (run.state, server.logins) == (runs.FAILED, [])
    assert known in run.said[-1]["vi"]
    assert server.pin in run.said[-1]["vi"]
    desk.change(driven.store, Settings(home=driven.means.folder.parent), "kho xa", {"host_key": server.pin})


def test_a_key_of_another_kind_is_another_key(server: SftpPlace) -> None:
    at = client(server)
    server.host_key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    server.begin_again()
    with at, pytest.raises(RefusedError) as caught:
        at.look("/")
    assert (code(caught), server.logins) == (messages.HOST_KEY_CHANGED.code, [])


def test_a_wrong_password_is_shown_once_in_a_run(
    source: Callable[..., Driven], server: SftpPlace, folder: Path
) -> None:
    run = source(folder, password="sai").go()
    assert (run.state, server.logins) == (runs.FAILED, ["sai"])
    assert run.said[-1]["code"] == messages.LOGIN_REFUSED.code


def test_a_private_address_is_not_called_unless_it_is_allowed(server: SftpPlace) -> None:
    with client(server, allowed=()) as at, pytest.raises(RefusedError) as caught:
        at.look("/")
    assert code(caught) == messages.ADDRESS_REFUSED.code


def test_port_22_is_for_sftp_and_not_for_the_web() -> None:
    public = ["93.184.216.34"]
    assert addresses.permitted("x", 22, public, (), addresses.SFTP_PORTS) == public
    for port, low in ((22, addresses.LOW_PORTS), (25, addresses.SFTP_PORTS), (80, addresses.SFTP_PORTS)):
        with pytest.raises(RefusedError):
            addresses.permitted("x", port, public, (), low)


FINGERPRINT = "SHA256:" + "a" * 43
PINS = {
    FINGERPRINT: FINGERPRINT,
    f"ssh-ed25519 {FINGERPRINT}": f"ssh-ed25519 {FINGERPRINT}",
    f"256 {FINGERPRINT} root@x (ED25519)": FINGERPRINT,
}


@pytest.mark.parametrize("text", PINS)
def test_a_host_key_is_read_as_people_have_it(text: str) -> None:
    assert sftp.pinned(text) == PINS[text]


def test_the_line_of_a_public_key_is_its_fingerprint(server: SftpPlace) -> None:
    line = server.host_key.export_public_key().decode()
    assert sftp.pinned(f"[127.0.0.1]:22 {line}") == server.pin
    for wrong in ("", "ssh-ed25519", "ssh-ed25519 ???", "MD5:aa:bb", FINGERPRINT[:-1]):
        with pytest.raises(InputError):
            sftp.pinned(wrong)


@given(st.text() | st.from_regex(r"sftp://[a-z]{1,3}(:[0-9]{1,6})?/.*", fullmatch=True))
def test_whatever_is_typed_is_an_address_and_a_key_or_our_error(text: str) -> None:
    with suppress(InputError):
        assert ".." not in sftp.path_of(sftp.address(text)).split("/")
    with suppress(InputError):
        assert sftp.pinned(sftp.pinned(text)) == sftp.pinned(text)


# --- lines and files that fail ------------------------------------------------------------------------------


def test_a_file_goes_on_where_the_line_was_cut(source: Callable[..., Driven], server: SftpPlace, folder: Path) -> None:
    data = file(*range(400)) * 40
    (folder / "a.mrc").write_bytes(data)
    at = client(server)
    server.cut_after = len(data) // 2
    with at:
        far = remote.Remote(at, str(folder), folder.parent / "copies", 0.0, lambda seconds: None)
        [found] = far.files({}, everything=False)
    assert found.path.read_bytes() == data
    assert server.bytes < 2 * len(data), "it began anew"


def test_a_cut_that_outlasts_a_visit_is_gone_on_with_at_the_next(server: SftpPlace, folder: Path) -> None:
    data = file(*range(400)) * 40
    (folder / "a.mrc").write_bytes(data)
    copies = folder.parent / "copies"

    def give_up(seconds: float) -> None:
        if server.bytes:
            raise PeerError(messages.HOST_BUSY, host="x")

    server.cut_after = len(data) // 2
    with client(server) as at, pytest.raises(PeerError):
        list(remote.Remote(at, str(folder), copies, 0.0, give_up).files({}, everything=False))
    had = (copies / "download.part").stat().st_size
    assert had
    server.bytes = 0
    with client(server) as at:
        [found] = remote.Remote(at, str(folder), copies, 0.0, lambda seconds: None).files({}, everything=False)
    assert found.path.read_bytes() == data
    assert server.bytes <= len(data) - had + 32 * 32_768


def test_a_part_of_a_file_that_changed_since_is_not_gone_on_with(server: SftpPlace, folder: Path) -> None:
    (folder / "a.mrc").write_bytes(b"x" * 100_000)
    copies = folder.parent / "copies"
    copies.mkdir()
    (copies / "download.part").write_bytes(b"y" * 50_000)
    note = f'{{"path": "{folder}/a.mrc", "size": 100000, "modified": 1}}'
    (copies / "download.json").write_text(note)
    with client(server) as at:
        [found] = remote.Remote(at, str(folder), copies, 0.0, lambda seconds: None).files({}, everything=False)
    assert found.path.read_bytes() == b"x" * 100_000


def test_short_answers_are_put_together(server: SftpPlace, folder: Path) -> None:
    data = os.urandom(70_000)
    (folder / "a").write_bytes(data)
    server.short = 9_000
    came = bytearray()
    with client(server) as at:
        at.fetch(str(folder / "a"), 5, len(data), came.extend)
    assert came == data[5:]


def test_a_file_that_ends_sooner_than_it_said_is_left_for_the_next_visit(server: SftpPlace, folder: Path) -> None:
    (folder / "a.mrc").write_bytes(b"x" * 10)
    with client(server) as at:
        far = remote.Remote(at, str(folder), folder.parent / "copies", 0.0, lambda seconds: None)
        [entry] = far.look()
        assert far.bring(entry._replace(size=20)) is None
        assert far.bring(entry._replace(modified=1)) is None
        (folder / "a.mrc").unlink()
        with pytest.raises(RefusedError):
            far.bring(entry)


def test_a_silent_server_is_left(server: SftpPlace, folder: Path) -> None:
    (folder / "a").write_bytes(b"x" * 10)
    server.silent = True
    with client(server, budget=Budget(idle_seconds=0.3)) as at, pytest.raises(PeerError) as caught:
        at.fetch(str(folder / "a"), 0, 10, lambda data: None)
    assert code(caught) == messages.BROKE_OFF.code


def test_a_server_that_drips_is_left(server: SftpPlace, folder: Path) -> None:
    (folder / "a").write_bytes(b"x" * 3000)
    server.short = 1
    budget = Budget(total_seconds=0.4, slowest=10**6)
    with client(server, budget=budget) as at, pytest.raises((PeerError, LimitError)):
        at.fetch(str(folder / "a"), 0, 3000, lambda data: None)


@pytest.mark.parametrize("begin", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"SSH-2.0-x\r\n" + bytes(range(256)) * 9])
def test_what_is_no_ssh_server_is_the_peer_s_fault(begin: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(begin)
                    connection.recv(100)

        threading.Thread(target=greet, daemon=True).start()
        at = sftp.address(f"sftp://127.0.0.1:{listener.getsockname()[1]}")
        with Sftp(replace(LINE, budget=Budget(idle_seconds=1)), at, FINGERPRINT) as far, pytest.raises(PeerError):
            far.look("/")


def test_a_file_too_large_keeps_nobody_waiting(
    source: Callable[..., Driven], server: SftpPlace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "a.mrc").open("wb") as out:
        out.truncate(10 * limits.GIB)  # a hole on the disk, but nobody else can know
    os.utime(folder / "a.mrc", (1, 1))
    (folder / "b.mrc").write_bytes(file(1))
    driven = source(folder)
    run = driven.go()
    assert (run.state, driven.live()) == (runs.FAILED, ["BK001"])
    assert run.said[-1]["code"] == "harvesting.file_limit"
    assert server.bytes < limits.MIB


# --- folders that mean no good ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/kho/../../etc", "/%2e%2e/etc", "/a?b", "/a#b", "/a%00b"])
def test_a_path_that_climbs_out_is_none(path: str) -> None:
    with pytest.raises(InputError):
        SftpSettings.of({"url": f"sftp://x.vn{path}", "user": "a", "host_key": FINGERPRINT})


def test_links_are_not_followed_out_of_the_folder_or_in_circles(server: SftpPlace, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.mrc").write_bytes(b"x")
    (folder / "sub" / "again").symlink_to(folder)
    (folder / "out").symlink_to("/etc")
    (folder / "passwd.mrc").symlink_to("/etc/passwd")
    with client(server) as at:
        assert [one.name for one in remote.listed(at, str(folder))[1]] == ["sub/a.mrc"]


def test_ten_thousand_names_are_a_folder_and_more_than_the_limit_none(server: SftpPlace, folder: Path) -> None:
    server.names = 10_000
    with client(server) as at:
        assert len(remote.listed(at, str(folder))[1]) == 10_000
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(limits, "FOLDER_FILES", 2_000)
            with pytest.raises(LimitError):
                remote.listed(at, str(folder))


def test_a_folder_that_is_not_there_is_told_with_its_name(source: Callable[..., Driven], folder: Path) -> None:
    run = source(folder / "khong-co").go()
    assert (run.state, run.said[-1]["code"]) == (runs.FAILED, messages.SFTP_PATH.code)
    assert "khong-co" in run.said[-1]["vi"]


# --- a trial ------------------------------------------------------------------------------------------------


def tried(store: Store, server: SftpPlace, path: Path, **more: Any) -> Trial:
    wish = Wish(server.url(path), library="bk01", allow_private=True, user=USER, password=PASSWORD, **more)
    return trials.attempt(store, Settings(), wish)


def codes(found: Trial) -> dict[str, bool]:
    return {str(one.problem.code): one.good for one in found.findings}


def test_a_trial_shows_the_key_first_and_sends_no_password(store: Store, server: SftpPlace, folder: Path) -> None:
    (folder / "a.mrc").write_bytes(file(*range(12)))
    found = tried(store, server, folder)
    assert (found.works, codes(found), server.logins) == (False, {"trial.host_key": False}, [])
    assert found.settings == {"host_key": server.pin}
    again = tried(store, server, folder, host_key=found.settings["host_key"])
    assert codes(again) == {"trial.host_key_same": True, "trial.remote_folder": True}
    assert (again.works, again.total, again.kind) == (True, 12, kinds.SFTP)
    assert f"--host-key '{server.pin}'" in again.command
    assert codes(tried(store, server, folder / "a.mrc", host_key=server.pin))["trial.remote_file"]


def test_a_trial_says_why_it_could_not_log_in(store: Store, server: SftpPlace, folder: Path) -> None:
    other = server.pin[:-1] + ("A" if server.pin[-1] != "A" else "B")
    assert codes(tried(store, server, folder, host_key=other)) == {messages.HOST_KEY_CHANGED.code: False}
    assert codes(tried(store, server, folder / "x", host_key=server.pin)) == {messages.SFTP_PATH.code: False}


@pytest.mark.parametrize("key", ["-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----"])
def test_a_key_that_is_none_is_refused_when_it_is_typed(source: Callable[..., Driven], folder: Path, key: str) -> None:
    with pytest.raises(InputError):
        source(folder, password=key)
