"""Ask a literature review: answers are its own sentences, word for word, each with the works it cites.

Each package is a stage and imports only packages before it; read them in this order:

    text/        Document > Section > Paragraph > Sentence: text with addresses
    reading/     a file -> Document
    citing/      Document -> References, and in-text Citations resolved to them
    library/     Document -> Review, with the Passages that are searched
    models/      texts -> vectors; a question and a passage -> scores
    index/       vectors -> an index on disk that survives crashes
    retrieval/   a question -> ranked passages
    answering/   ranked passages -> Answer
    feedback/    what was asked and not answered
    evaluation/  how good the answers are
    wording/     every sentence that peerqa itself says, in English and French
    http/, cli/, web/  the interfaces

All of it together: Assistant.open("corpus", "index").ask("..."). Importing peerqa loads none of these packages; each
name below is looked up when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from peerqa.notices import word_with

if TYPE_CHECKING:
    from peerqa.answering.answer import Answer
    from peerqa.answering.assistant import Assistant, Settings
    from peerqa.errors import PeerqaError
    from peerqa.text.document import Document

_HOMES = {
    "Answer": "answering.answer",
    "Assistant": "answering.assistant",
    "Document": "text.document",
    "PeerqaError": "errors",
    "Settings": "answering.assistant",
}

__all__ = ["Answer", "Assistant", "Document", "PeerqaError", "Settings"]


def _in_english(said: object) -> str:
    """What `str` gives of a notice or an error; the words are loaded when they are first needed."""
    from peerqa.wording.catalogue import DEFAULT, using
    from peerqa.wording.notices import worded

    with using(DEFAULT):
        return worded(said)


word_with(_in_english)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'peerqa' has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
