"""What somebody typed -> Question: is it one, what do its abbreviations stand for, does it go on from earlier ones.

It knows the review's own abbreviations and phrases, but neither searches nor answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .lexical import STOPWORDS, words_of
from .passages import write_out
from .spelling import Speller, count_words

QuestionKind = Literal["question", "greeting", "empty", "unreadable"]

_GREETING = re.compile(
    r"\W*(?:(?:hi+|hello+|hey+|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|thanks?(?: you| a lot| "
    r"so much| very much)?|"
    r"thank you(?: so much| very much)?|thx|ty|cheers|great|ok(?:ay)?|cool|nice|perfect|awesome|bye+|goodbye|see you|"
    r"good night|"
    r"bonjour|salut|merci(?: beaucoup)?|how are you(?: doing)?(?: today)?|what'?s up|who are you|what are you|what "
    r"can you do|help(?: me)?|"
    r"are you (?:a )?(?:bot|ai|human|real)|there|all|everyone|peerqa|again|for (?:your|the) help|that helps?|that "
    r"helped|that(?:'s| is) (?:great|helpful|all))\W*)+",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"\W*(?:and|but|so|or|also|then|ok(?:ay)?|what about|how about|what else|any(?:thing)? (?:more|else)|why(?: is "
    r"that| not| so)?\W*$|how so|how come|"
    r"which (?:one|of)|who (?:said|found|says|wrote|are they)|is (?:that|it|this)|are (?:they|there any|these|those)|"
    r"does (?:that|it|this)|do they|did (?:it|they|any)|can they|"
    r"for example|such as|like what|more (?:on|about)|tell me more|go on|the (?:first|second|third|last|other) one)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|her|his|hers|one|ones|there|same|such|"
    r"former|latter|both|others?)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
MOST_HISTORY = 3
"""Earlier questions that are taken into account; what was asked before is another subject."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it will be searched.

    text: as typed, white space tidied. written_out: with slips mended and abbreviations replaced by what they stand
    for. history: earlier questions that this one goes on from, likewise, the latest last; empty where it stands alone.
    """

    text: str
    written_out: str
    history: tuple[str, ...]
    kind: QuestionKind

    @property
    def interpreted(self) -> str:
        """The question in full, for the reader to check."""
        if not self.history:
            return self.written_out
        return f"{self.written_out} (going on from: {self.history[-1]})"


class QuestionReader:
    """Reads questions put to a set of reviews."""

    def __init__(
        self, abbreviations: Mapping[str, str], texts: Sequence[str], names: Iterable[str], vocabulary: Iterable[str]
    ) -> None:
        """abbreviations: as the reviews define them. texts: their passages, for the phrases that initials stand for.
        names: of the authors in their reference lists. vocabulary: words of the language."""
        self._defined = dict(abbreviations)
        self._folded = {short.casefold(): long for short, long in self._defined.items()}
        self._words: Counter[str] = Counter()
        self._phrases: dict[str, Counter[str]] = {}
        for text in texts:
            words = words_of(write_out(text, self._defined))
            self._words.update(words)
            _count_phrases(words, self._phrases)
        self._speller = Speller(count_words([*texts, *abbreviations.values(), *names]), vocabulary)

    def read(self, text: str, history: Sequence[str] = ()) -> Question:
        """A question as typed, with the questions before it, the latest last."""
        tidy = " ".join(text.replace("\x00", " ").split())
        kind = _kind(tidy)
        if kind != "question":
            return Question(tidy, tidy, (), kind)
        earlier = [" ".join(item.split()) for item in history]
        earlier = [item for item in earlier if _kind(item) == "question"][-MOST_HISTORY:]
        if not _goes_on(tidy):
            earlier = []
        elif not earlier and not _content(tidy):
            return Question(tidy, tidy, (), "unreadable")
        return Question(tidy, self._in_full(tidy), tuple(self._in_full(item) for item in earlier), "question")

    def _in_full(self, text: str) -> str:
        return self._speller.mend(self.write_out(text))

    def write_out(self, text: str) -> str:
        """The text with abbreviations written out: those that the reviews define, in any case, and initials, in
        capitals, of a phrase that the reviews use."""

        def long_form(match: re.Match[str]) -> str:
            word = match[0]
            stem, ending = (word[:-1], "s") if word.endswith("s") and len(word) > 2 else (word, "")
            for short, plural in ((word, ""), (stem, ending)):
                long = self._folded.get(short.casefold()) or self._initials(short)
                if long:
                    return long + ("s" if plural and not long.endswith("s") else "")
            return word

        return re.sub(r"(?<![\w-])[^\W\d_]{2,8}(?![\w])", long_form, text)

    def _initials(self, short: str) -> str | None:
        """The phrase of the reviews that initials in capitals most likely stand for ("QoL": "quality of life")."""
        if sum(character.isupper() for character in short) < 2 or short.casefold() in self._words:
            return None
        phrases = self._phrases.get(short.casefold())
        if not phrases:
            return None
        phrase, count = phrases.most_common(1)[0]
        return phrase if count >= 1 else None


_SMALL = frozenset("of and for the in on to a an with by".split())


def _count_phrases(words: Sequence[str], phrases: dict[str, Counter[str]]) -> None:
    """Count each run of two to four words under its initials, with and without the initials of small words."""
    for length in (2, 3, 4):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if run[0] in STOPWORDS or run[-1] in STOPWORDS or not all(word[0].isalpha() for word in run):
                continue
            if any(word in STOPWORDS and word not in _SMALL for word in run):
                continue
            phrase = " ".join(run)
            for initials in {"".join(word[0] for word in run), "".join(word[0] for word in run if word not in _SMALL)}:
                if len(initials) >= 2:
                    phrases.setdefault(initials, Counter())[phrase] += 1


def _kind(text: str) -> QuestionKind:
    if not text:
        return "empty"
    if not _LETTER.search(text):
        return "unreadable"
    if _GREETING.fullmatch(text):
        return "greeting"
    longest_run = max((len(match[0]) for match in re.finditer(r"(\S)\1*", text)), default=0)
    return "unreadable" if longest_run > 8 and longest_run > len(text) / 2 else "question"


def _content(text: str) -> list[str]:
    return [word for word in words_of(text) if word not in STOPWORDS]


def _goes_on(text: str) -> bool:
    """Whether a question leans on the ones before it: it opens like one, points back, or names hardly anything."""
    return bool(_FOLLOWS.match(text)) or bool(_POINTS_BACK.search(text)) or len(_content(text)) <= 2
