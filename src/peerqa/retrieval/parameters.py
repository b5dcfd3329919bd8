"""Every fitted or chosen number of retrieval, reranking, selection and confidence: parameters.json as one value.

    parameters = shipped_parameters()
    Assistant.open("corpus", "index", parameters=replace(parameters, reranking=...))

The fitting scripts replace one group and write the file again. Units: cosines lie in -1 to 1; scores of passages and of
sentences have no unit, and weights, margins and gains are in units of such scores.
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

    The score of a passage is its late interaction with the question (at most 1) plus what the weights below add. All
    parameters but those of BM25 were chosen by hand on the questions of the review and of twelve articles, where each
    lies on a plateau (benchmarks/ablations.py).
    """

    candidates: int
    """Number of passages that each of the three first searches (passage vectors, sentence vectors, BM25) proposes.
    Where no more may be searched, all are scored."""
    scored: int
    """Number of the proposed passages that are scored, the best by reciprocal rank fusion. Chosen on the questions of
    the review and the articles over 1,070 passages: with 24, 32 and 50 as many first passages are right."""
    bm25_k1: float
    """Parameter of BM25: the lower, the sooner a repeated word stops adding to the score. Lucene's default."""
    bm25_b: float
    """Parameter of BM25, 0 to 1: the higher, the more a long passage loses. Lucene's default."""
    questions_kept: int
    """Number of earlier questions that a question can go on from; those before them are taken for another subject."""
    questions_searched: int
    """Number of these that are searched together with the question."""
    earlier_question_weight: float
    """Factor on the weights of the tokens of the question before; squared for the question before that. The training of
    the encoder reads it too; the encoder that ships was trained with .7."""
    best_sentence_weight: float
    """In the score of a passage, weight of the cosine between the question and the passage's nearest sentence."""
    sentence_cosine_weight: float
    """In the score of a sentence, weight of the cosine between the question and the sentence."""
    sentence_passage_weight: float
    """In the score of a sentence, weight of the score of its passage."""
    overview_weight: float
    """Gain of a passage that opens a section, for each 1 by which the question's cosine with the heading exceeds
    `overview_from`."""
    overview_from: float
    """Weighted mean of the cosines of the question's tokens with the heading, above which a section is asked for."""
    enumeration_margin: float
    """How much an enumerating sentence of such a passage scores below the best sentence of it, at most."""
    definition_bonus: float
    """Gain of a sentence that introduces the abbreviation which is asked for, and of its passage."""
    weak_quantile: float
    """Which quantile, 0 to 1, the signal `weak_terms` is."""
    weakest_quantile: float
    """Which quantile, 0 to 1, the signal `weakest_terms` is."""
    passages_compared: int
    """Number of passages that the best one is compared with in the signal `ahead`."""
    ahead_alone: float
    """That signal where there is one passage only: the median of the questions that the articles answer."""
    term_match_cosine: float
    """Lowest cosine at which a word of the question is shown as matching a word of a sentence."""
    most_term_matches: int
    """Most words of the question that are shown as matching, for each highlighted sentence."""


@dataclass(frozen=True, slots=True)
class RerankingParameters:
    """How much the cross-encoder counts beside retrieval. The parameters that say so are fitted on twelve articles
    (benchmarks/fit_reranking.py)."""

    candidates: int
    """Most passages that the cross-encoder reads. Fitted."""
    always_read: int
    """Number of passages that it reads in any case. Chosen: two take no longer than one on two processors, and with one
    alone fewer near misses are told from answers."""
    read_margin: float
    """A further passage is read if its score in retrieval is at most this much below that of the best. Fitted."""
    characters_read: int
    """Length of a passage in characters, above which only the sentences that retrieval finds nearest are read, as many
    as fit. Fitted."""
    passage_weight: float
    """Fusion weight: gain of a passage, and of each sentence in it, if the passage surely answers. Fitted."""
    sentence_weight: float
    """Fusion weight: gain of a sentence that surely answers. Fitted."""
    temperature: float
    """Divisor of a logit before it becomes a probability (Guo et al. 2017). Chosen on the articles and three sets
    beside them (training/RESULTS.md): 1.5 to 3 order passages equally well, 2 orders sentences a little better."""
    logit_limit: float
    """Largest absolute value of a logit that goes into a signal. Chosen: a few hundred questions tell no more apart."""


@dataclass(frozen=True, slots=True)
class SelectionParameters:
    """Which of the ranked passages and sentences an answer shows. The first seven are fitted on articles
    (benchmarks/fit_selection.py), where they lie on a plateau: `margin` at its narrow end, which shows fewer words
    and is as good on other sets (training/RESULTS.md). The others are chosen by hand."""

    most_passages: int
    """Most passages that an answer shows."""
    passage_weight: float
    """How much a sentence loses for each 1 by which its passage scores below the best passage."""
    margin: float
    """A sentence is highlighted if its score is at most this much below that of the best sentence."""
    wide_margin: float
    """The same where the question asks for several things or is keywords."""
    continuation_bonus: float
    """What the sentence just after the best one gains if it points back to it."""
    announced_bonus: float
    """What that sentence gains if it lists what the best one announces."""
    most_highlights: int
    """Most sentences that are highlighted."""
    nearest_passages: int
    """Most passages that are shown if the review does not answer."""
    repeats_compared: int
    """Number of ranked passages that are searched for repeats of a shown one in another review."""
    most_citing_passages: int
    """Most passages that are shown where works are asked for."""
    item_passages: int
    """Number of ranked passages that are searched for one that goes into an item of a list."""
    most_suggestions: int
    """Most follow-up questions that are suggested."""
    most_suggestions_tried: int
    """Most follow-up questions that are asked before they are suggested; each takes as long as a search."""
    follow_up_passages: int
    """Number of ranked passages from whose terms follow-up questions are made."""
    follow_up_confidence: float
    """Confidence of retrieval alone from which a follow-up question counts as answered. Of 45 above .6, put to the
    review and an article, none was refused when it was asked with the cross-encoder."""


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

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability that the reviews answer, 0 to 1."""
        return self.fitted_for(signals).of(signals)

    def refuses(self, signals: Mapping[str, float]) -> bool:
        """Whether the reviews are said not to answer."""
        return self.of(signals) < self.fitted_for(signals).threshold


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
        for key in sorted(found.keys() - kinds.keys()):
            raise ParametersError(Problem.PARAMETER_UNKNOWN, name=_joined(name, key))
        for key in sorted(kinds.keys() - found.keys()):
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
