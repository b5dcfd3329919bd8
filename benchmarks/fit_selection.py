"""Fit which of the ranked sentences an answer shows, on documents that no network has learnt from.

    python benchmarks/fit_selection.py [--more FOLDER ...] [--cache FOLDER] [--write] [--reranker NAME] [--encoder NAME]

Tries how many passages are looked at, how far a sentence may stand behind the best one, how much the score of its
passage counts, and what a continuation gains; then how far where several things are asked for, and what a list gains
that the best sentence announces. Fitted on the twelve articles, and on each FOLDER of documents and
questions besides, which the networks must not have been trained on. Those parameters are chosen whose mean F1 of words
is best; of those within .002 of it, the ones whose first sentence is right most often. Prints what they do when each
document is held out, by kind of question the worst first, and on the first review, which takes no part. The models run
once: what they rank is kept in the cache. --write puts the chosen ones into the group "selection" of the package's
parameters.json.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpora import ARTICLES, articles, first_review
from peerqa.answering.selection import asks_widely, select
from peerqa.cli.scripts import Parser, run
from peerqa.evaluation.highlights import READING, reading
from peerqa.models.cross_encoder import DEFAULT_RERANKER, load_cross_encoder
from peerqa.models.encoder import DEFAULT_MODEL, load_encoder
from peerqa.retrieval.parameters import PARAMETERS_FILE, SelectionParameters, shipped_parameters
from peerqa.retrieval.retriever import Hit
from ranked_questions import RankedQuestion, ranked

CACHE = Path(__file__).resolve().parent / "data" / "ranked"
"""git ignores it."""
WITHIN = 0.002
"""How far the mean F1 may be below the best; a tenth of the standard error of 552 questions."""
SHOWN = tuple(name for name, _ in READING[:-1])
GRID = {
    "most_passages": (1, 2, 3, 4),
    "margin": (0.08, 0.1, 0.12, 0.15, 0.2),
    "passage_weight": (0.0, 0.2, 0.3, 0.5),
    "continuation_bonus": (0.0, 0.1),
    "most_highlights": (4, 5),
}
THEN = {"wide_margin": (0.1, 0.12, 0.15, 0.18, 0.22), "announced_bonus": (0.0, 0.1, 0.3, 0.5)}
"""What is tried with the best of the grid."""

Values = NDArray[np.float64]


def measured(questions: Sequence[RankedQuestion], parameters: SelectionParameters, threshold: float) -> Values:
    """(questions, measures) of SHOWN with these parameters; all questions are answerable."""
    rows = []
    for question in questions:
        hits = question.hits[: parameters.most_passages] if question.confidence >= threshold else ()
        place = {hit.row: number for number, hit in enumerate(hits)}
        chosen = select(hits, partial(_sentence, question, place), parameters, asks_widely(question.gold.question))
        texts = [question.words[place[one.hit.row]][number] for one in chosen for number in one.sentences]
        gold = question.gold
        scores = reading(texts, set(gold.essential or gold.also), {*gold.essential, *gold.also}, dangling=False)
        rows.append([scores[name] for name in SHOWN])
    return np.array(rows)


def _sentence(question: RankedQuestion, place: Mapping[int, int], hit: Hit, number: int) -> str:
    return question.words[place[hit.row]][number]


def tried(base: SelectionParameters) -> list[SelectionParameters]:
    """All parameters of the grid. What is tried then is as if no question were wide, and no list were announced."""
    return [
        replace(
            base,
            most_passages=int(values[0]),
            margin=values[1],
            wide_margin=values[1],
            announced_bonus=values[3],
            passage_weight=values[2],
            continuation_bonus=values[3],
            most_highlights=int(values[4]),
        )
        for values in itertools.product(*GRID.values())
        if values[0] > 1 or values[2] == 0
    ]


def best(results: Sequence[Values], rows: NDArray[np.bool_]) -> int:
    """The number of the result that is best on these questions."""
    means = np.array([values[rows].mean(axis=0) for values in results])
    quality, lead = means[:, SHOWN.index("F1")], means[:, SHOWN.index("lead right")]
    near = np.flatnonzero(quality >= quality.max() - WITHIN)
    return int(near[np.argmax(lead[near])])


def line(title: str, values: Values) -> str:
    means = values.mean(axis=0)
    figures = " ".join(f"{name} {mean:.{0 if mean > 1 else 3}f}" for name, mean in zip(SHOWN, means, strict=True))
    return f"{title:34} {len(values):5} questions: {figures}"


def answerable(found: Iterable[RankedQuestion]) -> list[RankedQuestion]:
    return [question for question in found if question.gold.answerable]


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--more", type=Path, nargs="*", default=[], metavar="FOLDER", help="further question sets")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of those, every Nth document (default: all)")
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="FOLDER", help=f"default: {CACHE}")
    parser.add_argument("--reranker", default=DEFAULT_RERANKER, help="its name or folder; none: retrieval alone")
    parser.add_argument("--encoder", default=DEFAULT_MODEL, help="its name or folder")
    parser.add_argument("--write", action="store_true", help="write the parameters into the package")
    options = parser.parse_args()
    encoder, cross_encoder = load_encoder(options.encoder), load_cross_encoder(options.reranker)
    shipped = shipped_parameters()
    case = shipped.confidence.with_reranker if cross_encoder else shipped.confidence.without_reranker
    sets = {"articles": answerable(ranked(articles(ARTICLES), encoder, cross_encoder, options.cache))}
    for folder in options.more:
        chosen = itertools.islice(articles(folder), 0, None, options.every)
        sets[folder.name] = answerable(ranked(chosen, encoder, cross_encoder, options.cache))
    review = answerable(ranked([first_review()], encoder, cross_encoder, options.cache))
    questions = [question for found in sets.values() for question in found]
    names = np.array([question.document for question in questions])
    candidates = tried(shipped.selection)
    results = [measured(questions, parameters, case.threshold) for parameters in candidates]
    kept: dict[SelectionParameters, list[tuple[SelectionParameters, Values]]] = {}

    def fitted(rows: NDArray[np.bool_]) -> tuple[SelectionParameters, Values]:
        """The parameters that are best on these questions, and what they do on all."""
        first = candidates[best(results, rows)]
        if first not in kept:
            pairs = itertools.product(*THEN.values())
            variants = [replace(first, wide_margin=wide, announced_bonus=bonus) for wide, bonus in pairs]
            kept[first] = [(one, measured(questions, one, case.threshold)) for one in variants]
        return kept[first][best([values for _, values in kept[first]], rows)]

    held_out = results[0].copy()
    for name in sorted(set(names)):
        held_out[names == name] = fitted(names != name)[1][names == name]
    found_best = fitted(np.ones(len(questions), dtype=bool))[0]
    first = 0
    for title, found in sets.items():
        print(line(f"{title}, each document held out", held_out[first : first + len(found)]))
        first += len(found)
    for kind, values in kinds(questions, held_out):
        print(line(f"  {kind}", values))
    print(line("first review, not fitted on", measured(review, found_best, case.threshold)))
    print(line("  with the parameters that ship", measured(review, shipped.selection, case.threshold)))
    print(f"chosen: {found_best}")
    if options.write:
        replace(shipped, selection=found_best).save(PARAMETERS_FILE)


def kinds(questions: Sequence[RankedQuestion], values: Values) -> list[tuple[str, Values]]:
    """The rows of each kind of question, the kind with the lowest F1 first."""
    names = np.array([question.gold.kind for question in questions])

    def quality(pair: tuple[str, Values]) -> float:
        return float(pair[1][:, SHOWN.index("F1")].mean())

    return sorted(((kind, values[names == kind]) for kind in sorted(set(names))), key=quality)


if __name__ == "__main__":
    run(main)
