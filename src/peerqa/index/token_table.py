"""The token vectors of all passages in flat arrays, as the index keeps them and late interaction reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TokenTable:
    """The tokens of all passages, one after the other.

    vectors: (t, d) float16, rows of length 1. pieces: (t,) int32, the number of each token in the vocabulary. offsets:
    (t, 2) int32, the start and end of each token in the text that was embedded of its passage. passages: (n + 1,)
    int64, the first token of each passage, and at the end the number of tokens. sentences: (m, 2) int64, the first
    token of each sentence and the one after its last.
    """

    vectors: NDArray[np.float16]
    pieces: NDArray[np.int32]
    offsets: NDArray[np.int32]
    passages: NDArray[np.int64]
    sentences: NDArray[np.int64]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The table as named arrays, as the index keeps them."""
        return {
            "token_vectors": self.vectors,
            "token_pieces": self.pieces,
            "token_offsets": self.offsets,
            "token_passages": self.passages,
            "token_sentences": self.sentences,
        }

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> TokenTable:
        """The table of which `arrays` made these. Raises KeyError if one is missing."""
        return cls(
            np.asarray(arrays["token_vectors"], dtype=np.float16),
            np.asarray(arrays["token_pieces"], dtype=np.int32),
            np.asarray(arrays["token_offsets"], dtype=np.int32),
            np.asarray(arrays["token_passages"], dtype=np.int64),
            np.asarray(arrays["token_sentences"], dtype=np.int64),
        )
