"""The command line: figures on stdout, one clear line and status 2 for bad input."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from recommender import Dataset, HybridModel
from recommender.__main__ import main
from recommender.evaluation.protocol import Clubs
from recommender.terminal import progress, seeds


@pytest.fixture
def folder(checkerboard: Dataset, tmp_path: Path) -> Path:
    """The checkerboard as a data folder."""
    root = tmp_path / "data"
    (root / "movielens").mkdir(parents=True)
    checkerboard.ratings.to_parquet(root / "movielens" / "ratings.parquet")
    movies = checkerboard.movies.drop(columns=["keywords", "aliases"])
    movies.assign(genres="Drama").to_parquet(root / "movielens" / "movies.parquet")
    checkerboard.movies["keywords"].str.join("|").to_csv(root / "keywords.csv")
    return root


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Run `argv`, which must fail with status 2 and one line; return the line."""
    try:
        status = main(argv)
    except SystemExit as stop:  # argparse leaves by itself
        status = stop.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("python -m recommender")
    return err


@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["leaderboard"]])
def test_help_is_everywhere(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "--help" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "COMMAND"),
        (["sing"], "invalid choice: 'sing'"),
        (["train"], "--out"),
        (["train", "--out", "x", "--seed", "-1"], "'-1' is not a whole number"),
        (["train", "--out", "x", "--seed", str(2**32)], "is not a whole number"),
        (["evaluate", "--recipe", "soup"], "invalid choice: 'soup'"),
        (["evaluate", "--as-published"], "--recipe"),
        (["evaluate", "--data", "nowhere"], "movies.parquet is missing"),
        (["leaderboard", "--seeds", "4-1"], "'4-1' is not a range"),
        (["leaderboard", "--seeds", "0-99999999"], "is not a range"),
        (["leaderboard", "--seeds", "x"], "'x' is not a whole number"),
        (["leaderboard", "--condition", "warm,hot"], "'hot' is none of: warm, cold"),
        (["leaderboard", "--models", "oracle"], "'oracle' is none of: constant"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, argv, message) -> None:
    assert message in refused(capsys, *argv)


def test_a_damaged_data_file_is_one_line(capsys, folder: Path) -> None:
    file = folder / "movielens" / "ratings.parquet"
    file.write_bytes(file.read_bytes()[:100])
    assert "ratings.parquet is damaged" in refused(capsys, "evaluate", "--data", str(folder))


def test_links_must_be_links(capsys, folder: Path) -> None:
    bad = str(folder / "keywords.csv")
    argv = ("evaluate", "--recipe", "keyword", "--as-published", "--data", str(folder), "--links")
    assert "no CSV file with movieId and tmdbId" in refused(capsys, *argv, bad)
    assert "no CSV file" in refused(capsys, *argv, str(folder / "nothing.csv"))


def test_train_saves_a_model_that_loads(capsys, folder: Path, tmp_path: Path, tiny_epochs) -> None:
    out = tmp_path / "model"
    assert main(["train", "--data", str(folder), "--out", str(out)]) == 0
    assert "Learned from 336 ratings by 24 users; 22 movies" in capsys.readouterr().out
    assert main(["train", "--data", str(folder), "--out", str(out), "--json", "--seed", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["users"] == 24
    assert HybridModel.load(out).options.seed == 3


def test_train_never_replaces_what_is_no_model(capsys, folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "home" / "diary.txt"
    precious.parent.mkdir()
    precious.write_text("dear diary")
    for out in (precious.parent, precious):
        error = refused(capsys, "train", "--data", str(folder), "--out", str(out))
        assert "is no saved model" in error
    assert precious.read_text() == "dear diary"


@pytest.fixture
def tiny_epochs(monkeypatch) -> None:
    """Let the default model learn in no time."""
    fit = HybridModel.fit.__func__
    from dataclasses import replace

    def quick(cls, data, options, on_epoch=None):
        return fit(cls, data, replace(options, components=4, epochs=1), on_epoch)

    monkeypatch.setattr(HybridModel, "fit", classmethod(quick))


def test_evaluate_prints_figures(capsys, folder: Path, tiny_epochs) -> None:
    assert main(["evaluate", "--data", str(folder), "--json", "--seed", "2"]) == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert err == ""  # no progress bar when nobody watches
    assert 0 <= figures["ranking"]["hybrid"]["test"]["precision@10"] <= 1
    assert 0 <= figures["ranking"]["popularity"]["test"]["auc"] <= 1
    assert figures["errors"]["ours"]["rmse"]["value"] > 0

    assert main(["evaluate", "--data", str(folder), "--seed", "2"]) == 0
    text = capsys.readouterr().out
    assert "80% intervals hold" in text
    assert f"{figures['errors']['ours']['rmse']['value']:.4f}" in text


def test_evaluate_runs_a_recipe_as_published_and_mended(capsys, folder: Path) -> None:
    links = folder / "links.csv"
    links.write_text("movieId,imdbId,tmdbId\n" + "".join(f"{i},1,{i + 1}\n" for i in range(20)))
    argv = ["evaluate", "--recipe", "keyword", "--data", str(folder)]
    assert main([*argv, "--json"]) == 0
    mended = json.loads(capsys.readouterr().out)
    assert main([*argv, "--json", "--as-published", "--links", str(links)]) == 0
    published = json.loads(capsys.readouterr().out)
    assert (mended["version"], published["version"]) == ("mended", "as published")
    assert set(published["ranking"]) == {"keyword recipe", "popularity"}
    assert main([*argv, "--as-published"]) == 0
    assert capsys.readouterr().out.startswith("The keyword recipe, as published\n")


def test_leaderboard_is_one_table(capsys, folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("recommender.evaluation.leaderboard.Clubs", lambda: Clubs(3, 4, 10, 0.5))
    argv = ["leaderboard", "--data", str(folder), "--seeds", "0,1", "--condition", "warm"]
    argv += ["--models", "constant,popularity,content only", "--resume", str(tmp_path / "runs")]
    assert main([*argv, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    rows = {row["model"]: row for row in figures["table"]}
    assert set(rows) == {"constant", "popularity", "content only"}
    assert rows["popularity"]["rmse"] is None
    assert rows["content only"]["rmse"] < rows["constant"]["rmse"]
    assert figures["ours_minus"] == []
    assert main(argv) == 0
    text = capsys.readouterr().out
    assert text.startswith("warm\nmodel")
    assert max(map(len, text.splitlines())) <= 100
    assert main([*argv, "--markdown"]) == 0
    assert capsys.readouterr().out.count("| warm |") == 3
    assert "--json or --markdown" in refused(capsys, *argv, "--json", "--markdown")


def test_the_protocol_refuses_too_few_people(capsys, folder: Path) -> None:
    argv = ("leaderboard", "--models", "constant", "--data", str(folder))
    assert "160 people" in refused(capsys, *argv)


def test_an_interruption_is_no_traceback(capsys, monkeypatch) -> None:
    def stopped(_folder) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recommender.__main__.load_bundled", stopped)
    assert main(["evaluate"]) == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"


def test_seeds_are_ranges_and_lists() -> None:
    assert seeds("0-2,7, 1") == [0, 1, 2, 7]


def test_the_bar_shows_on_a_terminal_only(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for screen, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", screen)
        progress(1, 2, "half")
        progress(2, 2)
        assert ("1/2 half" in screen.getvalue()) == shown
        assert screen.getvalue().endswith("\n") == shown
