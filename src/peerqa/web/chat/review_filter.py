"""Which reviews the chat is limited to: the control in the masthead, and the names in an address.

`?document=NAME`, which may be repeated, limits the chat. The control is a form that leads there; its script
(static/filters.js) changes the address in place instead, so that the conversation stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr
from starlette.datastructures import QueryParams

from peerqa.answering.asking import MAX_DOCUMENTS, DocumentSummary
from peerqa.web.views.addresses import home_link, library_link
from peerqa.web.views.escape import escape
from peerqa.wording import strings

_KEPT = ("embed", "starter", "section", "colour", "lang", "__theme")
"""What else an address may say that the form passes on."""
_NAMED = 3
"""How many titles stand above an answer."""


def documents_of(request: gr.Request) -> tuple[str, ...]:
    """The reviews that the address of a Gradio request names; Gradio passes the page's own query on."""
    names = QueryParams(request.query_params).getlist("document")
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_DOCUMENTS]


def render_limits(documents: Sequence[str], titles: Mapping[str, str]) -> str:
    """A line above an answer that was limited to some of several reviews."""
    if not documents or len(titles) < 2:
        return ""
    named = "; ".join(titles.get(name, name) for name in documents[:_NAMED])
    more = f" (+{len(documents) - _NAMED})" if len(documents) > _NAMED else ""
    return f'<p class="asked-of">{escape(strings.ASKED_OF)} {escape(named + more)}</p>'


def render_chooser(documents: Sequence[DocumentSummary], query: dict[str, list[str]]) -> str:
    """The control; nothing where there is one review. query: of the address, as `parse_qs` gives it."""
    if len(documents) < 2:
        return ""
    chosen = set(query.get("document", ()))
    titles = [document.title for document in documents if document.name in chosen]
    everything = strings.asked_all(len(documents))
    asked = (
        everything if not titles else titles[0] if len(titles) == 1 else strings.asked_some(len(titles), len(documents))
    )
    if chosen and "1" in query.get("embed", ()):
        return f'<p class="asking">{escape(strings.ASKING)} <strong class="asked">{escape(asked)}</strong></p>'
    items = "".join(_item(document, document.name in chosen) for document in documents)
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name in _KEPT
        for value in query.get(name, ())[:10]
    )
    return (
        f'<details class="chooser" data-all="{escape(everything)}" '
        f'data-some="{escape(strings.asked_some("#", len(documents)))}">'
        f'<summary>{escape(strings.ASKING)} <strong class="asked" aria-live="polite">{escape(asked)}</strong></summary>'
        f'<form action="{home_link()}" method="get">{kept}<fieldset><legend>{escape(strings.CHOOSE)}</legend>'
        f'<ul>{items}</ul></fieldset><p class="ways"><button type="submit">{escape(strings.CHOOSE_DONE)}</button>'
        f'<a href="{escape(library_link())}">{escape(strings.LIBRARY)}</a></p></form></details>'
    )


def _item(document: DocumentSummary, ticked: bool) -> str:
    facts = " · ".join(fact for fact in (document.author, document.date) if fact)
    byline = f" <small>{escape(facts)}</small>" if facts else ""
    state = " checked" if ticked else ""
    return (
        f'<li><label><input type="checkbox" name="document" value="{escape(document.name)}"{state}> '
        f"<span>{escape(document.title)}</span>{byline}</label></li>"
    )
