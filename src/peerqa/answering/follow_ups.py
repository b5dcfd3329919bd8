"""Questions that lead on from an answer, made from what stands beside it: terms, works, the passages next in rank.

Nothing here knows whether they are answered: whoever offers them asks them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from peerqa.citing.reference import Reference
from peerqa.library.passages import Passage, words_without_citations
from peerqa.library.review import Review
from peerqa.library.starter_questions import Suggestion, about, found_by
from peerqa.text.words import SENTENCE_OPENERS, STOPWORDS, stems_of

_CLAUSES = re.compile(r"[.,;:!?()\[\]“”\"/]|\s[–—-]\s")
_WORD = re.compile(r"[^\W\d_]{3,}(?:[-'’][^\W\d_]+)*")
_SEPARATE = STOPWORDS | SENTENCE_OPENERS | frozenset("often usually sometimes always never use used uses".split())
_ENDINGS = re.compile(r"(?:ed|ing|ly|ould|found|made|used|many|most|such)$")
"""Of words that hardly end a term."""
_MOST_OCCURRENCES = 20


def candidates(
    asked: str, review: Review, beside: Sequence[Passage], works: Sequence[Reference], next_section: str | None
) -> Iterator[Suggestion]:
    """Questions to try, the most promising first, the kinds in turns.

    asked: the question that was answered. beside: the passages next in rank, which are not shown. works: that the shown
    passages cite. next_section: the heading of the section after that of the answer.
    """
    terms = [about(term) for term in _terms(asked, review, beside)]
    people = [found_by(entry) for entry in works if entry.authors and entry.authors[0].given]
    sections = [about(next_section)] if next_section else []
    seen: set[str] = set()
    for row in zip_longest(terms, people[:2], sections):
        for one in row:
            if one is not None and str(one) not in seen:
                seen.add(str(one))
                yield one


def _terms(asked: str, review: Review, beside: Sequence[Passage]) -> Iterator[str]:
    """For each passage its most telling term: two or three words that it has in common with other places of the
    review, none of them asked for already."""
    known = set(stems_of(asked))
    text = review.document.text.casefold()
    for passage in beside:
        words = words_without_citations(review.document, passage.start, passage.end, passage.citations)
        counted = [(_count(term, text), term) for term in dict.fromkeys(_phrases(words))]
        kept = [
            (count * len(term.split()), -place, term)
            for place, (count, term) in enumerate(counted)
            if 2 <= count <= _MOST_OCCURRENCES and known.isdisjoint(stems_of(term))
        ]
        if kept:
            best = max(kept)[2]
            known |= set(stems_of(best))
            yield best


def _count(term: str, text: str) -> int:
    """How often a text, in lower case, has a term, its plural included."""
    count, end = 0, 0
    while (start := text.find(term, end)) >= 0:  # a pattern with borders of words takes a hundred times as long
        end = start + len(term)
        behind = {end, *(end + len(plural) for plural in ("s", "es") if text.startswith(plural, end))}
        count += not _in_word(text, start - 1) and not all(_in_word(text, place) for place in behind)
    return count


def _in_word(text: str, place: int) -> bool:
    """Whether a letter, a digit or a low line stands there."""
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _phrases(text: str) -> Iterator[str]:
    """The runs of two or three words of a text without small words and without names."""
    for clause in _CLAUSES.split(text):
        run: list[str] = []
        for word in [*clause.split(), ""]:
            if _WORD.fullmatch(word) and word.casefold() not in _SEPARATE and word.islower():
                run.append(word)
                continue
            for length in (3, 2):
                for start in range(len(run) - length + 1):
                    if not any(_ENDINGS.search(part) for part in (run[start], run[start + length - 1])):
                        yield " ".join(run[start : start + length])
            run = []
