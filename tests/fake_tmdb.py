"""A server on this machine that speaks TMDB's API v3 as it is documented, or breaks on purpose."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from PIL import Image

V3_KEY = "0123456789abcdef0123456789abcdef"
V4_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJzZWNyZXQifQ.s3cr3t-s1gn4tur3"


def picture(colour: str = "teal", size: tuple[int, int] = (342, 513), kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def movie(tmdb_id: int, title: str, date: str = "", **more: Any) -> dict[str, Any]:
    """A movie as /movie/{id} answers; lists of results have a part of it."""
    return {
        "adult": False,
        "id": tmdb_id,
        "title": title,
        "original_title": title,
        "release_date": date,
        "overview": "",
        "poster_path": f"/poster{tmdb_id}.jpg",
        "runtime": 0,
    } | more


def services(*names: str) -> list[dict[str, Any]]:
    return [{"provider_id": number, "provider_name": name} for number, name in enumerate(names, 1)]


APPENDED = ("videos", "watch/providers")
MOVIES = [
    movie(
        949,
        "Heat",
        "1995-12-15",
        overview="A thief and a policeman sit down for a coffee.",
        runtime=170,
        **{
            "videos": {
                "results": [
                    {"site": "Vimeo", "type": "Trailer", "key": "1234567"},
                    {"site": "YouTube", "type": "Clip", "key": "zzzzzzzz"},
                    {"site": "YouTube", "type": "Trailer", "key": "abc-DEF_123"},
                ]
            },
            "watch/providers": {
                "id": 949,
                "results": {
                    "US": {"link": "https://x.example", "ads": services("Tubes")},
                    "DE": {"rent": services("Shop"), "flatrate": services("Film|Plus", "Kino")},
                    "AT": {"link": "https://x.example"},
                },
            },
        },
    ),
    movie(11046, "Heat", "1972-10-05", runtime=102, poster_path=None),
    movie(
        99496243,
        "Cellarmates",
        "2019-05-30",
        original_title="지하친구",
        overview="A family moves in, one after the other.",
        runtime=133,
    ),
]


class Answer:
    """What a fault answers: status, headers, body."""

    def __init__(self, status: int = 200, body: bytes | Any = b"", **headers: str) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


Fault = Callable[[BaseHTTPRequestHandler], Answer | None]


class FakeTmdb:
    """The server, in a thread; `url` is the API's address.

    Args:
        keys: who may ask.
    """

    def __init__(self, keys: tuple[str, ...] = (V3_KEY, V4_TOKEN)) -> None:
        self.keys = set(keys)
        self.movies = {entry["id"]: entry for entry in MOVIES}
        self.pictures: dict[str, bytes] = {}
        self.asked: list[str] = []  # path and query of every request, without a key in it
        self.authorizations: list[str | None] = []
        self.faults: list[tuple[str, Fault]] = []
        self.go_on = threading.Event()  # lets answers go on that `hang`
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.root}/3"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def break_at(self, path: str, *answers: Answer | Fault) -> None:
        """Answer requests below `path` with these, one after the other, and then as usual."""
        self.faults += [(path, (lambda _, a=a: a) if isinstance(a, Answer) else a) for a in answers]

    def always(self, path: str, answer: Answer | Fault) -> None:
        """Answer every request below `path` like this."""
        self.break_at(path, *[answer] * 1000)

    def hang(self, _: BaseHTTPRequestHandler) -> None:
        """A fault: say nothing until `go_on`."""
        self.go_on.wait(30)

    def broken(self, request: BaseHTTPRequestHandler) -> Answer | None:
        """The answer of the next fault for a request, if there is one."""
        for place, (path, fault) in enumerate(self.faults):
            if urlsplit(request.path).path.startswith(path):
                del self.faults[place]
                return fault(request) or Answer(500)
        return None

    def answer(self, request: BaseHTTPRequestHandler) -> Answer:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        given = query.pop("api_key", None)
        self.asked.append(f"{parts.path}?{'&'.join(f'{k}={v}' for k, v in query.items())}")
        header = request.headers.get("Authorization")
        self.authorizations.append(header)
        if (broken := self.broken(request)) is not None:
            return broken
        if parts.path.startswith("/t/p/w342/"):
            name = parts.path.removeprefix("/t/p/w342")
            return Answer(200, self.pictures.get(name) or picture(), Content_Type="image/jpeg")
        if (given or (header or "").removeprefix("Bearer ")) not in self.keys:
            refusal = {"success": False, "status_code": 7, "status_message": "Invalid API key"}
            return Answer(401, refusal)
        return self._data(parts.path.removeprefix("/3/"), query)

    def _data(self, path: str, query: dict[str, str]) -> Answer:
        if path == "configuration":
            images = {"base_url": f"{self.root}/t/p/", "secure_base_url": f"{self.root}/t/p/"}
            return Answer(200, {"images": images | {"poster_sizes": ["w92", "w342", "original"]}})
        if path == "search/movie":
            return Answer(200, self._search(query))
        found = self.movies.get(int(path.removeprefix("movie/")))
        if found is None:
            return Answer(404, {"success": False, "status_code": 34})
        more = query.get("append_to_response", "").split(",")
        return Answer(200, {k: v for k, v in found.items() if k in more or k not in APPENDED})

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        text, year = query["query"].casefold(), query.get("year", "")
        rows = [
            {k: v for k, v in entry.items() if k not in {"runtime", *APPENDED}}
            for entry in self.movies.values()
            if text in f"{entry['title']} {entry['original_title']}".casefold()
            and entry["release_date"].startswith(year)
        ]
        return {"page": 1, "results": rows, "total_pages": 1, "total_results": len(rows)}


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request, client_address) -> None:
        pass  # a client that hung up


def _handler(fake: FakeTmdb) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = fake.answer(self)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
