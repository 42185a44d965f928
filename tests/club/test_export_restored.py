"""An export comes back whole: the same club, to the bit, or nothing at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pandas as pd
import pytest
from a_night import FRIDAY, decided, predictions
from everything import contents, fill
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from club import backups
from club.__main__ import main
from club.errors import ClubError, InvalidInput
from club.exports import archive as archive_module
from club.exports import everything, packed, read_zip
from club.exports.sheets import SHEETS
from club.restore import preview, restore
from club.store import Store

COUNTERS = ("version", "last_movie_id")
TEXTS = ("=1+1", "'=2", "''", "-Ana", '“a”, "b"', "été ☂ \u200fעברית", "@x; y|z")
FIGURES = st.floats(allow_nan=False, allow_infinity=False)


pytestmark = pytest.mark.usefixtures("home")


def catalogue(store: Store) -> pd.DataFrame:
    years = pd.array([None, 1990, 1991], dtype="Int64")
    world = pd.DataFrame({"title": ["-1", "two\r\nlines", ""], "year": years}, index=[1, 2, 3])
    return pd.concat([world, store.movies()])


def export(store: Store, path: Path) -> tuple[dict[str, bytes], str]:
    """Write the ZIP, and return its sheets and what it says about itself.

    The sheets are without what a restore adds: its own line among the changes.
    """
    path.write_bytes(everything(store, catalogue(store)))
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    said, _ = files.pop("README.txt").decode(), files.pop("checksums.txt")
    lines = files["changes.csv"].splitlines()
    files["changes.csv"] = b"\n".join(line for line in lines if b"brought back" not in line)
    return files, said


# What anybody may do


class Anybody:
    """Does what the store can, with the people, movies and nights that there are."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.people: list[int] = []
        self.nights: list[int] = []
        self.movies = [1, 2, 3]

    def do(self, what: str, one: int, two: int, said: str, figure: float) -> None:
        """Do one thing, if the club lets it be done."""
        store, nights = self.store, self.store.nights
        person = self.people[one % len(self.people)] if self.people else 0
        night = self.nights[two % len(self.nights)] if self.nights else 0
        movie = self.movies[two % len(self.movies)]
        stars = (1 + one % 10) / 2
        acts: dict[str, Callable[[], object]] = {
            "join": lambda: self.people.append(store.add_member(said)),
            "guest": lambda: self.people.append(
                store.add_guest(f"{said} {one}", [movie], [], [said], [f"no {said}"])
            ),
            "becomes member": lambda: store.guest_becomes_member(person),
            "leave": lambda: store.remove_member(person),
            "come back": lambda: store.restore_member(person),
            "rename": lambda: store.rename_member(person, said),
            "rate": lambda: store.rate(person, movie, stars, changed_by=said),
            "unrate": lambda: store.unrate(person, movie),
            "undo": lambda: store.undo(changed_by=said),
            "seen": lambda: store.mark_seen(person, movie),
            "add": lambda: self.movies.append(
                store.add_movie(said, 1900 + one, said, said, overview=said)
            ),
            "list": lambda: store.add_to_shortlist(movie),
            "unlist": lambda: store.remove_from_shortlist(movie),
            "evening": lambda: self.evening(one, two, said, figure),
            "attend": lambda: nights.attend(night, self.people[: one % 4]),
            "veto": lambda: nights.veto(night, person, movie),
            "vote": lambda: nights.vote(night, person, [movie]),
            "draw": lambda: nights.draw(night, [1, 2, 3]),
            "give": lambda: nights.rate(night, person, stars),
            "open": lambda: nights.open(night),
            "call off": lambda: nights.call_off(night),
            "delete": lambda: nights.delete(night),
        }
        with contextlib.suppress(ClubError):
            acts[what]()

    def evening(self, one: int, two: int, said: str, figure: float) -> None:
        """Spend a night, or begin to; some vote and rate, and perhaps it is opened."""
        nights = self.store.nights
        there = list(self.store.members(include_guests=True).index[:3])
        night = nights.plan(
            FRIDAY,
            there,
            starts_at=time(one),
            picker=next(iter(there), None),
            notes=f"{said}\n=1",
            longest=two + 1,
        )
        self.nights.append(night)
        nights.edit(night, voting=["rank", "approve"][one % 2])
        for person in there[: two % 4]:
            nights.vote(night, person, [2, 1] if person % 2 else [3])
        if one % 4:
            frozen = predictions(there).assign(mean=figure, like=figure / 3)
            nights.decide(night, 1 + one % 3, frozen, model=said, by=said)
            for person in there[: one % 3]:
                nights.rate(night, person, (1 + two % 10) / 2)
            if two % 2:
                nights.open(night)


ACTS = [
    *("evening", "evening", "evening", "attend", "veto", "veto", "vote", "draw", "give", "open"),
    *("call off", "delete", "join", "rename", "leave", "come back", "guest", "becomes member"),
    *("rate", "rate", "unrate", "undo", "seen", "add", "list", "list", "unlist"),
]
PLACES = st.integers(0, 23)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), PLACES, PLACES, st.sampled_from(TEXTS), FIGURES),
    min_size=15,
    max_size=30,
)
BEGIN = [("join", 0, 0, "=Ana", 0.0), ("join", 0, 0, "Bo", 0.0), ("evening", 1, 3, "-", 0.1)]


def test_whatever_a_club_has_done_its_export_makes_it_again(location, tmp_path) -> None:
    store = Store(location)

    @settings(
        max_examples=12 if store.file else 5,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(steps=STEPS)
    def holds(steps: list) -> None:
        store.start_own_club("=A club")
        anybody = Anybody(store)
        for step in [*BEGIN, *steps]:
            anybody.do(*step)
        before, frozen = contents(store, without=COUNTERS), store.nights.predictions()
        sheets, said = export(store, tmp_path / "club.zip")
        store.start_own_club("Empty")
        version = store.version()
        restore(location, tmp_path / "club.zip")
        assert export(store, tmp_path / "again.zip")[0] == sheets
        pd.testing.assert_frame_equal(store.nights.predictions(), frozen, check_exact=True)
        assert store.version() > version
        after, sealed = contents(store, without=COUNTERS), {}
        for table, rows in before.items():
            assert set(map(repr, after[table])) <= set(map(repr, rows))
            sealed[table] = len(rows) - len(after[table])
        ballots, ratings = sealed.pop("ballots"), sealed.pop("night_ratings")
        assert f": ballots {ballots}, ratings of nights {ratings}.\n" in said
        assert set(sealed.values()) == {0}

    holds()


def test_an_export_of_every_table_makes_a_new_club(location, tmp_path) -> None:
    store = fill(Store(tmp_path / "theirs.db"))
    sheets, _ = export(store, tmp_path / "club.zip")
    assert restore(location, tmp_path / "club.zip") is None
    ours = Store(location)
    before, after = contents(store, without=("version",)), contents(ours, without=("version",))
    assert before.pop("movie_details")
    assert after.pop("movie_details") == []
    assert after == before
    assert export(ours, tmp_path / "again.zip")[0] == sheets
    assert ours.add_movie("Another") == -3
    assert ours.add_member("Di") == 4
    assert ours.undo() is not None


def test_movies_of_the_first_release_come_back_as_they_were(file, tmp_path) -> None:
    store = Store(file)
    store.add_movie("Old")
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE movies SET overview = NULL, aliases = NULL")
    export(store, tmp_path / "club.zip")
    assert preview(file, tmp_path / "club.zip").lost["movies added"] == 0


def test_a_preview_says_that_what_is_sealed_would_be_lost(location, tmp_path) -> None:
    store = Store(location)
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    night = decided(store, [ana, bo])
    store.nights.rate(night, ana, 4.5)
    export(store, tmp_path / "club.zip")
    lost = preview(location, tmp_path / "club.zip").lost
    assert lost == {**dict.fromkeys(lost, 0), "everything else": 1}
    restore(location, tmp_path / "club.zip")
    assert store.nights.verdicts(night).waiting == (ana, bo)
    store.nights.rate(night, ana, 4)


def test_formulas_come_back_without_their_apostrophes(file, tmp_path) -> None:
    store = Store(file)
    for name in TEXTS:
        store.add_member(name)
    names = store.members()["name"].tolist()
    assert names == list(TEXTS)
    sheets, _ = export(store, tmp_path / "club.zip")
    assert b"'=1+1" in sheets["members.csv"]
    restore(tmp_path / "new.db", tmp_path / "club.zip")
    assert Store(tmp_path / "new.db").members()["name"].tolist() == names


# Other ways in, and what is refused

NO_EXPORT = "FILE is no export of a club."


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Path:
    """What a club with rows in every table wrote."""
    folder = tmp_path_factory.mktemp("full")
    export(fill(Store(folder / "theirs.db")), folder / "club.zip")
    return folder / "club.zip"


@pytest.fixture
def exported(full, tmp_path) -> Path:
    """One that may be harmed."""
    return Path(shutil.copy(full, tmp_path))


def repacked(path: Path, change: Callable[[dict[str, bytes]], object], *, sums: bool) -> None:
    """Pack an export anew with other files; with `sums`, as if it had been exported so."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if sums:
        said = files["checksums.txt"].decode().splitlines()
        names = [line.split("  ")[1] for line in said]
        digests = {name: hashlib.sha256(files[name]).hexdigest() for name in names}
        files["checksums.txt"] = "".join(f"{digests[n]}  {n}\n" for n in names).encode()
    path.write_bytes(packed(files))


def replace(file: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], object]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[file]
        files[file] = files[file].replace(old, new, 1)

    return change


def refused(location: str, path: Path) -> str:
    """The sentence that keeps the file out of a club, which stays as it is."""
    ours = Store(location)
    ours.add_member("Zoë")
    before, content = contents(ours), path.read_bytes()
    for action in (preview, restore):
        with pytest.raises(InvalidInput) as caught:
            action(location, path)
    assert contents(ours) == before
    assert backups.find(ours.database) == []
    assert path.read_bytes() == content
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize("root", ["My club/", "a\\b\\", "./"])
def test_the_files_may_lie_in_a_folder_of_a_zip_of_any_name(exported, tmp_path, root) -> None:
    with zipfile.ZipFile(exported) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (tmp_path / "holiday.bin").write_bytes(packed({f"{root}{n}": files[n] for n in files}))
    assert read_zip(tmp_path / "holiday.bin") == read_zip(exported)
    restore(tmp_path / "new.db", tmp_path / "holiday.bin")
    assert Store(tmp_path / "new.db").members()["name"].tolist() == ["Ana Łuczak", "Bo “=1+1”"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            replace("ratings.csv", b",0.5,", b",1.0,"),
            "FILE is not as it was exported: its ratings.csv was changed.",
        ),
        (
            lambda files: files.pop("vetoes.csv"),
            "FILE lacks vetoes.csv; choose a ZIP that is whole.",
        ),
        (
            lambda files: files.pop("checksums.txt"),
            "FILE lacks checksums.txt; choose a ZIP that is whole.",
        ),
        (lambda files: files.pop("club.csv"), NO_EXPORT),
        (
            replace("club.csv", b"\r\n1,", b"\r\n2,"),
            "FILE was made by a newer version of this program; update the program to read it.",
        ),
    ],
)
def test_what_is_not_as_it_was_exported_is_refused(exported, location, change, sentence) -> None:
    repacked(exported, change, sums=False)
    assert refused(location, exported) == sentence


OTHERS = "FILE does not fit together: the {} are not of this club."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (replace("ratings.csv", b"\n1,", b"\n99,"), OTHERS.format("ratings")),
        (replace("attendance.csv", b"\n2,", b"\n1,"), None),
        (replace("attendance.csv", b"\n2,2", b"\n1,1"), OTHERS.format("attendance")),
        (replace("ratings.csv", b",0.5,", b",7.0,"), OTHERS.format("ratings")),
        (replace("ratings.csv", b",0.5,", b",nan,"), OTHERS.format("ratings")),
        (replace("history.csv", b"\n1,", b"\n%d," % 10**30), OTHERS.format("rating events")),
        (replace("movies.csv", b"[", b"[" * 100_000), NO_EXPORT),
        (replace("club.csv", b"Our", b"Our\xff"), NO_EXPORT),
        (lambda files: files.update({"club.csv": files["club.csv"] * 2}), NO_EXPORT),
    ],
)
def test_what_nobody_exported_is_refused_however_it_is_signed(
    exported, location, change, sentence
) -> None:
    repacked(exported, change, sums=True)
    if sentence is None:
        assert preview(location, exported).backup.rows["people"] == 3
    else:
        assert refused(location, exported) == sentence


def test_all_files_together_have_one_limit(exported, monkeypatch) -> None:
    with zipfile.ZipFile(exported) as archive:
        sizes = [archive.getinfo(file).file_size for file in SHEETS]
    monkeypatch.setattr(archive_module, "MOST_BYTES", sum(sizes))
    read_zip(exported)
    monkeypatch.setattr(archive_module, "MOST_BYTES", sum(sizes) - 1)
    assert max(sizes) < sum(sizes) - 1  # of which none is too large by itself
    with pytest.raises(InvalidInput, match="unpacks to more than 0 MiB, more than any club's"):
        read_zip(exported)


@pytest.mark.parametrize("kept", [3, 30, 0.5, -1])
def test_a_zip_that_is_cut_off_is_refused(exported, location, kept) -> None:
    content = exported.read_bytes()
    exported.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    assert refused(location, exported).startswith("FILE is ")


def test_a_zip_with_garbage_within_is_refused(exported, location) -> None:
    content = bytearray(exported.read_bytes())
    middle = content.index(b"history.csv") + 60
    content[middle : middle + 20] = b"\xaa" * 20
    exported.write_bytes(content)
    assert "history.csv cannot be read: it is damaged or cut off." in refused(location, exported)


def test_the_commands_take_the_zip(file, tmp_path, capsys) -> None:
    store = Store(file)
    ana = store.add_member("=Ana")
    store.rate_many([(ana, 1, 4.5), (ana, 2, 3)])
    store.rate(store.add_member("Bo"), 6, 2)
    club, other = tmp_path / "club.zip", tmp_path / "other.db"
    assert main(["export", "--database", str(file), "--format", "all", "--output", str(club)]) == 0
    capsys.readouterr()
    assert main(["restore", "--database", str(other), str(club), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["backup"]["rows"]["ratings"] == 3
    assert not other.exists()
    assert main(["restore", "--database", str(other), str(club), "--yes"]) == 0
    assert Store(other).ratings().equals(store.ratings())
    capsys.readouterr()
    # Its ratings alone, by the names; twice is once.
    third = Store(tmp_path / "third.db")
    bo = third.add_member("bo")
    command = ["import", "--database", str(third.file), str(club), "--new-member"]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{club.name}/ratings.csv: A club's own ratings\n")
    assert out.endswith("3 ratings written.\n")
    assert third.members()["name"].tolist() == ["bo", "=Ana"]
    given_by = third.ratings().groupby("member_id")["rating"].agg(list).to_dict()
    assert given_by == {bo: [2.0], 2: [4.5, 3.0]}
    version = third.version()
    assert main(command) == 0
    assert capsys.readouterr().out.endswith("0 ratings written.\n")
    assert third.version() == version
