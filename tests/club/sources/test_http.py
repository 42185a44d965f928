"""Every way in which a source can fail is one sentence that hides the key; nothing is left."""

import logging
import re
import traceback
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest
from fake_tmdb import V3_KEY, V4_TOKEN, Answer, FakeTmdb, movie, picture

from club.errors import BadAnswer, ClubError, InvalidInput, SourceError, SourceUnavailable
from club.sources.tmdb import TmdbMovie

HEAT = TmdbMovie(949, "Heat", "Heat", 1995, "", "/poster949.jpg")
SLOW, OFFLINE, GARBLED = "does not answer in time", "this computer is online", "is garbled"
UNEXPECTED, TOO_LONG = "is not what it documents", "is far too long"


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[Callable[[], object], type[SourceError]], str]:
    """Return the sentence of the error that an action raises; no file may be left of it."""

    def said(action: Callable[[], object], kind: type[SourceError]) -> str:
        before = set(tmp_path.rglob("*"))
        with pytest.raises(kind) as caught:
            action()
        assert [path for path in set(tmp_path.rglob("*")) - before if path.is_file()] == []
        error: BaseException = caught.value
        assert (error.__cause__, error.__context__) == (None, None)
        return str(error)

    return said


# Pace and retries


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([Answer(429, {}, Retry_After="2"), Answer(429, {}, Retry_After="0")], [2, 1.5]),
        ([Answer(500), Answer(503)], [0.5, 1.5]),
        *[
            ([Answer(429, {}, Retry_After=header)], [0.5])
            for header in ("", "soon", "-1", "9" * 400, "Wed, 99 Foo")
        ],
    ],
)
def test_get_tries_again_after_a_pause(tmdb, fake, clock, answers, waits) -> None:
    fake.break_at("/3/movie", *answers)
    assert tmdb.movie(949).title == "Heat"
    assert clock.waits == waits


@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_get_does_not_wait_for_long(tmdb, fake, clock, refusal, kind) -> None:
    header = "3600" if kind == "seconds" else formatdate(time() + 3600, usegmt=True)
    fake.always("/3/movie", Answer(429, {}, Retry_After=header))
    assert re.search("in (59|60) min", refusal(lambda: tmdb.movie(949), SourceUnavailable))
    assert (clock.waits, len(fake.asked)) == ([], 1)


def test_get_tries_three_times(client, fake, clock, refusal, monkeypatch) -> None:
    fake.always("/3/search", Answer(500, b"<html>oops</html>"))
    assert "trouble (500)" in refusal(lambda: client().search("heat", 1995), SourceUnavailable)
    monkeypatch.setattr("club.sources.http.READ_SECONDS", 0.05)  # for what never answers
    fake.always("/3/movie", fake.hang)
    assert SLOW in refusal(lambda: client().movie(949), SourceUnavailable)
    offline = client(address="http://127.0.0.1:9/3")
    assert OFFLINE in refusal(lambda: offline.movie(949), SourceUnavailable)
    assert clock.waits == [0.5, 1.5] * 3


def test_get_gives_up_on_an_answer_that_stops_or_drips(tmdb, fake, refusal, monkeypatch) -> None:
    monkeypatch.setattr("club.sources.http.READ_SECONDS", 0.2)
    fake.always("/3/movie", Answer(200, b'{"id": 949', Content_Length="5000"))
    assert OFFLINE in refusal(lambda: tmdb.movie(949), SourceUnavailable)

    def drip(request):
        request.send_response(200)
        request.end_headers()
        while not fake.go_on.wait(0.01):
            request.wfile.write(b" ")

    monkeypatch.setattr("club.sources.http.TOTAL_SECONDS", 0.1)
    fake.always("/3/search", drip)
    assert SLOW in refusal(lambda: tmdb.search("heat", 1995), SourceUnavailable)


# Bad answers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b'{"id": 949, "title": '), GARBLED),
        (Answer(200, b"[" * 200_000), GARBLED),
        (Answer(200, b"no gzip", Content_Encoding="gzip"), GARBLED),
        (Answer(200, b"\n <!doctype html><title>Hotel WiFi</title>"), "log-in page"),
        (Answer(200, b"{}" + b" " * 2_000_001), TOO_LONG),
        (Answer(200, []), UNEXPECTED),
        (Answer(200, movie(1, "Another")), UNEXPECTED),
        (Answer(200, movie(949, "  ")), UNEXPECTED),
        (Answer(200, movie(949, "Heat") | {"id": "949"}), UNEXPECTED),
        (Answer(404, {"status_code": 34}), "does not have this"),
        (Answer(403, b"blocked"), "(403)"),
    ],
)
def test_bad_answer_is_asked_for_once(tmdb, fake, answer, said, refusal) -> None:
    fake.break_at("/3/movie", answer)
    assert said in refusal(lambda: tmdb.movie(949), BadAnswer)
    assert len(fake.asked) == 1
    assert tmdb.movie(949).title == "Heat"  # the next time all is well


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a picture", "no picture"),
        (picture(kind="GIF"), "no picture"),
        (picture(size=(2500, 3750)), "shape of a poster"),
        (b"x" * 4_000_001, TOO_LONG),
    ],
)
def test_bad_picture_is_not_kept(tmdb, fake, content, said) -> None:
    fake.break_at("/t/p", Answer(200, content))
    with pytest.raises(BadAnswer, match=said):
        tmdb.poster(HEAT)
    assert tmdb.poster(HEAT) is not None


# Where the key goes


def test_redirects_are_not_followed(tmdb, fake, refusal) -> None:
    with FakeTmdb() as elsewhere:
        answer = Answer(301, b"", Location=f"{elsewhere.url}/movie/949")
        fake.break_at("/3/movie", answer)
        assert "leads elsewhere" in refusal(lambda: tmdb.movie(949), SourceUnavailable)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "base", ["https://e.example/", "http://image.tmdb.org/", "https://xtmdb.org/"]
)
def test_pictures_come_from_tmdb_only(tmdb, fake, base) -> None:
    fake.break_at("/3/configuration", Answer(200, {"images": {"secure_base_url": base}}))
    with pytest.raises(BadAnswer, match="lie elsewhere"):
        tmdb.poster(HEAT)


@pytest.mark.parametrize(
    "address",
    ["tmdb", "ftp://x/3", "http://a.example/3", "https://u:p@x/3", "https://x:y/3", "https://x/?a"],
)
def test_address_must_be_safe(client, address) -> None:
    with pytest.raises(InvalidInput, match="must be like https"):
        client(address=address)


def test_wrong_key_is_tried_once_and_an_impossible_one_never(client, fake, clock, refusal) -> None:
    for key in ("line\nbreak\nline", "ключключ"):
        with pytest.raises(SourceUnavailable, match="cannot be one") as caught:
            client(key)
        assert key not in str(caught.value)
    tmdb = client("f" * 32)
    assert "refuses the key" in refusal(lambda: tmdb.search("heat", 1995), SourceUnavailable)
    assert (clock.waits, len(fake.asked)) == ([], 1)


def test_key_goes_to_the_api_only(client, fake) -> None:
    client(V4_TOKEN).poster(HEAT)
    assert fake.authorizations == [f"Bearer {V4_TOKEN}", None]
    assert V4_TOKEN not in "".join(fake.asked)


@pytest.mark.parametrize("key", [V3_KEY, V4_TOKEN])
def test_key_is_in_no_log_no_error_and_no_file(client, fake, tmp_path, caplog, key) -> None:
    caplog.set_level(logging.DEBUG)
    tmdb = client(key)
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
    seen = [repr(tmdb), repr(vars(tmdb))]
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
    tmdb.search("heat", 1995)
    tmdb.poster(HEAT)
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    records = [f"{record.getMessage()} {record.args} {record.msg}" for record in caplog.records]
    files = [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    everything = "\n".join([*seen, caplog.text, *records, *files])
    assert "GET /3/movie/949" in everything
    assert key not in everything
    assert key[-12:] not in everything
