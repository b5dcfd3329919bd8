"""Fit the parameters of peerqa's confidence on data that is not the first review.

    python benchmarks/fit_confidence.py [DATA] [--write] [--most 20] [--reranker none]

Fitted on the questions of twelve articles, typed as students and practitioners type. Prints how well that does on
articles held out one at a time, and how it carries over to what it was not fitted on: squad2, openstax-psychology (with
off-topic questions from each other), and the first review. Near misses of squad2 are written to fool; similarity cannot
tell them, so fitting on them only adds noise. Fitted twice: for retrieval alone, and with the reader beside it (which
was not trained on the articles either).
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from corpora import ROOT, Corpus, articles, first_review, off_topic, openstax, squad2
from data_sets import add_data
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation import metrics
from peerqa.evaluation.scoring import FAR
from peerqa.models.cross_encoder import DEFAULT_RERANKER, CrossEncoder, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, SentenceEncoder

TOPIC = ("sentence", "weakest")
DETAIL = ("interaction", "passage", "sentence_here", "weak", "covered", "lexical")
READ = ("read_passages", "read_sentences")
REFUSED = 0.05
"""Of the questions that a document answers, how many may be refused."""


class Table:
    """One row a question: its signals, its kind (1 answered, 0 near miss, -1 off topic), source and document."""

    def __init__(
        self,
        corpora: list[Corpus],
        foreign: dict[str, list[Any]],
        encoder: SentenceEncoder,
        cross_encoder: CrossEncoder | None,
    ) -> None:
        self.signals: list[dict[str, float]] = []
        kinds: list[int] = []
        sources: list[str] = []
        names: list[str] = []
        for number, corpus in enumerate(corpora, 1):
            assistant = corpus.assistant(encoder, cross_encoder)
            for question in (*corpus.questions, *foreign.get(corpus.name, [])):
                self.signals.append(dict(assistant.rank(question.question, question.history).signals))
                kinds.append(1 if question.answerable else -1 if question.kind == FAR else 0)
                sources.append(corpus.source)
                names.append(corpus.name)
            print(f"\r{number}/{len(corpora)} {corpus.name:40}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        self.kinds, self.sources, self.names = np.array(kinds), np.array(sources), np.array(names)

    def columns(self, names: tuple[str, ...]) -> Any:
        return np.array([[row[name] for name in names] for row in self.signals])


def fit(table: Table, names: tuple[str, ...], rows: Any, negative: int) -> tuple[Any, Any]:
    """(weights, intercept) that tell answered questions from those of the kind `negative`."""
    from sklearn.linear_model import LogisticRegression

    rows = rows & ((table.kinds == 1) | (table.kinds == negative))
    values, truth = table.columns(names)[rows], table.kinds[rows] == 1
    mean, spread = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=1000).fit((values - mean) / spread, truth)
    scaled = model.coef_[0] / spread
    return scaled, model.intercept_[0] - (scaled * mean).sum()


def predict(table: Table, topic: tuple[Any, Any], detail: tuple[Any, Any], names: tuple[str, ...]) -> Any:
    parts = [1 / (1 + np.exp(-(table.columns(names) @ w + b))) for names, (w, b) in ((TOPIC, topic), (names, detail))]
    return parts[0] * parts[1]


def describe(title: str, kinds: Any, confidence: Any, threshold: float) -> None:
    good, near, far = (confidence[kinds == kind] for kind in (1, 0, -1))
    error = metrics.expected_calibration_error(confidence.tolist(), (kinds == 1).tolist())
    print(
        f"{title:24} AUROC near {metrics.auroc(good, near):.3f} far {metrics.auroc(good, far):.3f}; "
        f"refused at 5 % of good: near {metrics.refused_at(REFUSED, good, near):.2f} "
        f"far {metrics.refused_at(REFUSED, good, far):.2f}; at the threshold: good {(good < threshold).mean():.2f} "
        f"near {(near < threshold).mean():.2f} far {(far < threshold).mean():.2f}; calibration error {error:.3f}"
    )


def fit_case(case: str, detail: tuple[str, ...], table: Table, review: Table) -> dict[str, Any]:
    """The parameters of one case, as they are written down; prints how well they do on what they have not seen."""
    fitted_on = table.sources == "articles"
    held_out = np.zeros(len(table.kinds))
    for name in sorted(set(table.names)):
        rest = table.names != name
        parts = fit(table, TOPIC, rest & fitted_on, -1), fit(table, detail, rest & fitted_on, 0)
        held_out[~rest] = predict(table, *parts, detail)[~rest]
    threshold = float(np.quantile(held_out[fitted_on & (table.kinds == 1)], REFUSED))
    print(f"{case}:")
    for source in sorted(set(table.sources)):
        chosen = table.sources == source
        describe(f"  {source}, unseen", table.kinds[chosen], held_out[chosen], threshold)
    topic, both = fit(table, TOPIC, fitted_on, -1), fit(table, detail, fitted_on, 0)
    describe("  first review, unseen", review.kinds, predict(review, topic, both, detail), threshold)
    fitted: dict[str, Any] = {
        part: {
            "intercept": round(float(b), 4),
            "weights": {n: round(float(v), 4) for n, v in zip(names, w, strict=True)},
        }
        for part, names, (w, b) in (("topic", TOPIC, topic), ("detail", detail, both))
    }
    return {**fitted, "threshold": round(threshold, 4)}


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
    encoder, cross_encoder = SentenceEncoder(options.encoder), load_cross_encoder(options.reranker)
    path = ROOT / "src" / "peerqa" / "retrieval" / "confidence.json"
    parameters = json.loads(path.read_text("utf-8"))
    table, review = Table(corpora, foreign, encoder, cross_encoder), Table([first_review()], {}, encoder, cross_encoder)
    for case, detail in (("retrieval", DETAIL), *([("reader", DETAIL + READ)] if cross_encoder else [])):
        parameters[case] = fit_case(case, detail, table, review)
    text = json.dumps(parameters, indent=1) + "\n"
    if options.write:
        path.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    run(main)
