"""Fit how much the cross-encoder counts beside retrieval, on articles that it was not trained on.

    python benchmarks/fit_reranking.py [DATA] [--reranker NAME] [--encoder NAME] [--write]

Tries how many passages the cross-encoder reads, and what a passage and a sentence gain that surely answer; then how
close to the best a passage must be for the cross-encoder to read it at all. Prints the best of these on the articles,
and what they do to the first review, which takes no part in the choice. --write puts the chosen ones into the group
"reranking" of the package's parameters.json; the confidence has to be fitted again after it (fit_confidence.py).
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpora import Corpus, articles, first_review
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.metrics import auroc
from peerqa.evaluation.questions import FAR, GoldQuestion
from peerqa.evaluation.scoring import Outcome, score
from peerqa.index.building import embedded_texts
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, CrossEncoderScores, TrainedCrossEncoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.retrieval.parameters import PARAMETERS_FILE, RerankingParameters, shipped_parameters
from peerqa.retrieval.reranking import fused, limited, passages_read
from peerqa.retrieval.retriever import Hit

MOST_CANDIDATES = 8
"""Passages that the cross-encoder reads at most."""
WITHIN = 0.01
"""How far the sum of the three measures may be below the best (a quarter of the standard error of 552 questions). Of
such parameters those are chosen that read fewest passages, and of these those that change the scores least."""
MEASURES = ("first right", "R@3", "S R@3")
NEAR_MISSES = "near"
"""A fourth measure: how well the mean logit of what is read tells answered questions from near misses (AUROC)."""
MARGINS = (0.0, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
LEAST_MARGIN_LOSS = 0.01
"""How much each of the four measures may lose because fewer passages are read."""


@dataclass(frozen=True)
class Found:
    """What was found for a question: for each hit its sentences and the hit itself; for the first hits what the
    cross-encoder makes of them."""

    gold: GoldQuestion
    words: tuple[tuple[str, ...], ...]
    hits: tuple[Hit, ...]
    scores: tuple[CrossEncoderScores, ...]


def gather(corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder) -> list[Found]:
    """Every answerable question of a document and every near miss, with its first twenty hits."""
    assistant = corpus.assistant(encoder)
    passages, texts = corpus.review.passages, embedded_texts([corpus.review])
    found = []
    for gold in corpus.questions:
        question, result = assistant.search(gold.question, gold.history)
        if result is None or gold.kind == FAR:
            continue
        hits = result.hits[:20]
        read = [
            (passages[hit.row].heading, [texts[hit.row].text[a:b] for a, b in texts[hit.row].sentences])
            for hit in hits[:MOST_CANDIDATES]
        ]
        words = tuple(
            tuple(" ".join(assistant.sentence(passages[hit.row], n).split()) for n in range(len(hit.sentences)))
            for hit in hits
        )
        scores = tuple(cross_encoder.score(question.written_out, question.history, read))
        found.append(Found(gold, words, hits, scores))
    return found


def measured(found: Sequence[Found], parameters: RerankingParameters) -> dict[str, float]:
    """Means of the measures with these parameters."""
    answered = [item for item in found if item.gold.answerable]
    sums = dict.fromkeys(MEASURES, 0.0)
    for item in answered:
        passages, sentences = [], []
        read = passages_read(item.hits, parameters)
        for place, (hit, words) in enumerate(zip(item.hits, item.words, strict=True)):
            if place < read and place < len(item.scores):
                hit = fused(hit, item.scores[place], parameters)
            passages.append((hit.score, words))
            sentences += list(zip(hit.sentences, words, strict=True))
        passages.sort(key=lambda pair: -pair[0])
        sentences.sort(key=lambda pair: -pair[0])
        outcome = Outcome(tuple(words for _, words in passages), tuple(text for _, text in sentences), (), 0.0, False)
        scores = score(item.gold, outcome)
        for name in MEASURES:
            sums[name] += scores[name]
    return {name: value / len(answered) for name, value in sums.items()}


def near_misses(found: Sequence[Found], parameters: RerankingParameters) -> float:
    """The AUROC of the cross-encoder's mean logit, answered questions against near misses."""

    def logits(answerable: bool) -> list[float]:
        items = [item for item in found if item.gold.answerable == answerable and item.scores]
        read = [item.scores[: passages_read(item.hits, parameters)] for item in items]
        return [sum(limited(one.passage, parameters.logit_limit) for one in some) / len(some) for some in read]

    return auroc(logits(True), logits(False))


def chosen_margin(found: Sequence[Found], fitted: RerankingParameters) -> RerankingParameters:
    """The parameters that read fewest passages and lose at most LEAST_MARGIN_LOSS in each measure; prints all."""

    def all_measures(parameters: RerankingParameters) -> dict[str, float]:
        return {**measured(found, parameters), NEAR_MISSES: near_misses(found, parameters)}

    whole, kept = all_measures(replace(fitted, always_read=fitted.candidates)), []
    for margin in MARGINS:
        parameters = replace(fitted, read_margin=margin)
        values = all_measures(parameters)
        mean = sum(passages_read(item.hits, parameters) for item in found) / len(found)
        print(f"margin {margin}: {mean:.2f} passages read; {_line(values)}")
        if all(values[name] >= whole[name] - LEAST_MARGIN_LOSS for name in whole):
            kept.append((mean, parameters))
    print(f"all read: {_line(whole)}")
    return min(kept, key=lambda item: item[0])[1] if kept else replace(fitted, always_read=fitted.candidates)


def _line(values: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:.3f}" for name, value in values.items())


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
        everything = replace(shipped.reranking, candidates=candidates, always_read=candidates)
        parameters = replace(everything, passage_weight=passage, sentence_weight=sentence)
        tried.append((sum((scores := measured(found, parameters)).values()), parameters, scores))
    tried.sort(key=lambda item: -item[0])
    nothing = next(item for item in tried if item[1].candidates == 0)
    for _, parameters, scores in (*tried[:12], nothing):
        here, there = _line(scores), _line(measured(review, parameters))
        print(
            f"candidates {parameters.candidates} passage {parameters.passage_weight} "
            f"sentence {parameters.sentence_weight}: articles {here} | review {there}"
        )
    near = [item for item in tried if item[0] >= tried[0][0] - WITHIN]
    chosen = min(near, key=lambda item: (item[1].candidates, item[1].passage_weight + item[1].sentence_weight))[1]
    if chosen.candidates:
        chosen = chosen_margin(found, replace(chosen, always_read=shipped.reranking.always_read))
        on_review = {**measured(review, chosen), NEAR_MISSES: near_misses(review, chosen)}
        print(f"on the review, with that margin: {_line(on_review)}")
    print(f"chosen: {chosen}")
    if options.write:
        replace(shipped, reranking=chosen).save(PARAMETERS_FILE)


if __name__ == "__main__":
    run(main)
