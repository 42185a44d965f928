"""The key for TMDB, which nobody must ever see.

It goes into a header, or (an old-style key) into the address, which urllib3 repeats in its log.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import requests
from requests.auth import AuthBase

from club.errors import TmdbUnavailable

SECRETS = ".streamlit/secrets.toml"
_IN_ADDRESS = re.compile(r"(api_key=)[^&\s\"')]+")

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class _HideKey(logging.Filter):
    """Takes the key out of what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _IN_ADDRESS.sub(r"\1…", record.getMessage()), None
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_HideKey())


class Key(AuthBase):
    """A v3 key (32 hexadecimal digits) or a v4 read token, put where TMDB looks for it.

    Raises:
        TmdbUnavailable: the text cannot be a key.
    """

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        if not re.fullmatch(r"[\w.~+/=-]{8,2000}", self._text, re.ASCII):
            raise TmdbUnavailable(
                f"The key for TMDB in {SECRETS} cannot be one; copy it there once more."
            )
        self._is_v3 = re.fullmatch("[0-9a-fA-F]{32}", self._text) is not None

    def __repr__(self) -> str:
        return "<Key>"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._is_v3:
            request.prepare_url(request.url or "", {"api_key": self._text})
        else:
            request.headers["Authorization"] = f"Bearer {self._text}"
        return request


def no_key(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send nothing along, nor what ~/.netrc may have for the server."""
    return request
