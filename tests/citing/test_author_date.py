"""Where a text cites, before anything is looked up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from peerqa.citing.author_date import REPORTING_VERB, capitalised_words, find_written, people_at


def written(text: str) -> list[tuple[str, str | None]]:
    return [(text[mention.start : mention.end], mention.year) for mention in find_written(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helps (Cole, 2014).", [("Cole, 2014", "2014")]),
        ("It helps (Cole, 2014; Diaz et al., n.d.).", [("Cole, 2014", "2014"), ("Diaz et al., n.d.", "n.d.")]),
        ("It helps (see also Cole, 2014, pp. 3–4).", [("Cole, 2014", "2014")]),
        ("Cole and Diaz (2014) agree.", [("Cole and Diaz (2014)", "2014")]),
        ("Cole et al.’s (2014) view.", [("Cole et al.’s (2014)", "2014")]),
        ("Cole found it (2014).", [("(2014)", "2014")]),
        ("It helps (Cole, 2014a, b).", [("Cole, 2014a", "2014a"), ("b", "2014b")]),
        ("It helps (Cole, 2014, and Diaz, 2016).", [("Cole, 2014", "2014"), ("Diaz, 2016", "2016")]),
        ("It helps (Cole, in press).", [("Cole, in press", "in press")]),
        ("It helps [Cole, 2014].", [("Cole, 2014", "2014")]),
        ("It helps (so (Cole, 2014) says).", [("Cole, 2014", "2014")]),
    ],
)
def test_written(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert written(text) == expected


@pytest.mark.parametrize("text", ["(PSW)", "(16-24)", "(Study 1)", "(1970s)", "(N = 1,990)", "no bracket, 2014", ""])
def test_nothing_written(text: str) -> None:
    assert written(text) == []


def test_several_years_do_not_overlap() -> None:
    mentions = list(find_written("Cole (2014, 2016a, b) agrees; so does Diaz (2011; 2012)."))
    assert [mention.year for mention in mentions] == ["2014", "2016a", "2016b", "2011", "2012"]
    assert all(one.end <= other.start for one, other in pairwise(mentions))


def test_a_work_known_from_another_is_marked() -> None:
    first, second = find_written("It helps (Cole, 1982, as cited in Diaz, 2014).")
    assert (first.phrase.text, first.secondary) == ("Cole", True)
    assert (second.phrase.text, second.secondary) == ("Diaz", False)


def test_names_have_their_places() -> None:
    text = "It helps (e.g., van der Berg, O'Brien, & Young-Smith, 2014)."
    (mention,) = find_written(text)
    assert [name.text for name in mention.names] == ["van der Berg", "O'Brien", "Young-Smith"]
    assert all(text[name.start : name.end] == name.text for name in mention.names)


def test_people_at_stops_before_a_possessive() -> None:
    text = "Cole and Diaz’s study"
    people = people_at(text, 0)
    assert people is not None
    names, et_al, end = people
    assert [name.text for name in names] == ["Cole", "Diaz"]
    assert not et_al
    assert text[:end] == "Cole and Diaz"
    assert people_at(text, 5) is None


def test_capitalised_words_lie_in_the_range() -> None:
    text = "Cole met Diaz’s aunt and Mary van Dyke in Bern."
    assert [name.text for name in capitalised_words(text, 0, len(text))] == ["Cole", "Diaz", "Mary", "van Dyke", "Bern"]
    assert [name.text for name in capitalised_words(text, 5, 15)] == ["Diaz"]


@pytest.mark.parametrize("verb", ["found", "also suggests", "(rightly) argued", "et", "had clearly shown", "using", ""])
def test_reporting_verbs(verb: str) -> None:
    assert bool(REPORTING_VERB.match(f" {verb} that")) == (verb not in ("et", "using", ""))
