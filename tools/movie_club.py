"""The command `movie-club` of an installed wheel: serve the app, or run a command of the club.

movie-club                     serve the app on this machine
movie-club share               the same for the phones on your network, behind a passphrase
movie-club import FILE ...     look after the club: new, demo, members, backup, restore, export,
                               import, import-catalogue, look-up
movie-club evaluate ...        look into the model: train, evaluate, recipe
movie-club --version
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_data_path

HOME = Path(__file__).resolve().parent
LEARNING = {"train", "evaluate", "recipe"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("MOVIE_CLUB_VAR", str(user_data_path("movie-club", appauthor=False)))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # faster on small matrices than many
    sys.path.insert(0, str(HOME))
    if given[:1] == ["--version"]:
        print(f"movie-club {version('movie-club')}")
        return 0
    if given[:1] in (["--help"], ["-h"]):
        print(f"{__doc__.strip()}\n\nEach command has --help of its own.")
        return 0
    if not given or given[0].startswith("--port"):
        return serve(given)
    if given[0] in LEARNING:
        from recommender.__main__ import main as run
    else:
        from club.__main__ import main as run
    status = run(given)
    return share(given[1:]) if given[0] == "share" and not status else status


def serve(options: list[str]) -> int:
    """Serve the app on this machine until it is stopped."""
    from streamlit.web.cli import main as streamlit

    os.chdir(HOME)  # where Streamlit looks for .streamlit/config.toml
    flags = [option.replace("--port", "--server.port") for option in options]
    return int(streamlit(["run", "app.py", *flags], standalone_mode=False) or 0)


def share(options: list[str]) -> int:
    """Serve the app for the network until it is stopped."""
    from ui.asgi import main as run

    os.chdir(HOME)
    run([option for option in options if option != "--new"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
