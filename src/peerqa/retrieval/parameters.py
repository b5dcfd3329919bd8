"""Every fitted or chosen number of retrieval, reranking, selection and confidence: parameters.json as one value.

    parameters = shipped_parameters()
    Assistant.open("corpus", "index", parameters=replace(parameters, reranking=...))

The fitting scripts replace one group and write the file again; nothing else holds such a number. Where two numbers are
compared they are of one kind: scores of passages and of sentences have no unit, cosines lie in -1 to 1.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from peerqa.errors import ParametersError, Problem
from peerqa.retrieval.confidence import RERANKER_SIGNALS, SIGNALS, Confidence

PARAMETERS_FILE = Path(__file__).with_name("parameters.json")
"""The parameters that ship with the package."""


@dataclass(frozen=True, slots=True)
class RetrievalParameters:
    """How passages are found and scored.

    The score of a passage is its late interaction with the question (at most 1) and what the weights below add to it.
    All but those of BM25 were chosen by hand on the questions of the review and of twelve articles, where each lies on
    a plateau (benchmarks/ablations.py).
    """

    candidates: int
    """Passages that each of three first searches (passage vectors, sentence vectors, BM25) proposes."""
    bm25_k1: float
    """How soon a repeated word stops adding to the BM25 score. Lucene's default."""
    bm25_b: float
    """How much a long passage loses in the BM25 score, 0 to 1. Lucene's default."""
    questions_kept: int
    """Earlier questions that a question can go on from; what was asked before them is another subject."""
    questions_searched: int
    """Of these, how many are searched together with the question."""
    earlier_question_weight: float
    """Weight of a token of the question before, where one of the question itself has 1; squared for the one before
    that. Training reads it too (training/encode.py); the encoder that ships was trained with .7."""
    best_sentence_weight: float
    """Weight in a passage's score of the cosine between the question and the passage's best sentence."""
    sentence_cosine_weight: float
    """Weight in a sentence's score of the cosine between the question and the sentence."""
    sentence_passage_weight: float
    """Weight in a sentence's score of the score of its passage."""
    overview_weight: float
    """What a passage gains that opens a section, for each unit by which the question matches the heading more than
    `overview_from`."""
    overview_from: float
    """Mean cosine of the question's tokens with the heading from which the question asks for just that section."""
    enumeration_margin: float
    """How far a sentence that enumerates stays below the best sentence of such an opening passage."""
    definition_bonus: float
    """What a passage, and the sentence in it, gains that introduces the abbreviation which is asked for."""
    weak_quantile: float
    """Share of the question's weight that counts as matched badly, 0 to 1; for the signal `weak_terms`."""
    weakest_quantile: float
    """Share of the question's weight that counts as matched worst, 0 to 1; for the signal `weakest_terms`."""
    term_match_cosine: float
    """Cosine from which a word of the question is said to match a word of a sentence."""
    most_term_matches: int
    """Words of the question that are named at most for each highlighted sentence."""


@dataclass(frozen=True, slots=True)
class RerankingParameters:
    """How much the cross-encoder counts beside retrieval. Where nothing else is said: fitted on twelve articles
    (benchmarks/fit_reranking.py)."""

    candidates: int
    """Passages that the cross-encoder reads."""
    passage_weight: float
    """Fusion weight: what a passage gains, and each sentence in it, that surely answers."""
    sentence_weight: float
    """Fusion weight: what a sentence gains that surely answers."""
    temperature: float
    """Divisor of logits before they are added (Guo et al. 2017). Chosen on the articles: 1, 2 and 3 order passages
    alike, 3 orders sentences a little better."""
    logit_limit: float
    """Largest size of a logit that confidence is told. Chosen: a few hundred questions cannot tell more apart."""


@dataclass(frozen=True, slots=True)
class SelectionParameters:
    """Which of the ranked passages and sentences an answer shows. Chosen by hand on the questions of the review, so
    that the first few highlights hold what answers."""

    most_passages: int
    """Passages that an answer shows at most."""
    passage_margin: float
    """A further passage is shown if its score is at most this much below that of the best one."""
    nearest_passages: int
    """Passages that are shown where the review does not answer."""
    repeats_compared: int
    """Ranked passages of several reviews that are searched for repeats of those that are shown."""
    chief_highlights: int
    """The best sentences of all shown passages, which are highlighted wherever they stand."""
    chief_margin: float
    """Those among them whose score is more than this below that of the best sentence are not highlighted."""
    most_highlights: int
    """Sentences, the chief ones among them, that are highlighted at most by their scores."""
    further_margin: float
    """A sentence behind the chief ones is highlighted if it stands after them and its score is at most this much below
    that of the best."""
    passages_with_highlight: int
    """Of the shown passages, the first ones that have at least one highlight whatever its score."""
    most_suggestions: int
    """Follow-up questions that are suggested at most."""


@dataclass(frozen=True, slots=True)
class ConfidenceParameters:
    """The regressions of confidence. Fitted on the questions of twelve articles, each threshold so that it refuses 5 %
    of those that are answered (benchmarks/fit_confidence.py); no question put to the review was used."""

    without_reranker: Confidence
    """For the signals of retrieval alone."""
    with_reranker: Confidence
    """For the signals of retrieval and of the cross-encoder."""

    def fitted_for(self, signals: Mapping[str, float]) -> Confidence:
        """The regressions for these signals, by whether the cross-encoder's are among them."""
        return self.with_reranker if signals.keys() & RERANKER_SIGNALS.keys() else self.without_reranker


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters, in four groups."""

    retrieval: RetrievalParameters
    reranking: RerankingParameters
    selection: SelectionParameters
    confidence: ConfidenceParameters

    @classmethod
    def from_file(cls, path: Path) -> Parameters:
        """Read a file of parameters. Raises ParametersError, which names the file and the parameter."""
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ParametersError(Problem.NOT_READABLE, path=path, reason=reason) from None
        try:
            parameters: Parameters = _parsed(cls, content, "")
            for case, known in (("without_reranker", SIGNALS), ("with_reranker", {**SIGNALS, **RERANKER_SIGNALS})):
                _check_signals(getattr(parameters.confidence, case), known, f"confidence.{case}")
        except ParametersError as error:
            raise ParametersError(Problem.IN_FILE, path=path, reason=error.notice) from None
        return parameters

    def save(self, path: Path) -> None:
        """Write the parameters to a file that `from_file` reads."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n", "utf-8")


@cache
def shipped_parameters() -> Parameters:
    """The parameters that ship with the package. Raises ParametersError if their file was damaged."""
    return Parameters.from_file(PARAMETERS_FILE)


def _parsed(kind: Any, value: Any, name: str) -> Any:
    """A value of JSON as a group of parameters, a mapping of numbers, or a number."""
    if dataclasses.is_dataclass(kind):
        kinds = get_type_hints(kind)
        found = _object(value, name)
        for key in found.keys() - kinds.keys():
            raise ParametersError(Problem.PARAMETER_UNKNOWN, name=_joined(name, key))
        for key in kinds.keys() - found.keys():
            raise ParametersError(Problem.PARAMETER_MISSING, name=_joined(name, key))
        group: Any = kind
        return group(**{key: _parsed(kinds[key], found[key], _joined(name, key)) for key in found})
    if get_origin(kind) is not None:
        return {key: _parsed(float, one, _joined(name, key)) for key, one in _object(value, name).items()}
    if type(value) not in (int, kind) or not math.isfinite(value):
        code = Problem.PARAMETER_NO_WHOLE_NUMBER if kind is int else Problem.PARAMETER_NO_NUMBER
        raise ParametersError(code, name=name, value=json.dumps(value))
    return kind(value)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ParametersError(Problem.PARAMETER_NO_OBJECT, name=name or "the file", value=json.dumps(value)[:40])
    return value


def _check_signals(confidence: Confidence, known: Mapping[str, str], name: str) -> None:
    for part in ("topic", "detail"):
        for key in getattr(confidence, part).weights.keys() - known.keys():
            place = f"{name}.{part}.weights.{key}"
            raise ParametersError(Problem.PARAMETER_OF_NO_SIGNAL, name=place, known=", ".join(known))


def _joined(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
