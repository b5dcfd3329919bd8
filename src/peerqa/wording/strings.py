"""Every word that the interface itself says, in the language of the reader; the words of a review never stand here.

`strings.ASK` is looked up in the language that `using` has set for the current request: English if nothing has.
A question and its answer stay in the language of the review; what is said about its citations is in the reader's.
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
    """The message of that name in the language in use. NAME_MANY is the form for several of a message with a plural."""
    if name in MESSAGES:
        return gettext(MESSAGES[name])
    if name.removesuffix("_MANY") in PLURALS:
        return ngettext(*PLURALS[name.removesuffix("_MANY")], 2 if name.endswith("_MANY") else 1)
    raise AttributeError(f"the interface has no words named {name}")


def lang_attribute(declared: object) -> str:
    """The attribute ` lang="en"` for the words of a review, where its language is not the reader's; else nothing.

    declared: what the front matter says of the review's language, English if nothing.
    """
    code = declared if isinstance(declared, str) and _LANGUAGE_TAG.fullmatch(declared) else DEFAULT
    return "" if code.split("-")[0].lower() == language() else f' lang="{code}"'


def preferred(accepted: str) -> str:
    """The best of our languages for an Accept-Language header, by its weights (RFC 9110 §12.5.4)."""
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
    """What the empty question box says."""
    return pgettext("placeholder of the question box", "Ask the review")


def finding(kind: str) -> str:
    """The heading of a kind of finding."""
    return _words("FINDING_" + kind.upper().replace("-", "_"))


def colour(name: str) -> str:
    """The name of an accent."""
    return _words("COLOUR_" + name.upper())


def theme(name: str) -> str:
    """The name of a theme; "" follows the reader's system."""
    return _words("THEME_" + (name or "system").upper())


def met(question_word: str, text_word: str) -> str:
    """One word of the question and the word of the sentence that it met."""
    if question_word.casefold() == text_word.casefold():
        return f"“{question_word}”"
    return _words("MET", question=question_word, text=text_word)


def not_covered_in(section: str) -> str:
    """What is said where a section does not answer."""
    return _words("NOT_COVERED_IN", section=section)


def no_such_section(section: str) -> str:
    """What is said where an address asks for a section that there is not."""
    return _words("NO_SUCH_SECTION", section=section)


def not_a_section(section: str) -> str:
    """What is said to a question in a section that is not in the reviews that are asked."""
    return _words("NOT_A_SECTION", section=section)


def search_only(section: str) -> str:
    """The name of the button that limits the search to a section."""
    return _words("SEARCH_ONLY", section=section)


def search_whole(reviews: int) -> str:
    """The name of the button that searches everything."""
    return _counted("SEARCH_WHOLE", reviews)


def searching_whole(reviews: int) -> str:
    """One line that says that everything is searched."""
    return _counted("SEARCHING_WHOLE", reviews)


def paragraph(number: int) -> str:
    """Where in the review a passage stands."""
    return _words("PARAGRAPH", number=number)


def page(number: int) -> str:
    """On which page it begins."""
    return _words("PAGE", number=number)


def place(section: str, number: int, page: int | None = None) -> str:
    """The same in short: section, paragraph, and the page of a source that has pages."""
    return f"{section}, ¶\u00a0{number}" + (f", p.\u00a0{page}" if page else "")


def figure(number: int) -> str:
    """A number with thin spaces between its thousands, as both languages read it."""
    return f"{number:,}".replace(",", "\u202f")


def reviews(number: int) -> str:
    """How many reviews there are."""
    return _words("REVIEWS", number=number)


def shown_of(shown: int, number: int) -> str:
    """How many of the reviews fit."""
    return _words("SHOWN_OF", shown=shown, number=number)


def asked_all(number: int) -> str:
    """That all reviews are asked."""
    return _words("ASKED_ALL", number=number)


def asked_some(chosen: int | str, number: int) -> str:
    """That some of the reviews are asked."""
    return _words("ASKED_SOME", chosen=chosen, number=number)


def also_listed(number: int) -> str:
    """That other reviews have the work in their lists too."""
    return _counted("ALSO_LISTED", number)


def keeps(days: int) -> str:
    """What visitors are told where questions are kept."""
    return _words("KEEPS", days=days)


def copy(what: str) -> str:
    """The name of a button that copies."""
    return _words("COPY", what=what)


def cited_times(number: int) -> str:
    """How often a work is cited; the places follow."""
    return _counted("CITED", number) if number else _words("CITED_NEVER")


def line(number: int) -> str:
    """A line of the source."""
    return _words("LINE", number=number)


def report_summary(citations: int, resolved: int, findings: int) -> str:
    """One line on the citation report."""
    return _words("REPORT_SUMMARY", citations=citations, resolved=resolved, findings=findings)


def works_cited(number: int) -> str:
    """The size of a reference list."""
    return _counted("WORKS_CITED_COUNT", number)


def rests_on(works: int, years: tuple[int, int] | None) -> str:
    """One line on the works behind the passages of an answer; nothing is said of years that are not known."""
    if works == 0:
        return _words("NO_WORK")
    told = _counted("CITE", works)
    if years is None:
        return _words("WITHOUT_YEAR", line=told)
    first, last = years
    return f"{told}, {first}." if first == last else f"{told}, {first}–{last}."
