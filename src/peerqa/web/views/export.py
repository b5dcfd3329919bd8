"""What a reader can take away from an answer: quote and citation to copy, references to download, a link to share.

The texts to copy stand in the answer, out of sight; the script only puts them on the clipboard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote, urlencode

from peerqa.answering.answer import Answer, AnswerPassage, Highlight
from peerqa.citing.export import Format, cited_as, secondary_citation
from peerqa.citing.reference_parsing import Reference
from peerqa.library.review import Review
from peerqa.library.works import Works
from peerqa.web.views.escape import escape
from peerqa.web.views.passage_text import visible_text
from peerqa.wording import strings

Library = Mapping[str, Review]
"""The reviews by the names of their documents."""


def spoken(review: Review | None) -> str:
    """The attribute that says the language of a review's words, where the reader's is another; else nothing."""
    return strings.lang_attribute(None if review is None else review.document.metadata.get("lang"))


FORMATS: tuple[tuple[Format, str], ...] = (("txt", "APA"), ("bib", "BibTeX"), ("ris", "RIS"))


def render_copies(passage: AnswerPassage, highlight: Highlight, library: Library) -> str:
    """Two buttons, each with the text that it copies: the quote with its citation, and the citation alone."""
    review = library.get(passage.document)
    if review is None:
        return ""
    works = reported_works(passage, highlight, review)
    name = cited_as(review.document)
    words = visible_text(passage, highlight.start, highlight.end)
    with_place = secondary_citation(works, name, passage.paragraph, highlight.page)
    return _copy(strings.COPY_QUOTE, f"“{words}” {with_place}") + _copy(
        strings.COPY_CITATION, secondary_citation(works, name)
    )


def reported_works(passage: AnswerPassage, highlight: Highlight, review: Review) -> list[Reference]:
    """The works that a sentence cites; of an ambiguous citation the best candidate."""
    entries = {reference.key: reference for reference in review.references}
    keys = dict.fromkeys(
        own[0]
        for citation in passage.citations
        for own in [citation.entries or citation.references]
        if own and highlight.start <= citation.start < highlight.end
    )
    return [entries[key] for key in keys if key in entries]


def _copy(label: str, text: str) -> str:
    return f'<button class="copy">{escape(label)}</button><span class="copied">{escape(text)}</span>'


def render_exports(answer: Answer, library: Library) -> str:
    """References of the answer and of the conversation, the conversation itself, and a link to the question."""
    if not library:
        return ""
    works = [f"{work.document}:{work.own_key}" for work in answer.references if work.document in library]
    links = "".join(
        f'<a class="export where {form}" href="{escape(export_link(works, form))}" target="_blank">{label}</a>'
        for form, label in FORMATS
    )
    all_links = "".join(f'<button class="all {form}">{label}</button>' for form, label in FORMATS)
    share = "/?" + urlencode({"q": answer.question.encode("utf-8", "replace")}, quote_via=quote)
    rows = [
        (strings.TAKE_REFERENCES, links if works else ""),
        (strings.TAKE_ALL_REFERENCES, all_links),
        (strings.TAKE_CONVERSATION, _conversation()),
        (strings.TAKE_LINK, f'<a class="where share" href="{escape(share)}">{escape(strings.SHARE)}</a>'),
    ]
    items = "".join(f"<dt>{escape(term)}</dt><dd>{value}</dd>" for term, value in rows if value)
    return f'<details class="take"><summary>{escape(strings.TAKE)}</summary><dl>{items}</dl></details>'


def _conversation() -> str:
    return (
        f'<button class="markdown">{escape(strings.AS_MARKDOWN)}</button>'
        f'<button class="print">{escape(strings.PRINT)}</button>'
    )


def export_link(works: Sequence[str], form: Format) -> str:
    """Where references can be downloaded; a work is "DOCUMENT:KEY"."""
    return f"/export/references.{form}?" + urlencode([("work", work) for work in works])


def chosen(works: Works, names: Sequence[str]) -> list[Reference]:
    """The works that a link names, each once: as the first review that is named has it, under the key of the work."""
    found: dict[str, Reference] = {}
    for name in names:
        document, _, key = name.rpartition(":")
        work = works.of(document, key)
        if work is not None:
            entry = next(entry for listed, entry in work.entries if listed == document)
            found.setdefault(work.key, replace(entry, key=work.key))
    return list(found.values())
