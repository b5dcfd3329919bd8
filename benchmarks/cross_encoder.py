"""How well the reader picks the sentences that answer, and tells when none does, on open test sets.

    python benchmarks/reader.py DATA [--reader NAME] [--most 600] [--by-words] [--only wikiqa]

DATA is the folder that holds `reader-train/test`, `reader-train/squad2-half.jsonl` and so on (see training/README.md).
WikiQA and SelQA: mean average precision and mean reciprocal rank over the questions that have an answer, as published
work reports them. Fairytales: the same. SQuAD 2.0: of the articles that training left out, the AUROC of answerable
against unanswerable questions, their paragraph being given. Beside the reader stand the whole of peerqa, which takes
the sentences as a review of one paragraph and ranks them as it ranks those of any review (retrieval, and the reader on
the first passages), and plain overlap of words.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpora import Corpus, review_of_sentences
from peerqa.evaluation import metrics
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, TrainedCrossEncoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, SentenceEncoder
from peerqa.retrieval.lexical import stems_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from rows import MEASURED_SQUAD2

PUBLISHED = {
    "wikiqa": "word overlap .689/.702, BM25 .603/.608; RWS+TANDA on a large transformer .929",
    "selqa": "word overlap .838/.847",
    "fairytaleqa": "word overlap .720/.720",
}
WINDOW = 200
"""Words that are read at a time, as in a long passage."""

Score = Callable[[dict[str, Any]], list[float]]


def read_by(cross_encoder: CrossEncoder) -> Score:
    """Scores of a row's sentences by the reader; a long row is read in windows."""

    def score(row: dict[str, Any]) -> list[float]:
        windows = list(_windows(row["sentences"]))
        readings = cross_encoder.read(row["question"], (), [(row["title"], sentences) for sentences in windows])
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
    """Scores of a row's sentences by all of peerqa: its title and sentences are a review, which is asked."""

    def score(row: dict[str, Any]) -> list[float]:
        corpus = Corpus("row", "row", review_of_sentences("row", row["title"], row["sentences"]), ())
        assistant = corpus.assistant(encoder, cross_encoder)
        ranking = assistant.rank(row["question"])
        if not ranking.sentences:  # what peerqa takes for no question
            return [0.0] * len(row["sentences"])
        places = {(passage.id, sentence): place for place, (passage, sentence) in enumerate(ranking.sentences)}
        spans = [(passage.id, number) for passage in corpus.review.passages for number in range(len(passage.sentences))]
        return [-float(places[span]) for span in spans]

    return score


def by_words(row: dict[str, Any]) -> list[float]:
    """Share of the question's stems in each sentence, rarer ones counting more."""
    sentences = [set(stems_of(sentence)) for sentence in row["sentences"]]
    held = Counter(stem for sentence in sentences for stem in sentence)
    rarity = {stem: math.log1p(len(sentences) / (1 + held[stem])) for stem in stems_of(row["question"])}
    return [sum(value for stem, value in rarity.items() if stem in sentence) for sentence in sentences]


def ranking(rows: Sequence[dict[str, Any]], score: Score) -> tuple[float, float, int]:
    """(MAP, MRR, questions)."""
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
    read = [cross_encoder.read(row["question"], (), [(row["title"], row["sentences"])])[0] for row in rows]
    good = [item for item, row in zip(read, rows, strict=True) if any(row["labels"])]
    bad = [item for item, row in zip(read, rows, strict=True) if not any(row["labels"])]
    return (
        metrics.auroc([item.passage for item in good], [item.passage for item in bad]),
        metrics.auroc([item.best for item in good], [item.best for item in bad]),
        metrics.refused_at(0.05, [item.passage for item in good], [item.passage for item in bad]),
        len(rows),
    )


def rows_in(path: Path, most: int) -> list[dict[str, Any]]:
    """The first rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()[: most or None]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reader", default=DEFAULT_RERANKER, help="its name or folder")
    parser.add_argument("--encoder", default=DEFAULT_MODEL)
    sets = (*PUBLISHED, "squad2")
    parser.add_argument("--only", nargs="+", default=sets, choices=sets, help="these sets alone")
    parser.add_argument("--most", type=int, default=0, help="rows of each set; 0 for all")
    parser.add_argument("--by-words", action="store_true", help="word overlap too")
    options = parser.parse_args()
    cross_encoder = TrainedCrossEncoder(options.cross_encoder)
    folder = options.data / "reader-train"
    scores = {"peerqa": by_peerqa(SentenceEncoder(options.encoder), cross_encoder), "reader": read_by(cross_encoder)}
    if options.by_words:
        scores["words"] = by_words
    for name in PUBLISHED:
        if name not in options.only:
            continue
        rows = rows_in(folder / "test" / f"{name}.test.jsonl", options.most)
        for label, score in scores.items():
            mean, reciprocal, count = ranking(rows, score)
            print(
                f"{name:12} {label:7} MAP {mean:.3f} MRR {reciprocal:.3f}  {count} questions  ({PUBLISHED[name]})",
                flush=True,
            )
    if "squad2" not in options.only:
        return
    rows = [row for row in rows_in(folder / "squad2-half.jsonl", 0) if row["title"] in MEASURED_SQUAD2]
    rows = rows[:: max(1, len(rows) // options.most)] if options.most else rows
    passage, best, refused, count = answerable(rows, cross_encoder)
    print(
        f"squad2       reader  AUROC {passage:.3f} (best sentence {best:.3f}), unanswerable refused at 5 % of the "
        f"answerable {refused:.2f}  {count} questions of articles not trained on"
    )


if __name__ == "__main__":
    main()
