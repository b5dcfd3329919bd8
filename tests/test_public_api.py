"""The names that a program may import from peerqa."""

from __future__ import annotations

from importlib import import_module

import pytest

import peerqa

PUBLIC = {"Answer", "Assistant", "Document", "PeerqaError", "Settings"}


def test_the_public_names_are_pinned() -> None:
    assert set(peerqa.__all__) == PUBLIC
    assert dir(peerqa) == sorted(PUBLIC)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_is_looked_up_where_it_lives(name: str) -> None:
    found = getattr(peerqa, name)
    assert found.__name__ == name
    assert getattr(import_module(found.__module__), name) is found


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Answers'"):
        peerqa.Answers  # noqa: B018
