"""Question -> Hits, in two stages.

First FAISS (vectors of passages and of sentences) and BM25 propose candidates; then late interaction over the token
vectors scores them, with the cosine of the best sentence beside it. Whether anything answers is not decided here; the
signals that tell are handed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerqa.index.vectors import Index
from peerqa.library.passages import EmbeddedText, Passage
from peerqa.models.encoder import Encoder, TokenVectors
from peerqa.retrieval.late_interaction import Floats, Interaction, LateInteraction
from peerqa.retrieval.lexical import Lexicon
from peerqa.retrieval.query import Query
from peerqa.text.words import STOPWORDS, stems_of

CANDIDATES = 50
"""Passages (and sentences) that the first stage hands on, from each of its signals."""

# Tried on the review's questions and on twelve articles (benchmarks/ablations.py); a plateau, not a peak.
_SENTENCE_COSINE = 0.5
_EARLIER_QUESTION = 0.5
_QUESTIONS_BACK = 2
_SENTENCE_OF_PASSAGE = 0.5
_SENTENCE_COSINE_IN_PASSAGE = 0.3
_OVERVIEW, _OVERVIEW_FROM = 0.4, 0.4
_ENUMERATION = 0.01
_DEFINITION = 0.5


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word of the question and the word of the text that it met; weight is its share of the score, in 0..1."""

    question_word: str
    text_word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its row, its score, and a score for each of its sentences; higher is better."""

    row: int
    score: float
    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """All that retrieval found for a question: hits, best first, and the signals that confidence is made of.

    explain(row, number) says which words of the question met which of a sentence of a hit, weightiest first.
    """

    hits: tuple[Hit, ...]
    signals: Mapping[str, float]
    explain: Callable[[int, int], tuple[TermMatch, ...]] = lambda row, number: ()


@dataclass(frozen=True, slots=True, eq=False)
class _EncodedQuery:
    """A question ready to be searched: its vector, its tokens with their weights, and the words that these are of."""

    vector: Floats
    tokens: Floats
    weights: Floats
    words: tuple[str, ...]
    own: NDArray[np.bool_]  # tokens of the question itself, not of those before it
    stems: tuple[str, ...]
    own_stems: tuple[str, ...]
    defined: str | None


class Retriever:
    """Finds passages of a built index. Threads may share it."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        interaction: LateInteraction,
        passages: Sequence[Passage],
        texts: Sequence[EmbeddedText],
        lexicon: Lexicon,
    ) -> None:
        """passages, and texts: what was embedded of each, in the order of the index's rows."""
        self._index = index
        self._encoder = encoder
        self._interaction = interaction
        self._source = passages
        self._texts = texts
        self._opens = [bool(passage.heading) and passage.opens_section for passage in passages]
        self._enumerates = [_enumerates(text.text[start:end]) for text in texts for start, end in text.sentences]
        self._lexicon = lexicon
        self._passages, self._sentences = index.vectors()
        self._first = np.searchsorted(index.sentence_rows, np.arange(len(texts) + 1))

    def search(self, question: Query, within: Sequence[int] | None = None) -> RetrievalResult:
        """The passages nearest to a question, best first. within: the rows to search, at least one; None means all."""
        query = self._query(question)
        lexical = self._lexicon.scores(query.stems)
        rows = self._candidates(query.vector, lexical) if within is None else sorted(set(within))
        sentences = [number for row in rows for number in range(self._first[row], self._first[row + 1])]
        met = self._interaction.meet(query.tokens, query.weights, rows, sentences)
        passage_scores, sentence_scores = met.passage_scores, met.sentence_scores
        hits, column = [], 0
        for row, score in zip(rows, passage_scores, strict=True):
            count = int(self._first[row + 1] - self._first[row])
            hits.append(self._hit(row, query, float(score), sentence_scores[column : column + count]))
            column += count
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        ranked = tuple(hits[position] for position in order)

        def explain(row: int, number: int) -> tuple[TermMatch, ...]:
            return self._term_matches(row, int(self._first[row]) + number, query)

        return RetrievalResult(ranked, self._signals(ranked, order, met, query), explain)

    # -- the question --

    def _query(self, question: Query) -> _EncodedQuery:
        history = question.history[-_QUESTIONS_BACK:]
        read = self._encoder.encode_tokens([question.written_out, *reversed(history)])
        vector = read[0].vector + (read[1].vector if len(read) > 1 else 0)
        tokens: list[Floats] = []
        weights: list[Floats] = []
        words: list[str] = []
        own: list[bool] = []
        for age, (text, encoded) in enumerate(zip([question.written_out, *reversed(history)], read, strict=True)):
            kept = _word_tokens(text, encoded)
            if len(kept):
                tokens.append(encoded.tokens[kept])
                weights.append(_EARLIER_QUESTION**age * self._interaction.weights(encoded.pieces[kept].tolist()))
                words.extend(_word_around(text, int(start)) for start in encoded.offsets[kept, 0])
                own.extend([age == 0] * len(kept))
        if not tokens:
            tokens, weights, words, own = [read[0].vector[None]], [np.ones(1, np.float32)], [question.text], [True]
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

    def _candidates(self, vector: Floats, lexical: Floats) -> list[int]:
        rows = {neighbour.row for neighbour in self._index.search_passages(vector, CANDIDATES)[0]}
        for neighbour in self._index.search_sentences(vector, CANDIDATES)[0]:
            rows.add(int(self._index.sentence_rows[neighbour.row]))
        best = np.argsort(-lexical, kind="stable")[:CANDIDATES]
        rows.update(int(row) for row in best if lexical[row] > 0)
        return sorted(rows)

    def _hit(self, row: int, query: _EncodedQuery, interaction: float, sentences: Floats) -> Hit:
        cosines = self._sentences[self._first[row] : self._first[row + 1]] @ query.vector
        overview = self._overview(row, query)
        defining = self._defining(row, query)
        score = interaction + _SENTENCE_COSINE * float(cosines.max(initial=0.0)) + overview
        score += _DEFINITION * float(defining.any())
        scores = sentences + _SENTENCE_COSINE_IN_PASSAGE * cosines + _SENTENCE_OF_PASSAGE * score
        scores = scores + _DEFINITION * defining
        if overview:
            # "These range from ...": it answers, though it repeats no word of the question.
            lists = np.array(self._enumerates[self._first[row] : self._first[row + 1]], dtype=bool)
            scores = np.where(lists, np.maximum(scores, scores.max(initial=0.0) - _ENUMERATION), scores)
        return Hit(row, score, tuple(float(value) for value in scores))

    def _defining(self, row: int, query: _EncodedQuery) -> NDArray[np.bool_]:
        """Which sentences of a passage introduce the short form that is asked for: "peer support worker (PSW)"."""
        passage = self._source[row]
        texts = (passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences)
        if query.defined is None:
            return np.zeros(len(passage.sentences), dtype=bool)
        introduced = re.compile(rf"[(\[]\s*{re.escape(query.defined)}s?\s*[)\],;]")
        return np.array([bool(introduced.search(text)) for text in texts], dtype=bool)

    def _overview(self, row: int, query: _EncodedQuery) -> float:
        """What a passage gains that opens a section, where the question asks for just what the section is about."""
        if not self._opens[row]:
            return 0.0
        table = self._interaction.table
        first = int(self._first[row])
        start, end = int(table.passages[row]), int(table.sentences[first, 0]) if first < self._first[row + 1] else 0
        if start >= end:
            return 0.0
        similar = (query.tokens @ table.vectors[start:end].astype(np.float32).T).max(axis=1)
        met = float(query.weights @ similar / query.weights.sum())
        return _OVERVIEW * max(0.0, met - _OVERVIEW_FROM)

    # -- what else is known of it --

    def _term_matches(self, row: int, sentence: int, query: _EncodedQuery) -> tuple[TermMatch, ...]:
        """The words of the question that met something in the sentence, each with the word that it met."""
        best, similar = self._interaction.best_tokens(query.tokens, sentence)
        offsets = self._interaction.table.offsets
        shares = query.weights / query.weights.sum() * np.maximum(similar, 0)
        found: dict[str, tuple[float, str, float]] = {}
        for word, token, share, cosine in zip(query.words, best, shares, similar, strict=True):
            if word.casefold() in STOPWORDS or cosine < 0.4:
                continue
            met = _word_around(self._texts[row].text, int(offsets[token, 0]))
            total, text_word, nearest = found.get(word, (0.0, met, -1.0))
            found[word] = (total + float(share), met if cosine > nearest else text_word, max(nearest, float(cosine)))
        ranked = sorted(found.items(), key=lambda item: -item[1][0])[:5]
        return tuple(TermMatch(word, met, round(weight, 3)) for word, (weight, met, _) in ranked)

    def _signals(
        self, hits: Sequence[Hit], order: Sequence[int], met: Interaction, query: _EncodedQuery
    ) -> dict[str, float]:
        """What confidence is made of; see confidence.py for what each is for."""
        best = hits[0]
        similar = met.passages[:, order[0]]
        # Of the question alone, but for `weakest`: what was asked before is covered anyway.
        own = np.where(query.own, met.weights, np.float32(0))
        own /= max(float(own.sum()), 1e-9)
        stems = {stem: self._lexicon.rarity(stem) for stem in query.own_stems}
        total = sum(stems.values()) or 1.0
        inside = self._lexicon.stems_in(best.row)
        cosines = self._sentences[self._first[best.row] : self._first[best.row + 1]] @ query.vector
        rows = [hit.row for hit in hits]  # the nearest of all are always among them, unless only a part is searched
        inside_rows = np.isin(self._index.sentence_rows, rows)
        return {
            "interaction": float(own @ similar),
            "weak": _quantile(similar, own, 0.3),
            "weakest": _quantile(similar, met.weights, 0.15),
            "passage": float((self._passages[rows] @ query.vector).max()),
            "sentence": float((self._sentences[inside_rows] @ query.vector).max(initial=-1.0)),
            "sentence_here": float(cosines.max(initial=0.0)),
            "covered": sum(rarity for stem, rarity in stems.items() if stem in inside) / total,
            "lexical": float(self._lexicon.scores(query.own_stems)[best.row]) / total,
        }


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The value below which lies this share of the weight."""
    ranked = np.argsort(values)
    cumulated = np.cumsum(weights[ranked])
    return float(values[ranked[min(int(np.searchsorted(cumulated, share * cumulated[-1])), len(ranked) - 1)]])


_ENUMERATING = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|rang(?:e|es|ed|ing) from|such as|as follows|namely|consist|involv|there are|are:)",
    re.IGNORECASE,
)


def _enumerates(sentence: str) -> bool:
    """Whether a sentence names several things one after the other."""
    return sentence.count(",") >= 2 and bool(_ENUMERATING.search(sentence))


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def _word_tokens(text: str, encoded: TokenVectors) -> NDArray[np.int64]:
    """The tokens that are part of a word; special tokens and punctuation say nothing."""
    kept = [
        number
        for number, (start, end) in enumerate(encoded.offsets.tolist())
        if end > start and any(character.isalnum() for character in text[start:end])
    ]
    return np.array(kept, dtype=np.int64)


def _word_around(text: str, position: int) -> str:
    """The whole word of which a token is a part."""
    for match in _WORD.finditer(text, max(0, position - 60)):
        if match.end() > position:
            return match[0] if match.start() <= position else text[position : match.start()].strip() or match[0]
    return ""
