"""Document and References -> Citations, each resolved to the entries that it means.

in_text.py, numbered.py and source_linked.py find the places that cite; here the text as a whole decides which entry is
meant. Every doubt is told as a discrepancy: nothing is resolved by a silent guess. The rules are those of APA 7,
chapter 8.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from peerqa.citing.chapter_lists import ReferenceLists
from peerqa.citing.citation import Citation, Status
from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.citing.in_text import FoundMention, find_in_paragraph
from peerqa.citing.matching import Match, MentionMatcher
from peerqa.citing.numbered import NumberedMark, find_numbered
from peerqa.citing.reference import Reference
from peerqa.citing.source_linked import with_links
from peerqa.notices import Notice
from peerqa.text.abbreviations import find_abbreviations
from peerqa.text.document import Document, Paragraph


def find_citations(document: Document, references: Sequence[Reference]) -> tuple[Citation, ...]:
    """Every in-text citation of a document, in text order, one for each cited work."""
    plains = [(paragraph, document.plain(paragraph.start, paragraph.end)) for paragraph in document.paragraphs]
    abbreviations: dict[str, str] = {}
    for _, plain in plains:
        for short, long in find_abbreviations(plain.text).items():
            abbreviations.setdefault(short, long)
    matcher = MentionMatcher(references, abbreviations)
    found: list[FoundMention] = []
    for paragraph, plain in plains:
        found.extend(find_in_paragraph(paragraph, plain, matcher))
    lists = ReferenceLists(document, references)
    found = _in_own_list(_without_wrong_years(found, references), lists)
    named = sum(
        item.mention.year is not None and not any(match.discrepancies for match in item.matches[:1]) for item in found
    )
    numbered = find_numbered(document, plains, references, lists, named)
    if numbered:
        # In "Smith et al. [3]" the number tells the work, and no year is missing.
        found = [item for item in found if item.mention.kind != "author-only"]
    found = _by_what_went_before(found)
    usage = Counter(
        item.matches[0].index for item in found if len(item.matches) == 1 and not item.matches[0].discrepancies
    )
    citations = [_resolve(item, document, references, matcher, usage) for item in found]
    citations += [_by_number(document, references, paragraph, mark) for paragraph, mark in numbered]
    if document.links:
        citations = with_links(document, references, citations)
    return tuple(sorted(citations, key=lambda citation: (citation.start, citation.end)))


def _by_number(
    document: Document, references: Sequence[Reference], paragraph: Paragraph, mark: NumberedMark
) -> Citation:
    lacking = Notice(Discrepancy.NO_NUMBER, number=mark.number, highest=mark.highest) if mark.entry is None else None
    return Citation(
        mention=document.plain(mark.start, mark.end).text, start=mark.start, end=mark.end,
        line=document.line(mark.start), sentence=paragraph.sentence_at(mark.start), kind="numbered", year=None,
        status="missing" if lacking else "resolved", discrepancies=(lacking,) if lacking else (),
        references=() if mark.entry is None else (references[mark.entry].key,),
    )  # fmt: skip


# ---- which ----------------------------------------------------------------------------------------------------------


def _in_own_list(found: Sequence[FoundMention], lists: ReferenceLists) -> list[FoundMention]:
    """The mentions; if chapters have their own lists, with the entries of the own chapter only, unless none fits."""
    if len(lists.ranges) < 2:
        return list(found)
    settled: list[FoundMention] = []
    for item in found:
        own = lists.ranges[lists.list_of(item.plain.offsets[item.mention.start])]
        settled.append(replace(item, matches=tuple(m for m in item.matches if m.index in own) or item.matches))
    return settled


def _without_wrong_years(found: Sequence[FoundMention], references: Sequence[Reference]) -> list[FoundMention]:
    """The mentions without entries of a distant year that the text cites correctly elsewhere.

    If the text also has "Smith (2015)", as the list does, "Smith, 2010" is a work that the list lacks and not a typo.
    """
    rightly_cited = {match.index for item in found for match in item.matches if not match.discrepancies}
    kept: list[FoundMention] = []
    for item in found:
        matches = tuple(
            match
            for match in item.matches
            if not (
                match.other_year
                and match.index in rightly_cited
                and _distance(item.mention.year, references[match.index].year) > 1
            )
        )
        kept.append(replace(item, matches=matches))
    return kept


def _by_what_went_before(found: Sequence[FoundMention]) -> list[FoundMention]:
    """The mentions in order; an author without a year means the work of that author cited last in the paragraph.

    APA 7 §8.16: within a paragraph, a narrative citation may leave out the year after the first one.
    """
    settled: list[FoundMention] = []
    cited: dict[int, int] = {}  # entry -> number of the mention that cited it last in this paragraph
    narrated: set[int] = set()  # entries that a narrative citation of this paragraph gave with their year
    for when, item in enumerate(sorted(found, key=lambda item: (item.paragraph.number, item.mention.start))):
        if settled and settled[-1].paragraph is not item.paragraph:
            cited, narrated = {}, set()
        if item.mention.kind == "author-only":
            before = [match for match in item.matches if match.index in cited]
            if before:
                last = max(before, key=lambda match: cited[match.index])
                item = replace(item, matches=(last,), year_known=last.index in narrated)
            elif len(item.matches) > 1:
                continue  # "Skinner believed ..." is said of the person, not of a work
        if len(item.matches) == 1:
            cited[item.matches[0].index] = when
            if item.mention.kind.startswith("narrative"):
                narrated.add(item.matches[0].index)
        settled.append(item)
    return settled


def _distance(year: str | None, other: str | None) -> int:
    if year and other and year[:4].isdigit() and other[:4].isdigit():
        return abs(int(year[:4]) - int(other[:4]))
    return 99


def _resolve(
    item: FoundMention,
    document: Document,
    references: Sequence[Reference],
    matcher: MentionMatcher,
    usage: Counter[int],
) -> Citation:
    mention, matches = item.mention, item.matches
    # Of a split citation, this is the place of the author; the year stands apart.
    start, end = item.plain.span(mention.start, mention.end)
    words = item.plain.text[mention.start : mention.end]
    if mention.year is not None and len(words) == 1:
        words = mention.year  # the letter of "2019a, b", or a dash, says nothing by itself
    left, right = item.plain.span(*item.sentence)
    status: Status = "resolved"
    discrepancies: tuple[Notice, ...] = ()
    if not matches:
        status, discrepancies = "missing", (matcher.no_entry(mention),)
    elif len(matches) > 1:
        matches, why = _ranked(item, references, usage)
        entries = tuple((references[match.index].label, _title(references[match.index])) for match in matches)
        several = Notice(Discrepancy.SEVERAL_ENTRIES, entries=entries, why=why)
        status, discrepancies = "ambiguous", (several, *matches[0].discrepancies)
    elif matches[0].discrepancies:
        status, discrepancies = "corrected", matches[0].discrepancies
    if mention.kind == "author-only" and matches and not item.year_known:
        status = "corrected" if status == "resolved" else status
        discrepancies = (Notice(Discrepancy.NO_YEAR), *discrepancies)
    return Citation(
        mention=" ".join(words.split()) if "\n" in words else words,
        start=start,
        end=end,
        line=document.line(start),
        sentence=(left, right),
        kind=mention.kind,
        year=mention.year,
        status=status,
        discrepancies=discrepancies,
        references=tuple(references[match.index].key for match in matches),
        year_span=item.plain.span(*item.year_at) if item.year_at else None,
    )


def _title(reference: Reference) -> str:
    return reference.title or reference.text


_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")


def _ranked(
    item: FoundMention, references: Sequence[Reference], usage: Counter[int]
) -> tuple[tuple[Match, ...], Notice]:
    """(the entries that fit, best first; why the first one is preferred)."""
    around = {word.casefold() for word in _CONTENT_WORD.findall(item.plain.text)}
    titles = {
        match.index: {word.casefold() for word in _CONTENT_WORD.findall(references[match.index].title or "")}
        for match in item.matches
    }
    scores: list[tuple[tuple[int, int, int, int], Match, list[str]]] = []
    for match in item.matches:
        others = set().union(*(titles[other.index] for other in item.matches if other.index != match.index))
        shared = sorted((titles[match.index] - others) & around)
        distance = _distance(item.mention.year, references[match.index].year)
        scores.append(((distance, -len(shared), usage[match.index], match.index), match, shared))
    scores.sort(key=lambda score: score[0])
    _, best, shared = scores[0]
    if shared:
        why = Notice(Preference.SHARED_WORDS, words=tuple(shared[:3]))
    elif usage[best.index] < max(usage[match.index] for _, match, _ in scores):
        why = Notice(Preference.OTHERS_CITED)
    else:
        why = Notice(Preference.NONE)
    return tuple(match for _, match, _ in scores), why
