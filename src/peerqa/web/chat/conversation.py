"""The conversation: a Gradio Chatbot and a box, with the questions of the session kept on the server.

The Chatbot is only ever an output: what a browser sends is one question, nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import gradio as gr

from peerqa.answering.answer import same_words
from peerqa.answering.asking import (
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
from peerqa.web.chat.filters import documents_of, render_asked_reviews
from peerqa.web.views.answer_card import render_answer, render_notice, render_question
from peerqa.web.views.templating import compile_templates, render
from peerqa.wording import strings
from peerqa.wording.notices import worded

MAX_TURNS = 50  # a conversation is sent whole with each answer, so the oldest turns go


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as it was asked, and what was shown for it; `number` counts from 1 and makes ids unique."""

    number: int
    question: str
    html: str
    suggestions: tuple[Suggestion, ...]
    answered: bool


Turns = tuple[Turn, ...]


def busy(question: str, turns: Turns, limit: int) -> Turn:
    """What is shown for a question that found too many others waiting."""
    return Turn(_number(turns), question[: min(limit, 80)], render_notice(strings.BUSY), (), answered=False)


def _number(turns: Turns) -> int:
    return turns[-1].number + 1 if turns else 1


def next_turn(
    assistant: Assistant,
    question: object,
    turns: Turns,
    limit: int,
    *,
    documents: Sequence[str] = (),
    section: str = "",
    rated: bool = False,
) -> Turn:
    """Ask, and render what comes back; a question that cannot be asked, or a failure, becomes one plain line.

    documents: the reviews to answer from; all where none is named. section: the heading to search under in them, or
    "". rated: readers may say whether an answer helped.
    """
    number = _number(turns)
    try:
        asked = checked_question(question, limit)
    except QuestionError as error:
        shown = str(question)[: min(limit, 80)]
        return Turn(number, shown, render_notice(worded(error)), (), answered=False)
    history = [turn.question for turn in turns if turn.answered][-MAX_HISTORY:]
    library = assistant.library
    titles = Titles(library)
    try:
        answer = (assistant.within(section) if section else assistant).ask(asked, history, documents)
        html = render_answer(answer, turn=number, titles=titles, library=library, rated=rated)
        html = render_asked_reviews(documents, titles) + html
    except SectionError:  # of an old link, or not in the reviews that were chosen meanwhile
        return Turn(number, asked, render_notice(strings.not_a_section(section[:80])), (), answered=False)
    except CorpusError:
        return Turn(number, asked, render_notice(strings.NO_SUCH_REVIEW), (), answered=False)
    except Exception as error:  # whatever it is, the reader gets one line and the log gets no question
        log_failure(error)
        return Turn(number, asked, render_notice(strings.FAILED), (), answered=False)
    return Turn(number, asked, html, _unasked(answer.suggestions, asked, turns), answered=True)


def _unasked(suggestions: Sequence[Suggestion], asked: str, turns: Turns) -> tuple[Suggestion, ...]:
    """At most three suggestions that lead on: none that the session has already asked."""
    known = {same_words(asked), *(same_words(turn.question) for turn in turns)}
    return tuple(one for one in suggestions if same_words(str(one)) not in known)[:3]


def messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The turns as Chatbot messages; the follow-ups stand under the last one."""
    shown: list[dict[str, Any]] = []
    for turn in turns:
        shown.append({"role": "user", "content": render_question(turn.question)})
        shown.append({"role": "assistant", "content": turn.html})
    if shown and turns[-1].suggestions:
        shown[-1]["options"] = [{"value": str(one), "label": worded(one)} for one in turns[-1].suggestions]
    return shown


def create_page(
    assistant: Assistant,
    *,
    max_question_length: int,
    limiter: QuestionLimiter,
    language: str = strings.DEFAULT,
    starters: Sequence[Suggestion] = (),
    rated: bool = False,
    unasked: Callable[[str], str] = strings.preferred,
) -> gr.Blocks:
    """The Blocks to mount. limiter: where a question waits for its turn.

    unasked: takes the Accept-Language header of a browser and returns the language for an address that names none.
    """
    compile_templates()
    with strings.using(language), gr.Blocks(title=_title(assistant), analytics_enabled=False) as page:
        state = gr.State((), time_to_live=4 * 3600)
        chatbot = _chatbot(starters)
        box = gr.Textbox(
            label=strings.QUESTION_LABEL,
            placeholder=strings.question_placeholder(),
            submit_btn=strings.ASK,
            lines=1,
            max_lines=4,
            max_length=max_question_length,
            elem_id="question-box",
            container=False,
        )
        # Out of sight: the script writes the section into it that an address asks for. It is no part of the question.
        section = gr.Textbox(
            label=strings.EMBED_SECTION, max_length=MAX_SECTION, elem_id="section-box", container=False
        )

        def speak(request: gr.Request) -> AbstractContextManager[None]:
            return strings.using(language, unasked(request.headers.get("accept-language", "")))

        _connect(chatbot, box, section, state, _handlers(assistant, max_question_length, rated, limiter, speak))
    page.api_open = False  # as page.queue() sets it, which would make all routes once more
    page.state_session_capacity = 1000
    page.has_launched = True  # mounted and not launched, Gradio would skip its own check of file paths
    return page


def _title(assistant: Assistant) -> str:
    """The title of the browser's tab."""
    only = assistant.library.only()
    return only.document.title if only else strings.APPLICATION


def _chatbot(starters: Sequence[Suggestion]) -> gr.Chatbot:
    return gr.Chatbot(
        label=strings.CONVERSATION,
        show_label=False,
        container=False,
        elem_id="conversation",
        layout="panel",
        height=None,
        autoscroll=False,
        render_markdown=False,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        group_consecutive_messages=False,
        allow_tags=False,
        placeholder=render("welcome.html"),
        examples=[{"text": str(one), "display_text": worded(one)} for one in starters],
    )


Result = tuple[Any, ...]


def _handlers(
    assistant: Assistant,
    limit: int,
    rated: bool,
    limiter: QuestionLimiter,
    speak: Callable[[gr.Request], AbstractContextManager[None]],
) -> dict[str, Callable[..., Awaitable[Result]]]:
    """What happens on each event; each returns the new text of the box, the messages and the turns."""

    async def respond(question: object, turns: Turns, section: object, request: gr.Request) -> Result:
        if not isinstance(question, str) or not question.strip():
            return gr.skip(), gr.skip(), gr.skip()
        named = documents_of(request)
        under = section.strip()[:MAX_SECTION] if isinstance(section, str) else ""
        with speak(request):
            try:
                turn = await limiter.run(
                    lambda: next_turn(assistant, question, turns, limit, documents=named, section=under, rated=rated),
                    may_wait=True,
                )
            except TooManyQuestions:
                turn = busy(question, turns, limit)
            turns = (*turns, turn)[-MAX_TURNS:]
            return "", messages(turns), turns

    async def typed(question: str, turns: Turns, section: str, request: gr.Request) -> Result:
        return await respond(question, turns, section, request)

    async def starter(turns: Turns, section: str, event: gr.SelectData, request: gr.Request) -> Result:
        value = event.value
        return await respond(value.get("text") if isinstance(value, dict) else value, turns, section, request)

    async def follow_up(turns: Turns, section: str, event: gr.SelectData, request: gr.Request) -> Result:
        return await respond(event.value, turns, section, request)

    return {"typed": typed, "starter": starter, "follow_up": follow_up}


def _connect(
    chatbot: gr.Chatbot,
    box: gr.Textbox,
    section: gr.Textbox,
    state: gr.State,
    handlers: dict[str, Callable[..., Awaitable[Result]]],
) -> None:
    """Enter, a starter and a follow-up all ask; none of them is an endpoint for programs.

    No event is queued: each is one request with its answer. `show_progress_on` keeps Gradio from drawing the whole
    conversation anew only to say that it is waiting; the script says so. There is no `load` event: the script types
    the question of `?q=` into the box instead.
    """
    direct: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
    asking: dict[str, Any] = {**direct, "outputs": [box, chatbot, state], "show_progress_on": [box]}
    box.submit(handlers["typed"], inputs=[box, state, section], **asking)
    chatbot.example_select(handlers["starter"], inputs=[state, section], **asking)
    chatbot.option_select(handlers["follow_up"], inputs=[state, section], **asking)
    chatbot.clear(tuple, outputs=[state], **direct)
