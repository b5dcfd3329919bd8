"""The words for what an answer tells beside passages: how a question was read, what was found, what to ask next."""

from __future__ import annotations

from collections.abc import Sequence

from peerqa.answering.notices import AnswerNotice
from peerqa.library.starter_questions import SuggestionKind
from peerqa.wording.catalogue import N_, NN_, Words, gettext, ngettext
from peerqa.wording.messages import MESSAGES, PLURALS


def _not_covered(reviews: int) -> str:
    return ngettext(*PLURALS["NOT_COVERED"], reviews)


def _works(title: str, number: int) -> str:
    forms = NN_("The reference list of “{title}” has one work.", "The reference list of “{title}” has {number} works.")
    return ngettext(*forms, number).format(title=title, number=number)


def _works_of_years(years: str, number: int) -> str:
    forms = NN_(
        "The reference list has one work from {years}; these sentences cite it.",
        "The reference list has {number} works from {years}; these sentences cite them.",
    )
    return ngettext(*forms, number).format(years=years, number=number)


def _works_by(name: str, number: int) -> str:
    forms = NN_(
        "The reference list has one work by {name}; these sentences cite it.",
        "The reference list has {number} works by {name}; these sentences cite them.",
    )
    return ngettext(*forms, number).format(name=name, number=number)


def _works_about(topic: str, number: int) -> str:
    forms = NN_(
        "One work is named for “{topic}”, or cited where it is spoken of.",
        "{number} works are named for “{topic}”, or cited where it is spoken of.",
    )
    return ngettext(*forms, number).format(topic=topic, number=number)


def _no_works_of_years(years: str, number: int) -> str:
    return gettext(N_("The reference list has no work from {years}.")).format(years=years)


LANGUAGES = {
    "en": "English", "fr": "français", "de": "Deutsch", "es": "español", "it": "italiano", "pt": "português",
    "nl": "Nederlands", "pl": "polski", "sv": "svenska", "da": "dansk", "no": "norsk", "fi": "suomi", "cs": "čeština",
    "ro": "română", "hu": "magyar", "tr": "Türkçe", "ru": "русский", "uk": "українська", "el": "ελληνικά",
    "ar": "العربية", "he": "עברית", "fa": "فارسی", "hi": "हिन्दी", "zh": "中文", "ja": "日本語", "ko": "한국어",
}  # fmt: skip
"""Languages by their own names."""


def _other_language(language: str) -> str:
    line = gettext(
        N_("This seems to be asked in another language ({language}) than that of the reviews. Ask in theirs.")
    )
    return line.format(language=LANGUAGES.get(language, language))


def missing(words: Sequence[str], reviews: int) -> str:
    """That the reviews do not have some words. words: at least one."""
    forms = NN_("“{word}” does not occur in the review.", "“{word}” does not occur in the reviews.")
    return " ".join(ngettext(*forms, reviews).format(word=word) for word in words)


def _not_covered_words(reviews: int, words: Sequence[str]) -> str:
    return f"{_not_covered(reviews)} {missing(words, reviews)}"


WORDS: Words = {
    AnswerNotice.GREETING: N_(
        "Hello! Ask me about the review, and I will show you what it says, word for word, with its sources."
    ),
    AnswerNotice.EMPTY: N_("Type a question, and I will show you what the review says to it."),
    AnswerNotice.UNCLEAR: N_("I could not read a question in that. Try a few words, such as one of these."),
    AnswerNotice.NOT_COVERED: _not_covered,
    AnswerNotice.NOT_COVERED_IN_SECTION: MESSAGES["NOT_COVERED_IN"],
    AnswerNotice.OTHER_LANGUAGE: _other_language,
    AnswerNotice.NOT_COVERED_WORDS: _not_covered_words,
    AnswerNotice.REVIEW_AUTHOR: N_("“{title}” is by {author}."),
    AnswerNotice.NO_AUTHOR: N_("“{title}” does not name its author."),
    AnswerNotice.REVIEW_DATE: N_("“{title}” is dated {date}."),
    AnswerNotice.NO_DATE: N_("“{title}” has no date."),
    AnswerNotice.NUMBER_OF_WORKS: _works,
    AnswerNotice.NO_WORKS: N_("“{title}” has no reference list."),
    AnswerNotice.REVIEW_SUMMARY: N_("“{title}” sums itself up: “{summary}”"),
    AnswerNotice.REVIEW_SUBJECT: N_("What “{title}” says of itself:"),
    AnswerNotice.WORKS_OF_YEARS: _works_of_years,
    AnswerNotice.NO_WORKS_OF_YEARS: _no_works_of_years,
    AnswerNotice.WORKS_BY: _works_by,
    AnswerNotice.WORKS_ABOUT: _works_about,
    AnswerNotice.GOING_ON_FROM: N_("{question} (going on from: {earlier})"),
    SuggestionKind.ABOUT_SECTION: MESSAGES["SAYS_ABOUT"],
    SuggestionKind.FOUND_BY: N_("What did {authors} find?"),
}
