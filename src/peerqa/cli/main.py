"""The shell: build, ask, check, serve. It translates, calls the assistant and formats; it decides nothing.

Exit status: 0 done; 1 something found (check); 2 an error, said in one line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from peerqa.errors import PeerqaError

if TYPE_CHECKING:
    from peerqa.answering.assistant import Assistant
    from peerqa.index.building import Progress

_EPILOG = """examples:
  peerqa ask "What challenges do peer support workers face?"
  peerqa ask "what about their hours?" --history "What challenges do peer support workers face?"
  peerqa ask                                    an interactive session
  peerqa add my-review.docx                     into the corpus, in any format that is read
  peerqa check corpus/my-review.md              citations that do not match the reference list
  peerqa serve --port 7860                      the page, on this machine

Reviews are the files in the folder corpus/. The index is built when it is first needed.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit status."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()  # here, since Python's own flush at the end complains of a closed pipe
    except BrokenPipeError:
        # Whoever read the output has gone; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except PeerqaError as error:
        print(f"peerqa: {_line(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        print("\npeerqa: interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"peerqa: {_line(f'{place}{error.strerror or error}')}", file=sys.stderr)
        return 2


def _line(text: str) -> str:
    """On one line and without control characters, which the name of a file may hold."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


# ---- what can be typed ----------------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Errors on one line, like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"peerqa: {_line(message)}; see `{self.prog} --help`\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="peerqa",
        description="Ask a literature review: answers are its own sentences, word for word, with the works they cite.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"peerqa {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_ask(commands)
    _add_add(commands)
    _add_build(commands)
    _add_check(commands)
    _add_evaluate(commands)
    _add_serve(commands)
    _add_gaps(commands)
    return parser


def _version() -> str:
    try:
        return metadata.version("peerqa")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str, more: str = "") -> Any:
    command = commands.add_parser(
        name,
        help=summary,
        description=f"{summary}. {more}".strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def _add_places(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--corpus",
        type=_folder,
        default=Path("corpus"),
        metavar="FOLDER",
        help="where the reviews are (default: corpus)",
    )
    command.add_argument(
        "--index",
        type=_folder,
        default=Path("index"),
        metavar="FOLDER",
        help="where the index is kept (default: index)",
    )
    command.add_argument(
        "--model",
        default=None,
        metavar="MODEL",
        help="embedding model, by name or folder (default: peerqa-encoder, which comes with peerqa)",
    )


def _add_reranker(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--reranker",
        "--reader",  # its name until version 0.1
        dest="reranker",
        default=None,
        metavar="MODEL",
        help="cross-encoder that reorders the best passages: the folder of a trained one, or none for retrieval alone "
        "(default: peerqa-reader, which comes with peerqa)",
    )


def _add_ask(commands: Any) -> None:
    command = _command(commands, "ask", _ask, "answer a question, or start a session of questions where none is given")
    command.add_argument("question", nargs="?", help="the question; without one, a session starts")
    command.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help="a question asked before this one; may be repeated, oldest first",
    )
    command.add_argument(
        "--document",
        action="append",
        default=[],
        metavar="NAME",
        help="answer from this review alone; may be repeated",
    )
    command.add_argument("--json", action="store_true", help="the answer as JSON")
    command.add_argument(
        "--why", action="store_true", help="say which words of the question met which words of the text"
    )
    _add_places(command)
    _add_reranker(command)


def _add_add(commands: Any) -> None:
    command = _command(
        commands, "add", _add, "add files, or the files of a folder, to the corpus, and build the index",
        "Exit status 1 where a file was left out, 2 where all were.",
    )  # fmt: skip
    command.add_argument("file", type=Path, nargs="+", help="a review in any format that is read, or a folder of them")
    _add_places(command)


def _add_build(commands: Any) -> None:
    _add_places(
        _command(commands, "build", _build, "build the index of the corpus; unchanged text is not embedded again")
    )


def _add_check(commands: Any) -> None:
    command = _command(
        commands, "check", _check, "report where a review's citations and its reference list disagree",
        "Exit status 1 where something was found.",
    )  # fmt: skip
    command.add_argument("file", type=Path, nargs="+", help="a review, such as corpus/my-review.md")
    command.add_argument("--json", action="store_true", help="the report as JSON")


def _add_evaluate(commands: Any) -> None:
    command = _command(
        commands, "evaluate", _evaluate, "measure the assistant on questions with known answers",
        "The question sets of the first review are in evaluation/.",
    )  # fmt: skip
    command.add_argument("questions", type=Path, help="a question set, JSON lines, such as evaluation/questions.jsonl")
    command.add_argument("--json", action="store_true", help="the report as JSON")
    command.add_argument("--html", type=Path, default=None, metavar="FILE", help="write a report with pictures")
    _add_places(command)
    _add_reranker(command)


def _add_serve(commands: Any) -> None:
    command = _command(commands, "serve", _serve, "serve the page and the HTTP interface")
    command.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    command.add_argument("--port", type=_port, default=7860, help="port to listen on (default: 7860)")
    command.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site that may embed the page, such as https://canvas.example.edu; may be repeated",
    )
    command.add_argument(
        "--language", choices=("en", "fr"), default=None, help="language of the interface (default: the browser's)"
    )
    command.add_argument(
        "--keep-questions",
        type=Path,
        default=None,
        metavar="FILE",
        help="keep questions that were not answered, and thumbs, in this SQLite file; the page says so (default: off)",
    )
    command.add_argument(
        "--keep-days", type=_days, default=90, metavar="DAYS", help="how long they are kept (default: 90)"
    )
    _add_places(command)
    _add_reranker(command)


def _add_gaps(commands: Any) -> None:
    command = _command(commands, "gaps", _gaps, "list the questions that were not answered, alike ones together")
    command.add_argument("file", type=Path, help="the file that `peerqa serve --keep-questions` writes")
    command.add_argument("--csv", action="store_true", help="as CSV")
    command.add_argument(
        "--corpus",
        type=_folder,
        default=Path("corpus"),
        metavar="FOLDER",
        help="the reviews, whose abbreviations count as what they stand for, if it is there (default: %(default)s)",
    )
    command.add_argument("--purge", action="store_true", help="delete all that the file keeps")


def _days(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 3650:
        raise argparse.ArgumentTypeError(f"{text} is no number of days; give one from 1 to 3650")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535")
    return int(text)


# ---- the commands ---------------------------------------------------------------------------------------------------


def _ask(options: argparse.Namespace) -> int:
    with _progress() as progress:
        assistant = _open(options, progress)
    if options.document:
        assistant = assistant.limited_to(options.document)
    if options.question is None:
        return _session(assistant, list(options.history), options.why)
    answer = assistant.ask(options.question, options.history)
    if options.json:
        print(_json(answer.to_dict()))
    else:
        from peerqa.cli.rendering import answer_as_text

        print(answer_as_text(answer, _style(sys.stdout), options.why))
    return 0


def _session(assistant: Assistant, history: list[str], why: bool) -> int:
    from peerqa.cli.rendering import answer_as_text, visible

    style = _style(sys.stdout)
    if sys.stdin is None:
        raise PeerqaError('nothing to read questions from; give one: peerqa ask "..."')
    if sys.stdin.isatty():
        documents = assistant.documents
        more = f" and {len(documents) - 5} more reviews" if len(documents) > 6 else ""
        titles = ", ".join(visible(document.title) for document in documents[: 5 if more else None]) + more
        print(f"Ask about: {titles}\nAn empty line or Ctrl-D ends the session. You could begin with:")
        print("\n".join(f"  • {visible(text)}" for text in assistant.starters))
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - arrow keys and earlier lines at the prompt
    while True:
        try:
            question = input("\n> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            break
        if not question:
            break
        answer = assistant.ask(question, history)
        print(
            ("\n" if sys.stdin.isatty() else "")
            + answer_as_text(answer, style, why)
            + ("" if sys.stdin.isatty() else "\n")
        )
        if answer.status in ("answered", "not_covered"):
            history.append(question)
    return 0


def _add(options: argparse.Namespace) -> int:
    from peerqa.answering.assistant import Assistant
    from peerqa.cli.rendering import added_as_text, visible
    from peerqa.library.importing import add_files

    added = kept = 0
    for item in add_files(options.file, options.corpus):
        added += 1
        if item.review is None:
            print(f"peerqa: {visible(item.error or '')} (left out)", file=sys.stderr)
        else:
            kept += 1
            print(added_as_text(item.name, item.review))
    if kept:
        with _progress() as progress:
            Assistant.build(options.corpus, options.index, settings=_settings(options), progress=progress)
    return 2 if not kept else int(kept < added)


def _build(options: argparse.Namespace) -> int:
    from peerqa.answering.assistant import Assistant

    with _progress() as progress:
        assistant = Assistant.build(options.corpus, options.index, settings=_settings(options), progress=progress)
    _warn(assistant)
    for document in assistant.documents:
        name = _line(document.name)
        print(f"{name}: {document.passages} passages, {document.works} works in the reference list")
    return 0


def _check(options: argparse.Namespace) -> int:
    from peerqa.citing.report import check
    from peerqa.cli.rendering import report_as_text
    from peerqa.errors import CorpusError
    from peerqa.library.review import read_review
    from peerqa.reading.files import read_document

    found = False
    reports = []
    for path in options.file:
        review = read_review(read_document(path))
        if not review.references:
            raise CorpusError(f"{path}: no reference list found; add a heading “References” above its entries")
        report = check(review.document, review.references, review.citations)
        found = found or bool(report.findings)
        reports.append(report)
    if options.json:
        plain = [report.to_dict() for report in reports]
        print(_json(plain[0] if len(plain) == 1 else plain))
    else:
        print("\n\n".join(report_as_text(report, _style(sys.stdout)) for report in reports))
    return 1 if found else 0


def _serve(options: argparse.Namespace) -> int:
    from peerqa.answering.reloading import ReloadingAssistant

    with _progress() as progress:
        opened = _open(options, progress)
    assistant = ReloadingAssistant(opened, lambda: opened.reopened(options.corpus, options.index), options.index)
    from peerqa.web.app import WebSettings
    from peerqa.web.server import serve

    serve(
        assistant,
        host=options.host,
        port=options.port,
        settings=WebSettings(
            allowed_origins=tuple(options.allow_origin),
            language=options.language,
            keep_questions=options.keep_questions,
            keep_days=options.keep_days,
        ),
    )
    return 0


def _gaps(options: argparse.Namespace) -> int:
    from peerqa.cli.rendering import gaps_as_text
    from peerqa.errors import CorpusError, KeptQuestionsError
    from peerqa.feedback.gaps import KeptQuestions, as_csv, group
    from peerqa.reading.files import read_folder
    from peerqa.text.abbreviations import find_abbreviations
    from peerqa.text.document import Document

    if not options.file.is_file():
        raise KeptQuestionsError(
            f"{options.file}: no such file; `peerqa serve --keep-questions {options.file}` makes it"
        )
    kept = KeptQuestions(options.file)
    if options.purge:
        print(f"{options.file}: {kept.purge()} entries deleted")
        return 0
    documents: list[Document] = []
    if options.corpus.is_dir():
        with contextlib.suppress(CorpusError):  # the questions are listed all the same
            documents = read_folder(options.corpus)[0]
    abbreviations = {short: long for one in documents for short, long in find_abbreviations(one.text).items()}
    gaps = group(kept.questions(), abbreviations)
    print(as_csv(gaps) if options.csv else gaps_as_text(gaps, kept.ratings(), _style(sys.stdout)), end="")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from peerqa.evaluation.questions import read_questions
    from peerqa.evaluation.report import outcome_of, report_as_html, report_as_table
    from peerqa.evaluation.scoring import evaluate

    questions = read_questions(options.questions)
    with _progress() as progress:
        assistant = _open(options, progress)
        report = evaluate(
            lambda question, history: outcome_of(assistant, question, history),
            questions,
            options.questions.name,
            lambda done, total: progress("asking", done, total),
        )
    if options.html is not None:
        options.html.write_text(report_as_html(report), "utf-8")
        print(f"written: {options.html}", file=sys.stderr)
    print(_json(report.to_dict()) if options.json else report_as_table(report))
    return 0


# ---- between them ---------------------------------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> Any:
    from peerqa.answering.assistant import Settings

    given = {"model": options.model, "reranker": getattr(options, "reranker", "none")}  # building needs none
    return Settings(**{name: value for name, value in given.items() if value})


def _open(options: argparse.Namespace, progress: Progress | None) -> Assistant:
    from peerqa.answering.assistant import Assistant

    assistant = Assistant.open(options.corpus, options.index, settings=_settings(options), progress=progress)
    _warn(assistant)
    return assistant


def _warn(assistant: Assistant) -> None:
    for warning in assistant.warnings:
        print(f"peerqa: warning: {_line(warning)}", file=sys.stderr)


_COMMANDING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _json(value: object) -> str:
    """Readable JSON, but for the characters that could command a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _COMMANDING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _style(stream: TextIO) -> Any:
    from peerqa.cli.rendering import Style

    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style.of_terminal(colour)


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    """A progress bar on stderr, made when the first progress comes; a terminal only."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(total=total, desc=what, unit="text", leave=False, disable=None)
        bars[what].n = done
        bars[what].refresh()

    try:
        yield report
    finally:
        for bar in bars.values():
            bar.close()
