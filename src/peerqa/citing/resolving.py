"""In-text marks -> Citations, each resolved to the reference list with its status and its reason.

mentions.py says where the text cites; here each mention is compared with every entry, and what departs from the list
is said: a citation is never resolved by a silent guess. The rules are those of APA 7, chapter 8.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from peerqa.citing.author_date import REPORTING_VERB, Kind, Mention, Name, capitalised_words, find_written, people_at
from peerqa.citing.chapter_lists import ReferenceLists
from peerqa.citing.matching import Match, MentionMatcher
from peerqa.citing.numbered import NumberedMark, find_numbered
from peerqa.citing.reference_parsing import Reference
from peerqa.text.abbreviations import find_abbreviations
from peerqa.text.document import Document, Paragraph, PlainText, Sentence

Status = Literal["resolved", "corrected", "ambiguous", "missing"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation of one work in the text.

    mention: the words of the text, `document.plain(start, end).text`; of "b" in "2019a, b" the year, "2019b". In
    "Wang et al. define ... (2021)" these are the authors, and `year_span` is where the year stands
    apart; else `year_span` is None.
    status: "resolved"; "corrected" (the text departs from the list, `reason` says how, `issues` in short words);
    "ambiguous" (several entries fit, the best first); "missing" (no entry fits).
    references: keys of the entries, best first; empty when missing.
    sentence: the sentence's place in the document.
    """

    mention: str
    start: int
    end: int
    line: int
    sentence: tuple[int, int]
    kind: Kind
    year: str | None
    status: Status
    reason: str | None
    issues: tuple[str, ...]
    references: tuple[str, ...]
    year_span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A mention in its paragraph, with what it may refer to."""

    mention: Mention
    matches: tuple[Match, ...]
    paragraph: Paragraph
    plain: PlainText
    sentence: tuple[int, int]
    year_at: tuple[int, int] | None = None
    year_known: bool = False


def find_citations(document: Document, references: Sequence[Reference]) -> tuple[Citation, ...]:
    """Every in-text citation of a document, in text order, one for each cited work."""
    plains = [(paragraph, document.plain(paragraph.start, paragraph.end)) for paragraph in document.paragraphs]
    abbreviations: dict[str, str] = {}
    for _, plain in plains:
        for short, long in find_abbreviations(plain.text).items():
            abbreviations.setdefault(short, long)
    matcher = MentionMatcher(references, abbreviations)
    found: list[_Found] = []
    for paragraph, plain in plains:
        found.extend(_in_paragraph(paragraph, plain, matcher))
    lists = ReferenceLists(document, references)
    found = _in_own_list(_without_wrong_years(found, references), lists)
    named = sum(item.mention.year is not None and not any(match.issues for match in item.matches[:1]) for item in found)
    numbered = find_numbered(document, plains, references, lists, named)
    if numbered:
        # "Smith et al. [3]": the number says which work, and needs no year.
        found = [item for item in found if item.mention.kind != "author-only"]
    found = _by_what_went_before(found)
    usage = Counter(item.matches[0].index for item in found if len(item.matches) == 1 and not item.matches[0].issues)
    citations = [_resolve(item, document, references, matcher, usage) for item in found]
    citations += [_by_number(document, references, paragraph, mark) for paragraph, mark in numbered]
    if document.links:
        citations = _with_links(document, references, citations)
    return tuple(sorted(citations, key=lambda citation: (citation.start, citation.end)))


def _with_links(document: Document, references: Sequence[Reference], citations: Sequence[Citation]) -> list[Citation]:
    """The citations with the links of the source: what it links is certain, and goes before what the words say."""
    keys = {reference.start: reference.key for reference in references}
    links = sorted((start, end, keys[entry]) for start, end, entry in document.links if entry in keys)
    links = sorted([*links, *_inside_ranges(document, [reference.key for reference in references], links)])
    begins = [start for start, _, _ in links]
    settled: list[Citation] = []
    used: set[int] = set()
    for citation in citations:
        spans = [span for span in ((citation.start, citation.end), citation.year_span) if span]
        inside = [
            index
            for left, right in spans
            for index in range(bisect_left(begins, left - 100), bisect_left(begins, right))
            if links[index][1] > left
        ]
        own = [index for index in inside if links[index][2] in citation.references] or inside
        if not own:
            settled.append(citation)
            continue
        used.update(index for index in inside if links[index][2] == links[own[0]][2])
        settled.append(_by_link(citation, links[own[0]][2]))
    cited = {(citation.start, key) for citation in settled for key in citation.references}
    for index, (start, end, key) in enumerate(links):
        paragraph = _paragraph_at(document, start)
        if index not in used and paragraph is not None and (start, key) not in cited:
            settled.append(_linked(document, paragraph, start, end, key))
    return settled


_RANGE = re.compile(r"\\?\]?\s?[-–—−‐⁻]\s?\\?\[?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _inside_ranges(
    document: Document, keys: Sequence[str], links: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """What a range of numbers leaves out where only its ends are links, "7–9": at the dash, the entries between."""
    places = {key: place for place, key in enumerate(keys)}
    for (start, end, first), (left, right, last) in pairwise(links):
        if _RANGE.fullmatch(document.text[end:left]):
            numbers = [document.text[a:b].strip("[]\\ ").translate(_RAISED) for a, b in ((start, end), (left, right))]
            between = keys[places[first] + 1 : places[last]]
            if all(number.isdecimal() for number in numbers) and int(numbers[1]) - int(numbers[0]) == len(between) + 1:
                yield from ((end, left, key) for key in between)


def _by_link(citation: Citation, key: str) -> Citation:
    """The citation as the source links it; what the text misspells stays said where it is of the same entry."""
    if citation.references[:1] == (key,) and citation.status != "ambiguous":
        return citation
    return replace(citation, references=(key,), status="resolved", reason=None, issues=())


def _paragraph_at(document: Document, position: int) -> Paragraph | None:
    return next((part for part in document.paragraphs if part.start <= position < part.end), None)


def _linked(document: Document, paragraph: Paragraph, start: int, end: int, key: str) -> Citation:
    return Citation(
        mention=document.plain(start, end).text, start=start, end=end, line=document.line(start),
        sentence=_sentence_at(paragraph, start), kind="parenthetical", year=None, status="resolved", reason=None,
        issues=(), references=(key,),
    )  # fmt: skip


def _sentence_at(paragraph: Paragraph, position: int) -> tuple[int, int]:
    """The sentence that holds a place of the document, or the whole paragraph where none does."""
    holding = [(item.start, item.end) for item in paragraph.sentences if item.start <= position < item.end]
    return holding[0] if holding else (paragraph.start, paragraph.end)


def _by_number(
    document: Document, references: Sequence[Reference], paragraph: Paragraph, mark: NumberedMark
) -> Citation:
    missing = mark.entry is None
    return Citation(
        mention=document.plain(mark.start, mark.end).text, start=mark.start, end=mark.end,
        line=document.line(mark.start), sentence=_sentence_at(paragraph, mark.start), kind="numbered", year=None,
        status="missing" if missing else "resolved",
        reason=f"the reference list has no number {mark.number}; it ends with {mark.highest}" if missing else None,
        issues=("no-entry",) if missing else (),
        references=() if mark.entry is None else (references[mark.entry].key,),
    )  # fmt: skip


# ---- where ----------------------------------------------------------------------------------------------------------


def _in_paragraph(paragraph: Paragraph, plain: PlainText, matcher: MentionMatcher) -> list[_Found]:
    sentences = [_plain_sentence(plain, sentence) for sentence in paragraph.sentences]
    found: list[_Found] = []
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
            found.append(_Found(trimmed, matches, paragraph, plain, _holding(sentences, trimmed.start)))
            taken.update(range(trimmed.start, trimmed.end))
        for mention in sorted(loose, key=lambda item: item.start):
            split = _split(mention, plain.text, start, taken, matcher)
            if split is not None and not (mention.secondary and not split[1]):
                bracket = re.compile(r"[(\[]").search(plain.text, mention.phrase.end, mention.end)
                year_at = (bracket.start() if bracket else mention.start, mention.end)
                found.append(_Found(split[0], split[1], paragraph, plain, (start, end), year_at))
                taken.update(range(split[0].start, split[0].end))
        found.extend(
            _Found(mention, matches, paragraph, plain, (start, end), year_at)
            for mention, matches, year_at in _by_author_alone(plain.text, start, end, taken, matcher)
        )
    return found


def _holding(sentences: Sequence[tuple[int, int]], position: int) -> tuple[int, int]:
    """The sentence in which `position` lies; a mention may begin in the one after that of its first word."""
    return sentences[bisect_right(sentences, position, key=lambda sentence: sentence[0]) - 1]


def _plain_sentence(plain: PlainText, sentence: Sentence) -> tuple[int, int]:
    """The sentence's place in the plain text of its paragraph."""
    last = len(plain.text)
    return bisect_left(plain.offsets, sentence.start, 0, last), bisect_left(plain.offsets, sentence.end, 0, last)


_FARTHEST_AUTHOR = 500
"""In characters: how far before its year the author of a split citation is looked for."""


def _split(
    year: Mention, text: str, sentence: int, taken: Set[int], matcher: MentionMatcher
) -> tuple[Mention, tuple[Match, ...]] | None:
    """The author, earlier in the sentence, to whom a year in parentheses belongs; None where nobody is named."""
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
        wrong_year = bool(matches) and "year-mismatch" in matches[0].issues
        if year.phrase.text and (wrong_year or not known):
            # The year stands behind a name of its own, such as that of a law.
            continue
        rank = (not known, wrong_year, not reporting, -trimmed.start)
        if best is None or rank < best[0]:
            best = (rank, trimmed, matches)
    return (best[1], best[2]) if best else None


def _named_people(
    text: str, start: int, end: int, taken: Set[int], matcher: MentionMatcher, listed: bool = False
) -> Iterator[tuple[Mention, bool]]:
    """Who is named in `text[start:end]` outside the places already taken; with whether a reporting verb follows.

    With `listed`, only who may be a person of the reference list.
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


_YEAR_BEFORE = re.compile(r"\b[Ii]n\s(?P<year>(?:1[5-9]|20)\d\d),?\s$")


def _by_author_alone(
    text: str, start: int, end: int, taken: Set[int], matcher: MentionMatcher
) -> Iterator[tuple[Mention, tuple[Match, ...], tuple[int, int] | None]]:
    """Listed persons who report something, without a year in parentheses; where a year stands in the running text.

    APA 7 §8.11: "In 2016, Cole found ..." is a citation with its year.
    """
    covered = set(taken)
    for mention, reporting in _named_people(text, start, end, taken, matcher, listed=True):
        if not reporting or not covered.isdisjoint(range(mention.start, mention.end)):
            continue
        year_at = _YEAR_BEFORE.search(text, max(start, mention.start - 10), mention.start)
        matched = None
        if year_at is not None:
            matched = matcher.match_person(replace(mention, year=year_at["year"]))
            if matched is not None and "year-mismatch" in matched[1][0].issues:
                matched = None  # the year of an event
        if matched is None:
            year_at = None
            matched = matcher.match_person(replace(mention, kind="author-only"))
        if matched is not None:
            covered.update(range(matched[0].start, matched[0].end))
            yield *matched, year_at.span("year") if year_at else None


# ---- which ----------------------------------------------------------------------------------------------------------


def _in_own_list(found: Sequence[_Found], lists: ReferenceLists) -> list[_Found]:
    """Where chapters have lists of their own, of several entries that fit those of the citation's own chapter."""
    if len(lists.ranges) < 2:
        return list(found)
    settled: list[_Found] = []
    for item in found:
        own = lists.ranges[lists.own(item.plain.offsets[item.mention.start])]
        settled.append(replace(item, matches=tuple(m for m in item.matches if m.index in own) or item.matches))
    return settled


def _without_wrong_years(found: Sequence[_Found], references: Sequence[Reference]) -> list[_Found]:
    """A work that the text cites elsewhere with its own year is not what another, distant year means.

    "Smith, 2010" beside a well-cited "Smith (2015)" is a work that the list lacks, not a slip of the pen.
    """
    rightly_cited = {match.index for item in found for match in item.matches if not match.issues}
    kept: list[_Found] = []
    for item in found:
        matches = tuple(
            match
            for match in item.matches
            if not (
                "year-mismatch" in match.issues
                and match.index in rightly_cited
                and _distance(item.mention.year, references[match.index].year) > 1
            )
        )
        kept.append(replace(item, matches=matches))
    return kept


def _by_what_went_before(found: Sequence[_Found]) -> list[_Found]:
    """An author named without a year is the one whose work was cited last in the same paragraph.

    APA 7 §8.16: within a paragraph, a narrative citation may leave out the year after the first one.
    """
    settled: list[_Found] = []
    cited: dict[int, int] = {}  # entry -> when it was cited last in this paragraph
    narrated: set[int] = set()  # those that a narrative citation gave with their year
    for when, item in enumerate(sorted(found, key=lambda item: (item.paragraph.number, item.mention.start))):
        if settled and settled[-1].paragraph is not item.paragraph:
            cited, narrated = {}, set()
        if item.mention.kind == "author-only":
            before = [match for match in item.matches if match.index in cited]
            if before:
                last = max(before, key=lambda match: cited[match.index])
                item = replace(item, matches=(last,), year_known=last.index in narrated)
            elif len(item.matches) > 1:
                continue  # "Skinner believed ...": of the person, whatever the work
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
    item: _Found, document: Document, references: Sequence[Reference], matcher: MentionMatcher, usage: Counter[int]
) -> Citation:
    mention, matches = item.mention, item.matches
    # A split citation is its author's name; the year stands apart.
    start, end = item.plain.span(mention.start, mention.end)
    words = item.plain.text[mention.start : mention.end]
    if mention.year is not None and len(words) == 1:
        words = mention.year  # "2019a, b": a letter, or a dash, says nothing by itself
    left, right = item.plain.span(*item.sentence)
    status: Status = "resolved"
    reason: str | None = None
    issues: tuple[str, ...] = ()
    if not matches:
        status, reason = "missing", matcher.reason_missing(mention)
        issues = ("no-entry",)
    elif len(matches) > 1:
        ranked, why = _ranked(item, references, usage)
        matches = ranked
        status = "ambiguous"
        issues = ("ambiguous", *matches[0].issues)
        labels = "; ".join(
            f"{references[match.index].label}: {_short_title(references[match.index])}" for match in matches
        )
        reason = f"{len(matches)} entries fit ({labels}); {why}"
    elif matches[0].issues:
        status, issues, reason = "corrected", matches[0].issues, "; ".join(matches[0].reasons)
    if mention.kind == "author-only" and matches and not item.year_known:
        status, issues, reason = _author_only(item, status, issues, reason)
    return Citation(
        mention=" ".join(words.split()) if "\n" in words else words,
        start=start,
        end=end,
        line=document.line(start),
        sentence=(left, right),
        kind=mention.kind,
        year=mention.year,
        status=status,
        reason=reason,
        issues=issues,
        references=tuple(references[match.index].key for match in matches),
        year_span=item.plain.span(*item.year_at) if item.year_at else None,
    )


def _author_only(
    item: _Found, status: Status, issues: tuple[str, ...], reason: str | None
) -> tuple[Status, tuple[str, ...], str | None]:
    said = "no year is given here"
    if status == "ambiguous":
        return status, ("author-only", *issues), f"{said}; {reason}"
    return "corrected", ("author-only", *issues), f"{said}; {reason}" if reason else said


def _short_title(reference: Reference) -> str:
    title = reference.title or reference.text
    return title if len(title) <= 60 else title[:57].rsplit(" ", 1)[0] + " …"


_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")


def _ranked(item: _Found, references: Sequence[Reference], usage: Counter[int]) -> tuple[tuple[Match, ...], str]:
    """The candidates, best first, and why the first one is: its subject, or how the others are cited elsewhere."""
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
    label = references[best.index].key
    if shared:
        why = f"the first, {label}, shares “{'”, “'.join(shared[:3])}” with this paragraph"
    elif usage[best.index] < max(usage[match.index] for _, match, _ in scores):
        why = f"the first, {label}, since the others are cited in their full form elsewhere"
    else:
        why = "nothing in the text tells them apart"
    return tuple(match for _, match, _ in scores), why
