"""The sentences of an answer as they are shown: each with its decisive words, its list and its tools, by passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from markupsafe import Markup

from peerqa.answering.answer import AnswerPassage, Highlight, Item, Repeat
from peerqa.library.review import Review
from peerqa.web.views.addresses import passage_link, passage_page_link
from peerqa.web.views.export import Copies, Library, copies, reported_works
from peerqa.web.views.passage_text import Run, context_words, excerpt
from peerqa.web.views.templating import lang_attribute
from peerqa.wording import strings


class Titles:
    """The titles of the reviews, as far as an answer names them."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self.several = len(titles) > 1

    def of(self, document: str) -> str:
        """The title of a review, or the name of its document where it is not known."""
        return self._titles.get(document, document)


@dataclass(frozen=True, slots=True)
class RepeatLink:
    """A link to a passage of another review that says the same and is not shown for that."""

    address: str
    title: str
    lang: Markup


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list that a sentence gives, with what stands behind it up to the next.

    link: of the passage on it, "" if there is none. label, place: that passage in short, and where it is.
    """

    text: tuple[Run, ...]
    link: str = ""
    label: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that answers. bold: what is said in few words, as runs within it.

    context: what stands before it in the review, where it points back. text: the sentence, or what stands before the
    first of its `items`. matches: a line for each word of the question and the word that it matched. copies: the texts
    to copy, None where the review is not known. link: its own address.
    """

    id: str
    attribution: str
    context: str
    text: tuple[Run, ...]
    items: tuple[ListItem, ...]
    matches: tuple[str, ...]
    copies: Copies | None
    link: str


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences of one passage, and the line under them that says where they stand and what they report.

    document: the title of the review, "" where there is only one. lang: the attribute for the words of the review.
    works: the works that these sentences cite, in short; "" if they cite none.
    """

    lang: Markup
    sentences: tuple[Sentence, ...]
    link: str
    place: str
    document: str
    works: str
    also_in: tuple[RepeatLink, ...]


def lead_and_rest(
    passages: Sequence[AnswerPassage], turn: int, titles: Titles, library: Library
) -> tuple[Group | None, tuple[Group, ...]]:
    """The strongest sentence, and all others of an answer, by passage. None where no sentence answers.

    The strongest is the first of the first passage; the list that it announces belongs to it.
    """
    groups = []
    lead = None
    for number, passage in enumerate(passages, start=1):
        rest = list(passage.highlights)
        identifier = passage_element(turn, number)
        if lead is None and rest:
            first = [rest.pop(0)]
            if rest and passage.items_of(rest[0]) and not passage.text[first[0].end : rest[0].start].strip():
                first.append(rest.pop(0))
            lead = _group(passage, first, identifier, titles, library)
        if rest:
            groups.append(_group(passage, rest, identifier, titles, library))
    return lead, tuple(groups)


def passage_element(turn: int, number: int) -> str:
    """With which the ids of all elements of a passage begin. number: of the passage in the answer, from 1."""
    return f"turn{turn}-p{number}"


def _group(
    passage: AnswerPassage, highlights: Sequence[Highlight], identifier: str, titles: Titles, library: Library
) -> Group:
    review = library.get(passage.document)
    works = dict.fromkeys(work.label for one in highlights if review for work in reported_works(passage, one, review))
    return Group(
        lang=lang_attribute(review),
        sentences=tuple(_sentence(passage, one, identifier, library) for one in highlights),
        link=passage_link(passage, sorted(one.start for one in highlights)),
        place=strings.place(passage.section.strip() or strings.NO_SECTION, passage.paragraph, highlights[0].page),
        document=titles.of(passage.document) if titles.several else "",
        works="; ".join(works),
        also_in=tuple(_repeat(one, titles, library) for one in passage.also_in),
    )


def _repeat(repeat: Repeat, titles: Titles, library: Library) -> RepeatLink:
    lang = lang_attribute(library.get(repeat.document))
    return RepeatLink(passage_page_link(repeat.id), titles.of(repeat.document), lang)


def _sentence(passage: AnswerPassage, highlight: Highlight, identifier: str, library: Library) -> Sentence:
    context = passage.context_of(highlight)
    items = passage.items_of(highlight)
    return Sentence(
        id=f"{identifier}-h{highlight.start}",
        attribution=highlight.attribution,
        context="" if context is None else context_words(passage, context),
        text=_words(passage, highlight, identifier, highlight.start, items[0].start if items else highlight.end),
        items=tuple(_items(passage, highlight, items, identifier, library.get(passage.document))),
        matches=tuple(strings.term_match(one.question_word, one.text_word) for one in highlight.term_matches),
        copies=copies(passage, highlight, library),
        link=passage_link(passage, [highlight.start]),
    )


def _items(
    passage: AnswerPassage, highlight: Highlight, items: Sequence[Item], identifier: str, review: Review | None
) -> Iterator[ListItem]:
    """The items of a list; together, and with what stands before them, they are the sentence."""
    known = {one.id: one for one in review.passages} if review and items else {}
    for item, following in zip_longest(items, items[1:]):
        end = following.start if following else highlight.end
        words = _words(passage, highlight, identifier, item.start, end)
        told = known.get(item.passage or "")
        if told is None:
            yield ListItem(words)
            continue
        place = strings.place(told.section or strings.NO_SECTION, told.paragraph, told.page)
        yield ListItem(words, passage_page_link(told.id), strings.paragraph_mark(told.paragraph), place)


def _words(passage: AnswerPassage, highlight: Highlight, identifier: str, start: int, end: int) -> tuple[Run, ...]:
    """The words of a part of a highlight, its decisive words (`Highlight.focus`) as runs that stand out."""
    focus = highlight.focus
    if focus is None:
        return excerpt(passage, identifier, start, end)
    first, last = (min(max(place, start), end) for place in (focus.start, focus.end))
    strong = tuple(run._replace(strong=True) for run in excerpt(passage, identifier, first, last))
    return (*excerpt(passage, identifier, start, first), *strong, *excerpt(passage, identifier, last, end))
