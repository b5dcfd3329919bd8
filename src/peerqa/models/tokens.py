"""The tokenizer of a model, from its tokenizer.json. The only importer of the tokenizers library."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from peerqa.errors import ModelError, Problem, reason_of


def load_tokenizer(folder: Path, max_length: int | None = None) -> Any:
    """The tokenizer in a model's folder, without padding; what it reads of a text is cut at max_length tokens.

    Raises ModelError where there is none.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns in each process that was forked
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ModelError(Problem.PACKAGE_NOT_IMPORTED, package="tokenizers", reason=error) from error
    path = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise ModelError(Problem.TOKENIZER_NOT_READABLE, path=path, reason=reason_of(error)) from error
    tokenizer.no_padding()
    if max_length is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_length)
    return tokenizer
