"""What the page says, in the language in use: `strings.ASK`, or a function where the message has placeholders.

The words of a review never stand here: questions and answers stay in the language of the review.
"""

from __future__ import annotations

import re

from peerqa.wording.catalogue import DEFAULT, gettext, language, ngettext, parameter, pgettext, using
from peerqa.wording.catalogue import LANGUAGES as NAMES
from peerqa.wording.messages import MESSAGES, PLURALS

LANGUAGES = {code: {"LANGUAGE_NAME": name} for code, name in NAMES.items()}
__all__ = ["DEFAULT", "LANGUAGES", "language", "parameter", "using"]
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def __getattr__(name: str) -> str:
    """The message of that name in the language in use; NAME_MANY gives the plural of a message that has one."""
    if name in MESSAGES:
        return gettext(MESSAGES[name])
    if name.removesuffix("_MANY") in PLURALS:
        return ngettext(*PLURALS[name.removesuffix("_MANY")], 2 if name.endswith("_MANY") else 1)
    raise AttributeError(f"the interface has no words named {name}")


def lang_attribute(declared: object) -> str:
    """The attribute ` lang="en"` for words of a review in another language than the reader's; "" for the same language.

    declared: language code from the front matter of the review; English if there is none.
    """
    code = declared if isinstance(declared, str) and _LANGUAGE_TAG.fullmatch(declared) else DEFAULT
    return "" if code.split("-")[0].lower() == language() else f' lang="{code}"'


def preferred(accepted: str) -> str:
    """Code of the language that an Accept-Language header weighs highest among ours (RFC 9110 §12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for place, item in enumerate(accepted[:500].split(",")):
        tag, _, parameter = item.strip().partition(";")
        code = tag.strip().lower().split("-")[0]
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if code in LANGUAGES and weight > 0:
            weighed.append((-weight, place, code))
    return min(weighed)[2] if weighed else DEFAULT


def _words(name: str, **values: object) -> str:
    return __getattr__(name).format(**values)


def _counted(name: str, number: int, **values: object) -> str:
    return ngettext(*PLURALS[name], number).format(number=number, **values)


def question_placeholder() -> str:
    """Placeholder of the question box."""
    return pgettext("placeholder of the question box", "Ask the review")


def finding(kind: str) -> str:
    """Heading above the findings of one kind."""
    return _words("FINDING_" + kind.upper().replace("-", "_"))


def colour(name: str) -> str:
    """Name of an accent colour."""
    return _words("COLOUR_" + name.upper())


def theme(name: str) -> str:
    """Name of a colour theme; "" is the theme of the reader's system."""
    return _words("THEME_" + (name or "system").upper())


def term_match(question_word: str, text_word: str) -> str:
    """A word of the question and the word of the sentence that it matched."""
    if question_word.casefold() == text_word.casefold():
        return f"“{question_word}”"
    return _words("TERM_MATCH", question=question_word, text=text_word)


def not_covered_in(section: str) -> str:
    """Verdict of an answer from one section that does not answer."""
    return _words("NOT_COVERED_IN", section=section)


def no_such_section(section: str) -> str:
    """Line for an address that names an unknown section."""
    return _words("NO_SUCH_SECTION", section=section)


def not_a_section(section: str) -> str:
    """Line for a question in a section that the chosen reviews lack."""
    return _words("NOT_A_SECTION", section=section)


def search_only(section: str) -> str:
    """Label of the button that limits the search to a section."""
    return _words("SEARCH_ONLY", section=section)


def search_whole(reviews: int) -> str:
    """Label of the button that lifts the limit to a section. reviews: how many there are."""
    return _counted("SEARCH_WHOLE", reviews)


def searching_whole(reviews: int) -> str:
    """Line that says that all sections are searched. reviews: how many there are."""
    return _counted("SEARCHING_WHOLE", reviews)


def paragraph(number: int) -> str:
    """Number of a paragraph, counted from 1."""
    return _words("PARAGRAPH", number=number)


def paragraph_mark(number: int) -> str:
    """Number of a paragraph, in the fewest characters."""
    return f"¶\u00a0{number}"


def page(number: int) -> str:
    """Number of a page, counted from 1."""
    return _words("PAGE", number=number)


def place(section: str, number: int, page: int | None = None) -> str:
    """Address of a passage in short: section, paragraph, and page if the source has pages."""
    return f"{section}, {paragraph_mark(number)}" + (f", p.\u00a0{page}" if page else "")


def match_of(number: int | str, count: int | str) -> str:
    """Which of several places of a review is shown."""
    return _words("MATCH_OF", number=number, count=count)


def figure(number: int) -> str:
    """A number with thin spaces between its thousands, which both languages use."""
    return f"{number:,}".replace(",", "\u202f")


def reviews(number: int) -> str:
    """Number of reviews."""
    return _words("REVIEWS", number=number)


def shown_of(shown: int, number: int) -> str:
    """How many of the reviews match the filters."""
    return _words("SHOWN_OF", shown=shown, number=number)


def page_of(number: int, pages: int) -> str:
    """Which page of a list is shown."""
    return _words("PAGE_OF", number=number, pages=pages)


def asked_all(number: int) -> str:
    """Name of the choice of all reviews."""
    return _words("ASKED_ALL", number=number)


def asked_some(chosen: int | str, number: int) -> str:
    """Name of the choice of some reviews."""
    return _words("ASKED_SOME", chosen=chosen, number=number)


def also_listed(number: int) -> str:
    """Line on other reviews that list the same work. number: how many they are."""
    return _counted("ALSO_LISTED", number)


def ticked_elsewhere(number: int) -> str:
    """How many reviews are ticked that are not on this page of the list."""
    return _counted("TICKED_ELSEWHERE", number)


def all_reviews(number: int) -> str:
    """Label of the link to the list of all reviews."""
    return _words("ALL_REVIEWS", number=number)


def keeps(days: int) -> str:
    """Notice to visitors that questions are kept for some days."""
    return _words("KEEPS", days=days)


def copy(what: str) -> str:
    """Label of a button that copies."""
    return _words("COPY", what=what)


def cited_times(number: int) -> str:
    """How often a work is cited; links to the places follow it."""
    return _counted("CITED", number) if number else _words("CITED_NEVER")


def line(number: int) -> str:
    """Number of a line of the source, counted from 1."""
    return _words("LINE", number=number)


def report_summary(citations: int, resolved: int, findings: int) -> str:
    """Summary of the citation report in one line."""
    return _words("REPORT_SUMMARY", citations=citations, resolved=resolved, findings=findings)


def works_cited(number: int) -> str:
    """Number of works in a reference list."""
    return _counted("WORKS_CITED_COUNT", number)


def more_sentences(number: int) -> str:
    """Label of what folds away further sentences of an answer."""
    return _counted("MORE_SENTENCES", number)
