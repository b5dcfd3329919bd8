"""How well the cross-encoder picks the sentences that answer, and tells when none does, on open test sets.

    python benchmarks/cross_encoder.py [DATA] [--only wikiqa selqa] [--most 600] [--by-words] [--reranker NAME]

WikiQA, SelQA and FairytaleQA: mean average precision (MAP) and mean reciprocal rank (MRR) over the questions that have
an answer, as published work reports them. SQuAD 2.0: AUROC of answerable against unanswerable questions whose paragraph
is given, on four articles that were left out of training (evaluation/held-out.json).

Three rankings stand side by side: the cross-encoder alone; all of peerqa, which takes the title and sentences of a row
as a review of one paragraph and ranks them as it ranks those of any review; and overlap of words (--by-words).
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora import Corpus, review_of_sentences
from data_sets import ROOT, add_data, find
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation import metrics
from peerqa.text.words import stems_of

if TYPE_CHECKING:
    from peerqa.models.cross_encoder import CrossEncoder
    from peerqa.models.encoder import Encoder

PUBLISHED = {
    "wikiqa": "word overlap .689/.702, BM25 .603/.608; RWS+TANDA on a large transformer .929",
    "selqa": "word overlap .838/.847",
    "fairytaleqa": "word overlap .720/.720",
}
WINDOW = 200
"""Words that are read at a time: about those of a long passage."""

Score = Callable[[dict[str, Any]], list[float]]


def read_by(cross_encoder: CrossEncoder) -> Score:
    """Scores of a row's sentences by the cross-encoder alone; a long row is read in windows of WINDOW words."""

    def score(row: dict[str, Any]) -> list[float]:
        windows = list(_windows(row["sentences"]))
        readings = cross_encoder.score(row["question"], (), [(row["title"], sentences) for sentences in windows])
        return [value for reading in readings for value in reading.sentences]

    return score


def _windows(sentences: Sequence[str]) -> Iterator[list[str]]:
    window: list[str] = []
    for sentence in sentences:
        if window and sum(len(item.split()) for item in (*window, sentence)) > WINDOW:
            yield window
            window = []
        window.append(sentence)
    yield window


def by_peerqa(encoder: Encoder, cross_encoder: CrossEncoder) -> Score:
    """Scores of a row's sentences by all of peerqa: the row is a review, which is asked."""

    def score(row: dict[str, Any]) -> list[float]:
        corpus = Corpus("row", "row", review_of_sentences("row", row["title"], row["sentences"]), ())
        assistant = corpus.assistant(encoder, cross_encoder)
        ranking = assistant.rank(row["question"])
        if not ranking.sentences:  # peerqa does not take it for a question
            return [0.0] * len(row["sentences"])
        places = {(passage.id, sentence): place for place, (passage, sentence) in enumerate(ranking.sentences)}
        spans = [(passage.id, number) for passage in corpus.review.passages for number in range(len(passage.sentences))]
        return [-float(places[span]) for span in spans]

    return score


def by_words(row: dict[str, Any]) -> list[float]:
    """Score of each sentence by the stems that it shares with the question; rare ones count more."""
    sentences = [set(stems_of(sentence)) for sentence in row["sentences"]]
    held = Counter(stem for sentence in sentences for stem in sentence)
    rarity = {stem: math.log1p(len(sentences) / (1 + held[stem])) for stem in stems_of(row["question"])}
    return [sum(value for stem, value in rarity.items() if stem in sentence) for sentence in sentences]


def ranking(rows: Sequence[dict[str, Any]], score: Score) -> tuple[float, float, int]:
    """(MAP, MRR, number of questions); rows without an answer are left out."""
    precisions, reciprocal = [], []
    for row in rows:
        if not any(row["labels"]):
            continue
        scores = score(row)
        order = sorted(range(len(scores)), key=lambda number: (-scores[number], number))
        places = [place for place, number in enumerate(order, 1) if row["labels"][number]]
        precisions.append(sum(count / place for count, place in enumerate(places, 1)) / len(places))
        reciprocal.append(1 / places[0])
    return sum(precisions) / len(precisions), sum(reciprocal) / len(reciprocal), len(precisions)


def answerable(rows: Sequence[dict[str, Any]], cross_encoder: CrossEncoder) -> tuple[float, float, float, int]:
    """(AUROC by the passage, by the best sentence, unanswerable refused at 5 % of the answerable, rows)."""
    read = [cross_encoder.score(row["question"], (), [(row["title"], row["sentences"])])[0] for row in rows]
    good = [item for item, row in zip(read, rows, strict=True) if any(row["labels"])]
    bad = [item for item, row in zip(read, rows, strict=True) if not any(row["labels"])]
    return (
        metrics.auroc([item.passage for item in good], [item.passage for item in bad]),
        metrics.auroc([item.best for item in good], [item.best for item in bad]),
        metrics.refused_at(0.05, [item.passage for item in good], [item.passage for item in bad]),
        len(rows),
    )


def rows_in(path: Path, most: int) -> list[dict[str, Any]]:
    """The first `most` rows of a file of JSON lines; 0 for all."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()[: most or None]]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = Parser(__doc__)
    add_data(parser)
    sets = (*PUBLISHED, "squad2")
    parser.add_argument("--only", nargs="+", default=sets, choices=sets, help="these sets alone")
    parser.add_argument("--most", type=int, default=0, help="rows of each set (default: 0, all)")
    parser.add_argument("--by-words", action="store_true", help="print overlap of words too")
    parser.add_argument("--reranker", metavar="NAME", help="cross-encoder, by name or folder (default: that of peerqa)")
    parser.add_argument(
        "--encoder", metavar="NAME", help="embedding model, by name or folder (default: that of peerqa)"
    )
    return parser.parse_args()


def main() -> None:
    options = parse()
    # All files first: a set that is missing is told at once, not after an hour.
    paths = {
        name: find(options.data, f"reader-train/test/{name}.test.jsonl") for name in PUBLISHED if name in options.only
    }
    squad2 = find(options.data, "reader-train/squad2-half.jsonl") if "squad2" in options.only else None
    from peerqa.models.cross_encoder import DEFAULT_RERANKER, TrainedCrossEncoder
    from peerqa.models.encoder import DEFAULT_MODEL, load_encoder

    cross_encoder = TrainedCrossEncoder(options.reranker or DEFAULT_RERANKER)
    encoder = load_encoder(options.encoder or DEFAULT_MODEL)
    scores = {"peerqa": by_peerqa(encoder, cross_encoder), "cross-encoder": read_by(cross_encoder)}
    if options.by_words:
        scores["words"] = by_words
    for name, path in paths.items():
        rows = rows_in(path, options.most)
        for label, score in scores.items():
            mean, reciprocal, count = ranking(rows, score)
            print(
                f"{name:12} {label:13} MAP {mean:.3f} MRR {reciprocal:.3f}  {count} questions  ({PUBLISHED[name]})",
                flush=True,
            )
    if squad2:
        measured = json.loads((ROOT / "evaluation" / "held-out.json").read_text("utf-8"))["squad2"]
        rows = [row for row in rows_in(squad2, 0) if row["title"] in measured]
        rows = rows[:: max(1, len(rows) // options.most)] if options.most else rows
        passage, best, refused, count = answerable(rows, cross_encoder)
        print(
            f"squad2       cross-encoder AUROC {passage:.3f} (best sentence {best:.3f}), unanswerable refused at 5 % "
            f"of the answerable {refused:.2f}  {count} questions of articles not trained on"
        )


if __name__ == "__main__":
    run(main)
