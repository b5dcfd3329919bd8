"""An Answer -> the HTML of its turn in the conversation (templates/answer.html), and of the turn's other parts.

Only elements and attributes that Gradio's sanitizer keeps are used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from peerqa.answering.answer import Answer, AnswerPassage, AnswerReference, Highlight, Repeat
from peerqa.answering.notices import AnswerNotice
from peerqa.web.views.addresses import passage_link, passage_page_link, question_link
from peerqa.web.views.citations import CitationNote, Entry, entry_of, note_of
from peerqa.web.views.export import Copies, Library, copies, exports
from peerqa.web.views.passage_text import Run, context_words, excerpt, note_id, runs, visible_text
from peerqa.web.views.templating import lang_attribute, render
from peerqa.wording import strings
from peerqa.wording.answers import missing
from peerqa.wording.notices import worded


@dataclass(frozen=True, slots=True)
class RepeatLink:
    """A link to a passage of another review that says the same and is not shown for that."""

    address: str
    title: str
    lang: Markup


@dataclass(frozen=True, slots=True)
class Card:
    """A passage as its card shows it; `number` counts the cards of an answer from 1, `id` is that of the element.

    document: the title of the review, "" where there is only one. lang: the attribute for the words of the review.
    """

    id: str
    number: int
    document: str
    lang: Markup
    section: str
    paragraph: int
    page: int | None
    text: tuple[Run, ...]
    also_in: tuple[RepeatLink, ...]
    link: str
    notes: tuple[CitationNote, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that answers, and the card of its passage.

    first: whether it is the one that answers best. context: what stands before it in the review, where it points back.
    place: section, paragraph and page. matches: a line for each word of the question and the word that it matched.
    copies: the texts to copy, None where the review is not known.
    """

    id: str
    card: Card
    attribution: str
    first: bool
    context: str
    text: tuple[Run, ...]
    place: str
    matches: tuple[str, ...]
    copies: Copies | None


@dataclass(frozen=True, slots=True)
class Work:
    """A work that a passage cites: its entry, and (lang attribute, title, entry) of other reviews that list it."""

    id: str
    entry: Entry
    other_lists: tuple[tuple[Markup, str, str], ...]


class Titles:
    """The titles of the reviews, as far as an answer names them."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self.several = len(titles) > 1

    def of(self, document: str) -> str:
        """The title of a review, or the name of its document where it is not known."""
        return self._titles.get(document, document)


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
    searched = answer.status in ("answered", "not_covered")
    cards = tuple(_cards(answer, turn, Titles(titles), known)) if searched else ()
    return render(
        "answer.html",
        status=answer.status,
        searched=searched,
        section=answer.section if searched else None,
        section_lang=lang_attribute(next((known.get(passage.document) for passage in answer.passages), None)),
        reviews=max(len(titles), 1),
        read_as=_read_as(answer),
        message=_friendly(answer),
        verdict=_verdict(answer, several=len(titles) > 1),
        missing=_missing(answer, max(len(titles), 1)),
        nearest=_nearest(answer),
        quotes=tuple(_quotes(answer, cards, known)) if answer.status == "answered" else (),
        works_cited=strings.passages_cite(answer.works, answer.years),
        cards=cards,
        works=tuple(_works(answer, turn, Titles(titles), known)) if searched else (),
        exports=exports(answer, known, _question_link(answer, earlier, documents)) if searched else None,
        rated=rated and searched,
    )


def _question_link(answer: Answer, earlier: Sequence[str], documents: Sequence[str]) -> str:
    """The address that asks the question again."""
    goes_on = answer.interpreted_question.strip() != answer.question.strip()
    return question_link([*(earlier if goes_on else ()), answer.question], answer.section or "", documents)


def _read_as(answer: Answer) -> str:
    """How a follow-up was understood; "" where that is what the reader typed."""
    typed = answer.interpreted_question.strip() in ("", answer.question.strip())
    return "" if typed else worded(answer.interpretation)


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


def _nearest(answer: Answer) -> str:
    """The sentence that comes nearest to a question that is not answered, as a reader sees it."""
    nearest = answer.refusal.nearest if answer.refusal else None
    passages = {passage.id: passage for passage in answer.passages}
    if nearest is None or nearest.passage not in passages:
        return ""
    return visible_text(passages[nearest.passage], nearest.start, nearest.end)


def _cards(answer: Answer, turn: int, titles: Titles, library: Library) -> Iterator[Card]:
    """The passages whole, with their sentences marked and named in the link to the review only if they do answer."""
    numbers = {work.key: number for number, work in enumerate(answer.references, start=1)}
    for number, passage in enumerate(answer.passages, start=1):
        identifier = f"turn{turn}-p{number}"
        claims = answer.status == "answered"
        starts = sorted(highlight.start for highlight in passage.highlights) if claims else []
        yield Card(
            id=identifier,
            number=number,
            document=titles.of(passage.document) if titles.several else "",
            lang=lang_attribute(library.get(passage.document)),
            section=passage.section.strip() or strings.NO_SECTION,
            paragraph=passage.paragraph,
            page=passage.page,
            text=runs(passage, identifier) if claims else excerpt(passage, identifier, 0, len(passage.text)),
            also_in=tuple(_repeat(one, titles, library) for one in passage.also_in),
            link=passage_link(passage, starts),
            notes=tuple(_notes(passage, identifier, turn, numbers)),
        )


def _notes(passage: AnswerPassage, identifier: str, turn: int, numbers: Mapping[str, int]) -> Iterator[CitationNote]:
    """The notes of a passage's citations. numbers: of the works in the list below the answer, by their keys."""
    for index, citation in enumerate(passage.citations):
        targets = [_work_id(turn, numbers[key]) for key in citation.references if key in numbers]
        yield note_of(citation, note_id(identifier, index), targets)


def _work_id(turn: int, number: int) -> str:
    return f"turn{turn}-r{number}"


def _repeat(repeat: Repeat, titles: Titles, library: Library) -> RepeatLink:
    lang = lang_attribute(library.get(repeat.document))
    return RepeatLink(passage_page_link(repeat.id), titles.of(repeat.document), lang)


def _quotes(answer: Answer, cards: tuple[Card, ...], library: Library) -> Iterator[Quote]:
    for passage, card in zip(answer.passages, cards, strict=True):
        for number, highlight in enumerate(passage.highlights):
            context = passage.context_of(highlight)
            yield Quote(
                id=f"{card.id}-h{highlight.start}",
                card=card,
                attribution=highlight.attribution,
                first=card is cards[0] and number == 0,
                context="" if context is None else context_words(passage, context),
                text=excerpt(passage, card.id, highlight.start, highlight.end),
                place=strings.place(card.section, card.paragraph, highlight.page),
                matches=_matches(highlight),
                copies=copies(passage, highlight, library),
            )


def _matches(highlight: Highlight) -> tuple[str, ...]:
    return tuple(strings.term_match(one.question_word, one.text_word) for one in highlight.term_matches)


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
