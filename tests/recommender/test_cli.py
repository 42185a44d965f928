"""The command line: figures on stdout, one clear line and status 2 for bad input."""

import json
from pathlib import Path

import pytest

from recommender import HybridModel
from recommender.__main__ import main
from recommender.recipes import RecipeModel, load

QUICK = ["--components", "4", "--epochs", "1", "--repeats", "1"]


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


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "COMMAND"),
        (["train"], "--out"),
        (["train", "--out", "x", "--seed", "-1"], "'-1' is not a whole number"),
        (["train", "--out", "x", "--loss", "hinge"], "invalid choice: 'hinge'"),
        (["train", "--out", "x", "--epochs", "0"], "from 1 on"),
        (["evaluate", "--data", "nowhere"], "nowhere is no folder"),
        (["evaluate", "--model", "nowhere"], "no trained model"),
    ],
)
def test_bad_input(capsys, argv, message) -> None:
    assert message in refused(capsys, *argv)


def test_train_saves_a_model_that_loads(capsys, data_folder: Path) -> None:
    out = data_folder.parent / "model"
    argv = ["train", "--data", str(data_folder), "--out", str(out), *QUICK]
    assert main(argv) == 0
    assert "Learned from 336 ratings by 24 users; 22 movies" in capsys.readouterr().out
    assert main([*argv, "--json", "--seed", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["users"] == 24
    assert HybridModel.load(out).options.seed == 3
    assert main([*argv, "--json", "--loss", "bpr", "--max-keywords", "1", "--min-movies", "2"]) == 0
    model = HybridModel.load(out)
    assert (model.options.loss, model.n_keywords) == ("bpr", 1)
    learned = []
    for jobs in ("1", "2"):
        assert main([*argv[:-1], "2", "--jobs", jobs]) == 0
        learned.append([path.read_bytes() for path in sorted(out.glob("*.npy"))])
    assert learned[0] == learned[1]
    assert main([*argv, "--recipe", "keyword"]) == 0
    assert isinstance(load(out), RecipeModel)
    with pytest.raises(SystemExit, match="2"):
        main([*argv, "--since", "then"])
    assert main([*argv, "--since", "2300"]) == 2
    assert HybridModel.load(out).options.recipe == "keyword"

    assert main(["evaluate", "--data", str(data_folder), "--model", str(out), "-k", "3"]) == 0
    assert "precision@3" in capsys.readouterr().out


def test_evaluate_prints_figures(capsys, data_folder: Path) -> None:
    assert main(["evaluate", "--data", str(data_folder), "--json", "--seed", "2", *QUICK]) == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert err == ""  # no progress bar when nobody watches
    assert 0 <= figures["ranking"]["LightFM"]["test"]["precision@10"] <= 1
    assert 0 <= figures["ranking"]["popularity"]["test"]["auc"] <= 1
    assert figures["errors"]["ours"]["rmse"]["value"] > 0

    assert main(["evaluate", "--data", str(data_folder), "--seed", "2", *QUICK]) == 0
    text = capsys.readouterr().out
    assert "80% intervals hold" in text
    assert f"{figures['errors']['ours']['rmse']['value']:.4f}" in text


def test_interruption(capsys, monkeypatch) -> None:
    def stopped(_folder) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recommender.__main__.load_bundled", stopped)
    assert main(["evaluate"]) == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"
