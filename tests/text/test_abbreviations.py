"""Abbreviations that a text defines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.text.abbreviations import find_abbreviations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A peer support worker (PSW) helps.", {"PSW": "peer support worker"}),
        ("Peer support workers (PSWs) help.", {"PSW": "Peer support workers"}),
        ("The World Health Organization [WHO] says.", {"WHO": "World Health Organization"}),
        ("It is so (World Health Organization [WHO], 2014).", {"WHO": "World Health Organization"}),
        ("The World Health Organization (WHO, 2014) says.", {"WHO": "World Health Organization"}),
        ("The National Institute of Health (NIH) and a peer (PSW).", {"NIH": "National Institute of Health"}),
        ("A peer support worker (PSW) and a public service work (PSW).", {"PSW": "peer support worker"}),
        ("It has high social costs (WHO, 2014).", {}),
        ("Many were asked (N = 20; aged 16-24).", {}),
        ("It helps (Cole, 2014).", {}),
        ("(PSW)", {}),
        ("", {}),
    ],
)
def test_definitions(text: str, expected: dict[str, str]) -> None:
    assert find_abbreviations(text) == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["peer ", "support ", "(PSW)", "[APA]", "(", ")", "American ", "of ", ". ", "A"])).map(
        "".join
    )
)
def test_long_forms_stand_in_the_text(text: str) -> None:
    for short, long in find_abbreviations(text).items():
        assert long in " ".join(text.split())
        assert long[0].casefold() == short[0].casefold()
        assert len(long) > len(short)
