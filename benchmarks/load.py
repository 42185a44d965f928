"""How the app holds when many use it at once: 25 browsers rate and look for ten minutes.

    python -m benchmarks.load                                # the app, on a club for the moment
    python -m benchmarks.load --sessions 5 --minutes 1
    python -m benchmarks.load --url http://localhost:8501 --database data/var/club.db

Every session is a person with a tab of their own (`tab.py`: Streamlit's protocol as a browser
speaks it), who goes round: Tonight, Rate, a movie found and rated a few times, its page, Explore,
Our taste, Evaluation, Nights; after some rounds they load the app anew. Between two actions they
think for 2 to 6 seconds (uniform, seeded). An answer is the time from what they send until the
run of the page has ended that shows it. Half-way somebody has the model learn anew.

With --url people really rate in that club. Status 1 when anything failed or a rating was lost.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from benchmarks import command

sys.path[:0] = [str(Path(__file__).parent.parent / name) for name in ("", "tests")]

from browser import Server  # noqa: E402
from furnished import furnish  # noqa: E402

from benchmarks.tab import Faults, Tab, UnansweredError  # noqa: E402
from club.store import Store  # noqa: E402
from recommender import load_bundled  # noqa: E402
from recommender.columns import MEMBER, MOVIE  # noqa: E402
from recommender.terminal import as_json  # noqa: E402
from ui.jobs import NOTE  # noqa: E402

THINK = 2.0, 6.0  # seconds
SEARCHED = 1500  # the most rated movies
TAPS = 1, 3  # ratings in a row
ROUNDS = 3  # in one tab, before it is closed and another opened
AS_MAKE_RUN = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
PARTS = ["Divides", "Members", "Awards"]  # of Our taste, besides the first
FIRST = "the app opened"


@dataclass
class Result:
    """What came of it.

    Args:
        answers: (action, seconds), in order.
        expected: (member_id, movie_id) -> every star that was given, in order.
        memory: megabytes of the server, one a second.
        learnings: how many came to their end.
        beats: how often open pages asked whether anything is new.
    """

    answers: list[tuple[str, float]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    expected: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)
    learnings: int = 0
    beats: int = 0


@dataclass
class Person:
    """Somebody with a browser, who rates for one member; the pairs that they rate are theirs alone.

    Args:
        member: for whom they rate.
        movies: movie_id -> title of what they may rate.
    """

    url: str
    member: int
    movies: dict[int, str]
    result: Result
    rng: random.Random
    until: float
    log: list[list[float]] = field(default_factory=list)

    async def live(self) -> None:
        """Open the app, go round, and open it again, until the time is over."""
        await asyncio.sleep(self.rng.uniform(*THINK))  # they do not come all at once
        while time.perf_counter() < self.until:
            tab = Tab(self.url, self.result.faults)
            try:
                await self._timed(FIRST, tab.open())
                for _ in range(ROUNDS):
                    await self._round(tab)
            except UnansweredError:
                pass  # is counted; they close the tab and try again
            finally:
                self.result.beats += tab.beats
                await tab.close()

    async def learn(self) -> None:
        """Have the model learn anew."""
        tab = Tab(self.url, self.result.faults)
        with suppress(UnansweredError):  # is counted
            await tab.open()
            await tab.go("model")
            await tab.click("retrain", lambda: True)
        await tab.close()

    async def _timed(self, action: str, doing: Awaitable[None]) -> None:
        began = time.perf_counter()
        await doing
        self.result.answers.append((action, time.perf_counter() - began))
        await asyncio.sleep(self.rng.uniform(*THINK))

    async def _round(self, tab: Tab) -> None:
        movie = self.rng.choice(list(self.movies))
        steps: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("Rate", lambda: tab.go("rate")),
            ("a movie searched", lambda: self._search(tab, movie)),
            ("a movie chosen", lambda: self._choose(tab, movie)),
            *[("stars tapped", lambda: self._tap(tab, movie))] * self.rng.randint(*TAPS),
            ("a movie’s page", lambda: tab.go("movie", f"movie={movie}")),
            ("Explore", lambda: tab.go("explore")),
            ("Our taste", lambda: tab.go("pictures")),
            ("a part of it", lambda: self._part(tab)),
            ("Evaluation", lambda: tab.go("evaluation")),
            ("Nights", lambda: tab.go("nights")),
            ("Tonight", lambda: tab.go("")),
        ]
        for action, doing in steps:
            if time.perf_counter() > self.until:
                return
            await self._timed(action, doing())

    async def _search(self, tab: Tab, movie: int) -> None:
        def found() -> bool:
            tiles = (tab.data("found") or {"tiles": []})["tiles"]
            return movie in [tile["id"] for tile in tiles]

        # Another field after every search that came to an end.
        fields = ("find", *(f"find_{number}" for number in range(1, 1000)))
        field_ = next((key for key in fields if tab.widget(key)), "find")
        await tab.enter(field_, found, string_value=self.movies[movie])

    async def _choose(self, tab: Tab, movie: int) -> None:
        self.log = []
        event = {"event": "chosen", "value": movie}
        await tab.click("found", lambda: tab.data(f"stars_{movie}") is not None, event)

    async def _tap(self, tab: Tab, movie: int) -> None:
        key, before = f"stars_{movie}", self._stars(tab, movie)
        stars = self.rng.choice([step / 2 for step in range(1, 11) if step / 2 != before])
        if tab.widget(key) is not None:  # without stars to tap nothing is given
            self.result.expected.setdefault((self.member, movie), []).append(stars)
        self.log = [*self.log, [time.time_ns() // 1_000_000, self.member, stars]]
        value = json.dumps({"log": self.log}, separators=(",", ":"))
        await tab.enter(key, lambda: self._stars(tab, movie) == stars, json_value=value)

    def _stars(self, tab: Tab, movie: int) -> float | None:
        rows = (tab.data(f"stars_{movie}") or {"rows": []})["rows"]
        return next((row["stars"] for row in rows if row["id"] == self.member), None)

    async def _part(self, tab: Tab) -> None:
        part = self.rng.choice(PARTS)
        await tab.enter(
            "part", lambda: tab.widget("match") is None, string_array_value={"data": [part]}
        )


def people(
    store: Store, url: str, sessions: int, minutes: float, *, seed: int
) -> tuple[list[Person], Result]:
    """Return so many people, among whom the members and the most rated movies are divided."""
    world, members = load_bundled(), [int(member) for member in store.members.all().index]
    known = world.rating_counts.nlargest(SEARCHED).index
    titles = {int(movie): str(world.movies["title"][movie]) for movie in known}
    each, groups = len(members), -(-sessions // len(members))
    result, until = Result(), time.perf_counter() + minutes * 60
    everybody = [
        Person(
            url=url,
            member=members[number % each],
            movies=dict(list(titles.items())[number // each :: groups]),
            result=result,
            rng=random.Random(seed * 1000 + number),
            until=until,
        )
        for number in range(sessions)
    ]
    return everybody, result


async def watch(pid: int | None, var: Path | None, result: Result) -> None:
    """Note the server's memory every second, and when another model has been learned."""
    noted: set[int] = set()
    while True:
        if pid is not None:
            result.memory.append(memory(pid, "VmRSS"))
        if var is not None and (var / NOTE).exists():
            noted.add((var / NOTE).stat().st_mtime_ns)
            result.learnings = len(noted) - 1
        await asyncio.sleep(1)


def memory(pid: int, what: str) -> float:
    """Return megabytes: "VmRSS" now, "VmHWM" the most there ever were."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def processor(pid: int | None) -> tuple[float, float, float]:
    """Return seconds of the processors' work until now: all, a server's, this program's."""
    tick = os.sysconf("SC_CLK_TCK")
    user, nice, system, *_ = Path("/proc/stat").read_text("ascii").split()[1:]
    server = Path(f"/proc/{pid}/stat").read_text("ascii").split()[13:15] if pid else (0, 0)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return (
        (int(user) + int(nice) + int(system)) / tick,
        sum(map(int, server)) / tick,
        own.ru_utime + own.ru_stime,
    )


async def run(everybody: list[Person], pid: int | None, var: Path | None, minutes: float) -> None:
    """Let everybody live; half-way the first of them has the model learn anew."""

    async def learn() -> None:
        await asyncio.sleep(minutes * 60 / 2)
        await everybody[0].learn()

    # Browsers do not wait for each other's files.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(4 * len(everybody)))
    watching = asyncio.create_task(watch(pid, var, everybody[0].result))
    await asyncio.gather(learn(), *[person.live() for person in everybody])
    watching.cancel()


def lost(store: Store, before: int, expected: dict[tuple[int, int], list[float]]) -> int:
    """Return how many of the stars that were given are not in the history, or not in order."""
    history = store.ratings.history()
    fresh = history[history["event_id"] > before].sort_values("event_id")
    there = fresh.groupby([MEMBER, MOVIE])["after"].agg(list).to_dict()
    counts = store.ratings.current().set_index([MEMBER, MOVIE])["rating"].to_dict()
    missing = 0
    for pair, given in expected.items():
        found = there.get(pair, [])
        missing += sum(given.count(stars) > found.count(stars) for stars in set(given))
        missing += counts.get(pair) != given[-1]
    return missing


def table(answers: list[tuple[str, float]]) -> pd.DataFrame:
    """Return a row for each action and one for all, in seconds; the opening counts by itself."""
    frame = pd.DataFrame(answers, columns=["action", "seconds"])
    whole = frame[frame["action"] != FIRST].assign(action="all")
    seconds = pd.concat([frame, whole]).groupby("action", sort=False)["seconds"]
    return pd.DataFrame(
        {
            "answers": seconds.size(),
            "median": seconds.median(),
            "90%": seconds.quantile(0.9),
            "99%": seconds.quantile(0.99),
            "most": seconds.max(),
        }
    ).reset_index()


def summary(result: Result, peak: float, work: list[float], missing: int) -> dict[str, float]:
    """Return the figures that are none of an action's; `work` as of `processor`, meanwhile."""
    everything, server, own = work
    faults = {f"fault: {name}": len(said) for name, said in asdict(result.faults).items()}
    memory = result.memory or [float("nan")]
    return {
        "ratings given": sum(map(len, result.expected.values())),
        "learnings": result.learnings,
        "beats": result.beats,
        "MB at the start": memory[0],
        "MB after a minute": memory[min(60, len(memory) - 1)],
        "MB at the end": memory[-1],
        "MB at most": peak,
        "processor seconds of the app": server,
        "processor seconds of this program": own,
        "processor seconds of others": everything - server - own,
        **faults,
        "fault: ratings lost": missing,
    }


def main(argv: list[str] | None = None) -> int:
    """Print how long answers took and what it cost; status 1 when anything failed."""
    parser = command.parser("load", __doc__)
    parser.add_argument("--sessions", type=command.whole, default=25)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=command.whole, default=0)
    parser.add_argument("--url", help="an app that runs already; it gets real ratings")
    parser.add_argument("--database", help="its database")
    options = parser.parse_args(argv)
    if bool(options.url) != bool(options.database):
        parser.error("--url and --database go together")
    with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
        var = None if options.url else furnish(Path(folder))
        os.environ |= AS_MAKE_RUN
        server = Server(var).start() if var else None
        pid = server._process.pid if server else None
        try:
            store = Store(options.database or Path(folder) / "club.db")
            before = int(store.ratings.history(limit=1)["event_id"].sum())  # 0 without any
            url = options.url or server.url
            everybody, result = people(
                store, url.rstrip("/"), options.sessions, options.minutes, seed=options.seed
            )
            start = processor(pid)
            asyncio.run(run(everybody, pid, var, options.minutes))
            peak = memory(pid, "VmHWM") if pid else float("nan")
            work = [now - then for now, then in zip(processor(pid), start, strict=True)]
            figures = summary(result, peak, work, lost(store, before, result.expected))
        finally:
            if server:
                server.stop()
    if options.json:
        print(as_json({"answers": table(result.answers).to_dict("records")} | figures))
    else:
        command.show(table(result.answers), False)
        print()
        for name, figure in figures.items():
            print(f"{name:>36} {figure:,.0f}")
    for kind, said in asdict(result.faults).items():
        for sentence in sorted(set(said)):
            print(f"{kind}: {sentence}", file=sys.stderr)
    return int(any(figure for name, figure in figures.items() if name.startswith("fault")))


if __name__ == "__main__":
    raise SystemExit(main())
