"""What a run says about the code that it ran: its own commit, and nobody else's."""

import shutil
import subprocess

import pytest

from instrument_net.runs import environment
from instrument_net.runs.facts import facts_of_the_machine

HERE = {
    "gpu": None,
    "cpu": "AVX2, 1 thread",
    "git_dirty": None,
    "packages": {"instrument_net": "1"},
}


def test_without_a_commit_the_version_is_named():
    code = facts_of_the_machine(0, {**HERE, "git_commit": None})["Code"]
    assert code == "version 1, installed: its commit is not known"
    code = facts_of_the_machine(0, {**HERE, "git_commit": "1a2b", "git_dirty": True})["Code"]
    assert code == "commit 1a2b with uncommitted changes"


def test_an_installation_inside_another_project_has_no_commit(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("needs git")
    package = tmp_path / "venv/lib/instrument_net/runs"
    package.mkdir(parents=True)
    monkeypatch.setattr(environment, "__file__", str(package / "environment.py"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@y"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "theirs"]):
        subprocess.run([*git, *command], check=True)
    assert environment.describe_environment()["git_commit"] is None
    subprocess.run(["git", "-C", str(package.parents[1]), "init", "-q"], check=True)
    git[2] = str(package.parents[1])
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "ours"], check=True)
    assert len(environment.describe_environment()["git_commit"]) == 40
