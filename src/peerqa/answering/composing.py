"""RetrievalResult -> Answer: the passages that help, the sentences in them that answer, or "not in the review".

The composer chooses what is shown. It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from peerqa.answering.answer import Answer, AnswerPassage, AnswerReference, Repeat, Status, same_words
from peerqa.answering.notices import AnswerNotice
from peerqa.answering.presenting import goes_into, shown_passage, shown_work
from peerqa.answering.selection import select
from peerqa.library.passages import Passage
from peerqa.library.records import changed
from peerqa.library.starter_questions import Suggestion, about
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


class Composer:
    """Composes answers from what retrieval found in a library. Threads may share it."""

    def __init__(self, library: StoredLibrary, parameters: Parameters, documents: Sequence[str] | None = None) -> None:
        """documents: the names of the reviews that are asked; None for all."""
        self._library, self._documents = library, documents
        self._selection, self._confidence = parameters.selection, parameters.confidence

    def _count(self) -> int:
        """How many reviews are asked."""
        return self._library.count() if self._documents is None else len(self._documents)

    def _starters(self) -> tuple[Suggestion, ...]:
        return self._library.starters(self._documents)

    def _not_covered(self) -> Notice:
        return Notice(AnswerNotice.NOT_COVERED, reviews=self._count())

    def without_search(self, asked: str, question: Query) -> Answer:
        """The answer to a text that is no question: a notice, and questions to begin with."""
        status: Status = "greeting" if question.kind == "greeting" else "unclear"
        notice = Notice(_NOTICE_OF[question.kind])
        return Answer(asked, question.text, status, 0.0, notice=notice, suggestions=self._starters())

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question; the nearest passages if the review does not answer it."""
        fitted = self._confidence.fitted_for(result.signals)
        confidence = fitted.of(result.signals) if result.hits else 0.0
        if not result.hits or confidence < fitted.threshold:
            nearest = self._distinct(result.hits, self._selection.nearest_passages)
            passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
            starters = self._starters()
            return self._answer(asked, question, "not_covered", confidence, passages, self._not_covered(), starters)
        distinct = self._distinct(result.hits, self._selection.most_passages)
        same = {hit.row: repeats for hit, repeats in distinct}
        chosen = select([hit for hit, _ in distinct], self._sentence, self._selection)
        passages = tuple(self._passage(one.hit, one.sentences, result.explain, same[one.hit.row]) for one in chosen)
        passages = tuple(self._with_passages_of_items(passage, result.hits) for passage in passages)
        follow_ups = self._follow_ups([one.hit for one in chosen])
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _sentence(self, hit: Hit, number: int) -> str:
        passage = self._library.passage(hit.row)
        start, end = passage.sentences[number]
        return passage.text[start - passage.start : end - passage.start]

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

    def _passage(self, hit: Hit, chosen: Sequence[int], explain: Explain, same: Sequence[Hit]) -> AnswerPassage:
        passage = self._library.passage(hit.row)
        term_matches = {index: explain(hit.row, index) for index in chosen}
        document, before = self._library.document(passage.document), self._before(hit.row, passage)
        shown = shown_passage(
            document, passage, term_matches, lambda key: self._work(passage.document, key).key, before
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

    def _follow_ups(self, hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
        """Questions that lead on: on the section after that of the best passage, and starters on sections not shown."""
        sections = {self._library.passage(hit.row).section for hit in hits}
        best = self._library.passage(hits[0].row)
        following = self._library.following_heading(best.document, best.section)
        leading: list[Suggestion] = [about(following)] if following and following not in sections else []
        leading += [one for one in self._starters() if not any(section and section in str(one) for section in sections)]
        return tuple(dict.fromkeys(leading))[: self._selection.most_suggestions]


def _interpretation(question: Query) -> str | Notice:
    """The question as it was understood, for whoever asked it to check."""
    if not question.history:
        return question.written_out
    return Notice(AnswerNotice.GOING_ON_FROM, question=question.written_out, earlier=question.history[-1])
