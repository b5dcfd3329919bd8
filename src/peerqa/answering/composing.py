"""RetrievalResult -> Answer: the passages that help, the sentences in them that answer, or "not in the review".

The composer chooses what is shown. It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

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
from peerqa.answering.selection import asks_widely, select
from peerqa.library.passages import Passage
from peerqa.library.records import changed
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.works import Work
from peerqa.notices import Notice
from peerqa.retrieval.parameters import Parameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, TermMatch
from peerqa.text.near_duplicates import shingles, stands_in

Explain = Callable[[int, int], tuple[TermMatch, ...]]
"""See RetrievalResult.explain."""
_NOTICE_OF = {"greeting": AnswerNotice.GREETING, "empty": AnswerNotice.EMPTY, "unreadable": AnswerNotice.UNCLEAR}
"""The notice for each kind of text that is no question."""
_MOST_REMEMBERED = 5000
"""Follow-ups of which it is remembered whether they are answered."""


Covers = Callable[[Sequence[str], str], Sequence[bool]]
"""Whether the review of that name answers each of some questions."""


class Composer:
    """Composes answers from what retrieval found in a library. Threads may share it."""

    def __init__(
        self,
        library: StoredLibrary,
        parameters: Parameters,
        documents: Sequence[str] | None = None,
        covers: Covers | None = None,
    ) -> None:
        """documents: the names of the reviews that are asked; None for all. covers: whether a review
        answers each of some questions; asked of each follow-up once. None to offer no follow-ups."""
        self._library, self._documents = library, documents
        self._selection, self._confidence = parameters.selection, parameters.confidence
        self._ask_covered = covers
        self._covered: tuple[int, dict[tuple[str, str], bool]] = (-1, {})
        self._words: tuple[int, list[frozenset[str]]] = (-1, [])

    def reviews(self) -> list[Review]:
        """The reviews that are asked, whole; none if they are more than can be read for a question."""
        if self._count() > MOST_REVIEWS:
            return []
        names = self._library.names() if self._documents is None else self._documents
        return [review for review in map(self._library.get, names) if review is not None]

    def _count(self) -> int:
        """How many reviews are asked."""
        return self._library.count() if self._documents is None else len(self._documents)

    def _starters(self) -> tuple[Suggestion, ...]:
        return self._library.starters(self._documents)

    def _words_of_reviews(self) -> list[frozenset[str]]:
        """The words of each review that is asked; kept until the library changes."""
        version = self._library.database.version()
        if self._words[0] != version:
            self._words = version, [words_of_review(review) for review in self.reviews()]
        return self._words[1]

    def without_search(self, asked: str, question: Query) -> Answer:
        """The answer to a text that is no question: a notice, and questions to begin with."""
        if question.kind == "foreign":
            notice = Notice(AnswerNotice.OTHER_LANGUAGE, language=question.language)
            return Answer(asked, question.text, "not_covered", 0.0, notice=notice, suggestions=self._starters())
        status: Status = "greeting" if question.kind == "greeting" else "unclear"
        notice = Notice(_NOTICE_OF[question.kind])
        return Answer(asked, question.text, status, 0.0, notice=notice, suggestions=self._starters())

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question; the nearest passages if the review does not answer it."""
        fitted = self._confidence.fitted_for(result.signals)
        confidence = fitted.of(result.signals) if result.hits else 0.0
        if not result.hits or confidence < fitted.threshold:
            return self._refuse(asked, question, result, confidence)
        distinct = self._distinct(result.hits, self._selection.most_passages)
        same = {hit.row: repeats for hit, repeats in distinct}
        wide = asks_widely(question.text)
        chosen = select([hit for hit, _ in distinct], self._sentence, self._selection, wide)
        passages = tuple(
            self._passage(one.hit, one.sentences, result.explain, same[one.hit.row], question.text) for one in chosen
        )
        passages = tuple(self._with_passages_of_items(passage, result.hits) for passage in passages)
        follow_ups = self._follow_ups(question, [one.hit for one in chosen], result.hits)
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _refuse(self, asked: str, question: Query, result: RetrievalResult, confidence: float) -> Answer:
        """The refusal of a question: what is missing, and what comes nearest."""
        nearest = self._distinct(result.hits, self._selection.nearest_passages)
        passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
        missing = missing_words(question, self._words_of_reviews())
        notice = Notice(AnswerNotice.NOT_COVERED, reviews=self._count())
        if missing:
            notice = Notice(AnswerNotice.NOT_COVERED_WORDS, reviews=self._count(), words=missing)
        hits = [hit for hit, _ in nearest]
        refusal = Refusal(missing, self._nearest(hits), near_sections([self._library.passage(hit.row) for hit in hits]))
        follow_ups = self._follow_ups(question, hits, result.hits)
        answer = self._answer(asked, question, "not_covered", confidence, passages, notice, follow_ups)
        return replace(answer, refusal=refusal)

    def _nearest(self, hits: Sequence[Hit]) -> NearestSentence | None:
        """The one sentence of these hits that comes nearest to the question."""
        for one in select(hits, self._sentence, replace(self._selection, most_highlights=1))[:1]:
            passage, number = self._library.passage(one.hit.row), one.sentences[0]
            start, end = (place - passage.start for place in passage.sentences[number])
            return NearestSentence(passage.id, start, end, passage.text[start:end])
        return None

    def widely(self, hits: Sequence[Hit]) -> list[tuple[Passage, tuple[int, ...]]]:
        """The sentences of more passages than an answer shows, within twice the margin, in text order each."""
        most, margin = self._selection.most_citing_passages, 2 * self._selection.margin
        wide = replace(self._selection, most_highlights=2 * most, margin=margin)
        chosen = select(hits[:most], self._sentence, wide)
        return [(self._library.passage(one.hit.row), tuple(sorted(one.sentences))) for one in chosen]

    def compose_bibliographic(self, asked: str, found: BibliographicAnswer) -> Answer:
        """The answer to a question about a review or its works."""
        passages = tuple(
            self._passage(Hit(self._library.number_of(passage.id), 0.0, ()), numbers, lambda row, number: (), ())
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
        return self._library.passage(hit.row).sentence(number)

    def _distinct(self, hits: Sequence[Hit], most: int) -> list[tuple[Hit, list[Hit]]]:
        """The best hits, at most `most`, each with the hits of other reviews that repeat it and so are left out."""
        if self._count() == 1:
            return [(hit, []) for hit in hits[:most]]
        kept: list[tuple[Hit, list[Hit]]] = []
        for hit in hits[: self._selection.repeats_compared]:
            passage = self._library.passage(hit.row)
            for shown, same in kept:
                other = self._library.passage(shown.row)
                if other.document != passage.document and stands_in(shingles(other.text), shingles(passage.text)):
                    same.append(hit)
                    break
            else:
                if len(kept) < most:
                    kept.append((hit, []))
        return kept

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
        work = self._library.work_of(document, key)
        if work is None:  # a citation names an entry of its own review's list
            raise changed(document)
        return work

    def _passage(
        self, hit: Hit, chosen: Sequence[int], explain: Explain, same: Sequence[Hit], question: str = ""
    ) -> AnswerPassage:
        passage = self._library.passage(hit.row)
        term_matches = {index: explain(hit.row, index) for index in chosen}
        document, before = self._library.document(passage.document), self._before(hit.row, passage)
        shown = shown_passage(
            document, passage, term_matches, lambda key: self._work(passage.document, key).key, before, question
        )
        repeats = (self._library.passage(other.row) for other in same)
        return replace(shown, also_in=tuple(Repeat(other.id, other.document) for other in repeats))

    def _before(self, row: int, passage: Passage) -> Passage | None:
        """The passage before this one under the same heading; None if there is none. The numbers of a review's passages
        follow one another."""
        if passage.opens_section:
            return None
        try:
            before = self._library.passage(row - 1)
        except KeyError:
            return None
        return before if before.document == passage.document else None

    def _with_passages_of_items(self, passage: AnswerPassage, hits: Sequence[Hit]) -> AnswerPassage:
        """The passage with, for each item that it lists, the passage of the same review that goes into it."""
        if not passage.items:
            return passage
        found = [self._library.passage(hit.row) for hit in hits[: self._selection.item_passages]]
        others = [one for one in found if one.document == passage.document and one.id != passage.id]
        return replace(
            passage, items=tuple(replace(item, passage=goes_into(item.text, others)) for item in passage.items)
        )

    def _follow_ups(self, question: Query, shown: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
        """Questions that lead on from the shown hits and are answered; none that the starters ask."""
        if self._ask_covered is None:
            return ()
        best = self._library.passage(shown[0].row) if shown else None
        review = self._library.get(best.document) if best else None
        if best is None or review is None:
            return ()
        rows = {hit.row for hit in shown}
        near = [hit.row for hit in hits[: self._selection.follow_up_passages] if hit.row not in rows]
        beside = [passage for passage in map(self._library.passage, near) if passage.document == best.document]
        cited = [one for hit in shown for one in self._library.passage(hit.row).citations]
        keys = {key for one in cited for key in one.references}
        works = [entry for entry in review.references if entry.key in keys]
        next_section = self._library.following_heading(best.document, best.section)
        asked = " ".join([question.written_out, *question.history])
        starters = {same_words(str(one)) for one in self._starters()}
        leading = candidates(asked, review, beside, works, next_section)
        tried = [one for one in leading if same_words(str(one)) not in starters]
        tried = tried[: self._selection.most_suggestions_tried]
        offered: list[Suggestion] = []
        while tried and (wanted := self._selection.most_suggestions - len(offered)) > 0:
            some, tried = tried[:wanted], tried[wanted:]
            covered = self._are_covered([str(one) for one in some], best.document, self._ask_covered)
            offered += [one for one, is_covered in zip(some, covered, strict=True) if is_covered]
        return tuple(offered)

    def _are_covered(self, questions: Sequence[str], document: str, covers: Covers) -> list[bool]:
        """Whether a review answers each follow-up; remembered until the library changes, since many answers offer the
        same one."""
        version = self._library.database.version()
        kept, known = self._covered
        if kept != version or len(known) > _MOST_REMEMBERED:
            known = {}
            self._covered = version, known
        new = [question for question in questions if (document, question) not in known]
        if new:
            known.update(zip(((document, question) for question in new), covers(new, document), strict=True))
        return [known[document, question] for question in questions]


def _interpretation(question: Query) -> str | Notice:
    """The question as it was understood, for whoever asked it to check."""
    if not question.history:
        return question.written_out
    return Notice(AnswerNotice.GOING_ON_FROM, question=question.written_out, earlier=question.history[-1])
