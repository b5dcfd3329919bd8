"""The conversation as a Gradio page: a Chatbot, the box for a question, and a box out of sight that asks.

The Chatbot is only ever an output. The script writes the questions of the conversation into the box out of sight;
each change of it is one request, which returns the whole conversation.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import gradio as gr

from peerqa.answering.asking import Assistant
from peerqa.web.chat.turns import Answering, Turns, messages, read_conversation
from peerqa.web.views.templating import compile_templates
from peerqa.wording import strings

Result = tuple[Any, ...]


def create_page(
    answering: Answering, *, language: str = strings.DEFAULT, unasked: Callable[[str], str] = strings.preferred
) -> gr.Blocks:
    """The Blocks to mount.

    unasked: takes the Accept-Language header of a browser and returns the language for an address that names none.
    """
    compile_templates()
    with strings.using(language), gr.Blocks(title=title(answering.assistant), analytics_enabled=False) as page:
        state = gr.State((), time_to_live=4 * 3600)
        chatbot = _chatbot()
        gr.Textbox(
            label=strings.QUESTION_LABEL,
            placeholder=strings.question_placeholder(),
            submit_btn=strings.ASK,
            lines=1,
            max_lines=4,
            max_length=answering.limit,
            elem_id="question-box",
            container=False,
        )
        asking = gr.Textbox(label=strings.CONVERSATION, elem_id="conversation-box", container=False)

        def speak(request: gr.Request) -> AbstractContextManager[None]:
            return strings.using(language, unasked(request.headers.get("accept-language", "")))

        async def converse(sent: object, turns: Turns, request: gr.Request) -> Result:
            with speak(request):
                turns = await answering.conversation(read_conversation(sent, answering.limit), turns)
            return messages(turns), turns

        # Not queued: one request with its answer. `show_progress_on` keeps Gradio from drawing the whole conversation
        # anew only to say that it is waiting; the script says so. What is asked meanwhile is sent behind the answer.
        asking.change(
            converse,
            inputs=[asking, state],
            outputs=[chatbot, state],
            api_visibility="private",
            queue=False,
            show_progress="hidden",
            show_progress_on=[asking],
            trigger_mode="always_last",
        )
    page.api_open = False  # as page.queue() sets it, which would make all routes once more
    page.state_session_capacity = 1000
    page.has_launched = True  # mounted and not launched, Gradio would skip its own check of file paths
    return page


def title(assistant: Assistant) -> str:
    """The title of the browser's tab."""
    only = assistant.library.only()
    return only.document.title if only else strings.APPLICATION


def _chatbot() -> gr.Chatbot:
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
        placeholder="",
    )
