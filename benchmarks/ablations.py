"""What each part of retrieval is worth: variants side by side, on the first review and on open data.

    python benchmarks/ablations.py [DATA] [--sets review articles ...] [--most 40] [--only NAME ...]

Prints, for each set and variant: share of questions whose first passage is right / recall of essential passages in 3 /
recall of essential sentences among the first 3 ranked. Each question is asked of its own document. The weights were
chosen on the review and the articles; the other sets were not tuned on. All but the last two variants use the embedding
model as it was published.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpora import Corpus, articles, covid_qa, first_review, openstax, squad2
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.questions import GoldQuestion
from peerqa.evaluation.scoring import Outcome, Report, Scored, score
from peerqa.index.collection import Collection
from peerqa.library.passages import Passage
from peerqa.models.cross_encoder import CrossEncoder, TrainedCrossEncoder
from peerqa.models.encoder import Encoder, load_encoder
from peerqa.models.packaged import PACKAGED_MODEL
from peerqa.retrieval.parameters import RetrievalParameters, shipped_parameters
from peerqa.retrieval.pipeline import RetrievalPipeline
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit
from peerqa.text.words import stems_of

SHIPPED = shipped_parameters()
SETS = ("review", "articles", "squad2", "covid-qa", "openstax")


class Indexed:
    """A document with its index, and its retrieval with any parameters."""

    def __init__(self, corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder | None) -> None:
        self.review, self.encoder, self._cross_encoder = corpus.review, encoder, cross_encoder
        self._assistant = corpus.assistant(encoder)
        self.candidates = Collection(self._assistant.library.database, encoder.identity).candidates()
        self.passages = dict(zip(self.candidates.numbers, corpus.review.passages, strict=True))
        self._pipelines: dict[RetrievalParameters, RetrievalPipeline] = {}

    def retrieval(self, parameters: RetrievalParameters = SHIPPED.retrieval) -> RetrievalPipeline:
        """The stages of retrieval with these parameters, and all others as they ship."""
        if parameters not in self._pipelines:
            self._pipelines[parameters] = RetrievalPipeline(
                self._assistant.library.database,
                self.encoder,
                self._cross_encoder,
                replace(SHIPPED, retrieval=parameters),
            )
        return self._pipelines[parameters]


Ranker = Callable[[Indexed, GoldQuestion], Sequence[Hit]]


def _single(passage_weight: float, sentence_weight: float, bm25_weight: float) -> Ranker:
    """The vector of the passage, that of its best sentence, and BM25: alone or fused with these weights."""

    def rank(document: Indexed, gold: GoldQuestion) -> list[Hit]:
        retrieval = document.retrieval()
        query = retrieval.query_parser.read(gold.question, gold.history)
        texts = [gold.question, *(gold.history[-1:] if query.history else [])]
        vectors = document.encoder.encode(texts)
        vector = vectors[0] + 0.5 * vectors[1:].sum(axis=0)
        stems = [stem for text in texts for stem in stems_of(text)]
        candidates = document.candidates
        rarities = retrieval.lexicon.rarities(stems)
        lexical = [retrieval.lexicon.score(passage, stems, rarities) for passage in candidates.passages]
        highest = max(lexical) or 1.0
        hits = []
        for place, row in enumerate(candidates.numbers):
            cosines = candidates.sentences[candidates.first[place] : candidates.first[place + 1]] @ vector
            signals = (
                float(candidates.vectors[place] @ vector),
                float(cosines.max(initial=0.0)),
                lexical[place] / highest,
            )
            total = float(np.dot((passage_weight, sentence_weight, bm25_weight), signals))
            hits.append(Hit(row, total, tuple(float(value) + 0.5 * total for value in cosines)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.row))

    return rank


def _late(correct: bool, write_out: bool, **changes: float) -> Ranker:
    """Late interaction with other weights. correct: typos in the question; write_out: its abbreviations."""
    parameters = replace(SHIPPED.retrieval, **changes)  # type: ignore[arg-type]

    def rank(document: Indexed, gold: GoldQuestion) -> Sequence[Hit]:
        retrieval = document.retrieval(parameters)
        parser = retrieval.query_parser
        read = parser.read(gold.question, gold.history)

        def form(text: str) -> str:
            text = parser.write_out(text) if write_out else text
            return parser.speller.correct(text) if correct else text

        history = tuple(form(text) for text in gold.history[-len(read.history) :]) if read.history else ()
        return retrieval.retriever.search(Query(read.text, form(gold.question), history, read.kind)).hits

    return rank


def _without_reranking(document: Indexed, gold: GoldQuestion) -> Sequence[Hit]:
    retrieval = document.retrieval()
    return retrieval.retriever.search(retrieval.query_parser.read(gold.question, gold.history)).hits


def _whole(document: Indexed, gold: GoldQuestion) -> Sequence[Hit]:
    _, result = document.retrieval().search(gold.question, gold.history)
    return result.hits if result else ()


_NO_OVERVIEW = {"overview_weight": 0.0, "enumeration_margin": 0.0}
_OFF = {"best_sentence_weight": 0.0, "sentence_cosine_weight": 0.0, **_NO_OVERVIEW}
VARIANTS: dict[str, Ranker] = {
    "one vector a passage": _single(1, 0, 0),
    "best sentence's vector": _single(0, 1, 0),
    "BM25, stemmed": _single(0, 0, 1),
    "these three, fused": _single(0.5, 1, 0.3),
    "late interaction": _late(False, False, **_OFF),
    "+ abbreviations written out": _late(False, True, **_OFF),
    "+ typos corrected": _late(True, True, **_OFF),
    "+ best sentence's vector": _late(True, True, **_NO_OVERVIEW),
    "+ overview questions": _late(True, True),
}
OURS: dict[str, Ranker] = {
    "+ encoder of our own": _without_reranking,
    "+ the cross-encoder = peerqa": _whole,
}
"""Variants with our own models."""


def outcome(passages: Mapping[int, Passage], hits: Sequence[Hit]) -> Outcome:
    """What was ranked, as it is scored. passages: by the numbers in the hits."""
    found = [passages[hit.row] for hit in hits]
    texts = [tuple(passage.sentence(number) for number in range(len(passage.sentences))) for passage in found]
    ranked = sorted(
        (
            (value, text)
            for hit, own in zip(hits, texts, strict=True)
            for value, text in zip(hit.sentences, own, strict=True)
        ),
        key=lambda item: -item[0],
    )
    return Outcome(tuple(texts), tuple(text for _, text in ranked[:10]), (), 0.0, False)


def load(data: Path, names: Sequence[str], most: int) -> Iterator[Corpus]:
    makers: dict[str, Callable[[], Any]] = {
        "review": lambda: [first_review()],
        "articles": articles,
        "squad2": lambda: squad2(data, most),
        "covid-qa": lambda: covid_qa(data),
        "openstax": lambda: openstax(data, most),
    }
    for name in names:
        yield from makers[name]()


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument(
        "--sets", nargs="+", default=SETS, choices=SETS, help="question sets; `review` and `articles` need no DATA"
    )
    parser.add_argument(
        "--most", type=int, default=40, help="questions of a kind from each document of squad2 and openstax"
    )
    parser.add_argument("--only", nargs="+", choices=[*VARIANTS, *OURS], help="these variants alone")
    options = parser.parse_args()
    chosen = [name for name in (*VARIANTS, *OURS) if name in (options.only or (*VARIANTS, *OURS))]
    encoder, own, cross_encoder = load_encoder(PACKAGED_MODEL), load_encoder(), TrainedCrossEncoder()
    scored: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    sources: dict[str, None] = {}
    for corpus in load(options.data, options.sets, options.most):
        print(f"\r{corpus.name:50}", end="", file=sys.stderr, flush=True)
        sources[corpus.source] = None
        for variants, model, used in ((VARIANTS, encoder, None), (OURS, own, cross_encoder)):
            wanted = {name: rank for name, rank in variants.items() if name in chosen}
            if not wanted:
                continue
            document = Indexed(corpus, model, used)
            for name, rank in wanted.items():
                for gold in corpus.questions:
                    if gold.answerable:
                        result = outcome(document.passages, rank(document, gold))
                        scored[corpus.source, name].append(Scored(gold, result, score(gold, result)))
    print("\r", file=sys.stderr)
    print(f"{'':32}" + "".join(f"{source:>22}" for source in sources))
    for name in chosen:
        cells = []
        for source in sources:
            report = Report(name, tuple(scored[source, name]))
            cells.append(" / ".join(f"{report.mean(measure)[0]:.2f}" for measure in ("first right", "R@3", "S R@3")))
        print(f"{name:32}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    print(f"{'questions':32}" + "".join(f"{len(scored[source, chosen[0]]):>22}" for source in sources))


if __name__ == "__main__":
    run(main)
