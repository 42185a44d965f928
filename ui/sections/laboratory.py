"""The laboratory, a part of the settings: the model, its training, other runs, and keywords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pandas as pd
import streamlit as st

from club.catalogue import training_data
from recommender import HybridModel, Reactions, RecommenderError
from recommender.columns import MEMBER, MOVIE
from recommender.embeddings import LOSSES
from recommender.features import KEYWORD
from recommender.keywords import (
    draw_keywords,
    keyword_effects,
    member_keywords,
    model_archive,
    nearest,
    with_and_without,
)
from ui import access, state
from ui.cache import HashedFrame, cached
from ui.charts.evaluation import error_against_baselines, ranking_metrics
from ui.charts.laboratory import auc_by_epoch, keyword_bars, keyword_map
from ui.components.basics import (
    change,
    change_button,
    download_button,
    follow,
    no_predictions,
    notify,
)
from ui.components.choices import view_switch
from ui.components.figures import chart, draw_counts, draw_table
from ui.jobs import JobStatus
from ui.runs import Choice, Run
from ui.state import View
from ui.text import ago, counted, plain

RECIPE_NAMES = {
    "": "Ours",
    "keyword": "The article's keyword recipe",
    "confidence": "The notebook's confidence recipe",
}
LOSS_NAMES = {"warp": "WARP", "bpr": "BPR", "logistic": "Logistic", "warp-kos": "k-OS WARP"}
SHOWN = 12  # keywords in a chart
# of benchmarks/RESULTS.md, "ours" and "ours with permuted keywords"; a test compares
WORTH = (
    "What keywords are worth: for 200 clubs we were off by 0.851 stars (rmse) where nobody had "
    "rated the movie, and by 0.912 with the keywords of another movie; where others had rated it, "
    "by 0.765 and 0.786. Measured by `python -m benchmarks.leaderboard --seeds 0-9 --models "
    '"ours,ours with permuted keywords"`.'
)
# Training option -> label, least, most, step, explanation
NUMBERS: dict[str, tuple[str, float, float | None, float, str]] = {
    "components": ("Components", 1, 256, 1, ""),
    "epochs": ("Epochs", 1, 200, 1, ""),
    "learning_rate": ("Learning rate", 0.001, 1.0, 0.01, ""),
    "alpha": ("Regularisation", 0.0, 0.1, 1e-6, "A penalty on every feature."),
    "max_keywords": ("Keywords", 0, None, 1, "So many, the most frequent first."),
    "min_movies": ("Movies a keyword", 1, 1000, 1, "Rarer keywords and genres are left out."),
    "repeats": ("Seeds side by side", 1, 10, 1, ""),
    "seed": ("Seed", 0, 2**32 - 1, 1, ""),
}


def section(club: View) -> None:
    """Draw the laboratory."""
    serving = state.model(club)
    part = view_switch("Laboratory", ["Model", "Runs", "Keywords"], "lab")
    if part == "Runs":
        compare(club)
    elif serving is None:
        no_predictions(120)
    elif part == "Model":
        model(club, serving)
    elif not serving.n_keywords:
        st.markdown("This opens once a model has learned.")
    else:
        keywords(club, serving)


# The model and its training


def model(club: View, serving: HybridModel) -> None:
    """Draw what the predictions rest on, and the ways to learn anew."""
    status = state.trainer().status
    if status.message and status.state != "running":
        st.warning(plain(status.message), icon=":material/model_training:")
    elif status.state == "stopped":
        st.info("Stopped before its end.", icon=":material/cancel:")
    counts = {"Ratings": serving.n_ratings, "People": serving.n_users}
    counts |= {"Movies": serving.n_movies, "Keywords": serving.n_keywords}
    draw_counts(counts, border=True)
    _age(club, serving)
    if status.state == "running":
        follow(lambda: state.trainer().status, _progress)
        return
    icon = ":material/model_training:"
    st.button("Learn again", on_click=_learn, icon=icon, key="retrain")
    with st.expander("With other options", icon=":material/tune:", key="lab_options"):
        _options()

    def archive() -> bytes:
        return model_archive(serving, training_data(state.base_dataset(), state.store()))

    told = "Embeddings and biases as .npy, features and ratings as .npz, what they mean as JSON."
    download_button("Download it (ZIP)", archive, "model.zip", "lab_zip", help=told)


def _age(club: View, serving: HybridModel) -> None:
    """Say when the model learned, and whether the club has moved on since."""
    version = state.trainer().learned_version
    if version is None:
        st.info(
            "So far we know movies by their keywords, genres and decade alone; what people like "
            "together comes once the model has learned.",
            icon=":material/hourglass_top:",
        )
        return
    st.markdown(f"Learned **{ago(serving.trained_at)}**, from everyone's ratings and your own.")
    if club.state.version != version and (new := state.new_ratings(club, version)):
        st.caption(
            f"{counted(new, 'new rating')} since. They count already; learning again lets them "
            "count in what everyone thinks, too."
        )


def _learn(*how: Any) -> None:
    if not state.learn(*how):
        notify("It is learning already.")


def _options() -> None:
    """Draw the form of the training options."""
    standard = state.TRAINING
    with st.form("train", border=False):
        st.radio("Model", list(RECIPE_NAMES), format_func=RECIPE_NAMES.get, key="lab_recipe")
        st.caption(
            "A recipe brings its own settings, but for the seed and the ratings. It knows the "
            "members whose ratings it learned from, and has the same doubt about every movie."
        )
        st.radio(
            "Loss",
            list(LOSSES),
            format_func=LOSS_NAMES.__getitem__,
            captions=[f"{text[0].upper()}{text[1:]}." for text in LOSSES.values()],
            index=list(LOSSES).index(standard.loss),
            key="lab_loss",
        )
        st.caption(
            "The hybrid keeps from LightFM where movies lie beside each other, whatever the loss, "
            "and learns each person's taste over that."
        )
        with st.grid(columns=4, min_column_width=130, gap="small"):
            for name, (label, low, high, step, told) in NUMBERS.items():
                st.number_input(
                    label,
                    low,
                    high,
                    getattr(standard, name),
                    step,
                    format="%.6f" if name == "alpha" else None,
                    placeholder="all",
                    help=told or None,
                    key=f"lab_{name}",
                )
        st.number_input("Only ratings since", 1990, 2100, None, placeholder="all", key="lab_since")
        st.toggle("Only movies that the club has rated", key="lab_club_movies")
        st.toggle("Measure it on held-out ratings, too", value=True, key="lab_measure")
        st.toggle("Use it for the predictions at once", key="lab_serve")
        st.form_submit_button(
            "Train", type="primary", icon=":material/model_training:", on_click=_train
        )


def _train() -> None:
    def entered(name: str) -> Any:
        return st.session_state[f"lab_{name}"]

    def start() -> None:
        options = replace(
            state.TRAINING, **{name: entered(name) for name in ("recipe", "loss", *NUMBERS)}
        )
        choice = Choice(**{part.name: entered(part.name) for part in fields(Choice)})
        _learn(options, choice, str(st.session_state.get(state.ACTOR) or ""))

    change(access.host_only(start))


def _progress(status: JobStatus) -> None:
    left = "" if status.seconds_left is None else f", about {status.seconds_left:.0f} seconds left"
    st.progress(status.share, f"{status.message.capitalize() or 'Learning'}{left}.")
    change_button(
        "Stop", access.host_only(state.trainer().stop), icon=":material/stop:", key="lab_stop"
    )
    live = state.runs().live
    if live is not None and live["epoch"].nunique() > 1:
        chart(auc_by_epoch({"this run": live}), "lab_live", tabled=False)


# Runs


def compare(club: View) -> None:
    """Draw the runs as a table, those chosen beside each other, and let one serve."""
    runs = state.runs().all()
    if not runs:
        st.markdown("Every training stays here as a row. There is none yet.")
        return
    serving = state.trainer().model
    names = {run.name: _name(run, serving) for run in runs}
    table = pd.DataFrame([_row(run, names[run.name]) for run in runs]).dropna(axis=1, how="all")
    draw_table(table, "Runs, the latest first", 3)
    chosen = st.multiselect(
        "Compare",
        [run.name for run in runs if run.frames is not None],
        default=[run.name for run in runs if run.frames is not None][:2],
        format_func=names.__getitem__,
        key="lab_compare",
        placeholder="Choose measured runs",
    )
    compared = [run for run in runs if run.name in chosen]
    if len(compared) > 1:
        _beside({plain(names[run.name]): run.frames for run in compared if run.frames is not None})
        if any(run.options.recipe == "keyword" for run in compared):
            st.caption(
                "The article's recipe ranks movies with keywords only: its figures are about fewer "
                "movies."
            )
    kept = [run for run in runs if state.runs().size(run)]
    one = st.selectbox(
        "Let a run predict",
        kept,
        index=None,
        format_func=lambda run: names[run.name],
        placeholder="Choose a run",
        key="lab_run",
    )
    if one is not None:
        _reactions(club, one)
        change_button(
            "Use its model",
            access.host_only(state.serve),
            one,
            done="Its model makes the predictions now.",
            type="primary",
            key="lab_use",
        )


def _reactions(club: View, run: Run) -> None:
    """Draw what a run expects of the shortlist beside what is expected now."""
    members, now = tuple(club.names), state.reactions(club, club.shortlist, tuple(club.names))
    try:
        then = _reactions_of(club, run.name)
    except RecommenderError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    if now is None or not members or not club.shortlist:
        return
    pairs = [
        (club.title(movie), club.name(member)) for member in members for movie in club.shortlist
    ]
    table = pd.DataFrame(pairs, columns=["Movie", "Member"])
    table["Now"], table["With this run"] = now.mean.ravel().round(1), then.mean.ravel().round(1)
    table["Give or take"] = then.sd.ravel().round(1)
    draw_table(table, "What we expect now, and with this run", 1, height=300)


@cached(max_entries=2)
def _reactions_of(club: View, name: str) -> Reactions:
    model = state.runs().model(name).with_movies(club.movies)
    return model.react(club.evidence, club.shortlist, list(club.names))


def _beside(frames: Mapping[str, Mapping[str, pd.DataFrame]]) -> None:
    ranking, errors = [], []
    for name, of_run in frames.items():
        mine = of_run["ranking"]
        ranking.append(mine[mine["model"] == "LightFM"].assign(model=name))
        ours = of_run["errors"]
        errors.append(ours[ours["model"] == "ours"].assign(model=name))
    left, right = st.columns(2, gap="large")
    with left:
        chart(ranking_metrics(pd.concat(ranking), ours=""), "lab_ranking")
    with right:
        several = pd.concat(errors).drop(columns=["excess_low", "excess_high"], errors="ignore")
        chart(error_against_baselines(several, ours=""), "lab_errors")
        chart(auc_by_epoch({name: of_run["epochs"] for name, of_run in frames.items()}), "lab_auc")


def _name(run: Run, serving: HybridModel | None) -> str:
    options = run.options
    words = [RECIPE_NAMES[options.recipe] if options.recipe else LOSS_NAMES[options.loss]]
    for name, (title, *_) in NUMBERS.items():
        value = getattr(options, name)
        if value != getattr(state.TRAINING, name):
            words.append(f"{title.lower()} {'all' if value is None else format(value, 'g')}")
    if run.choice.since is not None:
        words.append(f"since {run.choice.since}")
    if run.choice.club_movies:
        words.append("club's movies")
    if serving is not None and serving.trained_at == run.at:
        words.append("in use")
    return f"{run.at:%d %b %H:%M}: {', '.join(words)}"


def _row(run: Run, name: str) -> dict[str, object]:
    figures = run.figures()
    k = next((int(metric.split("@")[1]) for metric in figures if "precision@" in metric), 10)
    row: dict[str, object] = {
        "Run": name.partition(": ")[2],
        "When": ago(run.at),
        "By": run.by or None,
    }
    row |= {"Ratings": run.ratings, "Seconds": round(run.seconds)}
    size = state.runs().size(run)
    row["Kept"] = f"{size / 2**20:.1f} MB" if size else ""
    for metric, title in (
        ("auc", "AUC"), (f"precision@{k}", f"Precision@{k}"), (f"recall@{k}", f"Recall@{k}"),
        ("reciprocal_rank", "Reciprocal rank"), ("rmse", "RMSE"), ("coverage", "In 80% interval"),
    ):  # fmt: skip
        row[title] = figures.get(metric, float("nan"))
    return row


# Keywords


@cached(max_entries=2)
def _effects(model: HybridModel) -> pd.DataFrame:
    return keyword_effects(model).reset_index()


@cached(max_entries=40)
def _of_member(model: HybridModel, evidence: HashedFrame) -> pd.DataFrame:
    return member_keywords(model, evidence.frame)


def keywords(club: View, model: HybridModel) -> None:
    """Draw which keywords raise or lower what is expected, for all or for a member."""
    people = {"everybody": None} | {plain(name): member for member, name in club.names.items()}
    who = people[st.selectbox("For whom", list(people), key="lab_who")]
    found = _effects(model)
    if who is not None:
        mine = _of_member(model, club.evidence_of(who)).drop(columns=MEMBER)
        found = mine.merge(found[[KEYWORD, "movies"]], on=KEYWORD)
        found = found.sort_values("stars", key=abs, ascending=False, kind="stable")
    sure = found[found["stars"].abs() > found["sd"]]
    if sure.empty:
        st.markdown("No keyword clearly raises or lowers what is expected.")
    else:
        whose = "everybody" if who is None else club.name(who)
        chart(keyword_bars(sure.head(SHOWN), whose), "lab_keywords", tabled=False)
    titles = {KEYWORD: "Keyword", "movies": "Movies", "stars": "Stars", "sd": "± (one sd)"}
    with st.expander("All keywords", icon=":material/table_rows:"):
        table = found[list(titles)].rename(columns=titles)
        draw_table(table, "All keywords", 3, height=400)
        data = found.to_csv(index=False).encode()
        download_button("Download them (CSV)", data, "keywords.csv", "lab_csv")
    told = "The map of keywords"
    with st.expander(told, icon=":material/map:", key="lab_map", on_change="rerun") as folded:
        if folded.open:
            with st.spinner("Drawing the map …"):
                places = _map(model)
            if places.empty:
                st.caption("There are too few keywords for a map.")
            else:
                known = _effects(model).merge(places, on=KEYWORD)
                chart(keyword_map(known), "lab_keyword_map", tabled=False)
    st.caption(WORTH)
    left, right = st.columns(2, gap="large")
    with left:
        _near(club, model, found[KEYWORD].tolist())
    with right:
        _what_if(club, model, found[KEYWORD].tolist())


@cached(max_entries=2)
def _map(model: HybridModel) -> pd.DataFrame:
    return draw_keywords(model)


def _near(club: View, model: HybridModel, words: list[str]) -> None:
    st.subheader("What lies near a keyword", anchor=False)
    word = st.selectbox(
        "Keyword", sorted(words), index=None, key="lab_word", filter_mode="contains"
    )
    if word is None:
        return
    near, movies = nearest(model, word)
    st.markdown("**Keywords:** " + plain(", ".join(near.index)))
    titles = (club.title(movie) for movie in movies.index if movie in club.movies.index)
    st.markdown("**Movies:** " + plain(", ".join(titles)))
    rows = []
    for member, name in club.names.items():
        mine = _of_member(model, club.evidence_of(member))
        rows.append(mine[mine[KEYWORD] == word].assign(Member=name))
    if rows:
        names = {"stars": "Stars", "sd": "± (one sd)"}
        table = pd.concat(rows).rename(columns=names)[["Member", *names.values()]]
        draw_table(table.sort_values("Stars", ascending=False), "What each taste says of it")


def _what_if(club: View, model: HybridModel, words: list[str]) -> None:
    st.subheader("What if a movie had another keyword", anchor=False)
    known = dict.fromkeys([*club.shortlist, *sorted(club.ratings[MOVIE].unique(), key=club.title)])
    movie = st.selectbox(
        "Movie", list(known), index=None, format_func=club.title, key="lab_movie",
        filter_mode="contains", placeholder="One that the club knows",
    )  # fmt: skip
    if movie is None:
        return
    own = club.movies.loc[[movie]]
    now = [word.casefold() for word in own["keywords"].iloc[0]]
    tried = st.multiselect(
        "Its keywords", sorted({*words, *now}), default=now, key=f"lab_tried_{movie}",
        filter_mode="contains",
    )  # fmt: skip
    members = list(club.names)
    if not members:
        return
    found = with_and_without(model, own, tuple(tried), club.ratings, members)
    titles = {"before": "With its keywords", "after": "With these"}
    table = found[list(titles)].rename(columns=titles)
    table.insert(0, "Member", [club.name(member) for member in found.index])
    draw_table(table, "Predictions with other keywords")
    st.caption("As if nobody had rated it yet: by its keywords, genres and year alone.")
