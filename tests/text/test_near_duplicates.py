"""Near-duplicates: the same words count, figures and notation do not."""

from __future__ import annotations

import pytest

from peerqa.text.near_duplicates import shingles, stands_in

TEXT = (
    "PSWs maintaining boundaries with consumers was another identified challenge (Moll et al., 2009). This is because "
    "PSWs are expected to share personal experiences and knowing how much and when to share is required."
)


@pytest.mark.parametrize(
    ("shown", "other", "expected"),
    [
        (TEXT, TEXT, True),
        (TEXT, TEXT.upper().replace("(MOLL ET AL., 2009)", "[12]"), True),
        (TEXT, "*" + TEXT.replace("another", "one further") + "*", True),
        (TEXT, TEXT[: TEXT.index(" This is")], True),
        (TEXT[: TEXT.index(" This is")], TEXT, False),
        (TEXT, "PSWs keep their boundaries with consumers by sharing little.", False),
        (TEXT, "2009", False),
        ("So it is.", "So it is", True),
    ],
)
def test_what_has_been_read(shown: str, other: str, expected: bool) -> None:
    assert stands_in(shingles(shown), shingles(other)) == expected
