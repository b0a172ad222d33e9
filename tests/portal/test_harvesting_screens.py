"""Sources, runs, quarantine, system and the desk, as the people of a library see and steer them."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rights import Role
from catalogue import alarms, effects, libraries, quarantine, runs, sources
from catalogue.libraries import Library
from catalogue.store import Store, iso
from foundation.settings import Settings
from harvesting import alarms as judging
from harvesting import chores, desk
from harvesting.opening import Conditions
from portal import app as portal
from tests.harvesting.repository import Repository, serving
from tests.harvesting.test_course import fill, held
from tests.harvesting.test_desk import breaking
from tests.portal.conftest import csrf_of, signed_in
from tests.sftp_place import PASSWORD, USER, sftp_place

ADMINISTRATOR, MANAGER, CATALOGUER = Role.ADMINISTRATOR, Role.LIBRARY_MANAGER, Role.LIBRARY_CATALOGUER


@dataclass
class World:
    """A server with two libraries, one of which has a source that was harvested."""

    app: Flask
    store: Store
    settings: Settings
    repository: Repository
    url: str
    people: dict[tuple[str, str], FlaskClient] = field(default_factory=dict)

    def by(self, role: Role, library: str = "") -> FlaskClient:
        if (role, library) not in self.people:
            self.people[role, library] = signed_in(self.app, role, library)
        return self.people[role, library]

    def post(self, client: FlaskClient, path: str, **form: str) -> str:
        """What the page says that one is led to."""
        answer = client.post(path, data={"csrf_token": csrf_of(client), **form})
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:500])
        return client.get(answer.location).text

    def slip(self, client: FlaskClient, path: str, **form: str) -> str:
        """What the page says that gives a form back to be mended."""
        answer = client.post(path, data={"csrf_token": csrf_of(client), **form})
        assert answer.status_code == 400
        return html.unescape(answer.text)

    def harvest(self) -> runs.Run:
        return desk.run(self.store, self.settings, sources.named(self.store, "ba-be-oai"))

    @property
    def source(self) -> int:
        return sources.named(self.store, "ba-be-oai").number


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    settings, repository = Settings(home=tmp_path / "home"), Repository()
    with closing(Store.open(settings)) as store, serving(repository) as wire:
        for code in ("ba-be", "pac-nam"):
            libraries.add(store, Library(code, f"Thư viện {code}"))
        fill(repository)
        made = World(portal.create(store, settings, "http://localhost"), store, settings, repository, f"{wire.url}/oai")
        values = {"url": made.url, "allow": ["127.0.0.0/8"], "schedule": "hằng đêm", "user": "u"}
        desk.add(store, settings, "ba-be", "ba-be-oai", values, "mật khẩu kín")
        yield made


# --- sources --------------------------------------------------------------------------------------------------


def test_sources_are_listed_with_their_standing_to_their_own_library(world: World) -> None:
    world.harvest()
    page = world.by(CATALOGUER, "ba-be").get("/workshop/sources").text
    assert "ba-be-oai" in page
    assert "tốt: nhận 8, mới 8" in page
    assert "ba-be-oai" not in world.by(CATALOGUER, "pac-nam").get("/workshop/sources").text
    said = world.by(CATALOGUER, "ba-be").get("/workshop/sources?format=json").get_json()
    assert [(one["name"], one["light"], one["records"]) for one in said["sources"]] == [("ba-be-oai", "good", 8)]
    table = world.by(CATALOGUER, "ba-be").get("/workshop/sources?format=csv").text
    assert table.startswith("\ufeffnumber,name,library")


@pytest.mark.parametrize("path", ["", "/change"])
def test_what_is_another_library_s_is_not_there(world: World, path: str) -> None:
    assert world.by(MANAGER, "pac-nam").get(f"/workshop/sources/{world.source}{path}").status_code == 404
    client = world.by(MANAGER, "pac-nam")
    for act in ("run", "rest", "remove", "change"):
        form = {"csrf_token": csrf_of(client)}
        assert client.post(f"/workshop/sources/{world.source}/{act}", data=form).status_code == 404
    assert sources.named(world.store, "ba-be-oai").state == ""


def test_a_cataloguer_may_look_and_run_but_not_change(world: World) -> None:
    client = world.by(CATALOGUER, "ba-be")
    assert "chạy nền sẽ thu thập" in world.post(client, f"/workshop/sources/{world.source}/run", kind="full")
    assert sources.named(world.store, "ba-be-oai").wanted == "full"
    form = {"csrf_token": csrf_of(client)}
    assert client.post(f"/workshop/sources/{world.source}/rest", data=form).status_code == 403


def test_a_password_is_shown_nowhere_and_survives_a_change(world: World) -> None:
    client = world.by(MANAGER, "ba-be")
    kept = sources.named(world.store, "ba-be-oai").settings["password"]
    pages = [client.get(f"/workshop/sources/{world.source}{path}").text for path in ("", "/change", "?format=json")]
    assert not any("mật khẩu kín" in page or kept in page for page in pages)
    said = world.post(
        client, f"/workshop/sources/{world.source}/change", url=world.url, schedule="mỗi 6 giờ", password=""
    )
    assert "Đã đổi nguồn" in said
    now = sources.named(world.store, "ba-be-oai").settings
    assert (now["schedule"], now["password"], now["allow"]) == ("mỗi 6 giờ", kept, ["127.0.0.0/8"])


def test_a_password_goes_to_no_other_host_than_it_was_typed_for(world: World) -> None:
    client = world.by(MANAGER, "ba-be")
    world.post(client, f"/workshop/sources/{world.source}/change", url="https://khac.example/oai", password="")
    assert "password" not in sources.named(world.store, "ba-be-oai").settings


@pytest.mark.parametrize("form", [{"allow": "10.0.0.0/8"}, {"ca_file": "/etc/passwd"}])
def test_only_the_administrator_lets_a_source_into_our_own_network(world: World, form: dict[str, str]) -> None:
    client = world.by(MANAGER, "ba-be")
    data = {"csrf_token": csrf_of(client), **form}
    assert client.post(f"/workshop/sources/{world.source}/change", data=data).status_code == 403
    assert sources.named(world.store, "ba-be-oai").settings["allow"] == ["127.0.0.0/8"]
    assert "Đã đổi nguồn" in world.post(world.by(ADMINISTRATOR), f"/workshop/sources/{world.source}/change", **form)


def test_a_wrong_schedule_is_told_and_nothing_is_changed(world: World) -> None:
    client = world.by(MANAGER, "ba-be")
    said = world.slip(client, f"/workshop/sources/{world.source}/change", schedule="thỉnh thoảng", hours="22:00-05:00")
    for kept in ("không hiểu lịch", 'value="thỉnh thoảng"', 'value="22:00-05:00"'):
        assert kept in said
    assert sources.named(world.store, "ba-be-oai").settings["schedule"] == "hằng đêm"


def test_a_source_rests_is_removed_and_comes_back(world: World) -> None:
    client, here = world.by(MANAGER, "ba-be"), f"/workshop/sources/{world.source}"
    world.harvest()
    assert "Nguồn nghỉ" in world.post(client, f"{here}/rest")
    assert "lại chạy theo lịch" in world.post(client, f"{here}/wake")
    assert "vẫn giữ nguyên" in world.post(client, f"{here}/remove")
    assert "Nguồn đã xoá (1)" in client.get("/workshop/sources").text
    assert len(held(world.store)) == 8
    assert "đã trở lại" in world.post(client, f"{here}/restore")


# --- a trial --------------------------------------------------------------------------------------------------


def tried(client: FlaskClient, address: str) -> str:
    """The page of a trial that is over."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        page = client.get(address)
        if 'http-equiv="refresh"' not in page.text:
            return page.text
        time.sleep(0.05)
    raise AssertionError("the trial does not end")


def test_an_address_is_tried_and_then_added_with_the_password_it_was_tried_with(world: World) -> None:
    client = world.by(ADMINISTRATOR)
    asked = {"library": "pac-nam", "address": world.url, "allow_private": "yes", "user": "a", "password": "rất kín"}
    answer = client.post("/workshop/sources/try", data={"csrf_token": csrf_of(client), **asked})
    page = tried(client, answer.location)
    for words in ("Kho OAI-PMH", "8 biểu ghi", "Như nguồn gửi", "Then Tày 0", "Thêm nguồn"):
        assert words in page
    assert "rất kín" not in page
    assert "rất kín".encode() not in (world.settings.home / "lienthong.sqlite").read_bytes()
    trial = answer.location.rpartition("/")[2]
    assert world.by(MANAGER, "ba-be").get(answer.location).status_code == 404  # another person's
    form = {
        "trial": trial,
        "name": "pac-nam-moi",
        "url": world.url,
        "user": "a",
        "schedule": "hằng đêm",
        "at_once": "yes",
    }
    slip = world.slip(client, "/workshop/sources", **form | {"schedule": "lúc nào rảnh", "sets": "a\nb"})
    for kept in ("không hiểu lịch", 'value="pac-nam-moi"', 'value="lúc nào rảnh"', ">a\nb</textarea>"):
        assert kept in slip
    assert "Đã thêm nguồn pac-nam-moi" in world.post(client, "/workshop/sources", **form)
    made = sources.named(world.store, "pac-nam-moi")
    assert (made.library, made.wanted, made.settings["allow"]) == ("pac-nam", "due", ["127.0.0.1"])
    done = desk.run(world.store, world.settings, made)
    assert (done.state, done.counts["new"]) == ("done", 8)
    assert any(b"Authorization: Basic" in head for head in world.repository.heads[-4:])


def test_a_manager_cannot_try_what_is_in_our_own_network(world: World) -> None:
    client = world.by(MANAGER, "ba-be")
    for form in ({"address": world.url, "allow_private": "yes"}, {"address": "/etc"}):
        data = {"csrf_token": csrf_of(client), "library": "ba-be", **form}
        assert client.post("/workshop/sources/try", data=data).status_code == 403
    data = {"csrf_token": csrf_of(client), "library": "ba-be", "address": world.url}
    page = tried(client, client.post("/workshop/sources/try", data=data).location)
    assert "thuộc mạng nội bộ" in page
    assert world.repository.asked == []


def test_a_folder_is_tried_by_its_newest_file(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "gui"
    folder.mkdir()
    (folder / "sach.mrk").write_text("=LDR  00000nam a2200000 a 4500\n=001  7\n=245  00$aThơ Tày\n", encoding="utf-8")
    client = world.by(ADMINISTRATOR)
    data = {"csrf_token": csrf_of(client), "library": "ba-be", "address": str(folder)}
    answer = client.post("/workshop/sources/try", data=data)
    page = tried(client, answer.location)
    assert "Thư mục được theo dõi" in page
    assert "Thơ Tày" in page
    trial = answer.location.rpartition("/")[2]
    assert "Đã thêm" in world.post(client, "/workshop/sources", trial=trial, name="gui", folder=str(folder), settle="0")
    assert desk.run(world.store, world.settings, sources.named(world.store, "gui")).counts["new"] == 1


def test_an_sftp_server_is_logged_into_once_a_person_accepted_its_key(world: World, tmp_path: Path) -> None:
    (tmp_path / "kho").mkdir()
    (tmp_path / "kho" / "sach.mrk").write_text(
        "=LDR  00000nam a2200000 a 4500\n=001  7\n=245  00$aThơ Tày\n", encoding="utf-8"
    )
    client = world.by(ADMINISTRATOR)
    with sftp_place() as server:
        url = server.url(tmp_path / "kho")
        asked = {"library": "pac-nam", "address": url, "allow_private": "yes", "user": USER, "password": PASSWORD}
        first = client.post("/workshop/sources/try", data={"csrf_token": csrf_of(client), **asked}).location
        page = tried(client, first)
        assert server.pin in page
        assert "thử tiếp" in page
        assert "Bước 2 trên 2" not in page
        assert server.logins == []
        again = client.post(f"{first}/accept", data={"csrf_token": csrf_of(client)}).location
        page = tried(client, again)
        assert "Thơ Tày" in page
        assert PASSWORD not in page
        form = {"trial": again.rpartition("/")[2], "name": "kho", "url": url, "user": USER, "host_key": server.pin}
        assert "Đã thêm nguồn kho" in world.post(client, "/workshop/sources", **form, settle="0")
        made = sources.named(world.store, "kho")
        assert (made.kind, made.settings["host_key"]) == ("sftp", server.pin)
        assert desk.run(world.store, world.settings, made).counts["new"] == 1
        shown = client.get(f"/workshop/sources/{made.number}/change").text
        assert server.pin in shown
        assert str(made.settings["password"]) not in shown


# --- runs -----------------------------------------------------------------------------------------------------


def test_what_the_brake_holds_is_shown_with_links_and_released(world: World) -> None:
    world.harvest()
    desk.change(world.store, world.settings, "ba-be-oai", {"brake": 50, "brake_records": 2})
    for name in [*world.repository.entries][:6]:
        world.repository.drop(name)
    waits = world.harvest()
    client, here = world.by(CATALOGUER, "ba-be"), f"/workshop/runs/{waits.number}"
    page = client.get(here).text
    assert "sẽ xoá 6 biểu ghi" in page
    assert "lienthong harvest" not in page
    assert len(re.findall(r'href="/record/[^"]+">Then Tày \d</a>', page)) == 6
    assert "bị phanh" in client.get("/workshop").text
    listed = client.get(f"{here}/deleted?format=json").get_json()[f"run-{waits.number}-deleted"]
    assert [one["title"] for one in listed] == [f"Then Tày {number}" for number in range(6)]
    judging.watch(world.store, world.settings)
    source = client.get(f"/workshop/sources/{world.source}").text
    assert f"Xem đợt {waits.number} và quyết định" in source
    assert "Thu thập ngay" not in source
    assert "Đã công bố" in world.post(client, f"{here}/release")
    for decided in (here, f"/workshop/sources/{world.source}", "/workshop"):
        assert "bị phanh" not in client.get(decided).text, "nobody is asked again for what is decided"
    assert len(held(world.store)) == 2
    assert "Đã hoàn tác" in world.post(client, f"{here}/undo")
    assert len(held(world.store)) == 8


def test_a_contributor_cannot_steer_and_nobody_is_led_to_the_door(world: World) -> None:
    done = world.harvest()
    assert world.app.test_client().get(f"/workshop/runs/{done.number}").status_code == 303
    client = signed_in(world.app, Role.CONTRIBUTOR, "ba-be")
    assert client.get(f"/workshop/runs/{done.number}").status_code == 403
    assert world.by(CATALOGUER, "pac-nam").get(f"/workshop/runs/{done.number}").status_code == 404
    assert runs.get(world.store, done.number).state == "done"


def test_a_run_that_goes_on_is_shown_anew_by_itself_and_is_paused_and_resumed(world: World) -> None:
    world.repository.trouble = lambda here, asked: b"" if "resumptionToken" in asked else None
    client = world.by(CATALOGUER, "ba-be")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("foundation.pace.backoff", lambda *_: 0.0)
        patch.setattr("harvesting.peer.backoff", lambda *_: 0.0)
        cut = world.harvest()
    runs.resume(world.store, cut.number)  # as a worker that has taken it up
    page = client.get(f"/workshop/runs/{cut.number}").text
    assert 'http-equiv="refresh"' in page
    assert "1 trang" in page
    world.post(client, f"/workshop/runs/{cut.number}/pause")
    assert runs.get(world.store, cut.number).state == "paused"
    assert "đi tiếp" in world.post(client, f"/workshop/runs/{cut.number}/resume")
    assert sources.named(world.store, "ba-be-oai").wanted == runs.RESUME
    world.post(client, f"/workshop/runs/{cut.number}/stop")
    assert runs.get(world.store, cut.number).state == "stopped"


def test_runs_are_listed_by_state_and_drawn(world: World) -> None:
    world.harvest()
    client = world.by(CATALOGUER, "ba-be")
    assert "ba-be-oai" in client.get("/workshop/runs?state=done").text
    assert "Không có đợt nào" in client.get("/workshop/runs?state=failed").text
    assert '<rect class="new"' in client.get("/workshop/runs?source=ba-be-oai").text
    assert "Không có đợt nào" in world.by(CATALOGUER, "pac-nam").get("/workshop/runs").text


# --- quarantine -----------------------------------------------------------------------------------------------


def test_bytes_at_fault_are_shown_read_again_discarded_and_had_back(world: World) -> None:
    breaking(world.repository)
    done = world.harvest()
    client, here = world.by(CATALOGUER, "ba-be"), f"/workshop/quarantine/{done.change_set}"
    assert "Không có gì bị cách ly" in world.by(CATALOGUER, "pac-nam").get("/workshop/quarantine").text
    assert "harvest.record_broken" in client.get("/workshop/quarantine").text
    page = client.get(here).text
    assert "<mark>&lt;/subfield&gt;" in page
    assert "the XML is not" not in page  # a Vietnamese page says it in Vietnamese
    piece = re.search(rf'href="({here}/\d+\.bin)"', page)
    assert piece is not None
    data = client.get(piece[1])
    assert data.headers["Content-Disposition"].startswith("attachment")
    assert "<b>cổ</subfield>" in data.get_data(as_text=True)
    assert world.by(CATALOGUER, "pac-nam").get(piece[1]).status_code == 404
    assert "oai:x.vn:001" in client.get(f"{here}/letter").text
    assert "Đã bỏ 1 biểu ghi" in world.post(client, f"{here}/discard")
    assert quarantine.waiting(world.store) == 0
    assert "Đã lấy lại 1" in world.post(client, f"{here}/take-back")
    assert "sửa như đề nghị" in client.get(f"{here}/again").text
    assert "Đã nhận 1 biểu ghi" in world.post(client, f"{here}/retry", repair="yes")
    assert "oai:x.vn:001" in held(world.store)


# --- the desk and the system ----------------------------------------------------------------------------------


def test_the_desk_shows_a_cut_harvest_and_when_it_goes_on(world: World) -> None:
    desk.change(world.store, world.settings, "ba-be-oai", {"url": "http://127.0.0.1:9/oai"})
    cut = desk.run(
        world.store, world.settings, sources.named(world.store, "ba-be-oai"), "", Conditions(sleep=lambda seconds: None)
    )
    assert cut.state == runs.CUT
    client = world.by(CATALOGUER, "ba-be")
    said = client.get("/workshop?format=json").get_json()["resting"]
    assert [(one["run"], one["source"], one["again"]) for one in said] == [
        (cut.number, "ba-be-oai", iso(cut.heartbeat + 300))
    ]
    page = html.unescape(client.get("/workshop").text)
    assert "bị đứt, sẽ tự thử lại lúc" in page
    assert iso(cut.heartbeat + 300) in page
    assert cut.said[-1]["vi"] in page
    assert "tries again by itself" in client.get("/workshop", headers={"Accept-Language": "en"}).text
    assert world.by(CATALOGUER, "pac-nam").get("/workshop?format=json").get_json()["resting"] == []


def test_the_desk_says_what_waits_and_where_it_is_done(world: World) -> None:
    breaking(world.repository)
    done = world.harvest()
    alarms.turn(world.store, world.source, {"silent": ("đã lâu không có gì mới", "silent")})
    client = world.by(CATALOGUER, "ba-be")
    page = client.get("/workshop").text
    assert "1 biểu ghi không đọc được" in page
    assert "đã lâu không có gì mới" in page
    assert 'href="/workshop/quarantine"' in page
    said = client.get("/workshop?format=json").get_json()
    assert [one["kind"] for one in said["matters"]] == ["failing", "quarantine"]
    assert said["libraries"][0]["records"] == 7
    assert client.get("/workshop", headers={"Accept-Language": "en"}).text.count("could not be read") == 1
    other = world.by(CATALOGUER, "pac-nam").get("/workshop?format=json").get_json()
    assert (other["matters"], [one["library"] for one in other["libraries"]]) == ([], ["pac-nam"])
    assert effects.counted(world.store, done.change_set or 0)["new"] == 7


def test_the_system_is_the_administrator_s(world: World) -> None:
    assert world.by(CATALOGUER, "ba-be").get("/workshop/system").status_code == 403
    client = world.by(ADMINISTRATOR)
    page = client.get("/workshop/system").text
    assert "bộ phận chạy nền không hoạt động" in page
    assert "trong ít giây nữa" in world.post(client, "/workshop/system/backup")
    assert chores.asked(world.store, "backup")
    worker = chores.Chores(world.store, world.settings)
    worker.step()
    worker.join()
    made = client.get("/workshop/system").text
    name = re.search(r"/system/backups/(\w+)/verify", made)
    assert name is not None
    assert "nguyên vẹn" in world.post(client, f"/workshop/system/backups/{name[1]}/verify")
    assert "không phải một bản sao lưu" in world.post(client, "/workshop/system/backups/khac/verify")
    assert "sao lưu" in client.get("/workshop/system/jobs").text
    world.post(client, "/workshop/system/index")
    assert (world.settings.home / "index" / "rebuild").exists()
    listed = {one["name"]: one for one in client.get("/workshop/system/settings?format=json").get_json()["settings"]}
    assert listed["home"]["origin"] != "default"
    for language, words in (("vi", "giấy phép cho dùng biểu ghi"), ("en", "Address of the licence under which")):
        assert words in client.get(f"/workshop/system/settings?lang={language}").text
    assert client.get("/workshop/system/alarms?format=csv").status_code == 200
