"""TMDB as the pages use it: the key from the secrets, one client and one job for posters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from club import config
from club.errors import SourceUnavailable
from club.sources.tmdb import ADDRESS, SECRETS, AnswerCache, Tmdb
from ui.cache import cached
from ui.jobs import Job
from ui.pictures import posters


def client() -> Tmdb | None:
    """Return the way to TMDB; None where nobody has put a key into the secrets.

    Raises:
        SourceUnavailable: the secrets cannot be read, or hold no key.
        InvalidInput: the address in them cannot be used.
    """
    section = _section()
    if section is None:
        return None
    key, address = section.get("key"), section.get("url", ADDRESS)
    if not isinstance(key, str) or not isinstance(address, str):
        raise SourceUnavailable(f'Write the key for TMDB into {SECRETS} like this: key = "…".')
    return _client(config.folder(), key, address)


@cached()
def _client(folder: Path, key: str, address: str) -> Tmdb:
    return Tmdb(key, AnswerCache(folder / "tmdb"), posters(), address)


def _section() -> Mapping[str, object] | None:
    try:
        section = st.secrets["tmdb"]
    except KeyError:
        return None
    except (OSError, ValueError):  # no file, or one that cannot be read
        if any(Path(file).exists() for file in st.get_option("secrets.files")):
            raise SourceUnavailable(
                f"{SECRETS} cannot be read; check that texts in it stand in quotes."
            ) from None
        return None
    return section if isinstance(section, Mapping) else {}


@cached()
def _poster_job(folder: Path) -> Job:
    return Job("fetching posters")


def poster_job() -> Job:
    """Return the job that fetches posters."""
    return _poster_job(config.folder())
