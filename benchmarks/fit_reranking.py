"""Fit how much the cross-encoder counts beside retrieval, on articles that it was not trained on.

    python benchmarks/fit_reranking.py [DATA] [--reranker NAME] [--encoder NAME] [--write]

Tries how many passages the cross-encoder reads, and what a passage and a sentence gain that surely answer; then how
close to the best a passage must be for the cross-encoder to read it at all, and how much it reads of a long one. Prints
the best of these on the articles, and what they do to the first review, which takes no part in the choice. --write puts
the chosen ones into the group "reranking" of the package's parameters.json; the confidence has to be fitted again after
it (fit_confidence.py).
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
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, CrossEncoderScores, TrainedCrossEncoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.retrieval.parameters import PARAMETERS_FILE, RerankingParameters, shipped_parameters
from peerqa.retrieval.reranking import Excerpt, fused, limited, passages_read, read_by_cross_encoder
from peerqa.retrieval.retriever import Hit

MOST_CANDIDATES = 8
"""Passages that the cross-encoder reads at most."""
WITHIN = 0.01
"""How far the sum of the three measures may be below the best (a quarter of the standard error of 552 questions). Of
such parameters those are chosen that read fewest passages, and of these those that change the scores least."""
MEASURES = ("first right", "R@3", "S R@3")
NEAR_MISSES = "near"
"""A fourth measure: how well the highest logit of what is read tells answered questions from near misses (AUROC)."""
MARGINS = (0.0, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.5)
WHOLE = 100_000
LENGTHS = (500, 650, 800, WHOLE)
"""Characters of a passage that are read at most; WHOLE is longer than any passage."""
MOST_LOST = 0.01
"""How much each of the four measures may lose because less is read."""


@dataclass(frozen=True)
class Found:
    """What was found for a question: for each hit its sentences and the hit itself; for the first hits what the
    cross-encoder is given of them (heading, sentences), and what it makes of that. earlier: questions before it."""

    gold: GoldQuestion
    question: str
    earlier: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    hits: tuple[Hit, ...]
    inputs: tuple[tuple[str, tuple[str, ...]], ...]
    scores: tuple[CrossEncoderScores, ...]


def gather(corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder) -> list[Found]:
    """Every answerable question of a document and every near miss, with its first twenty hits."""
    assistant = corpus.assistant(encoder)
    found = []
    for gold in corpus.questions:
        question, result = assistant.search(gold.question, gold.history)
        if result is None or gold.kind == FAR:
            continue
        hits = result.hits[:20]
        inputs = tuple(read_by_cross_encoder(passage) for passage in result.passages[:MOST_CANDIDATES])
        shown = [assistant.library.passage(hit.row) for hit in hits]
        words = tuple(
            tuple(" ".join(assistant.sentence(passage, n).split()) for n in range(len(hit.sentences)))
            for passage, hit in zip(shown, hits, strict=True)
        )
        scores = tuple(cross_encoder.score(question.written_out, question.history, inputs))
        found.append(Found(gold, question.written_out, tuple(question.history), words, hits, inputs, scores))
    return found


def shortened(found: Sequence[Found], cross_encoder: CrossEncoder, parameters: RerankingParameters) -> list[Found]:
    """The same questions, with what the cross-encoder makes of the excerpts of passages that it would read."""
    again = []
    for item in found:
        pairs = list(zip(item.hits, item.inputs, strict=False))[: parameters.candidates]
        excerpts = [Excerpt.of(hit, *given, parameters.characters_read) for hit, given in pairs]
        read = cross_encoder.score(item.question, item.earlier, [(one.heading, one.sentences) for one in excerpts])
        scores = tuple(excerpt.spread(one) for excerpt, one in zip(excerpts, read, strict=True))
        inputs = tuple((one.heading, one.sentences) for one in excerpts)
        again.append(replace(item, inputs=inputs, scores=scores))
    return again


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


def with_near_misses(found: Sequence[Found], parameters: RerankingParameters) -> dict[str, float]:
    """The measures, and NEAR_MISSES among them."""

    def logits(answerable: bool) -> list[float]:
        items = [item for item in found if item.gold.answerable == answerable and item.scores]
        read = [item.scores[: passages_read(item.hits, parameters)] for item in items]
        return [max(limited(one.passage, parameters.logit_limit) for one in some) for some in read]

    return {**measured(found, parameters), NEAR_MISSES: auroc(logits(True), logits(False))}


def characters(found: Sequence[Found], parameters: RerankingParameters) -> float:
    """How many characters of passages the cross-encoder reads for a question, as a mean."""
    read = [item.inputs[: passages_read(item.hits, parameters)] for item in found]
    return sum(len(text) for some in read for _, sentences in some for text in sentences) / len(found)


def spared(found: Sequence[Found], cross_encoder: CrossEncoder, fitted: RerankingParameters) -> RerankingParameters:
    """The parameters that read least and lose at most MOST_LOST in each measure; prints all that were tried."""
    everything = replace(fitted, always_read=fitted.candidates, characters_read=WHOLE)
    whole = with_near_misses(found, everything)
    print(f"everything read: {characters(found, everything):.0f} characters; {_line(whole)}")
    kept = [(characters(found, everything), everything)]
    for length in LENGTHS:
        shorter = shortened(found, cross_encoder, replace(fitted, characters_read=length))
        for margin in MARGINS:
            parameters = replace(fitted, characters_read=length, read_margin=margin)
            values, cost = with_near_misses(shorter, parameters), characters(shorter, parameters)
            print(f"of {length} characters, margin {margin}: {cost:.0f} characters; {_line(values)}")
            if all(values[name] >= whole[name] - MOST_LOST for name in whole):
                kept.append((cost, parameters))
    return min(kept, key=lambda item: item[0])[1]


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
        chosen = spared(found, cross_encoder, replace(chosen, always_read=shipped.reranking.always_read))
        on_review = with_near_misses(shortened(review, cross_encoder, chosen), chosen)
        print(f"on the review, of so much: {_line(on_review)}")
    print(f"chosen: {chosen}")
    if options.write:
        replace(shipped, reranking=chosen).save(PARAMETERS_FILE)


if __name__ == "__main__":
    run(main)
