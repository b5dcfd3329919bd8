"""Where a sentence lists several things: "These range from A, B, and C" -> the spans of A, B and C.

Only what is surely a list is found: at least three items, behind words that announce them or a colon. Some sentences
only say that there are several things, which the next one lists.
"""

from __future__ import annotations

import re
from itertools import pairwise

from peerqa.text.document import Span

_ANNOUNCES = re.compile(
    r"\b(?:includ(?:e[sd]?|ing)|rang(?:e[sd]?|ing) from|such as|namely|as follows|consist(?:s|ed|ing)? of|"
    r"compris(?:e[sd]?|ing)|(?:are|were|is|was)(?=:))(?: both)?:?\s+|:\s+",
    re.IGNORECASE,
)
_LAST = re.compile(r"^(?:and|or|as well as|to|&|et|ou|und|oder|y|o)\s+", re.IGNORECASE)
_NOT_AN_ITEM = re.compile(
    r"^(?:which|who|whose|that|where|while|although|because|since|but|however|so|if|when|as|with|in order|"
    r"alongside|thus|thereby|for example|e\.g\.?|"
    r"i\.e\.?|et al\.?|\d{4}[a-z]?)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s(?:and|or|as well as|et|ou|und|oder|y)\s")
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_LONGEST = 14
"""Words of an item at most; what is longer is more likely a clause."""
_MOST_ITEMS = 20
_SEVERAL = re.compile(
    r"\b(?:several|many|various|numerous|multiple|two|three|four|five|six|seven|eight|following|number of|list of|"
    r"range of|variety of|different|factors|ways|reasons|types|kinds|forms|aspects|categories|phases|steps|aims|"
    r"hypotheses|objectives|criteria)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[(\s](?:\d|[a-h]|i{1,3}|iv)\)\s")


def lists_several(sentence: str) -> bool:
    """Whether a sentence lists several things, numbered or behind words that announce them."""
    return len(_NUMBERED.findall(sentence)) > 1 or bool(items_of(sentence))


def announces_several(sentence: str) -> bool:
    """Whether a sentence says that there are several things, and does not list them."""
    return bool(_SEVERAL.search(sentence)) and not lists_several(sentence)


def items_of(sentence: str) -> tuple[Span, ...]:
    """The spans of the items that a sentence lists, in order; empty if it lists fewer than three."""
    for announced in _ANNOUNCES.finditer(sentence):
        found = _items(sentence, announced.end())
        if len(found) >= 3:
            return tuple(found[:_MOST_ITEMS])
    return ()


def _items(sentence: str, start: int) -> list[Span]:
    """The parts of a list that begins at `start`; empty if what stands there does not end as a list does."""
    cuts = _cuts(sentence, start)
    separator = ";" if sum(sentence[cut] == ";" for cut in cuts) >= 2 else ","
    cuts = [cut for cut in cuts if sentence[cut] == separator]
    bounds = [start, *cuts, _end(sentence, start)]
    spans: list[Span] = []
    closed = False
    for left, right in pairwise(bounds):
        part = sentence[left:right].lstrip(f"{separator} \t\n")
        last = _LAST.match(part) if spans else None
        part = part[last.end() :] if last else part
        if last is None and closed:
            break
        begin = right - len(part)
        kept = part.rstrip(" \t\n.;,")
        if not kept or _NOT_AN_ITEM.match(kept) or len(kept.split()) > _LONGEST:
            return []
        closed = closed or last is not None
        spans.append((begin, begin + len(kept)))
    if closed or not spans:
        return spans if closed else []
    # "A, B and C": the last two stand without a comma between them.
    left, right = spans[-1]
    joint = _JOINT.search(_BRACKETS.sub(lambda found: "_" * len(found[0]), sentence[left:right]))
    if joint is None:
        return []
    return [*spans[:-1], (left, left + joint.start()), (left + joint.end(), right)]


def _cuts(sentence: str, start: int) -> list[int]:
    """Where commas and semicolons stand outside of brackets, from `start` to the end of the list."""
    depth, cuts = 0, []
    for place in range(start, _end(sentence, start)):
        depth += (sentence[place] in "([") - (sentence[place] in ")]")
        if depth == 0 and sentence[place] in ",;" and not re.match(r",\d{3}\b", sentence[place:]):
            cuts.append(place)
    return cuts


def _end(sentence: str, start: int) -> int:
    """The end of the sentence, without its closing mark and a citation in brackets before it."""
    closing = re.search(r"\s*(?:[(\[][^()\[\]]*[)\]])?\s*[.!?]*[”\"’)]*\s*$", sentence)
    return max(start, closing.start()) if closing else len(sentence)
