"""The import graph is the data flow: each package imports only packages before it, a heavy library has one door."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import peerqa

SOURCE = Path(peerqa.__file__).parent
ORDER = (
    "notices errors text reading citing library models index retrieval answering feedback evaluation "
    "wording http cli web"
).split()
"""The packages in the order of the data: what a line imports stands before it in this list, or in the same package."""
INTERFACES = {"http", "cli", "web"}
BEHIND_ANSWERING = {"models", "index", "retrieval"}
"""What an interface never touches: it asks the assistant."""
DOORS = {
    "faiss": {"index"},
    "sentence_transformers": {"models"},
    "transformers": {"models"},
    "torch": {"models"},
    "onnxruntime": {"models"},
    "gradio": {"web"},
    "fastapi": {"http", "web"},
}
"""The only packages that import a library."""
WITHOUT_MODELS = ("text", "reading", "citing", "library")
"""Packages that a program can use without any of the heavy libraries."""
HEAVY = {"numpy", "faiss", "torch", "onnxruntime", "gradio"}
MOST_LINES = 350


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


PATHS = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
MODULES = [name for name in PATHS if name not in ("", "__main__")]


@cache
def imports(module: str) -> frozenset[str]:
    """All that a module imports, at any depth of its code: "numpy", or "peerqa.text.document" for our own."""
    return frozenset(_imports(ast.walk(ast.parse(PATHS[module].read_text("utf-8"))), module))


@cache
def imports_when_loaded(module: str) -> frozenset[str]:
    """What a module imports when it is itself imported, not inside a function or for the type checker alone."""
    return frozenset(_imports(_run_when_loaded(ast.parse(PATHS[module].read_text("utf-8")).body), module))


def _run_when_loaded(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _run_when_loaded(ast.iter_child_nodes(node))


def _imports(nodes: Iterable[ast.AST], module: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; a whole name can be searched for"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix("peerqa.") in PATHS else str(node.module)


def own(names: Iterable[str]) -> set[str]:
    """The modules of ours among the names."""
    return {name.removeprefix("peerqa.") for name in names if name.startswith("peerqa.")}


def package(module: str) -> str:
    return module.split(".")[0]


def libraries(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports(module)} - {"peerqa"}


def test_every_package_has_its_place_in_the_order() -> None:
    assert {package(module) for module in MODULES} <= set(ORDER)


@pytest.mark.parametrize("module", MODULES)
def test_no_package_imports_a_later_one(module: str) -> None:
    later = {name for name in own(imports(module)) if ORDER.index(package(name)) > ORDER.index(package(module))}
    if package(module) == "cli":
        later -= {name for name in later if package(name) == "web"}  # how: see below
    assert not later


def test_no_module_is_in_a_circle_of_imports() -> None:
    graph = {module: own(imports_when_loaded(module)) - {module} for module in MODULES}
    while free := [module for module, needed in graph.items() if not needed & graph.keys()]:
        for module in free:
            del graph[module]
    assert not graph


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) == "cli"])
def test_the_shell_starts_the_page_only_inside_its_command(module: str) -> None:
    assert not {package(name) for name in own(imports_when_loaded(module))} & {"web", "http"}
    assert "http" not in {package(name) for name in own(imports(module))}


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) in WITHOUT_MODELS])
def test_reading_a_review_needs_no_heavy_library(module: str) -> None:
    assert not libraries(module) & HEAVY


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    assert {package(module) for module in MODULES if library in libraries(module)} <= DOORS[library]


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) in INTERFACES])
def test_interfaces_do_not_reach_past_the_assistant(module: str) -> None:
    assert not {package(name) for name in own(imports(module))} & BEHIND_ANSWERING


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) not in INTERFACES])
def test_no_stage_knows_an_interface(module: str) -> None:
    assert not {package(name) for name in own(imports(module))} & INTERFACES


@pytest.mark.parametrize("module", [name for name in MODULES if ORDER.index(package(name)) < ORDER.index("wording")])
def test_no_stage_words_anything_for_people(module: str) -> None:
    assert "wording" not in {package(name) for name in own(imports(module))}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    words = {word for module in PATHS for part in module.split(".") for word in part.split("_")}
    assert not words & {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_read_in_one_sitting(module: str) -> None:
    assert len(PATHS[module].read_text("utf-8").splitlines()) <= MOST_LINES


def in_a_fresh_interpreter(code: str) -> str:
    paths = os.pathsep.join([str(SOURCE.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return ran.stdout.strip()


@pytest.mark.parametrize("module", ["peerqa", "peerqa.library.review", "peerqa.citing.report", "peerqa.cli.main"])
def test_what_needs_no_model_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    assert in_a_fresh_interpreter(code) == ""
