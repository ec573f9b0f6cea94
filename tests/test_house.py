"""The house: each stage imports only stages before it."""

import ast
from pathlib import Path

import pytest

import instrument_net

PACKAGE = Path(instrument_net.__file__).parent

# In the order in which data flows; what stands in one line does not import its neighbours.
ORDER = [
    {
        "progress",
        "memory",
        "environment",
        "configuration",
        "files",
        "device",
        "frequency_axis",
        "run_folder",
    },
    {
        "synthesis",
        "audio",
        "loss",
        "optimizer",
        "schedule",
        "class_averages",
        "weight_averaging",
    },
    {"augmentation", "frontend", "models"},
    {"data", "recogniser"},
    {"prediction", "explanation"},
    {"classifier", "evaluation"},
    {
        "monitoring",
        "compilation",
        "judging",
        "explaining",
        "screen",
        "baselines",
        "run_facts",
        "starting_weights",
        "assembly",
    },
    {"command", "fold_summary", "train_baseline"},
    {"train", "predict", "export", "evaluate", "compare", "demo"},
    {"cross_validation"},
    {"cross_validate", "search"},
]
LEVEL = {stage: level for level, stages in enumerate(ORDER) for stage in stages}
# Stages that know nothing of any other stage of ours.
ALONE = {
    "augmentation", "frontend", "models", "evaluation", "audio", "loss", "optimizer", "synthesis",
    "weight_averaging",
}  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def stage_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_stages(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("instrument_net."):
                yield name.split(".")[1]


def test_every_stage_has_its_place_in_the_order():
    assert {stage_of(path) for path in MODULES} - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_stages_before_its_own(path):
    own = stage_of(path)
    for other in imported_stages(path):
        if other != own:
            assert LEVEL[other] < LEVEL[own], f"{own} imports {other}"
            assert own not in ALONE or other in {"progress", "files", "frequency_axis"}, (
                f"{own} imports {other}"
            )


def test_only_commands_know_hydra():
    for path in MODULES:
        if stage_of(path) not in {
            "assembly",
            "configuration",
            "command",
            "train",
            "evaluate",
            "cross_validate",
            "cross_validation",
            "search",
        }:
            text = path.read_text()
            assert "import hydra" not in text, path
            assert "from hydra" not in text, path
