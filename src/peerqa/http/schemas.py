"""The JSON of the HTTP interface, typed: `/api/openapi.json` is made from these models, and docs/api.md explains them.

The answer has the fields of `peerqa.answering.answer.Answer.to_dict`, in the same order. Its values are written out
here and not imported, since this is a promise to programs, which a change inside must not change.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from peerqa.answering.asking import MAX_DOCUMENTS, MAX_HISTORY, MAX_SECTION

MAX_NAME = 500
"""Characters of the name of a review."""
MAX_RATED_PASSAGES = 10
MAX_PASSAGE_ID = 300
"""Characters of the id of a passage."""

_Name = Annotated[str, Field(max_length=MAX_NAME)]
_PassageId = Annotated[str, Field(max_length=MAX_PASSAGE_ID)]


# ---- requests -------------------------------------------------------------------------------------------------------


class AskRequest(BaseModel):
    """A question, and what to answer it from."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(description="The question, in the reader's own words.")]
    history: Annotated[
        list[str],
        Field(max_length=MAX_HISTORY, description="Earlier questions of the same conversation, oldest first."),
    ] = []
    documents: Annotated[
        list[_Name],
        Field(
            max_length=MAX_DOCUMENTS,
            description="The reviews to answer from, as `document` of a passage names them; all where none is named.",
        ),
    ] = []
    tags: Annotated[
        list[_Name],
        Field(
            max_length=MAX_DOCUMENTS,
            description="Answer from the reviews that have one of these tags in their front matter.",
        ),
    ] = []
    section: Annotated[
        Annotated[str, Field(max_length=MAX_SECTION)] | None,
        Field(description="The heading to search under, with the headings below it; everything where there is none."),
    ] = None


class Rating(BaseModel):
    """A thumb on an answer."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(description="The question of the answer.")]
    passages: Annotated[
        list[_PassageId],
        Field(max_length=MAX_RATED_PASSAGES, description="The ids of the passages that the answer showed."),
    ] = []
    thumb: Annotated[Literal["up", "down"], Field(description="Whether the answer helped.")]


# ---- the answer -----------------------------------------------------------------------------------------------------


class TermMatch(BaseModel):
    """A word of the question and the word of the sentence that it matched."""

    question_word: str
    text_word: str
    weight: Annotated[float, Field(description="Its share of the sentence's score, in 0..1.")]


class Focus(BaseModel):
    """The words of a long highlight that answer."""

    start: Annotated[int, Field(description="Their first character within the passage's `text`.")]
    end: Annotated[int, Field(description="The character after their last one.")]
    text: Annotated[str, Field(description="The words, word for word.")]


class Highlight(BaseModel):
    """A whole sentence of the passage that answers the question."""

    start: Annotated[int, Field(description="First character of the sentence within the passage's `text`.")]
    end: Annotated[int, Field(description="The character after its last one.")]
    text: Annotated[str, Field(description="The sentence, word for word.")]
    focus: Annotated[
        Focus | None,
        Field(description="The words within it that answer; null where it is short, or nothing in it stands out."),
    ]
    attribution: Annotated[
        Literal["review", "cited"],
        Field(description="`cited` where the sentence cites a work, `review` where the review speaks for itself."),
    ]
    page: Annotated[int | None, Field(description="Page on which it begins; null for a source without pages.")]
    because: Annotated[list[TermMatch], Field(description="Why the sentence is shown; the weightiest match first.")]


class Context(BaseModel):
    """What stands just before a highlight that points back ("These range from ..."), word for word."""

    start: Annotated[
        int, Field(description="Its first character within the passage's `text`; negative before the passage.")
    ]
    end: Annotated[int, Field(description="The character after its last one.")]
    text: Annotated[str, Field(description="Its words, to be shown before the highlight.")]
    before: Annotated[int, Field(description="`start` of the highlight.")]


class Item(BaseModel):
    """An item of a list that a highlight gives."""

    start: Annotated[int, Field(description="Its first character within the passage's `text`.")]
    end: Annotated[int, Field(description="The character after its last one.")]
    text: Annotated[str, Field(description="The item, word for word.")]
    passage: Annotated[str | None, Field(description="Id of the passage that goes into it; null where none is known.")]


class Citation(BaseModel):
    """An in-text citation inside the passage."""

    mention: Annotated[str, Field(description="The citation as the text has it.")]
    start: Annotated[int, Field(description="First character within the passage's `text`.")]
    end: Annotated[int, Field(description="The character after its last one.")]
    status: Annotated[
        Literal["resolved", "corrected", "ambiguous", "missing"],
        Field(
            description="`resolved`: one entry of the reference list fits. `corrected`: one fits, but the citation "
            "differs from it. `ambiguous`: several fit. `missing`: none does."
        ),
    ]
    reason: Annotated[str | None, Field(description="Why it is not simply resolved, in English; else null.")]
    references: Annotated[list[str], Field(description="Keys of the answer's references, the best one first.")]


class Repeat(BaseModel):
    """A passage of another review that says nearly the same, and is therefore not shown."""

    id: str
    document: str


class Passage(BaseModel):
    """A passage of a review, word for word."""

    id: Annotated[str, Field(description="Names the passage in links: `/p/ID` is its page.")]
    document: Annotated[str, Field(description="The review, named by its file.")]
    section: Annotated[str, Field(description="The heading that it stands under; may be empty.")]
    paragraph: Annotated[int, Field(description="Number of its paragraph in the review, counted from 1.")]
    page: Annotated[int | None, Field(description="Page on which it begins; null for a source without pages.")]
    text: Annotated[str, Field(description="Its words with their notation: the slice `start:end` of the document.")]
    start: Annotated[int, Field(description="Its first character within the text of the document.")]
    end: Annotated[int, Field(description="The character after its last one.")]
    highlights: Annotated[list[Highlight], Field(description="The sentences that answer, the best one first.")]
    context: Annotated[list[Context], Field(description="What leads up to those of them that point back.")]
    items: Annotated[list[Item], Field(description="The items of those of them that list several things.")]
    citations: Annotated[list[Citation], Field(description="Its citations, in the order of the text.")]
    also_in: Annotated[list[Repeat], Field(description="Passages of other reviews that repeat it.")]


class ListedEntry(BaseModel):
    """The entry of a work in the reference list of one review."""

    document: str
    key: Annotated[str, Field(description="Its key in that list.")]
    text: Annotated[str, Field(description="Its words as that list has them.")]


class Reference(BaseModel):
    """A work that a passage of the answer cites."""

    key: Annotated[str, Field(description="Names the work in `references` of a citation.")]
    authors: Annotated[list[str], Field(description="Family names, or names of organisations.")]
    year: Annotated[str | None, Field(description="As in the list, such as `2009`, `2009a` or `n.d.`.")]
    title: str | None
    container: Annotated[str | None, Field(description="The journal, book or site that holds the work.")]
    doi: Annotated[str | None, Field(description="Without `https://doi.org/`.")]
    url: str | None
    text: Annotated[str, Field(description="The whole entry, word for word.")]
    entries: Annotated[list[ListedEntry], Field(description="The entries of all reviews that list the work.")]


class Evidence(BaseModel):
    """The works behind the passages, counted; of an ambiguous citation, its best candidate."""

    works: int
    years: Annotated[
        tuple[int, int] | None, Field(description="First and last year of the works; null where none has a year.")
    ]


class NearestSentence(BaseModel):
    """The sentence that comes nearest to a question that is not answered."""

    passage: Annotated[str, Field(description="Id of its passage.")]
    start: Annotated[int, Field(description="Its first character within the passage's `text`.")]
    end: Annotated[int, Field(description="The character after its last one.")]
    text: Annotated[str, Field(description="The sentence, word for word.")]


class Refusal(BaseModel):
    """What can be said of a question that is not answered."""

    missing: Annotated[list[str], Field(description="Words of the question that the reviews do not have in any form.")]
    nearest: Annotated[NearestSentence | None, Field(description="The sentence that comes nearest.")]
    sections: Annotated[list[str], Field(description="Headings under which the nearest passages stand.")]


class Answer(BaseModel):
    """What the reviews say to a question."""

    question: Annotated[str, Field(description="As it was asked, on one line.")]
    interpreted_question: Annotated[
        str, Field(description="As it was searched: typos corrected, abbreviations written out, the history added.")
    ]
    status: Annotated[
        Literal["answered", "not_covered", "greeting", "unclear"],
        Field(
            description="`not_covered`: the passages come nearest, but do not answer. `greeting`, `unclear`: there was "
            "no question, and there are no passages."
        ),
    ]
    confidence: Annotated[float, Field(ge=0, le=1, description="Probability that the reviews answer the question.")]
    passages: Annotated[
        list[Passage], Field(description="At most three, eight where works are asked for; the best one first.")
    ]
    references: Annotated[
        list[Reference], Field(description="Works that were asked for, then those that the passages cite.")
    ]
    evidence: Evidence
    message: Annotated[
        str | None, Field(description="One line for people, in English; null where sentences alone answer.")
    ]
    suggestions: Annotated[list[str], Field(description="Questions to go on with.")]
    section: Annotated[str | None, Field(description="The heading that the request named; null where it named none.")]
    refusal: Annotated[Refusal | None, Field(description="What can be said beside `not_covered`; else null.")]


# ---- the others -----------------------------------------------------------------------------------------------------


class Health(BaseModel):
    """That the server is up, and what it answers from."""

    status: Literal["ok"]
    documents: Annotated[int, Field(description="How many reviews there are.")]
    passages: Annotated[int, Field(description="How many passages they have in all.")]
    version: Annotated[str, Field(description="The version of peerqa.")]


class Problem(BaseModel):
    """Why a request was refused or failed."""

    detail: Annotated[str, Field(description="One line in English that does not repeat what was sent.")]
