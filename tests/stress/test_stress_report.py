"""The scores of a recogniser under every condition, and the section about them."""

import pandas as pd
import pytest
import torch
from small_recogniser import NAMES, small_recogniser, write_noise

from instrument_net.data import Everything, InstrumentDataModule
from instrument_net.drawing.png import png
from instrument_net.evaluation import Predictions, measure
from instrument_net.evaluation.named_outputs import NamedOutputs
from instrument_net.runs.split_predictions import predict_split
from instrument_net.stress.conditions import CONDITIONS, KINDS
from instrument_net.stress.plot import plot_stress
from instrument_net.stress.predicting import predict_under_stress
from instrument_net.stress.report_section import stress_split
from instrument_net.stress.scores import AS_THEY_ARE, score_under

BY_NAME = {condition.name: condition for condition in CONDITIONS}


def predictions(*correct):
    """Of two clips a recording, each predicted right or wrong."""
    p = torch.tensor([[0.9, 0.1] if right else [0.1, 0.9] for right in correct])
    p[len(p) // 2 :] = p[len(p) // 2 :].flip(1)
    labels = ["flute"] * (len(p) // 2) + ["oboe"] * (len(p) // 2)
    paths = [f"{k}.wav" for k in range(len(p))]
    clips = pd.DataFrame({"path": paths, "label": labels, "group": [k // 2 for k in range(len(p))]})
    return Predictions(clips, p, ("flute", "oboe"))


AS_IS = predictions(*[True] * 7, False)
CUT = predictions(*[True] * 4, *[False] * 4)
SCORES = score_under(AS_IS, {BY_NAME["cut to 0.5 s"]: CUT, BY_NAME["MP3 at 64 kbit/s"]: AS_IS})


def test_each_condition_is_compared_with_the_clips_as_they_are():
    assert list(SCORES.index) == [AS_THEY_ARE, "cut to 0.5 s", "MP3 at 64 kbit/s"]
    assert SCORES["macro_recall"].tolist() == [7 / 8, 0.5, 7 / 8]
    assert SCORES["difference"].tolist()[1:] == [-3 / 8, 0]
    assert SCORES["kind"].tolist() == ["", "length", "codec"]
    assert SCORES["value"].tolist()[1:] == [0.5, 64]
    assert SCORES.loc[AS_THEY_ARE, ["value", "difference", "p"]].isna().all()
    ordered = SCORES[["low", "macro_recall", "high"]].to_numpy()
    assert (ordered[:, :-1] <= ordered[:, 1:]).all()
    low, high = SCORES.loc["cut to 0.5 s", ["difference_low", "difference_high"]]
    assert low < -3 / 8 < high <= 0
    assert SCORES.loc["MP3 at 64 kbit/s", ["difference_low", "difference_high", "p"]].tolist() == [
        0, 0, 1,
    ]  # fmt: skip


def test_the_plot_has_a_panel_a_kind_with_the_unchanged_score_in_each():
    figure = plot_stress(SCORES, title="Test")
    assert png(figure)
    length, codec, empty = figure.axes
    assert [axes.get_title() for axes in (length, codec)] == ["length", "codec"]
    assert length.get_xlabel() == KINDS["length"]
    assert [tick.get_text() for tick in length.get_xticklabels()] == ["0.5"]
    assert not empty.axison
    for axes in (length, codec):
        assert list(axes.lines[0].get_ydata()) == [7 / 8, 7 / 8]
    assert figure.get_suptitle() == "Test"


def test_a_recogniser_is_any_function_of_waveforms_and_impossible_conditions_are_left_out():
    batches = torch.rand(3, 1, 4_000, generator=torch.Generator().manual_seed(0))

    def peaks(waveforms):
        return waveforms.abs().amax(dim=1, keepdim=True)

    under = predict_under_stress(peaks, batches, n_clips=3, sample_rate_hz=4_000)
    assert [c for c in CONDITIONS if c not in under] == [
        c for c in CONDITIONS if c.kind in ("band", "codec")
    ]
    for condition, found in under.items():
        changed = condition.apply(batches[:, 0], sample_rate_hz=4_000)
        assert torch.equal(found, peaks(changed))


class BySound:
    """Stands for a trained recogniser: its class follows from the samples, whatever changes."""

    def __init__(self, front_end):
        self.front_end = front_end

    def __call__(self, waveforms):
        codes = (1e9 * waveforms.square().mean(dim=1)).long() % len(NAMES)
        return torch.nn.functional.one_hot(codes, len(NAMES)).float()


@pytest.fixture(scope="module")
def stressed(tmp_path_factory):
    """The section of a small recogniser about noise, one clip of which is of no class it knows."""
    folder = tmp_path_factory.mktemp("stressed")
    for k, label in enumerate(["flute", "flute", "gong", "harp", "oboe", "oboe"]):
        write_noise(folder / f"corpus/{label}/{k}.wav", 0.4, seed=k)
    recogniser = small_recogniser()
    datamodule = InstrumentDataModule.from_folder(
        folder / "corpus", front_end=recogniser.front_end, split=Everything(),
        store_dir=folder / "store",
    )  # fmt: skip
    datamodule.setup()
    outputs = NamedOutputs(NAMES)
    predicted = predict_split(recogniser, datamodule, "test", ignore=frozenset({"gong"}))
    recogniser = BySound(recogniser.front_end)
    sections = stress_split(recogniser, datamodule, predicted, folder / "report", outputs=outputs)
    return recogniser, datamodule, predicted, folder / "report", sections


def test_the_section_has_table_and_plot_of_every_condition(stressed):
    _, _, predicted, report, sections = stressed
    table = pd.read_csv(report / "stress.csv", index_col="condition")
    assert list(table.index) == [AS_THEY_ARE, *BY_NAME]
    expected = measure(predicted).overall["macro_recall"]
    assert table.loc[AS_THEY_ARE, "macro_recall"] == pytest.approx(expected, abs=1e-6)
    assert (report / "stress.png").read_bytes().startswith(b"\x89PNG")
    ((heading, text),) = sections.items()
    assert heading == "Under stress"
    assert "](stress.png)" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 1 + len(CONDITIONS)
    assert "Not possible" not in text


def test_scores_and_classes_are_those_of_the_changed_clips_that_the_network_knows(stressed):
    recogniser, datamodule, predicted, report, _ = stressed
    table = pd.read_csv(report / "stress.csv", index_col="condition")
    each = pd.read_csv(report / "stress_clips.csv")
    assert each["path"].tolist() == predicted.clips["path"].tolist()
    assert each["label"].tolist() == ["flute", "flute", "harp", "oboe", "oboe"]
    loader = datamodule.loader("test")
    waveforms = torch.cat([loader.clips[k][0][None] for k in (0, 1, 3, 4, 5)]) / 32_767
    for condition in CONDITIONS:
        with torch.inference_mode():
            p = recogniser(condition.apply(waveforms, sample_rate_hz=44_100))
        changed = Predictions(predicted.clips, p, predicted.class_names)
        expected = measure(changed).overall["macro_recall"]
        assert table.loc[condition.name, "macro_recall"] == pytest.approx(expected, abs=1e-6)
        assert each[condition.name].tolist() == changed.table()["predicted"].tolist()
