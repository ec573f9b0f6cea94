import pandas as pd
import pytest
import torch

from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions, bootstrap_intervals

NAMES = ("flute", "harp", "oboe")


@pytest.fixture
def predictions():
    """Three clips of two recordings."""
    clips = pd.DataFrame(
        {"path": ["a.wav", "b.wav", "c.wav"], "label": ["harp", "oboe", "harp"],
         "group": ["r0", "r0", "r1"]}
    )  # fmt: skip
    logits = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    return Predictions(clips, logits.softmax(dim=1), NAMES)


def test_probabilities_for_other_clips_are_refused(predictions):
    with pytest.raises(ValueError, match=r"\(2, 3\).*3 clips and 3 classes"):
        Predictions(predictions.clips, predictions.probabilities[:2], NAMES)


def test_a_known_class_must_not_be_lost(predictions):
    with pytest.raises(ValueError, match="predictions of flute would be lost"):
        predictions.over(["harp", "oboe"])


def test_predictions_survive_their_csv(predictions, tmp_path):
    predictions.table().to_csv(tmp_path / "p.csv")
    again = Predictions.from_csv(tmp_path / "p.csv")
    assert again.class_names == NAMES
    assert list(again.clips["label"]) == list(predictions.clips["label"])
    assert list(again.groups) == list(predictions.groups) == ["r0", "r0", "r1"]
    torch.testing.assert_close(again.probabilities, predictions.probabilities, atol=1e-6, rtol=0)


def test_names_that_look_like_something_else_survive_their_csv(tmp_path):
    names = ("NA", "None", "nan", "01", "1e5", "true", "null", "N/A")
    clips = pd.DataFrame({column: list(names) for column in ("path", "label", "source", "group")})
    clips["start_s"], clips["note"] = 0.5, ""
    predictions = Predictions(clips, torch.eye(len(names)), names)
    predictions.table().to_csv(tmp_path / "p.csv")
    again = Predictions.from_csv(tmp_path / "p.csv")
    pd.testing.assert_frame_equal(again.clips, clips, check_dtype=False)
    assert again.class_names == names
    assert again.correct.all()
    assert bootstrap_intervals(again).loc["accuracy"].tolist() == [1, 1]


def test_clips_of_unknown_recording_are_recordings_of_their_own(predictions, tmp_path):
    half = Predictions(
        predictions.clips.assign(group=["", None, "r1"]), predictions.probabilities, NAMES
    )
    assert list(half.groups) == ["a.wav", "b.wav", "r1"]
    half.table().to_csv(tmp_path / "p.csv")
    assert list(Predictions.from_csv(tmp_path / "p.csv").groups) == ["a.wav", "b.wav", "r1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file; a finished run has report/predictions.csv"),
        (b"a,b\n1,2\n", "not the predictions of a report: no columns confidence, correct, label"),
        (
            b",path,label,predicted,correct,confidence,true_probability,p(a)\n0,x,b,a,True,1,1,1\n",
            "not the predictions of a report: no column p(b)",
        ),
        (
            b",path,label,predicted,correct,confidence,true_probability,p(a)\n0,x,a,a,True,1,1,?\n",
            "no CSV table",
        ),
        (b"", "no CSV table"),
        (b"a,b\n1,2\n3,4,5,6\n", "no CSV table"),
        (b"\xff\xfe\x81", "no CSV table"),
    ],
)
def test_what_is_no_table_of_predictions_is_refused_by_its_name(tmp_path, content, said):
    path = tmp_path / "other.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        Predictions.from_csv(path)
    assert str(refusal.value).startswith(f"{path}: {said}")
