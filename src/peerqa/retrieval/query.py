"""What somebody typed -> Query: whether it is a question, what its abbreviations stand for, what it goes on from.

The parser knows the abbreviations and phrases of the reviews. It neither searches nor answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from peerqa.library.vocabulary import Vocabulary
from peerqa.retrieval.languages import LanguageDetector
from peerqa.retrieval.spelling import Speller
from peerqa.text.words import SMALL_IN_PHRASES, STOPWORDS, stems_of, words_of

QuestionKind = Literal["question", "greeting", "empty", "unreadable", "foreign"]

# No text may match two of the alternatives: matching a long run of thanks would take exponential time.
_GREETING = re.compile(
    r"\W*(?:(?:hi+|hello+|hey+|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|"
    r"thanks?(?: you)?(?: a lot| so much| very much)?|thx|ty|cheers|great|ok(?:ay)?|cool|nice|perfect|awesome|bye+|"
    r"goodbye|see you|good night|"
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
_ASKS_DEFINITION = re.compile(
    r"\b(?:stands? for|short for|abbreviat\w*|acronym|spell(?:ed|s)? out|full form|written out|what does \w+ mean)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it will be searched.

    text: as typed, on one line. written_out: with typos corrected and abbreviations replaced by what they stand for.
    history: the earlier questions that this one goes on from, written out, the latest last; empty if it stands alone.
    defined: the abbreviation of the reviews whose meaning is asked for ("What does BMI stand for?"); None if none is.
    language: ISO 639-1 code of the language of a "foreign" question, which no review is in; None for all others.
    """

    text: str
    written_out: str
    history: tuple[str, ...]
    kind: QuestionKind
    defined: str | None = None
    language: str | None = None


class QueryParser:
    """Reads questions put to a library. Threads may share it."""

    def __init__(
        self, vocabulary: Vocabulary, speller: Speller, languages: LanguageDetector, questions_kept: int
    ) -> None:
        """vocabulary, languages: of the library. questions_kept: earlier questions that a question can go on from."""
        self._questions_kept = questions_kept
        self._vocabulary = vocabulary
        self._phrases = lru_cache(maxsize=4)(_phrases_in)
        self.speller = speller
        self._languages = languages

    def read(self, text: str, history: Sequence[str] = ()) -> Query:
        """Read a question as typed. history: the questions before it, the latest last."""
        tidy = _tidy(text)
        kind = _kind(tidy)
        if kind != "question":
            return Query(tidy, tidy, (), kind)
        language = self._languages.foreign(tidy)
        if language is not None:
            return Query(tidy, tidy, (), "foreign", language=language)
        asked = [item for item in map(_tidy, history) if _kind(item) == "question"]
        earlier = asked[-self._questions_kept :] if self._questions_kept else []
        written_out = self.write_out(tidy)
        if not _goes_on(written_out):
            earlier = []
        elif not earlier and not _content(written_out):
            return Query(tidy, tidy, (), "unreadable")
        full = tuple(self._in_full(item) for item in earlier)
        return Query(tidy, self._in_full(tidy), full, "question", self._asked_definition(tidy))

    def _asked_definition(self, text: str) -> str | None:
        """The abbreviation of the reviews whose meaning a question asks for."""
        asked = _ASKS_DEFINITION.search(text)
        # "MPAI-A" is one abbreviation if the reviews define it, else two words.
        words = re.findall(r"[^\W\d_]+(?:-[^\W_]+)+", text) + re.findall(r"[^\W\d_]+", text) if asked else []
        defined = (self._vocabulary.definition(word) for word in words if self._definition(word))
        return next((found[0] for found in defined if found), None)

    def _in_full(self, text: str) -> str:
        """A question with its abbreviations written out and its typos corrected."""
        # In a question typed in capitals, capitals do not tell which words are abbreviations or names.
        quiet = text.lower() if text.isupper() and len(text.split()) > 2 else text
        return self.speller.correct(self.write_out(quiet))

    def write_out(self, text: str) -> str:
        """The text with abbreviations replaced by what they stand for: those that the reviews define, in upper or lower
        case, and initials in capitals of a phrase that the reviews use."""

        def long_form(match: re.Match[str]) -> str:
            word, part = match["word"], match["part"] or ""
            whole = self._definition(word + part) if part else None
            if whole:
                return whole
            # "SWs" is a plural, "QoLS" may be initials.
            plural = len(word) > 2 and word.endswith("s") and not word.islower()
            for short in (word[:-1], word) if plural else (word, word.removesuffix("s")):
                long = self._definition(short) or self._initials(short, text)
                if long:
                    return long + ("s" if short != word and not long.endswith("s") else "") + part
            return word + part

        return re.sub(r"(?<![\w-])(?P<word>[^\W\d_]{2,8})(?![\w])(?P<part>-[^\W_]{1,3}(?![\w]))?", long_form, text)

    def _definition(self, short: str) -> str | None:
        """What the reviews define a short form as; None if they do not. In another case than theirs it may be an
        ordinary word ("who", "act"), and then it is one."""
        found = self._vocabulary.definition(short)
        if found is None or found[0] == short:
            return found[1] if found else None
        folded = short.casefold()
        ordinary = folded in STOPWORDS or self._vocabulary.in_lower_case(folded)
        return None if ordinary else found[1]

    def _initials(self, short: str, question: str) -> str | None:
        """The phrase of the reviews that initials in capitals most likely stand for ("QoL": "quality of life"); None if
        there is none. question: in which they stand; in a large library its other words say where to look."""
        if sum(character.isupper() for character in short) < 2 or self._vocabulary.count(short.casefold()):
            return None
        others = tuple(stem for stem in stems_of(question) if stem != short.casefold())
        phrases = self._phrases(self._vocabulary.texts(others)).get(short.casefold())
        if not phrases:
            return None
        ranked = phrases.most_common(2)
        # If a second phrase is nearly as common, the search is for both.
        chosen = [phrase for phrase, count in ranked if 2 * count > ranked[0][1]]
        return " or ".join(chosen)


def _phrases_in(texts: Sequence[str]) -> Mapping[str, Counter[str]]:
    """Initials -> the phrases of the texts that have them."""
    phrases: dict[str, Counter[str]] = {}
    for text in texts:
        for clause in _CLAUSE_END.split(text):
            _count_phrases(words_of(clause), phrases)
    return phrases


_CLAUSE_END = re.compile(r"[.,;:!?()\[\]“”\"]")


def _count_phrases(words: Sequence[str], phrases: dict[str, Counter[str]]) -> None:
    """Count each run of two to four words under its initials, once with and once without those of small words."""
    for length in (2, 3, 4):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if run[0] in STOPWORDS or run[-1] in STOPWORDS or not all(word[0].isalpha() for word in run):
                continue
            if any(word in STOPWORDS and word not in SMALL_IN_PHRASES for word in run):
                continue
            phrase = " ".join(run)
            for initials in {
                "".join(word[0] for word in run),
                "".join(word[0] for word in run if word not in SMALL_IN_PHRASES),
            }:
                if len(initials) >= 2:
                    phrases.setdefault(initials, Counter())[phrase] += 1


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def _tidy(text: str) -> str:
    """The text on one line, without code points that a model cannot read (NUL, lone surrogates)."""
    return " ".join(_NO_TEXT.sub(" ", text).split())


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
    """Whether a question goes on from those before it: it opens so, points back, or has at most one content word."""
    return bool(_FOLLOWS.match(text)) or bool(_POINTS_BACK.search(text)) or len(_content(text)) <= 1
