"""What a refusal can say truthfully: words of the question that no review has, and sections that come near."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from peerqa.library.passages import Passage
from peerqa.library.review import Review
from peerqa.retrieval.query import Query
from peerqa.text.words import STOPWORDS, fold, stems_of, words_of

_OF_ASKING = frozenset(
    """tell explain describe list name give find found show mean means meaning definition define defined example
    examples difference differences differ compare compared comparison percentage percent proportion number numbers
    amount rate rates average main major many people person persons thing things way ways kind kinds type types form
    role effect effects affect affects impact reason reasons cause causes caused study studies research researchers
    author authors paper article review reviews evidence literature source sources good bad better best worse worst
    important common useful help helps know known need needs use used uses using happen happens happened make makes
    made long often year years much current recent latest available according average typical normal usually actually
    really exactly specific please question answer summary overview topic text document page""".split()
)
"""English words that ask rather than name something: that a review does not have them says nothing."""
MOST_REVIEWS = 50
"""Of more reviews it is not said that none has a word: reading them all would take too long."""
_STEM = 6
"""Letters that two forms of a long word share at least."""
_STEMS_OF_ASKING = frozenset(stems_of(" ".join(_OF_ASKING)))
_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’][^\W_]+)*")


def words_of_review(review: Review) -> frozenset[str]:
    """All words of a review, folded, those of its reference list and its front matter too."""
    words = {fold(part) for word in words_of(review.document.text) for part in (word, *word.split("-"))}
    return frozenset(words)


def missing_words(question: Query, reviews: Sequence[Collection[str]], most: int = 2) -> tuple[str, ...]:
    """The words of a question, as typed, that no review has in any form; names first. Empty where that is not sure.

    reviews: the words of each review (`words_of_review`). An abbreviation or a typo that was written out is no missing
    word, and a word that begins like one of a review may be a form of it.
    """
    if not 0 < len(reviews) <= MOST_REVIEWS:
        return ()
    read = set(words_of(question.written_out))
    found: list[str] = []
    for word in dict.fromkeys(_WORD.findall(question.text)):
        folded = fold(word)
        telling = len(folded) > 2 and folded not in STOPWORDS and _STEMS_OF_ASKING.isdisjoint(stems_of(folded))
        if telling and word.casefold() in read and not any(_has(words, folded) for words in reviews):
            found.append(word)
    found.sort(key=lambda word: not word[0].isupper())
    return tuple(found[:most])


def _has(words: Collection[str], word: str) -> bool:
    """Whether a word, or one that may be a form of it, is among the words."""
    if word in words:
        return True
    begins = word[: max(4, min(len(word) - 3, _STEM))]
    stems = set(stems_of(word))
    alike = (other for other in words if other[:2] == word[:2])
    return any(other.startswith(begins) or not stems.isdisjoint(stems_of(other)) for other in alike)


def near_sections(passages: Sequence[Passage], most: int = 3) -> tuple[str, ...]:
    """The headings above the passages that come nearest, each once."""
    return tuple(dict.fromkeys(passage.section.strip() for passage in passages if passage.section.strip()))[:most]
