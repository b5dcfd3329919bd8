"""The sentence splitter. The rows of GOLDEN are from the golden rules of pySBD (MIT licence)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.text.sentences import split_sentences


def parts(text: str, protected: list[tuple[int, int]] | None = None) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, protected or [])]


GOLDEN = [
    "Were Jane and co. at the party?",
    "They closed the deal with Pitt, Briggs & Co.|It closed yesterday.",
    "I live in the U.S.|How about you?",
    "I work for the U.S. Government in Virginia.",
    "He teaches science (He previously worked for 5 years as an engineer.) at the local University.",
    "1.) The first item|2.) The second item",
    "We make a good team, you and I.|Did you see Albert I. Jones yesterday?",
    "I never meant that....|She left the store.",
    "Differing agendas can create an understanding gap in a consultation.11 12|Take the example of a cold.",
    "Its traditional use[1] is well documented [2–11].|Leaves, buds and oils are used.",
]
OWN = [
    # citations, references and their abbreviations
    "Peers help (Cole, J. & Diaz, A., 2014; Repp and Carter, 2011).|Staff agree (Moll et al., n.d.).|It holds.",
    "Moll et al. (2009) and J. A. Cole found this, cf. Diaz, p. 12.|See Fig. 2, vol. 3, pp. 4–5, e.g., The Review.",
    "He moved to [Washington, D.C.] in May.|Work by Ed. Cole et al. Smith is older.",
    "The ministry in B.C. Peer Centre wrote it.|It stayed in B.C.|The rest left.",
    # a lost stop or space after a citation
    "It is called service user-led (Cole, 2020; Diaz et al., 2014)|The role of peers has no standard.",
    "It has grown (2021)|The number of peers has doubled (Cole, n.d.)|However, it is small.",
    "As Cole (2014) The Art of Care shows, peers help (n = 20) In Vitro tests.",
    # citations and numbers after the stop
    "It was found.[3]|The next was found.3,4|The last was found.¹²|However, it was 3.5 metres.",
    "It was so in the data. (Cole, 2014)|Another was not. (Cole, 2014).",
    "“I was lost. Then I met her.” (P3, female)|Another said no.",
    # labels, units, headings
    "Those in group B.|Participants in group A left after 500 ms.|The rest stayed.",
    "Figure 1. The model.|It is new.",
    "2.1. Peer Support in Practice",
    "The answer was no.|Peers said no. 5 was wrong.|mRNA was found.",
    # a missing last stop
    "Peers help.|This is so (Cole, 2014)",
]


@pytest.mark.parametrize("marked", GOLDEN + OWN)
def test_sentences(marked: str) -> None:
    assert parts(marked.replace("|", " ")) == marked.split("|")


def test_lost_space() -> None:
    assert parts("It held (Cole, 2014).Peers met.The rest left.") == [
        "It held (Cole, 2014).",
        "Peers met.",
        "The rest left.",
    ]
    assert parts("Go to www.peers.The.org or 3.5 miles.") == ["Go to www.peers.The.org or 3.5 miles."]


def test_line_breaks_and_lists() -> None:
    assert parts("A wrapped\nsentence. The next\nPeer one.") == ["A wrapped\nsentence.", "The next\nPeer one."]
    assert parts("Aims:\n- to help\n- to learn") == ["Aims:", "- to help", "- to learn"]
    assert parts("1. Help them\n2. Learn. Then rest") == ["1. Help them", "2. Learn.", "Then rest"]
    assert parts("Mean age was\n12. The rest left.") == ["Mean age was\n12.", "The rest left."]
    assert parts("A heading\n\nA text") == ["A heading", "A text"]
    assert parts("(1) We asked, (2) we listened and 3) left.") == ["(1) We asked, (2) we listened and 3) left."]


@pytest.mark.parametrize("blank", ["", " ", "\n\t\u00a0\n"])
def test_blank(blank: str) -> None:
    assert split_sentences(blank) == []


def test_protected_span_is_not_cut() -> None:
    text = "See Smith. The Book. It is good."
    assert parts(text, [(4, 20)]) == ["See Smith. The Book.", "It is good."]


# Pieces that the rules look at, mixed with any characters, lone surrogates among them.
PIECES = st.sampled_from(
    [". ", "? ", "(", ")", "“", "”", '"', "\n", "\n- ", "1. ", "et al.", "The ", "(2014) ", "[3]", "A."]
)
TEXTS = st.lists(PIECES | st.text(st.characters(), max_size=4), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60)), max_size=3))
def test_spans_keep_the_text_and_the_protected_spans(text: str, protected: list[tuple[int, int]]) -> None:
    spans = split_sentences(text, protected)
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()
    for boundary in [end for _, end in spans[:-1]] + [start for start, _ in spans[1:]]:
        assert not any(low < boundary < high for low, high in protected)


@pytest.mark.parametrize(
    "unit",
    ["(", ". ", "A. ", '"', '"a. ', "\n", "1. ", "a) b) ", "\n- ", ". (", "(2014) The ", ".1", "([“", "x", "et al. "],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        times = []
        for _ in range(3):
            begin = time.process_time()
            split_sentences(text)
            times.append(time.process_time() - begin)
        return min(times)

    # Generous, as machines are noisy: quadratic time would be a hundred times.
    assert seconds(100_000) <= 30 * seconds(10_000) + 0.02
