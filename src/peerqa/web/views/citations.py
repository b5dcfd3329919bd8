"""What an answer, a review and a passage's page all show of works: the entry of a list, and the note of a citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from peerqa.answering.answer import AnswerCitation, AnswerReference
from peerqa.answering.presenting import shown_reference
from peerqa.citing.reference import Reference
from peerqa.library.review import Review
from peerqa.web.views.escape import safe_link
from peerqa.web.views.templating import lang_attribute
from peerqa.wording import strings
from peerqa.wording.notices import reason


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a reference list, cut at its link: `before`, what is shown of the link, `after`.

    link: the address; None where the entry has no link that is safe. lang: the attribute, if it has to be said.
    """

    before: str
    link: str | None
    shown: str
    after: str
    lang: Markup


@dataclass(frozen=True, slots=True)
class CitationNote:
    """What the popover of a citation shows: the doubt, "" if there is none, and the entries that it stands for.

    links: the id of each entry's element with the label before it, best first; one entry alone has the label "".
    """

    id: str
    doubt: str
    links: tuple[tuple[str, str], ...]


def entry_of(reference: AnswerReference, lang: Markup) -> Entry:
    """An entry as the review has it; its link is live where it stands, or follows where the entry does not show it."""
    link = safe_link(reference.link)
    text = reference.text.strip()
    if link is None:
        return Entry(text, None, "", "", lang)
    shown = next((form for form in (reference.link, reference.doi) if form and form in text), None)
    if shown is None:
        return Entry(f"{text} ", link, reference.link or link, "", lang)
    before, after = text.split(shown, 1)
    return Entry(before, link, shown, after, lang)


def listed_entry(review: Review, reference: Reference) -> Entry:
    """An entry of a review's reference list."""
    return entry_of(shown_reference(reference, review.document.name), lang_attribute(review))


def doubt_of(citation: AnswerCitation, *, listed: bool) -> str:
    """What is doubtful about a citation; "" if nothing is. listed: an entry of the reference list fits."""
    told = reason(citation.discrepancies)
    if not listed:
        return told or strings.NOT_IN_LIST
    if citation.status == "resolved" or not told:
        return ""
    return f"{strings.UNSURE} {told}" if citation.status == "ambiguous" else told


def note_of(citation: AnswerCitation, identifier: str, targets: Sequence[str]) -> CitationNote:
    """The note of a citation.

    targets: the ids of the entries' elements, best first. Where several fit, each link says so in front of its entry.
    """
    doubt = doubt_of(citation, listed=bool(targets))
    labels = [strings.BEST_CANDIDATE, *[strings.OTHER_CANDIDATE] * len(targets)] if len(targets) > 1 else [""]
    return CitationNote(identifier, doubt, tuple(zip(targets, labels, strict=False)))
