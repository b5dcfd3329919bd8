"""RetrievalResult -> Answer: the passages that help, the sentences in them that answer, or "not in the review".

The composer chooses what is shown. It does not search, and it does not format.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from peerqa.answering.answer import Answer, AnswerPassage, AnswerReference, Repeat, Status, same_words
from peerqa.answering.notices import AnswerNotice
from peerqa.answering.presenting import shown_passage, shown_work
from peerqa.library.records import changed
from peerqa.library.starter_questions import Suggestion, about
from peerqa.library.stored_library import StoredLibrary
from peerqa.library.works import Work
from peerqa.notices import Notice
from peerqa.retrieval.parameters import Parameters, SelectionParameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult, TermMatch
from peerqa.text.near_duplicates import shingles, stands_in

Explain = Callable[[int, int], tuple[TermMatch, ...]]
"""See RetrievalResult.explain."""
_NOTICE_OF = {"greeting": AnswerNotice.GREETING, "empty": AnswerNotice.EMPTY, "unreadable": AnswerNotice.UNCLEAR}
"""The notice for each kind of text that is no question."""


class Composer:
    """Composes answers from what retrieval found in a library. Threads may share it."""

    def __init__(self, library: StoredLibrary, parameters: Parameters) -> None:
        self._library = library
        self._selection, self._confidence = parameters.selection, parameters.confidence

    def _not_covered(self) -> Notice:
        return Notice(AnswerNotice.NOT_COVERED, reviews=self._library.count())

    def without_search(self, asked: str, question: Query) -> Answer:
        """The answer to a text that is no question: a notice, and questions to begin with."""
        status: Status = "greeting" if question.kind == "greeting" else "unclear"
        notice = Notice(_NOTICE_OF[question.kind])
        return Answer(asked, question.text, status, 0.0, notice=notice, suggestions=self._library.starters())

    def compose(self, asked: str, question: Query, result: RetrievalResult) -> Answer:
        """The answer to a question; the nearest passages if the review does not answer it."""
        fitted = self._confidence.fitted_for(result.signals)
        confidence = fitted.of(result.signals) if result.hits else 0.0
        if confidence < fitted.threshold or not result.hits:
            nearest = self._distinct(result.hits, self._selection.nearest_passages)
            passages = tuple(self._passage(hit, [], result.explain, same) for hit, same in nearest)
            starters = self._library.starters()
            return self._answer(asked, question, "not_covered", confidence, passages, self._not_covered(), starters)
        best = result.hits[0].score
        distinct = self._distinct(result.hits, self._selection.most_passages)
        near = [(hit, same) for hit, same in distinct if hit.score >= best - self._selection.passage_margin]
        chosen = _highlighted([hit for hit, _ in near], self._selection)
        shown = [(hit, same) for hit, same in near if chosen[hit.row]]
        passages = tuple(self._passage(hit, chosen[hit.row], result.explain, same) for hit, same in shown)
        follow_ups = self._follow_ups([hit for hit, _ in shown])
        return self._answer(asked, question, "answered", confidence, passages, None, follow_ups)

    def _distinct(self, hits: Sequence[Hit], most: int) -> list[tuple[Hit, list[Hit]]]:
        """The best hits, at most `most`, each with the hits of other reviews that repeat it and so are left out."""
        if self._library.count() == 1:
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
        document = self._library.document(passage.document)
        shown = shown_passage(document, passage, term_matches, lambda key: self._work(passage.document, key).key)
        repeats = (self._library.passage(other.row) for other in same)
        return replace(shown, also_in=tuple(Repeat(other.id, other.document) for other in repeats))

    def _follow_ups(self, hits: Sequence[Hit]) -> tuple[Suggestion, ...]:
        """Questions that lead on: on the section after that of the best passage, and starters on sections not shown."""
        sections = {self._library.passage(hit.row).section for hit in hits}
        best = self._library.passage(hits[0].row)
        following = self._library.following_heading(best.document, best.section)
        leading: list[Suggestion] = [about(following)] if following and following not in sections else []
        leading += [
            one for one in self._library.starters() if not any(section and section in str(one) for section in sections)
        ]
        return tuple(dict.fromkeys(leading))[: self._selection.most_suggestions]


def _interpretation(question: Query) -> str | Notice:
    """The question as it was understood, for whoever asked it to check."""
    if not question.history:
        return question.written_out
    return Notice(AnswerNotice.GOING_ON_FROM, question=question.written_out, earlier=question.history[-1])


def _highlighted(hits: Sequence[Hit], selection: SelectionParameters) -> dict[int, list[int]]:
    """The numbers of the sentences to highlight in each passage (by row), in text order.

    First the chief ones, the best of all passages together. Then those of the next best that stand after them. Then, in
    each of the first passages that has none so far, its best sentence.
    """
    ranked = sorted(
        ((score, place, number) for place, hit in enumerate(hits) for number, score in enumerate(hit.sentences)),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    if not ranked:
        return {hit.row: [] for hit in hits}
    best = ranked[0][0]
    chief, most = selection.chief_highlights, selection.most_highlights
    chosen = {(place, number) for score, place, number in ranked[:chief] if score >= best - selection.chief_margin}
    last = max(chosen, default=(-1, -1))
    for score, place, number in ranked[chief:most]:
        if score >= best - selection.further_margin and (place, number) > last:
            chosen.add((place, number))
    for place, hit in enumerate(hits[: selection.passages_with_highlight]):
        if hit.sentences and not any(other == place for other, _ in chosen):
            chosen.add((place, max(range(len(hit.sentences)), key=hit.sentences.__getitem__)))
    return {hit.row: sorted(number for other, number in chosen if other == place) for place, hit in enumerate(hits)}
