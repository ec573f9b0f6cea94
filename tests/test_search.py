"""The search command as a user runs it: with a forest, on three sources of which one is sealed."""

import json
import shlex

import optuna
import pandas as pd
import pytest
from conftest import run_module
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

pytestmark = pytest.mark.slow

# Source -> label -> number of clips.
SOURCES = {
    "attic": {"flute": 3, "harp": 3},
    "big barn": {"flute": 2, "harp": 2},
    "cellar": {"flute": 2, "harp": 2},
}
SPACE = "model.n_trees: {integer: [2, 9]}\n"


@pytest.fixture
def arguments(tmp_path, write_sources):
    table = write_sources(SOURCES)
    (tmp_path / "conf/space").mkdir(parents=True)
    (tmp_path / "conf/space/tiny.yaml").write_text(SPACE)
    return [
        "+experiment=forest_features", "model.n_trees=10", "data=manifest",
        f"data.path={table}", f"data.store_dir={tmp_path}/store",
        "frontend.features.n_fft=1024", "frontend.features.hop_length=512",
        "frontend.features.n_bins=83", "frontend.n_frames=56",
        "split=leave_one_source_out", "split.sealed=[cellar]",
    ]  # fmt: skip


def test_a_search_continues_where_it_was_interrupted_and_never_opens_a_sealed_source(
    arguments, tmp_path
):
    searching = [f"--config-dir={tmp_path}/conf", *arguments, "space=tiny"]
    first = run_module("search", *searching, "search.trials=1", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    outputs = tmp_path / "outputs/forest_features"
    (folder,) = outputs.glob("search_*")
    (reference,) = outputs.glob("cross_validation_*")
    stamp = (reference / "fold_attic/report/report.md").stat().st_mtime_ns

    # A trial that ended in the middle: its first fold is done, the study says that it runs.
    backend = JournalFileBackend(str(folder / "study.journal"))
    study = optuna.load_study(study_name="search", storage=JournalStorage(backend))
    study.enqueue_trial({"model.n_trees": 7})
    study.ask().suggest_int("model.n_trees", 2, 9)
    n_trees = [*arguments, "model.n_trees=7"]
    n_trees.remove("model.n_trees=10")
    done = run_module("cross_validate", *n_trees, "only=[attic]", cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    second = run_module("search", *searching, "search.trials=3", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "trial 2: model.n_trees=7" in second.stdout
    assert second.stdout.count("done before") == 1
    assert "trial 2 (2 of 3), fold attic (1 of 2), best so far" in second.stdout
    assert (reference / "fold_attic/report/report.md").stat().st_mtime_ns == stamp

    for splits in outputs.glob("cross_validation_*/fold_*/splits.csv"):
        found = pd.read_csv(splits).groupby("source")["split"].agg(set)
        assert found["cellar"] == {"unused"}
        assert "unused" not in found["attic"] | found["big barn"]
    assert not list(outputs.glob("cross_validation_*/fold_cellar"))

    page = (folder / "report.md").read_text()
    assert "all of 2: attic, big barn;" in page
    assert "Never seen:** the sealed sources cellar" in page
    assert "3 of 3: 3 complete" in page
    commands = [line for line in page.splitlines() if line.startswith("python -m")]
    again, last_test = (shlex.split(line)[3:] for line in commands)
    # The command of the best trial finds its folds, and its report has the objective of the page.
    done = run_module("cross_validate", *again, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("done before") == 2
    (changed,) = [word for word in again if word.startswith("model.n_trees=")]
    reports = {
        f"model.n_trees={json_of(path / 'fold_attic')}": path
        for path in outputs.glob("cross_validation_*")
    }
    metrics = json.loads((reports[changed] / "report/metrics.json").read_text())
    assert f", {metrics['macro_recall']:.4f}\n" in page
    # ... and the other command tests the sealed source.
    done = run_module("train", *last_test, f"hydra.run.dir={tmp_path}/last", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tested = pd.read_csv(tmp_path / "last/report/predictions.csv")
    assert set(tested["source"]) == {"cellar"}


def json_of(run):
    """Return how many trees a run had."""
    lines = (run / ".hydra/config.yaml").read_text().splitlines()
    return next(line.split(": ")[1] for line in lines if "n_trees" in line)


@pytest.mark.parametrize(
    ("space", "overrides", "said"),
    [
        ("model.n_tree: {integer: [2, 9]}", [], "unknown key 'model.n_tree': did you mean"),
        (SPACE, ["split.sealed=[celar]"], "split.sealed names the source celar; the table has"),
        (SPACE, ["split=by_recording"], "this split has no folds"),
    ],
)
def test_what_cannot_be_searched_is_one_clear_line(arguments, tmp_path, space, overrides, said):
    (tmp_path / "conf/space/tiny.yaml").write_text(space)
    if "split=by_recording" in overrides:
        arguments = [a for a in arguments if not a.startswith("split")]
    done = run_module(
        "search", f"--config-dir={tmp_path}/conf", *arguments, "space=tiny", *overrides,
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("outputs/forest_features/search_*/study.journal"))


def test_a_search_without_a_space_lists_those_there_are(arguments, tmp_path):
    done = run_module("search", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "space names no file of conf/space" in done.stderr
    assert "best, residual" in done.stderr
