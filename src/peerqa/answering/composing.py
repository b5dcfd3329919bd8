"""RetrievalResult -> Answer: the passages that help, the sentences in them that answer, or "not in the review".

The composer chooses what is shown. It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from peerqa.answering.answer import Answer, AnswerPassage, AnswerReference, Repeat, Status, same_words
from peerqa.answering.presenting import shown_passage, shown_work
from peerqa.library.review import Review
from peerqa.library.starter_questions import about, starters_of
from peerqa.library.works import Work, Works
from peerqa.retrieval.confidence import fitted_for
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, TermMatch
from peerqa.text.near_duplicates import Shingles, shingles, stands_in

Explain = Callable[[int, int], tuple[TermMatch, ...]]
"""See RetrievalResult.explain."""

MOST_PASSAGES = 4
_WITHIN = 0.25
"""A further passage helps if its score is at most this much below the best one's."""
CHIEF_HIGHLIGHTS = 3
_CHIEF_WITHIN = 0.3
"""The three best sentences are highlighted, unless they are this much below the best one."""
MOST_HIGHLIGHTS = 6
_FURTHER_WITHIN = 0.15
"""Of the next best, those as near as this are highlighted where they come after the chief ones."""
NEAREST = 2
"""How many passages are shown where the review does not answer."""
_COMPARED = 30
"""Among the best passages of several reviews, how many are looked at for repeats of those that are shown."""


class Composer:
    """Makes answers from what retrieval found in a set of reviews."""

    def __init__(self, reviews: Sequence[Review], works: Works | None = None) -> None:
        """works: those of a larger set that the reviews are part of, so that keys stay what they are there."""
        self._passages = [(review, passage) for review in reviews for passage in review.passages]
        self._works = works or Works(reviews)
        self._several = len(reviews) > 1
        self._shingles: dict[int, Shingles] = {}
        self.starters = tuple(dict.fromkeys(one.question for one in starters_of(reviews)))
        self._not_covered = f"The {'review does' if len(reviews) == 1 else 'reviews do'} not answer this."
        self._next_section = dict(_next_sections(reviews))

    def without_search(self, asked: str, question: Query) -> Answer:
        """The friendly line for what is no question."""
        if question.kind == "greeting":
            message = (
                "Hello! Ask me about the review, and I will show you what it says, word for word, with its sources."
            )
            return Answer(asked, question.text, "greeting", 0.0, message=message, suggestions=self.starters)
        message = (
            "Type a question, and I will show you what the review says to it."
            if question.kind == "empty"
            else "I could not read a question in that. Try a few words, such as one of these."
        )
        return Answer(asked, question.text, "unclear", 0.0, message=message, suggestions=self.starters)

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question, or what comes nearest where the review does not answer it."""
        parameters = fitted_for(result.signals)
        confidence = parameters.of(result.signals) if result.hits else 0.0
        if confidence < parameters.threshold:
            nearest = self._distinct(result.hits, NEAREST)
            passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
            return self._answer(asked, question, "not_covered", confidence, passages, self._not_covered, self.starters)
        best = result.hits[0].score
        distinct = self._distinct(result.hits, MOST_PASSAGES)
        near = [(hit, same) for hit, same in distinct if hit.score >= best - _WITHIN]
        chosen = _highlighted([hit for hit, _ in near])
        shown = [(hit, same) for hit, same in near if chosen[hit.row]]
        passages = tuple(self._passage(hit, chosen[hit.row], result.explain, same) for hit, same in shown)
        follow_ups = self._follow_ups([hit for hit, _ in shown])
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _distinct(self, hits: Sequence[Hit], most: int) -> list[tuple[Hit, list[Hit]]]:
        """The best hits, each with those of other reviews that repeat it and are therefore passed over."""
        if not self._several:
            return [(hit, []) for hit in hits[:most]]
        kept: list[tuple[Hit, list[Hit]]] = []
        for hit in hits[:_COMPARED]:
            document = self._passages[hit.row][1].document
            for shown, same in kept:
                other = self._passages[shown.row][1].document != document
                if other and stands_in(self._shingles_of(shown.row), self._shingles_of(hit.row)):
                    same.append(hit)
                    break
            else:
                if len(kept) < most:
                    kept.append((hit, []))
        return kept

    def _shingles_of(self, row: int) -> Shingles:
        if row not in self._shingles:
            self._shingles[row] = shingles(self._passages[row][1].text)
        return self._shingles[row]

    def _answer(
        self,
        asked: str,
        question: Query,
        status: Status,
        confidence: float,
        passages: tuple[AnswerPassage, ...],
        message: str | None,
        suggestions: tuple[str, ...],
    ) -> Answer:
        references: dict[str, AnswerReference] = {}
        for passage in passages:
            for key in (key for citation in passage.citations for key in citation.entries):
                work = self._work(passage.document, key)
                references.setdefault(work.key, shown_work(work, passage.document))
        said = {same_words(asked), same_words(question.interpreted)}
        leading = tuple(text for text in suggestions if same_words(text) not in said)
        works = tuple(references.values())
        return Answer(asked, question.interpreted, status, confidence, passages, works, message, leading)

    def _work(self, document: str, key: str) -> Work:
        work = self._works.of(document, key)
        assert work is not None, "a citation names an entry of its own review's list"
        return work

    def _passage(self, hit: Hit, chosen: Sequence[int], explain: Explain, same: Sequence[Hit]) -> AnswerPassage:
        review, passage = self._passages[hit.row]
        term_matches = {index: explain(hit.row, index) for index in chosen}
        shown = shown_passage(review.document, passage, term_matches, lambda key: self._work(passage.document, key).key)
        repeats = (self._passages[other.row][1] for other in same)
        return replace(shown, also_in=tuple(Repeat(other.id, other.document) for other in repeats))

    def _follow_ups(self, hits: Sequence[Hit]) -> tuple[str, ...]:
        """Questions that lead on: the section after that of the best passage, and starters on other sections."""
        sections = {self._passages[hit.row][1].section for hit in hits}
        best = self._passages[hits[0].row][1]
        following = self._next_section.get((best.document, best.section))
        leading = [about(following)] if following and following not in sections else []
        leading += [text for text in self.starters if not any(section and section in text for section in sections)]
        return tuple(dict.fromkeys(leading))[:4]


def _highlighted(hits: Sequence[Hit]) -> dict[int, list[int]]:
    """Which sentences of each passage (by row) to highlight, in text order.

    The best sentences of all passages together, in the order in which they are read, and then the best sentence of
    each of the first three passages that has none.
    """
    ranked = sorted(
        ((score, place, number) for place, hit in enumerate(hits) for number, score in enumerate(hit.sentences)),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    if not ranked:
        return {hit.row: [] for hit in hits}
    best = ranked[0][0]
    chosen = {(place, number) for score, place, number in ranked[:CHIEF_HIGHLIGHTS] if score >= best - _CHIEF_WITHIN}
    last = max(chosen)
    for score, place, number in ranked[CHIEF_HIGHLIGHTS:MOST_HIGHLIGHTS]:
        if score >= best - _FURTHER_WITHIN and (place, number) > last:
            chosen.add((place, number))
    for place, hit in enumerate(hits[:3]):
        if hit.sentences and not any(other == place for other, _ in chosen):
            chosen.add((place, max(range(len(hit.sentences)), key=hit.sentences.__getitem__)))
    return {hit.row: sorted(number for other, number in chosen if other == place) for place, hit in enumerate(hits)}


def _next_sections(reviews: Sequence[Review]) -> Iterator[tuple[tuple[str, str], str]]:
    """((document, heading), the heading after it), for sections that hold paragraphs."""
    for review in reviews:
        headings = [section.heading for section in review.document.sections if section.paragraphs and section.heading]
        for heading, following in pairwise(headings):
            yield (review.document.name, heading), following
