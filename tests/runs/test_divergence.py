"""A run that diverges says so."""

import pytest
from conftest import run_module

RUN = ["data=manifest", "data.path=clips.csv", "model=perceptron", "trainer=cpu"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("overrides", "split"),
    [(["trainer.max_epochs=3", "data.batch_size=2"], "training"),
     (["trainer.max_epochs=1", "data.batch_size=8"], "validation")],
)  # fmt: skip
def test_diverged_training_is_one_line_with_epoch_and_advice(
    overrides, split, write_sources, tmp_path
):
    write_sources({"attic": {"flute": 4, "harp": 4}})
    done = run_module(
        "train", *RUN, *overrides, "optimizer.lr=1e30", "hydra.run.dir=run", cwd=tmp_path
    )
    assert done.returncode == 2
    said = f"error: training has diverged: in epoch 1 the loss of {split} is no number any more"
    assert said in done.stderr
    assert "lower the rate, as optimizer.lr=1e+29" in done.stderr
    assert "Traceback" not in done.stderr
