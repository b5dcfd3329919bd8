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

THE_REVIEW = "The review"
CONTENTS = "Contents"
REFERENCE_LIST = "References"
WHOLE_REVIEW = "Read the whole review"
ASK_THE_REVIEW = "Ask the review"
CLOSE = "Close"
NO_SUCH_PAGE = "There is no such page here."
QUOTE = "Quoted word for word"
CONTEXT = "In its paragraph"
RECEIPT = "Receipt"
RECEIPT_NOTE = "A link with a receipt can tell whether the words have changed since it was made."
RECEIPT_HOLDS = "The words are those that the link was made for."
RECEIPT_MOVED = "The words of the link now stand in another place; here they are."
RECEIPT_BROKEN = "The review has changed since the link was made: these are not the words that it was made for."
DOCUMENT_HASH = "SHA-256 of the document"
QUOTE_HASH = "SHA-256 of the quote"
LINK_WITH_RECEIPT = "Link with receipt"
EARLIER_PASSAGE = "Passage before"
LATER_PASSAGE = "Passage after"

COPY_QUOTE = "Copy quote"
COPY_CITATION = "Copy citation"
COPIED = "Copied."
SELECTED = "Copying is not allowed here; the text is selected for you."
NOTHING_TO_TAKE = "No work has been cited yet."
TAKE = "Take it away"
TAKE_REFERENCES = "References of this answer"
TAKE_ALL_REFERENCES = "References of the whole conversation"
TAKE_CONVERSATION = "The conversation"
TAKE_LINK = "This question"
AS_MARKDOWN = "Markdown"
PRINT = "Print"
SHARE = "Copy a link to it"
WORKS_CITED = "Works cited"
SECONDARY = "To cite it"

EMBED = "Put it into a course page"
EMBED_NOTE = "Choose, look at it, and copy one of the three. The site must be among the allowed ones of this server."
EMBED_STARTERS = "Questions to begin with"
EMBED_OWN = "Your own questions, one a line"
EMBED_SECTION = "Section to focus on"
EMBED_WHOLE = "The whole review"
EMBED_COLOUR = "Colour"
EMBED_THEME = "Light or dark"
EMBED_SCRIPT = "Script line"
EMBED_LINK = "Link"
EMBED_PREVIEW = "Preview"
COLOURS = {
    "teal": "Teal",
    "blue": "Blue",
    "plum": "Plum",
    "brick": "Brick",
    "forest": "Forest",
    "slate": "Slate",
}
THEMES = {"": "As the reader’s system", "light": "Light", "dark": "Dark"}

HELPED = "Did this help?"
YES = "Yes"
NO = "No"
THANKS = "Thank you."

ABOUT = "About this review"
ABOUT_MANY = "About the reviews"
AUTHOR = "Author"
DATE = "Date"
WORDS = "Words"
PASSAGES = "Passages"
WORKS = "Works in the list"
CITATIONS = "Citations"
WORK = "Work"
YEAR = "Year"
NO_YEAR = "n.d."
WORKS_BY_YEAR = "Works by year"
CITATIONS_BY_WORK = "Citations by work"
AS_TABLE = "The figures as a table"
CITATION_REPORT = "Citation report"
NOTHING_TO_MEND = "Nothing to mend: each citation has its entry, and each entry its citation and link."
FINDINGS = {
    "no-entry": "Citations without an entry in the reference list",
    "departure": "Citations that depart from their entry",
    "ambiguous": "Citations that fit several entries",
    "never-cited": "Entries that are never cited",
    "no-link": "Entries without DOI or link",
}
NO_WORK = "These passages cite no work: the review speaks for itself."

NO_QUESTION = "Type a question first."
NOT_TEXT = "The question holds characters that are not text; please type it again."
FAILED = "Something went wrong here, and your question was not answered. Please try again."
BUSY = "Too many questions at once; please try again in a moment."


def met(question_word: str, text_word: str) -> str:
    """One word of the question and the word of the sentence that it met."""
    same = question_word.casefold() == text_word.casefold()
    return f"“{question_word}”" if same else f"“{question_word}” met “{text_word}”"


def too_long(limit: int) -> str:
    """What a reader sees who sends more than `limit` characters."""
    return f"A question may have at most {limit} characters; please shorten it."


def paragraph(number: int) -> str:
    """Where in the review a passage stands."""
    return f"paragraph {number}"


def place(section: str, number: int) -> str:
    """The same in short, section and paragraph."""
    return f"{section}, ¶\u00a0{number}"


def keeps(days: int) -> str:
    """What visitors are told where questions are kept."""
    return (
        f"Questions that this page could not answer are kept for {days} days, text and date only, so that the course "
        "can be improved. Please write nothing personal."
    )


def copy(what: str) -> str:
    """The name of a button that copies."""
    return f"Copy: {what}"


def cited_times(number: int) -> str:
    """How often a work is cited; the places follow."""
    return "Never cited." if number == 0 else "Cited once:" if number == 1 else f"Cited {number} times:"


def line(number: int) -> str:
    """A line of the source."""
    return f"Line {number}"


def report_summary(citations: int, resolved: int, findings: int) -> str:
    """One line on the citation report."""
    return f"{citations} citations, {resolved} of them as the reference list has them; {findings} findings."


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
