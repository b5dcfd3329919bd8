"""What an answer shows beyond its sentences: whose entry it is, which entries fit, why a sentence, what comes next."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from fake_assistant import REFERENCES, STARTERS, FakeAssistant, challenges
from page_turns import next_turn
from peerqa.answering.answer import Answer, AnswerCitation, AnswerReference, same_words
from peerqa.answering.assistant import Assistant
from peerqa.answering.notices import AnswerNotice
from peerqa.citing.discrepancies import Preference
from peerqa.notices import Notice
from peerqa.web.chat.turns import Turns
from peerqa.web.views.answer_card import render_answer
from peerqa.web.views.escape import escape
from peerqa.wording import strings


class Elements(HTMLParser):
    """The elements of a text with their attributes, in order, each with the text that follows its start."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1][2].append(data)

    def text(self, tag: str, name: str) -> list[str]:
        """What stands directly in the elements of a tag and a class."""
        return ["".join(t) for found, a, t in self.found if found == tag and name in (a.get("class") or "").split()]


def _two_reviews() -> Answer:
    """One passage of each of two reviews; each cites a work of its own, whose key in its list is that of the other."""
    keys = {"a.md": "moll-2009", "b.md": "moll-2009-other"}
    passages = tuple(
        replace(
            challenges()[1],
            id=f"{name}:1",
            document=name,
            citations=(AnswerCitation("Braiser", 76, 83, "resolved", (), (keys[name],), ("moll-2009",)),),
        )
        for name in ("a.md", "b.md")
    )
    works = tuple(
        replace(REFERENCES["moll-2009"], key=keys[name], document=name, text=f"The entry of {name}.", doi=None)
        for name in ("a.md", "b.md")
    )
    return Answer("?", "?", "answered", 0.9, passages, works)


def _links_of_notes(html: str) -> list[list[tuple[str | None, str]]]:
    """For each note, the targets and labels of its links."""
    notes: list[list[tuple[str | None, str]]] = []
    for tag, attributes, text in Elements(html).found:
        if tag == "div" and attributes.get("class") == "note":
            notes.append([])
        elif tag == "a" and notes and (attributes.get("href") or "").startswith("#turn1-r"):
            notes[-1].append((attributes["href"], "".join(text)))
    return notes


def test_reviews_that_share_a_key_keep_their_own_entries() -> None:
    answer = _two_reviews()
    notes = _links_of_notes(render_answer(answer, turn=1, titles={"a.md": "A", "b.md": "B"}))
    assert notes == [[("#turn1-r1", "")], [("#turn1-r2", "")]]
    assert answer.works == 2
    assert "document" not in answer.to_dict()["references"][0]


def test_every_candidate_of_an_ambiguous_citation_is_shown_best_first() -> None:
    keys = ("tseris-2020", "moll-2009")
    works: tuple[AnswerReference, ...] = (REFERENCES["moll-2009"], REFERENCES["tseris-2020"])
    mention = AnswerCitation("Braiser", 76, 83, "ambiguous", (Notice(Preference.NONE),), keys)
    answer = Answer("?", "?", "answered", 0.9, (replace(challenges()[1], citations=(mention,)),), works)
    (note,) = _links_of_notes(render_answer(answer, turn=1, titles={}))
    assert note == [("#turn1-r2", strings.BEST_CANDIDATE), ("#turn1-r1", strings.OTHER_CANDIDATE)]
    assert answer.works == 1
    assert answer.years == (2020, 2020)


def test_an_answer_says_nothing_beside_its_sentences_but_its_notice() -> None:
    answer = FakeAssistant().ask("challenges")
    assert 'class="message"' not in render_answer(answer, turn=1, titles={})
    told = replace(answer, notice=Notice(AnswerNotice.NUMBER_OF_WORKS, title="Hours", number=17))
    assert "17" in render_answer(told, turn=1, titles={}).split('class="message"')[1].split("</p>")[0]


def test_the_words_that_met_are_shown_on_request() -> None:
    html = render_answer(FakeAssistant().ask("challenges"), turn=1, titles={})
    assert Elements(html).text("summary", "") == []
    assert html.count('<details class="why">') == 3
    assert "“challenges” met “lack”" in html.replace("&#8220;", "“")
    assert html.count(escape(strings.WHY_LITTLE)) == 2


def test_follow_ups_are_questions_that_nobody_has_asked_yet() -> None:
    assistant = FakeAssistant()
    turns: Turns = ()
    for question in ("hello", "  what challenges do PEER support workers face", "hello again"):
        turns = (*turns, next_turn(assistant, question, turns, 1000))
    assert turns[0].suggestions == STARTERS[:3]
    assert turns[2].suggestions == STARTERS[1:3]


def test_several_reviews_do_not_answer() -> None:
    answer = replace(FakeAssistant().ask("the price?"), notice=Notice(AnswerNotice.NOT_COVERED, reviews=2))
    html = render_answer(answer, turn=1, titles={"a": "A", "b": "B"})
    assert html.count(strings.NOT_COVERED_MANY) == 1
    assert strings.NOT_COVERED not in html


def test_an_answer_leads_on_to_the_next_section_and_never_to_itself(little_answering: Assistant) -> None:
    answer = little_answering.ask("What does the review say about “Challenges”?")
    asked = {same_words(answer.question), same_words(answer.interpreted_question)}
    assert not asked & {same_words(str(one)) for one in answer.suggestions}
    assert {reference.document for reference in answer.references} <= {"peers.md"}
