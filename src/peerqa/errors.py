"""What can go wrong, as one tree. Every message is one line that names the file or value and says what to do.

PeerqaError
  ├─ CorpusError        a review that cannot be read, or no review at all
  │    └─ SectionError      a section that no review has
  ├─ ModelError         an embedding model that is not there, or is not what it claims to be
  ├─ StoreError         an index that cannot be used
  │    ├─ IndexDamaged      its files do not match its manifest
  │    ├─ IndexMismatch     it was built with another model or other settings
  │    └─ IndexBusy         another process is building it
  ├─ ServeError         the page cannot be served (port in use, ...)
  └─ KeptQuestionsError the file of kept questions cannot be used
"""

from __future__ import annotations

from collections.abc import Sequence


class PeerqaError(Exception):
    """Base of all errors that a user can cause; the shell prints it as one line and exits with status 2."""


class CorpusError(PeerqaError):
    """A review that cannot be read, or a corpus without one."""


class SectionError(CorpusError):
    """A section that no review has. headings: those that there are."""

    def __init__(self, message: str, headings: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.headings = tuple(headings)


class ModelError(PeerqaError):
    """An embedding model that is not there, or whose files are not what they claim to be."""


class StoreError(PeerqaError):
    """An index that cannot be used."""


class IndexDamaged(StoreError):
    """The files of an index generation do not match its manifest, and no older generation can stand in."""


class IndexMismatch(StoreError):
    """The index was built with another model or with other settings."""


class IndexBusy(StoreError):
    """Another process is building the index."""


class ServeError(PeerqaError):
    """The page cannot be served."""


class KeptQuestionsError(PeerqaError):
    """The file of kept questions cannot be read or written."""
