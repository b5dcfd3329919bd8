"""The page where an instructor chooses what to embed, sees it, and copies an iframe, a script line or a link."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.library.review import Review
from peerqa.library.sections import headings
from peerqa.library.starter_questions import Suggestion
from peerqa.web.views.page import render_page
from peerqa.wording import strings
from peerqa.wording.notices import worded

COLOURS = ("teal", "blue", "plum", "brick", "forest", "slate")
"""The accents that there are; each is legible on paper and in the dark."""
_THEMES = ("", "light", "dark")
"""The themes that there are; "" follows the reader's system."""


def render_builder(reviews: Sequence[Review], starters: Sequence[Suggestion]) -> str:
    """The page; its script fills in the snippets. starters: the questions to begin with that are offered."""
    several = len(reviews) > 1
    return render_page(
        "embed.html",
        title=strings.EMBED,
        kind="embedding",
        several=several,
        scripts=["builder.js"],
        embedded_title=reviews[0].document.title if len(reviews) == 1 else strings.APPLICATION,
        starters=[(str(one), worded(one)) for one in starters],
        documents=[review.document for review in reviews] if several else [],
        sections=[("", strings.EMBED_WHOLE), *((heading, heading) for heading in headings(reviews))],
        colours=[(name, strings.colour(name)) for name in COLOURS],
        themes=[(name, strings.theme(name)) for name in _THEMES],
        snippets=[("iframe", "iframe"), ("script", strings.EMBED_SCRIPT), ("link", strings.EMBED_LINK)],
    )
