"""What the documents say of the repository is so: links lead somewhere, commands can be typed, files are there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from peerqa.cli.main import main

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "training").glob("*.md")),
    *sorted((ROOT / "evaluation").rglob("*.md")),
    *sorted((ROOT / "src" / "peerqa" / "models" / "weights").glob("*.md")),
    ROOT / "index" / "README.md",
    ROOT / "tests" / "gold" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
MOST_LINES_OF_README = 130
OF_THE_REPOSITORY = r"(?:src|tests|docs|examples|evaluation|benchmarks|training|corpus)/[\w./-]*"

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def prose(path: Path) -> str:
    """The text without its blocks of code."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^(?: {4}| {2,}\$ ).*$", "", text, flags=re.MULTILINE)


def code(path: Path) -> Iterator[str]:
    """Each line of a block of code, with the lines that a backslash joins to it, and each span of code in the text."""
    text = re.sub(r"\\\n\s*", "", path.read_text("utf-8"))
    yield from (line.strip() for line in re.findall(r"^ {4}.+$", text, flags=re.MULTILINE))
    yield from re.findall(r"`([^`\n]+)`", prose(path))


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors that GitHub makes of the headings of a document."""
    headings = re.findall(r"^#+ +(.+)$", prose(path), flags=re.MULTILINE)
    words = [re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)) for heading in headings]
    return frozenset(heading.strip().lower().replace(" ", "-") for heading in words)


@each_document
def test_each_link_leads_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(path))):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


@each_document
def test_each_file_that_is_named_is_there(path: Path) -> None:
    if path.name == "CHANGELOG.md":
        pytest.skip("it tells of files that were")
    named = [span.rstrip("/.") for span in re.findall(rf"`({OF_THE_REPOSITORY})`", prose(path))]
    assert [name for name in named if not (ROOT / name).exists() and not (path.parent / name).exists()] == []


def test_the_readme_is_read_in_two_minutes() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MOST_LINES_OF_README


def commands() -> list[tuple[str, ...]]:
    """What the documents tell to type, each once: `peerqa ...` and `python FOLDER/SCRIPT ...`, without comments."""
    found: dict[tuple[str, ...], None] = {}
    for path in DOCUMENTS:
        for line in code(path):
            typed = re.split(r"\s+#|; ", line.replace("`", ""))[0].replace(".venv/bin/", "")
            if re.match(r"peerqa [a-z]|python3? (benchmarks|training|scripts)/\S+\.py", typed):
                found[tuple(shlex.split(typed))] = None
    return list(found)


COMMANDS = commands()


@cache
def options_of_peerqa(command: str) -> frozenset[str]:
    """The options that `peerqa COMMAND --help` names."""
    with redirect_stdout(StringIO()) as shown, pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    return frozenset(re.findall(r"(?<!\S)--[a-z-]+", shown.getvalue()))


@cache
def options_in(*files: Path) -> frozenset[str]:
    """The options that files add to parsers, by their source: some scripts need packages of their own to be run."""
    names: list[ast.expr] = []
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            names += node.args
    return frozenset(["--help", *(str(name.value) for name in names if isinstance(name, ast.Constant))])


def test_the_documents_tell_of_each_command_of_the_shell() -> None:
    assert {words[1] for words in COMMANDS if words[0] == "peerqa"} == {
        "add", "ask", "build", "check", "evaluate", "gaps", "serve", "verify",
    }  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_can_be_typed(words: tuple[str, ...]) -> None:
    if words[0] == "peerqa":
        known = options_of_peerqa(words[1])
    else:
        script = ROOT / words[1]
        assert script.is_file()
        known = options_in(script)
    assert {word for word in words[2:] if word.startswith("-")} <= known


@each_document
def test_each_option_that_is_named_alone_is_one(path: Path) -> None:
    files = [
        *(ROOT / "src" / "peerqa" / "cli").glob("*.py"),
        *ROOT.glob("benchmarks/*.py"),
        *ROOT.glob("training/*.py"),
    ]
    named = {match[0] for span in code(path) if (match := re.match(r"--[a-z][a-z-]*", span))}
    assert named <= options_in(*sorted(files))
