"""The HTML document around Gradio's page: the head, the masthead, and the conversation as it is without Gradio.

All of ours is part of the document, so it is there before any script has run, and stays where none runs: a form, and
the whole answers to the questions of the address (`?q=`). What it needs comes first; what only Gradio needs, last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs

from markupsafe import Markup

from peerqa.answering.asking import MAX_DOCUMENTS, MAX_HISTORY, MAX_SECTION
from peerqa.library.asked_library import Library
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion
from peerqa.notices import Notice
from peerqa.web.chat.conversation import title
from peerqa.web.chat.filters import KEPT, MOST_VALUES, SectionFilter, review_filter, section_filter
from peerqa.web.chat.turns import Answering, Asked, Turns
from peerqa.web.views.addresses import about_link, embed_link, home_link, library_link, review_link
from peerqa.web.views.answer_card import render_question
from peerqa.web.views.embed import COLOURS
from peerqa.web.views.page import overview, render_head
from peerqa.web.views.suggestions import suggestion_links
from peerqa.web.views.templating import declared_language, lang_attribute, render, rendered
from peerqa.wording import strings
from peerqa.wording.notices import worded

_MOST_OWN_STARTERS = 8
"""Questions to begin with that an address may name."""

_MOST_LISTED = 8
"""Reviews named on a first visit."""

# What is replaced in Gradio's document. A test holds that each is there, in the versions that pyproject.toml allows.
OPENING = re.compile(r'<html\s+lang="en"')
SOCIAL_TAGS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>')
MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
CONFIGURATION = re.compile(r"<script>window\.gradio_(?:config|api_info) = .*?</script>", re.DOTALL)
IFRAME_RESIZER = re.compile(
    r"<script>\s*\(\(\) => \{(?:(?!</script>).)*/iframeResizer\.contentWindow(?:(?!</script>).)*</script>", re.DOTALL
)
SCRIPTS = re.compile(r'<script type="module" crossorigin src="\./assets/index-[\w-]+\.js"></script>')
SHEETS = re.compile(r'<link rel="stylesheet" crossorigin href="\./assets/index-[\w-]+\.css">')
HEAD_END, APPLICATION, BODY_END, SCRIPT = "</head>", "<gradio-app", "</body>", "<script"


def masthead(
    library: Library,
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
        home_link=home_link(),
        embed_link=embed_link(),
        review_link=review_link(document.name) if document else "",
        overview=overview(several=only is None),
        languages=[
            (code, words["LANGUAGE_NAME"]) for code, words in strings.LANGUAGES.items() if code != strings.language()
        ],
        warning="; ".join(map(worded, warnings)),
        keep_days=keep_days,
        section=section,
    )


def _facts(review: Review) -> list[str]:
    """Author, date and the size of the reference list, as far as they are known."""
    document, works = review.document, strings.works_cited(len(review.references))
    return [fact for fact in (document.author, document.date, works) if fact]


def _counts(library: Library) -> list[str]:
    """How many reviews there are, and how many works they cite together."""
    reviews, _, works = library.totals()
    return [strings.reviews(reviews), strings.works_cited(works)]


class Shell:
    """Rewrites Gradio's document: our head and page, a nonce on every script, no address of another host."""

    def __init__(
        self, answering: Answering, starters: Callable[[], Sequence[Suggestion]], keep_days: int | None = None
    ) -> None:
        """answering: its assistant is looked at anew for each request, since its reviews may change."""
        self._answering = answering
        self._starters = starters
        self._keep_days = keep_days

    async def rewrite(self, html: str, nonce: str, query: str) -> str:
        """The document to send; in its address `embed=1` asks for the compact form, `colour` for an accent.

        `section` asks for one section alone, `starter` for other questions to begin with, `q` for the answer to a
        question; of several the last goes on from those before it.
        """
        said = parse_qs(query)
        assistant = self._answering.assistant
        documents = tuple(name for name in dict.fromkeys(said.get("document", ())) if name in assistant.library)
        asked = self._asked(said, documents)
        turns = await self._answering.conversation(asked)
        section = section_filter(assistant.library, documents, said.get("section", [""])[0])
        top = masthead(assistant.library, assistant.warnings, self._keep_days, said, section)
        page = top + self._plain(said, turns, section)
        return assemble(html, page, classes=_classes(said, turns), nonce=nonce, title=title(assistant))

    def _asked(self, said: Mapping[str, Sequence[str]], documents: tuple[str, ...]) -> list[Asked]:
        """The questions of the address, each with the limits that the address names."""
        limit = self._answering.limit + 1  # one more, so that it is told to be too long
        section = said.get("section", [""])[0].strip()[:MAX_SECTION]
        if section and not self._answering.assistant.library.passage_numbers(documents or None, section):
            section = ""  # it is said to be unknown, and everything is searched
        questions = [one[:limit] for one in said.get("q", ()) if one.strip()][-MAX_HISTORY - 1 :]
        return [Asked(one, section, documents[:MAX_DOCUMENTS]) for one in questions]

    def _plain(self, said: Mapping[str, Sequence[str]], turns: Turns, section: SectionFilter | None) -> str:
        """The conversation without Gradio."""
        passed_on = [(name, value) for name in (*KEPT, "document") for value in said.get(name, ())[:MOST_VALUES]]
        own = [one.strip() for one in said.get("starter", ()) if one.strip()][:_MOST_OWN_STARTERS]
        starters = own or (section.starters if section else ()) or self._starters()
        return render(
            "plain.html",
            starters=suggestion_links(starters, self._answering.assistant.library.only(), more=passed_on),
            turns=[(rendered(render_question(turn.asked.question)), rendered(turn.html)) for turn in turns],
            home_link=home_link().partition("?")[0],
            passed_on=[*passed_on, *(("q", turn.asked.question) for turn in turns)],
            limit=self._answering.limit,
            library_link=library_link(),
            **self._reviews_here(),
        )

    def _reviews_here(self) -> dict[str, object]:
        """The first reviews where there are several, as links, and the line that leads to all of them."""
        library = self._answering.assistant.library
        count = library.count()
        listed = library.search(limit=_MOST_LISTED) if count > 1 else []
        links = [
            (
                about_link(one.name),
                declared_language(one.lang),
                one.title,
                ", ".join(filter(None, (one.author, one.year))),
            )
            for one in listed
        ]
        return {"reviews": links, "more_reviews": strings.all_reviews(count) if count > len(links) > 0 else ""}


def _classes(said: Mapping[str, Sequence[str]], turns: Turns) -> str:
    """The classes of the document's root."""
    classes = ["embedded"] if "1" in said.get("embed", ()) else []
    classes += [f"colour-{name}" for name in said.get("colour", ())[:1] if name in COLOURS]
    classes += [f"theme-{name}" for name in said.get("__theme", ())[:1] if name in ("light", "dark")]
    return " ".join([*classes, "conversing"] if turns else classes)


def assemble(html: str, page: str, *, classes: str, nonce: str, title: str) -> str:
    """Gradio's document with our page in it; what only Gradio needs stands at the end, behind the first paint."""
    html = OPENING.sub(lambda _: f'<html lang="{strings.language()}" class="{classes}"', html, count=1)
    for pattern in (SOCIAL_TAGS, MANIFEST, IFRAME_RESIZER):
        html = pattern.sub("", html)
    late = ""
    for pattern in (CONFIGURATION, SHEETS, SCRIPTS):
        late += "".join(pattern.findall(html))
        html = pattern.sub("", html)
    head = render("document_head.html", title=title, indexed="conversing" not in classes) + render_head(["peerqa.js"])
    html = html.replace(HEAD_END, head + HEAD_END, 1)
    html = html.replace(APPLICATION, page + APPLICATION, 1)
    html = html.replace(BODY_END, late + BODY_END, 1)
    return html.replace(SCRIPT, f'{SCRIPT} nonce="{nonce}"')
