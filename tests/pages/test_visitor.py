"""Who asks: the machine itself, a browser that was seen before, an account."""

from __future__ import annotations

import pytest

from ui import visitor


@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        (None, {"host": "localhost:8501"}, True),
        ("127.0.0.1", {"host": "127.0.0.1:8501"}, True),
        ("::1", {"host": "[::1]:8501"}, True),
        (None, {}, False),
        (None, {"host": "rebound.example.org:8501"}, False),
        (None, {"host": "localhost.example.org"}, False),
        (None, {"host": "192.168.0.2:8501"}, False),
        ("192.168.0.9", {"host": "localhost:8501"}, False),
        ("127.0.0.1", {"host": "localhost:8501", "x-forwarded-for": "192.168.0.9"}, False),
        ("127.0.0.1", {"host": "[::1"}, False),
    ],
)
def test_only_the_machine_itself_is_the_machine(
    address: str | None, headers: dict[str, str], expected: bool
) -> None:
    assert visitor.at_the_machine(address, headers) is expected


def test_a_browser_is_known_by_what_streamlit_drew_for_it() -> None:
    from streamlit.web.server.starlette import starlette_app_utils as drawn

    secret = bytes(range(16))
    for _ in range(3):  # masked anew each time
        cookie = drawn.generate_xsrf_token_string(secret, 7)
        assert visitor.browser({"_streamlit_xsrf": cookie}) == secret.hex()


@pytest.mark.parametrize("cookie", ["", "2|", "2|00000000|ab|7", "2|zz|zz|7", "1|00000000|" * 2])
def test_a_cookie_that_is_none_of_ours_names_no_browser(cookie: str) -> None:
    assert visitor.browser({"_streamlit_xsrf": cookie}) is None
    assert visitor.browser({}) is None


def test_an_account_is_known_by_all_parts_of_its_cookie_but_not_by_how_they_are_signed() -> None:
    cookies = {
        "_streamlit_user": "chunks-2.7.sig",
        "_streamlit_user_1": "a.7.sig",
        "_streamlit_user_2": "b.7.sig",
    }
    other = {"_streamlit_user_tokens": "t.7.s", "_streamlit_xsrf": "x", "streamlit_user": "u.7.s"}
    assert visitor.account(cookies | other) == visitor.account(cookies) == "chunks-2.7\na.7\nb.7"
    assert visitor.account(cookies | {"_streamlit_user_2": "b.7.sih"}) == visitor.account(cookies)
    assert visitor.account(other | {"_streamlit_user": "unsigned"}) is None
    many = {f"_streamlit_user_{number}": f"{number}.7.s" for number in range(1000)}
    assert str(visitor.account(many)).split("\n") == [f"{number}.7" for number in range(1, 10)]
