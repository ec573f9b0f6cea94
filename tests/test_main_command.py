"""instrument-net COMMAND: every command by its name, and no wait before one is chosen."""

import importlib.metadata
import subprocess
import sys
from importlib.util import find_spec

import pytest

import instrument_net
from instrument_net import __main__ as console
from instrument_net.classifier import InstrumentClassifier


@pytest.fixture
def started(monkeypatch, capsys):
    """Start the console script; return its exit status and what it printed."""

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["/somewhere/bin/instrument-net", *arguments])
        try:
            status = console.main()
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return start


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_is_a_line_a_command(started, arguments):
    status, out, _ = started(*arguments)
    assert status == 0
    for name, command in console.COMMANDS.items():
        assert f"  {name:14}  {command.summary}\n" in out
        assert len(command.summary) <= 60
        assert find_spec(command.module) is not None
    assert all(len(line) <= 80 for line in out.splitlines())


def test_help_and_version_import_nothing_that_takes_time():
    code = (
        "import sys; from instrument_net.__main__ import main\n"
        "for sys.argv[1] in ('--help', '--version'): main()\n"
        "print(sorted({'torch', 'numpy', 'hydra', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, ""], capture_output=True, text=True)
    assert done.stdout.endswith("\n[]\n"), done


def test_the_version_is_that_of_the_installation(started):
    version = importlib.metadata.version("instrument_net")
    assert instrument_net.__version__ == version
    assert started("--version") == (0, f"instrument-net {version}\n", "")


def test_the_package_offers_the_classifier_by_its_own_name():
    assert instrument_net.InstrumentClassifier is InstrumentClassifier
    assert {"InstrumentClassifier", "__version__"} <= set(dir(instrument_net))
    with pytest.raises(AttributeError, match="has no attribute 'Classifier'"):
        _ = instrument_net.Classifier


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("predit", "predit: no such command: did you mean 'predict'?"),
        ("--vershion", "--vershion: no such option: did you mean '--version'?"),
        ("[q]", "[q]: no such command; known here: --help, --version, calibrate"),
    ],
)
def test_an_unknown_command_is_answered_with_the_nearest(started, given, said):
    status, out, err = started(given, "x.wav")
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {said}")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("name", ["cross-validate", "cross_validate"])
def test_a_command_gets_the_arguments_behind_its_name(started, name):
    status, _, err = started(name, "sead=1")
    assert (status, err.splitlines()) == (2, ["error: sead: did you mean 'seed'?"])


def test_help_of_a_command_names_it_as_it_was_typed(started):
    _, out, _ = started("predict", "--help")
    assert out.startswith("usage: instrument-net predict [-h]")
    _, out, _ = started("cross-validate", "--help")
    assert "  instrument-net cross-validate +experiment=" in out
    assert "python -m" not in out


def test_a_command_whose_extra_is_missing_says_what_to_install(started, monkeypatch):
    monkeypatch.setattr(console, "import_module", _without("hydra"))
    status, out, err = started("train", "+experiment=smoke")
    assert (status, out) == (2, "")
    assert err == (
        "error: this needs hydra, of the extra 'train': pip install \"instrument-net[train]\"\n"
    )


def test_a_module_that_no_extra_brings_is_a_fault_to_be_seen_in_full(started, monkeypatch):
    monkeypatch.setattr(console, "import_module", _without("instrument_net.trains"))
    with pytest.raises(ModuleNotFoundError, match=r"instrument_net\.trains"):
        started("train")


def _without(name):
    def fail(module):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    return fail
