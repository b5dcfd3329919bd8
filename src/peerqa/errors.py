"""What can go wrong, as one tree of errors and one list of codes.

An error holds a code and the values that belong to it, and no sentence; `peerqa.wording.problems` has the sentences,
each one line that names the file or value and says what to do. `str(error)` is that line in English.

PeerqaError
  ├─ CorpusError        a review that cannot be read, or no review at all
  │    └─ SectionError      a section that no review has
  ├─ ModelError         a model that is missing, or whose files are not those of a model
  ├─ StoreError         an index that cannot be used
  │    ├─ IndexDamaged      what it holds is not what was written there
  │    ├─ IndexMismatch     it was built with another model or other settings
  │    └─ IndexBusy         another process is building it
  ├─ ParametersError    a file of parameters that cannot be used
  ├─ QuestionError      a question that cannot be asked
  ├─ QuestionSetError   a file of questions to evaluate with that cannot be read
  ├─ ServeError         the page cannot be served (port in use, ...)
  └─ KeptQuestionsError the file of kept questions cannot be used
"""

from __future__ import annotations

from enum import Enum

from peerqa.notices import Notice


class Problem(Enum):
    """Codes of errors and warnings, by the stage that they come from."""

    # Of several stages
    IN_FILE = "in-file"
    LEFT_OUT = "left-out"
    NOT_READABLE = "not-readable"
    NOT_UTF8 = "not-utf8"

    # Reading: files of the corpus
    NO_CORPUS = "no-corpus"
    NO_REVIEW = "no-review"
    NO_SUCH_FILE = "no-such-file"
    FILE_EMPTY = "file-empty"
    FILE_TOO_LARGE = "file-too-large"
    FORMAT_NOT_READ = "format-not-read"
    FORMAT_UNKNOWN = "format-unknown"
    ENDING_MISSING = "ending-missing"
    NOT_UTF8_TEXT = "not-utf8-text"
    NUL_CHARACTERS = "nul-characters"
    NO_PARAGRAPH = "no-paragraph"
    NO_TEXT = "no-text"
    NO_REFERENCE_LIST = "no-reference-list"
    FRONT_MATTER_NOT_YAML = "front-matter-not-yaml"
    FRONT_MATTER_NOT_KEYS = "front-matter-not-keys"

    # Reading: conversion of other formats
    CONVERSION_TOO_SLOW = "conversion-too-slow"
    CONVERSION_OVER_LIMITS = "conversion-over-limits"
    STOPPED_BY_SIGNAL = "stopped-by-signal"
    EXIT_STATUS = "exit-status"
    NESTED_TOO_DEEP = "nested-too-deep"
    PANDOC_MISSING = "pandoc-missing"
    PANDOC_FAILED = "pandoc-failed"
    ARCHIVE_DAMAGED = "archive-damaged"
    ARCHIVE_TOO_LARGE = "archive-too-large"
    DEFUSEDXML_MISSING = "defusedxml-missing"
    XML_ENTITIES = "xml-entities"
    NOT_JATS = "not-jats"
    NO_ARTICLE = "no-article"
    PDFMINER_MISSING = "pdfminer-missing"
    NOT_PDF = "not-pdf"
    PDF_WITHOUT_TEXT = "pdf-without-text"
    PAGES_WITHOUT_TEXT = "pages-without-text"
    TABLES_LEFT_OUT = "tables-left-out"
    PICTURES_LEFT_OUT = "pictures-left-out"
    FORMULAS_LEFT_OUT = "formulas-left-out"
    LINKS_WITHOUT_ENTRY = "links-without-entry"
    KEYS_WITHOUT_ENTRY = "keys-without-entry"

    # Library
    NOT_A_LIBRARY = "not-a-library"
    ROWS_CHANGED = "rows-changed"
    MODEL_CHANGED = "model-changed"
    NOT_IN_INDEX = "not-in-index"
    NOT_IN_CORPUS = "not-in-corpus"
    OTHER_CONTENT = "other-content"
    NOT_COPIED = "not-copied"

    # Models
    MODEL_FOLDER_MISSING = "model-folder-missing"
    MODEL_NOT_FOUND = "model-not-found"
    PACKAGE_NOT_IMPORTED = "package-not-imported"
    NETWORK_NOT_READABLE = "network-not-readable"
    TOKENIZER_NOT_READABLE = "tokenizer-not-readable"
    WEIGHTS_NOT_READABLE = "weights-not-readable"
    WEIGHTS_INCOMPLETE = "weights-incomplete"
    WEIGHTS_DIFFER = "weights-differ"
    OWN_WEIGHTS_MISSING = "own-weights-missing"
    OWN_WEIGHTS_CHANGED = "own-weights-changed"
    CROSS_ENCODER_MISSING = "cross-encoder-missing"
    CROSS_ENCODER_NOT_USABLE = "cross-encoder-not-usable"
    EXPORT_NOT_READABLE = "export-not-readable"
    MODEL_NOT_INSTALLED = "model-not-installed"
    MODEL_NOT_PUBLISHED = "model-not-published"
    MODEL_WITHOUT_MODULES = "model-without-modules"
    MODEL_MODULES_NOT_READABLE = "model-modules-not-readable"
    MODEL_WITH_CODE = "model-with-code"
    MODEL_WITHOUT_WEIGHTS = "model-without-weights"

    # Retrieval: the file of parameters
    PARAMETER_UNKNOWN = "parameter-unknown"
    PARAMETER_MISSING = "parameter-missing"
    PARAMETER_NO_NUMBER = "parameter-no-number"
    PARAMETER_NO_WHOLE_NUMBER = "parameter-no-whole-number"
    PARAMETER_NO_OBJECT = "parameter-no-object"
    PARAMETER_OF_NO_SIGNAL = "parameter-of-no-signal"

    # Index: the folder and its files
    NO_INDEX = "no-index"
    INDEX_BUSY = "index-busy"
    INDEX_NOT_WRITABLE = "index-not-writable"
    INDEX_DAMAGED = "index-damaged"
    INDEX_FORMAT = "index-format"
    OTHER_HASH = "other-hash"
    FILE_MISSING = "file-missing"
    OTHER_SIZE = "other-size"
    OVER_SIZE = "over-size"
    INDEX_FILE_NOT_READABLE = "index-file-not-readable"

    # Index: vectors
    NOT_AN_INDEX = "not-an-index"
    OTHER_DIMENSIONS = "other-dimensions"
    OTHER_NUMBER_OF_VECTORS = "other-number-of-vectors"
    QUERY_SHAPE = "query-shape"
    QUERY_NOT_FINITE = "query-not-finite"

    # Answering
    NO_REVIEW_OF_NAME = "no-review-of-name"
    NO_REVIEW_OF_TAG = "no-review-of-tag"
    NO_SECTION_OF_NAME = "no-section-of-name"
    INDEX_OF_OTHER_MODEL = "index-of-other-model"
    INDEX_WITHOUT_MODEL = "index-without-model"
    INDEX_OF_EARLIER_FORMAT = "index-of-earlier-format"
    INDEX_OF_OTHER_SETTINGS = "index-of-other-settings"
    RETRIEVAL_ALONE = "retrieval-alone"
    NO_QUESTION = "no-question"
    QUESTION_TOO_LONG = "question-too-long"
    QUESTION_NOT_TEXT = "question-not-text"

    # Feedback and evaluation
    KEPT_FILE_NOT_USABLE = "kept-file-not-usable"
    KEPT_FILE_MISSING = "kept-file-missing"
    QUESTION_SET_EMPTY = "question-set-empty"
    QUESTION_SET_LINE = "question-set-line"
    MATPLOTLIB_MISSING = "matplotlib-missing"

    # Interfaces
    NOTHING_TO_ASK = "nothing-to-ask"
    PORT_IN_USE = "port-in-use"
    CANNOT_LISTEN = "cannot-listen"


class PeerqaError(Exception):
    """Base of all errors that a user can cause; the shell prints it as one line and exits with status 2.

    notice: the code and its values.
    """

    def __init__(self, code: Problem, /, **values: object) -> None:
        super().__init__(code)
        self.notice = Notice(code, **values)

    def __str__(self) -> str:
        return str(self.notice)


class CorpusError(PeerqaError):
    """A review that cannot be read, or a corpus without one."""


class SectionError(CorpusError):
    """A section that no review has. headings: the sections that there are."""

    def __init__(self, section: str, headings: tuple[str, ...] = ()) -> None:
        super().__init__(Problem.NO_SECTION_OF_NAME, section=section, headings=headings)
        self.headings = headings


class ModelError(PeerqaError):
    """A model that is missing, or whose files are not those of a model."""


class StoreError(PeerqaError):
    """An index that cannot be used."""


class IndexDamaged(StoreError):
    """What an index holds is not what was written there."""


class IndexMismatch(StoreError):
    """The index was built with another model or with other settings."""


class IndexBusy(StoreError):
    """Another process is building the index."""


class ParametersError(PeerqaError):
    """A file of parameters that cannot be read, or that names a parameter that there is not."""


class QuestionError(PeerqaError):
    """A question that cannot be asked."""


class QuestionSetError(PeerqaError):
    """A file of questions to evaluate with that cannot be read."""


class ServeError(PeerqaError):
    """The page cannot be served."""


class KeptQuestionsError(PeerqaError):
    """The file of kept questions cannot be read or written."""


def reason_of(error: BaseException) -> str:
    """What a library says is wrong, on one line of at most 160 characters; the type of its error if it says nothing."""
    return " ".join(str(error).split())[:160] or type(error).__name__
