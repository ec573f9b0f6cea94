import pytest

from instrument_net.configuration import ConfigurationError
from instrument_net.search.space import Parameter, read_space


def test_a_line_is_an_override_s_key_and_what_it_is_drawn_from():
    rate, augment, units = read_space(
        {
            "optimizer.lr": {"log_uniform": [1e-4, 1e-2]},
            "augment": {"choice": ["none", "light"]},
            "model.dense_units": {"integer": [8, 64]},
        }
    )
    assert rate == Parameter("optimizer.lr", "log_uniform", (1e-4, 1e-2))
    assert augment.is_stage
    assert not rate.is_stage
    assert units.values == (8, 64)


@pytest.mark.parametrize(
    ("key", "drawn", "said"),
    [
        ("a.b", {"uniforn": [0, 1]}, "a.b is drawn from 'uniforn': did you mean 'uniform'?"),
        ("a.b", [0, 1], "a.b needs one of uniform, log_uniform, integer, choice"),
        ("a.b", {"uniform": [0, 1], "integer": [0, 1]}, "a.b needs one of"),
        ("a.b", {"uniform": [0, 1, 2]}, "uniform needs two numbers, got [0, 1, 2]"),
        ("a.b", {"uniform": ["0", "1"]}, "uniform needs two numbers"),
        ("a.b", {"uniform": [1, 0]}, "uniform needs the lower limit first, got [1, 0]"),
        ("a.b", {"log_uniform": [0, 1]}, "log_uniform needs limits above 0"),
        ("a.b", {"integer": [1, 2.5]}, "integer needs two whole numbers"),
        ("a.b", {"choice": [1]}, "choice needs a list of at least two values"),
        ("a.b", {"choice": "ab"}, "choice needs a list of at least two values"),
        ("a.b", {"choice": [[1], [2]]}, "choice needs plain values"),
        ("a.b", {"choice": [1, 2, 1]}, "choice needs each value once"),
        ("augment", {"uniform": [0, 1]}, "augment is a stage, whose options are drawn by choice"),
        ("split.seed", {"integer": [0, 9]}, "split.seed is the same in every trial"),
        ("seed", {"integer": [0, 9]}, "seed is the same in every trial"),
        ("data.path", {"choice": ["a", "b"]}, "data.batch_size and data.sampling may be drawn"),
    ],
)
def test_a_line_that_cannot_be_drawn_from_is_refused_by_its_key(key, drawn, said):
    with pytest.raises(ConfigurationError) as caught:
        read_space({key: drawn})
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"space: {key}")


def test_an_empty_space_is_refused():
    with pytest.raises(ConfigurationError, match="the space is empty"):
        read_space({})


@pytest.mark.parametrize(
    ("distribution", "values", "inside", "outside"),
    [
        ("uniform", (0, 0.5), [0, 0.5, 0.25], [0.6, -1, "0.2", None, True]),
        ("integer", (2, 4), [2, 4], [5, 2.5, True]),
        ("choice", (1, "a", None), [1, "a", None], [True, "b", 2]),
    ],
)
def test_a_value_lies_inside_or_outside(distribution, values, inside, outside):
    parameter = Parameter("k", distribution, values)
    assert all(parameter.contains(value) for value in inside)
    assert not any(parameter.contains(value) for value in outside)


@pytest.mark.parametrize(
    ("distribution", "value", "expected"),
    [
        ("log_uniform", 0.00123456, "k=0.001235"),
        ("uniform", 0.0000123456, "k=1.235e-05"),
        ("integer", 12345, "k=12345"),
        ("choice", None, "k=null"),
        ("choice", True, "k=true"),
        ("choice", 0.123456, "k=0.123456"),
        ("choice", "light", "k=light"),
        ("choice", "true", "k='true'"),
        ("choice", "it's 5", r"k='it\'s 5'"),
    ],
)
def test_a_value_becomes_an_override_that_hydra_reads_back(distribution, value, expected):
    from hydra.core.override_parser.overrides_parser import OverridesParser

    override = Parameter("k", distribution, (0, 1)).override(value)
    assert override == expected
    read = OverridesParser.create().parse_override(override).value()
    assert read == pytest.approx(value, rel=1e-3) if isinstance(value, float) else read == value
