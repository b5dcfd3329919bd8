"""Questions that the reviews did not answer, kept for instructors in one SQLite file and grouped by similarity.

Nothing is kept unless somebody names a file. Then it holds the text and the date of each question that was not
answered, and each thumb up or down with the passages that it was about; no address, no session, no time of day. What is
older than the retention time is deleted whenever the page is started or something is kept.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz

from peerqa.errors import KeptQuestionsError, Problem
from peerqa.text.words import QUESTION_WORDS

KEEP_DAYS = 90
"""In days. How long something is kept unless somebody chooses another time."""
_SIMILAR = 72.0
"""Similarity from which questions are of one group, 0 to 100 (rapidfuzz's token_set_ratio of content words)."""
_LONGEST = 1000
"""In characters. No more is kept of a question, or of the ids of its passages."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS unanswered (id INTEGER PRIMARY KEY, asked TEXT NOT NULL, question TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ratings (id INTEGER PRIMARY KEY, rated TEXT NOT NULL, question TEXT NOT NULL,
  passages TEXT NOT NULL, thumb TEXT NOT NULL CHECK (thumb IN ('up', 'down')));
PRAGMA user_version = 1;
"""
Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A group of similar questions. questions: each wording once, the most frequent first. times: how often they were
    asked. first, last: when they were first and last asked, as ISO dates."""

    questions: tuple[str, ...]
    times: int
    first: str
    last: str


class KeptQuestions:
    """The file of kept questions. Threads may share it; each use opens the file, so others may read or purge it
    meanwhile.

    days: how long something is kept; None to delete nothing, for reading. Every method raises KeptQuestionsError if the
    file cannot be used.
    """

    def __init__(self, path: Path, days: int | None = None) -> None:
        self.path = path
        self.days = days
        self._lock = threading.Lock()
        with self._open() as connection:
            connection.executescript(_SCHEMA)
            self._forget(connection)

    def keep(self, question: str) -> None:
        """Keep a question that was not answered."""
        with self._lock, self._open() as connection:
            connection.execute(
                "INSERT INTO unanswered (asked, question) VALUES (?, ?)",
                (date.today().isoformat(), question[:_LONGEST]),
            )
            self._forget(connection)

    def rate(self, question: str, passages: Sequence[str], thumb: Thumb) -> None:
        """Keep a thumb up or down on an answer. passages: the ids of the passages that it showed."""
        with self._lock, self._open() as connection:
            connection.execute(
                "INSERT INTO ratings (rated, question, passages, thumb) VALUES (?, ?, ?, ?)",
                (date.today().isoformat(), question[:_LONGEST], " ".join(passages)[:_LONGEST], thumb),
            )
            self._forget(connection)

    def purge(self) -> int:
        """Delete everything. Returns how many questions and thumbs there were."""
        with self._lock, self._open() as connection:
            gone = sum(connection.execute(f"DELETE FROM {table}").rowcount for table in ("unanswered", "ratings"))
        with self._open() as connection:
            connection.execute("VACUUM")  # else the words would stay in the free pages of the file
        return gone

    def questions(self) -> list[tuple[str, str]]:
        """(ISO date, question) of each, oldest first."""
        with self._open() as connection:
            return list(connection.execute("SELECT asked, question FROM unanswered ORDER BY asked, id"))

    def ratings(self) -> Counter[str]:
        """How many thumbs were up and how many down."""
        with self._open() as connection:
            return Counter(thumb for (thumb,) in connection.execute("SELECT thumb FROM ratings"))

    def _forget(self, connection: sqlite3.Connection) -> None:
        if self.days is None:
            return
        oldest = (date.today() - timedelta(days=self.days)).isoformat()
        connection.execute("DELETE FROM unanswered WHERE asked < ?", (oldest,))
        connection.execute("DELETE FROM ratings WHERE rated < ?", (oldest,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=10)
            try:
                connection.execute("PRAGMA secure_delete = ON")
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise KeptQuestionsError(Problem.KEPT_FILE_NOT_USABLE, path=self.path, reason=error) from None


def group(questions: Sequence[tuple[str, str]], abbreviations: Mapping[str, str] | None = None) -> list[Gap]:
    """Group questions by similarity, the largest group first.

    questions: (ISO date, text) of each. abbreviations: short form -> long form, as the reviews define them; a question
    with the one is then similar to a question with the other.

    Each question joins the group whose first question is most similar to it, if one is similar enough; else it begins
    one.
    """
    groups: list[list[tuple[str, str]]] = []
    heads: list[tuple[str, str]] = []
    for asked, question in questions:
        words = _content_words(question), _content_words(_abbreviated(question, abbreviations or {}))
        similarity = [max(map(fuzz.token_set_ratio, words, head)) for head in heads]
        best = max(range(len(heads)), key=similarity.__getitem__, default=None)
        if best is not None and similarity[best] >= _SIMILAR:
            groups[best].append((asked, question))
        else:
            groups.append([(asked, question)])
            heads.append(words)
    gaps = [_gap(members) for members in groups]
    return sorted(gaps, key=lambda gap: (-gap.times, gap.questions[0].casefold()))


def _abbreviated(question: str, abbreviations: Mapping[str, str]) -> str:
    """A question with every long form shortened, so that a long name does not outweigh the rest."""
    for short, long in sorted(abbreviations.items(), key=lambda form: -len(form[1])):
        question = re.sub(rf"\b(?:{re.escape(long)}|{re.escape(short)})s?\b", short, question, flags=re.IGNORECASE)
    return question


def _content_words(question: str) -> str:
    """The words of a question that tell what it is about; all of its words if none does."""
    words = "".join(c if c.isalnum() else " " for c in question.casefold()).split()
    return " ".join(word for word in words if word not in QUESTION_WORDS) or " ".join(words)


def _gap(members: Sequence[tuple[str, str]]) -> Gap:
    wordings = Counter(question for _, question in members)
    dates = [asked for asked, _ in members]
    return Gap(tuple(question for question, _ in wordings.most_common()), len(members), min(dates), max(dates))


def as_csv(gaps: Sequence[Gap]) -> str:
    """One line of CSV for each wording, with the number of its group. No cell can be taken for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["group", "times", "first", "last", "question"])
    for number, gap in enumerate(gaps, start=1):
        for question in gap.questions:
            safe = f"'{question}" if question[:1] in "=+-@\t\r" else question
            writer.writerow([number, gap.times, gap.first, gap.last, safe])
    return written.getvalue()
