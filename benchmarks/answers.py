"""How good the answers on the twelve articles are as they are read, and whether confidence tells what is answered.

    python benchmarks/answers.py [--reranker NAME] [--encoder NAME] [--only NAME ...] [--json FILE] [--no-pairs]

Prints for 840 questions on twelve articles what `peerqa evaluate` prints for a question set on a corpus: ranking, the
highlights as they are read, refusal, and the same question with and without the paragraphs that answer it. Neither the
networks nor anything but a few fitted numbers has learnt from these questions.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from corpora import ARTICLES, articles
from peerqa.cli.scripts import Parser, ScriptError, run
from peerqa.evaluation.outcomes import outcome_of
from peerqa.evaluation.report import report_as_table
from peerqa.evaluation.scoring import Report, Scored, evaluate
from peerqa.models.cross_encoder import DEFAULT_RERANKER, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, load_encoder


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--reranker", default=DEFAULT_RERANKER, help="its name or folder; none: retrieval alone")
    parser.add_argument("--encoder", default=DEFAULT_MODEL, help="its name or folder")
    parser.add_argument(
        "--folder", type=Path, default=ARTICLES, metavar="FOLDER", help="another question set of the same form"
    )
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these documents")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write each question with its scores, too")
    parser.add_argument("--no-pairs", action="store_true", help="do not ask the questions without their answers")
    options = parser.parse_args()
    encoder, cross_encoder = load_encoder(options.encoder), load_cross_encoder(options.reranker)
    scored: list[Scored] = []
    for corpus in articles(options.folder):
        if options.only and corpus.name not in options.only:
            continue
        assistant = corpus.assistant(encoder, cross_encoder)
        asked = evaluate(partial(outcome_of, assistant, pair=not options.no_pairs), corpus.questions)
        scored += asked.scored
        print(f"\r{corpus.name:30}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if not scored:
        raise ScriptError(f"{options.folder}: no document of these names has questions")
    report = Report(options.folder.name, tuple(scored))
    if options.json:
        options.json.write_text(json.dumps(report.to_dict(), indent=1) + "\n", "utf-8")
    print(report_as_table(report))


if __name__ == "__main__":
    run(main)
