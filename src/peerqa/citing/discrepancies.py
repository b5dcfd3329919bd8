"""What can be wrong with a citation or with an entry of the reference list: codes with values, and no sentence.

Each is told as a `Notice`, such as Notice(Discrepancy.MISSPELT_AUTHOR, written="Adans", listed="Adams");
`peerqa.wording.discrepancies` has the sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from peerqa.notices import Notice


class Discrepancy(Enum):
    """A kind of discrepancy; the comment behind each names the values of its notice.

    The part of the code before a slash is its `issue`, the word in the JSON. The discrepancies of one citation are told
    in this order, the most important one for the author of the text first.
    """

    NO_YEAR = "author-only"
    SEVERAL_ENTRIES = "ambiguous"  # entries: (label, title) of each, best first; why: Notice of a Preference
    MISSPELT_AUTHOR = "misspelt-author"  # written, listed: names
    AUTHOR_ORDER = "author-order"  # listed: surnames
    OTHER_YEAR = "year-mismatch"  # written, listed: years
    NO_LISTED_YEAR = "year-mismatch/none"  # written: a year
    NO_LISTED_LETTER = "year-mismatch/letter"  # written, listed: years, "2016a" and "2016"
    SHORT_FORM = "abbreviated-author"  # written, listed: names of an organisation
    NO_SUBDIVISION = "abbreviated-author/subdivision"  # written: the name, of which the list names a part
    MISSING_ET_AL = "missing-et-al"  # authors: how many the list names
    MISSING_SECOND_AUTHOR = "missing-et-al/second"  # listed: surnames
    ET_AL_FOR_NOBODY = "superfluous-et-al"  # listed: surnames
    ET_AL_FOR_SECOND_AUTHOR = "superfluous-et-al/second"  # listed: surnames
    NO_ENTRY = "no-entry"  # cited: as the text has it; listed: labels of other entries under the name
    NO_NUMBER = "no-entry/number"  # number; highest: that of the list
    NEVER_CITED = "never-cited"  # entry: its label
    NO_LINK = "no-link"  # entry: its label

    @property
    def issue(self) -> str:
        """The word for it in the JSON; some discrepancies share one."""
        return str(self.value).partition("/")[0]


class Preference(Enum):
    """Why one of several entries comes first."""

    SHARED_WORDS = "shared-words"  # words: those that its title shares with the paragraph
    OTHERS_CITED = "others-cited"  # elsewhere in their full form
    NONE = "none"


_ORDER = tuple(Discrepancy)
_COST = {
    "misspelt-author": 4,
    "author-order": 1,
    "year-mismatch": 8,
    "abbreviated-author": 2,
    "missing-et-al": 1,
    "superfluous-et-al": 2,
}
"""Issue -> how strongly it speaks against an entry, in units of its own."""


def issues(discrepancies: Sequence[Notice]) -> tuple[str, ...]:
    """The words for the discrepancies in the JSON, in their order."""
    return tuple(_kind(notice).issue for notice in discrepancies)


def told(discrepancies: Sequence[Notice]) -> tuple[Notice, ...]:
    """The discrepancies of a citation that people are told.

    What follows SEVERAL_ENTRIES concerns only the first of these entries, and is not told.
    """
    kinds = [notice.code for notice in discrepancies]
    end = kinds.index(Discrepancy.SEVERAL_ENTRIES) + 1 if Discrepancy.SEVERAL_ENTRIES in kinds else len(kinds)
    return tuple(discrepancies[:end])


def reason(discrepancies: Sequence[Notice]) -> str | None:
    """The discrepancies as a line in English; None if there are none."""
    return "; ".join(map(str, told(discrepancies))) or None


@dataclass(slots=True)
class Comparison:
    """Collects the discrepancies between a mention and an entry, at most one of each issue."""

    _found: dict[str, Notice] = field(default_factory=dict)

    def add(self, kind: Discrepancy, **values: object) -> None:
        """Add a discrepancy, unless there is one of its issue already."""
        self._found.setdefault(kind.issue, Notice(kind, **values))

    def has(self, *kinds: Discrepancy) -> bool:
        """Whether there is a discrepancy of the issue of each of these kinds."""
        return all(kind.issue in self._found for kind in kinds)

    @property
    def cost(self) -> int:
        """How strongly the discrepancies speak against the entry; 0 if there are none."""
        return sum(_COST[issue] for issue in self._found)

    @property
    def found(self) -> tuple[Notice, ...]:
        """The discrepancies in the order in which they are told."""
        return tuple(sorted(self._found.values(), key=lambda notice: _ORDER.index(_kind(notice))))


def _kind(notice: Notice) -> Discrepancy:
    assert isinstance(notice.code, Discrepancy)
    return notice.code
