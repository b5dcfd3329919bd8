"""The assistant asked a question of a set -> the Outcome that is scored."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from peerqa.evaluation.questions import GoldQuestion, on_one_line
from peerqa.evaluation.scoring import Outcome
from peerqa.text.openings import points_back

if TYPE_CHECKING:
    from peerqa.answering.answer import Answer, AnswerPassage
    from peerqa.answering.assistant import Assistant, Ranking


def outcome_of(assistant: Assistant, gold: GoldQuestion, pair: bool = True) -> Outcome:
    """What the assistant ranks and answers. pair: ask an answerable question once more, without the paragraphs that
    hold an essential or also-right sentence."""
    started = time.perf_counter()
    answer = assistant.ask(gold.question, gold.history)
    seconds = time.perf_counter() - started
    ranking = assistant.rank(gold.question, gold.history)
    return Outcome(
        passages=tuple(
            tuple(assistant.sentence(passage, number) for number in range(len(passage.sentences)))
            for passage in ranking.passages
        ),
        sentences=tuple(assistant.sentence(passage, number) for passage, number in ranking.sentences),
        highlights=tuple(highlight.text for passage in answer.passages for highlight in passage.highlights),
        confidence=answer.confidence,
        refused=answer.status != "answered",
        seconds=seconds,
        dangling=_dangles(answer, ranking),
        confidence_without=_confidence_without(assistant, gold) if pair and gold.answerable else None,
    )


def passages_without_answer(assistant: Assistant, gold: GoldQuestion) -> set[int]:
    """The numbers of the passages that are left when the paragraphs which answer a question are left out."""
    right = {*gold.essential, *gold.also}
    library = assistant.library
    passages = {number: library.passage(number) for number in library.passage_numbers(library.names()) or ()}
    out = {
        (passage.document, passage.paragraph)
        for passage in passages.values()
        if any(on_one_line(assistant.sentence(passage, n)) in right for n in range(len(passage.sentences)))
    }
    return {number for number, passage in passages.items() if (passage.document, passage.paragraph) not in out}


def _confidence_without(assistant: Assistant, gold: GoldQuestion) -> float:
    """The confidence in a question when the paragraphs that answer it are left out of the search."""
    kept = passages_without_answer(assistant, gold)
    return assistant.rank(gold.question, gold.history, within=kept).confidence if kept else 0.0


def _dangles(answer: Answer, ranking: Ranking) -> bool:
    """Whether a highlight points back to a sentence that neither is highlighted just before it nor is its context."""
    opening = {passage.id for passage in ranking.passages if passage.opens_section}
    return any(
        points_back(highlight.text)
        and not (highlight.start == 0 and passage.id in opening)
        and not _led_up_to(passage, number)
        for passage in answer.passages
        for number, highlight in enumerate(passage.highlights)
    )


def _led_up_to(passage: AnswerPassage, number: int) -> bool:
    """Whether what stands just before a highlight in the text is shown just before it."""
    start = passage.highlights[number].start
    shown = [passage.highlights[number - 1].end] if number else []
    if passage.context_of(passage.highlights[number]) is not None:
        return True
    return any(end <= start and not passage.text[end:start].strip() for end in shown)
