"""What is imported is declared: a distribution that only comes with another may go with the other's next version."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PEERS = {
    "langchain-core",
    "langchain-community",
    "langchain-text-splitters",
    "haystack-ai",
    "llama-index-core",
    "txtai",
}
"""Other systems that benchmarks/peers.py compares; whoever wants to, installs them."""
TREES = {
    "src": ("formats", "report"),
    "tests": ("formats", "report", "test"),
    "training": ("report", "benchmarks", "dev"),
    "benchmarks": ("benchmarks", "test"),
}
"""The extras, besides the dependencies of the package, that the modules of a folder may use."""
DISTRIBUTIONS = metadata.packages_distributions()


def normal(name: str) -> str:
    """The name of a distribution as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(extras: Iterable[str] = ()) -> set[str]:
    """The names of the dependencies of the package and of these extras, with the extras that they name in turn."""
    lines: list[str] = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    names = {normal(match[0]) for line in lines if (match := re.match(r"[\w.-]+", line))} - {"peerqa"}
    further = {name for line in lines for own in re.findall(r"^peerqa\[([\w,]+)\]", line) for name in own.split(",")}
    return names | declared(further) if further else names


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """(path, top-level module) of each import of a folder, at any depth of the code."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            yield from ((path.relative_to(ROOT).as_posix(), name.split(".")[0]) for name in names)


def our_own() -> set[str]:
    """Modules of the repository: the package, and those of tests and scripts, which find each other by name."""
    scripts = {path.stem for tree in ("tests", "training", "benchmarks") for path in (ROOT / tree).rglob("*.py")}
    return {"peerqa", *scripts}


@pytest.mark.parametrize("tree", TREES)
def test_what_is_imported_is_declared(tree: str) -> None:
    allowed = declared(TREES[tree]) | (PEERS if tree == "benchmarks" else set())
    ours = our_own() | set(sys.stdlib_module_names)
    undeclared = set()
    for path, module in imported(ROOT / tree):
        if module not in ours:
            # A module that is not installed here has, in all likelihood, the name of its distribution.
            found = {normal(name) for name in DISTRIBUTIONS.get(module, [module])}
            if not found & allowed and not any(peer.startswith(normal(module)) for peer in allowed & PEERS):
                undeclared.add(f"{path}: {module}")
    assert not undeclared


def test_every_dependency_has_its_reason() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Why each dependency is there")[2]
    cells = " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE))
    reasons = {normal(name) for name in re.findall(r"[\w.-]+", cells)}
    assert {name for name in declared(PROJECT["optional-dependencies"]) if not name.startswith("types-")} <= reasons
