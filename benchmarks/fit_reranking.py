"""Fit how much the cross-encoder counts beside retrieval, on articles that it was not trained on.

    python benchmarks/fit_reranking.py [DATA] [--reranker NAME] [--encoder NAME] [--write]

Tries how many passages the cross-encoder reads, and what a passage and a sentence gain that surely answer. Prints the
best of these on the articles, and what they do to the first review, which takes no part in the choice. --write puts the
chosen ones into the group "reranking" of the package's parameters.json.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpora import Corpus, articles, first_review
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.questions import GoldQuestion
from peerqa.evaluation.scoring import Outcome, score
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, CrossEncoderScores, TrainedCrossEncoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.retrieval.parameters import PARAMETERS_FILE, RerankingParameters, shipped_parameters
from peerqa.retrieval.reranking import fused, read_by_cross_encoder
from peerqa.retrieval.retriever import Hit

MOST_CANDIDATES = 8
"""Passages that the cross-encoder reads at most."""
WITHIN = 0.01
"""How far the sum of the three measures may be below the best (a quarter of the standard error of 552 questions). Of
such parameters those are chosen that read fewest passages, and of these those that change the scores least."""
MEASURES = ("first right", "R@3", "S R@3")


@dataclass(frozen=True)
class Found:
    """What was found for a question: for each hit its sentences and the hit itself; for the first hits what the
    cross-encoder makes of them."""

    gold: GoldQuestion
    words: tuple[tuple[str, ...], ...]
    hits: tuple[Hit, ...]
    scores: tuple[CrossEncoderScores, ...]


def gather(corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder) -> list[Found]:
    """Every answerable question of a document, with its first twenty hits."""
    assistant = corpus.assistant(encoder)
    found = []
    for gold in corpus.questions:
        question, result = assistant.search(gold.question, gold.history)
        if result is None or not gold.answerable:
            continue
        hits = result.hits[:20]
        read = [read_by_cross_encoder(passage) for passage in result.passages[:MOST_CANDIDATES]]
        shown = [assistant.library.passage(hit.row) for hit in hits]
        words = tuple(
            tuple(" ".join(assistant.sentence(passage, n).split()) for n in range(len(hit.sentences)))
            for passage, hit in zip(shown, hits, strict=True)
        )
        scores = tuple(cross_encoder.score(question.written_out, question.history, read))
        found.append(Found(gold, words, hits, scores))
    return found


def measured(found: Sequence[Found], parameters: RerankingParameters) -> dict[str, float]:
    """Means of the measures with these parameters."""
    sums = dict.fromkeys(MEASURES, 0.0)
    for item in found:
        passages, sentences = [], []
        for place, (hit, words) in enumerate(zip(item.hits, item.words, strict=True)):
            if place < parameters.candidates and place < len(item.scores):
                hit = fused(hit, item.scores[place], parameters)
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
    encoder, cross_encoder = load_encoder(options.encoder), TrainedCrossEncoder(options.reranker)
    found: list[Found] = []
    for corpus in articles():
        if not options.only or corpus.name in options.only:
            found += gather(corpus, encoder, cross_encoder)
            print(f"\r{corpus.name}", end="", file=sys.stderr, flush=True)
    review = gather(first_review(), encoder, cross_encoder)
    print(file=sys.stderr)
    shipped, tried = shipped_parameters(), []
    for candidates, passage, sentence in itertools.product(
        (0, 3, 4, 6, 8), (0.0, 0.05, 0.1, 0.2, 0.3, 0.5), (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)
    ):
        if bool(candidates) != bool(passage or sentence):
            continue
        parameters = replace(shipped.reranking, candidates=candidates, passage_weight=passage, sentence_weight=sentence)
        tried.append((sum((scores := measured(found, parameters)).values()), parameters, scores))
    tried.sort(key=lambda item: -item[0])
    nothing = next(item for item in tried if item[1].candidates == 0)
    for _, parameters, scores in (*tried[:12], nothing):
        here, there = (
            " ".join(f"{name} {values[name]:.3f}" for name in MEASURES)
            for values in (scores, measured(review, parameters))
        )
        print(
            f"candidates {parameters.candidates} passage {parameters.passage_weight} "
            f"sentence {parameters.sentence_weight}: articles {here} | review {there}"
        )
    near = [item for item in tried if item[0] >= tried[0][0] - WITHIN]
    chosen = min(near, key=lambda item: (item[1].candidates, item[1].passage_weight + item[1].sentence_weight))[1]
    print(f"chosen: {chosen}")
    if options.write:
        replace(shipped, reranking=chosen).save(PARAMETERS_FILE)


if __name__ == "__main__":
    run(main)
