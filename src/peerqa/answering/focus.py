"""Within a long sentence, the words that answer: the quantity that was asked for, or one clause of several.

Nothing is rewritten, and nothing is marked where it is not clear what: a short sentence, one whose clauses answer
together, a clause that is taken back by the next one ("..., but only in men").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from peerqa.retrieval.retriever import TermMatch
from peerqa.text.clauses import grants, parts_of, qualifies
from peerqa.text.document import Span
from peerqa.text.quantities import quantity_asked_for

_FEWEST_WORDS = 20
"""Words of a sentence within which something is marked at all."""
_MOST_OF_IT = 0.7
"""Share of these words that may be marked; more would say nothing."""
_LEAST_SHARE = 0.85
"""Share of what matches the question that the marked clause must hold."""
_MOST_ELSEWHERE = 0.25
"""Of what the marked clause holds, the share that another may hold as well."""
_LEAST_MATCH, _FEWEST_MATCHES = 0.15, 2
"""Share of the question that must match the sentence at all, and the number of words."""
_ASKS_HOW = re.compile(r"\bhow (?:do|does|did|is|are|was|were|can|could|should)\b", re.IGNORECASE)
"""What explains how need not repeat a word of the question."""
_ASKS_WHY = re.compile(r"\bwhy\b|\bhow come\b|\breasons?\b", re.IGNORECASE)
_GIVES_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|reasons?)\b", re.IGNORECASE
)

_AND = re.compile(r"^and\s+", re.IGNORECASE)


def focus_of(sentence: str, question: str, matches: Sequence[TermMatch]) -> Span | None:
    """The span of a sentence that answers, within it; None where nothing stands out.

    matches: the words of the question that match words of the sentence.
    """
    met = [match for match in matches if match.text_word and _holds(sentence, match)]
    if len(sentence.split()) < _FEWEST_WORDS or len({match.text_word for match in met}) < _FEWEST_MATCHES:
        return None
    if sum(match.weight for match in met) < _LEAST_MATCH:
        return None
    return quantity_asked_for(question, sentence) or _clause(sentence, question, met)


def _clause(sentence: str, question: str, matches: Sequence[TermMatch]) -> Span | None:
    """The one clause of a sentence that holds nearly all that matches the question."""
    parts = parts_of(sentence)
    texts = [sentence[left:right] for left, right in parts]
    held = [sum(match.weight for match in matches if _holds(text, match)) for text in texts]
    best = max(range(len(parts)), key=lambda number: held[number])
    others = [share for number, share in enumerate(held) if number != best]
    clear = (
        others
        and held[best] >= _LEAST_SHARE * sum(match.weight for match in matches)
        and max(others) <= _MOST_ELSEWHERE * held[best]
        and len(texts[best].split()) <= _MOST_OF_IT * len(sentence.split())
        and not (best == 0 and grants(texts[0]))
        and not _ASKS_HOW.search(question)
        and not any(qualifies(text) for text in texts[best + 1 : best + 2])
        and not (_ASKS_WHY.search(question) and not _GIVES_REASON.search(texts[best]))
    )
    if not clear:
        return None
    left, right = parts[best]
    left = right - len(_AND.sub("", texts[best]))
    return left, left + len(sentence[left:right].rstrip(" .;,"))


def _holds(text: str, match: TermMatch) -> bool:
    return re.search(rf"(?<!\w){re.escape(match.text_word)}", text) is not None
