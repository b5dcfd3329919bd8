"""Finds the places of a paragraph that cite by author and date, each with the entries of the list that fit it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from peerqa.citing.author_date import REPORTING_VERB, Mention, Name, capitalised_words, find_written, people_at
from peerqa.citing.matching import Match, MentionMatcher
from peerqa.text.dates import YEAR
from peerqa.text.document import Paragraph, PlainText, Sentence


@dataclass(frozen=True, slots=True)
class FoundMention:
    """A mention in its paragraph, with the entries that fit it.

    plain: the words of the paragraph, in which the other spans count. year_at: the span of a year that stands apart.
    year_known: whether an earlier narrative citation of the paragraph gives the year, so that this one need not.
    """

    mention: Mention
    matches: tuple[Match, ...]
    paragraph: Paragraph
    plain: PlainText
    sentence: tuple[int, int]
    year_at: tuple[int, int] | None = None
    year_known: bool = False


def find_in_paragraph(paragraph: Paragraph, plain: PlainText, matcher: MentionMatcher) -> list[FoundMention]:
    """The mentions of a paragraph that are citations, in no order."""
    sentences = [_plain_sentence(plain, sentence) for sentence in paragraph.sentences]
    found: list[FoundMention] = []
    written = sorted(find_written(plain.text), key=lambda mention: mention.start)
    begins = [mention.start for mention in written]
    taken: set[int] = set()
    for start, end in sentences:
        here = written[bisect_left(begins, start) : bisect_left(begins, end)]
        named = [mention for mention in here if mention.phrase.text]
        loose = [mention for mention in here if not mention.phrase.text]
        for mention in named:
            matched = matcher.match(mention)
            if matched is None:
                loose.extend([mention] if mention.kind == "narrative" else [])
                continue
            trimmed, matches = matched
            if mention.secondary and not matches:
                continue
            found.append(FoundMention(trimmed, matches, paragraph, plain, _holding(sentences, trimmed.start)))
            taken.update(range(trimmed.start, trimmed.end))
        for mention in sorted(loose, key=lambda item: item.start):
            split = _split(mention, plain.text, start, taken, matcher)
            if split is not None and not (mention.secondary and not split[1]):
                bracket = re.compile(r"[(\[]").search(plain.text, mention.phrase.end, mention.end)
                year_at = (bracket.start() if bracket else mention.start, mention.end)
                found.append(FoundMention(split[0], split[1], paragraph, plain, (start, end), year_at))
                taken.update(range(split[0].start, split[0].end))
        found.extend(
            FoundMention(mention, matches, paragraph, plain, (start, end), year_at)
            for mention, matches, year_at in _by_author_alone(plain.text, start, end, taken, matcher)
        )
    return found


def _holding(sentences: Sequence[tuple[int, int]], position: int) -> tuple[int, int]:
    """The span of the sentence that holds a position of the plain text."""
    return sentences[bisect_right(sentences, position, key=lambda sentence: sentence[0]) - 1]


def _plain_sentence(plain: PlainText, sentence: Sentence) -> tuple[int, int]:
    """The span of a sentence in the plain text of its paragraph."""
    last = len(plain.text)
    return bisect_left(plain.offsets, sentence.start, 0, last), bisect_left(plain.offsets, sentence.end, 0, last)


_FARTHEST_AUTHOR = 500
"""In characters: the greatest distance between the author and the year of a split citation."""


def _split(
    year: Mention, text: str, sentence: int, taken: Set[int], matcher: MentionMatcher
) -> tuple[Mention, tuple[Match, ...]] | None:
    """The author to whom a year in parentheses belongs, and the entries that fit; None if the sentence names none.

    sentence: its start; only what stands between it and the year is searched.
    """
    position = year.phrase.start if not year.phrase.text else year.end
    best: tuple[tuple[int, ...], Mention, tuple[Match, ...]] | None = None
    for mention, reporting in _named_people(text, max(sentence, position - _FARTHEST_AUTHOR), position, taken, matcher):
        mention = replace(mention, kind="narrative-split", year=year.year)
        matched = matcher.match(mention)
        if matched is None:
            continue
        trimmed, matches = matched
        known = bool(matches)
        if not known and not (reporting and not year.phrase.text):
            continue
        wrong_year = bool(matches) and matches[0].other_year
        if year.phrase.text and (wrong_year or not known):
            # The year belongs to the name before it, such as that of a law.
            continue
        rank = (not known, wrong_year, not reporting, -trimmed.start)
        if best is None or rank < best[0]:
            best = (rank, trimmed, matches)
    return (best[1], best[2]) if best else None


def _named_people(
    text: str, start: int, end: int, taken: Set[int], matcher: MentionMatcher, listed: bool = False
) -> Iterator[tuple[Mention, bool]]:
    """The people and organisations named in `text[start:end]`, each with whether a reporting verb follows.

    taken: the places that already belong to a citation. listed: whether to look only for persons of the reference list.
    """
    position = start
    for name in capitalised_words(text, start, end):
        if name.start < position or name.start in taken or (listed and not matcher.may_be_listed(name.text)):
            continue
        people = people_at(text, name.start)
        if people is None or people[2] > end:
            continue
        names, et_al, stop = people
        whole = Name(text[name.start : stop], name.start, stop)
        reporting = et_al or bool(REPORTING_VERB.match(re.sub(r"^['’]s?", "", text[stop : stop + 80])))
        position = name.end
        yield Mention("narrative-split", name.start, stop, whole, names, et_al, None), reporting
    for organisation in () if listed else matcher.organisations_in(text[start:end]):
        moved = Name(organisation.text, organisation.start + start, organisation.end + start)
        if moved.start not in taken:
            reporting = bool(REPORTING_VERB.match(text[moved.end : moved.end + 80]))
            yield Mention("narrative-split", moved.start, moved.end, moved, (moved,), False, None), reporting


_YEAR_BEFORE = re.compile(rf"\b[Ii]n\s(?P<year>{YEAR}),?\s$")


def _by_author_alone(
    text: str, start: int, end: int, taken: Set[int], matcher: MentionMatcher
) -> Iterator[tuple[Mention, tuple[Match, ...], tuple[int, int] | None]]:
    """(mention, entries, span of the year) of listed persons who report something without a year in parentheses.

    The year may stand in the running text, as in "In 2016, Cole found ..." (APA 7 §8.11); else its span is None.
    """
    covered = set(taken)
    for mention, reporting in _named_people(text, start, end, taken, matcher, listed=True):
        if not reporting or not covered.isdisjoint(range(mention.start, mention.end)):
            continue
        year_at = _YEAR_BEFORE.search(text, max(start, mention.start - 10), mention.start)
        matched = None
        if year_at is not None:
            matched = matcher.match_person(replace(mention, year=year_at["year"]))
            if matched is not None and matched[1][0].other_year:
                matched = None  # the year of an event
        if matched is None:
            year_at = None
            matched = matcher.match_person(replace(mention, kind="author-only"))
        if matched is not None:
            covered.update(range(matched[0].start, matched[0].end))
            yield *matched, year_at.span("year") if year_at else None
