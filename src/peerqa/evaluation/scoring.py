"""Questions with known answers -> how good the assistant is, by kind of question, with confidence intervals.

`evaluate` takes any function from a question to an Outcome; it does not know how answers are found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from peerqa.evaluation import metrics
from peerqa.evaluation.highlights import READING, reading
from peerqa.evaluation.questions import FAR, NEAR, GoldQuestion, on_one_line

READ_WORDS = 150
"""Words of highlights that people are taken to read before they give up."""
PAIR_SHARE = 0.08
"""Share of the questions whose answer is there that may be refused, for the measure of pairs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for a question.

    passages: the sentences of each ranked passage, best passage first. sentences: best first. highlights: in the order
    in which they are read. confidence: 0 to 1. refused: whether the answer was "not in the review". seconds: to answer.
    dangling: whether a highlight points back to a sentence that is not shown before it. confidence_without: confidence
    in the same question when the paragraphs that answer it are left out; None if that was not asked.
    """

    passages: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]
    highlights: tuple[str, ...]
    confidence: float
    refused: bool
    seconds: float = 0.0
    dangling: bool = False
    confidence_without: float | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A question with its outcome and its scores by measure; an unanswerable question has no scores."""

    gold: GoldQuestion
    outcome: Outcome
    scores: dict[str, float]


RANKING = (
    ("first right", "the first passage holds an essential or also-right sentence"),
    ("MRR", "1 / rank of the first such passage"),
    ("R@3", "share of the essential passages among the first three"),
    ("nDCG@5", "of passages: essential 2, also right 1"),
    ("S R@3", "share of the essential sentences among the first three ranked"),
    ("H R@3", "share of the essential sentences among the first three highlighted, in reading order"),
    ("read", f"share of the essential sentences within the first {READ_WORDS} words highlighted"),
)
"""The measures of ranking, each with what it says."""
MEASURES = (*RANKING, *READING)


@dataclass(frozen=True, slots=True)
class Report:
    """All scored questions, and their summaries."""

    name: str
    scored: tuple[Scored, ...] = field(repr=False)

    def kinds(self) -> tuple[str, ...]:
        """The kinds of answerable questions, in the order in which they first occur."""
        return tuple(dict.fromkeys(item.gold.kind for item in self.scored if item.gold.answerable))

    def mean(self, measure: str, kind: str | None = None) -> tuple[float, float, float, int]:
        """(mean, low, high, number of questions) of a measure, with the 95 % bootstrap interval; nan without questions.
        kind: of question; None for all answerable ones."""
        values = [i.scores[measure] for i in self.scored if i.gold.answerable and kind in (None, i.gold.kind)]
        low, high = metrics.bootstrap_interval(values)
        return (sum(values) / len(values) if values else math.nan), low, high, len(values)

    def with_wrong_answers(self, measure: str) -> float:
        """Mean of a measure over the answerable questions and those that were wrongly answered, all of whose words are
        wrong; nan without questions."""
        values = [i.scores[measure] for i in self.scored if i.gold.answerable]
        values += [0.0 for i in self.scored if not i.gold.answerable and not i.outcome.refused]
        return sum(values) / len(values) if values else math.nan

    def pairs(self) -> dict[str, float]:
        """How well confidence tells a question from the same question without the paragraphs that answer it; nothing if
        that was not asked."""
        asked = [i.outcome for i in self.scored if i.outcome.confidence_without is not None]
        if not asked:
            return {}
        here, gone = [one.confidence for one in asked], [one.confidence_without or 0.0 for one in asked]
        return {
            "AUROC": metrics.auroc(here, gone),
            f"refused without, at {PAIR_SHARE:.0%} refused with": metrics.refused_at(PAIR_SHARE, here, gone),
        }

    def confidences(self, kind: str | None = None) -> list[float]:
        """The confidences in the questions of an unanswerable kind; None for all answerable ones."""
        return [
            item.outcome.confidence
            for item in self.scored
            if (item.gold.answerable if kind is None else item.gold.kind == kind and not item.gold.answerable)
        ]

    def refusal(self) -> dict[str, float]:
        """How well confidence tells what the review answers, by measure."""
        good, near, far = self.confidences(), self.confidences(NEAR), self.confidences(FAR)
        every = [item.outcome.confidence for item in self.scored]
        truth = [item.gold.answerable for item in self.scored]
        return {
            "AUROC near": metrics.auroc(good, near),
            "AUROC far": metrics.auroc(good, far),
            "near refused at 5 % of good": metrics.refused_at(0.05, good, near),
            "far refused at 5 % of good": metrics.refused_at(0.05, good, far),
            "good refused": self._refused(None),
            "near refused": self._refused(NEAR),
            "far refused": self._refused(FAR),
            "calibration error": metrics.expected_calibration_error(every, truth),
        }

    def _refused(self, kind: str | None) -> float:
        found = [
            item.outcome.refused
            for item in self.scored
            if (item.gold.answerable if kind is None else item.gold.kind == kind and not item.gold.answerable)
        ]
        return sum(found) / len(found) if found else math.nan

    def worst(self, most: int = 10) -> list[Scored]:
        """The questions that went worst: those whose answer ranked lowest, then the unanswerable ones that were
        answered with most confidence."""
        missed = sorted(
            (i for i in self.scored if i.gold.answerable and i.scores["first right"] == 0),
            key=lambda i: i.scores["MRR"],
        )
        fooled = sorted(
            (i for i in self.scored if not i.gold.answerable and not i.outcome.refused),
            key=lambda i: -i.outcome.confidence,
        )
        return missed[: most - most // 3] + fooled[: most // 3]

    def to_dict(self) -> dict[str, Any]:
        """The summaries and the single questions as plain data; nan becomes None."""
        kinds: dict[str, Any] = {}
        for kind in (None, *self.kinds()):
            kinds[kind or "all"] = {
                measure: dict(zip(("mean", "low", "high", "questions"), self.mean(measure, kind), strict=True))
                for measure, _ in MEASURES
            }
        return {
            "name": self.name,
            "questions": len(self.scored),
            "ranking": {kind: {name: values[name] for name, _ in RANKING} for kind, values in kinds.items()},
            "reading": {kind: {name: values[name] for name, _ in READING} for kind, values in kinds.items()},
            "with_wrong_answers": {name: self.with_wrong_answers(name) for name in ("precision", "F1")},
            "pairs": self.pairs(),
            "refusal": {name: None if math.isnan(value) else value for name, value in self.refusal().items()},
            "median_seconds": sorted(i.outcome.seconds for i in self.scored)[len(self.scored) // 2],
            "each": [
                {
                    "id": item.gold.id,
                    "question": item.gold.question,
                    "kind": item.gold.kind,
                    "confidence": round(item.outcome.confidence, 4),
                    "refused": item.outcome.refused,
                    **{name: round(value, 4) for name, value in item.scores.items()},
                }
                for item in self.scored
            ],
        }


def evaluate(
    ask: Callable[[GoldQuestion], Outcome],
    questions: Sequence[GoldQuestion],
    name: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Ask every question and score what comes back. progress: called with how many are done, and how many there are."""
    scored = []
    for number, gold in enumerate(questions, 1):
        outcome = ask(gold)
        scored.append(Scored(gold, outcome, score(gold, outcome) if gold.answerable else {}))
        if progress is not None:
            progress(number, len(questions))
    return Report(name, tuple(scored))


def score(gold: GoldQuestion, outcome: Outcome) -> dict[str, float]:
    """The measures of RANKING and READING for one answerable question."""
    essential = set(gold.essential or gold.also)
    right = {*gold.essential, *gold.also}
    passages = [{on_one_line(sentence) for sentence in passage} for passage in outcome.passages]
    ranking = list(range(len(passages)))
    right_rows = {row for row in ranking if passages[row] & right}
    # An essential sentence in no ranked passage still counts as one that should have been found.
    essential_rows: set[Any] = {row for row in ranking if passages[row] & essential}
    essential_rows |= {sentence for sentence in essential if not any(sentence in passage for passage in passages)}
    gains: dict[Any, float] = {row: 2.0 if row in essential_rows else 1.0 for row in right_rows | essential_rows}
    sentences = [on_one_line(sentence) for sentence in outcome.sentences]
    highlights = [on_one_line(sentence) for sentence in outcome.highlights]
    return {
        "first right": metrics.hit_at_1(ranking, right_rows),
        "MRR": metrics.reciprocal_rank(ranking, right_rows),
        "R@3": metrics.recall_at(3, ranking, essential_rows),
        "nDCG@5": metrics.ndcg_at(5, ranking, gains),
        "S R@3": metrics.recall_at(3, sentences, essential),
        "H R@3": metrics.recall_at(3, highlights, essential),
        "read": metrics.share_within_words(READ_WORDS, [(text, len(text.split())) for text in highlights], essential),
        **reading(() if outcome.refused else highlights, essential, right, outcome.dangling and not outcome.refused),
    }
