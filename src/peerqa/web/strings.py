"""Every word that the interface itself says, in one place; the words of a review never stand here."""

from __future__ import annotations

APPLICATION = "Ask a literature review"
PROMISE = "Answers are sentences of the review, word for word, with the works they cite. Nothing is generated."
PROMISE_MANY = "Answers are sentences of the reviews, word for word, with the works they cite. Nothing is generated."
EMPTY_TITLE = "What would you like to know?"
EMPTY_HINT = "Ask in your own words, or begin with one of these."
CONVERSATION = "Questions and answers"
QUESTION_LABEL = "Your question"
QUESTION_PLACEHOLDER = "Ask the review"
ASK = "Ask"

READ_AS = "Read as:"
IN_CONTEXT = "In the review"
NOT_COVERED = "The review does not answer this."
NOT_COVERED_MANY = "The reviews do not answer this."
NEAREST = "What comes nearest"
NEAREST_NOTE = "None of these passages answers the question."
REFERENCES = "Works cited in these passages"
NO_SECTION = "Untitled section"
OWN_WORDS = "the review’s own words"
CITED_WORDS = "reports a cited work"
NOT_IN_LIST = "The reference list has no entry for this citation."
UNSURE = "Not certain:"
BEST_CANDIDATE = "Fits best:"
OTHER_CANDIDATE = "Also fits:"
WHY = "Why this?"
WHY_NOTE = "These words of the question met these words of the sentence, the weightiest first."
WHY_LITTLE = "No single word decided: the sentence as a whole comes near the question."
READ_IN_REVIEW = "Read in the review"
NO_WORK = "These passages cite no work: the review speaks for itself."

NO_QUESTION = "Type a question first."
NOT_TEXT = "The question holds characters that are not text; please type it again."
FAILED = "Something went wrong here, and your question was not answered. Please try again."
BUSY = "Too many questions at once; please try again in a moment."


def met(question_word: str, text_word: str) -> str:
    """One word of the question and the word of the sentence that it met."""
    return f"“{question_word}”" if question_word == text_word else f"“{question_word}” met “{text_word}”"


def too_long(limit: int) -> str:
    """What a reader sees who sends more than `limit` characters."""
    return f"A question may have at most {limit} characters; please shorten it."


def paragraph(number: int) -> str:
    """Where in the review a passage stands."""
    return f"paragraph {number}"


def place(section: str, number: int) -> str:
    """The same in short, section and paragraph."""
    return f"{section}, ¶\u00a0{number}"


def works_cited(number: int) -> str:
    """The size of a reference list."""
    return f"{number} work cited" if number == 1 else f"{number} works cited"


def rests_on(works: int, years: tuple[int, int] | None) -> str:
    """One line on the works behind the passages of an answer; nothing is said of years that are not known."""
    if works == 0:
        return NO_WORK
    line = "These passages cite 1 work" if works == 1 else f"These passages cite {works} works"
    if years is None:
        return f"{line}, without a year."
    first, last = years
    return f"{line}, {first}." if first == last else f"{line}, {first}–{last}."
