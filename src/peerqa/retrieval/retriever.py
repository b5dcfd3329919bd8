"""Query -> RetrievalResult: the passages nearest to a question, in two stages.

First FAISS (vectors of passages and of sentences) and BM25 propose candidates. Then each candidate is scored, by late
interaction over the token vectors and by the cosine of its best sentence. Whether any of them answers is not decided
here: the result carries the signals by which confidence decides.
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
from peerqa.retrieval.parameters import RetrievalParameters
from peerqa.retrieval.query import Query
from peerqa.text.words import STOPWORDS, stems_of


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A word of the question and the word of the text that matches it; weight: its share of the score, 0 to 1."""

    question_word: str
    text_word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: its row in the index, its score, and the score of each of its sentences. Scores have no
    unit; higher is better. logits: of the cross-encoder for each sentence; empty where it has not read the passage."""

    row: int
    score: float
    sentences: tuple[float, ...]
    logits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What retrieval found for a question: hits, best first, and the signals by which confidence decides.

    signals: a number for each name in confidence.SIGNALS, after reranking for those in RERANKER_SIGNALS too.
    explain(row, number): the words of the question that match words of a sentence of a hit, weightiest first.
    """

    hits: tuple[Hit, ...]
    signals: Mapping[str, float]
    explain: Callable[[int, int], tuple[TermMatch, ...]] = lambda row, number: ()


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
    """Finds passages of a built index. Threads may share it."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        interaction: LateInteraction,
        passages: Sequence[Passage],
        texts: Sequence[EmbeddedText],
        lexicon: Lexicon,
        parameters: RetrievalParameters,
    ) -> None:
        """passages, and texts: what was embedded of each, in the order of the index's rows. interaction, lexicon: over
        the same passages."""
        self._parameters = parameters
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
        """The passages nearest to a question, best first. within: the rows to search, at least one; None for all."""
        query = self._encoded(question)
        lexical = self._lexicon.scores(query.stems)
        rows = self._candidates(query.vector, lexical) if within is None else sorted(set(within))
        sentences = [number for row in rows for number in range(self._first[row], self._first[row + 1])]
        interaction = self._interaction.match(query.tokens, query.weights, rows, sentences)
        passage_scores, sentence_scores = interaction.passage_scores, interaction.sentence_scores
        hits, column = [], 0
        for row, score in zip(rows, passage_scores, strict=True):
            count = int(self._first[row + 1] - self._first[row])
            hits.append(self._hit(row, query, float(score), sentence_scores[column : column + count]))
            column += count
        order = sorted(range(len(hits)), key=lambda position: (-hits[position].score, hits[position].row))
        ranked = tuple(hits[position] for position in order)

        def explain(row: int, number: int) -> tuple[TermMatch, ...]:
            return self._term_matches(row, int(self._first[row]) + number, query)

        return RetrievalResult(ranked, self._signals(ranked, order, interaction, query), explain)

    # -- the question --

    def _encoded(self, question: Query) -> _EncodedQuery:
        searched = self._parameters.questions_searched
        history = question.history[-searched:] if searched else ()
        encoded = self._encoder.encode_tokens([question.written_out, *reversed(history)])
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
                weights.append(weight * self._interaction.weights(read.pieces[kept].tolist()))
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

    def _candidates(self, vector: Floats, lexical: Floats) -> list[int]:
        """The rows that the first searches propose, in order. lexical: (n,), the BM25 score of every passage."""
        most = self._parameters.candidates
        rows = {neighbour.row for neighbour in self._index.search_passages(vector, most)[0]}
        for neighbour in self._index.search_sentences(vector, most)[0]:
            rows.add(int(self._index.sentence_rows[neighbour.row]))
        best = np.argsort(-lexical, kind="stable")[:most]
        rows.update(int(row) for row in best if lexical[row] > 0)
        return sorted(rows)

    def _hit(self, row: int, query: _EncodedQuery, interaction: float, sentences: Floats) -> Hit:
        """A candidate with its scores. interaction, sentences: the late interaction of it and of each sentence."""
        weights = self._parameters
        cosines = self._sentences[self._first[row] : self._first[row + 1]] @ query.vector
        overview = self._overview(row, query)
        defining = self._defining(row, query)
        score = interaction + weights.best_sentence_weight * float(cosines.max(initial=0.0)) + overview
        score += weights.definition_bonus * float(defining.any())
        scores = sentences + weights.sentence_cosine_weight * cosines + weights.sentence_passage_weight * score
        scores = scores + weights.definition_bonus * defining
        if overview:
            # "These range from ...": it answers, though it repeats no word of the question.
            lists = np.array(self._enumerates[self._first[row] : self._first[row + 1]], dtype=bool)
            nearly_best = scores.max(initial=0.0) - weights.enumeration_margin
            scores = np.where(lists, np.maximum(scores, nearly_best), scores)
        return Hit(row, score, tuple(float(value) for value in scores))

    def _defining(self, row: int, query: _EncodedQuery) -> NDArray[np.bool_]:
        """(s,) which sentences of a passage introduce the abbreviation that is asked for: "body mass index (BMI)"."""
        passage = self._source[row]
        texts = (passage.text[start - passage.start : end - passage.start] for start, end in passage.sentences)
        if query.defined is None:
            return np.zeros(len(passage.sentences), dtype=bool)
        introduced = re.compile(rf"[(\[]\s*{re.escape(query.defined)}s?\s*[)\],;]")
        return np.array([bool(introduced.search(text)) for text in texts], dtype=bool)

    def _overview(self, row: int, query: _EncodedQuery) -> float:
        """What a passage gains because it opens the section whose heading the question repeats; 0 for any other."""
        if not self._opens[row]:
            return 0.0
        table = self._interaction.table
        first = int(self._first[row])
        start, end = int(table.passages[row]), int(table.sentences[first, 0]) if first < self._first[row + 1] else 0
        if start >= end:
            return 0.0
        similar = (query.tokens @ table.vectors[start:end].astype(np.float32).T).max(axis=1)
        mean = float(query.weights @ similar / query.weights.sum())
        return self._parameters.overview_weight * max(0.0, mean - self._parameters.overview_from)

    # -- what else is known of it --

    def _term_matches(self, row: int, sentence: int, query: _EncodedQuery) -> tuple[TermMatch, ...]:
        """The words of the question that match a word of a sentence, each with that word, weightiest first."""
        best, similar = self._interaction.best_tokens(query.tokens, sentence)
        offsets = self._interaction.table.offsets
        shares = query.weights / query.weights.sum() * np.maximum(similar, 0)
        found: dict[str, tuple[float, str, float]] = {}
        for word, token, share, cosine in zip(query.words, best, shares, similar, strict=True):
            if word.casefold() in STOPWORDS or cosine < self._parameters.term_match_cosine:
                continue
            match = _word_around(self._texts[row].text, int(offsets[token, 0]))
            total, text_word, nearest = found.get(word, (0.0, match, -1.0))
            found[word] = (total + float(share), match if cosine > nearest else text_word, max(nearest, float(cosine)))
        ranked = sorted(found.items(), key=lambda item: -item[1][0])[: self._parameters.most_term_matches]
        return tuple(TermMatch(word, text_word, round(weight, 3)) for word, (weight, text_word, _) in ranked)

    def _signals(
        self, hits: Sequence[Hit], order: Sequence[int], interaction: Interaction, query: _EncodedQuery
    ) -> dict[str, float]:
        """The signals that confidence.SIGNALS names. order: for each hit its place in the interaction."""
        best = hits[0]
        similar = interaction.passages[:, order[0]]
        # Of the question alone: what was asked before is covered anyway.
        own = np.where(query.own, interaction.weights, np.float32(0))
        own /= max(float(own.sum()), 1e-9)
        stems = {stem: self._lexicon.rarity(stem) for stem in query.own_stems}
        total = sum(stems.values()) or 1.0
        held = self._lexicon.stems_in(best.row)
        cosines = self._sentences[self._first[best.row] : self._first[best.row + 1]] @ query.vector
        rows = [hit.row for hit in hits]  # the nearest of all are always among them, unless only a part is searched
        in_hits = np.isin(self._index.sentence_rows, rows)
        return {
            "late_interaction": float(own @ similar),
            "weak_terms": _quantile(similar, own, self._parameters.weak_quantile),
            "weakest_terms": _quantile(similar, interaction.weights, self._parameters.weakest_quantile),
            "nearest_passage": float((self._passages[rows] @ query.vector).max()),
            "nearest_sentence": float((self._sentences[in_hits] @ query.vector).max(initial=-1.0)),
            "sentence_of_best_passage": float(cosines.max(initial=0.0)),
            "stems_covered": sum(rarity for stem, rarity in stems.items() if stem in held) / total,
            "bm25": float(self._lexicon.scores(query.own_stems)[best.row]) / total,
        }


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
