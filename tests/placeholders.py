"""What the messages of both languages leave open."""

from __future__ import annotations

import string


def placeholders(*texts: str) -> set[str]:
    """The names in braces of some texts."""
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}
