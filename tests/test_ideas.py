"""benchmarks.unheard.ideas: each idea trains and tests, and does what its name says."""

import pandas as pd
import pytest
import torch
from hydra import compose, initialize_config_dir
from torch import nn

from benchmarks.unheard.ideas import __main__ as command
from benchmarks.unheard.ideas import features as features_command
from benchmarks.unheard.ideas.adversary import Adversary
from benchmarks.unheard.ideas.attempt import Attempt
from benchmarks.unheard.ideas.clips import SHORT, WHOLE, Clips, Part
from benchmarks.unheard.ideas.contrastive import contrastive_loss
from benchmarks.unheard.ideas.features import variance_shares
from benchmarks.unheard.ideas.group_robust import GroupRobust, PairRobust
from benchmarks.unheard.ideas.hidden_styles import mixed_style
from benchmarks.unheard.ideas.idea import Idea
from benchmarks.unheard.ideas.listing import IDEAS
from benchmarks.unheard.ideas.mixed_sources import MixedSources
from benchmarks.unheard.ideas.pitch import pitch_codes
from benchmarks.unheard.ideas.relaxed_normalisation import RelaxedNormalisation
from benchmarks.unheard.ideas.sharpness import SharpnessAware
from benchmarks.unheard.ideas.styles import ExchangedStyles
from benchmarks.unheard.ideas.table import table_of_ideas
from benchmarks.unheard.ideas.training import batches, new_network, train
from benchmarks.unheard.recipes import BEST, RECIPES
from benchmarks.unheard.trial import Data, Trial
from instrument_net.configuration import CONF_DIR, extend_hydra
from instrument_net.errors import InputError

CLASSES = ("flute", "oboe", "tuba")
ROWS = [(label, source) for label in CLASSES for source in ("hall", "attic", "bank")] * 2


def part(rows, seed):
    table = pd.DataFrame(rows, columns=["label", "source"])
    table["path"] = [f"{seed}_{k}.wav" for k in range(len(rows))]
    table["extra"] = ["soundfont" if source == "bank" else "" for _, source in rows]
    table["pitch_midi"] = ["60" if k % 2 else "" for k in range(len(rows))]
    pictures = torch.rand(len(rows), 1, 96, 63, generator=torch.Generator().manual_seed(seed))
    return Part(table, pictures.half(), torch.zeros(len(rows), 20), CLASSES)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ideas")
    data = Data(folder / "clips.csv", folder / "banks")
    trial = Trial(BEST, RECIPES[BEST], 0, "1", ["cellar"], data, folder)
    small = ["run_dir=x", "model.filters=2", "trainer.max_epochs=1", "data.epoch_clips=16"]
    small += ["data.batch_size=8"]
    extend_hydra()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=[*trial.overrides, *small])
    tested = [(label, "cellar") for label in CLASSES]
    return Clips(config, part(ROWS, 0), {WHOLE: part(tested, 1), SHORT: part(tested, 2)})


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("attempts")


@pytest.fixture(scope="module")
def start(clips):
    torch.manual_seed(7)
    return dict(new_network(Idea(clips)).state_dict())


@pytest.fixture
def attempt(root, start):
    def make(name, anew=False):
        folder = root / name / f"network_{anew}"
        return Attempt(name, IDEAS[name], folder, 0, None if anew else start, [start, start])

    return make


@pytest.mark.parametrize("name", IDEAS)
def test_every_idea_gives_probabilities_under_both_conditions(name, clips, attempt):
    made, reference = attempt(name), attempt("unchanged" if IDEAS[name].trains else "as_it_is")
    reference.run(clips)
    made.run(clips)
    assert made.is_done(clips)
    for condition in (WHOLE, SHORT):
        predictions = made.predictions(condition)
        assert predictions.class_names == CLASSES
        total = predictions.probabilities.sum(1)
        torch.testing.assert_close(total, torch.ones(3), atol=1e-4, rtol=0)
    done = {one.name: [one] for one in (reference, made)}
    rows = table_of_ideas(done, reference.name).set_index("idea")
    assert rows.loc[name, "question"] == IDEAS[name].question
    assert (rows.loc[name, "difference"] == "") == (name == reference.name)


def test_what_only_tests_has_the_start_and_what_trains_another_one(clips, attempt, start):
    tested, trained = attempt("as_it_is"), attempt("unchanged")
    for one in (tested, trained):
        one.run(clips)
    network = new_network(Idea(clips))
    network.load_state_dict(start)
    with torch.inference_mode():
        expected = Idea(clips).probabilities(network.eval(), clips.tested[WHOLE])
    assert tested.predictions(WHOLE).probabilities.allclose(expected, atol=1e-4)
    assert not trained.predictions(WHOLE).probabilities.allclose(expected, atol=1e-4)


def test_without_the_network_that_it_tests_an_idea_says_so(clips, attempt):
    with pytest.raises(InputError, match="leave out --from-scratch"):
        attempt("shifted", anew=True).run(clips)


def test_a_student_comes_nearer_to_its_teachers(clips):
    torch.manual_seed(0)
    idea = IDEAS["distilled"](clips)
    idea.share = 1.0
    teacher, student = (new_network(Idea(clips)).eval() for _ in range(2))
    idea.learn_from([teacher])
    pictures, rows = clips.train.spectrograms[:4].float(), [0, 1, 2, 3]
    least = idea.loss(teacher, pictures, rows)
    assert idea.loss(student, pictures, rows) > least


def test_a_seed_gives_the_same_weights_and_another_one_others(clips):
    first, again, other = (train(Idea(clips), seed=seed) for seed in (0, 0, 1))
    weights = [one["output.weight"] for one in (first, again, other)]
    assert weights[0].equal(weights[1])
    assert not weights[0].equal(weights[2])


def test_an_epoch_has_the_batches_of_the_configuration_its_banks_are_a_source_of_each_class(clips):
    drawn = [list(rows) for rows, _ in batches(Idea(clips))]
    assert [len(rows) for rows in drawn] == [8, 8]
    labels = clips.train.labels[[row for rows in drawn for row in rows]]
    assert sorted(labels.bincount()) == [5, 5, 6]
    extra = clips.train.table["extra"].to_numpy()
    n_of_banks = (extra[[row for rows in drawn for row in rows]] == "soundfont").sum()
    assert 3 <= n_of_banks <= 8  # a third, give or take one of each class


def test_what_is_near_and_positive_costs_less_and_what_is_ignored_costs_nothing():
    positive = torch.tensor([[True, False, False]])
    ignored = torch.tensor([[False, False, True]])
    near = contrastive_loss(torch.tensor([[2.0, 0.0, 9.0]]), positive, ignored)
    expected = -torch.log_softmax(torch.tensor([2.0, 0.0]), dim=0)[0]
    torch.testing.assert_close(near, expected)
    assert contrastive_loss(torch.tensor([[0.0, 2.0, 0.0]]), positive, ignored) > near
    none = torch.zeros(1, 3, dtype=torch.bool)
    assert contrastive_loss(torch.rand(1, 3), none, ignored) == 0


@pytest.mark.parametrize(("kind", "n"), [(GroupRobust, 3), (PairRobust, 9)])
def test_the_weight_of_a_group_rises_with_its_loss(kind, n, clips):
    idea = kind(clips)
    assert len(idea.groups.unique()) == n
    rows = [0, 1]
    logits = torch.zeros(2, 3, requires_grad=True)
    idea.classification(logits, rows)
    before = torch.autograd.grad(idea.classification(logits, rows), logits)[0].abs().sum(1)
    wrong = torch.zeros(2, 3)
    wrong[0, 2] = 9.0  # the first clip is a flute
    for _ in range(50):
        idea.classification(wrong, rows)
    after = torch.autograd.grad(idea.classification(logits, rows), logits)[0].abs().sum(1)
    torch.testing.assert_close(before[0], before[1])
    assert after[0] > 2 * after[1]


def test_the_network_is_trained_against_the_head_that_names_the_source(clips):
    torch.manual_seed(0)
    idea = Adversary(clips)
    idea._n_steps = 10_000
    vectors = torch.randn(3, 64, requires_grad=True)
    gradient = torch.autograd.grad(idea.further_loss(vectors, [0, 1, 2]), vectors)[0]
    with torch.no_grad():
        before = idea.further_loss(vectors, [0, 1, 2])
        after = idea.further_loss(vectors - 5 * gradient, [0, 1, 2])
    assert after > before


def test_mixed_maps_have_the_other_clips_mean_and_deviation():
    maps = torch.randn(2, 3, 8, 8) * torch.tensor([1.0, 5.0])[:, None, None, None]
    order = torch.tensor([1, 0])
    same = mixed_style(maps, order, torch.ones(2, 1, 1, 1))
    torch.testing.assert_close(same, maps, atol=1e-4, rtol=1e-4)
    swapped = mixed_style(maps, order, torch.zeros(2, 1, 1, 1))
    torch.testing.assert_close(swapped.mean((2, 3)), maps.mean((2, 3))[order], atol=1e-4, rtol=0)
    torch.testing.assert_close(swapped.std((2, 3)), maps.std((2, 3))[order], atol=1e-3, rtol=0)


def test_normalised_bands_do_not_know_a_gain_and_silence_is_zero(clips):
    class ByBand(RelaxedNormalisation):
        share = 1.0

    picture = torch.rand(1, 1, 96, 63) / 2 + 0.1
    picture[..., 40:] = 0
    louder = picture + torch.linspace(0, 0.3, 96)[:, None] * (picture > 0)
    normalised = ByBand(clips).inputs(picture)
    torch.testing.assert_close(ByBand(clips).inputs(louder), normalised, atol=1e-3, rtol=0)
    assert (normalised[..., 40:] == 0).all()
    assert (ByBand(clips).inputs(torch.zeros(1, 1, 96, 63)) == 0).all()
    mixed = RelaxedNormalisation(clips)
    assert not torch.allclose(mixed.inputs(louder), mixed.inputs(picture), atol=0.02)


def test_a_clip_takes_the_slope_of_a_source_that_shares_its_class(clips):
    slope = torch.linspace(-0.2, 0.2, 96)[:, None]
    pictures = torch.full((len(ROWS), 1, 96, 63), 0.5)
    hall = [k for k, (_, source) in enumerate(ROWS) if source == "hall"]
    pictures[hall] += slope
    train_part = Part(clips.train.table, pictures.half(), clips.train.features, CLASSES)
    idea = ExchangedStyles(Clips(clips.config, train_part, clips.tested))
    idea.probability = 1.0
    torch.manual_seed(0)
    changed = idea.styled(pictures[hall], hall)
    spread = changed[:, 0, -1, 0] - changed[:, 0, 0, 0]
    assert (spread < 0.4 - 0.01).any()  # towards the flat ones
    assert (spread > -0.05).all()


def test_clips_are_mixed_with_their_class_from_other_sources_only(clips):
    levels = {"hall": 0.2, "attic": 0.6, "bank": 1.0}
    pictures = torch.zeros(len(ROWS), 1, 96, 63)
    for row, (label, source) in enumerate(ROWS):
        pictures[row, 0, CLASSES.index(label)] = levels[source]
    train_part = Part(clips.train.table, pictures.half(), clips.train.features, CLASSES)
    idea = MixedSources(Clips(clips.config, train_part, clips.tested))
    idea.probability = 1.0
    rows = list(range(len(ROWS)))
    mixed = idea.styled(pictures, rows)
    for row, (label, _) in enumerate(ROWS):
        assert mixed[row].nonzero()[:, 1].unique().tolist() == [CLASSES.index(label)]
    assert not mixed.equal(pictures)


def test_the_pitch_is_a_point_on_a_circle_and_a_height():
    codes = pitch_codes(torch.tensor([60.0, 72.0, 63.0, float("nan")]))
    torch.testing.assert_close(codes[0], torch.tensor([0.0, 1, 0, 1]), atol=1e-5, rtol=0)
    torch.testing.assert_close(codes[1], torch.tensor([0.0, 1, 0.5, 1]), atol=1e-5, rtol=0)
    torch.testing.assert_close(codes[2], torch.tensor([1.0, 0, 0.125, 1]), atol=1e-5, rtol=0)
    assert (codes[3] == 0).all()


def test_the_gradient_is_taken_where_the_loss_is_higher_and_the_weights_return(clips):
    idea = SharpnessAware(clips)
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 1.0)
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0)
    idea.step(network, optimizer, lambda: network.weight.square().sum())
    torch.testing.assert_close(network.weight, torch.tensor([[1 - 2 * 1.05]]))


def test_a_network_attached_to_reads_its_own_weights_again(clips):
    idea = IDEAS["pitch_known"](clips)
    weights = train(idea, seed=0)
    network = new_network(idea)
    assert any(name.startswith("with_pitch") for name in weights)
    network.load_state_dict(weights)


def test_a_feature_that_only_the_class_decides_has_all_its_variance_there():
    places = pd.DataFrame(ROWS, columns=["label", "source"])
    alone = pd.DataFrame({"label": ["harp"] * 4, "source": "attic"})
    places = pd.concat([places, alone], ignore_index=True)
    values = pd.DataFrame(
        {
            "class": places["label"].factorize()[0] * 2.0,
            "source": places["source"].factorize()[0] * 2.0,
            "noise": [(-1.0) ** (k // 9) for k in range(len(places))],
        }
    )
    shares = variance_shares(values, places)
    assert shares.loc["class", "of classes"] == pytest.approx(1)
    assert shares.loc["source", "of sources"] == pytest.approx(1)
    assert shares.loc["noise", "of clips"] == pytest.approx(1)


@pytest.mark.parametrize("module", [command, features_command])
def test_both_commands_name_themselves_in_their_help(module, capsys):
    with pytest.raises(SystemExit):
        module.parse(["--help"])
    shown = capsys.readouterr().out
    assert f"python -m {module.__name__.removesuffix('.__main__')} " in shown


def test_an_unknown_fold_is_refused_in_one_line(tmp_path, capsys):
    table = tmp_path / "clips.csv"
    pd.DataFrame({"label": ["oboe"] * 20, "source": "a"}).to_csv(table)
    assert command.main([str(table), "--fold", "7"]) == 2
    assert "no fold 7; there are 0" in capsys.readouterr().out
