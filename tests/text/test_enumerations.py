"""The items of a list inside a sentence."""

from __future__ import annotations

import pytest

from peerqa.text.enumerations import announces_several, items_of, lists_several


def items(sentence: str) -> list[str]:
    return [sentence[start:end] for start, end in items_of(sentence)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "These range from lack of pay, poor roofs, and cold rooms (Cole, 2014).",
            ["lack of pay", "poor roofs", "cold rooms"],
        ),
        ("Tools include saws, planes and files.", ["saws", "planes", "files"]),
        ("There are three: red; dark blue, or navy; and green.", ["red", "dark blue, or navy", "green"]),
        (
            "They use materials such as wood (oak, ash), stone, and 1,200 bricks.",
            ["wood (oak, ash)", "stone", "1,200 bricks"],
        ),
    ],
)
def test_a_list_is_cut_into_its_items(sentence: str, found: list[str]) -> None:
    assert items(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "Rain, snow and hail fell.",  # nothing announces a list
        "Tools include saws and files.",  # two are none
        "This includes the roof, which leaks, and the door.",
        "It was long: he read, because he had time, and slept.",
        "",
        "Tools include",
    ],
)
def test_what_is_not_surely_a_list_is_left_alone(sentence: str) -> None:
    assert items(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "lists", "announces"),
    [
        ("There were three aims.", False, True),
        ("Several factors matter.", False, True),
        ("The aims were (1) to read and (2) to write.", True, False),
        ("Several factors matter: rain, snow, and wind.", True, False),
        ("Rain fell.", False, False),
    ],
)
def test_what_lists_and_what_only_announces(sentence: str, lists: bool, announces: bool) -> None:
    assert (lists_several(sentence), announces_several(sentence)) == (lists, announces)
