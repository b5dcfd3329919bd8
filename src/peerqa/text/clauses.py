"""Where a long sentence can be cut into parts that are read by themselves: at semicolons, before a clause that sets
something beside the one before it, and behind an opening that grants something.

What hangs on a clause stays with it: lists, reasons, relative clauses. English; a sentence of another language has few
cuts or none.
"""

from __future__ import annotations

import re
from itertools import pairwise

from peerqa.text.document import Span

_GRANTS = re.compile(
    r"(?:although|though|while|whereas|despite|in spite of|even though|notwithstanding|apart from|aside from|"
    r"in addition to|in contrast to|unlike|contrary to)\b",
    re.IGNORECASE,
)
"""How a sentence opens that grants something before it says what it says."""
_BESIDE = re.compile(
    r"(?:whereas|while|and (?:they|it|he|she|this|these|there|others|some|many|most|that)|"
    r"(?:but|although|though|even though|yet|however|nevertheless)(?! (?:not|rather|were not|was not|only|also))\b)\b",
    re.IGNORECASE,
)
"""How a clause begins that stands beside the one before it."""
_QUALIFIES = re.compile(r"(?:but|although|though|even though|yet|however|nevertheless|unless|except)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"[(\s](?:\d|[a-h]|i{1,3}|iv|v)\)\s")
_CUT = re.compile(r";\s+|,\s+|\s[–—]\s")
_FEWEST = 4
"""Words of a part at least."""


def parts_of(sentence: str) -> tuple[Span, ...]:
    """The parts of a sentence, in order, without the marks and spaces between them; one part where no cut is sure."""
    whole = ((0, len(sentence)),)
    if len(_NUMBERED.findall(sentence)) > 1:
        return whole
    bare = _without_brackets(sentence)
    granting = grants(sentence)
    cuts: list[re.Match[str]] = []
    for mark in _CUT.finditer(bare):
        opening = granting and not cuts and not re.match(r"(?:and|or|which|who|as well as)\b", bare[mark.end() :])
        if mark[0][0] == ";" or opening or _BESIDE.match(bare, mark.end()):
            cuts.append(mark)
    bounds = [0, *(edge for cut in cuts for edge in cut.span()), len(sentence)]
    parts = tuple(pairwise(bounds))[::2]
    return parts if all(len(sentence[left:right].split()) >= _FEWEST for left, right in parts) else whole


def grants(part: str) -> bool:
    """Whether an opening only grants something before what is said ("While ...")."""
    return bool(_GRANTS.match(part))


def qualifies(part: str) -> bool:
    """Whether a part takes back something of what stands before it ("but ...", "although ...")."""
    return bool(_QUALIFIES.match(part))


def _without_brackets(sentence: str) -> str:
    """The sentence with underscores for all that stands in brackets, so that no mark in them is seen."""
    depth, bare = 0, []
    for character in sentence:
        depth += character in "(["
        bare.append("_" if depth else character)
        depth = max(0, depth - (character in ")]"))
    return "".join(bare)
