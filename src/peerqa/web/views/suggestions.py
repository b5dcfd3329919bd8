"""Questions to begin or to go on with -> links that ask them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.web.views.addresses import question_link
from peerqa.web.views.templating import lang_attribute, render
from peerqa.wording.notices import worded

Link = tuple[str, Markup, str]
"""The address, the attribute for the language of the words, and the words."""


def suggestion_links(
    suggestions: Sequence[Suggestion],
    review: Review | None,
    *,
    earlier: Sequence[str] = (),
    more: Sequence[tuple[str, str]] = (),
) -> tuple[Link, ...]:
    """A link for each question. review: whose words an author's questions are; others are in the reader's language.

    earlier: the questions that stand before it. more: what else the addresses say.
    """
    written = lang_attribute(review)
    return tuple(
        (question_link([*earlier, str(one)], more=more), written if isinstance(one, str) else Markup(), worded(one))
        for one in suggestions
    )


def render_follow_ups(suggestions: Sequence[Suggestion], review: Review | None, earlier: Sequence[str]) -> str:
    """What may be asked next, below an answer; "" where there is nothing."""
    if not suggestions:
        return ""
    return render("follow_ups.html", links=suggestion_links(suggestions, review, earlier=earlier))
