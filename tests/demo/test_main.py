"""How the command starts and ends."""

import socket
import subprocess
import sys

import pytest
from tones_and_noise import train_checkpoint

from instrument_net.demo.__main__ import main


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return train_checkpoint(tmp_path_factory.mktemp("demo") / "best.ckpt")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_an_open_address_is_warned_about_and_a_strange_one_refused(checkpoint, capsys):
    # 192.0.2.1 is nobody's: reserved for documentation (RFC 5737).
    assert main([str(checkpoint), "--host=192.0.2.1"]) == 2
    warning, error = capsys.readouterr().err.splitlines()
    assert warning.startswith("warning: --host 192.0.2.1 lets in everyone")
    assert error.startswith("error: cannot listen on 192.0.2.1 port 7860:")


def test_a_missing_checkpoint_ends_the_command(tmp_path, free_port, capsys):
    assert main([str(tmp_path / "none.ckpt"), f"--port={free_port}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert "none.ckpt: no such checkpoint" in line


@pytest.mark.parametrize("option", ["--port=0", "--port=65536", "--max-upload-mb=0"])
def test_numbers_out_of_range_are_refused(option, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["best.ckpt", option])
    assert stop.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err.splitlines()[-1]


def run_without(missing, *arguments):
    """Run the command where importing the modules of these names fails."""
    code = f"""
import runpy, sys
sys.modules.update(dict.fromkeys({missing!r}))
sys.argv[1:] = {arguments!r}
runpy.run_module("instrument_net.demo", run_name="__main__", alter_sys=True)
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_help_needs_neither_torch_nor_gradio():
    done = run_without(["torch", "gradio"], "--help")
    assert done.returncode == 0, done.stderr
    assert "--max-upload-mb" in done.stdout


def test_without_gradio_the_command_says_what_to_install():
    done = run_without(["gradio"], "best.ckpt")
    assert done.returncode == 2
    assert done.stderr == ('error: the page needs gradio: pip install "instrument-net[demo]"\n')
