"""A recogniser and a clip -> an explanation, and its figure."""

import io

import numpy as np
import pytest
import torch
from small_networks import NAMES, noise, small_recogniser

from instrument_net.explanation import explain, plot_explanation, plot_explanation_panels
from instrument_net.frontend import FEATURE_NAMES
from instrument_net.recognition.certainty import Certainty

SHAPE = (110, 112)


def test_the_predicted_class_is_explained_with_input_and_output_of_the_network():
    recogniser = small_recogniser()
    waveform = noise(recogniser)
    explanation = explain(recogniser, waveform)
    with torch.no_grad():
        probabilities = recogniser(waveform[None])[0]
        spectrogram, _ = recogniser.front_end(waveform[None])
    assert explanation.class_name == NAMES[int(probabilities.argmax())]
    assert explanation.probability == pytest.approx(float(probabilities.max()), abs=1e-5)
    assert torch.equal(explanation.spectrogram, spectrogram[0, 0])
    assert explanation.saliency.shape == SHAPE
    assert 0 <= explanation.saliency.min() <= explanation.saliency.max() <= 1
    assert tuple(explanation.feature_contributions.index) == FEATURE_NAMES
    assert list(explanation.branch_probabilities) == [
        "both", "spectrogram alone", "features alone"
    ]  # fmt: skip
    assert explanation.branch_probabilities["both"] == explanation.probability


def test_any_class_can_be_asked_for_by_name():
    recogniser = small_recogniser()
    waveform = noise(recogniser)
    explanations = [explain(recogniser, waveform, target=name) for name in NAMES]
    assert [e.class_name for e in explanations] == NAMES
    for branches in ("both", "spectrogram alone", "features alone"):
        shares = [e.branch_probabilities[branches] for e in explanations]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert sum(e.probability for e in explanations) == pytest.approx(1, abs=1e-5)
    assert not explanations[0].feature_contributions.equals(explanations[1].feature_contributions)


def test_an_unknown_class_is_refused_with_the_known_ones_and_the_nearest():
    recogniser = small_recogniser()
    words = "no class 'harps': did you mean 'harp'?"
    with pytest.raises(ValueError, match="no class") as refusal:
        explain(recogniser, noise(recogniser), target="harps")
    assert str(refusal.value) == words


@pytest.mark.parametrize("shape", [(1, 28_928), (100,)])
def test_any_other_shape_than_one_clip_is_refused(shape):
    with pytest.raises(ValueError, match=r"waveform has shape .*28928"):
        explain(small_recogniser(), torch.zeros(shape))


def test_explaining_leaves_no_trace():
    recogniser = small_recogniser()
    network = recogniser.network.train()
    network.output.weight.grad = torch.ones_like(network.output.weight)
    network.spectrogram_branch.requires_grad_(False)
    waveform = noise(recogniser)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    needs_gradient = {name: p.requires_grad for name, p in network.named_parameters()}
    with torch.enable_grad():
        explanation = explain(recogniser, waveform)
    assert all(module.training for module in network.modules())
    assert {name: p.requires_grad for name, p in network.named_parameters()} == needs_gradient
    assert torch.equal(network.output.weight.grad, torch.ones_like(network.output.weight))
    assert all(p.grad is None for name, p in network.named_parameters() if name != "output.weight")
    for module in network.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
        assert not module._backward_hooks
    after = network.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert not waveform.requires_grad
    assert not explanation.spectrogram.requires_grad
    assert not explanation.saliency.requires_grad


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
def test_it_needs_no_gradients_around_it(mode):
    recogniser = small_recogniser()
    expected = explain(recogniser, noise(recogniser))
    with mode():
        explanation = explain(recogniser, noise(recogniser))
    torch.testing.assert_close(explanation.saliency, expected.saliency)
    assert explanation.feature_contributions.equals(expected.feature_contributions)


@pytest.mark.parametrize("name", ["TwoBranchNet", "SpectrogramNet", "PerceptronNet"])
def test_silence_is_explained_in_finite_numbers_as_far_as_there_are_branches(name):
    recogniser = small_recogniser(name)
    explanation = explain(recogniser, torch.zeros(recogniser.front_end.num_samples))
    assert not explanation.spectrogram.any()
    assert (explanation.saliency is None) == (name == "PerceptronNet")
    assert (explanation.feature_contributions is None) == (name == "SpectrogramNet")
    if explanation.saliency is not None:
        assert explanation.saliency.isfinite().all()
    if explanation.feature_contributions is not None:
        assert np.isfinite(explanation.feature_contributions).all()
    assert len(explanation.branch_probabilities) == (3 if name == "TwoBranchNet" else 1)


def test_the_figure_shows_spectrogram_saliency_branches_and_features():
    recogniser = small_recogniser()
    explanation = explain(recogniser, noise(recogniser))
    figure = plot_explanation(explanation, front_end=recogniser.front_end)
    spectrogram, scale, branches, features = figure.axes
    assert scale.get_ylabel() == "saliency"
    shown, overlay = spectrogram.get_images()
    assert np.array_equal(shown.get_array(), explanation.spectrogram)
    assert np.array_equal(overlay.get_array(), explanation.saliency)
    left, right, bottom, top = shown.get_extent()
    assert (left, right) == (0, pytest.approx(112 * 256 / 44_100))
    assert (bottom, top) == (-0.5, 109.5)
    assert overlay.get_extent() == shown.get_extent()
    assert overlay.get_cmap()(0.0)[3] == 0  # where nothing is salient, the spectrogram shows
    lengths = {
        label.get_text(): bar.get_width()
        for label, bar in zip(features.get_yticklabels(), features.patches, strict=True)
    }
    assert lengths == pytest.approx(explanation.feature_contributions.to_dict())
    said = [text.get_text() for text in branches.texts]
    assert said[::-1] == [f"{p:.0%}" for p in explanation.branch_probabilities.values()]
    assert figure.get_suptitle().startswith(explanation.class_name)
    titled = plot_explanation(explanation, front_end=recogniser.front_end, title="harp, at last")
    assert titled.get_suptitle() == "harp, at last"


@pytest.mark.parametrize(
    ("name", "left_out"),
    [("SpectrogramNet", "contribution to the logit"), ("PerceptronNet", "saliency")],
)
def test_the_figure_leaves_out_what_the_network_has_no_branch_for(name, left_out):
    recogniser = small_recogniser(name)
    explanation = explain(recogniser, noise(recogniser))
    figure = plot_explanation(explanation, front_end=recogniser.front_end)
    figure.savefig(io.BytesIO())  # no warning
    labels = [label for axes in figure.axes for label in (axes.get_xlabel(), axes.get_ylabel())]
    assert left_out not in labels
    assert {"frequency (kHz)", "time (s)"} <= set(labels)


@pytest.mark.parametrize(
    ("name", "n_axes"),
    # Spectrogram and its scale, branches; features.
    [("TwoBranchNet", [3, 1]), ("SpectrogramNet", [2]), ("PerceptronNet", [1, 1])],
)
def test_the_panels_are_as_narrow_as_a_telephone_and_have_what_the_network_has(name, n_axes):
    recogniser = small_recogniser(name)
    explanation = explain(recogniser, noise(recogniser))
    panels = plot_explanation_panels(explanation, front_end=recogniser.front_end)
    assert [len(panel.axes) for panel in panels] == n_axes
    for panel in panels:
        assert panel.get_figwidth() < 5
        panel.savefig(io.BytesIO())  # no warning
    assert panels[0].axes[0].get_ylabel() == "frequency (kHz)"
    if len(panels) > 1:
        assert len(panels[1].axes[0].patches) == len(explanation.feature_contributions)


def test_an_explanation_has_the_probability_that_the_recogniser_gives():
    recogniser = small_recogniser()
    waveform = noise(recogniser)
    recogniser.certainty = Certainty(3.0, {0.9: 0.1}, 0.2, "a test")
    own = recogniser(waveform[None])[0].max().item()
    explanation = explain(recogniser, waveform)
    assert explanation.probability == pytest.approx(own, rel=1e-5)
    assert explanation.branch_probabilities["both"] == pytest.approx(own, rel=1e-5)
