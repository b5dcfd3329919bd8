"""How fast peerqa is, and what it takes: answers, start, memory, many readers at once, and a library of real articles.

    python benchmarks/speed.py [DATA] [--peers [FOLDER]] [--size N] [--only answers start library] [--json FILE]

Prints a table in Markdown, with the goal beside each figure, and where the time of an answer goes. All that is compared
is measured in one run, in turn: the networks by themselves, the same answers with the networks in torch (needs the
package transformers), and with --peers txtai, LangChain with FAISS, LlamaIndex and Haystack, on the same texts with the
model that they share, in a virtual environment of their own, which is made once. The library needs DATA/library.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data_sets import ROOT, add_data
from peerqa.cli.scripts import Parser, ScriptError, run
from speed_measuring import QUESTION, Row, as_json, as_markdown

if TYPE_CHECKING:
    import argparse

    from peerqa.evaluation.questions import GoldQuestion

GROUPS = ("answers", "start", "library")


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument(
        "--peers",
        nargs="?",
        type=Path,
        default=None,
        const=Path(),
        metavar="FOLDER",
        help="measure other systems too; FOLDER: where their environment is or will be made (default: in ~/.cache)",
    )
    parser.add_argument("--size", type=int, default=100, metavar="N", help="articles of the library (default: 100)")
    parser.add_argument("--only", nargs="+", default=list(GROUPS), choices=GROUPS, help="these rows alone")
    parser.add_argument("--turns", type=int, default=2, help="how often each thing is measured (default: 2)")
    parser.add_argument("--most", type=int, default=0, help="questions to ask (default: 0, all)")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the rows to this file as JSON")
    options = parser.parse_args()
    from peerqa.evaluation.questions import read_questions

    questions = read_questions(ROOT / "evaluation" / "questions.jsonl")[: options.most or None]
    with tempfile.TemporaryDirectory() as temporary:
        kept = []
        for row in rows(options, Path(temporary), questions):
            kept.append(row)
            print(as_markdown([row]).splitlines()[-1], file=sys.stderr, flush=True)
        print(as_markdown(kept))
        if options.json is not None:
            options.json.write_text(as_json(kept), "utf-8")
        if "answers" in options.only:
            import speed_answers

            print(f"\n{speed_answers.parts(Path(temporary) / 'index', questions, options.turns)}")


def rows(options: argparse.Namespace, folder: Path, questions: Sequence[GoldQuestion]) -> Iterator[Row]:
    """All rows that were asked for. folder: for the indexes."""
    asked = [gold.question for gold in questions]
    index, peers = folder / "index", Peers(options)
    if {"answers", "start"} & set(options.only):
        from peerqa import Assistant, Settings

        built = Assistant.build(ROOT / "corpus", index, settings=Settings(reranker="none"))
        peers.texts = [passage.text for review in built.reviews for passage in review.passages]
    if "answers" in options.only:
        import speed_answers

        yield from speed_answers.rows(index, questions, peers.measured(asked), options.turns)
    if "start" in options.only:
        import speed_start

        yield from speed_start.rows(index, asked, peers.measured(asked), options.turns)
    if "library" in options.only:
        import speed_library

        try:
            yield from speed_library.rows(options.data, folder / "library", options.size, asked, options.turns)
        except ScriptError as error:
            print(f"the library is left out: {error}", file=sys.stderr)


class Peers:
    """The figures of the other systems, measured when they are first asked for."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.texts: Sequence[str] = ()
        self._options = options
        self._measured: Mapping[str, Mapping[str, float]] | None = None

    def measured(self, questions: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        """See speed_peers.measured; nothing without --peers."""
        if self._options.peers is None:
            return {}
        if self._measured is None:
            import speed_peers

            folder = speed_peers.FOLDER if self._options.peers == Path() else self._options.peers
            asked = [QUESTION, *questions]
            self._measured = speed_peers.measured(folder.resolve(), self.texts, asked, self._options.turns)
        return self._measured


if __name__ == "__main__":
    run(main)
