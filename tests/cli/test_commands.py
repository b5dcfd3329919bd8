"""The shell: what it prints, its exit status, and one line for each thing that goes wrong."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import peerqa
from little_review import REVIEW
from peerqa.cli.main import main
from peerqa.models.encoder import load_encoder
from several_reviews import TEXTS
from stub_cross_encoder import StubCrossEncoder
from stub_encoder import StubEncoder

HOSTILE = "\x1b]0;owned\x07\x1b[31m\x9b31m\x08\x7f\u202e"
WITHOUT_MODEL = """
import sys
import peerqa.answering.assistant
from peerqa.cli.main import main
from stub_cross_encoder import StubCrossEncoder
from stub_encoder import StubEncoder
peerqa.answering.assistant.load_encoder = lambda model, cache: StubEncoder()
peerqa.answering.assistant.load_cross_encoder = StubCrossEncoder
status = main()
assert "torch" not in sys.modules, "a network was loaded"
sys.exit(status)
"""


@pytest.fixture(autouse=True)
def without_model(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "model" not in request.keywords:
        monkeypatch.setattr("peerqa.answering.assistant.load_encoder", lambda model, cache: StubEncoder(model))
        monkeypatch.setattr("peerqa.answering.assistant.load_cross_encoder", StubCrossEncoder)


@pytest.fixture
def here(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; it holds corpus/ with the little review."""
    monkeypatch.chdir(corpus.parent)
    return corpus.parent


def shell(*arguments: str, typed: str | bytes = "", environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Exit status, output and errors of a process of its own."""
    paths = os.pathsep.join([str(Path(peerqa.__file__).parent.parent), str(Path(__file__).parent.parent)])
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONUNBUFFERED", "NO_COLOR")}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_MODEL, *arguments],
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        env={**kept, "PYTHONPATH": paths, "PYTHONUTF8": "1", **(environment or {})},
    )
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()


def is_tame(text: str) -> bool:
    """Whether a text holds nothing that commands a terminal."""
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def one_line(error: str) -> bool:
    return error.startswith("peerqa: ") and error.endswith("\n") and error.count("\n") == 1 and is_tame(error)


# ---- what can be typed


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ([], ["ask", "build", "check", "serve", "examples:"]),
        (
            ["ask"],
            ["--history", "--document", "--tag", "--json", "--why", "--corpus", "--index", "--model", "--reranker"],
        ),
        (["add"], ["file", "--corpus", "--index", "--model", "--workers"]),
        (["build"], ["--corpus", "--index", "--model", "--workers"]),
        (["verify"], ["--corpus", "--index"]),
        (["check"], ["file", "--json"]),
        (["evaluate"], ["questions", "--json", "--html", "--reranker"]),
        (["serve"], ["--host", "--port", "--allow-host", "--allow-origin", "--language", "--keep-questions"]),
        (["gaps"], ["file", "--csv", "--corpus", "--purge"]),
    ],
)
def test_help(capsys: pytest.CaptureFixture[str], command: list[str], says: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(word in shown for word in says)
    assert "--reader" not in shown
    assert "None" not in shown


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("peerqa ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["teach"], "invalid choice: 'teach'"),
        (["ask", "--depth"], "--depth"),
        (["check"], "file"),
        (["serve", "--port", "http"], "http is no port; give a number from 1 to 65535"),
        (["serve", "--port", "70000"], "70000 is no port"),
        (["serve", "--port", "0"], "0 is no port"),
        (["serve", "--port", "²"], "² is no port"),
        (["ask", "hours", "--index", ""], "empty"),
        (["build", "--corpus", ""], "empty"),
        (["serve", "--allow-host", "https://reviews.example.edu"], "is no host name; give it without scheme and port"),
        (["serve", "--allow-host", "reviews.example.edu:80"], "is no host name"),
        (["serve", "--allow-host", "münchen.example"], "is no host name"),
        (["serve", "--allow-host", ""], "is no host name"),
        (["serve", "--keep-days", "0"], "0 is no number of days"),
        (["build", "--workers", "0"], "0 is no number of processes; give 1 or more"),
        (["build", "--workers", "²"], "² is no number of processes"),
        ([f"te\nach{HOSTILE}"], "invalid choice"),
    ],
)
def test_what_cannot_be_typed_is_told_in_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert one_line(error)
    assert says in error
    assert "--help" in error


# ---- ask


def test_ask_shows_the_passage_its_place_and_its_works(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Were inadequate hours a challenge for PSWs?"]) == 0
    shown = capsys.readouterr()
    assert "[1] Challenges, paragraph" in shown.out
    assert "peers.md" in shown.out
    assert "https://doi.org/10.1080/0312407X.2019.1675734" in shown.out
    assert shown.err == ""
    assert is_tame(shown.out)


def test_ask_gives_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Were inadequate hours a challenge?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["question"] == "Were inadequate hours a challenge?"
    assert answer["passages"][0]["document"] == "peers.md"


def test_ask_takes_earlier_questions_along(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "what about their pay?", "--history", "hours?", "--history", "Which challenges?"]) == 0
    assert "Read as: what about their pay? (going on from: Which challenges?)" in capsys.readouterr().out


@pytest.mark.parametrize("question", ["", "hello", "???"])
def test_ask_answers_what_is_no_question_with_starters(
    here: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    assert main(["ask", question]) == 0
    assert "You could ask:" in capsys.readouterr().out


def test_ask_puts_what_could_not_be_read_on_stderr(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "corpus" / f"scan{HOSTILE[:1]}\n.pdf").write_bytes(b"%PDF")
    assert main(["ask", "hours"]) == 0
    assert one_line(capsys.readouterr().err)


def test_a_session_reads_questions_line_by_line_and_remembers_them(here: Path) -> None:
    status, out, error = shell("ask", typed="What challenges do PSWs face?\nwhat about their hours?\n")
    assert (status, error) == (0, "")
    assert out.count("[1] ") == 2
    assert "what about their hours? (going on from: What challenges do peer support workers face?)" in " ".join(
        out.split()
    )


@pytest.mark.parametrize("typed", ["", "\n", "hello"])
def test_a_session_ends_at_an_empty_line_or_the_end(here: Path, typed: str) -> None:
    status, out, error = shell("ask", typed=typed)
    assert (status, error) == (0, "")
    assert ("Hello!" in out) == (typed == "hello")


def test_a_session_takes_bytes_that_are_no_text(here: Path) -> None:
    status, _, error = shell("ask", typed=b"inadequate caf\xe9 hours\n")
    assert (status, error) == (0, "")


@pytest.mark.parametrize("option", ["--reranker", "--reader"])
def test_the_reranker_can_be_named_by_its_old_name_too(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    named: list[str] = []
    monkeypatch.setattr("peerqa.answering.assistant.load_cross_encoder", named.append)
    assert main(["ask", "hours", option, "a-folder"]) == 0
    assert main(["ask", "hours"]) == 0
    assert named == ["a-folder", "peerqa-reader"]


@pytest.fixture
def tagged(here: Path) -> Path:
    """The working folder; its corpus holds several reviews with tags."""
    for path in (here / "corpus").iterdir():
        path.unlink()
    for name, text in TEXTS.items():
        (here / "corpus" / name).write_text(text, "utf-8")
    return here


@pytest.mark.parametrize(
    ("options", "answering"),
    [
        ([], {"walking.txt"}),
        (["--tag", "peers"], {"hours.md", "trust.md"}),
        (["--tag", "trust"], {"trust.md"}),
        (["--tag", "trust", "--tag", "hours"], {"hours.md", "trust.md"}),
        (["--tag", "peers", "--document", "hours"], {"hours.md"}),
    ],
)
def test_ask_is_limited_to_the_reviews_of_a_tag(
    tagged: Path, capsys: pytest.CaptureFixture[str], options: list[str], answering: set[str]
) -> None:
    assert main(["ask", "many hours", "--json", *options]) == 0
    passages = json.loads(capsys.readouterr().out)["passages"]
    named = {name for one in passages for name in (one["document"], *(same["document"] for same in one["also_in"]))}
    assert named == answering


def test_a_session_names_and_suggests_only_the_reviews_that_are_asked(
    tagged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = io.StringIO("\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["ask", "--tag", "trust"]) == 0
    shown = capsys.readouterr().out
    assert "Ask about: Trust among <Peers>\n" in shown
    assert "“Trust”" in shown
    assert "“Boundaries”" not in shown
    assert "“Sleep”" not in shown


# ---- build, verify and check


def change_rows(here: Path, statement: str) -> None:
    """Change the library behind the back of peerqa."""
    with closing(sqlite3.connect(here / "index" / "library.sqlite")) as connection, connection:
        connection.execute(statement)


def verified(capsys: pytest.CaptureFixture[str]) -> str:
    """What `peerqa verify` finds, one line; "" if all is well."""
    capsys.readouterr()
    status = main(["verify"])
    shown = capsys.readouterr()
    if status == 0:
        assert shown.err == ""
        assert shown.out == "index: everything is as it was written, and fits corpus\n"
        return ""
    assert (status, shown.out) == (1, "")
    assert one_line(shown.err)
    assert "peerqa build" in shown.err
    return shown.err


def test_verify_finds_what_of_the_corpus_is_not_in_the_index(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert verified(capsys) == ""
    peers = here / "corpus" / "peers.md"
    os.utime(peers, (0, 0))  # another time is no other text
    assert verified(capsys) == ""
    peers.write_text(REVIEW + "\nMore.\n")
    assert "peers.md: the index does not have it as it is now" in verified(capsys)
    peers.write_text(REVIEW)
    (here / "corpus" / "new.md").write_text(REVIEW)
    assert "new.md: the index does not have it" in verified(capsys)
    assert main(["build"]) == 0
    peers.unlink()
    assert "peers.md: the index has it, but the corpus has not" in verified(capsys)
    assert main(["build"]) == 0
    assert verified(capsys) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET text = replace(text, 'hours', 'money')",
        "UPDATE documents SET text = replace(text, 'hours', 'money')",
        "UPDATE documents SET author = 'B. Other'",
        "UPDATE entries SET year = '1999' WHERE number = 0",
        "UPDATE citations SET status = 'missing' WHERE number = 0",
        "UPDATE vectors SET tokens = zeroblob(length(tokens)) WHERE passage = 1",
        "DELETE FROM vectors WHERE passage = 1",
    ],
)
def test_verify_finds_a_row_that_was_changed_and_build_repairs_it(
    here: Path, capsys: pytest.CaptureFixture[str], statement: str
) -> None:
    assert main(["build"]) == 0
    change_rows(here, statement)
    assert "what the library holds of peers.md is not what was written there" in verified(capsys)
    assert main(["build"]) == 0
    assert verified(capsys) == ""


def test_verify_finds_a_file_that_is_gone_and_build_makes_it_again(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build"]) == 0
    for path in (here / "index").glob("passages*.faiss"):
        path.unlink()
    assert "passages" in verified(capsys)
    assert main(["build"]) == 0
    assert verified(capsys) == ""


def test_several_processes_read_what_one_reads(tagged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--workers", "1"]) == 0
    alone = capsys.readouterr()
    assert main(["build", "--workers", "2", "--index", "elsewhere"]) == 0
    assert capsys.readouterr() == alone
    assert len(alone.out.splitlines()) == len(TEXTS)


def test_build_says_what_it_found_and_does_not_embed_twice(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert capsys.readouterr().out == "peers.md: 5 passages, 2 works in the reference list\n"
    built = (here / "index" / "library.sqlite").stat()
    assert main(["build"]) == 0
    assert (here / "index" / "library.sqlite").stat().st_ino == built.st_ino
    assert main(["build", "--index", "elsewhere"]) == 0
    assert (here / "elsewhere" / "library.sqlite").is_file()


def test_check_finds_something(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "corpus/peers.md"]) == 1
    assert "Nobody, 1999" in capsys.readouterr().out


def test_check_finds_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fine.md").write_text(REVIEW.replace("; Nobody, 1999", ""))
    assert main(["check", "fine.md"]) == 0
    assert "Nothing to mend" in capsys.readouterr().out


def test_check_gives_json_for_one_file_and_for_several(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "corpus/peers.md"]) == 1
    one = json.loads(capsys.readouterr().out)
    assert main(["check", "--json", "corpus/peers.md", "corpus/peers.md"]) == 1
    assert json.loads(capsys.readouterr().out) == [one, one]


# ---- what goes wrong


def no_corpus(here: Path) -> list[str]:
    return ["ask", "hours", "--corpus", "nowhere"]


def no_corpus_with_an_odd_name(here: Path) -> list[str]:
    return ["ask", "hours", "--corpus", f"now\nhere{HOSTILE}"]


def empty_corpus(here: Path) -> list[str]:
    (here / "corpus" / "peers.md").unlink()
    return ["build"]


def empty_file(here: Path) -> list[str]:
    (here / "corpus" / "empty.md").write_text(" \n")
    return ["check", "corpus/empty.md"]


def binary_file(here: Path) -> list[str]:
    (here / "corpus" / "binary.txt").write_bytes(bytes(range(256)))
    return ["check", "corpus/binary.txt"]


def no_reference_list(here: Path) -> list[str]:
    (here / "plain.md").write_text("# Title\n\nPeers help.\n")
    return ["check", "plain.md"]


def no_file_to_check(here: Path) -> list[str]:
    return ["check", "nowhere.md"]


def a_folder_to_check(here: Path) -> list[str]:
    (here / "folder.md").mkdir()
    return ["check", "folder.md"]


def index_of_another_model(here: Path) -> list[str]:
    main(["build", "--model", "another"])
    return ["ask", "hours"]


def damaged_rows(here: Path) -> list[str]:
    main(["build"])
    change_rows(here, "UPDATE passages SET text = replace(text, 'hours', 'money')")
    return ["ask", "hours"]


def no_sqlite_file(here: Path) -> list[str]:
    (here / "index").mkdir()
    (here / "index" / "library.sqlite").write_bytes(bytes(range(256)) * 100)
    return ["ask", "hours"]


def library_of_another_program(here: Path) -> list[str]:
    (here / "index").mkdir()
    change_rows(here, "CREATE TABLE passages (text)")
    return ["ask", "hours"]


def no_review_of_that_tag(here: Path) -> list[str]:
    return ["ask", "hours", "--tag", f"che{HOSTILE}ese"]


def nothing_to_verify(here: Path) -> list[str]:
    return ["verify"]


def index_is_a_file(here: Path) -> list[str]:
    (here / "index").write_text("no folder")
    return ["ask", "hours"]


def index_cannot_be_written(here: Path) -> list[str]:
    return ["build", "--index", "/proc/nowhere/index" if sys.platform == "linux" else "corpus/peers.md/index"]


taken = socket.socket()


def port_in_use(here: Path) -> list[str]:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return ["serve", "--port", str(taken.getsockname()[1])]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (no_corpus, "no folder nowhere"),
        (no_corpus_with_an_odd_name, "no folder now here"),
        (empty_corpus, "no review in corpus"),
        (empty_file, "empty.md: the file is empty"),
        (binary_file, "binary.txt: not a text in UTF-8"),
        (no_reference_list, "plain.md: no reference list found"),
        (no_file_to_check, "nowhere.md: no such file"),
        (a_folder_to_check, "folder.md: "),
        (index_of_another_model, "is of the model another"),
        (damaged_rows, "what the library holds of peers.md is not what was written there; run `peerqa build`"),
        (no_sqlite_file, "run `peerqa build`"),
        (library_of_another_program, "library.sqlite: it is no library of peerqa; run `peerqa build`"),
        (no_review_of_that_tag, "no review has the tag che"),
        (nothing_to_verify, "index: there is no index here; run `peerqa build`"),
        (index_is_a_file, "index: cannot be written"),
        (index_cannot_be_written, "cannot be written"),
        (port_in_use, "is in use; choose another with --port"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    here: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], list[str]], says: str
) -> None:
    arguments = spoil(here)
    capsys.readouterr()
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert one_line(shown.err)
    assert says in shown.err


@pytest.mark.parametrize("model", ["./nowhere", "~/nowhere/at/all", "corpus"])
def test_a_model_that_is_not_there_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setattr("peerqa.answering.assistant.load_encoder", load_encoder)
    assert main(["ask", "hours", "--model", model]) == 2
    error = capsys.readouterr().err
    assert one_line(error)
    assert model in error


def test_a_failure_in_a_process_of_its_own_leaves_no_traceback(tmp_path: Path) -> None:
    status, out, error = shell("ask", "hours", "--corpus", str(tmp_path / "nowhere"))
    assert (status, out) == (2, "")
    assert one_line(error)


# ---- serve


def test_serve_passes_on_how_the_page_may_be_reached(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("peerqa.web.server.serve", lambda assistant, **given: told.update(given))
    hosts = ["--host", "::", "--allow-host", "reviews.example.edu", "--allow-host", "*.example.org"]
    assert main(["serve", "--port", "8080", *hosts, "--allow-origin", "https://canvas.example.edu"]) == 0
    settings = told["settings"]
    assert (told["host"], told["port"]) == ("::", 8080)
    assert settings.allowed_hosts == ("127.0.0.1", "localhost", "reviews.example.edu", "*.example.org")
    assert settings.allowed_origins == ("https://canvas.example.edu",)


def test_app_py_is_serve() -> None:
    ran = subprocess.run(
        [sys.executable, Path(__file__).parents[2] / "app.py", "--help"], capture_output=True, text=True
    )
    assert ran.returncode == 0
    assert ran.stdout.startswith("usage: peerqa serve ")


# ---- the terminal


def hostile_review(folder: Path) -> None:
    text = REVIEW.replace("inadequate hours, low pay", f"inadequate {HOSTILE} hours, low pay")
    text = text.replace("## Challenges", f"## Chall{HOSTILE}enges").replace("providers. *Work*", f"{HOSTILE}. *Work*")
    (folder / f"peers{HOSTILE[:1]}.md").write_text(text.replace("title: Peers", "title: Peers"), "utf-8")
    (folder / "peers.md").unlink()


@pytest.mark.parametrize("options", [[], ["--json"], ["--why"]])
def test_nothing_in_a_corpus_commands_the_terminal(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    hostile_review(here / "corpus")
    assert main(["ask", f"What challenges {HOSTILE} do PSWs face, such as inadequate hours?", *options]) == 0
    shown = capsys.readouterr()
    assert is_tame(shown.out)
    assert is_tame(shown.err)
    if options == ["--json"]:
        assert any(HOSTILE in passage["text"] for passage in json.loads(shown.out)["passages"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_nothing_in_a_checked_review_commands_the_terminal(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    hostile_review(here / "corpus")
    (path,) = (here / "corpus").iterdir()
    assert main(["check", str(path), *options]) == 1
    assert is_tame(capsys.readouterr().out)


def test_nothing_in_the_name_of_a_file_commands_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile_review(here / "corpus")
    assert main(["build"]) == 0
    shown = capsys.readouterr()
    assert is_tame(shown.out + shown.err)


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (False, {"TERM": "xterm"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert main(["ask", "inadequate hours"]) == 0
    assert ("\x1b[" in capsys.readouterr().out) == coloured


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of a closed pipe in another way")
@pytest.mark.parametrize("arguments", [["ask", "hours"], ["--help"], ["check", "corpus/peers.md", "--json"]])
def test_a_reader_that_has_gone_is_no_error(here: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    paths = os.pathsep.join([str(Path(peerqa.__file__).parent.parent), str(Path(__file__).parent.parent)])
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_MODEL, *arguments],
        stdout=writing, stderr=subprocess.PIPE, env={**kept, "PYTHONPATH": paths},
    )  # fmt: skip
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.model
def test_a_model_of_an_unknown_name_is_told(here: Path) -> None:
    paths = str(Path(peerqa.__file__).parent.parent)
    ran = subprocess.run(
        [sys.executable, "-m", "peerqa", "ask", "hours", "--model", "no-such-model-anywhere"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("peerqa: no model no-such-model-anywhere")
    assert ran.stderr.count("\n") == 1
