"""Every way in which TMDB can fail is one sentence that hides the key; nothing stays."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest
from fake_tmdb import V3_KEY, V4_TOKEN, Answer, FakeTmdb, movie, picture

from club.errors import ClubError, InvalidInput, TmdbBadAnswer, TmdbError, TmdbUnavailable
from club.sources.posters import Posters
from club.sources.tmdb import Found, Tmdb
from club.sources.tmdb_cache import AnswerCache
from club.sources.tmdb_web import Pace, TmdbWeb

HEAT = Found(949, "Heat", "Heat", 1995, "", "/poster949.jpg")
SLOW = "TMDB does not answer in time; try again later."
OFFLINE = "The connection to TMDB fails; check that this computer is online."
GARBLED = "TMDB's answer is garbled; try again later."
UNEXPECTED = "TMDB's answer is not what it documents; try again later."
PAGE = (
    "A web page answers in TMDB's place; if this network has a log-in page, open it in a browser, "
    "then try again."
)
TOO_LONG = "TMDB's answer is far too long, so it was not read."
ELSEWHERE = (
    "TMDB's address leads elsewhere, which is not followed; check this network, and `url` under "
    "[tmdb] in .streamlit/secrets.toml if it is there."
)
REFUSED_KEY = "TMDB refuses the key; put a valid one under [tmdb] in .streamlit/secrets.toml."
NO_PICTURE = "The poster that TMDB sent is no picture that can be shown."
NO_SHAPE = "The picture that TMDB sent has not the shape of a poster."


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(fake: FakeTmdb, tmp_path: Path, waits: list[float]) -> Callable[..., Tmdb]:
    def new(key: str = V3_KEY, address: str = fake.url, read_seconds: float = 5.0) -> Tmdb:
        web = TmdbWeb(key, address, pace=Pace(1e9), wait=waits.append, read_seconds=read_seconds)
        return Tmdb(web, AnswerCache(tmp_path / "tmdb"), Posters(tmp_path / "posters"))

    return new


@pytest.fixture
def tmdb(client: Callable[..., Tmdb]) -> Tmdb:
    return client()


Refusal = Callable[[Callable[[], object], type[TmdbError]], str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Return the sentence of the error that an action raises; nothing may be left of it."""

    def said(action: Callable[[], object], kind: type[TmdbError]) -> str:
        before = set(tmp_path.rglob("*"))
        with pytest.raises(kind) as caught:
            action()
        assert [path for path in set(tmp_path.rglob("*")) - before if path.is_file()] == []
        error: BaseException = caught.value
        assert (error.__cause__, error.__context__) == (None, None)
        return str(error)

    return said


def test_a_busy_server_is_asked_again_when_it_says(tmdb, fake, waits):
    fake.break_at("/3/movie", Answer(429, {}, Retry_After="2"), Answer(429, {}, Retry_After="0"))
    assert tmdb.movie(949).title == "Heat"
    assert waits == [2, 1.5]
    assert len(fake.asked) == 3


def test_a_busy_server_that_asks_for_patience_is_left_in_peace(tmdb, fake, waits, refusal):
    fake.always("/3/movie", Answer(429, {}, Retry_After="300"))
    said = refusal(lambda: tmdb.movie(949), TmdbUnavailable)
    assert said == "TMDB is asked too often; try again in 5 min."
    assert (waits, len(fake.asked)) == ([], 1)


@pytest.mark.parametrize("header", ["", "soon", "-1", "9" * 400, "Wed, 99 Foo"])
def test_a_retry_after_that_makes_no_sense_is_an_ordinary_pause(tmdb, fake, waits, header):
    fake.break_at("/3/movie", Answer(429, {}, Retry_After=header))
    assert tmdb.movie(949).title == "Heat"
    assert waits == [0.5]


def test_a_retry_after_may_be_a_date(tmdb, fake, waits, refusal):
    fake.always("/3/movie", Answer(429, {}, Retry_After=formatdate(time() + 3600, usegmt=True)))
    said = refusal(lambda: tmdb.movie(949), TmdbUnavailable)
    assert said == "TMDB is asked too often; try again in 60 min."


def test_a_server_in_trouble_is_asked_three_times(tmdb, fake, waits, refusal):
    fake.break_at("/3/movie", Answer(500), Answer(503))
    assert tmdb.movie(949).title == "Heat"
    assert waits == [0.5, 1.5]
    fake.always("/3/search", Answer(500, b"<html>oops</html>"))
    said = refusal(lambda: tmdb.search("heat"), TmdbUnavailable)
    assert said == "TMDB has trouble (500); try again later."
    assert len(fake.asked) == 6


def test_a_server_that_says_nothing_is_not_waited_for(client, fake, waits, refusal):
    fake.always("/3/movie", fake.hang)
    tmdb = client(read_seconds=0.05)
    assert refusal(lambda: tmdb.movie(949), TmdbUnavailable) == SLOW
    assert waits == [0.5, 1.5]


def test_a_server_that_stops_in_the_middle_is_not_waited_for(client, fake, refusal):
    fake.always("/3/movie", Answer(200, b'{"id": 949', Content_Length="5000"))
    tmdb = client(read_seconds=0.2)
    assert refusal(lambda: tmdb.movie(949), TmdbUnavailable) == OFFLINE


def test_a_server_that_sends_a_byte_at_a_time_is_not_waited_for(
    client, fake, waits, refusal, monkeypatch
):
    def drip(request):
        request.send_response(200)
        request.end_headers()
        while not fake.go_on.wait(0.01):
            request.wfile.write(b" ")

    monkeypatch.setattr("club.sources.tmdb_web.TOTAL_SECONDS", 0.1)
    fake.always("/3/movie", drip)
    tmdb = client()
    assert refusal(lambda: tmdb.movie(949), TmdbUnavailable) == SLOW
    assert waits == []


def test_an_answer_may_be_compressed_and_in_pieces(tmdb, fake):
    def pieces(request):
        body = gzip.compress(json.dumps(fake.movies[949]).encode())
        request.protocol_version = "HTTP/1.1"
        request.send_response(200)
        for name, value in (
            ("Content-Encoding", "gzip"),
            ("Transfer-Encoding", "chunked"),
            ("Connection", "close"),
        ):
            request.send_header(name, value)
        request.end_headers()
        for start in range(0, len(body), 50):
            piece = body[start : start + 50]
            request.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        request.wfile.write(b"0\r\n\r\n")
        raise ConnectionAbortedError

    fake.break_at("/3/movie", pieces)
    assert tmdb.movie(949).runtime == 170


def test_no_server_at_all(client, fake, waits, refusal):
    tmdb = client(address="http://127.0.0.1:9/3")
    assert refusal(lambda: tmdb.movie(949), TmdbUnavailable) == OFFLINE
    assert waits == [0.5, 1.5]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b'{"id": 949, "title": '), GARBLED),
        (Answer(200, b""), GARBLED),
        (Answer(200, b"\xff\xfe\x00garbage"), GARBLED),
        (Answer(200, b"[" * 200_000), GARBLED),
        (Answer(200, b"\n <!doctype html><title>Hotel WiFi</title>"), PAGE),
        (Answer(200, b"{}" + b" " * 2_000_001), TOO_LONG),
        (Answer(200, []), UNEXPECTED),
        (Answer(200, None), UNEXPECTED),
        (Answer(200, "949"), UNEXPECTED),
        (Answer(200, {}), UNEXPECTED),
        (Answer(200, movie(1, "Another")), UNEXPECTED),
        (Answer(200, movie(949, "  ")), UNEXPECTED),
        (Answer(200, movie(949, "Heat") | {"id": "949"}), UNEXPECTED),
        (Answer(404, {"status_code": 34}), "TMDB does not have this any more."),
        (Answer(422, {"status_code": 47}), "TMDB refuses the question (422)."),
        (Answer(403, b"blocked"), "TMDB refuses the question (403)."),
        (Answer(200, b"no gzip", Content_Encoding="gzip"), GARBLED),
    ],
)
def test_an_answer_that_is_none_is_not_asked_for_again(tmdb, fake, answer, said, refusal):
    fake.break_at("/3/movie", answer)
    assert refusal(lambda: tmdb.movie(949), TmdbBadAnswer) == said
    assert len(fake.asked) == 1
    assert tmdb.movie(949).title == "Heat"  # the next time all is well


@pytest.mark.parametrize(
    "body", [{}, {"results": None}, {"results": {"id": 1}}, {"results": [1, None, "x"]}, [], "x"]
)
def test_a_list_of_results_of_another_form_is_refused(tmdb, fake, body, refusal):
    fake.break_at("/3/search", Answer(200, body))
    assert refusal(lambda: tmdb.search("heat"), TmdbBadAnswer) == UNEXPECTED


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(tmdb, fake, status, refusal):
    with FakeTmdb() as elsewhere:
        answer = Answer(status, b"", Location=f"{elsewhere.url}/movie/949")
        fake.break_at("/3/movie", answer)
        assert refusal(lambda: tmdb.movie(949), TmdbUnavailable) == ELSEWHERE
        assert elsewhere.asked == []


@pytest.mark.parametrize("key", ["f" * 32, "eyJhbGciOiJIUzI1NiJ9.wrong.wrong"])
def test_a_wrong_key_is_told_and_asked_with_once(client, fake, waits, key, refusal):
    tmdb = client(key)
    assert refusal(lambda: tmdb.search("heat"), TmdbUnavailable) == REFUSED_KEY
    assert (waits, len(fake.asked)) == ([], 1)


def test_a_key_that_was_rotated_stops_working_and_the_new_one_works(client, fake, refusal):
    old = client(V3_KEY)
    assert old.search("heat")
    fake.keys = {V4_TOKEN}
    assert old.search("heat")  # remembered
    assert refusal(lambda: old.search("parasite"), TmdbUnavailable) == REFUSED_KEY
    assert client(V4_TOKEN).search("parasite")


@pytest.mark.parametrize("key", ["", "abc", "two words here", "line\nbreak\nline", "ключключ"])
def test_what_cannot_be_a_key_is_told_and_not_repeated(key):
    with pytest.raises(TmdbUnavailable) as caught:
        TmdbWeb(key)
    assert str(caught.value) == (
        "The key for TMDB in .streamlit/secrets.toml cannot be one; copy it there once more."
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "tmdb",
        "ftp://x/3",
        "http://example.org/3",
        "https://u:p@x/3",
        "https://x:y/3",
        "https://x/3?a",
    ],
)
def test_the_key_is_not_sent_to_a_strange_or_open_address(address):
    with pytest.raises(InvalidInput) as caught:
        TmdbWeb(V3_KEY, address)
    assert str(caught.value) == (
        "`url` under [tmdb] in .streamlit/secrets.toml must be like https://api.themoviedb.org/3."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a picture", NO_PICTURE),
        (b"", NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", NO_PICTURE),
        (picture()[:600], NO_PICTURE),
        (picture(kind="GIF"), NO_PICTURE),
        (picture(size=(1, 1)), NO_SHAPE),
        (picture(size=(600, 300)), NO_SHAPE),
        (picture(size=(2500, 3750)), NO_SHAPE),
        (b"x" * 4_000_001, TOO_LONG),
    ],
)
def test_an_image_that_is_no_poster_is_not_kept(tmdb, fake, content, said, refusal):
    tmdb.search("heat")
    fake.break_at("/t/p", Answer(200, content))
    tmdb._ask("configuration", lambda raw: raw, 3)  # remembered, so that only the image is new
    assert refusal(lambda: tmdb.poster(HEAT), TmdbBadAnswer) == said
    assert tmdb.poster(HEAT) is not None


def test_pictures_are_fetched_from_tmdb_only(tmdb, fake, tmp_path):
    for base in ("https://evil.example/t/p/", "http://image.tmdb.org/t/p/", "https://nottmdb.org/"):
        answer = Answer(200, {"images": {"secure_base_url": base}})
        fake.break_at("/3/configuration", answer)
        with pytest.raises(TmdbBadAnswer) as caught:
            tmdb.poster(HEAT)
        assert str(caught.value) == (
            "TMDB's pictures are said to lie elsewhere; none are fetched there."
        )
        for file in (tmp_path / "tmdb").iterdir():
            file.unlink()


def test_a_poster_that_cannot_be_saved_is_told(tmdb, tmp_path):
    (tmp_path / "posters").write_text("a file in the way")
    with pytest.raises(TmdbUnavailable) as caught:
        tmdb.poster(HEAT)
    assert str(caught.value).startswith("The poster could not be saved: ")


@pytest.mark.parametrize("key", [V3_KEY, V4_TOKEN])
def test_the_key_is_in_no_log_no_error_and_no_file(client, fake, tmp_path, caplog, key):
    caplog.set_level(logging.DEBUG)
    tmdb = client(key, read_seconds=0.2)
    offline = client(key, address="http://127.0.0.1:9/3")
    fake.break_at(
        "/3/movie",
        Answer(500),
        Answer(302, b"", Location=f"{fake.url}/movie/1?api_key={key}"),
        Answer(200, b"{"),
        Answer(401, {}),
        Answer(404, {}),
        Answer(429, {}, Retry_After="99"),
        Answer(200, b"{", Content_Length="900"),
        Answer(200, b"no gzip", Content_Encoding="gzip"),
    )
    seen = [repr(tmdb), repr(vars(tmdb)), repr(vars(tmdb._web)), str(tmdb._web._key)]
    for action in (
        *[lambda: tmdb.movie(949)] * 7,
        lambda: offline.movie(949),
        lambda: client(f"{key}\r\nX-Evil: 1"),
    ):
        try:
            action()
        except ClubError as error:
            seen += traceback.format_exception(error)
            while error is not None:
                seen += [str(error), repr(error), repr(error.args)]
                error = error.__cause__ or error.__context__
    tmdb.search("heat")
    tmdb.poster(HEAT)
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    records = [f"{record.getMessage()} {record.args} {record.msg}" for record in caplog.records]
    files = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    everything = "\n".join([*seen, caplog.text, *records, *files])
    assert "GET /3/movie/949" in everything
    assert key not in everything
    assert key[-12:] not in everything
