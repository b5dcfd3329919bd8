"""What each part of retrieval is worth: variants side by side, on the first review and on open data.

    python benchmarks/ablations.py [DATA] [--sets review articles ...] [--most 40] [--only NAME ...]

Prints, for each set and variant: first passage right / recall of essential passages in 3 / recall of essential
sentences among the first 3 ranked. Each question is asked of its own document. The weights were looked at on the review
and the articles; the other sets were not tuned on. All but the last two variants are with the embedding model as it was
published.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from corpora import Corpus, articles, covid_qa, first_review, openstax, squad2
from data_sets import add_data
from peerqa.answering.assistant import Assistant
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.scoring import GoldQuestion, Outcome, Report, Scored, score
from peerqa.models.cross_encoder import TrainedCrossEncoder
from peerqa.models.encoder import PACKAGED_MODEL, SentenceEncoder
from peerqa.retrieval import retriever as retrieve
from peerqa.retrieval.lexical import stems_of
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit

SETS = ("review", "articles", "squad2", "covid-qa", "openstax")
Ranker = Callable[[Assistant, GoldQuestion], Sequence[Hit]]


@contextmanager
def constants(**values: float) -> Iterator[None]:
    """Retrieval with other weights."""
    before = {name: getattr(retrieve, name) for name in values}
    for name, value in values.items():
        setattr(retrieve, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(retrieve, name, value)


def _plain(parts: tuple[float, float, float]) -> Ranker:
    """Passage vector, best sentence's vector and BM25 with these weights; the usual signals, fused or alone."""

    def rank(assistant: Assistant, gold: GoldQuestion) -> list[Hit]:
        retriever: Any = assistant._retriever
        question = assistant._query_parser.read(gold.question, gold.history)
        texts = [gold.question, *(gold.history[-1:] if question.history else [])]
        vectors = retriever._encoder.encode(texts)
        vector = vectors[0] + 0.5 * vectors[1:].sum(axis=0)
        lexical = retriever._lexicon.scores([stem for text in texts for stem in stems_of(text)])
        highest = float(lexical.max()) or 1.0
        hits = []
        for row in range(len(assistant._passages)):
            sentences = retriever._sentences[retriever._first[row] : retriever._first[row + 1]] @ vector
            passage = float(retriever._passages[row] @ vector)
            signals = (passage, float(sentences.max(initial=0.0)), float(lexical[row]) / highest)
            total = float(np.dot(parts, signals))
            hits.append(Hit(row, total, tuple(float(value) + 0.5 * total for value in sentences)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.row))

    return rank


def _late(mend: bool, write_out: bool, **values: float) -> Ranker:
    """Late interaction; the question as typed, with abbreviations written out, with slips mended."""

    def rank(assistant: Assistant, gold: GoldQuestion) -> Sequence[Hit]:
        cross_encoder: Any = assistant._query_parser
        read = cross_encoder.read(gold.question, gold.history)

        def form(text: str) -> str:
            text = cross_encoder.write_out(text) if write_out else text
            return cross_encoder._speller.mend(text) if mend else text

        history = tuple(form(text) for text in gold.history[-len(read.history) :]) if read.history else ()
        with constants(**values):
            return assistant._retriever.search(Query(read.text, form(gold.question), history, read.kind)).hits

    return rank


_OFF = {"_SENTENCE_COSINE": 0.0, "_SENTENCE_COSINE_IN_PASSAGE": 0.0, "_OVERVIEW": 0.0, "_ENUMERATION": 0.0}
_NO_OVERVIEW = {"_OVERVIEW": 0.0, "_ENUMERATION": 0.0}
VARIANTS: dict[str, Ranker] = {
    "one vector a passage": _plain((1, 0, 0)),
    "best sentence's vector": _plain((0, 1, 0)),
    "BM25, stemmed": _plain((0, 0, 1)),
    "these three, fused": _plain((0.5, 1, 0.3)),
    "late interaction": _late(False, False, **_OFF),
    "+ abbreviations written out": _late(False, True, **_OFF),
    "+ slips mended": _late(True, True, **_OFF),
    "+ best sentence's vector": _late(True, True, **_NO_OVERVIEW),
    "+ overview questions": _late(True, True),
}
OURS: dict[str, Ranker] = {
    "+ encoder of our own": lambda assistant, gold: (
        assistant._retriever.search(assistant._query_parser.read(gold.question, gold.history)).hits
    ),
    "+ the reader = peerqa": lambda assistant, gold: assistant.search(gold.question, gold.history)[1].hits,  # type: ignore[union-attr]
}
"""Variants with our own models."""


def outcome(assistant: Assistant, hits: Sequence[Hit]) -> Outcome:
    passages = [assistant._passages[hit.row] for hit in hits]
    texts = [tuple(assistant.sentence(passage, n) for n in range(len(passage.sentences))) for passage in passages]
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
    encoder, own, cross_encoder = SentenceEncoder(PACKAGED_MODEL), SentenceEncoder(), TrainedCrossEncoder()
    scored: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    sources: dict[str, None] = {}
    for corpus in load(options.data, options.sets, options.most):
        print(f"\r{corpus.name:50}", end="", file=sys.stderr, flush=True)
        sources[corpus.source] = None
        for variants, model, used in ((VARIANTS, encoder, None), (OURS, own, cross_encoder)):
            wanted = {name: rank for name, rank in variants.items() if name in chosen}
            if not wanted:
                continue
            assistant = corpus.assistant(model, used)
            for name, rank in wanted.items():
                for gold in corpus.questions:
                    if gold.answerable:
                        result = outcome(assistant, rank(assistant, gold))
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
