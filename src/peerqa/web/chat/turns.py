"""The turns of a conversation. They are a function of its questions, so a conversation is kept as its questions alone.

A browser sends all questions of its conversation, each with what it is limited to; the answers that the server still
has are used again, and the others are made. So nothing is lost when the server starts anew or a page is opened again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from peerqa.answering.answer import same_words
from peerqa.answering.asking import (
    MAX_DOCUMENTS,
    MAX_HISTORY,
    MAX_SECTION,
    Assistant,
    QuestionLimiter,
    TooManyQuestions,
    checked_question,
    log_failure,
)
from peerqa.errors import CorpusError, QuestionError, SectionError
from peerqa.library.starter_questions import Suggestion
from peerqa.library.stored_library import Titles
from peerqa.web.chat.filters import render_asked_reviews
from peerqa.web.views.answer_card import render_answer, render_notice, render_question
from peerqa.web.views.suggestions import render_follow_ups
from peerqa.wording import strings
from peerqa.wording.notices import worded

MAX_TURNS = 50
"""Questions of one conversation; it is sent whole with each answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was typed, and what it is limited to: a section, or "", and the names of reviews, or all."""

    question: str
    section: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, and what was shown for it; `number` counts from 1 and makes ids unique.

    answered: it counts as an earlier question of those that follow. failed: it is asked again with the next one.
    """

    number: int
    asked: Asked
    html: str
    suggestions: tuple[Suggestion, ...] = ()
    answered: bool = False
    failed: bool = False


Turns = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers a question of the page: the assistant, the most characters of a question, the limit of all at once.

    rated: readers may say whether an answer helped.
    """

    assistant: Assistant
    limit: int
    limiter: QuestionLimiter
    rated: bool = False

    async def conversation(self, wanted: Sequence[Asked], known: Turns = ()) -> Turns:
        """The turns of a conversation. known: those that were made before, of this conversation or of another."""
        turns = known[: _same(wanted, known)]
        for asked in wanted[len(turns) :]:
            try:
                turn = await self.limiter.run(partial(self.next_turn, asked, turns), may_wait=True)
            except TooManyQuestions:
                turn = _failed(asked, turns, strings.BUSY)
            turns = (*turns, turn)
        return turns

    def next_turn(self, asked: Asked, turns: Turns = ()) -> Turn:
        """Ask, and render what comes back; a question that cannot be asked, or a failure, becomes one plain line."""
        number = len(turns) + 1
        try:
            question = checked_question(asked.question, self.limit)
        except QuestionError as error:
            return Turn(number, asked, render_notice(worded(error)))
        earlier = [turn.asked.question for turn in turns if turn.answered][-MAX_HISTORY:]
        library = self.assistant.library
        titles = Titles(library)
        try:
            narrowed = self.assistant.within(asked.section) if asked.section else self.assistant
            answer = narrowed.ask(question, earlier, asked.documents)
            suggestions = _unasked(answer.suggestions, question, turns)
            review = library.get(answer.passages[0].document) if answer.passages else library.only()
            html = "".join(
                (
                    render_asked_reviews(asked.documents, titles),
                    render_answer(
                        answer,
                        turn=number,
                        titles=titles,
                        library=library,
                        rated=self.rated,
                        earlier=earlier,
                        documents=asked.documents,
                    ),
                    render_follow_ups(suggestions, review, [*earlier, question]),
                )
            )
        except SectionError:  # of an old link, or not in the reviews that were chosen meanwhile
            return Turn(number, asked, render_notice(strings.not_a_section(asked.section[:80])))
        except CorpusError:
            return Turn(number, asked, render_notice(strings.NO_SUCH_REVIEW))
        except Exception as error:  # whatever it is, the reader gets one line and the log gets no question
            log_failure(error)
            return _failed(asked, turns, strings.FAILED)
        return Turn(number, asked, html, suggestions, answered=True)


def _same(wanted: Sequence[Asked], known: Turns) -> int:
    """How many of the known turns, from the first, a conversation begins with."""
    for index, (asked, turn) in enumerate(zip(wanted, known, strict=False)):
        if turn.asked != asked or turn.failed:
            return index
    return min(len(wanted), len(known))


def _failed(asked: Asked, turns: Turns, line: str) -> Turn:
    """What is shown for a question that can be asked again."""
    return Turn(len(turns) + 1, asked, render_notice(line, failed=True), failed=True)


def _unasked(suggestions: Sequence[Suggestion], asked: str, turns: Turns) -> tuple[Suggestion, ...]:
    """At most three suggestions that lead on: none that the session has already asked."""
    known = {same_words(asked), *(same_words(turn.asked.question) for turn in turns)}
    return tuple(one for one in suggestions if same_words(str(one)) not in known)[:3]


def messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The turns as Chatbot messages."""
    shown: list[dict[str, Any]] = []
    for turn in turns:
        shown.append({"role": "user", "content": render_question(turn.asked.question)})
        shown.append({"role": "assistant", "content": turn.html})
    return shown


def read_conversation(text: object, limit: int) -> tuple[Asked, ...]:
    """The questions that a page sends, as JSON: [{"question": "...", "section": "...", "documents": ["..."]}, ...].

    What has another form is left out. limit: the most characters of a question; one more is kept, so that it is told
    to be too long.
    """
    try:
        sent = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return ()
    rows = sent.get("questions") if isinstance(sent, dict) else None
    read = [_asked(row, limit) for row in (rows if isinstance(rows, list) else [])[-MAX_TURNS:]]
    return tuple(one for one in read if one is not None)


def _asked(row: object, limit: int) -> Asked | None:
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or not row["question"].strip():
        return None
    section, documents = row.get("section"), row.get("documents")
    named = [name for name in documents if isinstance(name, str) and name] if isinstance(documents, list) else []
    return Asked(
        row["question"][: limit + 1],
        section.strip()[:MAX_SECTION] if isinstance(section, str) else "",
        tuple(dict.fromkeys(named))[:MAX_DOCUMENTS],
    )
