"""The words for what an answer tells beside passages: how a question was read, what was found, what to ask next."""

from __future__ import annotations

from peerqa.answering.notices import AnswerNotice
from peerqa.library.starter_questions import SuggestionKind
from peerqa.wording.catalogue import N_, Words, ngettext
from peerqa.wording.messages import MESSAGES, PLURALS


def _not_covered(reviews: int) -> str:
    return ngettext(*PLURALS["NOT_COVERED"], reviews)


WORDS: Words = {
    AnswerNotice.GREETING: N_(
        "Hello! Ask me about the review, and I will show you what it says, word for word, with its sources."
    ),
    AnswerNotice.EMPTY: N_("Type a question, and I will show you what the review says to it."),
    AnswerNotice.UNCLEAR: N_("I could not read a question in that. Try a few words, such as one of these."),
    AnswerNotice.NOT_COVERED: _not_covered,
    AnswerNotice.NOT_COVERED_IN_SECTION: MESSAGES["NOT_COVERED_IN"],
    AnswerNotice.GOING_ON_FROM: N_("{question} (going on from: {earlier})"),
    SuggestionKind.ABOUT_SECTION: MESSAGES["SAYS_ABOUT"],
}
