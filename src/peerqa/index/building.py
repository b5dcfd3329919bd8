"""Reviews -> Index. What has not changed since the last build is not embedded again.

A passage is embedded with its heading in front, without citation marks, and with the abbreviations that its review
defines written out. Its sentences are embedded by themselves too. Its token vectors are kept for late interaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import StoreError
from peerqa.index.store import Store
from peerqa.index.token_table import TokenTable
from peerqa.index.vectors import Identity, Index
from peerqa.library.passages import EmbeddedText, Passage
from peerqa.library.review import Review
from peerqa.models.encoder import Encoder, ModelIdentity, TokenVectors, Vectors

CHUNKING_VERSION = "3"
"""Version of how passages are cut and which words of them are embedded. An index of another version is rebuilt."""

_LONGEST_TOKEN = 40
"""Characters of a text that are handed to the model at once, for each token that it can read."""

_AT_ONCE = 256
"""Passages that are embedded at once. This bounds memory: token vectors are made in 32 bits, and kept in 16."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the work, how many texts are done, and how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class _Vectors:
    """All vectors of one passage. passage: (d,). tokens: (t, d), with pieces: (t,) and offsets: (t, 2) as in
    TokenTable. sentences: (s, d). ranges: (s, 2), the first token of each sentence and the one after its last."""

    passage: NDArray[np.float32]
    tokens: NDArray[np.float16]
    pieces: NDArray[np.int32]
    offsets: NDArray[np.int32]
    sentences: Vectors
    ranges: NDArray[np.int64]


def embedded_texts(reviews: Sequence[Review]) -> list[EmbeddedText]:
    """What is embedded of each passage of the reviews, in order."""
    return [text for review in reviews for text in review.embedded_texts]


def build_index(reviews: Sequence[Review], store: Store, encoder: Encoder, progress: Progress | None = None) -> Index:
    """Embed what is new, build the index and make it the live one. Raises IndexBusy if another process is building it,
    StoreError if it cannot be written."""
    with store.lock():
        texts = embedded_texts(reviews)
        known = _known(store, encoder)
        wanted = {text.digest: text for text in texts if text.digest not in known}
        known.update(zip(wanted, _encode(list(wanted.values()), encoder, progress), strict=True))
        index = _put_together(reviews, texts, known, identity_of(encoder.identity))
        index.save(store)
    return index


def part_of_index(index: Index, reviews: Sequence[Review]) -> Index:
    """The index of some of its reviews alone, in memory; nothing is embedded again."""
    return _put_together(reviews, embedded_texts(reviews), _vectors_of(index), index.identity)


def _put_together(
    reviews: Sequence[Review], texts: Sequence[EmbeddedText], known: Mapping[str, _Vectors], identity: Identity
) -> Index:
    vectors = [known[text.digest] for text in texts]
    passages = [passage for review in reviews for passage in review.passages]
    return Index.build(
        identity,
        corpus_hash(reviews),
        [_item(passage, text) for passage, text in zip(passages, texts, strict=True)],
        np.stack([item.passage for item in vectors]),
        np.concatenate([item.sentences for item in vectors]),
        np.repeat(np.arange(len(texts), dtype=np.int64), [len(item.sentences) for item in vectors]),
        arrays=_table(vectors).arrays(),
        documents=[
            {"path": r.document.name, "size": len(r.document.text), "sha256": r.document.sha256} for r in reviews
        ],
    )


def identity_of(model: ModelIdentity) -> Identity:
    """What the vectors of an index depend on."""
    return Identity(model.name, model.sha256, model.dimension, model.max_length, model.pooling, CHUNKING_VERSION)


def is_stale(index: Index, reviews: Sequence[Review]) -> bool:
    """Whether an index is of other reviews, or of the same ones cut or written out in another way."""
    # The digests too: a row must never mean another passage, whatever changed in how a text is read or cut.
    return (
        index.corpus_sha256 != corpus_hash(reviews)
        or index.identity.chunking_version != CHUNKING_VERSION
        or [item.get("embedded") for item in index.items] != [text.digest for text in embedded_texts(reviews)]
    )


def corpus_hash(reviews: Sequence[Review]) -> str:
    """One SHA-256 over the names and contents of the documents, in hexadecimal; their order does not count."""
    lines = sorted(f"{review.document.name}\t{review.document.sha256}" for review in reviews)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _item(passage: Passage, text: EmbeddedText) -> dict[str, object]:
    return {
        "id": passage.id,
        "document": passage.document,
        "section": passage.section,
        "paragraph": passage.paragraph,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "embedded": text.digest,
    }


# ---- vectors --------------------------------------------------------------------------------------------------------


def _encode(texts: Sequence[EmbeddedText], encoder: Encoder, progress: Progress | None) -> list[_Vectors]:
    """The vectors of passages. One that is longer than the model reads is read in several windows, each with the
    heading in front."""
    total = len(texts) + sum(len(text.sentences) for text in texts)
    made: list[_Vectors] = []
    before = 0

    def report(done: int, _: int) -> None:
        if progress is not None:
            progress("embedding", before + done, total)

    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        sentences = [text.text[left:right] or " " for text in some for left, right in text.sentences]
        read = encoder.encode_tokens([text.text for text in some], report)
        before += len(some)
        vectors = encoder.encode(sentences, report)
        before += len(sentences)
        ends = np.cumsum([len(text.sentences) for text in some])
        for text, tokens, own in zip(some, read, np.split(vectors, ends[:-1]), strict=True):
            made.append(_of_passage(text, _whole(text, tokens, encoder), own))
    return made


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


def _of_passage(text: EmbeddedText, read: TokenVectors, sentences: Vectors) -> _Vectors:
    """The vectors of a passage, from its tokens and the vectors of its sentences."""
    # Special tokens stand nowhere in the text, so no token of a question should match them.
    kept = read.offsets[:, 1] > read.offsets[:, 0]
    offsets = read.offsets[kept]
    ranges = [
        (int(np.searchsorted(offsets[:, 0], start)), int(np.searchsorted(offsets[:, 0], end)))
        for start, end in text.sentences
    ]
    return _Vectors(
        passage=read.vector,
        tokens=read.tokens[kept].astype(np.float16),
        pieces=read.pieces[kept].astype(np.int32),
        offsets=offsets.astype(np.int32),
        sentences=sentences,
        ranges=np.array(ranges, dtype=np.int64).reshape(-1, 2),
    )


def _table(vectors: Sequence[_Vectors]) -> TokenTable:
    starts = np.cumsum([0, *(len(item.tokens) for item in vectors)]).astype(np.int64)
    return TokenTable(
        vectors=np.concatenate([item.tokens for item in vectors]),
        pieces=np.concatenate([item.pieces for item in vectors]),
        offsets=np.concatenate([item.offsets for item in vectors]),
        passages=starts,
        sentences=np.concatenate([item.ranges + start for item, start in zip(vectors, starts, strict=False)]),
    )


def _known(store: Store, encoder: Encoder) -> dict[str, _Vectors]:
    """The vectors of the index that is there, by the digest of the text that each was made of; none if the index is of
    another model or cannot be read."""
    try:
        if not store.has_index():
            return {}
        return _vectors_of(Index.load(store, expect=identity_of(encoder.identity)))
    except (StoreError, KeyError):
        return {}  # it is about to be replaced


def _vectors_of(index: Index) -> dict[str, _Vectors]:
    """The vectors in an index, by the digest of the text that each was made of."""
    table = TokenTable.of_arrays(dict(index.arrays))
    passages, sentences = index.vectors()
    known: dict[str, _Vectors] = {}
    first = np.searchsorted(index.sentence_rows, np.arange(len(index.items) + 1))
    for row, item in enumerate(index.items):
        own = slice(int(table.passages[row]), int(table.passages[row + 1]))
        lines = slice(int(first[row]), int(first[row + 1]))
        known[str(item.get("embedded"))] = _Vectors(
            passages[row],
            table.vectors[own],
            table.pieces[own],
            table.offsets[own],
            sentences[lines],
            table.sentences[lines] - table.passages[row],
        )
    return known
