"""Each script of benchmarks/ and training/: its help, and what it says where something is missing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("benchmarks", "training")
    for path in (ROOT / folder).glob("*.py")
    if '__name__ == "__main__"' in path.read_text("utf-8")
)
HEAVY = {"torch", "faiss", "sentence_transformers", "transformers", "gradio", "sklearn", "matplotlib", "playwright"}
WITH_FAISS = {f"benchmarks/{name}.py" for name in ("ablations", "fit_reranking", "fit_selection", "index_robustness")}
"""They take retrieval or the index apart, so they import it as a whole."""
RUN = """import runpy, sys
sys.argv[:] = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as stopped:
    print(stopped.code, *sorted(set(sys.modules)), file=sys.stderr)
"""


def start(script: str, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_teaches_and_loads_nothing_heavy(script: str) -> None:
    command = [sys.executable, "-c", RUN, str(ROOT / script), "--help"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    status, *modules = ran.stderr.split()
    documentation = ast.get_docstring(ast.parse((ROOT / script).read_text("utf-8")))
    assert documentation is not None
    assert status == "0"
    assert documentation.splitlines()[0] in ran.stdout
    assert f"python {script}" in documentation
    assert not (HEAVY - ({"faiss"} if script in WITH_FAISS else set())) & set(modules)


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_argument_is_explained(script: str) -> None:
    tree = ast.parse((ROOT / script).read_text("utf-8"))
    short = "add = parser.add_argument" in ast.unparse(tree)
    names = {"parser.add_argument", *(["add"] if short else [])}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]
    unexplained = [ast.unparse(call.args[0]) for call in calls if "help" not in {word.arg for word in call.keywords}]
    assert not unexplained


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("benchmarks/sentences.py", "fetch.py nowhere --only pysbd-golden"),
        ("benchmarks/doubtful.py", "fetch.py nowhere --only jats"),
        ("benchmarks/fit_entries.py", "fetch.py nowhere --only anystyle-refs"),
        ("benchmarks/cross_encoder.py", "fetch.py nowhere --only wikiqa"),
    ],
)
def test_missing_data_is_one_line_with_the_command_that_gets_it(script: str, wanted: str, tmp_path: Path) -> None:
    ran = start(script, "nowhere", folder=tmp_path)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert wanted in ran.stderr


def test_what_cannot_be_fetched_is_said_to_be_so(tmp_path: Path) -> None:
    ran = start("benchmarks/cross_encoder.py", "nowhere", "--only", "fairytaleqa", folder=tmp_path)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "cannot be fetched" in ran.stderr


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("training/rows.py", ["nowhere", "out"]),
        ("training/documents.py", ["nowhere", "out"]),
        ("training/questions.py", ["nowhere", "out.jsonl"]),
        ("training/pairs.py", ["nowhere", "out"]),
        ("training/blend.py", ["out", "nowhere=1"]),
        ("training/export.py", ["encoder", "nowhere", "out.safetensors"]),
        ("training/plot.py", ["out.svg", "nowhere"]),
    ],
)
def test_a_missing_folder_is_one_line_that_names_it(script: str, arguments: list[str], tmp_path: Path) -> None:
    ran = start(script, *arguments, folder=tmp_path)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "nowhere" in ran.stderr


def test_a_wrong_argument_is_one_line() -> None:
    ran = start("benchmarks/sentences.py", "--colour")
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == ["sentences.py: unrecognized arguments: --colour; see `sentences.py --help`"]


def test_a_missing_package_is_one_line_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "sklearn.py").write_text("raise ModuleNotFoundError('no', name='sklearn')")
    style = ROOT / "training" / "style.py"
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.path.insert(0, {str(style.parent)!r})\n"
    code += f"import runpy; sys.argv[:] = [{str(style)!r}, {str(ROOT / 'evaluation' / 'articles')!r}]\n"
    code += f"runpy.run_path({str(style)!r}, run_name='__main__')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert line == f"{style}: the package sklearn is not installed; run: pip install scikit-learn"


def test_quick_scripts_run_on_what_the_repository_holds(tmp_path: Path) -> None:
    robust = start("benchmarks/index_robustness.py", "--kills", "1", "--flips", "4", "--full", "2")
    assert "flips: 4 tried / 4 handled / 0 wrong / 0 crashed" in robust.stdout
    assert "kills: 1 tried / 1 handled / 0 wrong / 0 crashed" in robust.stdout
    assert "full disks: 2 tried / 2 handled / 0 wrong / 0 crashed" in robust.stdout
    pairs = start("training/pairs.py", str(ROOT / "evaluation" / "articles"), str(tmp_path / "pairs"))
    assert pairs.stdout.startswith("552 pairs")


@pytest.mark.model
def test_the_questions_of_one_article_become_rows_to_train_on(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    articles = str(ROOT / "evaluation" / "articles")
    ran = start("training/questions.py", articles, str(out), "--only", "PMC5350209", "--negatives", "1")
    assert ran.returncode == 0, ran.stderr
    assert '"labels": [' in out.read_text("utf-8")
