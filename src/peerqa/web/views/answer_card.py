"""An Answer -> the HTML of its turn in the conversation (templates/answer.html), and of the turn's other parts.

Only elements and attributes that Gradio's sanitizer keeps are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from peerqa.answering.answer import Answer, AnswerReference
from peerqa.answering.notices import AnswerNotice
from peerqa.web.views.addresses import passage_page_link, question_link
from peerqa.web.views.citations import CitationNote, Entry, entry_of, note_of
from peerqa.web.views.export import Library, exports
from peerqa.web.views.passage_text import note_id, visible_text
from peerqa.web.views.sentences import Titles, lead_and_rest, passage_element
from peerqa.web.views.templating import lang_attribute, render
from peerqa.wording import strings
from peerqa.wording.answers import missing
from peerqa.wording.notices import worded


@dataclass(frozen=True, slots=True)
class Nearest:
    """The sentence that comes nearest to a question that is not answered, with its place."""

    text: str
    lang: Markup
    link: str
    place: str
    document: str


@dataclass(frozen=True, slots=True)
class Work:
    """A work that a passage cites: its entry, and (lang attribute, title, entry) of other reviews that list it."""

    id: str
    entry: Entry
    other_lists: tuple[tuple[Markup, str, str], ...]


def render_question(question: str) -> str:
    """The reader's own question, as the heading of the turn."""
    return render("question.html", question=question)


def render_notice(line: str, *, failed: bool = False) -> str:
    """One plain line of the interface where no answer could be given. failed: the question may be asked again."""
    return render("notice.html", line=line, failed=failed)


def render_answer(
    answer: Answer,
    *,
    turn: int,
    titles: Mapping[str, str],
    library: Library | None = None,
    rated: bool = False,
    earlier: Sequence[str] = (),
    documents: Sequence[str] = (),
) -> str:
    """The whole answer of one turn. `titles` maps a document's name to its title, shown where there are several.

    library: the reviews, to cite them by; without it nothing can be exported. rated: ask whether the answer helped.
    earlier: the questions before it, which a link to it carries if it goes on from them. documents: those asked.
    """
    known = library or {}
    named = Titles(titles)
    answers = answer.status == "answered"
    searched = answers or answer.status == "not_covered"
    lead, rest = lead_and_rest(answer.passages, turn, named, known) if answers else (None, ())
    return render(
        "answer.html",
        status=answer.status,
        section=answer.section if searched else None,
        section_lang=lang_attribute(next((known.get(passage.document) for passage in answer.passages), None)),
        reviews=max(len(titles), 1),
        read_as=_read_as(answer),
        message=_friendly(answer),
        verdict=_verdict(answer, several=len(titles) > 1),
        missing=_missing(answer, max(len(titles), 1)),
        nearest=_nearest(answer, named, known),
        lead=lead,
        rest=rest,
        more=sum(len(group.sentences) for group in rest),
        notes=tuple(_notes(answer, turn)) if answers else (),
        works=tuple(_works(answer, turn, named, known)) if answers else (),
        exports=exports(answer, known, _question_link(answer, earlier, documents)) if answers else None,
        rated=rated and searched,
    )


def _question_link(answer: Answer, earlier: Sequence[str], documents: Sequence[str]) -> str:
    """The address that asks the question again."""
    goes_on = answer.interpreted_question.strip() != answer.question.strip()
    return question_link([*(earlier if goes_on else ()), answer.question], answer.section or "", documents)


def _read_as(answer: Answer) -> str:
    """How a follow-up was understood; "" where that is what the reader typed but for abbreviations."""
    read = answer.interpreted_question.strip()
    return "" if not read or only_written_out(answer.question.strip(), read) else worded(answer.interpretation)


def only_written_out(typed: str, read: str) -> bool:
    """Whether two questions are the same but for abbreviations of the first that the second writes out."""
    short, full = ([word.strip(".,;:?!()“”\"'") for word in re.split(r"[\s-]+", text)] for text in (typed, read))
    for change, start, end, first, last in SequenceMatcher(None, short, full, autojunk=False).get_opcodes():
        if change != "equal" and not (end == start + 1 and _stands_for(short[start], full[first:last])):
            return False
    return True


def _stands_for(short: str, words: Sequence[str]) -> bool:
    """Whether the letters of an abbreviation are the initials of some of the words, in their order."""
    initials = iter(word[:1].casefold() for word in words)
    letters = short.removesuffix("s") if len(short) > 2 else short
    return 2 <= len(letters) <= len(words) and all(letter in initials for letter in letters.casefold())


def _friendly(answer: Answer) -> str:
    """What is told beside or in place of sentences; "" where the sentences are all there is to say."""
    if answer.notice is not None:
        return worded(answer.notice)
    return "" if answer.status in ("answered", "not_covered") else strings.FAILED


def _verdict(answer: Answer, *, several: bool) -> str:
    """The line that says that the reviews do not answer."""
    if answer.notice is not None and answer.notice.code is AnswerNotice.OTHER_LANGUAGE:
        return worded(answer.notice)
    if answer.section is not None:
        return strings.not_covered_in(answer.section)
    return strings.NOT_COVERED_MANY if several else strings.NOT_COVERED


def _missing(answer: Answer, reviews: int) -> str:
    """Which words of the question the reviews do not have; "" where that is not known."""
    words = answer.refusal.missing if answer.refusal else ()
    return missing(words, reviews) if words else ""


def _nearest(answer: Answer, titles: Titles, library: Library) -> Nearest | None:
    """The sentence that comes nearest to a question that is not answered, or the passage that does."""
    if answer.status != "not_covered" or not answer.passages:
        return None
    found = answer.refusal.nearest if answer.refusal else None
    passage = next((one for one in answer.passages if found and one.id == found.passage), answer.passages[0])
    start, end = (found.start, found.end) if found and found.passage == passage.id else (0, len(passage.text))
    return Nearest(
        text=visible_text(passage, start, end),
        lang=lang_attribute(library.get(passage.document)),
        link=passage_page_link(passage.id, start if found else None),
        place=strings.place(passage.section.strip() or strings.NO_SECTION, passage.paragraph, passage.page),
        document=titles.of(passage.document) if titles.several else "",
    )


def _notes(answer: Answer, turn: int) -> Iterator[CitationNote]:
    """The notes of the citations in the sentences that answer."""
    numbers = {work.key: number for number, work in enumerate(answer.references, start=1)}
    for number, passage in enumerate(answer.passages, start=1):
        for index, citation in enumerate(passage.citations):
            if any(one.start < citation.end and citation.start < one.end for one in passage.highlights):
                targets = [_work_id(turn, numbers[key]) for key in citation.references if key in numbers]
                yield note_of(citation, note_id(passage_element(turn, number), index), targets)


def _work_id(turn: int, number: int) -> str:
    return f"turn{turn}-r{number}"


def _works(answer: Answer, turn: int, titles: Titles, library: Library) -> Iterator[Work]:
    for number, reference in enumerate(answer.references, start=1):
        lang = lang_attribute(library.get(reference.document))
        yield Work(_work_id(turn, number), entry_of(reference, lang), _other_lists(reference, titles, library))


def _other_lists(reference: AnswerReference, titles: Titles, library: Library) -> tuple[tuple[Markup, str, str], ...]:
    """The other reviews that have the work in their lists, each with its own words for it."""
    return tuple(
        (lang_attribute(library.get(one.document)), titles.of(one.document), one.text.strip())
        for one in reference.entries
        if one.document != reference.document
    )
