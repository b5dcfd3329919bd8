"""Which sentences point back to the one before them, and which only look so."""

from __future__ import annotations

import pytest

from peerqa.text.openings import points_back


@pytest.mark.parametrize(
    "sentence",
    [
        "These range from low pay to isolation.",
        "This often occurs in small towns.",
        "Another reason is the weather.",
        "They also keep the books.",
        "Additionally, the roof leaks.",
        "In contrast, older readers prefer paper.",
        "It also reduces the noise.",
        "Of these, three were lost.",
        "Because of this, the trial was stopped.",
        "Their pay is low.",
        "However it was measured, it grew.",
        "Ces résultats surprennent.",
        "Außerdem fehlt das Geld.",
        "Sin embargo, faltan datos.",
    ],
)
def test_it_points_back(sentence: str) -> None:
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This review asks who pays.",
        "In this study, thirty readers were asked.",
        "It is important to ask who pays.",
        "Those who read most were asked first.",
        "Both readers and writers were asked.",
        "Theses are long.",
        "Italy has many libraries.",
        "Sudden rain is rare.",
        "Rather than paper, screens were used.",
        "The readers were asked.",
        "Cette étude porte sur la lecture.",
    ],
)
def test_it_stands_alone(sentence: str) -> None:
    assert not points_back(sentence)
