"""Fit the parameters of peerqa's confidence on data that is not the first review.

    python benchmarks/fit_confidence.py [DATA] [--write] [--most 20] [--reranker none]

Fitted on the questions of twelve articles, typed as students and practitioners type. What tells that a detail is not
there is fitted half on written near misses and half on the same good questions, asked without the paragraphs that
answer them: their wording tells nothing, while that of written near misses does (training/style.py). Prints how well
that does on each article when it is held out, and on what it was not fitted on: squad2, openstax-psychology (each with
questions of the other as off-topic ones), and the first review. The near misses of squad2 were written to mislead;
similarity cannot tell them apart, so fitting on them would only add noise. Fitted twice: for retrieval alone, and with
the cross-encoder, which was not trained on the articles either. --write puts the result into the group "confidence" of
the package's parameters.json.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from corpora import Corpus, articles, first_review, off_topic, openstax, squad2
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation import metrics
from peerqa.evaluation.outcomes import passages_without_answer
from peerqa.evaluation.questions import FAR
from peerqa.evaluation.scoring import PAIR_SHARE
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.retrieval.confidence import RERANKER_SIGNALS, Confidence, Logistic
from peerqa.retrieval.parameters import PARAMETERS_FILE, shipped_parameters

TOPIC = ("nearest_sentence", "weakest_terms")
DETAIL = (
    "late_interaction", "nearest_passage", "sentence_of_best_passage", "weak_terms", "stems_covered", "ahead",
    "bm25",
)  # fmt: skip
NEGATIVES = (0, 2)
"""Kinds of questions from which the second regression tells answered ones; see Table."""
PAIRED = ("articles", "review")
"""Data sets whose questions are asked without their answer too."""
REFUSED = 0.05
"""Share of the questions that a document answers which may be refused."""


class Table:
    """A row for each question: signals, kind, data set and document.

    The kind is 1 for an answered question, 2 for the same without the paragraphs that answer it (articles and review
    only), 0 for a near miss, -1 for one that is off topic.
    """

    def __init__(
        self,
        corpora: list[Corpus],
        foreign: dict[str, list[Any]],
        encoder: Encoder,
        cross_encoder: CrossEncoder | None,
    ) -> None:
        self.signals: list[dict[str, float]] = []
        kinds: list[int] = []
        sources: list[str] = []
        names: list[str] = []
        for number, corpus in enumerate(corpora, 1):
            assistant = corpus.assistant(encoder, cross_encoder)
            for question in (*corpus.questions, *foreign.get(corpus.name, [])):
                kind = 1 if question.answerable else -1 if question.kind == FAR else 0
                found: list[tuple[int, set[int] | None]] = [(kind, None)]
                if question.answerable and corpus.source in PAIRED:
                    found += [(2, kept)] if (kept := passages_without_answer(assistant, question)) else []
                for kind, within in found:
                    ranking = assistant.rank(question.question, question.history, within=within)
                    self.signals.append(dict(ranking.signals))
                    kinds.append(kind)
                    sources.append(corpus.source)
                    names.append(corpus.name)
            print(f"\r{number}/{len(corpora)} {corpus.name:40}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        self.kinds, self.sources, self.names = np.array(kinds), np.array(sources), np.array(names)

    def columns(self, names: tuple[str, ...]) -> Any:
        return np.array([[row[name] for name in names] for row in self.signals])


def fit(table: Table, names: tuple[str, ...], rows: Any, negatives: tuple[int, ...]) -> tuple[Any, Any]:
    """(weights, intercept) that tell answered questions from those of the kinds `negatives`.

    The kinds have the same weight each, and together that of the first: the more questions without their answer there
    are, the less probable would an answer seem otherwise.
    """
    from sklearn.linear_model import LogisticRegression

    rows = rows & np.isin(table.kinds, (1, *negatives))
    values, kinds = table.columns(names)[rows], table.kinds[rows]
    counts = {kind: (kinds == kind).sum() for kind in negatives}
    share = {kind: counts[negatives[0]] / len(negatives) / max(count, 1) for kind, count in counts.items()}
    weights = [share.get(int(kind), 1.0) for kind in kinds]
    mean, spread = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=1000).fit((values - mean) / spread, kinds == 1, sample_weight=weights)
    scaled = model.coef_[0] / spread
    return scaled, model.intercept_[0] - (scaled * mean).sum()


def predict(table: Table, topic: tuple[Any, Any], detail: tuple[Any, Any], names: tuple[str, ...]) -> Any:
    parts = [1 / (1 + np.exp(-(table.columns(names) @ w + b))) for names, (w, b) in ((TOPIC, topic), (names, detail))]
    return parts[0] * parts[1]


def describe(title: str, kinds: Any, confidence: Any, threshold: float) -> None:
    good, near, far, without = (confidence[kinds == kind] for kind in (1, 0, -1, 2))
    asked = kinds != 2
    error = metrics.expected_calibration_error(confidence[asked].tolist(), (kinds[asked] == 1).tolist())
    print(
        f"{title:24} AUROC near {metrics.auroc(good, near):.3f} far {metrics.auroc(good, far):.3f}; "
        f"refused at 5 % of good: near {metrics.refused_at(REFUSED, good, near):.2f} "
        f"far {metrics.refused_at(REFUSED, good, far):.2f}; at the threshold: good {(good < threshold).mean():.2f} "
        f"near {(near < threshold).mean():.2f} far {(far < threshold).mean():.2f}; calibration error {error:.3f}"
        + (
            f"; pairs: AUROC {metrics.auroc(good, without):.3f}, refused at {PAIR_SHARE:.0%} of good "
            f"{metrics.refused_at(PAIR_SHARE, good, without):.2f}"
            if len(without)
            else ""
        )
    )


def fit_case(case: str, detail: tuple[str, ...], table: Table, review: Table) -> Confidence:
    """The regressions of one case; prints how well they do on what they have not seen."""
    fitted_on = table.sources == "articles"
    held_out = np.zeros(len(table.kinds))
    for name in sorted(set(table.names)):
        rest = table.names != name
        parts = fit(table, TOPIC, rest & fitted_on, (-1,)), fit(table, detail, rest & fitted_on, NEGATIVES)
        held_out[~rest] = predict(table, *parts, detail)[~rest]
    threshold = float(np.quantile(held_out[fitted_on & (table.kinds == 1)], REFUSED))
    print(f"{case}:")
    for source in sorted(set(table.sources)):
        chosen = table.sources == source
        describe(f"  {source}, unseen", table.kinds[chosen], held_out[chosen], threshold)
    topic, both = fit(table, TOPIC, fitted_on, (-1,)), fit(table, detail, fitted_on, NEGATIVES)
    describe("  first review, unseen", review.kinds, predict(review, topic, both, detail), threshold)
    return Confidence(_regression(TOPIC, topic), _regression(detail, both), round(threshold, 4))


def _regression(names: tuple[str, ...], fitted: tuple[Any, Any]) -> Logistic:
    """What `fit` found, to four digits."""
    weights, intercept = fitted
    rounded = {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}
    return Logistic(round(float(intercept), 4), rounded)


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--most", type=int, default=20, help="questions of a kind from each document of the other sets")
    parser.add_argument("--encoder", default=DEFAULT_MODEL, help="its name or folder")
    parser.add_argument(
        "--reranker", "--reader", default=DEFAULT_RERANKER, help="its name or folder; none: retrieval alone"
    )
    parser.add_argument(
        "--sets",
        nargs="*",
        default=["squad2", "openstax"],
        choices=["squad2", "openstax"],
        help="what else to look at; nothing of it is fitted on",
    )
    parser.add_argument("--write", action="store_true", help="write the parameters into the package")
    options = parser.parse_args()
    others = {"squad2": squad2, "openstax": openstax}
    corpora = [*articles(), *(c for name in options.sets for c in others[name](options.data, options.most))]
    # The articles come with off-topic questions of their own.
    foreign = off_topic(corpora, 12)
    foreign = {c.name: foreign[c.name] for c in corpora if c.source != "articles"}
    encoder, cross_encoder = load_encoder(options.encoder), load_cross_encoder(options.reranker)
    table, review = Table(corpora, foreign, encoder, cross_encoder), Table([first_review()], {}, encoder, cross_encoder)
    shipped = shipped_parameters()
    confidence = replace(shipped.confidence, without_reranker=fit_case("retrieval alone", DETAIL, table, review))
    if cross_encoder:
        detail = (*DETAIL, *RERANKER_SIGNALS)
        confidence = replace(confidence, with_reranker=fit_case("with the cross-encoder", detail, table, review))
    if options.write:
        replace(shipped, confidence=confidence).save(PARAMETERS_FILE)
    print(json.dumps(asdict(confidence), indent=1))


if __name__ == "__main__":
    run(main)
