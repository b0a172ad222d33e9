"""`lienthong search` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_export import Shell

RECORDS = """\
=LDR  00000nam a2200000 a 4500
=001  R1
=245  00$aLượn cọi số hóa
=856  40$uhttps://sohoa.example.vn/1

=LDR  00000nam a2200000 a 4500
=001  R2
=245  00$aLượn cọi bản in
=856  42$uhttps://sohoa.example.vn/gioi-thieu

=LDR  00000nam a2200000 a 4500
=001  R3
=245  00$aHát then số hóa
=856  40$uhttps://sohoa.example.vn/3

"""


def test_what_can_be_read_online_is_found_alone(tmp_path: Path) -> None:
    run = Shell(tmp_path / "home")
    assert run("library", "add", "bk03", "--name", "Thư viện Ba Bể").returncode == 0
    (tmp_path / "ba.mrk").write_text(RECORDS, encoding="utf-8")
    assert run("import", str(tmp_path / "ba.mrk"), "--library", "bk03").returncode == 0

    def titles(*asked: str) -> list[str]:
        found = json.loads(run("search", *asked, "--sort", "title", "--json").stdout)
        return [one["title"] for one in found["records"]]

    assert titles("", "--online") == ["Hát then số hóa", "Lượn cọi số hóa"]
    assert titles("lượn", "--online") == titles('lượn truy-cập:"trực tuyến"') == ["Lượn cọi số hóa"]
    assert titles("lượn -access:online") == ["Lượn cọi bản in"]
    counted = json.loads(run("search", "lượn", "--facets", "access", "--json").stdout)
    assert counted["facets"] == {"access": [{"value": "online", "count": 1}]}
