"""A small provider of identities (OpenID Connect) over HTTP, which can be told to lie."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "lienthong", "bí mật"


class SmallProvider:
    """Knows one person, `sub-1`; `claims` and `header` change what it says of them, `now` is its clock."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.key = ECKey.generate_key("P-256", parameters={"kid": "1"})
        self.signs: Any = self.key
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "1"}
        self.metadata: dict[str, Any] = {}
        self.issuer = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> dict[str, str]:
        """The person agrees: what the browser brings back from `address`."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (given["client_id"], given["response_type"], given["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = f"code-{len(self._codes)}"
        self._codes[code] = given
        return {"state": given["state"], "code": code, "iss": self.issuer}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            known = {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            }  # fmt: skip
            return 200, known | self.metadata
        if path == "/keys":
            return 200, dict(KeySet([self.key]).as_dict(private=False))
        asked = self._codes.pop(form.get("code", ""), None)
        if path != "/token" or asked is None:
            return 400, {"error": "invalid_grant"}
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        right = (form["client_secret"], form["redirect_uri"], challenge)
        if right != (SECRET, asked["redirect_uri"], asked["code_challenge"]):
            return 401, {"error": "invalid_client"}
        said = {
            "iss": self.issuer, "aud": CLIENT, "sub": "sub-1", "nonce": asked["nonce"], "iat": self.now,
            "exp": self.now + 300,
        }  # fmt: skip
        claims = {name: value for name, value in (said | self.claims).items() if value is not None}
        token = self._by_hand(claims) if self.header["alg"] != "ES256" else jwt.encode(self.header, claims, self.signs)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def _by_hand(self, claims: dict[str, Any]) -> str:
        """What no honest library makes: not signed, or with the secret that both know."""
        said = b".".join(_base64(json.dumps(part).encode()) for part in (self.header, claims))
        made = hmac.digest(SECRET.encode(), said, "sha256") if self.header["alg"] == "HS256" else b""
        return (said + b"." + _base64(made)).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


@contextmanager
def served(provider: SmallProvider) -> Iterator[SmallProvider]:
    """The provider at an address of this machine, which is its issuer."""

    class Handler(BaseHTTPRequestHandler):
        def _say(self, form: dict[str, str]) -> None:
            status, value = provider.answer(self.path, form)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say({name: values[0] for name, values in parse_qs(body).items()})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
