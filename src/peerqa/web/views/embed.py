"""The page where an instructor chooses what to embed, sees it, and copies an iframe, a script line or a link."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.library.asked_library import Library
from peerqa.library.starter_questions import Suggestion
from peerqa.web.views.page import render_page
from peerqa.wording import strings
from peerqa.wording.notices import worded

COLOURS = ("teal", "blue", "plum", "brick", "forest", "slate")
"""The accents that there are; each is legible on paper and in the dark."""
_MOST_LISTED = 200
"""Reviews that are offered at most, the first by title."""
_THEMES = ("", "light", "dark")
"""The themes that there are; "" follows the reader's system."""


def render_builder(library: Library, starters: Sequence[Suggestion]) -> str:
    """The page; its script fills in the snippets. starters: the questions to begin with that are offered."""
    only = library.only()
    several = only is None
    return render_page(
        "embed.html",
        title=strings.EMBED,
        kind="embedding",
        several=several,
        scripts=["builder.js"],
        embedded_title=only.document.title if only else strings.APPLICATION,
        starters=[(str(one), worded(one)) for one in starters],
        documents=library.search(limit=_MOST_LISTED) if several else [],
        sections=[("", strings.EMBED_WHOLE), *((heading, heading) for heading in library.headings())],
        colours=[(name, strings.colour(name)) for name in COLOURS],
        themes=[(name, strings.theme(name)) for name in _THEMES],
        snippets=[("iframe", "iframe"), ("script", strings.EMBED_SCRIPT), ("link", strings.EMBED_LINK)],
    )
