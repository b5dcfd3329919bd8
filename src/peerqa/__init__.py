"""Ask a literature review: answers are its own sentences, word for word, each with the works it cites.

The flow, a file a stage; read them in this order:

    reading/       a file of the corpus -> Document
    document.py    Document > Section > Paragraph > Sentence: text with addresses
    references.py  its reference list -> References
    citations.py   its in-text citations, each resolved to References
    passages.py    Document -> Passages
    embeddings.py  texts -> vectors
    index.py       vectors -> a FAISS index that survives crashes
    question.py    what somebody typed -> Question
    retrieve.py    Question -> Hits
    answer.py      Hits -> Answer
    assistant.py   all of it: Assistant.open("corpus", "index").ask("...")

Importing peerqa loads none of that; each name below is looked up when it is first used.
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
