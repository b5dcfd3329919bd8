"""The token vectors of all passages in flat arrays, as the index keeps them and late interaction reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TokenTable:
    """The tokens of all passages, one after the other.

    vectors: (t, d) float16, rows of length 1. pieces: (t,) int32, the vocabulary's number of each. offsets: (t, 2)
    int32, where a token stands in the text that was embedded of its passage. passages: (n + 1,) int64, where each
    passage's tokens begin, and the end. sentences: (m, 2) int64, first token and end of each sentence.
    """

    vectors: NDArray[np.float16]
    pieces: NDArray[np.int32]
    offsets: NDArray[np.int32]
    passages: NDArray[np.int64]
    sentences: NDArray[np.int64]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The table as named arrays, for the index to keep."""
        return {
            "token_vectors": self.vectors,
            "token_pieces": self.pieces,
            "token_offsets": self.offsets,
            "token_passages": self.passages,
            "token_sentences": self.sentences,
        }

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> TokenTable:
        """The table back from what `arrays` gave. Raises KeyError where one is missing."""
        return cls(
            np.asarray(arrays["token_vectors"], dtype=np.float16),
            np.asarray(arrays["token_pieces"], dtype=np.int32),
            np.asarray(arrays["token_offsets"], dtype=np.int32),
            np.asarray(arrays["token_passages"], dtype=np.int64),
            np.asarray(arrays["token_sentences"], dtype=np.int64),
        )
