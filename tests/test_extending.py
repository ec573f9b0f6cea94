"""docs/extending.md, applied to the letter to a copy of the project, which then runs."""

import re
import runpy
import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from instrument_net.configuration import CONF_DIR
from instrument_net.run_folder import RunFolder

PROJECT = CONF_DIR.parent
BLOCK = re.compile(r'```\w+ file="([^"]+)"(?: below="([^\n]+)")?\n(.*?)```', re.DOTALL)
BLOCKS = BLOCK.findall((PROJECT / "docs/extending.md").read_text())


def apply_blocks(project):
    """Write each block's file, or put the block below the line of a file that it names."""
    for name, line, text in BLOCKS:
        path = project / name
        if not line:
            assert not path.exists(), name
            path.write_text(text)
            continue
        lines = path.read_text().splitlines(keepends=True)
        (position,) = [k for k, each in enumerate(lines) if each.rstrip("\n") == line]
        lines.insert(position + 1, text)
        path.write_text("".join(lines))


def test_every_way_to_extend_has_its_blocks():
    changed = {name.rpartition("/")[0] for name, _, _ in BLOCKS}
    assert changed >= {
        "instrument_net/data/corpora", "conf/data", "instrument_net/frontend",
        "instrument_net/models", "conf/model", "instrument_net/evaluation",
        "instrument_net/augmentation", "conf/augment", "instrument_net/learning",
        "instrument_net/stress",
    }  # fmt: skip


@pytest.mark.slow
def test_what_the_page_adds_is_used_by_a_run(tmp_path):
    project = tmp_path / "project"
    for part in ("instrument_net", "conf"):
        shutil.copytree(PROJECT / part, project / part)
    apply_blocks(project)
    rng = np.random.default_rng(0)
    time_s = np.arange(22_050) / 44_100
    for label, frequency_hz in {"flute": 880, "bass_drum": 60}.items():
        for take in range(6):
            tone = np.sin(2 * np.pi * (frequency_hz + take) * time_s) + rng.normal(0, 0.01, 22_050)
            path = project / "recordings" / f"{label}_take{take}.wav"
            path.parent.mkdir(exist_ok=True)
            soundfile.write(path, 0.5 * tone, 44_100)
    done = subprocess.run(
        [
            sys.executable, "-m", "instrument_net.train", "data=takes", "data.path=recordings",
            "data/extra=synthetic", "data.extra.synthetic.individuals_per_class=1",
            "data.extra.synthetic.clips_per_individual=1",
            "data.extra.synthetic.classes=[sine,noise]",
            "model=one_layer", "augment=light", "monitor=validation/specificity",
            "trainer=cpu", "trainer.max_epochs=2", "hydra.run.dir=run",
        ],
        cwd=project, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run = RunFolder(project / "run")
    settings = torch.load(run.best_checkpoint, weights_only=True)["hyper_parameters"]
    assert settings["class_names"] == ["bass_drum", "flute", "noise", "sine"]
    assert settings["feature_names"][-1] == "crest_factor"
    assert settings["network"]["name"] == "OneLayerNet"
    assert (run.report / "support.png").read_bytes().startswith(b"\x89PNG")
    page = run.report_page.read_text()
    assert "](support.png)" in page
    assert "reversal 10%" in page
    assert "the best on validation/specificity" in page
    curves = EventAccumulator(str(run.tensorboard)).Reload().Tags()["scalars"]
    assert "validation/specificity" in curves
    table = runpy.run_path(str(project / "instrument_net/stress/conditions.py"))["CONDITIONS"]
    assert [one.name for one in table][:2] == ["cut to 2 s", "cut to 1 s"]
