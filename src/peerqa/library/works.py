"""The works in the reference lists of a set of reviews, each once, with its entry in every list.

Two entries are of the same work if they share a DOI, or first author, year and title; each list keeps its own spelling.
Two entries of one list are never of the same work: that list tells them apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rapidfuzz import fuzz

from peerqa.citing.reference import Reference
from peerqa.library.review import Review
from peerqa.text.words import fold

_SAME_TITLE = 93.0
"""Similarity, 0 to 100 (normalised Indel distance), from which two titles differ only by a typo."""
_TELLING_TITLE = 4
"""In words. A shorter title ("Introduction") names one work only together with its container (journal, book)."""
_NUMERAL = re.compile(r"\d+|[ivx]+")


@dataclass(frozen=True, slots=True)
class Work:
    """A work, with its entry in the list of each review that has it, in the order of the reviews.

    key: unique among all works of the reviews, unlike the key of an entry. entries: (name of the document, entry).
    """

    key: str
    entries: tuple[tuple[str, Reference], ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of the reviews that have it in their lists."""
        return tuple(document for document, _ in self.entries)


class Works:
    """All works in the reference lists of some reviews."""

    def __init__(self, reviews: Sequence[Review]) -> None:
        drafts = _gathered(reviews)
        self._all = tuple(Work(key, tuple(draft)) for key, draft in zip(_keys(drafts), drafts, strict=True))
        self._of = {(name, entry.key): work for work in self._all for name, entry in work.entries}

    def __iter__(self) -> Iterator[Work]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, document: str, key: str) -> Work | None:
        """The work of the entry that has this key in the list of this document; None if there is no such entry."""
        return self._of.get((document, key))


_Draft = list[tuple[str, Reference]]


def _gathered(reviews: Sequence[Review]) -> list[_Draft]:
    """The entries of all lists, grouped by work, in the order in which the works first occur."""
    drafts: list[_Draft] = []
    by_doi: dict[str, list[_Draft]] = defaultdict(list)
    by_author: dict[tuple[str, str], list[_Draft]] = defaultdict(list)
    for review in reviews:
        name = review.document.name
        for entry in review.references:
            doi, author = (entry.doi or "").casefold(), (_first_author(entry), _year(entry))
            known = [draft for draft in by_doi[doi] if _may_share(draft, entry)] if doi else []
            known += [draft for draft in by_author[author] if _same_title(draft[0][1], entry)]
            draft = next((one for one in known if one[-1][0] != name), None)
            if draft is None:
                draft = []
                drafts.append(draft)
            draft.append((name, entry))
            for group in ([by_doi[doi]] if doi else []) + [by_author[author]]:
                if not any(one is draft for one in group):
                    group.append(draft)
    return drafts


def _may_share(draft: _Draft, entry: Reference) -> bool:
    """Whether entries with the same DOI agree in something else too. If not, one of them has another work's DOI."""
    first = draft[0][1]
    return (
        _first_author(first) == _first_author(entry)
        or _year(first) == _year(entry)
        or _title(first)[:_TELLING_TITLE] == _title(entry)[:_TELLING_TITLE]
    )


def _same_title(one: Reference, other: Reference) -> bool:
    """Whether two entries of the same first author and year have the same title, but for a subtitle or a typo."""
    first, second = sorted((_title(one), _title(other)), key=len)
    if not first:
        return False
    if len(first) < _TELLING_TITLE:
        return first == second and (one.container or "").casefold() == (other.container or "").casefold()
    if first == second:
        return True
    if one.doi and other.doi and one.doi.casefold() != other.doi.casefold():
        return False
    if [word for word in first if _NUMERAL.fullmatch(word)] != [word for word in second if _NUMERAL.fullmatch(word)]:
        return False  # parts of a series
    return second[: len(first)] == first or fuzz.ratio(" ".join(first), " ".join(second)) >= _SAME_TITLE


def _first_author(entry: Reference) -> str:
    return _folded(entry.authors[0].family) if entry.authors else ""


def _year(entry: Reference) -> str:
    """The year without the letter that a list may add to it (2009a)."""
    year = entry.year or ""
    return year[:4] if year[:4].isdigit() else year


def _title(entry: Reference) -> list[str]:
    return _folded(entry.title or "").split()


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def _keys(drafts: Sequence[_Draft]) -> list[str]:
    """A key for each work: that of its first entry; if another work has it already, with a word of the title added."""
    wanted = [draft[0][1].key for draft in drafts]
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for draft, key in zip(drafts, wanted, strict=True):
        words[key].update(set(_title(draft[0][1])))
    taken, given, keys = set(wanted), set[str](), []
    for draft, key in zip(drafts, wanted, strict=True):
        unique = key
        if key in given:
            telling = [word for word in _title(draft[0][1]) if word.isascii() and len(word) > 3]
            base = f"{key}-{next((word for word in telling if words[key][word] == 1), 'other')}"
            numbered = (f"{base}-{number}" for number in count(2))
            unique = base if base not in taken else next(name for name in numbered if name not in taken)
        taken.add(unique)
        given.add(unique)
        keys.append(unique)
    return keys
