"""What all pages share: the store, the base dataset, the models, and the club as one frozen view.

A page asks for `view()` once and draws everything from it. The store's version only rises, a view
belongs to one version, and what is computed is kept under the view and the model that it came from
(`ui.cache`): nothing that a page shows goes stale or mixes two versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from club import config
from club.catalogue import joined, ratings_at, training_data
from club.db.database import State
from club.demo import load_demo
from club.errors import InvalidInput
from club.imports import catalogue as catalogue_import
from club.matching import TitleMatcher
from club.search import MovieSearch
from club.store import Club, Store
from recommender import (
    Dataset,
    HybridModel,
    Reactions,
    RecommenderError,
    TrainingOptions,
    evaluation,
    load_bundled,
)
from recommender.bundled import DATA, demo_club
from recommender.columns import MEMBER, MOVIE
from recommender.features import MovieFeatures
from recommender.guests import Evidence, imagined
from recommender.suggest import similar as similar_movies
from recommender.suggest import to_rate
from ui.cache import HashedFrame, HashedIds, cache_key, cached, cached_under
from ui.jobs import BackupScheduler, Evaluator, Job, LearnedFrom, Report, Trainer
from ui.runs import Choice, Run, Runs, measured, new_name

DRAWN_FROM = "drawn_from"  # in the session: identity of the database that the page shows
ACTOR = "actor"  # in the session: whose name stands beside the visitor's changes; see `ui.access`
ASKED_ABOUT, QUESTIONS = 800, 6
WELL_KNOWN = 0.95  # of the rated movies have fewer ratings
TRAINING = TrainingOptions()


# The base dataset


@cached()
def bundled() -> Dataset:
    """Return the ratings and movies that the program ships with."""
    return load_bundled()


def imported() -> catalogue_import.Imported | str | None:
    """Return the imported catalogue; None without one, a sentence when it cannot be read."""
    number = catalogue_import.number(config.base_dataset())
    return _imported(config.base_dataset(), number) if number else None


@cached(max_entries=2)
def _imported(folder: Path, number: int) -> catalogue_import.Imported | str:
    try:
        return catalogue_import.load(folder)
    except InvalidInput as error:
        return str(error)


def base_dataset() -> Dataset:
    """Return the ratings and movies beside the club's own: imported, or else bundled."""
    found = imported()
    return found.data if isinstance(found, catalogue_import.Imported) else bundled()


def take_over(found: catalogue_import.Import) -> int:
    """Make an import the base dataset, begin to learn from it, and return the store's version."""
    catalogue_import.save(found, config.base_dataset())
    version = store().touch("brought another catalogue")
    learn()
    return version


def back_to_bundled(club: View) -> int:
    """Make the bundled data the base dataset again, plus movies that the club has to do with."""
    rated = [*club.ratings[MOVIE].tolist(), *club.guest_ratings[MOVIE].tolist()]
    wanted = {*rated, *store().nights.predictions()[MOVIE].tolist(), *club.shortlist}
    strange = sorted(wanted - {*club.own_movies.index, *bundled().movies.index})
    if strange:
        movies = pd.concat([bundled().movies, club.movies.loc[strange]])
        found = catalogue_import.Import(
            kind="The bundled data and what the club rated",
            data=Dataset(bundled().ratings, movies),
            counts={},
            sample=movies.iloc[:0],
            notes=(),
        )
        return take_over(found)
    catalogue_import.forget(config.base_dataset())
    version = store().touch("went back to the bundled catalogue")
    learn()
    return version


# The store and the view


@cached()
def _store(location: str) -> Store:
    opened = Store.open(location, knows_movie=lambda movie: movie in base_dataset().movies.index)
    if opened.version() == 0:
        load_demo(opened, bundled(), demo_club())
    return opened


def _opened() -> Store:
    """Return the club's store, for whoever uses it."""
    return _store(str(config.database()))


def store() -> Store:
    """Return the club's store as the visitor uses it; a new one holds the demo club.

    It refuses changes once the database is another one than the page was drawn from: the ids in
    what the visitor enters would mean other people.
    """
    session = st.session_state
    return _opened().by(session.get(ACTOR), session.get(DRAWN_FROM))


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Every movie there is, the same object for all views whose movies are the same."""

    movies: pd.DataFrame  # in the form of `Dataset.movies`, index movie_id
    titles: dict[int, str]  # as some pages ask about thousands of movies
    years: dict[int, float]
    genres: dict[int, tuple[str, ...]]
    # index movie_id; ratings in the base dataset, and for movies too new to have any as many as a
    # well-known movie has
    fame: pd.Series

    @cached_property
    def vocabulary(self) -> tuple[list[str], list[str]]:
        """All genres, the most used first, and all keywords, the shortest first."""
        genres, keywords = (self.movies[kind].explode().dropna() for kind in ("genres", "keywords"))
        in_order = sorted(keywords.unique(), key=lambda word: (len(word), word))
        return genres.value_counts().index.tolist(), in_order

    @cached_property
    def obscure(self) -> pd.Index:
        """Movies of which little is known: no rating, no keyword, and not the club's own."""
        unknown = (self.fame == 0) & (self.movies["keywords"].map(len) == 0)
        return self.movies.index[unknown & (self.movies.index >= 0)]

    @cached_property
    def matcher(self) -> TitleMatcher:
        """The index by which rows of files find their movies."""
        return TitleMatcher(self.movies)

    @cached_property
    def search(self) -> MovieSearch:
        """The index of titles."""
        return MovieSearch(self.movies, self.fame)


@cached(max_entries=2)
def _catalogue(data: Dataset, own: HashedFrame, details: HashedFrame) -> Catalogue:
    movies = joined(data, own.frame, details.frame)
    fame = data.rating_counts.reindex(movies.index, fill_value=0).astype(float)
    new = data.movies.index[data.is_new]
    fame[new[fame[new] == 0]] = data.rating_counts.quantile(WELL_KNOWN)
    return Catalogue(
        movies,
        dict(zip(movies.index, movies["title"].tolist(), strict=True)),
        dict(zip(movies.index, movies["year"].tolist(), strict=True)),
        dict(zip(movies.index, map(tuple, movies["genres"]), strict=True)),
        fame,
    )


@dataclass(frozen=True)
class View:
    """The club at one version of the store."""

    cache_key: Hashable  # the identity of the database, its version, and the base dataset
    state: State  # of the store
    club: Club  # name and whether it is the demo
    names: dict[int, str]  # by member_id: present members in order of joining
    guests: dict[int, str]  # names by guest_id
    everyone: tuple[int, ...]  # members and guests who ever joined, in that order
    ratings: pd.DataFrame  # member_id, movie_id, rating, timestamp of the members
    guest_ratings: pd.DataFrame  # the same of the guests
    guest_words: pd.DataFrame  # index member_id; likes, dislikes (tuples of keywords)
    seen: frozenset[tuple[int, int]]  # (member_id, movie_id) marked as seen, rated or not
    shortlist: tuple[int, ...]
    watchlists: dict[int, tuple[int, ...]]  # by who has one: movies, first added first
    own_movies: pd.DataFrame  # movies that the club added by hand
    catalogue: Catalogue

    @property
    def movies(self) -> pd.DataFrame:
        """Every movie there is, index movie_id."""
        return self.catalogue.movies

    def name(self, member_id: int) -> str:
        """Return the name of a member or guest as it is; use `plain` for Markdown."""
        return self.names.get(member_id) or self.guests.get(member_id, "somebody who left")

    def title(self, movie_id: int) -> str:
        """Return a movie's title as it is, for table cells; use `plain` for Markdown."""
        return self.catalogue.titles.get(movie_id, "a movie that is gone")

    def year(self, movie_id: int) -> int | None:
        """Return the year, None where it is unknown."""
        year = self.catalogue.years.get(movie_id)
        return None if year is None or pd.isna(year) else int(year)

    def genres(self, movie_id: int) -> tuple[str, ...]:
        """Return the genres in the order of the catalogue."""
        return self.catalogue.genres[movie_id]

    def runtime(self, movie_id: int) -> int | None:
        """Return the runtime in minutes, None where it is unknown."""
        minutes = self.movies.at[movie_id, "runtime"]
        return None if pd.isna(minutes) else int(minutes)

    def search(self, text: str, limit: int = 8) -> list[int]:
        """Return the movies whose titles match `text`, best first."""
        return self.catalogue.search.find(text, limit, self._rated)

    @cached_property
    def _rated(self) -> frozenset[int]:
        return frozenset(self.ratings[MOVIE].tolist())

    @cached_property
    def imagined(self) -> Evidence:
        """The guests' keywords as evidence: imagined movies, and their stars."""
        if self.guest_words.empty:  # most clubs at most times; the vocabulary takes a while
            return imagined(self.guest_words)
        return imagined(self.guest_words, self.guest_ratings, MovieFeatures.build(self.movies))

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """member_id, movie_id, rating: the ratings of members and guests, imagined ones too."""
        parts = [self.ratings, self.guest_ratings, self.imagined.ratings]
        return pd.concat([part[[MEMBER, MOVIE, "rating"]] for part in parts], ignore_index=True)

    @cached_property
    def _by_person(self) -> dict[int, HashedFrame]:
        return {
            int(person): HashedFrame(rows.reset_index(drop=True))
            for person, rows in self.evidence.groupby(MEMBER)
        }

    def evidence_of(self, person: int) -> HashedFrame:
        """Return the rows of `evidence` of one member or guest, usable as a cache key."""
        return self._by_person.get(person) or HashedFrame(self.evidence.iloc[:0])

    @cached_property
    def stars(self) -> dict[tuple[int, int], float]:
        """(member_id, movie_id) -> stars given by a member or guest."""
        everyone = pd.concat([self.ratings, self.guest_ratings])
        keys = zip(everyone[MEMBER], everyone[MOVIE], strict=True)
        return dict(zip(keys, everyone["rating"], strict=True))

    def rated_by(self, movie_id: int) -> list[int]:
        """Return the members who rated the movie, in order of joining."""
        return [member for member in self.names if (member, movie_id) in self.stars]

    def seen_by(self, movie_id: int, people: Sequence[int]) -> list[int]:
        """Return which of `people` rated the movie or marked it as seen, in their order."""
        return [
            one for one in people if (one, movie_id) in self.stars or (one, movie_id) in self.seen
        ]


def store_state() -> State:
    """Return the identity of the database and its version as they are now."""
    return _opened().state()


def view() -> View:
    """Return the club as it is now."""
    return _view(str(config.database()), store_state(), base_dataset())


@cached()
def _view(location: str, now: State, data: Dataset) -> View:
    opened = _store(location)
    with opened.database.read():
        own, details = opened.movies.own(), opened.movies.details()
        guests = opened.members.guests()
        everyone = opened.members.all(include_left=True, include_guests=True)
        ratings = opened.ratings.current(include_guests=True)
        wanted, shortlist = opened.watchlists.all(), opened.movies.shortlist()
        seen, club = opened.members.seen(), opened.club()
    known = _catalogue(data, HashedFrame(own), HashedFrame(details))
    movies = known.movies
    # A movie of an earlier base dataset keeps its ratings, but there is nothing to show.
    ratings = ratings[ratings[MOVIE].isin(movies.index)]
    wanted = wanted[wanted[MOVIE].isin(movies.index)]
    here = everyone["left_at"].isna() & ~everyone.index.isin(guests.index)
    names = {int(member): str(name) for member, name in everyone.loc[here, "name"].items()}
    mine = ratings[MEMBER].isin(list(names))
    return View(
        cache_key=(now, cache_key(data)),
        state=now,
        club=club,
        names=names,
        guests={int(member): str(name) for member, name in guests["name"].items()},
        ratings=ratings[mine].reset_index(drop=True),
        guest_ratings=ratings[~mine].reset_index(drop=True),
        everyone=tuple(everyone.index.tolist()),
        guest_words=guests[["likes", "dislikes"]],
        seen=frozenset(seen.itertuples(index=False, name=None)),
        shortlist=tuple(movie for movie in shortlist if movie in movies.index),
        watchlists={int(m): tuple(rows.tolist()) for m, rows in wanted.groupby(MEMBER)[MOVIE]},
        own_movies=own,
        catalogue=known,
    )


# Background jobs


def job(name: str) -> Job:
    """Return the job of that name, which the club has for one thing that pages do at times."""
    return _job(config.folder(), name)


@cached(max_entries=8)
def _job(_folder: Path, name: str) -> Job:
    return Job(name)


@cached_under(config.folder)
def trainer(folder: Path) -> Trainer:
    """Return the trainer of the serving model."""
    return Trainer(folder)


@cached_under(config.folder)
def runs(folder: Path) -> Runs:
    """Return the trainings that were kept."""
    return Runs(folder / "runs")


def learn(
    options: TrainingOptions | None = None, choice: Choice | None = None, by: str = ""
) -> bool:
    """Begin to learn from the base dataset and the club as they are; False if that is running.

    Args:
        options, choice: of the run; by default the model serves, learned from all there is, with
            the last embeddings while few ratings are new.
        by: who asked for it.
    """
    club, data, kept, job = _opened(), base_dataset(), runs(), trainer()
    how, what = options or TRAINING, choice or Choice(measure=False, serve=True)
    learned_from = LearnedFrom(club.version(), data.content_hash)
    start = job.model if options is None and job.learned_base == data.content_hash else None

    def make_data() -> Dataset:
        rated = club.ratings.current()[MOVIE].unique()
        return what.of(training_data(data, club), rated)

    def keep(model: HybridModel, learned: Dataset, taken: float, report: Report) -> None:
        at = model.trained_at
        run = Run(new_name(at), at, by, how, what, learned_from, len(learned.ratings), taken)
        kept.add(run, model, job.model)
        if not what.measure:
            return
        try:
            found = evaluation.evaluate(
                learned,
                seed=how.seed,
                options=how,
                on_step=report,
                on_epoch=lambda epochs: setattr(kept, "live", epochs),
            )
        finally:
            kept.live = None
        kept.write(measured(run, found))

    return job.learn(make_data, learned_from, how, serve=what.serve, start=start, then=keep)


def serve(run: Run) -> None:
    """Let the model of a run serve.

    Raises:
        ModelFileError: it was removed, is damaged, or another version wrote it.
    """
    trainer().adopt(runs().model(run.name), run.learned_from)


def shipped_model() -> HybridModel | None:
    """Return the model that the program ships with if it is what `learn` would make now."""
    try:
        shipped = HybridModel.load(DATA / "model")
    except RecommenderError:
        return None
    if shipped.options != TRAINING or not _opened().club().is_demo:
        return None
    same = shipped.content_hash == training_data(base_dataset(), _opened()).content_hash
    return shipped if same else None


def learn_if_needed() -> None:
    """Begin to learn if there is no model yet, or one of another base dataset."""
    serving, data = trainer(), base_dataset()
    missing = serving.model is None and serving.status.state == "idle"
    if missing and (shipped := shipped_model()) is not None:
        serving.adopt(shipped, LearnedFrom(_opened().version(), data.content_hash))
        return
    other = serving.learned_version is not None and serving.learned_base != data.content_hash
    if missing or (other and serving.status.state in {"idle", "done"}):
        learn()


def serving_options() -> TrainingOptions:
    """Return the options of the serving model: what the evaluation is about."""
    serving = trainer()
    learned = serving.learned_version is not None
    return serving.model.options if learned and serving.model is not None else TRAINING


def evaluation_key(data: Dataset, options: TrainingOptions) -> str:
    """Return the name of the folder for figures of models learned from `data` with `options`."""
    how = hashlib.sha256(repr(options).encode()).hexdigest()[:12]
    return f"{data.content_hash}-{how}"


@cached_under(config.folder, base_dataset, serving_options)
def evaluator(folder: Path, data: Dataset, options: TrainingOptions) -> Evaluator:
    """Return the evaluator of the serving model's options on the base dataset."""
    key = evaluation_key(data, options)
    return Evaluator(folder / "evaluation" / key, DATA / "evaluation" / key)


def evaluate() -> None:
    """Begin to evaluate, unless that is running."""
    data, options = base_dataset().described(), serving_options()
    evaluator().evaluate(lambda report: evaluation.evaluate(data, options=options, on_step=report))


@cached_under(lambda: str(config.database()))
def backup_scheduler(location: str) -> BackupScheduler:
    """Return the job that backs the club up once a day."""
    return BackupScheduler(_store(location))


# Predictions


def model(club: View) -> HybridModel | None:
    """Return the serving model, which can predict every movie of the view; None before the first.

    What is computed with it belongs under this object: it is another one after each learning.
    """
    learned = trainer().model
    if learned is None:
        return None
    serving = _told_of_all(learned, club.catalogue)
    imagined_movies = club.imagined.movies
    return _told_of(serving, HashedFrame(imagined_movies)) if len(imagined_movies) else serving


@cached(max_entries=2)
def _told_of_all(learned: HybridModel, known: Catalogue) -> HybridModel:
    """Return a model that also knows what it has not learned from: own movies, and obscure ones."""
    return learned.with_movies(known.movies[~known.movies.index.isin(learned.movie_ids)])


@cached(max_entries=2)
def _told_of(learned: HybridModel, new: HashedFrame) -> HybridModel:
    return learned.with_movies(new.frame)


def reactions(
    club: View, movie_ids: tuple[int, ...], member_ids: tuple[int, ...]
) -> Reactions | None:
    """Return the expected stars of members and guests; None while there is no model at all."""
    serving = model(club)
    if serving is None:
        return None
    movies = HashedIds(movie_ids)
    each = [_reaction(serving, member, club.evidence_of(member), movies) for member in member_ids]
    if not each:
        return serving.react(club.evidence.iloc[:0], np.array(movie_ids, int), member_ids=())
    return Reactions.stack(each)


@cached(max_entries=150)
def _reaction(
    serving: HybridModel, member: int, evidence: HashedFrame, movies: HashedIds
) -> Reactions:
    return serving.react(evidence.frame, movies.ids, member_ids=[member])


def similar(club: View, movie_id: int, limit: int = 12) -> pd.DataFrame | None:
    """Return `recommender.suggest.similar`; None while there is no model."""
    serving = model(club)
    return None if serving is None else _similar(serving, club.catalogue, movie_id, limit)


@cached(max_entries=400)
def _similar(serving: HybridModel, known: Catalogue, movie_id: int, limit: int) -> pd.DataFrame:
    # A model may have learned from movies that are no longer there: an earlier club's own.
    return similar_movies(serving, movie_id, limit, known.movies.index.difference(known.obscure))


def questions_for(club: View, member: int) -> list[int]:
    """Return the movies whose ratings by a member would tell most about the shortlist."""
    serving, data = model(club), base_dataset()
    if serving is None or not club.shortlist:
        return []
    asked = _questions(serving, data, member, club.evidence_of(member), club.shortlist)
    return [int(movie) for movie in asked[MOVIE]]


@cached(max_entries=100)
def _questions(
    serving: HybridModel,
    data: Dataset,
    member: int,
    evidence: HashedFrame,
    shortlist: tuple[int, ...],
) -> pd.DataFrame:
    # A movie that few have seen is not worth asking about, and would take most of the time.
    famous = data.rating_counts.nlargest(ASKED_ABOUT).index.to_numpy()
    return to_rate(serving, evidence.frame, member, shortlist, candidates=famous, limit=QUESTIONS)


@cached()
def new_ratings(club: View, learned_version: int) -> int:
    """Return how many ratings of the club have changed since that version of it was learned."""
    history = store().ratings.history()
    late = history[history["step"] > learned_version]
    return len(late.drop_duplicates([MEMBER, MOVIE]))


def learned_ratings(club: View) -> HashedFrame | None:
    """Return member_id, movie_id, rating that the serving model learned from, if it has."""
    version = trainer().learned_version
    return None if version is None else _learned_ratings(club, version)


@cached()
def _learned_ratings(club: View, learned_version: int) -> HashedFrame:
    return HashedFrame(ratings_at(store(), learned_version))
