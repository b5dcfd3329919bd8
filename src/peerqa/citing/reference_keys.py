"""Keys of reference list entries: "moll-2009", or "moll-2009-work" if Moll has two entries of 2009."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from peerqa.citing.reference import Reference
from peerqa.text.words import TITLE_OPENERS, fold


def plain_key(reference: Reference) -> str:
    first = (
        reference.authors[0].family if reference.authors else " ".join((reference.title or reference.text).split()[:4])
    )
    year = (reference.year or "no-year").replace(".", "").replace(" ", "-")
    return f"{_slug(first)}-{year}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text).replace("'", "")).strip("-") or "work"


def _title_words(reference: Reference) -> list[str]:
    words = [_slug(word) for word in re.findall(r"[^\W_]+", reference.title or "")]
    return [word for word in words if word not in TITLE_OPENERS]


def with_keys(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """The references with their keys.

    The key of entries that share first author and year ends with the first word of the title that only one of them has.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, reference in enumerate(references):
        groups[plain_key(reference)].append(index)
    keyed = list(references)
    for key, members in groups.items():
        words = {index: _title_words(references[index]) for index in members}
        holding = Counter(word for own in words.values() for word in set(own))
        taken: set[str] = set()
        numbers: dict[str, int] = {}
        for index in members:
            own = next((word for word in words[index] if holding[word] == 1), None)
            unique = f"{key}-{own}" if len(members) > 1 and own else key
            while unique in taken:
                numbers[key] = numbers.get(key, 1) + 1
                unique = f"{key}-{numbers[key]}"
            taken.add(unique)
            keyed[index] = replace(references[index], key=unique)
    return tuple(keyed)
