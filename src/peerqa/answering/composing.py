"""RetrievalResult -> Answer: the passages that help, the sentences in them that answer, or "not in the review".

The composer chooses what is shown. It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from peerqa.answering.answer import (
    Answer,
    AnswerPassage,
    AnswerReference,
    NearestSentence,
    Refusal,
    Repeat,
    Status,
    same_words,
)
from peerqa.answering.bibliographic_answers import BibliographicAnswer
from peerqa.answering.follow_ups import candidates
from peerqa.answering.notices import AnswerNotice
from peerqa.answering.presenting import goes_into, shown_passage, shown_work
from peerqa.answering.refusals import MOST_REVIEWS, missing_words, near_sections, words_of_review
from peerqa.answering.selection import select
from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion, starters_of
from peerqa.library.works import Work, Works
from peerqa.notices import Notice
from peerqa.retrieval.parameters import Parameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, TermMatch
from peerqa.text.near_duplicates import Shingles, shingles, stands_in

Explain = Callable[[int, int], tuple[TermMatch, ...]]
"""See RetrievalResult.explain."""
_NOTICE_OF = {"greeting": AnswerNotice.GREETING, "empty": AnswerNotice.EMPTY, "unreadable": AnswerNotice.UNCLEAR}
"""The notice for each kind of text that is no question."""
_MOST_REMEMBERED = 5000
"""Follow-ups of which it is remembered whether they are answered."""


class Composer:
    """Composes answers from what retrieval found in a set of reviews. Threads may share it."""

    def __init__(
        self,
        reviews: Sequence[Review],
        parameters: Parameters,
        works: Works | None = None,
        covers: Callable[[str], bool] = lambda question: False,
    ) -> None:
        """works: the works of a larger set of reviews that these are part of, so that a work keeps its key; None if
        there is no larger set. covers: whether the reviews answer a question; asked of each follow-up once."""
        self._selection, self._confidence = parameters.selection, parameters.confidence
        self._passages = [(review, passage) for review in reviews for passage in review.passages]
        self._works = works or Works(reviews)
        self._several = len(reviews) > 1
        self._shingles: dict[int, Shingles] = {}
        self.starters = tuple(dict.fromkeys(starters_of(reviews)))
        self._reviews = tuple(reviews)
        self._ask_covered, self._covered = covers, dict[str, bool]()
        self._words: list[frozenset[str]] | None = None
        self._next_section = dict(_next_sections(reviews))

    def without_search(self, asked: str, question: Query) -> Answer:
        """The answer to a text that is no question: a notice, and questions to begin with."""
        if question.kind == "foreign":
            notice = Notice(AnswerNotice.OTHER_LANGUAGE, language=question.language)
            return Answer(asked, question.text, "not_covered", 0.0, notice=notice, suggestions=self.starters)
        status: Status = "greeting" if question.kind == "greeting" else "unclear"
        notice = Notice(_NOTICE_OF[question.kind])
        return Answer(asked, question.text, status, 0.0, notice=notice, suggestions=self.starters)

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question; the nearest passages if the review does not answer it."""
        fitted = self._confidence.fitted_for(result.signals)
        confidence = fitted.of(result.signals) if result.hits else 0.0
        if confidence < fitted.threshold:
            return self._refuse(asked, question, result, confidence)
        distinct = self._distinct(result.hits, self._selection.most_passages)
        same = {hit.row: repeats for hit, repeats in distinct}
        chosen = select([hit for hit, _ in distinct], self._sentence, self._selection)
        passages = tuple(self._passage(one.hit, one.sentences, result.explain, same[one.hit.row]) for one in chosen)
        passages = tuple(self._with_passages_of_items(passage, result.hits) for passage in passages)
        follow_ups = self._follow_ups(question, [one.hit for one in chosen], result.hits)
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _refuse(self, asked: str, question: Query, result: RetrievalResult, confidence: float) -> Answer:
        """The refusal of a question: what is missing, and what comes nearest."""
        nearest = self._distinct(result.hits, self._selection.nearest_passages)
        passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
        if self._words is None:
            self._words = [words_of_review(review) for review in self._reviews[: MOST_REVIEWS + 1]]
        missing = missing_words(question, self._words)
        notice = Notice(AnswerNotice.NOT_COVERED, reviews=len(self._reviews))
        if missing:
            notice = Notice(AnswerNotice.NOT_COVERED_WORDS, reviews=len(self._reviews), words=missing)
        hits = [hit for hit, _ in nearest]
        refusal = Refusal(missing, self._nearest(hits), near_sections([self._passages[hit.row][1] for hit in hits]))
        follow_ups = self._follow_ups(question, hits, result.hits)
        answer = self._answer(asked, question, "not_covered", confidence, passages, notice, follow_ups)
        return replace(answer, refusal=refusal)

    def _nearest(self, hits: Sequence[Hit]) -> NearestSentence | None:
        """The one sentence of these hits that comes nearest to the question."""
        for one in select(hits, self._sentence, replace(self._selection, most_highlights=1))[:1]:
            passage, number = self._passages[one.hit.row][1], one.sentences[0]
            start, end = (place - passage.start for place in passage.sentences[number])
            return NearestSentence(passage.id, start, end, passage.text[start:end])
        return None

    def widely(self, hits: Sequence[Hit]) -> list[tuple[Passage, tuple[int, ...]]]:
        """The sentences of more passages than an answer shows, within twice the margin, in text order each."""
        most, margin = self._selection.most_citing_passages, 2 * self._selection.margin
        wide = replace(self._selection, most_highlights=2 * most, margin=margin)
        chosen = select(hits[:most], self._sentence, wide)
        return [(self._passages[one.hit.row][1], tuple(sorted(one.sentences))) for one in chosen]

    def compose_bibliographic(self, asked: str, found: BibliographicAnswer) -> Answer:
        """The answer to a question about a review or its works."""
        rows = {passage.id: row for row, (_, passage) in enumerate(self._passages)}
        passages = tuple(
            self._passage(Hit(rows[passage.id], 0.0, ()), numbers, lambda row, number: (), ())
            for passage, numbers in found.sentences[: self._selection.most_citing_passages]
        )
        question = Query(" ".join(asked.split()), " ".join(asked.split()), (), "question")
        answer = self._answer(asked, question, "answered", 1.0, passages, found.notice, ())
        works: dict[str, AnswerReference] = {}
        for document, key in found.entries:
            work = self._work(document, key)
            works.setdefault(work.key, shown_work(work, document))
        works.update({reference.key: reference for reference in answer.references})
        return replace(answer, references=tuple(works.values()))

    def _sentence(self, hit: Hit, number: int) -> str:
        review, passage = self._passages[hit.row]
        start, end = passage.sentences[number]
        return review.document.text[start:end]

    def _distinct(self, hits: Sequence[Hit], most: int) -> list[tuple[Hit, list[Hit]]]:
        """The best hits, at most `most`, each with the hits of other reviews that repeat it and so are left out."""
        if not self._several:
            return [(hit, []) for hit in hits[:most]]
        kept: list[tuple[Hit, list[Hit]]] = []
        for hit in hits[: self._selection.repeats_compared]:
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
        notice: Notice | None,
        suggestions: tuple[Suggestion, ...],
    ) -> Answer:
        references: dict[str, AnswerReference] = {}
        for passage in passages:
            for key in (key for citation in passage.citations for key in citation.entries):
                work = self._work(passage.document, key)
                references.setdefault(work.key, shown_work(work, passage.document))
        interpretation = _interpretation(question)
        said = {same_words(asked), same_words(str(interpretation))}
        leading = tuple(one for one in suggestions if same_words(str(one)) not in said)
        works = tuple(references.values())
        return Answer(asked, interpretation, status, confidence, passages, works, notice, leading)

    def _work(self, document: str, key: str) -> Work:
        work = self._works.of(document, key)
        assert work is not None, "a citation names an entry of its own review's list"
        return work

    def _passage(self, hit: Hit, chosen: Sequence[int], explain: Explain, same: Sequence[Hit]) -> AnswerPassage:
        review, passage = self._passages[hit.row]
        term_matches = {index: explain(hit.row, index) for index in chosen}
        before = None if passage.opens_section or not hit.row else self._passages[hit.row - 1][1]
        shown = shown_passage(
            review.document, passage, term_matches, lambda key: self._work(passage.document, key).key, before
        )
        repeats = (self._passages[other.row][1] for other in same)
        return replace(shown, also_in=tuple(Repeat(other.id, other.document) for other in repeats))

    def _with_passages_of_items(self, passage: AnswerPassage, hits: Sequence[Hit]) -> AnswerPassage:
        """The passage with, for each item that it lists, the passage of the same review that goes into it."""
        if not passage.items:
            return passage
        found = [self._passages[hit.row][1] for hit in hits[: self._selection.item_passages]]
        others = [one for one in found if one.document == passage.document and one.id != passage.id]
        return replace(
            passage, items=tuple(replace(item, passage=goes_into(item.text, others)) for item in passage.items)
        )

    def _follow_ups(self, question: Query, shown: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
        """Questions that lead on from the shown hits and are answered; none that the starters ask."""
        if not shown:
            return ()
        review, best = self._passages[shown[0].row]
        rows = {hit.row for hit in shown}
        beside = [self._passages[hit.row] for hit in hits[: self._selection.follow_up_passages] if hit.row not in rows]
        keys = dict.fromkeys(
            key for hit in shown for one in self._passages[hit.row][1].citations for key in one.references
        )
        works = [entry for entry in review.references if entry.key in keys]
        next_section = self._next_section.get((best.document, best.section))
        tried = candidates(
            " ".join([question.written_out, *question.history]),
            review,
            [passage for other, passage in beside if other is review],
            works,
            next_section,
        )
        starters = {same_words(str(one)) for one in self.starters}
        found: list[Suggestion] = []
        for one in islice(tried, self._selection.most_suggestions_tried):
            if len(found) < self._selection.most_suggestions and same_words(str(one)) not in starters:
                found += [one] if self._is_covered(str(one)) else []
        return tuple(found)

    def _is_covered(self, question: str) -> bool:
        """Whether a follow-up is answered; remembered, since many answers offer the same one."""
        if question not in self._covered:
            if len(self._covered) >= _MOST_REMEMBERED:
                self._covered.clear()
            self._covered[question] = self._ask_covered(question)
        return self._covered[question]


def _interpretation(question: Query) -> str | Notice:
    """The question as it was understood, for whoever asked it to check."""
    if not question.history:
        return question.written_out
    return Notice(AnswerNotice.GOING_ON_FROM, question=question.written_out, earlier=question.history[-1])


def _next_sections(reviews: Sequence[Review]) -> Iterator[tuple[tuple[str, str], str]]:
    """For each section that holds paragraphs, (document, heading) and the heading of the next one."""
    for review in reviews:
        headings = [section.heading for section in review.document.sections if section.paragraphs and section.heading]
        for heading, following in pairwise(headings):
            yield (review.document.name, heading), following
