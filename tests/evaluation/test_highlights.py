"""The measures of reading, worked out by hand."""

from __future__ import annotations

from peerqa.evaluation.highlights import reading

LONG = " ".join(["word"] * 45)


def test_words_are_counted_not_sentences() -> None:
    scores = reading(["a b c d", "e f", "g h i j k l"], {"e f", "x y z w"}, {"e f", "x y z w", "a b c d"}, True)
    assert scores["precision"] == 6 / 12
    assert scores["recall"] == 2 / 6
    assert scores["F1"] == 2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3)
    assert (scores["lead right"], scores["in 40 words"], scores["words"], scores["dangling"]) == (1, 1, 12, 1)


def test_a_sentence_behind_a_long_one_is_not_met_at_a_glance() -> None:
    assert reading([LONG, "e f"], {"e f"}, {"e f"}, False)["in 40 words"] == 0
    assert reading([LONG], {LONG}, {LONG}, False)["in 40 words"] == 1  # it begins there


def test_nothing_shown_scores_nothing() -> None:
    assert set(reading([], {"e f"}, {"e f"}, False).values()) == {0.0}
