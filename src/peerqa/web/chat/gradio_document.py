"""The HTML document around Gradio's page: the head, and the masthead that says what the review is.

The masthead is part of the document, so it is there before any script has run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from markupsafe import Markup

from peerqa.answering.asking import Assistant
from peerqa.library.review import Review
from peerqa.library.stored_library import StoredLibrary
from peerqa.notices import Notice
from peerqa.web.chat.filters import SectionFilter, review_filter, section_filter
from peerqa.web.views.addresses import review_link
from peerqa.web.views.embed import COLOURS
from peerqa.web.views.page import overview, question_opening, render_head
from peerqa.web.views.templating import lang_attribute, render
from peerqa.wording import strings
from peerqa.wording.notices import worded

_SOCIAL_TAGS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>')


def masthead(
    library: StoredLibrary,
    warnings: Sequence[Notice],
    keep_days: int | None = None,
    query: Mapping[str, Sequence[str]] | None = None,
    section: SectionFilter | None = None,
) -> str:
    """The header of the page: the reviews, who wrote them and when, how many works they cite, and what this is.

    keep_days: how long unanswered questions are kept, which is said; None where they are not. query: of the address.
    section: that is searched.
    """
    only = library.only()
    document = only.document if only else None
    return render(
        "masthead.html",
        lang=lang_attribute(only) if only else Markup(),
        title=document.title if document else strings.APPLICATION,
        facts=_facts(only) if only else _counts(library),
        promise=strings.PROMISE if only else strings.PROMISE_MANY,
        reviews=review_filter(library, query or {}),
        review_link=review_link(document.name) if document else "",
        overview=overview(several=only is None),
        languages=[
            (code, words["LANGUAGE_NAME"]) for code, words in strings.LANGUAGES.items() if code != strings.language()
        ],
        warning="; ".join(map(worded, warnings)),
        keep_days=keep_days,
        question_opening=question_opening(),
        section=section,
    )


def _facts(review: Review) -> list[str]:
    """Author, date and the size of the reference list, as far as they are known."""
    document, works = review.document, strings.works_cited(len(review.references))
    return [fact for fact in (document.author, document.date, works) if fact]


def _counts(library: StoredLibrary) -> list[str]:
    """How many reviews there are, and how many works they cite together."""
    reviews, _, works = library.totals()
    return [strings.reviews(reviews), strings.works_cited(works)]


class Shell:
    """Rewrites Gradio's document: our head and masthead, a nonce on every script, no address of another host."""

    def __init__(self, assistant: Assistant, keep_days: int | None = None) -> None:
        """assistant: looked at anew for each request, since its reviews may change."""
        self._assistant = assistant
        self._keep_days = keep_days
        self._language = strings.language()

    def _masthead(self, asked: Mapping[str, Sequence[str]], section: SectionFilter | None) -> str:
        """The masthead. It is made for each request, since its links name a language only if the next page needs it."""
        return masthead(self._assistant.library, self._assistant.warnings, self._keep_days, asked, section)

    def _section(self, asked: Mapping[str, Sequence[str]]) -> SectionFilter | None:
        """The section that an address asks for, in the reviews that it names."""
        library = self._assistant.library
        kept = [name for name in dict.fromkeys(asked.get("document", ())) if name in library]
        return section_filter(library, kept, asked.get("section", [""])[0])

    def rewrite(self, html: str, nonce: str, query: str) -> str:
        """The document to send; in its address `embed=1` asks for the compact form, `colour` for an accent.

        `section` asks for one section alone, `starter` for other questions to begin with.
        """
        asked = parse_qs(query)
        embedded = "1" in asked.get("embed", ())
        section = self._section(asked)
        classes = ["embedded"] if embedded else []
        classes += [f"colour-{name}" for name in asked.get("colour", ())[:1] if name in COLOURS]
        html = html.replace('lang="en"', f'lang="{self._language}"', 1)
        html = _SOCIAL_TAGS.sub("", html)
        html = html.replace('<link rel="manifest" href="/manifest.json" />', "")
        html = html.replace("</head>", f"{render_head(['peerqa.js'])}</head>", 1)
        html = html.replace("<gradio-app", f"{self._masthead(asked, section)}<gradio-app", 1)
        html = html.replace("<html\n", f'<html class="{" ".join(classes)}"\n' if classes else "<html\n", 1)
        return html.replace("<script", f'<script nonce="{nonce}"')
