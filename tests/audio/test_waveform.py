import resource
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from instrument_net.audio import AudioError, OpenSound, load_waveform, waveform

FORMATS = {
    "wav": ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"],
    "flac": ["PCM_16", "PCM_24"],
    "ogg": ["VORBIS"],
    "mp3": ["MPEG_LAYER_III"],
    "aiff": ["PCM_16", "PCM_24", "FLOAT"],
}
# What the coding itself may add, relative to the tone, in decibel.
NOISE_DB = {"PCM_U8": -35, "VORBIS": -15, "MPEG_LAYER_III": -15}


def sine(rate_hz, frequency_hz=1000.0, duration_s=1.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(rate_hz * duration_s)) / rate_hz)


def error_db(waveform, frequency_hz, first=4410, last=39_690):
    """Return what is left after the best fit of one sine, in decibel below it."""
    y = waveform[first:last].double().numpy()
    angle = 2 * np.pi * frequency_hz * np.arange(first, last) / 44_100
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    return 10 * np.log10(np.mean(rest**2) / np.mean(y**2))


@pytest.mark.parametrize(
    ("extension", "subtype"), [(e, s) for e, subtypes in FORMATS.items() for s in subtypes]
)
def test_every_format_gives_back_its_tone(tmp_path, extension, subtype):
    path = tmp_path / f"tone.{extension}"
    soundfile.write(path, sine(44_100), 44_100, subtype=subtype)
    waveform = load_waveform(path)
    assert waveform.shape == (265_216,)
    assert waveform.dtype == torch.float32
    assert waveform.abs().max() == 1
    assert error_db(waveform, 1000.0) < NOISE_DB.get(subtype, -80)
    assert waveform[46_000:].abs().sum() == 0


@pytest.mark.parametrize(
    "rate_hz", [8_000, 11_025, 22_050, 32_000, 44_099, 44_101, 48_000, 88_200, 96_000, 192_000]
)
def test_a_tone_keeps_its_pitch_at_every_rate(tmp_path, rate_hz):
    path = tmp_path / "tone.wav"
    soundfile.write(path, sine(rate_hz), rate_hz, subtype="FLOAT")
    waveform = load_waveform(path)
    # 44,099 and 44,101 Hz are converted as 44,100: 0.04 cent, or 0.057 rad at the ends of the
    # 0.8 s compared; uniform in between, that is 0.033 rad rms, -29.7 dB.
    assert error_db(waveform, 1000.0) < (-29.5 if rate_hz in (44_099, 44_101) else -90)


def test_frequencies_above_half_the_new_rate_are_removed_not_aliased(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, sine(96_000, 1000) + sine(96_000, 30_000), 96_000, subtype="FLOAT")
    assert error_db(load_waveform(path), 1000.0) < -80


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_channels_are_averaged(tmp_path, channels):
    path = tmp_path / "many.wav"
    signals = np.stack([sine(44_100, 500 * (c + 1)) for c in range(channels)], axis=1)
    soundfile.write(path, signals, 44_100, subtype="FLOAT")
    mean = signals.mean(axis=1)
    expected = torch.from_numpy(mean / np.abs(mean).max()).float()
    torch.testing.assert_close(load_waveform(path)[:44_100], expected, rtol=0, atol=1e-6)


def test_a_long_file_is_cut_and_only_its_beginning_read(tmp_path, monkeypatch):
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 44_100, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(sine(44_100, duration_s=10))
    decoded = []
    read = soundfile.SoundFile.read
    monkeypatch.setattr(
        soundfile.SoundFile, "read", lambda *a, **k: decoded.append(read(*a, **k)) or decoded[-1]
    )
    waveform = load_waveform(path)
    assert 265_216 <= sum(map(len, decoded)) < 270_000
    assert waveform.shape == (265_216,)
    assert waveform[-1000:].abs().max() > 0.9


def test_an_excerpt_is_found_by_its_time(tmp_path):
    path = tmp_path / "steps.flac"
    steps = np.repeat([0.1, 0.2, 0.3, 0.4], 22_050)
    soundfile.write(path, steps, 44_100)
    waveform = load_waveform(path, start_s=0.75, duration_s=0.5)
    assert (waveform != 0).sum() == 22_050
    torch.testing.assert_close(waveform[[100, 20_000]], torch.tensor([0.5, 0.75]) * 4 / 3,
                               rtol=0, atol=1e-3)  # fmt: skip
    with pytest.raises(AudioError, match=r"start_s 3 lies beyond its end at 2\.000 s"):
        load_waveform(path, start_s=3.0)


@pytest.mark.parametrize("start_s", [-1.0, np.nan, np.inf])
def test_an_impossible_start_is_refused(write_tone, start_s):
    with pytest.raises(AudioError, match=rf"a\.wav: start_s is {start_s:g}, expected"):
        load_waveform(write_tone("a.wav"), start_s=start_s)


@pytest.mark.parametrize("duration_s", [0.0, -1.0, np.nan])
def test_an_impossible_duration_is_refused_not_silent(write_tone, duration_s):
    with pytest.raises(AudioError, match=rf"a\.wav: duration_s is {duration_s:g}, expected"):
        load_waveform(write_tone("a.wav"), duration_s=duration_s)


def test_silence_and_subnormal_whispers_stay_zero(tmp_path):
    for name, value in (("silence", 0.0), ("whisper", 1e-42)):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, np.full(1000, value, np.float32), 44_100, subtype="FLOAT")
        assert load_waveform(path).abs().max() == 0


def test_the_largest_float_samples_do_not_overflow(tmp_path):
    path = tmp_path / "loud.wav"
    loud = (sine(48_000) * 6e38).astype(np.float32)
    soundfile.write(path, np.stack([loud, loud], axis=1), 48_000, subtype="FLOAT")
    waveform = load_waveform(path)
    assert waveform.isfinite().all()
    assert error_db(waveform, 1000.0) < -80


def write_bytes(path, content):
    path.write_bytes(content)
    return path


def whole_file(tmp_path, extension, **options):
    path = tmp_path / f"whole.{extension}"
    soundfile.write(path, sine(44_100), 44_100, **options)
    return path.read_bytes()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinite_samples_are_refused(tmp_path, value):
    path = tmp_path / "bad.wav"
    samples = sine(44_100)
    samples[100] = value
    soundfile.write(path, samples, 44_100, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"bad\.wav: holds NaN or infinite"):
        load_waveform(path)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_file_cut_in_half_is_refused_not_trained_on(tmp_path, extension):
    content = whole_file(tmp_path, extension)
    path = write_bytes(tmp_path / f"half.{extension}", content[: len(content) // 2])
    with pytest.raises(AudioError, match=rf"half\.{extension}: (truncated|cannot be decoded)"):
        load_waveform(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"This is a text about flutes.\n" * 40, "no audio"),
        (b"RIFF\x00\x00\x00\x00WAVE", "no audio"),
        (bytes(5000), "no audio"),
    ],
)
def test_what_is_no_audio_is_refused(tmp_path, content, message):
    with pytest.raises(AudioError, match=rf"x\.wav: .*{message}"):
        load_waveform(write_bytes(tmp_path / "x.wav", content))


def test_a_file_without_samples_a_folder_and_a_missing_file_are_refused(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 44_100)
    with pytest.raises(AudioError, match=r"none\.wav: holds no sample"):
        load_waveform(tmp_path / "none.wav")
    soundfile.write(tmp_path / "one.wav", np.ones(1), 44_100)
    with pytest.raises(AudioError, match=r"one\.wav: 1 sample\(s\) at 44100 Hz are too short"):
        load_waveform(tmp_path / "one.wav")
    with pytest.raises(AudioError, match="is a folder"):
        load_waveform(tmp_path)
    with pytest.raises(AudioError, match=r"gone\.wav: no such file"):
        load_waveform(tmp_path / "gone.wav")


@pytest.mark.parametrize("rate_hz", [4_000, 384_000, 2_147_483_647])
def test_rates_outside_the_range_are_refused(tmp_path, rate_hz):
    content = bytearray(whole_file(tmp_path, "wav"))
    content[24:28] = rate_hz.to_bytes(4, "little")
    path = write_bytes(tmp_path / "rate.wav", content)
    with pytest.raises(AudioError, match=rf"sample rate {rate_hz} Hz lies outside 8000 to 192000"):
        load_waveform(path)


def test_a_wav_written_to_a_pipe_has_no_length_and_is_still_read(tmp_path):
    content = bytearray(whole_file(tmp_path, "wav"))
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    assert load_waveform(write_bytes(tmp_path / "piped.wav", content)).abs().max() == 1


def test_a_streamed_flac_is_read_if_long_enough_and_refused_with_the_reason_otherwise(tmp_path):
    paths = {}
    for duration_s in (2, 8):
        paths[duration_s] = tmp_path / f"{duration_s}.flac"
        soundfile.write(paths[duration_s], sine(44_100, duration_s=duration_s), 44_100)
        content = bytearray(paths[duration_s].read_bytes())
        # STREAMINFO: the last 36 of the 64 bits from byte 18 on count the samples; 0 is "unknown".
        content[21] &= 0xF0
        content[22:26] = bytes(4)
        paths[duration_s].write_bytes(content)
    assert error_db(load_waveform(paths[8]), 1000.0) < -80
    with pytest.raises(AudioError, match=r"2\.flac: .* its header does not state its length"):
        load_waveform(paths[2])


@pytest.mark.parametrize("name", ["bare.raw", "BARE.RAW"])
def test_samples_without_a_header_are_refused(tmp_path, name):
    with pytest.raises(AudioError, match=rf"{name}: \.raw has no header"):
        load_waveform(write_bytes(tmp_path / name, bytes(range(256)) * 40))


@pytest.mark.parametrize("name", ["a.au", "a.snd", "a.gsm", "a.vox"])
def test_no_ending_makes_a_sound_of_bytes_without_a_header(tmp_path, name):
    with pytest.raises(AudioError, match=rf"{name}: has no header that states its rate"):
        load_waveform(write_bytes(tmp_path / name, bytes(range(256)) * 40))


def test_a_short_rest_of_which_nothing_is_decoded_is_refused_and_not_silent(
    write_tone, monkeypatch
):
    path = write_tone("a.wav", duration_s=0.04)
    monkeypatch.setattr(OpenSound, "blocks", lambda *_: iter(()))
    with pytest.raises(AudioError, match=r"a\.wav: truncated: .* it holds 0\.00 s"):
        load_waveform(path, sample_rate_hz=8_000)


def test_an_excerpt_that_cannot_be_gone_to_is_refused_and_not_silent(write_tone, monkeypatch):
    path = write_tone("a.wav", duration_s=0.4)
    whole = OpenSound.blocks
    monkeypatch.setattr(
        OpenSound, "blocks", lambda sound, start=0, n=None: whole(sound, start, 0 if start else n)
    )
    bare = waveform.open_sound

    @contextmanager
    def open_without_a_length(path):
        with bare(path) as sound:
            yield replace(sound, n_frames=None)

    monkeypatch.setattr(waveform, "open_sound", open_without_a_length)
    with pytest.raises(AudioError, match=r"a\.wav: damaged: it is 0\.40 s .* from 0\.2 s on"):
        load_waveform(path, start_s=0.2)


WRONG_HEADER = """
import resource, sys
from instrument_net.audio import AudioError, OpenSound, load_waveform, waveform
load_waveform(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[2:]:
    try:
        load_waveform(path)
    except AudioError:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_wrong_header_costs_neither_memory_nor_time(tmp_path):
    good = tmp_path / "whole.wav"
    content = bytearray(whole_file(tmp_path, "wav"))
    lies = []
    # rates that share no factor with 44,100, 3 hours of sound, 1,000 channels
    for name, place, value in [
        ("rate_a", 24, 44_111), ("rate_b", 24, 191_999), ("rate_c", 24, 8_009),
        ("length", 40, 3 * 3600 * 88_200), ("channels", 22, 200),
    ]:  # fmt: skip
        lie = bytearray(content)
        n = 2 if name == "channels" else 4
        lie[place : place + n] = value.to_bytes(n, "little")
        lies.append(str(write_bytes(tmp_path / f"{name}.wav", lie)))
    done = subprocess.run(
        [sys.executable, "-c", WRONG_HEADER, str(good), *lies],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert int(done.stdout) < 300_000  # kilobytes


@pytest.mark.parametrize("extension", FORMATS)
def test_flipped_header_bits_give_a_waveform_or_a_clear_error(tmp_path, extension):
    rng = np.random.default_rng(3)
    content = np.frombuffer(whole_file(tmp_path, extension), np.uint8)
    path = tmp_path / f"flipped.{extension}"
    refused = named = 0
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(60):
        damaged = content.copy()
        places = rng.integers(0, 64, size=rng.integers(1, 4))
        damaged[places] ^= (1 << rng.integers(0, 8, size=len(places))).astype(np.uint8)
        path.write_bytes(damaged.tobytes())
        try:
            waveform = load_waveform(path)
        except AudioError as error:
            refused += 1
            named += str(path) in str(error)
        else:
            assert waveform.shape == (265_216,)
            assert float(waveform.abs().max()) in (0.0, 1.0)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_kb < 500_000
    assert 0 < refused == named
