import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender import HybridModel, ModelFileError


@pytest.fixture
def saved(tmp_path: Path, tiny_model: HybridModel) -> Path:
    tiny_model.save(tmp_path / "model")
    return tmp_path / "model"


def test_what_is_loaded_is_the_same_model_to_the_bit(
    saved: Path, tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    loaded = HybridModel.load(saved)
    was, now = (m.react(train_lover, range(22)) for m in (tiny_model, loaded))
    assert loaded.space.places.tobytes() == tiny_model.space.places.tobytes()
    assert loaded.bias.expected.tobytes() == tiny_model.bias.expected.tobytes()
    # Matrix products differ in the last bits with where in memory an array lies.
    assert now.mean == pytest.approx(was.mean, abs=1e-6)
    assert now.sd == pytest.approx(was.sd, abs=1e-6)
    assert loaded.options == tiny_model.options
    assert loaded.trained_at == tiny_model.trained_at
    assert loaded.features == tiny_model.features


def test_saving_again_replaces_the_model_and_leaves_nothing_else(
    saved: Path, tiny_model: HybridModel
) -> None:
    first = (saved / "arrays.npz").read_bytes()
    tiny_model.save(saved)
    assert (saved / "arrays.npz").read_bytes() == first
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path, tiny_model: HybridModel) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ModelFileError, match="exists and is no saved model; choose a new folder"):
        tiny_model.save(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_only_arrays_and_json_are_written(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == ["arrays.npz", "model.json"]
    with np.load(saved / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no trained model in nowhere; train one"):
        HybridModel.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["arrays.npz", "model.json"])
def test_a_file_cut_in_half_is_refused(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    (saved / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="is damaged; train it again"):
        HybridModel.load(saved)


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f8",  # tokenize.TokenError
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,)}",  # MemoryError
        b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        b"\xff",
    ],
)
def test_arrays_that_are_none_are_refused_though_their_checksum_is_right(
    saved: Path, header: bytes
) -> None:
    with zipfile.ZipFile(saved / "arrays.npz", "w") as arrays:
        size = len(header).to_bytes(2, "little")
        arrays.writestr("movie_ids.npy", b"\x93NUMPY\x01\x00" + size + header)
    digest = hashlib.sha256((saved / "arrays.npz").read_bytes()).hexdigest()
    facts = json.loads((saved / "model.json").read_text("utf-8"))
    (saved / "model.json").write_text(json.dumps(facts | {"sha256": digest}), "utf-8")
    with pytest.raises(ModelFileError, match="is damaged; train it again"):
        HybridModel.load(saved)


@pytest.mark.parametrize("facts", ["[" * 100_000, "[]", "7", '{"format": 7}'])
def test_facts_that_are_none_are_refused(saved: Path, facts: str) -> None:
    (saved / "model.json").write_text(facts)
    with pytest.raises(ModelFileError, match="is damaged; train it again"):
        HybridModel.load(saved)


def test_a_model_of_another_version_is_refused(saved: Path) -> None:
    facts = json.loads((saved / "model.json").read_text("utf-8"))
    (saved / "model.json").write_text(json.dumps(facts | {"format": 99}), "utf-8")
    with pytest.raises(ModelFileError, match="saved by another version"):
        HybridModel.load(saved)


def test_a_failed_save_leaves_the_old_model(
    saved: Path, tiny_model: HybridModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        tiny_model.save(saved)
    assert HybridModel.load(saved).n_movies == 22
    assert [path.name for path in saved.parent.iterdir()] == ["model"]
    shutil.rmtree(saved)
