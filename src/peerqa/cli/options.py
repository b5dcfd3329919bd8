"""What can be typed: the commands and their options.

`parser` returns the parser; the namespace that it makes holds in `run` the function that carries out the command.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from peerqa.cli import commands
from peerqa.cli.terminal import one_line

_EPILOG = """examples:
  peerqa ask "What challenges do peer support workers face?"
  peerqa ask "what about their hours?" --history "What challenges do peer support workers face?"
  peerqa ask                                    an interactive session
  peerqa add my-review.docx                     into the corpus, in any format that is read
  peerqa check corpus/my-review.md              citations that do not match the reference list
  peerqa serve --port 7860                      the page, on this machine

Reviews are the files in the folder corpus/. The index is built when it is first needed.
`peerqa COMMAND --help` explains a command.
"""


class _Parser(argparse.ArgumentParser):
    """Reports errors on one line, as all other errors are."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"peerqa: {one_line(message)}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    whole = _Parser(
        prog="peerqa",
        description="Ask a literature review: answers are its own sentences, word for word, with the works they cite.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    added = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_ask(added)
    _add_add(added)
    _add_build(added)
    _add_verify(added)
    _add_check(added)
    _add_evaluate(added)
    _add_serve(added)
    _add_gaps(added)
    return whole


class _Version(argparse.Action):
    """Prints the version. What looks it up takes longer to load than all other options, so it is loaded only here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib import metadata

        try:
            version = metadata.version("peerqa")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(f"peerqa {version}")
        parser.exit()


# ---- the commands ---------------------------------------------------------------------------------------------------


def _command(
    added: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str, more: str = ""
) -> argparse.ArgumentParser:
    """A command. summary: its line in the list of commands. more: what its own help says besides."""
    command: argparse.ArgumentParser = added.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}. {more}".strip()
    )
    command.set_defaults(run=run)
    return command


def _add_ask(added: Any) -> None:
    command = _command(
        added, "ask", commands.ask, "answer a question, or hold a session of questions",
        "In a session each question may refer to those before it; an empty line ends it.",
    )  # fmt: skip
    command.add_argument("question", nargs="?", help="the question, in quotes; without one, a session starts")
    command.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help='a question asked before this one, so that "what about their hours?" is understood; may be repeated, '
        "oldest first",
    )
    command.add_argument(
        "--document",
        action="append",
        default=[],
        metavar="NAME",
        help="answer from this review alone, such as my-review.md; may be repeated",
    )
    command.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        help="answer from the reviews that have this tag in their front matter; may be repeated",
    )
    command.add_argument("--json", action="store_true", help="print the answer as JSON, as docs/api.md describes it")
    command.add_argument(
        "--why",
        action="store_true",
        help="print below each sentence that answers which words of the question matched which of its words",
    )
    _add_folders(command)
    _add_reranker(command)


def _add_add(added: Any) -> None:
    command = _command(
        added, "add", commands.add, "copy files, or the files of a folder, into the corpus, and build the index",
        "Exit status 1 where a file was left out, 2 where all were.",
    )  # fmt: skip
    command.add_argument("file", type=Path, nargs="+", help="a review in any format that is read, or a folder of them")
    _add_folders(command)
    _add_workers(command)


def _add_build(added: Any) -> None:
    command = _command(
        added, "build", commands.build, "build the index of the corpus",
        "The other commands do so themselves where it is needed. What has not changed is neither read nor embedded "
        "again; what is damaged is repaired. Interrupted, it goes on where it was.",
    )  # fmt: skip
    _add_folders(command)
    _add_workers(command)


def _add_verify(added: Any) -> None:
    command = _command(
        added, "verify", commands.verify, "check that the index is whole and fits the corpus",
        "Exit status 1 where something was found; each line says what to do.",
    )  # fmt: skip
    _add_folders(command)


def _add_workers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        type=_at_least_one,
        default=None,
        metavar="NUMBER",
        help="processes that read files, beside the one that embeds (default: one for a few files, two for many)",
    )


def _add_check(added: Any) -> None:
    command = _command(
        added, "check", commands.check, "report where a review's citations and its reference list disagree",
        "Exit status 1 where something was found.",
    )  # fmt: skip
    command.add_argument("file", type=Path, nargs="+", help="a review, such as corpus/my-review.md")
    command.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_evaluate(added: Any) -> None:
    command = _command(
        added, "evaluate", commands.evaluate, "measure how good the answers are, on questions with known answers",
        "The questions for the review that comes with peerqa are in evaluation/.",
    )  # fmt: skip
    command.add_argument("questions", type=Path, help="the questions as JSON lines: evaluation/questions.jsonl")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.add_argument("--html", type=Path, default=None, metavar="FILE", help="write a report with pictures")
    _add_folders(command)
    _add_reranker(command)


def _add_serve(added: Any) -> None:
    command = _command(
        added, "serve", commands.serve, "serve the page and the HTTP interface",
        "The page is at http://HOST:PORT/, the interface at /api/ask; docs/api.md describes it.",
    )  # fmt: skip
    command.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 or :: for others too (default: 127.0.0.1)",
    )
    command.add_argument("--port", type=_port, default=7860, help="port to listen on (default: 7860)")
    command.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="processes that answer questions; beyond 1 they stand behind the one that serves the page, and each takes "
        "a third of a gigabyte (default: 1, the server answers itself)",
    )
    command.add_argument(
        "--allow-host",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which others reach this server, such as reviews.example.edu; may be repeated "
        "(the machine's own names and addresses need not be given)",
    )
    command.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site that may embed the page and call the interface, such as https://canvas.example.edu; may be "
        "repeated",
    )
    command.add_argument(
        "--language", choices=("en", "fr"), default=None, help="language of the page (default: that of the browser)"
    )
    command.add_argument(
        "--keep-questions",
        type=Path,
        default=None,
        metavar="FILE",
        help="keep questions that were not answered, and thumbs, in this SQLite file; the page says so (default: off)",
    )
    command.add_argument(
        "--keep-days", type=_days, default=90, metavar="DAYS", help="how many days they are kept (default: 90)"
    )
    _add_folders(command)
    _add_reranker(command)


def _add_gaps(added: Any) -> None:
    command = _command(added, "gaps", commands.gaps, "list the questions that were not answered, similar ones together")
    command.add_argument("file", type=Path, help="the file that `peerqa serve --keep-questions` writes")
    command.add_argument("--csv", action="store_true", help="print as CSV")
    _add_corpus(command, "; if they are there, their abbreviations count as what they stand for")
    command.add_argument("--purge", action="store_true", help="delete all that the file keeps")


# ---- options of several commands ------------------------------------------------------------------------------------


def _add_corpus(command: argparse.ArgumentParser, more: str = "") -> None:
    command.add_argument(
        "--corpus",
        type=_folder,
        default=Path("corpus"),
        metavar="FOLDER",
        help=f"where the reviews are{more} (default: corpus)",
    )


def _add_folders(command: argparse.ArgumentParser) -> None:
    """The folders that an assistant works on, and the model that its index is of."""
    _add_corpus(command)
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
        default=None,
        metavar="MODEL",
        help="cross-encoder that reorders the best passages: the folder of a trained one, or none for retrieval alone "
        "(default: peerqa-reader, which comes with peerqa)",
    )
    # Its name until version 0.1.
    command.add_argument("--reader", dest="reranker", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


# ---- the values of options ------------------------------------------------------------------------------------------


def _days(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 3650:
        raise argparse.ArgumentTypeError(f"{text} is no number of days; give one from 1 to 3650")
    return int(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; give one from 1 to 256")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _host(text: str) -> str:
    if not re.fullmatch(r"(\*\.)?[\w.-]+|\[?[0-9A-Fa-f:.]+\]?", text, re.ASCII):
        raise argparse.ArgumentTypeError(
            f"{text} is no host name; give it without scheme and port, such as reviews.example.edu"
        )
    return text


def _at_least_one(text: str) -> int:
    """A whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; give 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535")
    return int(text)
