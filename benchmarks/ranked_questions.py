"""What is ranked for the questions of question sets, kept in a folder, so that fits and trials need no model.

Whoever fits what comes after ranking (selection) asks `ranked` for it; the models run only for a document that the
folder does not hold yet, with these models and these parameters of retrieval and reranking.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corpora import Corpus
from peerqa.evaluation.questions import GoldQuestion
from peerqa.models.cross_encoder import CrossEncoder
from peerqa.models.encoder import Encoder
from peerqa.retrieval.parameters import shipped_parameters
from peerqa.retrieval.retriever import Hit

KEPT_HITS = 8
"""Hits that are kept of each question."""


@dataclass(frozen=True)
class RankedQuestion:
    """A question with the first hits for it, reranked, and the sentences of each hit. asked: as it was searched.

    confidence: that the document answers. headings: of each hit.
    """

    document: str
    gold: GoldQuestion
    asked: str
    confidence: float
    hits: tuple[Hit, ...]
    headings: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


def ranked(
    corpora: Iterable[Corpus], encoder: Encoder, cross_encoder: CrossEncoder | None, cache: Path | None
) -> Iterator[RankedQuestion]:
    """Every question of the documents, ranked. cache: the folder to keep them in; None to keep nothing."""
    for corpus in corpora:
        path = cache / f"{corpus.name}-{_digest(corpus, encoder, cross_encoder)}.json" if cache else None
        if path is not None and path.is_file():
            rows = json.loads(path.read_text("utf-8"))
        else:
            rows = list(_rank(corpus, encoder, cross_encoder))
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(rows), "utf-8")
        print(f"\r{corpus.name:30}", end="", file=sys.stderr, flush=True)
        for gold, row in zip(corpus.questions, rows, strict=True):
            yield RankedQuestion(
                corpus.name,
                gold,
                row["asked"],
                row["confidence"],
                tuple(
                    Hit(hit["row"], hit["score"], tuple(hit["sentences"]), tuple(hit["logits"])) for hit in row["hits"]
                ),
                tuple(row["headings"]),
                tuple(map(tuple, row["words"])),
            )
    print(file=sys.stderr)


def _rank(corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder | None) -> Iterator[dict[str, object]]:
    assistant = corpus.assistant(encoder, cross_encoder)
    fitted = shipped_parameters().confidence
    for gold in corpus.questions:
        question, result = assistant.search(gold.question, gold.history)
        hits = result.hits[:KEPT_HITS] if result else ()
        passages = {hit.row: assistant.library.passage(hit.row) for hit in hits}
        yield {
            "asked": question.written_out,
            "confidence": fitted.fitted_for(result.signals).of(result.signals) if result and hits else 0.0,
            "hits": [asdict(hit) for hit in hits],
            "headings": [passages[hit.row].heading for hit in hits],
            "words": [
                [" ".join(assistant.sentence(passages[hit.row], n).split()) for n in range(len(hit.sentences))]
                for hit in hits
            ],
        }


def _digest(corpus: Corpus, encoder: Encoder, cross_encoder: CrossEncoder | None) -> str:
    """Of all that the ranking depends on: text and questions, both models, the parameters."""
    parameters = shipped_parameters()
    parts = (
        corpus.review.document.text,
        [(question.question, question.history) for question in corpus.questions],
        asdict(encoder.identity),
        _probe(cross_encoder) if cross_encoder else "",
        asdict(parameters.retrieval),
        asdict(parameters.reranking),
        asdict(parameters.confidence),
    )
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:16]


def _probe(cross_encoder: CrossEncoder) -> list[float]:
    """What a cross-encoder makes of one passage: a name stays the same when the weights behind it are replaced."""
    scores = cross_encoder.score("Who reads?", (), [("Reading", ["People read books.", "Nobody reads all of them."])])
    return [round(logit, 4) for logit in (scores[0].passage, *scores[0].sentences)]
