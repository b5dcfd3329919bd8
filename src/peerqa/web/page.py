"""The conversation: a Gradio Chatbot and a box, with the questions of the session kept on the server.

The Chatbot is only ever an output: what a browser sends is one question, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from peerqa.answer import same_words
from peerqa.api import MAX_HISTORY, Assistant, QuestionError, checked_question, log_failure
from peerqa.errors import CorpusError
from peerqa.web.cards import render_answer, render_notice, render_question
from peerqa.web.chooser import documents_of, render_limits
from peerqa.web.escape import escape
from peerqa.wording import strings

MAX_TURNS = 50  # a conversation is sent whole with each answer, so the oldest turns go


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as it was asked, and what was shown for it; `number` counts from 1 and makes ids unique."""

    number: int
    question: str
    html: str
    suggestions: tuple[str, ...]
    answered: bool


Turns = tuple[Turn, ...]


def next_turn(
    assistant: Assistant,
    question: object,
    turns: Turns,
    limit: int,
    *,
    rated: bool = False,
    documents: Sequence[str] = (),
) -> Turn:
    """Ask, and render what comes back; a question that cannot be asked, or a failure, becomes one plain line.

    rated: readers may say whether an answer helped. documents: the reviews to answer from; all where none is named.
    """
    number = turns[-1].number + 1 if turns else 1
    try:
        asked = checked_question(question, limit)
    except QuestionError as error:
        shown = str(question)[: min(limit, 80)]
        return Turn(number, shown, render_notice(str(error)), (), answered=False)
    history = [turn.question for turn in turns if turn.answered][-MAX_HISTORY:]
    titles = {document.name: document.title for document in assistant.documents}
    library = {review.document.name: review for review in assistant.reviews}
    try:
        answer = assistant.ask(asked, history, documents)
        html = render_answer(answer, turn=number, titles=titles, library=library, rated=rated)
        html = render_limits(documents, titles) + html
    except CorpusError:
        return Turn(number, asked, render_notice(strings.NO_SUCH_REVIEW), (), answered=False)
    except Exception as error:  # whatever it is, the reader gets one line and the log gets no question
        log_failure(error)
        return Turn(number, asked, render_notice(strings.FAILED), (), answered=False)
    return Turn(number, asked, html, _unasked(answer.suggestions, asked, turns), answered=True)


def _unasked(suggestions: Sequence[str], asked: str, turns: Turns) -> tuple[str, ...]:
    """At most three suggestions that lead on: none that the session has already asked."""
    known = {same_words(asked), *(same_words(turn.question) for turn in turns)}
    return tuple(text for text in suggestions if same_words(text) not in known)[:3]


def messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The turns as Chatbot messages; the follow-ups stand under the last one."""
    shown: list[dict[str, Any]] = []
    for turn in turns:
        shown.append({"role": "user", "content": render_question(turn.question)})
        shown.append({"role": "assistant", "content": turn.html})
    if shown and turns[-1].suggestions:
        shown[-1]["options"] = [{"value": text, "label": text} for text in turns[-1].suggestions]
    return shown


def create_page(
    assistant: Assistant,
    *,
    max_question_length: int,
    max_concurrent: int,
    max_waiting: int,
    language: str = strings.DEFAULT,
    rated: bool = False,
) -> gr.Blocks:
    """The Blocks to mount; its queue takes `max_concurrent` questions at a time and lets `max_waiting` wait."""
    with strings.using(language), gr.Blocks(title=_title(assistant), analytics_enabled=False) as page:
        state = gr.State((), time_to_live=4 * 3600)
        chatbot = _chatbot(assistant)
        box = gr.Textbox(
            label=strings.QUESTION_LABEL,
            placeholder=strings.QUESTION_PLACEHOLDER,
            submit_btn=strings.ASK,
            lines=1,
            max_lines=4,
            max_length=max_question_length,
            elem_id="question-box",
            container=False,
        )
        _connect(chatbot, box, state, _handlers(assistant, max_question_length, language, rated), max_concurrent)
    page.queue(max_size=max_waiting, api_open=False, default_concurrency_limit=max_concurrent)
    page.state_session_capacity = 1000
    page.has_launched = True  # mounted and not launched, Gradio would skip its own check of file paths
    return page


def _title(assistant: Assistant) -> str:
    """The title of the browser's tab."""
    return assistant.documents[0].title if len(assistant.documents) == 1 else strings.APPLICATION


def _chatbot(assistant: Assistant) -> gr.Chatbot:
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
        placeholder=f"<h2>{escape(strings.EMPTY_TITLE)}</h2><p>{escape(strings.EMPTY_HINT)}</p>",
        examples=[{"text": starter, "display_text": starter} for starter in assistant.starters],
    )


Result = tuple[Any, ...]


def _handlers(assistant: Assistant, limit: int, language: str, rated: bool) -> dict[str, Callable[..., Result]]:
    """What happens on each event; each returns the new text of the box, the messages and the turns."""

    def respond(question: object, turns: Turns, request: gr.Request) -> Result:
        if not isinstance(question, str) or not question.strip():
            return gr.skip(), gr.skip(), gr.skip()
        named = documents_of(request)
        with strings.using(language):
            turns = (*turns, next_turn(assistant, question, turns, limit, rated=rated, documents=named))[-MAX_TURNS:]
        return "", messages(turns), turns

    def typed(question: str, turns: Turns, request: gr.Request) -> Result:
        return respond(question, turns, request)

    def starter(turns: Turns, event: gr.SelectData, request: gr.Request) -> Result:
        value = event.value
        return respond(value.get("text") if isinstance(value, dict) else value, turns, request)

    def follow_up(turns: Turns, event: gr.SelectData, request: gr.Request) -> Result:
        return respond(event.value, turns, request)

    return {"typed": typed, "starter": starter, "follow_up": follow_up}


def _connect(
    chatbot: gr.Chatbot,
    box: gr.Textbox,
    state: gr.State,
    handlers: dict[str, Callable[..., Result]],
    max_concurrent: int,
) -> None:
    """Enter, a starter and a follow-up all ask; none of them is an endpoint for programs.

    There is no `load` event: a question typed while one was under way could lose its answer (Gradio's client closes
    the event stream that both share), so the script types the question of `?q=` into the box instead.
    """
    shared: dict[str, Any] = {
        "outputs": [box, chatbot, state],
        "api_visibility": "private",
        "concurrency_limit": max_concurrent,
        "concurrency_id": "ask",
        "show_progress": "minimal",
    }
    box.submit(handlers["typed"], inputs=[box, state], **shared)
    chatbot.example_select(handlers["starter"], inputs=[state], **shared)
    chatbot.option_select(handlers["follow_up"], inputs=[state], **shared)
    chatbot.clear(tuple, outputs=[state], api_visibility="private", show_progress="hidden")
