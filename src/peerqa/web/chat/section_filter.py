"""The line that says in which section the page searches, and lets a reader widen the search or narrow it again."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.library.review import Review
from peerqa.library.sections import headings, headings_in, rows_in
from peerqa.library.starter_questions import about
from peerqa.web.views.escape import escape
from peerqa.web.views.take_away import spoken
from peerqa.wording import strings

_LONGEST = 200


def render_scope(reviews: Sequence[Review], section: str) -> str:
    """The line for the section that an address asks for; its script is filters.js. Nothing where it asks for none.

    A name that no section has is said to be unknown, and everything is searched.
    """
    asked = " ".join(section.split())
    if not asked:
        return ""
    heading = next((one for one in headings(reviews) if one.casefold() == asked.casefold()), None)
    if heading is None:
        return f'<p id="scope" class="unknown">{escape(strings.no_such_section(asked[:_LONGEST]))}</p>'
    named = next(review for review in reviews if rows_in([review], heading))
    offered = "".join(f"<li>{escape(str(about(one)))}</li>" for one in headings_in(reviews, heading)[:6])
    return (
        f'<div id="scope" class="narrowed" data-section="{escape(heading)}" role="group" '
        f'aria-label="{escape(strings.EMBED_SECTION)}">'
        f'<p class="in-section">{escape(strings.SEARCHING_IN)} <b{spoken(named)}>{escape(heading)}</b> '
        f'<button type="button" class="widen">{escape(strings.search_whole(len(reviews)))}</button></p>'
        f'<p class="in-whole">{escape(strings.searching_whole(len(reviews)))} '
        f'<button type="button" class="narrow-again">{escape(strings.search_only(heading))}</button></p>'
        f'<ul class="starters" hidden>{offered}</ul></div>'
    )
