import pytest

from instrument_net.drawing.png import png
from instrument_net.search.outcome import Outcome
from instrument_net.search.plots import (
    drawn_parameters,
    plot_history,
    plot_importances,
    plot_running,
    plot_slices,
)
from instrument_net.search.space import read_space

SPACE = read_space(
    {
        "optimizer.lr": {"log_uniform": [1e-4, 1e-2]},
        "augment": {"choice": ["none", "light"]},
        "augment.mixup.probability": {"uniform": [0, 1]},
    }
)


def outcome(number, state, running, **drawn):
    value = None if state == "failed" else running[-1]
    return Outcome(
        number=number, state=state, value=value, interval=None, reason=None,
        running=dict(enumerate(running, start=1)), changes=["x=1"] if drawn else [],
        drawn={k.replace("__", "."): v for k, v in drawn.items()},
    )  # fmt: skip


OUTCOMES = [
    outcome(0, "complete", [0.8, 0.5, 0.4]),
    outcome(1, "complete", [0.7, 0.6, 0.5], optimizer__lr=1e-3, augment="none"),
    outcome(2, "pruned", [0.6, 0.3], optimizer__lr=2e-4, augment="none"),
    outcome(3, "failed", []),
    outcome(4, "complete", [0.9, 0.5, 0.45], optimizer__lr=8e-3, augment="light",
            augment__mixup__probability=0.3),
]  # fmt: skip


def test_the_history_has_a_point_a_trial_and_the_best_so_far():
    (axes,) = plot_history(OUTCOMES).axes
    complete, pruned, best = axes.lines
    assert complete.get_xydata().tolist() == [[0, 0.4], [1, 0.5], [4, 0.45]]
    assert pruned.get_xdata().tolist() == [2]
    assert pruned.get_ydata().tolist() == [0.03]  # of the height: its own 0.3 is of fewer folds
    assert best.get_ydata().tolist() == [0.4, 0.5, 0.5, 0.5]


def test_the_running_objective_has_a_line_a_trial_as_far_as_it_ran():
    (axes,) = plot_running(OUTCOMES, ["attic", "barn", "cellar"]).axes
    curves = [line.get_ydata().tolist() for line in axes.lines if len(line.get_ydata())]
    assert curves == [[0.8, 0.5, 0.4], [0.6, 0.3], [0.9, 0.5, 0.45], [0.7, 0.6, 0.5]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["attic", "barn", "cellar"]


def test_slices_show_the_complete_trials_that_have_drawn_a_parameter():
    figure = plot_slices(OUTCOMES, SPACE)
    offsets = {a.get_title(): a.collections[0].get_offsets().tolist() for a in figure.axes}
    assert offsets == {
        "optimizer.lr": [[1e-3, 0.5], [8e-3, 0.45]],
        "augment": [[0, 0.5], [1, 0.45]],
        "augment.mixup.probability": [[0.3, 0.45]],
    }
    assert not drawn_parameters(OUTCOMES[:1], SPACE)


@pytest.mark.slow
def test_all_of_them_can_be_drawn():
    figures = [
        plot_history(OUTCOMES), plot_running(OUTCOMES, ["a", "b", "c"]),
        plot_slices(OUTCOMES, SPACE), plot_importances({"optimizer.lr": 0.7, "augment": 0.3}),
    ]  # fmt: skip
    for figure in figures:
        assert png(figure).startswith(b"\x89PNG")


def test_a_grid_that_is_not_full_has_no_empty_axes():
    space = read_space({f"model.x{i}": {"uniform": [0, 1]} for i in range(4)})
    drawn = {f"model__x{i}": 0.5 for i in range(4)}
    outcomes = [outcome(1, "complete", [0.5], **drawn), outcome(2, "complete", [0.6], **drawn)]
    assert [axes.get_title() for axes in plot_slices(outcomes, space).axes] == [
        *(p.key for p in space)
    ]
