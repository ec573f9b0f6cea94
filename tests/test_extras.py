"""What a base installation holds is enough for predict; what more a command needs has a name."""

import subprocess
import sys
import tomllib

from conftest import CONF_DIR
from small_recogniser import save_checkpoint, small_recogniser, write_noise

from instrument_net.extras import _PACKAGES, install, missing

PROJECT = tomllib.loads((CONF_DIR.parent / "pyproject.toml").read_text())["project"]
# How a distribution is imported, where its name is another.
IMPORTED = {"hydra-core": "hydra", "markdown-it-py": "markdown_it", "pyyaml": "yaml",
            "scikit-learn": "sklearn"}  # fmt: skip


def brought_by(requirements):
    names = [each.split(">=")[0] for each in requirements if not each.startswith("instrument_net")]
    return {IMPORTED.get(name, name) for name in names}


def test_every_package_of_an_extra_is_known_by_it():
    extras = PROJECT["optional-dependencies"]
    for extra, packages in _PACKAGES.items():
        # Of a package of two extras, the first is named.
        others = set() if extra == "train" else brought_by(extras["train"])
        assert set(packages) == brought_by(extras[extra]) - others


def test_what_to_install_is_in_quotes_that_every_shell_knows():
    assert install("demo") == 'pip install "instrument-net[demo]"'
    assert missing("sklearn.svm").endswith("of the extra 'baselines': " + install("baselines"))
    assert missing("numpy") is None
    assert missing(None) is None


RUN = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
from instrument_net.__main__ import main
sys.argv = ["instrument-net", *{arguments!r}]
sys.exit(main())
"""


def run_base_installation(*arguments):
    """Run a command as if no extra were installed."""
    blocked = {package for packages in _PACKAGES.values() for package in packages}
    assert not blocked & brought_by(PROJECT["dependencies"])
    code = RUN.format(blocked=blocked, arguments=[str(argument) for argument in arguments])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_predict_needs_no_extra(tmp_path):
    checkpoint = save_checkpoint(small_recogniser(), tmp_path / "best.ckpt")
    clip = write_noise(tmp_path / "clip.wav", 0.5)
    done = run_base_installation("predict", checkpoint, clip, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "clip.wav" in done.stdout


def test_predict_without_a_checkpoint_needs_no_extra_either(tmp_path):
    clip = write_noise(tmp_path / "clip.wav", 0.5)
    done = run_base_installation("predict", clip, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "clip.wav" in done.stdout
    assert "weights in the package, trained on " in done.stderr
    assert run_base_installation("card").stdout.startswith("# Model card: ")


def test_the_other_commands_name_their_extra_in_one_line(tmp_path):
    for command, extra in {"train": "train", "compare": "train", "search": "train"}.items():
        done = run_base_installation(command, tmp_path, tmp_path)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.endswith(f"of the extra '{extra}': {install(extra)}\n")
        assert len(done.stderr.splitlines()) == 1
