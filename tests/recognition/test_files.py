"""Windows, files and the command that names them."""

import csv
import json
import shutil

import numpy as np
import pytest
import soundfile
import torch

from instrument_net.predict import SOME_FILES_FAILED, main
from instrument_net.recognition.files import predict_files, window_starts_s
from instrument_net.recognition.recogniser import CheckpointError, Recogniser

NAMES = ["flute", "harp", "oboe"]
SETTINGS = {
    "class_names": NAMES,
    "network": {"name": "TwoBranchNet", "filters": 4, "dense_units": 8},
    "front_end": {"n_fft": 512, "hop_length": 256, "n_bins": 83, "n_frames": 80},
}


@pytest.fixture
def recogniser():
    torch.manual_seed(0)
    return Recogniser.from_settings(SETTINGS)


@pytest.fixture
def checkpoint(recogniser, tmp_path):
    path = tmp_path / "best.ckpt"
    weights = {f"network.{k}": v for k, v in recogniser.network.state_dict().items()}
    torch.save({"hyper_parameters": SETTINGS, "state_dict": weights}, path)
    return path


@pytest.fixture
def noise(tmp_path):
    def write(name, seconds, seed=0):
        rng = np.random.default_rng(seed)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * rng.standard_normal(int(seconds * 44_100)), 44_100)
        return path

    return write


@pytest.mark.parametrize(
    ("length_s", "starts"),
    [
        (0.1, [0]),
        (6, [0]),
        (7.4, [0]),
        (7.5, [0, 3]),
        (10.4, [0, 3]),
        (10.5, [0, 3, 6]),
    ],
)
def test_windows_overlap_by_half_and_leave_no_long_rest(length_s, starts):
    # One more window, 3 s later, where at least a quarter of a window (1.5 s) follows the last.
    assert window_starts_s(length_s, 6.0) == starts


def test_a_long_file_is_the_mean_of_its_windows(recogniser, noise):
    path = noise("long.wav", 3.2 * recogniser.duration_s)
    (result,) = predict_files(recogniser, [path], batch_size=2)
    assert len(result.windows) == len(result.start_s) > 3
    sound, _ = soundfile.read(path, dtype="float32")
    size = recogniser.front_end.num_samples
    for start_s, window in zip(result.start_s, result.windows, strict=True):
        start = round(start_s * 44_100)
        part = np.zeros(size, np.float32)
        part[: len(sound[start : start + size])] = sound[start : start + size]
        with torch.no_grad():
            expected = recogniser(torch.from_numpy(part)[None])[0]
        torch.testing.assert_close(window, expected, atol=1e-5, rtol=1e-4)
    mean = torch.stack(result.windows).mean(0)
    assert dict(result.ranking()) == pytest.approx(dict(zip(NAMES, mean.tolist(), strict=True)))
    assert sum(value for _, value in result.ranking()) == pytest.approx(1)


def test_whole_hears_only_what_training_hears(recogniser, noise):
    path = noise("long.wav", 3.2 * recogniser.duration_s)
    (whole,) = predict_files(recogniser, [path], windowing="whole")
    (slid,) = predict_files(recogniser, [path])
    assert len(whole.windows) == 1
    torch.testing.assert_close(whole.windows[0], slid.windows[0])


def test_results_come_in_order_whatever_the_batch_size(recogniser, noise):
    duration = recogniser.duration_s
    paths = [noise(f"{k}.wav", s * duration, k) for k, s in enumerate((0.5, 2.3, 0.2, 4.1, 1))]
    wanted = [next(predict_files(recogniser, [path])).probabilities for path in paths]
    for batch_size in (1, 3, 64):
        results = list(predict_files(recogniser, paths, batch_size=batch_size))
        assert [result.path for result in results] == paths
        for result, probabilities in zip(results, wanted, strict=True):
            torch.testing.assert_close(result.probabilities, probabilities)


def test_a_file_that_breaks_off_loses_only_itself(recogniser, noise, tmp_path):
    # Ogg without its end: the header promises windows that are not there.
    long = noise("long.ogg", 8 * recogniser.duration_s)
    (tmp_path / "cut.ogg").write_bytes(long.read_bytes()[: long.stat().st_size // 2])
    (tmp_path / "text.wav").write_text("no sound")
    paths = [noise("a.wav", 0.3), tmp_path / "cut.ogg", tmp_path / "text.wav", noise("b.wav", 0.3)]
    for batch_size in (1, 2, 64):
        a, cut, text, b = predict_files(recogniser, paths, batch_size=batch_size)
        assert a.error is b.error is None
        torch.testing.assert_close(a.probabilities, b.probabilities)
        assert "text.wav" in text.error
        if cut.error is None:  # libsndfile counts the pages of what is left
            assert len(cut.windows) == len(cut.start_s)
        else:
            assert "cut.ogg" in cut.error
            assert not cut.windows


def test_an_unknown_windowing_is_refused(recogniser):
    with pytest.raises(ValueError, match=r"windowing must be one of .*, got 'hop'"):
        next(predict_files(recogniser, ["x.wav"], windowing="hop"))


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"none\.ckpt: no such checkpoint"):
        Recogniser.from_checkpoint(tmp_path / "none.ckpt")
    (tmp_path / "text.ckpt").write_text("hello")
    with pytest.raises(CheckpointError, match=r"text\.ckpt: no checkpoint, damaged"):
        Recogniser.from_checkpoint(tmp_path / "text.ckpt")
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    with pytest.raises(CheckpointError, match=r"other\.ckpt: not a checkpoint of instrument_net"):
        Recogniser.from_checkpoint(tmp_path / "other.ckpt")
    torch.save({"model": torch.nn.Linear(1, 1)}, tmp_path / "code.ckpt")
    with pytest.raises(CheckpointError, match=r"code\.ckpt: .*not of plain values alone"):
        Recogniser.from_checkpoint(tmp_path / "code.ckpt")


def test_the_command_names_broken_files_and_classifies_the_others(
    checkpoint, noise, tmp_path, capsys
):
    folder = noise("in/deep/a.wav", 0.5).parents[1]
    noise("in/b.flac", 0.2)
    (folder / "empty.wav").touch()
    (folder / "notes.txt").write_text("not audio, not asked for")
    missing = tmp_path / "missing.wav"
    status = main([str(checkpoint), str(folder), str(missing), "--format=csv", "--top=2"])
    out, err = capsys.readouterr()
    assert status == SOME_FILES_FAILED == 3
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["path"].rpartition("/")[2] for row in rows] == ["b.flac"] * 2 + ["a.wav"] * 2
    assert [row["rank"] for row in rows] == ["1", "2"] * 2
    assert "empty.wav: the file is empty" in err
    assert "missing.wav: no such file" in err
    assert "2 of 4 files could not be read" in err


def test_every_format_says_the_same(checkpoint, noise, tmp_path, capsys):
    path = noise("a.wav", 0.5)
    assert main([str(checkpoint), str(path), "--format=json", "--top=3"]) == 0
    ((row,),) = [json.loads(capsys.readouterr().out)]
    assert row["path"] == str(path)
    best = row["predictions"][0]
    assert sorted(p["label"] for p in row["predictions"]) == NAMES
    assert sum(p["probability"] for p in row["predictions"]) == pytest.approx(1, abs=1e-5)
    out = tmp_path / "new" / "table.txt"
    assert main([str(checkpoint), str(path), "--out", str(out)]) == 0
    assert f"{best['label']} {best['probability']:.0%}" in out.read_text()
    assert list(out.parent.iterdir()) == [out]


def test_the_timeline_has_a_row_per_window(checkpoint, recogniser, noise, tmp_path):
    path = noise("long.wav", 2 * recogniser.duration_s)
    timeline = tmp_path / "timeline.csv"
    assert main([str(checkpoint), str(path), "--timeline", str(timeline)]) == 0
    rows = list(csv.DictReader(timeline.read_text().splitlines()))
    starts = window_starts_s(2 * recogniser.duration_s, recogniser.duration_s)
    assert [float(row["start_s"]) for row in rows] == pytest.approx(starts, abs=1e-3)
    for row in rows:
        values = {name: float(row[f"p({name})"]) for name in NAMES}
        assert row["label"] == max(values, key=values.get)
        assert sum(values.values()) == pytest.approx(1, abs=1e-5)


def test_a_wrong_checkpoint_or_option_ends_the_command(tmp_path, capsys, noise):
    assert main([str(tmp_path / "no.ckpt"), str(noise("a.wav", 0.1))]) == 2
    assert "no.ckpt: no such checkpoint" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["x.ckpt", "a.wav", "--top=0"])
    assert "--top and --batch-size must be at least 1" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("to", "ending"), [("onnx", ".onnx"), ("torch", ".pt2")])
def test_an_exported_file_says_what_the_checkpoint_says(checkpoint, recogniser, to, ending):
    onnxruntime = pytest.importorskip("onnxruntime")
    import warnings

    from safetensors.torch import load_file

    from instrument_net.export import main as export

    with warnings.catch_warnings():  # of PyTorch's exporters, about themselves
        warnings.simplefilter("ignore")
        assert export([str(checkpoint), "--to", to]) == 0
        file = checkpoint.with_suffix(ending)
        waveforms = torch.randn(5, recogniser.front_end.num_samples)
        waveforms[3] = 0
        if to == "onnx":
            session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
            theirs = torch.from_numpy(session.run(None, {"waveform": waveforms.numpy()})[0])
            metadata = session.get_modelmeta().custom_metadata_map
        else:
            extra = {"metadata.json": ""}
            theirs = torch.export.load(file, extra_files=extra).module()(waveforms)
            metadata = json.loads(extra["metadata.json"])
    with torch.no_grad():
        torch.testing.assert_close(theirs, recogniser(waveforms), atol=1e-5, rtol=1e-4)
    assert json.loads(metadata["class_names"]) == NAMES
    assert int(metadata["sample_rate_hz"]) == 44_100
    weights = load_file(checkpoint.with_suffix(".safetensors"))
    settings = json.loads(checkpoint.with_suffix(".json").read_text())
    again = Recogniser.from_settings(settings)
    again.network.load_state_dict(weights)
    with torch.no_grad():
        torch.testing.assert_close(again(waveforms), recogniser(waveforms))


@pytest.mark.slow
def test_an_exported_file_holds_another_front_end_and_a_newer_network(tmp_path):
    pytest.importorskip("onnxruntime")
    import warnings

    from instrument_net.export import export_onnx

    torch.manual_seed(0)
    spectrogram = {"name": "constant_q", "n_octaves": 2, "hop_length": 256, "f_min_hz": 440}
    front_end = {**SETTINGS["front_end"], "scale": "pcen", "spectrogram": spectrogram}
    network = {"name": "ResidualNet", "filters": 2, "dense_units": 8, "fusion": "gated"}
    recogniser = Recogniser.from_settings(
        {"class_names": NAMES, "network": network, "front_end": front_end}
    )
    recogniser.network.perceptron_branch.scaling.fit(torch.zeros(20), torch.full((20,), 1e3))
    with torch.no_grad():
        recogniser.network.output.weight.mul_(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        difference = export_onnx(recogniser, tmp_path / "x.onnx")
    assert difference < 1e-5
    # It would prove nothing if probabilities were all alike, or certain.
    waveforms = torch.zeros(2, recogniser.front_end.num_samples)
    waveforms[0] = torch.randn(recogniser.front_end.num_samples)
    noise, silence = recogniser(waveforms)
    assert max(noise.max(), silence.max()) < 0.99
    assert (noise - silence).abs().max() > 0.01


def test_an_export_that_differs_is_refused_and_not_written(recogniser, tmp_path):
    from instrument_net.export import ExportError, _refuse_difference

    waveforms = torch.randn(2, recogniser.front_end.num_samples)
    right = recogniser(waveforms).detach()
    assert _refuse_difference(recogniser, lambda w: right[: len(w)], waveforms) < 1e-6
    with pytest.raises(ExportError, match=r"differs from PyTorch by 0\.0002"):
        _refuse_difference(recogniser, lambda w: right[: len(w)] + 2e-4, waveforms)
    with pytest.raises(ExportError):
        _refuse_difference(recogniser, lambda w: right[: len(w)] * float("nan"), waveforms)


def test_a_moved_checkpoint_needs_nothing_beside_it(checkpoint, noise, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(checkpoint, elsewhere / "m.ckpt")
    monkeypatch.chdir(elsewhere)
    assert main(["m.ckpt", str(noise("a.wav", 0.1))]) == 0
