"""The command cross_validate, as a user runs it, with k folds and with one fold a source."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
import torch
from conftest import run_module

pytestmark = pytest.mark.slow

# Source -> label -> number of clips.
SOURCES = {
    "attic": {"flute": 3, "harp": 3, "gong": 2},
    "big barn": {"flute": 3, "harp": 1},
    "cellar": {"flute": 2, "harp": 3, "oboe": 1},
    "shed": {"drum": 3},
}
SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=56"]  # fmt: skip


@pytest.fixture
def corpus(tmp_path, write_sources):
    table = write_sources(SOURCES)
    return [
        "data=manifest", f"data.path={table}", f"data.store_dir={tmp_path}/store", *SMALL,
        "split=leave_one_source_out",
    ]  # fmt: skip


def test_cross_validate_tests_every_clip_once_and_goes_on_where_it_stopped(tmp_path):
    arguments = [
        "+experiment=smoke", "model=perceptron", *SMALL, "trainer=cpu", "trainer.max_epochs=1",
        "folds=3",
    ]  # fmt: skip
    first = run_module("cross_validate", *arguments, "only=[0]", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "outputs/smoke").glob("cross_validation_*")
    assert (
        "**Folds:** only 0 of 3; each clip is tested with a model that was neither"
        in (folder / "report/report.md").read_text()
    )
    stamp = (folder / "fold_0/report/report.md").stat().st_mtime_ns

    second = run_module("cross_validate", *arguments, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "fold 0: done before" in second.stdout
    assert (folder / "fold_0/report/report.md").stat().st_mtime_ns == stamp
    table = pd.read_csv(folder / "report/predictions.csv")
    assert len(table) == table["path"].nunique() == 18
    folds = pd.read_csv(folder / "folds.csv", index_col=0)
    assert list(folds.index) == ["fold 0", "fold 1", "fold 2", "mean", "std"]
    assert folds.loc["mean", "accuracy"] == pytest.approx(
        folds["accuracy"].iloc[:3].mean(), abs=1e-6
    )
    assert folds.loc["std", "accuracy"] == pytest.approx(folds["accuracy"].iloc[:3].std(), abs=1e-6)


def test_sources_are_folds_that_go_on_where_they_stopped(corpus, tmp_path):
    arguments = ["+experiment=forest_features", *corpus, "model.n_trees=20"]
    first = run_module("cross_validate", *arguments, "only=[attic]", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "outputs/forest_features").glob("cross_validation_*")
    page = (folder / "report/report.md").read_text()
    assert "**Folds:** only attic of 3; each clip is tested with a model that has seen no" in page
    assert "a model that has seen no clip of its source: training, scaling, stopping" in page
    assert "| big barn | flute, harp | 4 |  | 0 | not run |  |" in page
    stamp = (folder / "fold_attic/report/report.md").stat().st_mtime_ns

    second = run_module("cross_validate", *arguments, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "fold attic: done before" in second.stdout
    assert (folder / "fold_attic/report/report.md").stat().st_mtime_ns == stamp
    assert len(list(folder.glob("fold_*"))) == 3
    assert len(list(folder.glob("fold_big_barn_*"))) == 1

    table = pd.read_csv(folder / "report/predictions.csv")
    assert table.groupby(["source", "label"]).size().to_dict() == {
        ("attic", "flute"): 3, ("attic", "harp"): 3,
        ("big barn", "flute"): 3, ("big barn", "harp"): 1,
        ("cellar", "flute"): 2, ("cellar", "harp"): 3,
    }  # fmt: skip
    # The union of what the folds were trained on: the attic's network knew no gong.
    assert [c for c in table.columns if c.startswith("p(")] == [
        "p(drum)", "p(flute)", "p(gong)", "p(harp)", "p(oboe)",
    ]  # fmt: skip
    attic = table["source"] == "attic"
    assert (table.loc[attic, "p(gong)"] == 0).all()
    assert (table.loc[table["source"] == "cellar", "p(oboe)"] == 0).all()
    page = (folder / "report/report.md").read_text()
    assert "**Folds:** all of 3" in page
    assert "## How sure on unseen sources\n\nNot stated: 15 clips are too few" in page
    assert "| attic | flute, harp | 6 | gong | 2 | " in page
    assert "| shed |  | 0 | drum | 3 | no fold |  |" in page
    assert (
        "**Never tested:** 6 clips, because their class is in no other source: drum, gong, oboe"
        in page
    )
    # The harp's one recording in the barn is trained; without the cellar the oboe is not.
    assert "**Trained, but not validated on:** fold attic: oboe" in page
    folds = pd.read_csv(folder / "folds.csv", index_col=0)
    recall = table["correct"].groupby(table["label"]).mean().mean()
    assert f"| macro_recall | {recall:.4f} |" in page
    assert list(folds.index) == ["fold attic", "fold big barn", "fold cellar", "mean", "std"]

    split = pd.read_csv(folder / "fold_attic/splits.csv")
    assert set(split.loc[split["source"] == "attic", "split"]) == {"test", "class_not_trained"}

    other = run_module(
        "cross_validate", "+experiment=svm_mfcc", *corpus, "trainer.max_epochs=3", cwd=tmp_path
    )
    assert other.returncode == 0, other.stderr
    assert "without effect: `trainer.max_epochs=3`, which only networks have" in other.stdout
    (svm,) = (tmp_path / "outputs/svm_mfcc").glob("cross_validation_*")
    done = run_module("compare", folder, svm, "--out", tmp_path / "both", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "both/comparison.md").read_text()
    assert "| model.name | ForestFeatures | SvmMfcc |" in page
    assert "15 shared clips" in page


def test_a_network_is_trained_on_the_classes_of_the_other_sources(corpus, tmp_path):
    done = run_module(
        "cross_validate", "+experiment=perceptron_only", *corpus, "trainer=cpu",
        "trainer.max_epochs=2", "monitor=validation/macro_recall", "only=[attic]",
        "augment=light", "data.views=2",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs/perceptron_only").glob("cross_validation_*")
    content = torch.load(folder / "fold_attic/checkpoints/best.ckpt", weights_only=True)
    assert content["hyper_parameters"]["class_names"] == ["drum", "flute", "harp", "oboe"]
    page = (folder / "fold_attic/report/report.md").read_text()
    assert "the best on validation/macro_recall, tested once" in page
    assert "Left out, because no training clip is of their class: gong (2)" in page
    assert "; 2 rendered views a clip" in page
    table = pd.read_csv(folder / "report/predictions.csv")
    assert len(table) == 6

    done = run_module(
        "evaluate", f"checkpoint={folder}/fold_attic/checkpoints/best.ckpt",
        f"hydra.run.dir={tmp_path}/again", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ours, theirs = (
        (place / "report/metrics.json").read_text()
        for place in (tmp_path / "again", folder / "fold_attic")
    )
    assert ours == theirs


def test_two_processes_share_the_folds_and_end_with_the_figures_of_one(write_sources, tmp_path):
    table = write_sources({source: {"flute": 3, "harp": 3} for source in ("attic", "barn")})
    arguments = [
        "+experiment=perceptron_only", "data=manifest", f"data.path={table}",
        f"data.store_dir={tmp_path}/store", *SMALL, "split=leave_one_source_out",
        "trainer=cpu", "trainer.max_epochs=2",
    ]  # fmt: skip

    def run(name):
        done = run_module("cross_validate", *arguments, cwd=tmp_path / name)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    run("one")
    with ThreadPoolExecutor() as pool:
        screens = list(pool.map(run, ["two", "two"]))
    assert sum(screen.count("of 2) ─") for screen in screens) == 2  # a fold begins
    one, two = (
        next((tmp_path / name).glob("outputs/*/cross_validation_*")) for name in ("one", "two")
    )
    for file in ("folds.csv", "report/predictions.csv", "report/metrics.json"):
        assert (one / file).read_text() == (two / file).read_text()


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["only=[atic]"], "only=['atic'] names atic: did you mean 'attic'?"),
        (["only=[shed]"], "names shed; known here: attic, big barn, cellar"),
        (["split.fold=attic"], "split.fold: every fold has its turn; only=[...] chooses some"),
        (["split=by_recording"], "this split has no folds: instrument_net.train runs it"),
    ],
)
def test_what_is_no_fold_is_one_clear_line(corpus, tmp_path, overrides, said):
    done = run_module("cross_validate", "model=perceptron", *corpus, *overrides, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_of_folds_is_refused_where_the_sources_are_the_folds(corpus, tmp_path):
    done = run_module("cross_validate", "model=perceptron", *corpus, "folds=3", cwd=tmp_path)
    assert done.returncode == 2
    assert "folds: it comes with split=k_fold" in done.stderr
    assert "Traceback" not in done.stderr
