"""A provider of accounts (OpenID Connect) on this machine, with the standard library alone."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, CLIENT_SECRET = "movie-club", "a secret of the client's"
Claims = dict[str, Any]  # what the provider says of an account


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Provider:
    """Asks for no password: who is asked for a login chooses one of `accounts` by its name."""

    def __init__(self, accounts: dict[str, Claims]) -> None:
        self.accounts = accounts
        self._key = secrets.token_bytes(32)
        self._asked: dict[str, tuple[str, str, str]] = {}  # code: name, nonce, challenge
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://localhost:{self._server.server_port}"

    def start(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        """A shared key in public: nobody else than this test asks for it."""
        return {"keys": [{"kty": "oct", "alg": "HS256", "kid": "1", "k": _text(self._key)}]}

    def choice(self, query: dict[str, str]) -> str:
        """Return a page with a link for every account."""
        links = []
        for name in self.accounts:
            code = secrets.token_urlsafe()
            self._asked[code] = name, query["nonce"], query["code_challenge"]
            back = urlencode({"code": code, "state": query["state"]})
            links.append(f'<a href="{escape(query["redirect_uri"])}?{back}">{escape(name)}</a>')
        icon = '<link rel="icon" href="data:,">'  # or the browser asks for one and complains
        return f"<!doctype html>{icon}<h1>Who are you?</h1>{'<br>'.join(links)}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Return what a code is good for, once.

        Raises:
            KeyError: there is no such code, or not any more.
        """
        name, nonce, challenge = self._asked.pop(form["code"])
        assert _text(hashlib.sha256(form["code_verifier"].encode()).digest()) == challenge
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": name, "nonce": nonce}
        claims |= {"iat": now, "exp": now + 300, **self.accounts[name]}
        signed = ".".join(
            _text(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "1"}, claims)
        )
        signature = _text(hmac.digest(self._key, signed.encode(), "sha256"))
        token = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer"}
        return token | {"expires_in": 300, "id_token": f"{signed}.{signature}"}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(asked.query).items()}
                self._answer(provider.choice(query), "text/html; charset=utf-8")
            elif asked.path == "/keys":
                self._answer(json.dumps(provider.keys()))
            else:
                self._answer(json.dumps(provider.metadata()))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(json.dumps(provider.token(form)))

        def _answer(self, text: str, kind: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
