"""`/feed`: how sound the feed is, what proves it, and the other ways to follow it (ResourceSync, Atom)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request, send_file

from catalogue import feed_checks, libraries, manifests, partners
from catalogue.manifests import DUMPS, MANIFEST, RESOURCES, Made
from catalogue.renderings import BY_NAME, FORMATS
from catalogue.store import Store, iso
from foundation.settings import Settings
from oaipmh import atom, files, resource_dump, resourcesync
from oaipmh.nightly import FOLDER
from oaipmh.signing import Signer

_XML = "application/xml; charset=utf-8"


def create(store: Store, settings: Settings, base_url: str) -> Blueprint:
    """The pages about the feed. `base_url` has no slash at its end."""
    pages = Blueprint("feed", __name__)
    folder = Path(settings.home).absolute() / FOLDER
    address = atom.Address(base_url, settings.repository_domain, settings.repository_name, settings.admin_email)

    @pages.get("/feed")
    def health() -> Response:
        checks = feed_checks.latest(store, f"{base_url}/oai")
        ended = [one for one in checks if one.state != feed_checks.RUNNING]
        page = render_template(
            "feed.html",
            last=ended[0] if ended else None,
            checks=checks,
            manifests=manifests.all_made(store, MANIFEST),
            names={entry.bit: entry.name for entry in FORMATS},
            fingerprint=Signer(store).fingerprint,
            libraries=libraries.all_libraries(store),
            moment=_moment,
            settings=settings,
            base_url=base_url,
        )
        return _varying(make_response(page))

    @pages.get("/feed.json")
    def health_json() -> Response:
        checks = feed_checks.latest(store, f"{base_url}/oai")
        return jsonify(checks=[_dated(asdict(one), "started", "finished") for one in checks])

    @pages.get("/feed/key.pem")
    def key() -> Response:
        return Response(Signer(store).public_pem, mimetype="application/x-pem-file")

    @pages.get("/feed/manifests.json")
    def manifest_list() -> Response:
        found = []
        for one in manifests.all_made(store, MANIFEST):
            said = _dated(asdict(one), "as_of", "made")
            said["format"] = FORMATS[one.part].name
            said["url"] = f"{base_url}/feed/manifest/{FORMATS[one.part].name}/{one.set_spec or 'all'}.gz"
            found.append({name: said[name] for name in said if name not in ("kind", "part", "file")})
        return jsonify(manifests=found, key=f"{base_url}/feed/key.pem", fingerprint=Signer(store).fingerprint)

    @pages.get("/feed/manifest/<prefix>/<spec>.gz")
    def manifest(prefix: str, spec: str) -> Response:
        part = BY_NAME[prefix].bit if prefix in BY_NAME else -1
        wanted = "" if spec == "all" else spec
        made = manifests.all_made(store, MANIFEST)
        one = next((one for one in made if (one.set_spec, one.part) == (wanted, part)), None)
        path = _path(folder, one)
        assert one is not None
        return send_file(path, "application/gzip", etag=one.sha256, last_modified=one.made, conditional=True)

    @pages.get("/feed/partners")
    def partner_page() -> Response:
        if not settings.partner_page:
            abort(404)
        named = [one for one in partners.all_partners(store) if one.named]
        shown = [(one, partners.walks(store, one.number, 10)) for one in named]
        page = render_template("partners.html", partners=shown, moment=_moment, settings=settings)
        return _varying(make_response(page))

    @pages.get("/feed/atom.xml")
    def atom_feed() -> Response:
        return _fresh(Response(atom.subscription(store, address), content_type=atom.TYPE))

    @pages.get("/feed/atom/<int:number>.xml")
    def atom_archive(number: int) -> Response:
        found = atom.archive(store, address, number) if number < 1 << 40 else None
        if found is None:
            abort(404)
        return _fresh(Response(found, content_type=atom.TYPE))

    @pages.get("/feed/library/<code>/atom.xml")
    def atom_of_library(code: str) -> Response:
        known = libraries.get(store, code)
        before = request.args.get("before", "")
        if known is None or not (before == "" or (before.isascii() and before.isdigit() and len(before) < 16)):
            abort(404)
        made = atom.of_library(store, address, known.code, known.name_vi, int(before) if before else None)
        return _fresh(Response(made, content_type=atom.TYPE))

    _resource_sync(pages, store, folder, base_url)
    return pages


def _resource_sync(pages: Blueprint, store: Store, folder: Path, base_url: str) -> None:
    @pages.get("/.well-known/resourcesync")
    def source() -> Response:
        return Response(resourcesync.source_description(base_url), content_type=_XML)

    @pages.get("/resourcesync/capabilitylist.xml")
    def capabilities() -> Response:
        return Response(resourcesync.capability_list(store, base_url), content_type=_XML)

    @pages.get("/resourcesync/resourcelist.xml")
    def resource_list() -> Response:
        made = manifests.all_made(store, RESOURCES)
        if len(made) > 1:
            return _fresh(Response(resourcesync.resource_index(base_url, made), content_type=_XML))
        return _part(folder, made[0] if made else None)

    @pages.get("/resourcesync/resourcelist-<int:number>.xml")
    def resource_part(number: int) -> Response:
        return _part(folder, _numbered(store, RESOURCES, number))

    @pages.get("/resourcesync/resourcedump.xml")
    def resource_packages() -> Response:
        made = manifests.all_made(store, DUMPS)
        if not made:
            abort(404)
        return _fresh(Response(resource_dump.document(base_url, made), content_type=_XML))

    @pages.get("/resourcesync/resourcedump-<int:number>.zip")
    def package(number: int) -> Response:
        one = _numbered(store, DUMPS, number)
        path = _path(folder, one)
        assert one is not None
        return send_file(path, "application/zip", etag=one.sha256, last_modified=one.made, conditional=True)

    @pages.get("/resourcesync/resourcedump-<int:number>.xml")
    def package_manifest(number: int) -> Response:
        path = _path(folder, _numbered(store, DUMPS, number))
        return _fresh(Response(resource_dump.manifest(path), content_type=_XML))

    @pages.get("/resourcesync/changelist.xml")
    def change_list() -> Response:
        if resourcesync.change_windows(store) > 1:
            return Response(resourcesync.change_index(store, base_url), content_type=_XML)
        return Response(resourcesync.change_list(store, base_url, 0), content_type=_XML)

    @pages.get("/resourcesync/changelist-<int:number>.xml")
    def change_part(number: int) -> Response:
        if number >= resourcesync.change_windows(store):
            abort(404)
        return Response(resourcesync.change_list(store, base_url, number), content_type=_XML)


def _numbered(store: Store, kind: str, number: int) -> Made | None:
    return next((one for one in manifests.all_made(store, kind) if one.part == number), None)


def _part(folder: Path, one: Made | None) -> Response:
    """A part of the resource list: as it lies there to who takes gzip, else unpacked on the way."""
    path = _path(folder, one)
    assert one is not None
    if request.accept_encodings["gzip"]:
        answer = send_file(path, _XML, etag=one.sha256, last_modified=one.made, conditional=True)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = Response(files.unpacked(path), content_type=_XML)
        answer.set_etag(f"{one.sha256}-plain")
        answer.last_modified = datetime.fromtimestamp(one.made, UTC)
        answer.make_conditional(request)
    answer.vary.add("Accept-Encoding")
    return answer


def _path(folder: Path, one: Made | None) -> Path:
    """Where a file lies; 404 while there is none (yet, or on this host)."""
    path = folder / one.file if one is not None else None
    if path is None or not path.exists():
        abort(404)
    return path


def _fresh(answer: Response) -> Response:
    """With an ETag of its bytes, and 304 for who has them."""
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _dated(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return said | {name: iso(said[name]) for name in names if said[name] is not None}


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _varying(answer: Response) -> Response:
    answer.vary.update(["Accept-Language", "Cookie"])
    return answer
