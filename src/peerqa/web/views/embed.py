"""The page where an instructor chooses what to embed, sees it, and copies an iframe, a script line or a link."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.library.review import Review
from peerqa.library.sections import headings
from peerqa.library.starter_questions import Suggestion
from peerqa.web.views.escape import escape
from peerqa.wording import strings
from peerqa.wording.notices import worded

COLOURS = ("teal", "blue", "plum", "brick", "forest", "slate")
"""The accents that there are; each is legible on paper and in the dark."""


def render_builder(reviews: Sequence[Review], starters: Sequence[Suggestion]) -> str:
    """The body of the page; its script fills in the snippets."""
    title = reviews[0].document.title if len(reviews) == 1 else strings.APPLICATION
    checks = "".join(
        f'<label class="check"><input type="checkbox" name="starter" value="{escape(str(one))}"> '
        f"{escape(worded(one))}</label>"
        for one in starters
    )
    form = (
        f'<form id="builder" data-title="{escape(title)}">'
        f"<fieldset><legend>{escape(strings.EMBED_STARTERS)}</legend>{checks}"
        f'<label for="own">{escape(strings.EMBED_OWN)}</label>'
        '<textarea id="own" name="own" rows="3"></textarea></fieldset>'
        + _reviews(reviews)
        + _select(
            "section", strings.EMBED_SECTION, [("", strings.EMBED_WHOLE), *((one, one) for one in headings(reviews))]
        )
        + _select("colour", strings.EMBED_COLOUR, [(one, strings.colour(one)) for one in COLOURS])
        + _select("theme", strings.EMBED_THEME, [(one, strings.theme(one)) for one in ("", "light", "dark")])
        + "</form>"
    )
    snippets = "".join(
        _snippet(name, label)
        for name, label in (("iframe", "iframe"), ("script", strings.EMBED_SCRIPT), ("link", strings.EMBED_LINK))
    )
    preview = f'<iframe id="preview" title="{escape(strings.EMBED_PREVIEW)}"></iframe>'
    return (
        f"<h1>{escape(strings.EMBED)}</h1><p>{escape(strings.EMBED_NOTE)}</p>"
        f'<div class="builder"><div>{form}{snippets}</div>'
        f"<div><h2>{escape(strings.EMBED_PREVIEW)}</h2>{preview}</div></div>"
    )


def _reviews(reviews: Sequence[Review]) -> str:
    """Where there are several: the ones to which the embed is limited."""
    if len(reviews) < 2:
        return ""
    checks = "".join(
        f'<label class="check"><input type="checkbox" name="document" value="{escape(one.document.name)}"> '
        f"{escape(one.document.title)}</label>"
        for one in reviews
    )
    return f"<fieldset class='reviews'><legend>{escape(strings.EMBED_REVIEWS)}</legend>{checks}</fieldset>"


def _select(name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)
    return f'<p><label for="{name}">{escape(label)}</label><select id="{name}" name="{name}">{items}</select></p>'


def _snippet(name: str, label: str) -> str:
    """A text to copy, with its button."""
    identifier = f"snippet-{name}"
    button = (
        f'<button type="button" class="snippet" aria-controls="{identifier}" data-done="{escape(strings.COPIED)}">'
        f"{escape(strings.copy(label))}</button>"
    )
    return (
        f'<p><label for="{identifier}">{escape(label)}</label>'
        f'<textarea id="{identifier}" rows="3" readonly spellcheck="false"></textarea>{button}</p>'
    )
