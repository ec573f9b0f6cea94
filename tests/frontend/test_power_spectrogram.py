import pytest
import torch

from instrument_net.frontend.power_spectrogram import PowerSpectrogram

N_FFT, HOP = 512, 128
LAST = 9 * HOP  # where the last of 10 frames begins
NOISE = torch.randn(2, LAST + N_FFT, generator=torch.manual_seed(0))


def spectrogram_and_lengths(monkeypatch, *, n_fft=N_FFT, hop_length=HOP):
    """Return the module, and the list of how many samples it transforms."""
    module, lengths = PowerSpectrogram(n_fft=n_fft, hop_length=hop_length, n_bins=100), []
    transform = module.stft.forward

    def spy(waveform):
        lengths.append(waveform.shape[1])
        return transform(waveform)

    monkeypatch.setattr(module.stft, "forward", spy)
    return module, lengths


def transformed_as_a_whole(module, waveform):
    spectrum = module.stft(waveform)[:, :100]
    return spectrum.real.square() + spectrum.imag.square()


@pytest.mark.parametrize("end", [1, HOP - 1, HOP, HOP + 1, 5 * HOP, LAST - 1, LAST, LAST + 1])
def test_zeros_after_the_last_sound_are_not_transformed_and_no_bit_tells(end, monkeypatch):
    module, lengths = spectrogram_and_lengths(monkeypatch)
    waveform = NOISE.clone()
    waveform[0, end:] = 0
    waveform[1, end // 2 :] = 0
    power = module(waveform)
    n_sounding = -(-end // HOP) if end <= LAST else 10
    assert lengths == [N_FFT + (n_sounding - 1) * HOP]
    expected = transformed_as_a_whole(module, waveform)
    assert torch.equal(power, expected)
    assert power.stride() == expected.stride()  # sums follow the order in memory


def test_silence_is_not_transformed_at_all(monkeypatch):
    module, lengths = spectrogram_and_lengths(monkeypatch)
    power = module(torch.zeros_like(NOISE))
    assert lengths == []
    assert torch.equal(power, torch.zeros(2, 100, 10))


@pytest.mark.parametrize(("end", "n_sounding"), [(200, 1), (1000, 1), (1030, 2), (2024, 3)])
def test_samples_between_frames_that_do_not_overlap_do_not_matter(end, n_sounding, monkeypatch):
    module, lengths = spectrogram_and_lengths(monkeypatch, n_fft=200, hop_length=1000)
    waveform = torch.ones(1, 4200)  # 5 frames
    waveform[:, end:] = 0
    assert torch.equal(module(waveform), transformed_as_a_whole(module, waveform))
    assert lengths[0] == 200 + (n_sounding - 1) * 1000


def test_what_is_not_a_number_is_a_sound():
    waveform = torch.zeros_like(NOISE)
    waveform[0, 4 * HOP] = torch.nan
    power = PowerSpectrogram(n_fft=N_FFT, hop_length=HOP, n_bins=100)(waveform)
    assert power[0, :, 1:5].isnan().all()
    assert torch.equal(power[1], torch.zeros(100, 10))


def test_gradients_reach_what_sounds_and_are_zero_where_nothing_does():
    module = PowerSpectrogram(n_fft=N_FFT, hop_length=HOP, n_bins=100)
    waveform = NOISE.clone()
    waveform[:, 4 * HOP :] = 0
    module(waveform.requires_grad_()).sum().backward()
    whole = waveform.detach().clone().requires_grad_()
    transformed_as_a_whole(module, whole).sum().backward()
    torch.testing.assert_close(waveform.grad, whole.grad)
    assert waveform.grad[:, 1 : 4 * HOP].abs().min() > 0  # the window is 0 on the first sample
