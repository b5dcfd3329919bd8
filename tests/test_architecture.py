"""The import graph is the data flow: each stage imports only stages before it, and heavy libraries have one door."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import peerqa

SOURCE = Path(peerqa.__file__).parent
ORDER = (
    "errors names sentences document reading abbreviations author_lists entry_cuts references reference_lists "
    "mentions matching numbered citations passages review works alike sections starters "
    "embeddings reader_model reader store index interaction lexical spelling question building retrieve rereading "
    "confidence answer check "
    "export gaps adding assistant live metrics evaluation evaluation_report render wording cli api web"
).split()
"""The stages in the order of the data; a package is one stage."""
INTERFACES = ("cli", "api", "web")
DOORS = {
    "faiss": {"index"},
    "sentence_transformers": {"embeddings"},
    "transformers": {"embeddings", "reader"},
    "torch": {"embeddings", "reader", "reader_model"},
    "gradio": {"web"},
    "fastapi": {"api", "web"},
}
"""The only stages that import a library."""
PLAIN = ("document", "references", "citations", "passages")
"""Stages that a program can use without any of the heavy libraries."""


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
STAGES = [name for name in MODULES if name not in ("", "__main__")]


@cache
def imports(module: str) -> frozenset[str]:
    """All that a module imports, at any depth of its code: "numpy", or "peerqa.document" for our own."""
    path = MODULES[module]
    package = ["peerqa", *path.relative_to(SOURCE).parent.parts]
    return frozenset(_imports(ast.walk(ast.parse(path.read_text("utf-8"))), package))


def _imports(nodes: Iterator[ast.AST], package: list[str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            home = ".".join([*base, *(node.module.split(".") if node.module else [])])
            for alias in node.names:
                whole = f"{home}.{alias.name}"
                yield whole if whole.removeprefix("peerqa.") in MODULES else home


def own(module: str) -> set[str]:
    """The modules of ours that a module imports."""
    return {name.removeprefix("peerqa.") for name in imports(module) if name.startswith("peerqa.")}


def stage(module: str) -> str:
    return module.split(".")[0]


def libraries(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports(module)} - {"peerqa"}


def reached(module: str) -> set[str]:
    """A module and all that it imports, and what those import."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(own(name))
    return found


def test_every_module_has_its_place_in_the_order() -> None:
    assert {stage(module) for module in STAGES} <= set(ORDER)


@pytest.mark.parametrize("module", STAGES)
def test_no_stage_imports_a_later_one(module: str) -> None:
    later = {name for name in own(module) if ORDER.index(stage(name)) > ORDER.index(stage(module))}
    if stage(module) == "cli":
        later -= {name for name in later if stage(name) == "web"}  # how: see below
    assert not later


def test_the_shell_starts_the_page_only_inside_its_command() -> None:
    top = ast.parse(MODULES["cli"].read_text("utf-8")).body
    assert not {name for name in _imports(iter(top), ["peerqa"]) if name.startswith(("peerqa.web", "peerqa.api"))}
    assert {stage(name) for name in own("cli")} & set(INTERFACES) == {"web"}


@pytest.mark.parametrize("module", PLAIN)
def test_reading_a_review_needs_no_heavy_library(module: str) -> None:
    everything = {library for name in reached(module) for library in libraries(name)}
    assert not everything & {"numpy", "faiss", "torch"}


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    assert {stage(module) for module in STAGES if library in libraries(module)} <= DOORS[library]


def test_index_and_embeddings_do_not_know_each_other() -> None:
    assert "embeddings" not in reached("index")
    assert "index" not in reached("embeddings")


@pytest.mark.parametrize("module", [name for name in STAGES if stage(name) in INTERFACES])
def test_interfaces_do_not_reach_past_the_assistant(module: str) -> None:
    assert not {stage(name) for name in own(module)} & {"index", "embeddings", "store", "retrieve"}


@pytest.mark.parametrize("module", [name for name in STAGES if stage(name) not in INTERFACES])
def test_no_stage_knows_an_interface(module: str) -> None:
    assert not {stage(name) for name in own(module)} & set(INTERFACES)
    if module not in ("evaluation_report", "live"):  # live stands before the assistant, for a server
        assert not {stage(name) for name in own(module)} & {"assistant", "evaluation", "render"}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    words = {word for module in MODULES for part in module.split(".") for word in part.split("_")}
    assert not words & {"utils", "util", "helpers", "helper", "common", "misc"}


def in_a_fresh_interpreter(code: str) -> str:
    paths = os.pathsep.join([str(SOURCE.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return ran.stdout.strip()


def test_importing_the_package_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, time; began = time.perf_counter(); import peerqa; took = time.perf_counter() - began; "
        "print(took, *sorted({'torch', 'faiss', 'gradio', 'numpy'} & set(sys.modules)))"
    )
    runs = [in_a_fresh_interpreter(code).split() for _ in range(3)]
    assert all(loaded == [] for _, *loaded in runs)
    assert min(float(took) for took, *_ in runs) < 0.2


def test_passages_can_be_cut_without_numpy() -> None:
    code = "import sys, peerqa.review; print(*sorted({'torch', 'faiss', 'gradio', 'numpy'} & set(sys.modules)))"
    assert in_a_fresh_interpreter(code) == ""
