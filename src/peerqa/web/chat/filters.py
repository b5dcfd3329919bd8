"""What the conversation is limited to: some of several reviews, or one section; how that is shown, and chosen.

An address says both: `?document=NAME`, which may be repeated, and `?section=HEADING`. The control for the reviews is a
form that leads to such an address. The script (static/filters.js) changes the address in place instead, so that the
conversation stays; it also widens the search from the section to the whole review, and narrows it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from peerqa.answering.asking import MAX_DOCUMENTS
from peerqa.library.asked_library import Library
from peerqa.library.listing import DocumentSummary
from peerqa.library.sections import plain_heading
from peerqa.library.starter_questions import Suggestion, about
from peerqa.web.views.addresses import home_link, library_link
from peerqa.web.views.templating import lang_attribute, render
from peerqa.wording import strings

KEPT = ("embed", "starter", "section", "colour", "lang", "__theme")
"""What else an address may say that the form passes on."""
MOST_VALUES = 10
"""How many values of each of these are passed on."""
_NAMED = 3
"""How many titles of reviews are named above an answer."""
_MOST_LISTED = 200
"""Reviews that the control offers at most; more are chosen on the page of the library."""
_LONGEST_SECTION = 200
"""Characters shown of the name of a section that no review has."""
_MOST_STARTERS = 6


# ---- reviews --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """The control in the masthead by which a reader chooses reviews, as templates/parts/review_filter.html shows it.

    asked: what is asked, in words. everything: the same where all are asked. some: the same where "#" of them are.
    fixed: a reader cannot change the choice. passed_on: names and values of the address that the form keeps.
    items: (name, title, facts in a line, ticked) of each review; all_listed: or of the chosen ones alone.
    """

    asked: str
    everything: str
    some: str
    fixed: bool
    home_link: str
    library_link: str
    passed_on: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str, str, bool], ...]
    all_listed: bool


def render_asked_reviews(documents: Sequence[str], titles: Mapping[str, str]) -> str:
    """A line above an answer that was limited to some of several reviews; "" where it was not."""
    if not documents or len(titles) < 2:
        return ""
    named = "; ".join(titles.get(name, name) for name in documents[:_NAMED])
    more = f" (+{len(documents) - _NAMED})" if len(documents) > _NAMED else ""
    return render("asked_reviews.html", titles=named + more)


def review_filter(library: Library, query: Mapping[str, Sequence[str]]) -> ReviewFilter | None:
    """The control; None where there is one review. query: of the address, as `parse_qs` gives it.

    Who embeds the page and names reviews has chosen for its readers: they see what is asked and cannot change it.
    """
    count = library.count()
    if count < 2:
        return None
    chosen = set(query.get("document", ()))
    documents = library.summaries(None if count <= _MOST_LISTED else sorted(chosen)[:MAX_DOCUMENTS])
    titles = [document.title for document in documents if document.name in chosen]
    everything = strings.asked_all(count)
    asked = everything
    if titles:
        asked = titles[0] if len(titles) == 1 else strings.asked_some(len(titles), count)
    return ReviewFilter(
        asked=asked,
        everything=everything,
        some=strings.asked_some("#", count),
        fixed=bool(chosen) and "1" in query.get("embed", ()),
        home_link=home_link(),
        library_link=library_link(),
        passed_on=tuple((name, value) for name in KEPT for value in query.get(name, ())[:MOST_VALUES]),
        items=tuple((one.name, one.title, _facts(one), one.name in chosen) for one in documents),
        all_listed=count <= _MOST_LISTED,
    )


def _facts(document: DocumentSummary) -> str:
    return " · ".join(fact for fact in (document.author, document.date) if fact)


# ---- a section ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectionFilter:
    """The line that says in which section is searched, as templates/parts/section_filter.html shows it.

    heading: of the section, None where no section has the name that was `asked` for. reviews: how many are searched.
    starters: questions about it and the sections inside it.
    """

    asked: str
    heading: str | None
    lang: Markup
    reviews: int
    starters: tuple[Suggestion, ...]


def section_filter(library: Library, documents: Sequence[str], section: str) -> SectionFilter | None:
    """The line for the section that an address asks for; None where it asks for none. documents: the names of the
    reviews that are searched; all where none is named.

    A name that no section has is said to be unknown, and everything is searched.
    """
    asked = " ".join(section.split())
    if not asked:
        return None
    searched = len(documents) or library.count()
    inside = library.passage_numbers(documents or None, asked)
    if not inside:
        return SectionFilter(asked[:_LONGEST_SECTION], None, Markup(), searched, ())
    below = library.headings_below(asked, documents)
    named = library.passage(min(inside))
    heading = next((one for one in below if plain_heading(one) == plain_heading(asked)), asked)
    offered = tuple(about(one) for one in below[:_MOST_STARTERS])
    return SectionFilter(asked, heading, lang_attribute(library.get(named.document)), searched, offered)
