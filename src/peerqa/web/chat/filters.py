"""What the chat is limited to: some of several reviews, or a section.

`?document=NAME`, which may be repeated, limits the chat. The control for it is a form that leads there; its script
(static/choosing.js) changes the address in place instead, so that the conversation stays. `?section=HEADING` limits it
to a section, and a line says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import gradio as gr
from starlette.datastructures import QueryParams

from peerqa.http.routes import MAX_DOCUMENTS, DocumentSummary
from peerqa.library.review import Review
from peerqa.library.sections import headings, headings_in, rows_in
from peerqa.library.starter_questions import about
from peerqa.web.views.addresses import home_link, library_link
from peerqa.web.views.escape import escape
from peerqa.web.views.export import spoken
from peerqa.wording import strings

_KEPT = ("embed", "starter", "section", "colour", "lang", "__theme")
"""What else an address may say that the form passes on."""
_NAMED = 3
"""How many titles stand above an answer."""
_LONGEST = 200
"""How many characters of the name of a section are said."""


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


def render_scope(reviews: Sequence[Review], section: str) -> str:
    """The line for the section that an address asks for; its script is embedding.js. Nothing where it asks for none.

    A name that no section has is said to be unknown, and everything is searched.
    """
    asked = " ".join(section.split())
    if not asked:
        return ""
    heading = next((one for one in headings(reviews) if one.casefold() == asked.casefold()), None)
    if heading is None:
        return f'<p id="scope" class="unknown">{escape(strings.no_such_section(asked[:_LONGEST]))}</p>'
    named = next(review for review in reviews if rows_in([review], heading))
    offered = "".join(f"<li>{escape(about(one))}</li>" for one in headings_in(reviews, heading)[:6])
    return (
        f'<div id="scope" class="narrowed" data-section="{escape(heading)}" role="group" '
        f'aria-label="{escape(strings.EMBED_SECTION)}">'
        f'<p class="in-section">{escape(strings.SEARCHING_IN)} <b{spoken(named)}>{escape(heading)}</b> '
        f'<button type="button" class="widen">{escape(strings.search_whole(len(reviews)))}</button></p>'
        f'<p class="in-whole">{escape(strings.searching_whole(len(reviews)))} '
        f'<button type="button" class="narrow-again">{escape(strings.search_only(heading))}</button></p>'
        f'<ul class="starters" hidden>{offered}</ul></div>'
    )
