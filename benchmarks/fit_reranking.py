"""Fit how much the cross-encoder counts beside retrieval, on articles that it was not trained on.

    python benchmarks/fit_reranking.py [DATA] [--reranker NAME] [--encoder NAME] [--write]

Tries how many passages are read, what a passage gains that surely answers, and what a sentence gains; prints the best
on the articles, and what they do to the first review, which takes no part in the choice.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from corpora import ROOT, Corpus, articles, first_review
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.scoring import GoldQuestion, Outcome, score
from peerqa.index.building import embedded_texts
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, CrossEncoderScores, TrainedCrossEncoder
from peerqa.models.encoder import DEFAULT_MODEL, SentenceEncoder
from peerqa.retrieval.reranking import FusionWeights, mixed
from peerqa.retrieval.retriever import Hit

READ = 8
"""Passages that are read at most."""
WITHIN = 0.01
"""Of the mixtures whose three measures add up to about the best (a quarter of the standard error of 552 questions), the
one that reads fewest passages is taken, and of those the one that changes least."""
MEASURES = ("first right", "R@3", "S R@3")


@dataclass(frozen=True)
class Found:
    """What was found for a question: for each hit its words, the hit itself, and, of the first ones, its reading."""

    gold: GoldQuestion
    words: tuple[tuple[str, ...], ...]
    hits: tuple[Hit, ...]
    readings: tuple[CrossEncoderScores, ...]


def gather(corpus: Corpus, encoder: SentenceEncoder, cross_encoder: CrossEncoder) -> list[Found]:
    """Every answerable question of a document, with its first twenty hits."""
    assistant = corpus.assistant(encoder)
    passages, texts = corpus.review.passages, embedded_texts([corpus.review])
    found = []
    for gold in corpus.questions:
        question, result = assistant.search(gold.question, gold.history)
        if result is None or not gold.answerable:
            continue
        hits = result.hits[:20]
        read = [
            (passages[hit.row].heading, [texts[hit.row].text[a:b] for a, b in texts[hit.row].sentences])
            for hit in hits[:READ]
        ]
        words = tuple(
            tuple(" ".join(assistant.sentence(passages[hit.row], n).split()) for n in range(len(hit.sentences)))
            for hit in hits
        )
        readings = tuple(cross_encoder.read(question.written_out, question.history, read))
        found.append(Found(gold, words, hits, readings))
    return found


def measured(found: Sequence[Found], fusion_weights: FusionWeights) -> dict[str, float]:
    """Means of the measures with a mixture."""
    sums = dict.fromkeys(MEASURES, 0.0)
    for item in found:
        passages, sentences = [], []
        for place, (hit, words) in enumerate(zip(item.hits, item.words, strict=True)):
            if place < fusion_weights.candidates and place < len(item.readings):
                hit = mixed(hit, item.readings[place], fusion_weights)
            passages.append((hit.score, words))
            sentences += list(zip(hit.sentences, words, strict=True))
        passages.sort(key=lambda pair: -pair[0])
        sentences.sort(key=lambda pair: -pair[0])
        outcome = Outcome(tuple(words for _, words in passages), tuple(text for _, text in sentences), (), 0.0, False)
        scores = score(item.gold, outcome)
        for name in MEASURES:
            sums[name] += scores[name]
    return {name: value / len(found) for name, value in sums.items()}


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--reranker", "--reader", default=DEFAULT_RERANKER, help="its name or folder")
    parser.add_argument("--encoder", default=DEFAULT_MODEL, help="its name or folder")
    parser.add_argument("--only", nargs="*", help="these articles, if the cross-encoder was trained on the others")
    parser.add_argument("--write", action="store_true", help="write the parameters into the package")
    options = parser.parse_args()
    encoder, cross_encoder = SentenceEncoder(options.encoder), TrainedCrossEncoder(options.reranker)
    found: list[Found] = []
    for corpus in articles():
        if not options.only or corpus.name in options.only:
            found += gather(corpus, encoder, cross_encoder)
            print(f"\r{corpus.name}", end="", file=sys.stderr, flush=True)
    review = gather(first_review(), encoder, cross_encoder)
    print(file=sys.stderr)
    tried = []
    for candidates, passage, sentence in itertools.product(
        (0, 3, 4, 6, 8), (0.0, 0.05, 0.1, 0.2, 0.3, 0.5), (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)
    ):
        if bool(candidates) != bool(passage or sentence):
            continue
        fusion_weights = FusionWeights(candidates, passage, sentence)
        tried.append((sum((scores := measured(found, fusion_weights)).values()), fusion_weights, scores))
    tried.sort(key=lambda item: -item[0])
    nothing = next(item for item in tried if item[1].candidates == 0)
    for _, fusion_weights, scores in (*tried[:12], nothing):
        here, there = (
            " ".join(f"{name} {values[name]:.3f}" for name in MEASURES)
            for values in (scores, measured(review, fusion_weights))
        )
        print(
            f"read {fusion_weights.candidates} passage {fusion_weights.passage} sentence {fusion_weights.sentence}: "
            f"articles {here} | review {there}"
        )
    near = [item for item in tried if item[0] >= tried[0][0] - WITHIN]
    chosen = min(near, key=lambda item: (item[1].candidates, item[1].passage + item[1].sentence))[1]
    print(f"chosen: {chosen}")
    if options.write:
        (ROOT / "src" / "peerqa" / "retrieval" / "mixture.json").write_text(json.dumps(asdict(chosen)) + "\n", "utf-8")


if __name__ == "__main__":
    run(main)
