"""The house: README's map is the code's, and a module imports only what stands above it there."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import instrument_net
from instrument_net.__main__ import COMMANDS as TABLE
from instrument_net.configuration import CONF_DIR

PACKAGE = Path(instrument_net.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
COMMANDS = {command.module.split(".")[1] for command in TABLE.values()}
KNOW_HYDRA = {"configuration", "command", "runs", "train", "evaluate", "cross_validate", "search"}


def readme_map():
    """Return the names of README's map in their order, without ending."""
    text = (CONF_DIR.parent / "README.md").read_text()
    block = text.split("## Where things are", 1)[1].split("```")[1]
    inside = block.split("instrument_net/\n", 1)[1]
    names = []
    for line in inside.splitlines():
        if not line.startswith("  "):
            break
        entry = re.split(r" {2,}", line.strip())[0]
        names += [name.removesuffix(".py").removesuffix("/") for name in entry.split()]
    return names


LEVEL = {name: level for level, name in enumerate(readme_map())}


def stage_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path): path for path in MODULES}


def imported(path):
    """Yield every module of ours that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [
                f"{node.module}.{alias.name}"
                if f"{node.module}.{alias.name}" in NAMES
                else node.module
                for alias in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("instrument_net."):
                assert name in NAMES, f"{path} imports {name}"
                yield name


def test_the_map_in_the_readme_is_the_package():
    assert set(LEVEL) == {stage_of(path) for path in MODULES} - {"__init__"}
    assert len(LEVEL) == len(readme_map())


def test_few_modules_lie_flat():
    assert 10 < len(list(PACKAGE.glob("*.py"))) <= 22


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_above_it(path):
    own = stage_of(path)
    for name in imported(path):
        other = name.split(".")[1]
        if other != own:
            assert LEVEL[other] < LEVEL.get(own, 99), f"{own} imports {other}"
            assert other not in COMMANDS, f"{own} imports the command {other}"


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: set(imported(path)) for name, path in NAMES.items()}
    assert sum(map(len, graph.values())) > 100
    assert list(TopologicalSorter(graph).static_order())


def test_only_commands_and_runs_know_hydra():
    for path in MODULES:
        if stage_of(path) not in KNOW_HYDRA:
            text = path.read_text()
            assert "import hydra" not in text, path
            assert "from hydra" not in text, path


def lines_of_code(function):
    """Return the lines of a function without its docstring."""
    first, *_ = function.body
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_are_short(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 250
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines_of_code(node) <= 50, node.name


def strings_of_code(path):
    """Yield the string constants of a file, docstrings left out."""
    code = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(code)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.value


def test_what_a_run_folder_holds_is_known_in_one_place():
    names = {"splits.csv", "rejected.csv", "environment.json", "predictions.csv", "checkpoints"}
    assert names <= set(strings_of_code(PACKAGE / "run_folder.py"))
    for path in MODULES:
        if stage_of(path) != "run_folder":
            assert not names & set(strings_of_code(path)), path


def test_tests_lie_where_what_they_test_lies():
    """tests/ mirrors the package: every folder of tests is one of the package's."""
    tests = Path(__file__).parent
    folders = {path.name for path in tests.iterdir() if any(path.glob("test_*.py"))}
    assert folders <= {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert len(folders) > 8


def test_names_of_test_files_are_unique_since_pytest_imports_them_by_name():
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert len(names) == len(set(names)) > 50
