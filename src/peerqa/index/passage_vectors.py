"""EmbeddedTexts -> PassageVectors: a vector of each passage, of each of its sentences, and of each of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from peerqa.library.passages import EmbeddedText
from peerqa.models.encoder import Encoder, TokenVectors, Vectors

_LONGEST_TOKEN = 40
"""Characters of a text that are handed to the model at once, for each token that it can read."""
AT_ONCE = 256
"""Passages that are embedded at once. This bounds memory: token vectors are made in 32 bits."""

Progress = Callable[[int], None]
"""Called with the number of texts that were embedded since the last call."""


@dataclass(frozen=True, slots=True, eq=False)
class PassageVectors:
    """All vectors of one passage, each of length 1.

    passage: (d,). sentences: (s, d). tokens: (t, d). pieces: (t,) the number of each token in the vocabulary. offsets:
    (t, 2), where each token begins and ends in the embedded text. ranges: (s, 2), the first token of each sentence and
    the one after its last.
    """

    passage: NDArray[np.float32]
    sentences: Vectors
    tokens: Vectors
    pieces: NDArray[np.int64]
    offsets: NDArray[np.int64]
    ranges: NDArray[np.int64]


def embed(
    texts: Sequence[EmbeddedText], encoder: Encoder, progress: Progress = lambda texts: None
) -> Iterator[PassageVectors]:
    """The vectors of passages, in their order."""
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        sentences = [text.text[left:right] or " " for text in some for left, right in text.sentences]
        read = encoder.encode_tokens([text.text for text in some])
        vectors = encoder.encode(sentences)
        ends = np.cumsum([len(text.sentences) for text in some])
        for text, tokens, own in zip(some, read, np.split(vectors, ends[:-1]), strict=True):
            yield _of_passage(text, _whole(text, tokens, encoder), own)
        progress(len(some))


def _whole(text: EmbeddedText, read: TokenVectors, encoder: Encoder) -> TokenVectors:
    """The tokens of a whole text, of which `read` may hold only the beginning.

    If the model stopped inside the text, it reads on from the start of the sentence in which it stopped; within a
    sentence that is longer than the model reads, from the place where it stopped.
    """
    began, reached = text.body, int(read.offsets[:, 1].max(initial=0))
    fits = 2 * np.count_nonzero(read.offsets[:, 1] <= text.body) <= encoder.identity.max_length
    heading = text.text[: text.body] if fits else ""  # left out if it takes more than half of the tokens
    while (start := _unread(text, began, reached)) is not None:
        window = text.text[start : start + _LONGEST_TOKEN * encoder.identity.max_length]
        more = encoder.encode_tokens([heading + window])[0]
        before = read.offsets[:, 1] <= start
        after = more.offsets[:, 0] >= len(heading)
        read = replace(
            read,
            tokens=np.concatenate([read.tokens[before], more.tokens[after]]),
            pieces=np.concatenate([read.pieces[before], more.pieces[after]]),
            offsets=np.concatenate([read.offsets[before], more.offsets[after] + start - len(heading)]),
        )
        began, before_it = start, reached
        reached = int(read.offsets[:, 1].max(initial=0))
        if reached <= before_it:
            break  # the model makes no token of what is left
    return read


def _unread(text: EmbeddedText, began: int, reached: int) -> int | None:
    """Where to read on in a text that was read from `began` to `reached`; None if no word is left."""
    for start, end in text.sentences:
        if any(character.isalnum() for character in text.text[max(start, reached) : end]):
            return start if start > began else max(start, reached)
    return None


def _of_passage(text: EmbeddedText, read: TokenVectors, sentences: Vectors) -> PassageVectors:
    """The vectors of a passage, from its tokens and the vectors of its sentences."""
    # Special tokens stand nowhere in the text, so no token of a question should match them.
    kept = read.offsets[:, 1] > read.offsets[:, 0]
    offsets = read.offsets[kept]
    ranges = [
        (int(np.searchsorted(offsets[:, 0], start)), int(np.searchsorted(offsets[:, 0], end)))
        for start, end in text.sentences
    ]
    return PassageVectors(
        passage=read.vector,
        sentences=sentences,
        tokens=read.tokens[kept],
        pieces=read.pieces[kept],
        offsets=offsets,
        ranges=np.array(ranges, dtype=np.int64).reshape(-1, 2),
    )
