"""Query -> RetrievalResult: the passages nearest to a question, in two stages.

First FAISS (vectors of passages and of sentences) and BM25 propose candidates. Then the best of these are scored, each
by late interaction over the token vectors and by the cosine of its best sentence. Whether any of them answers is not
decided here: the result carries the signals by which confidence decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Some
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.collection import Candidates, Collection, IndexedPassage
from peerqa.models.encoder import Encoder, TokenVectors
from peerqa.retrieval.confidence import ahead
from peerqa.retrieval.late_interaction import Floats, Interaction, best_tokens, interact, token_weights
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.parameters import RetrievalParameters
from peerqa.retrieval.query import Query
from peerqa.text.words import STOPWORDS, stems_of

_MOST_PREPARED = 64
"""Questions that stay prepared beside those that are prepared next."""

_RANK_CONSTANT = 10
"""How little the first ranks of a search count above the next ones. With 10, the 32 best of the 150 proposed hold all
first passages, and .98 of the first three, that all 150 would give (214 questions on 1,070 passages)."""


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word of the question and the word of the text that matches it; weight: its share of the score, 0 to 1."""

    question_word: str
    text_word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. row: its number in the library. sentences: the score of each of its sentences. Scores
    have no unit; higher is better. logits: of the cross-encoder for each sentence; empty where it has not read the
    passage."""

    row: int
    score: float
    sentences: tuple[float, ...]
    logits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What retrieval found for a question: hits, best first, and the signals by which confidence decides.

    signals: a number for each name in confidence.SIGNALS, after reranking for those in RERANKER_SIGNALS too.
    explain(row, number): the words of the question that match words of a sentence of a hit, weightiest first. passages:
    those of the hits, in their order, as they are indexed.
    """

    hits: tuple[Hit, ...]
    signals: Mapping[str, float]
    explain: Callable[[int, int], tuple[TermMatch, ...]] = lambda row, number: ()
    passages: tuple[IndexedPassage, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _EncodedQuery:
    """A query as vectors and stems, together with the questions that it goes on from.

    vector: (d,) of length 1. tokens: (q, d), weights: (q,), words: q words, of which each token is a part. own: (q,),
    whether a token is of the question itself. stems: of the question and the one before it; own_stems: of the question.
    defined: the abbreviation whose meaning is asked for, if one is.
    """

    vector: Floats
    tokens: Floats
    weights: Floats
    words: tuple[str, ...]
    own: NDArray[np.bool_]
    stems: tuple[str, ...]
    own_stems: tuple[str, ...]
    defined: str | None


class Retriever:
    """Finds passages of a collection. Threads may share it."""

    def __init__(
        self, collection: Collection, encoder: Encoder, lexicon: Lexicon, parameters: RetrievalParameters
    ) -> None:
        """encoder: the one that made the vectors of the collection. lexicon: over the same passages."""
        self._parameters = parameters
        self._collection = collection
        self._encoder = encoder
        self._lexicon = lexicon
        self._prepared: dict[str, TokenVectors] = {}

    def search(self, question: Query, within: Some[int] | None = None) -> RetrievalResult:
        """The passages nearest to a question, best first. within: the numbers to search; None for all."""
        query = self._encoded(question)
        candidates = self._candidates(query, within)
        interaction = interact(query.tokens, query.weights, candidates)
        cosines = candidates.sentences @ query.vector
        hits = [
            self._hit(place, candidates, query, float(score), interaction.sentence_scores, cosines)
            for place, score in enumerate(interaction.passage_scores)
        ]
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        ranked = tuple(hits[position] for position in order)
        place_of = {number: place for place, number in enumerate(candidates.numbers)}

        def explain(row: int, number: int) -> tuple[TermMatch, ...]:
            return self._term_matches(candidates, place_of[row], number, query)

        found = tuple(candidates.passages[position] for position in order)
        signals = self._signals(candidates, order, ranked, interaction, query, cosines) if ranked else {}
        return RetrievalResult(ranked, signals, explain, found)

    # -- the question --

    def prepare(self, questions: Sequence[Query]) -> None:
        """Encode questions without history in one pass, which takes hardly longer than one of them, for searches that
        follow."""
        texts = [question.written_out for question in questions if question.written_out not in self._prepared]
        if texts:
            read = self._encoder.encode_tokens(texts)
            self._prepared = {
                **dict(list(self._prepared.items())[-_MOST_PREPARED:]),
                **dict(zip(texts, read, strict=True)),
            }

    def _read(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The texts read by the encoder, from what was prepared if they are all there."""
        prepared = self._prepared
        if all(text in prepared for text in texts):
            return [prepared[text] for text in texts]
        return self._encoder.encode_tokens(texts)

    def _encoded(self, question: Query) -> _EncodedQuery:
        searched = self._parameters.questions_searched
        history = question.history[-searched:] if searched else ()
        encoded = self._read([question.written_out, *reversed(history)])
        vector = encoded[0].vector + (encoded[1].vector if len(encoded) > 1 else 0)
        tokens: list[Floats] = []
        weights: list[Floats] = []
        words: list[str] = []
        own: list[bool] = []
        for age, (text, read) in enumerate(zip([question.written_out, *reversed(history)], encoded, strict=True)):
            kept = _word_tokens(text, read)
            if len(kept):
                weight = self._parameters.earlier_question_weight**age
                tokens.append(read.tokens[kept])
                pieces = read.pieces[kept].tolist()
                frequencies = self._collection.passages_with_piece(pieces)
                weights.append(weight * token_weights(pieces, frequencies, self._collection.count))
                words.extend(_word_around(text, int(start)) for start in read.offsets[kept, 0])
                own.extend([age == 0] * len(kept))
        if not tokens:
            tokens, weights, words, own = [encoded[0].vector[None]], [np.ones(1, np.float32)], [question.text], [True]
        stems = [stem for text in (*history[-1:], question.written_out) for stem in stems_of(text)]
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return _EncodedQuery(
            np.asarray(unit, dtype=np.float32),
            np.concatenate(tokens),
            np.concatenate(weights),
            tuple(words),
            np.array(own),
            tuple(stems),
            tuple(stems_of(question.written_out)),
            question.defined,
        )

    # -- the two stages --

    def _candidates(self, query: _EncodedQuery, within: Some[int] | None) -> Candidates:
        """The best of the passages that the first searches propose; all that may be searched, where they are few."""
        most = self._parameters.candidates
        if (self._collection.count if within is None else len(within)) <= most:
            return self._collection.candidates(within)
        proposed = (
            self._collection.nearest("passages", query.vector, most, within),
            self._collection.nearest("sentences", query.vector, most, within),
            self._collection.by_words(query.stems, most, within),
        )
        return self._collection.candidates(_fused_ranks(proposed)[: self._parameters.scored])

    def _hit(
        self,
        place: int,
        candidates: Candidates,
        query: _EncodedQuery,
        interaction: float,
        sentences: Floats,
        cosines: Floats,
    ) -> Hit:
        """A candidate with its scores. place: among the candidates. interaction: of it; sentences, cosines: the late
        interaction of each sentence of all candidates, and its cosine with the question."""
        weights = self._parameters
        passage = candidates.passages[place]
        own = slice(int(candidates.first[place]), int(candidates.first[place + 1]))
        overview = self._overview(place, candidates, query)
        score = interaction + weights.best_sentence_weight * float(cosines[own].max(initial=0.0)) + overview
        scores = sentences[own] + weights.sentence_cosine_weight * cosines[own]
        if query.defined is not None:
            defining = _defining(passage, query.defined)
            score += weights.definition_bonus * float(defining.any())
            scores = scores + weights.definition_bonus * defining
        scores = scores + weights.sentence_passage_weight * score
        if overview:
            # "These range from ...": it answers, though it repeats no word of the question.
            lists = _enumerating(passage)
            nearly_best = scores.max(initial=0.0) - weights.enumeration_margin
            scores = np.where(lists, np.maximum(scores, nearly_best), scores)
        return Hit(passage.number, score, tuple(float(value) for value in scores))

    def _overview(self, place: int, candidates: Candidates, query: _EncodedQuery) -> float:
        """What a passage gains because it opens the section whose heading the question repeats; 0 for any other."""
        passage = candidates.passages[place]
        if not (passage.heading and passage.opens_section):
            return 0.0
        first = int(candidates.first[place])
        start = int(candidates.bounds[place])
        end = int(candidates.ranges[first, 0]) if first < candidates.first[place + 1] else 0
        if start >= end:
            return 0.0
        similar = (query.tokens @ candidates.tokens[start:end].T).max(axis=1)
        mean = float(query.weights @ similar / query.weights.sum())
        return self._parameters.overview_weight * max(0.0, mean - self._parameters.overview_from)

    # -- what else is known of it --

    def _term_matches(
        self, candidates: Candidates, place: int, number: int, query: _EncodedQuery
    ) -> tuple[TermMatch, ...]:
        """The words of the question that match a word of a sentence, each with that word, weightiest first."""
        best, similar = best_tokens(query.tokens, candidates, int(candidates.first[place]) + number)
        passage, start = candidates.passages[place], int(candidates.bounds[place])
        shares = query.weights / query.weights.sum() * np.maximum(similar, 0)
        found: dict[str, tuple[float, str, float]] = {}
        for word, token, share, cosine in zip(query.words, best, shares, similar, strict=True):
            if word.casefold() in STOPWORDS or cosine < self._parameters.term_match_cosine:
                continue
            match = _word_around(passage.embedded.text, int(passage.vectors.offsets[token - start, 0]))
            total, text_word, nearest = found.get(word, (0.0, match, -1.0))
            found[word] = (total + float(share), match if cosine > nearest else text_word, max(nearest, float(cosine)))
        ranked = sorted(found.items(), key=lambda item: -item[1][0])[: self._parameters.most_term_matches]
        return tuple(TermMatch(word, text_word, round(weight, 3)) for word, (weight, text_word, _) in ranked)

    def _signals(
        self,
        candidates: Candidates,
        order: Sequence[int],
        ranked: Sequence[Hit],
        interaction: Interaction,
        query: _EncodedQuery,
        cosines: Floats,
    ) -> dict[str, float]:
        """The signals that confidence.SIGNALS names. order: the places of the candidates, the best first; ranked: the
        same as hits. cosines: of all their sentences with the question."""
        place = order[0]
        best = candidates.passages[place]
        similar = interaction.passages[:, place]
        # Of the question alone: what was asked before is covered anyway.
        own = np.where(query.own, interaction.weights, np.float32(0))
        own /= max(float(own.sum()), 1e-9)
        stems = self._lexicon.rarities(query.own_stems)
        total = sum(stems.values()) or 1.0
        of_best = cosines[int(candidates.first[place]) : int(candidates.first[place + 1])]
        return {
            "late_interaction": float(own @ similar),
            "weak_terms": _quantile(similar, own, self._parameters.weak_quantile),
            "weakest_terms": _quantile(similar, interaction.weights, self._parameters.weakest_quantile),
            # The nearest of all are among the candidates, unless only a part is searched.
            "nearest_passage": float((candidates.vectors @ query.vector).max()),
            "nearest_sentence": float(cosines.max(initial=-1.0)),
            "sentence_of_best_passage": float(of_best.max(initial=0.0)),
            "stems_covered": sum(rarity for stem, rarity in stems.items() if stem in best.stems) / total,
            "ahead": ahead(
                [(hit.score, candidates.passages[at].document) for at, hit in zip(order, ranked, strict=True)],
                self._parameters.passages_compared,
                self._parameters.ahead_alone,
            ),
            "bm25": self._lexicon.score(best, query.own_stems, stems) / total,
        }


def _fused_ranks(rankings: Sequence[Sequence[int]]) -> list[int]:
    """What several searches found, best first: reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)."""
    gains: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            gains[number] = gains.get(number, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return sorted(gains, key=lambda number: (-gains[number], number))


def _defining(passage: IndexedPassage, defined: str) -> NDArray[np.bool_]:
    """(s,) which sentences of a passage introduce the abbreviation that is asked for: "body mass index (BMI)"."""
    introduced = re.compile(rf"[(\[]\s*{re.escape(defined)}s?\s*[)\],;]")
    texts = (passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences)
    return np.array([bool(introduced.search(text)) for text in texts], dtype=bool)


def _enumerating(passage: IndexedPassage) -> NDArray[np.bool_]:
    """(s,) which sentences of a passage list several things."""
    text = passage.embedded.text
    return np.array([_enumerates(text[start:end]) for start, end in passage.embedded.sentences], dtype=bool)


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The weighted quantile: the value below which `share` (0 to 1) of the weight lies."""
    ranked = np.argsort(values)
    cumulated = np.cumsum(weights[ranked])
    return float(values[ranked[min(int(np.searchsorted(cumulated, share * cumulated[-1])), len(ranked) - 1)]])


_ENUMERATING = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|rang(?:e|es|ed|ing) from|such as|as follows|namely|consist|involv|there are|are:)",
    re.IGNORECASE,
)


def _enumerates(sentence: str) -> bool:
    """Whether a sentence lists several things."""
    return sentence.count(",") >= 2 and bool(_ENUMERATING.search(sentence))


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def _word_tokens(text: str, encoded: TokenVectors) -> NDArray[np.int64]:
    """The numbers of the tokens that are part of a word: special tokens and punctuation are left out."""
    kept = [
        number
        for number, (start, end) in enumerate(encoded.offsets.tolist())
        if end > start and any(character.isalnum() for character in text[start:end])
    ]
    return np.array(kept, dtype=np.int64)


def _word_around(text: str, position: int) -> str:
    """The whole word of which the token at this position is a part."""
    for match in _WORD.finditer(text, max(0, position - 60)):
        if match.end() > position:
            return match[0] if match.start() <= position else text[position : match.start()].strip() or match[0]
    return ""
