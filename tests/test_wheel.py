"""What is built to be installed holds all that runs, and nothing that does not belong there."""

import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from conftest import CONF_DIR

import instrument_net

hatchling = pytest.importorskip("hatchling", reason="hatchling is of the extra dev")

ROOT = CONF_DIR.parent
PACKAGE = Path(instrument_net.__file__).parent


def files_below(folder):
    """Return every file that is no by-product, relative to the folder above."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    from hatchling.builders.wheel import WheelBuilder

    (path,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_a_wheel_holds_the_package_and_its_configuration(wheel):
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    configuration = {f"instrument_net/{name}" for name in files_below(CONF_DIR)}
    assert len(configuration) > 50
    assert inside == files_below(PACKAGE) | configuration
    assert {"instrument_net/py.typed", "instrument_net/conf/train.yaml"} <= inside
    weights = [
        wheel.getinfo(f"instrument_net/pretrained/best{end}") for end in (".safetensors", ".md")
    ]
    assert sum(one.file_size for one in weights) <= 3 * 10**6


def test_a_wheel_states_version_licence_and_command(wheel):
    (information,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    metadata = Parser().parsestr(wheel.read(f"{information}/METADATA").decode())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "MIT"
    assert f"{information}/licenses/LICENSE" in wheel.namelist()
    commands = wheel.read(f"{information}/entry_points.txt").decode()
    assert "instrument-net = instrument_net.__main__:main" in commands


def test_the_configuration_is_found_inside_an_installed_package(wheel, tmp_path):
    wheel.extractall(tmp_path)
    source = (tmp_path / "instrument_net/configuration.py").read_text()
    code = {"__file__": str(tmp_path / "instrument_net/configuration.py"), "__name__": "installed"}
    exec(compile(source, code["__file__"], "exec"), code)
    assert code["CONF_DIR"] == tmp_path / "instrument_net/conf"
    assert "baseline" in code["options_of"]("experiment")


def test_the_source_distribution_holds_what_a_checkout_needs_and_no_runs(tmp_path):
    from hatchling.builders.sdist import SdistBuilder

    (path,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "constraints.txt", "LICENSE", "conf/train.yaml", "docs/results.md"} <= names
    assert files_below(PACKAGE) <= names
    assert {name for name in names if name.startswith("outputs/")} <= {"outputs/README.md"}
    assert not [name for name in names if name.startswith((".venv", ".git/"))]
